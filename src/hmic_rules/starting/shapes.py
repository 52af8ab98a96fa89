"""The shapes that a new rule set can start from, and their files with a name and a title of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Final

from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.loading.fields import ID
from hmic_rules.schemas.published import schema_bytes, schema_text

__all__ = ["SHAPES", "files_of"]

SHAPES: Final[Mapping[str, str]] = {
    "criteria": "grades from criteria, with a limit",
    "record": "rules that feed rules, about one thing at a time",
    "groups": "rows of a table, put into groups and judged",
    "points": "points against thresholds",
}
SCHEMAS: Final = {
    "ruleset.yaml": "ruleset",
    "cases.yaml": "cases",
    "example.yaml": "case",
}
_HEAD: Final = re.compile(r"^(ruleset|title): .*$", re.MULTILINE)


def files_of(shape: str, name: str, title: str | None) -> dict[str, bytes]:
    """The files of a new rule set, by their paths within its folder.

    Args:
        shape: one of ``SHAPES``.
        name: what it is called.
        title: what it is, in words; the title of the shape where there is none.

    Raises:
        InputError: there is no such shape, or nothing can be called so.

    """
    problems = []
    if not ID.fullmatch(name):
        help = f"write small letters, digits and hyphens, such as {quoted(_plain(name))}"
        problems.append(Diagnostic("NAME", f"{quoted(name)} cannot be the name of a rule set", help, "name"))
    if shape not in SHAPES:
        known = ", ".join(map(quoted, SHAPES))
        problems.append(Diagnostic("--shape", f"there is no shape {quoted(shape)}", f"known here: {known}", "shape"))
    if problems:
        raise InputError(problems)
    found: dict[str, bytes] = {}
    folder = resources.files("hmic_rules.starting") / "templates" / shape
    for file, schema in SCHEMAS.items():
        text = _named((folder / file).read_text(encoding="utf-8"), name, title)
        found[file] = f"# yaml-language-server: $schema=schemas/{schema}.json\n{text}".encode()
    found |= {f"schemas/{schema}.json": schema_bytes(schema) for schema in ("cases", "ruleset")}
    found["schemas/case.json"] = _case_schema(found).encode()
    return dict(sorted(found.items()))


def _named(text: str, name: str, title: str | None) -> str:
    """The file under another name, and with another title where one is given."""

    def head(found: re.Match[str]) -> str:
        if found[1] == "title":
            return found[0] if title is None else f"title: {json.dumps(title, ensure_ascii=False)}"
        return f"ruleset: {name}"

    return _HEAD.sub(head, text).replace("NAME", name)


def _case_schema(files: Mapping[str, bytes]) -> str:
    """The schema of the cases of a new rule set, which is read from its own files."""
    from hmic_rules.loading.rulesets import read_ruleset

    return schema_text(read_ruleset(files.__getitem__, "ruleset.yaml", str).case_schema())


def _plain(name: str) -> str:
    """The nearest name that is allowed."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "my-rules"
