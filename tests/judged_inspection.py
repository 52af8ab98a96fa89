"""A small invented inspection with judgements, under an invented scheme that leaves room for them."""

from __future__ import annotations

from pathlib import Path

import hmic_rules as hr
from hmic_rules.loading.inspections import read_inspection

FOLDER = Path(__file__).parent / "inspections" / "judged"


def judged_inspection(**changed: str) -> hr.Inspection:
    """The inspection, with some of its files otherwise: ``inspection``, ``findings``, ``judgements`` or ``ruleset``."""
    own = {f"{name}.yaml": text.encode() for name, text in changed.items()}

    def source(file: str) -> bytes:
        return own[file] if file in own else (FOLDER / file).read_bytes()

    return read_inspection(source, "inspection.yaml", lambda file: f"judged/{file}", lambda _: _ruleset(source))


def _ruleset(source: object) -> hr.Ruleset:
    from hmic_rules.loading.rulesets import read_ruleset  # noqa: PLC0415 - tests import this module for the inspection

    return read_ruleset(source, "ruleset.yaml", lambda file: f"judged/{file}")  # type: ignore[arg-type]


def text_of(name: str) -> str:
    """One of its files, as it stands."""
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
