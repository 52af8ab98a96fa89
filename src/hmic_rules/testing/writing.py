"""Rule sets from plain data: written as YAML, and loaded from memory."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.rulesets import Ruleset

__all__ = ["as_yaml", "loaded", "plain"]

PLAIN = re.compile(r"[A-Za-z](?:[\w /.-]*\w)?")
OTHER_THAN_TEXT = frozenset({"null", "true", "false", "yes", "no"})


def flow(data: Any) -> str:
    """The data on one line. Texts stay plain, since every name and label that is generated can be written so."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {flow(child)}" for key, child in data.items()) + "}"
    if isinstance(data, list | tuple):
        return "[" + ", ".join(map(flow, data)) + "]"
    return str(data)


def plain(text: str) -> str:
    """A text as a case file has it: without quotes where it needs none."""
    if PLAIN.fullmatch(text) and text.casefold() not in OTHER_THAN_TEXT:
        return text
    return json.dumps(text, ensure_ascii=False)


def as_yaml(data: Mapping[str, Any]) -> str:
    """A rule set as a text that a person can read: a line for each section, input and value, and for each rule and limit."""
    lines: list[str] = []
    for key, section in data.items():
        if not isinstance(section, Mapping) or not section:
            lines.append(f"{key}: {flow(section)}")
            continue
        lines.append(f"{key}:")
        for name, entry in section.items():
            if key != "values" or not isinstance(entry, Mapping):
                lines.append(f"  {name}: {flow(entry)}")
                continue
            lines.append(f"  {name}:")
            for word, part in entry.items():
                if word in ("rules", "limits", "points") and isinstance(part, list | tuple):
                    lines.append(f"    {word}:")
                    lines.extend(f"      - {flow(rule)}" for rule in part)
                else:
                    lines.append(f"    {word}: {flow(part)}")
    return "\n".join(lines) + "\n"


def loaded(data: Mapping[str, Any] | str) -> Ruleset:
    """The rule set that the data, or the text, is."""
    text = data if isinstance(data, str) else as_yaml(data)
    return read_ruleset(lambda file: text.encode(), "generated.yaml", str)
