"""The kinds of file, what each is called, and which command takes it."""

from __future__ import annotations

from enum import Enum

__all__ = ["Kind", "mistaken"]


class Kind(Enum):
    """A kind of file, in words."""

    RULESET = "a rule set"
    INSPECTION = "an inspection"
    FRAMEWORK = "a framework"
    FINDINGS = "a file of findings"
    FIGURES = "a file of figures"
    GLOSSARY = "a glossary"
    CASE = "a case"
    CASES = "a list of cases"


TAKEN_BY = {
    Kind.RULESET: "`hmic-rules check RULESET` and `hmic-rules decide RULESET CASE` take a rule set",
    Kind.INSPECTION: "`hmic-rules grade`, `explain`, `leverage` and `graph` take an inspection",
    Kind.FRAMEWORK: "a rule set names its frameworks under `frameworks:`, and `hmic-rules check RULESET` reads them with it",
    Kind.FINDINGS: "an inspection names its files under `files:`, and `hmic-rules grade INSPECTION` reads them with it",
    Kind.FIGURES: "`hmic-rules figures INSPECTION` reads the `figures.yaml` beside an inspection",
    Kind.GLOSSARY: "`hmic-rules glossary INSPECTION` reads the `glossary.yaml` beside an inspection",
    Kind.CASE: "`hmic-rules decide RULESET CASE` takes a case",
    Kind.CASES: "a rule set names it under `cases:`, and `hmic-rules check RULESET` runs it; `decide` takes one case of it in a file of its own",
}


def mistaken(found: Kind, wanted: Kind) -> tuple[str, str]:
    """What to say of a file of another kind than the one that is wanted: the problem, and which command takes it."""
    return f"{found.value}, and {wanted.value} is wanted", TAKEN_BY[found]
