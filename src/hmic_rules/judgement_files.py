"""Judgements as they stand in a file of an inspection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hmic_rules.datatypes import shown
from hmic_rules.judgements import Judgement

__all__ = ["judgement_data", "judgements_as_yaml"]

_SAFE: Final = re.compile(r"[A-Za-z][\w./-]*(?: [\w./-]+)*|[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_READ_OTHERWISE: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
_NO_YAML: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_IN_QUOTES: Final = "reason"


def judgement_data(judgement: Judgement) -> dict[str, Any]:
    """A judgement as plain data, with the keys of a file."""
    parts: dict[str, Any] = {
        "id": judgement.id,
        "framework": judgement.framework,
        "value": judgement.value,
        "criterion": judgement.item,
        "readings": list(judgement.readings) or None,
        "is": shown(judgement.judged),
        "by": judgement.by,
        "date": judgement.date.isoformat(),
        "reason": judgement.reason,
        "rules_gave": dict(judgement.gave) if None not in judgement.gave else judgement.gave[None],
        "rests_on": {"findings": list(judgement.findings), "cite": list(judgement.passages)},
    }
    return {key: part for key, part in parts.items() if part is not None and part != {}}


def judgements_as_yaml(found: Iterable[Mapping[str, Any]]) -> str:
    """Judgements, as plain data, under the key ``judgements``, one part a line."""
    lines = ["judgements:"]
    for judgement in found:
        parts = [f"{key}: {_part(key, part)}" for key, part in judgement.items()]
        lines += [f"  - {parts[0]}", *(f"    {part}" for part in parts[1:])]
    return "\n".join(lines) + "\n"


def _part(key: str, part: Any) -> str:
    if isinstance(part, Mapping):
        return "{" + ", ".join(f"{name}: {_part(name, child)}" for name, child in part.items() if child) + "}"
    if isinstance(part, list | tuple):
        return f"[{', '.join(map(_text, part))}]"
    return _quoted(part) if key == _IN_QUOTES else _text(part)


def _text(text: str) -> str:
    """A text in quotes, save where it needs none."""
    plain = _SAFE.fullmatch(text) and text.casefold() not in _READ_OTHERWISE
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """A text as JSON, with escapes for the characters that JSON holds as they are and YAML refuses or takes for the end of a line."""
    return _NO_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
