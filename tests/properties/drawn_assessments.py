"""Strategies for invented assessments under the shipped grading scheme: what was found of each criterion, and the facts of the whole framework."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules import Decision, Outcome, Ruleset
from hmic_rules.datatypes import BooleanType, LabelType
from hmic_rules.testing.drawn_conditions import Draw, one_of, sometimes

__all__ = [
    "ALL_SHOWN",
    "FRAMEWORKS",
    "GRADES",
    "OUTCOME",
    "PROFILES",
    "RULESET",
    "SHORT",
    "Assessment",
    "assessments",
    "completions",
    "criteria",
    "decided",
    "reach",
    "with_terms",
]

RULESET: Ruleset = hr.load("hmic-2007")
FRAMEWORKS = tuple(RULESET.frameworks)
PROFILES = tuple(RULESET.profiles)
OUTCOME = next(
    name
    for name in RULESET.outcomes
    if isinstance(RULESET.values[name].type, LabelType) and RULESET.values[name].scope == "case"
)
GRADES: tuple[str, ...] = RULESET.values[OUTCOME].type.labels  # type: ignore[union-attr]
NO_RULE = "no rule covers this"

WHOLE = {"extent": "everywhere", "stage": "in place", "quality": "as required", "materiality": "central"}
ALL_SHOWN = (WHOLE,)
IN_PART = ({**WHOLE, "stage": "developing"},)
FAILED = ({**WHOLE, "stage": "absent", "quality": "ineffective"},)
NOTHING: tuple[dict[str, Any], ...] = ()
TOO_OLD = ({**WHOLE, "dated": "1999-01"},)
SHORT = (FAILED, IN_PART)
BEARING_FIELDS = {
    "extent": ["everywhere", "most", "some", "one", "unstated"],
    "stage": ["in place", "developing", "planned", "absent"],
    "quality": ["as required", "enhancement sought", "inconsistent or limited", "ineffective"],
    "materiality": ["central", "peripheral"],
}
Bearings = tuple[dict[str, Any], ...]


def criteria(framework: str) -> list[dict[str, str]]:
    """The criteria of a framework, each with its fields as they are written."""
    return [{name: tree.text for name, tree in row.items()} for row in RULESET.frameworks[framework].rows]


@frozen
class Assessment:
    """What was found: the bearings of each criterion, and what is known of the framework as a whole."""

    framework: str
    found: dict[str, Bearings]
    facts: dict[str, Any]

    def case(self, order: int | None = None) -> dict[str, Any]:
        """The facts of a case; with ``order`` the bearings are shuffled."""
        rows = [
            {"id": f"{criterion}.{place}", "criterion": criterion, **bearing}
            for criterion, bearings in self.found.items()
            for place, bearing in enumerate(bearings)
        ]
        if order is not None:
            random.Random(order).shuffle(rows)  # noqa: S311 - a shuffle for a test
        return {**self.facts, "bearings": rows}

    def with_bearings(self, criterion: str, bearings: Bearings) -> Assessment:
        return evolve(self, found={**self.found, criterion: bearings})

    def with_facts(self, **facts: Any) -> Assessment:
        return evolve(self, facts={**self.facts, **facts})


def mixture(draw: Draw) -> Bearings:
    """One to three bearings of any kind; here and there something about them is not known."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        bearing = {name: one_of(draw, labels) for name, labels in BEARING_FIELDS.items()}
        if sometimes(draw, 4):
            bearing[one_of(draw, sorted(bearing))] = None
        if sometimes(draw, 4):
            bearing["dated"] = one_of(draw, ["1999-01", "2007-01", "not applicable"])
        found.append(bearing)
    return tuple(found)


def standing(draw: Draw) -> Bearings:
    kind = one_of(draw, [ALL_SHOWN, IN_PART, FAILED, NOTHING, TOO_OLD, None, None])
    return mixture(draw) if kind is None else kind


def options(name: str) -> list[Any]:
    """What a fact of the framework can be."""
    return [True, False, *(["not applicable"] if RULESET.inputs[name].may_be_not_applicable else [])]


FAVOURABLE = {name: given.better == "upward" for name, given in RULESET.inputs.items() if given.better is not None}
FACTS = {name: options(name) for name, given in RULESET.inputs.items() if isinstance(given.type, BooleanType)}


@st.composite
def assessments(draw: Draw, framework: str) -> Assessment:
    """An assessment in which most criteria stand alike and some do not."""
    ids = [row["id"] for row in criteria(framework)]
    usual = one_of(draw, [ALL_SHOWN, ALL_SHOWN, ALL_SHOWN, IN_PART, FAILED, NOTHING])
    found = dict.fromkeys(ids, usual)
    for place in draw(st.lists(st.integers(0, len(ids) - 1), max_size=one_of(draw, [0, 2, 10]), unique=True)):
        found[ids[place]] = standing(draw)
    facts = (
        dict(FAVOURABLE) if sometimes(draw) else {name: one_of(draw, [None, *values]) for name, values in FACTS.items()}
    )
    return Assessment(framework, found, facts)


def decided(assessment: Assessment, profile: str, ruleset: Ruleset = RULESET, order: int | None = None) -> Decision:
    return ruleset.decide(assessment.case(order), framework=assessment.framework, profile=profile)


def reach(outcome: Outcome) -> tuple[Fraction, Fraction]:
    """The lowest and the highest that is possible, on the scale.

    Where no rule gives a grade the case is neither in the lowest grade nor in the one above it, and stands between the two.
    """
    places = [Fraction(1, 2) if label == NO_RULE else Fraction(GRADES.index(label)) for label in outcome.possible]
    return min(places), max(places)


def completions(assessment: Assessment) -> Iterator[Assessment]:
    """The assessment with every unknown fact of the framework filled in, in every way; a closed fact is never unknown."""
    pending = [assessment]
    for name, values in FACTS.items():
        if assessment.facts[name] is None and not RULESET.inputs[name].closed:
            pending = [one.with_facts(**{name: value}) for one in pending for value in values]
    yield from pending


def with_terms(profile: str, places: dict[str, Fraction]) -> Ruleset:
    """The rule set with a profile that moves its terms: 0 is the low end of a term's range, 1 the high end."""
    moved = {name: term.low + (term.high - term.low) * places[name] for name, term in RULESET.terms.items()}
    profiles = {**RULESET.profiles, profile: evolve(RULESET.profiles[profile], terms=moved)}
    return evolve(RULESET, profiles=profiles, programs={})
