"""Leverage by another road: the files of an inspection written anew with findings put right, read again, and graded by the reference alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from itertools import combinations
from typing import Any

import hmic_rules as hr
from hmic_rules.decisions import decide
from hmic_rules.leverage.recommendations import Leverage
from hmic_rules.leverage.regrading import Effect
from hmic_rules.loading.inspections import read_inspection
from hmic_rules.questions.bounds import exact_outcome

Graded = tuple[tuple[str, ...], dict[str, tuple[str, ...]]]


def rewritten(inspection: hr.Inspection, recommendations: Collection[str]) -> hr.Inspection:
    """The inspection read from files in which what these recommendations answer is coded as put right."""
    answered: set[str] = set()
    for id in recommendations:
        answered.update(inspection.recommendations[id].answers)
    sections = dict(inspection.sections)
    files = {
        f"{section}.json": {
            "section": section,
            "findings": [
                {
                    "id": finding.id,
                    "kind": finding.kind,
                    "cite": finding.cite,
                    "says": finding.says,
                    "bears": [
                        {"criterion": one.criterion, **facts_of(inspection, one.facts, finding.id in answered)}
                        for one in finding.bears
                    ],
                    **({} if finding.bears else {"bears_on_nothing": finding.bears_on_nothing}),
                }
                for finding in inspection.findings.values()
                if finding.section == section
            ],
        }
        for section in sections
    }
    bearings = {
        "fill": inspection.fills,
        "criterion": inspection.criterion_field,
        "status": inspection.status_value,
        "shows": inspection.shows_value,
    }
    own = {
        "inspection": inspection.name,
        "title": inspection.title,
        "body": inspection.body,
        "ruleset": inspection.ruleset.name,
        "outcome": inspection.outcome,
        "bearings": bearings,
        "sections": sections,
        "files": list(files),
        "frameworks": {
            name: {"facts": {fact.name: {"is": fact.value.text, "says": fact.says} for fact in record.facts}}
            for name, record in inspection.frameworks.items()
        },
    }
    written = {"inspection.yaml": json.dumps(own).encode()}
    written |= {name: json.dumps(held).encode() for name, held in files.items()}

    def source(file: str) -> bytes:
        if file not in written:
            raise FileNotFoundError(file)
        return written[file]

    return read_inspection(source, "inspection.yaml", str, lambda _: inspection.ruleset)


def facts_of(inspection: hr.Inspection, facts: Any, answered: bool) -> dict[str, str]:
    """The facts of a bearing as they are coded, or put right where the finding is answered and they fall short."""
    remedy = inspection.remedy
    assert remedy is not None
    for description in remedy.falls_short if answered else ():
        if all(name in facts and facts[name] in labels for name, labels in description.items()):
            return dict(facts) | dict(remedy.becomes)
    return dict(facts)


def graded(inspection: hr.Inspection, framework: str, reading: str | None) -> Graded:
    """What the outcome and each criterion can be, by the reference."""
    facts = inspection.facts(framework)
    decision = decide(inspection.ruleset, facts, framework=framework, profile=reading, engine="reference")
    status = inspection.status_value
    statuses = {item: exact_outcome(decision, status, item).possible for item in decision.items(status)}
    return exact_outcome(decision, inspection.outcome).possible, statuses


class Regrades:
    """Full regrades of one inspection, each made once."""

    def __init__(self, inspection: hr.Inspection) -> None:
        self.inspection = inspection
        self.files: dict[frozenset[str], hr.Inspection] = {}
        self.found: dict[tuple[frozenset[str], str, str | None], Graded] = {}

    def rewritten(self, recommendations: Iterable[str]) -> hr.Inspection:
        chosen = frozenset(recommendations)
        if chosen not in self.files:
            self.files[chosen] = rewritten(self.inspection, chosen)
        return self.files[chosen]

    def of(self, recommendations: Iterable[str], framework: str, reading: str | None) -> Graded:
        key = frozenset(recommendations), framework, reading
        if key not in self.found:
            self.found[key] = graded(self.rewritten(key[0]), framework, reading)
        return self.found[key]


def held_to_regrades(regrades: Regrades, leverage: Leverage) -> int:
    """Hold everything that an answer says to full regrades; how many effects were compared.

    Raises:
        AssertionError: something differs.

    """
    every = tuple(regrades.inspection.recommendations)
    held = 0
    for one in leverage.recommendations:
        others = [id for id in every if id != one.recommendation]
        for effects, before, after in (
            (one.alone, (), [one.recommendation]),
            (one.beside_others, others, every),
        ):
            held += sum(_held(regrades, effect, before, after) for effect in effects)
        shown = {(effect.framework, effect.reading) for effect in one.alone}
        for framework in leverage.frameworks:
            for reading in leverage.readings:
                if (framework, reading) not in shown:
                    assert regrades.of([one.recommendation], framework, reading) == regrades.of((), framework, reading)
    held += sum(_held(regrades, effect, (), every) for effect in leverage.together)
    for lifting in leverage.sets:
        for reached in lifting.reached:
            for chosen in reached.sets:
                found, _ = regrades.of(chosen, lifting.framework, lifting.reading)
                assert found == reached.outcome.possible
                assert len(chosen) == reached.size
    return held


def _held(regrades: Regrades, effect: Effect, before: Iterable[str], after: Iterable[str]) -> bool:
    was, stood = regrades.of(before, effect.framework, effect.reading)
    now, stands = regrades.of(after, effect.framework, effect.reading)
    assert (effect.before.possible, effect.after.possible) == (was, now)
    moved = {id: (stood[id], stands[id]) for id in stood if stood[id] != stands[id]}
    assert {one.criterion: (one.before.possible, one.after.possible) for one in effect.criteria} == moved
    return True


def smallest_by_enumeration(
    regrades: Regrades, framework: str, reading: str | None
) -> dict[tuple[str, ...], tuple[int, int]]:
    """For each outcome that any set of recommendations leads to: the fewest that do, and how many sets of so many do."""
    as_coded = regrades.rewritten(()).facts(framework)
    able = [id for id in regrades.inspection.recommendations if regrades.rewritten([id]).facts(framework) != as_coded]
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    for size in range(len(able) + 1):
        for chosen in combinations(able, size):
            result, _ = regrades.of(chosen, framework, reading)
            least, number = found.get(result, (size, 0))
            if least == size:
                found[result] = least, number + 1
    return found
