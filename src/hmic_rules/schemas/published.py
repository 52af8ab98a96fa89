"""The schemas that are published, by the kind of file, and their text. Each stands beside this module as a file; a test holds them equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Final

from attrs import frozen

from hmic_rules.schemas.inspections import findings_schema, glossary_schema, inspection_schema
from hmic_rules.schemas.rulesets import cases_schema, framework_schema, ruleset_schema

__all__ = ["PUBLISHED", "Published", "schema_bytes", "schema_text"]


@frozen
class Published:
    """A published schema: which files it is about, and what builds it."""

    files: str
    build: Callable[[], dict[str, Any]]


PUBLISHED: Final[Mapping[str, Published]] = {
    "ruleset": Published("a rule set: ruleset.yaml", ruleset_schema),
    "cases": Published("worked cases that a rule set names: cases.yaml", cases_schema),
    "framework": Published("the criteria of one framework: frameworks/NAME.yaml", framework_schema),
    "inspection": Published("an inspection: inspection.yaml", inspection_schema),
    "findings": Published(
        "findings, recommendations, practices and judgements that an inspection names", findings_schema
    ),
    "glossary": Published("abbreviations: glossary.yaml", glossary_schema),
}


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as a file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def schema_bytes(kind: str) -> bytes:
    """A published schema as it is shipped, in UTF-8; ``kind`` is a key of :data:`PUBLISHED`."""
    return (resources.files("hmic_rules.schemas") / f"{kind}.json").read_bytes()
