"""A rule set proven: every obligation over every framework and reading, and how many assessments give each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import field, frozen

import hmic_rules
from hmic_rules.arguments import instance_given
from hmic_rules.binding import program_for
from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import BooleanType, LabelType, shown
from hmic_rules.diagrams.nodes import TooManyStates
from hmic_rules.diagrams.walks import count
from hmic_rules.outcomes import in_a_row, listed
from hmic_rules.rulesets import Ruleset
from hmic_rules.verification.certificates import FORMAT
from hmic_rules.verification.effects import effects
from hmic_rules.verification.obligations import Obligation, obligation_data
from hmic_rules.verification.promises import promises
from hmic_rules.verification.views import Part, View, is_real

__all__ = ["Counted", "Proof", "parts_of", "proof_data", "prove"]


@frozen
class Counted:
    """How many complete assessments of one shape give each result of an outcome.

    Attributes:
        outcome: the outcome.
        part: the framework and reading.
        of: what an assessment says: how many facts, or values of groups, are chosen.
        numbers: for each result, as it would be written, how many assessments give it, exactly.

    """

    outcome: str
    part: str
    of: int
    numbers: dict[str, int]


@frozen
class Proof:
    """What was proven of a rule set.

    Attributes:
        ruleset: its name.
        edition: its edition.
        fingerprint: the hash of its files: the proof is about exactly these.
        version: the version of this library that proved it.
        parts: the frameworks and readings that were looked at.
        obligations: what was to be proven, each with its verdict.
        counts: how many assessments give each outcome.

    """

    ruleset: str
    edition: str
    fingerprint: str
    version: str
    parts: tuple[str, ...]
    obligations: tuple[Obligation, ...]
    counts: tuple[Counted, ...] = field(default=())

    def by_verdict(self, verdict: str) -> tuple[Obligation, ...]:
        """The obligations with one verdict."""
        return tuple(one for one in self.obligations if one.verdict == verdict)

    @property
    def refuted(self) -> bool:
        """Whether some obligation is refuted."""
        return bool(self.by_verdict("refuted"))


def parts_of(ruleset: Ruleset) -> list[Part]:
    """The rule set under each of its frameworks and readings, and without a reading where none is the default."""
    profiles: list[str | None] = list(ruleset.profiles)
    if ruleset.default_profile is None:
        profiles.insert(0, None)
    frameworks: list[str | None] = [*ruleset.frameworks] or [None]
    return [Part(program_for(ruleset, framework, profile, None)) for framework in frameworks for profile in profiles]


def prove(ruleset: Ruleset) -> Proof:
    """Everything that a rule set promises, with a verdict for each.

    A proof is a walk over decision diagrams of all complete cases. What it says is exact for every case, or for every case up to a stated
    number of rows. A case that speaks against a promise is decided by the reference before it is shown.
    """
    ruleset = instance_given(ruleset, Ruleset, "ruleset", "load it first: hmic_rules.load(…)")
    parts = parts_of(ruleset)
    obligations = (*promises(ruleset, parts), *effects(ruleset, parts))
    return Proof(
        ruleset.name,
        ruleset.edition,
        ruleset.fingerprint,
        hmic_rules.__version__,
        tuple(map(str, parts)),
        obligations,
        tuple(found for part in parts for found in _counts(part)),
    )


def _counts(part: Part) -> Iterator[Counted]:
    """The counts of outcomes with few results, where one diagram stands for all cases and is exact."""
    for name in part.ruleset.outcomes:
        value = part.ruleset.values[name]
        if value.scope != CASE or not isinstance(value.type, LabelType | BooleanType):
            continue
        try:
            views = part.views(name)
        except TooManyStates:
            continue
        if len(views) == 1 and not views[0].limits:
            found = _counted(views[0], name)
            if found is not None:
                yield found


def _counted(view: View, name: str) -> Counted | None:
    universe, store = view.universe, view.store
    diagram = view.results(name)[None]
    if universe.inexact(diagram):
        return None
    pinned = [one.level for one in universe.order.own if one.kind == "value" and one.why is None]
    levels = sorted({*store.support(diagram), *pinned})
    step = universe.program.steps[name]
    numbers: dict[tuple[str, ...], int] = {}
    for result, number in count(store, diagram, levels).items():
        if is_real(result):
            key = listed(result, step)
            numbers[key] = numbers.get(key, 0) + number
    order = {shown(one): place for place, one in enumerate(cells_of(step.value.type, ()))}
    lowest_first = sorted(numbers, key=lambda key: (len(key), [order.get(one, len(order)) for one in key]))
    return Counted(
        name,
        str(view.part),
        len(levels),
        {in_a_row(key, " or ") if len(key) > 1 else key[0]: numbers[key] for key in lowest_first},
    )


def proof_data(proof: Proof) -> dict[str, Any]:
    """A proof as plain data, for JSON and for a certificate.

    Keys: ``format``; ``ruleset``, ``edition``, ``fingerprint``: what it is about; ``version``: of this library; ``parts``; ``obligations``,
    each with ``kind``, ``about``, ``verdict``, ``says``, ``parts``, ``within`` and ``witness`` (null, or ``framework``, ``profile``,
    ``parameters``, ``unusual`` and ``facts``); ``counts``, each with ``outcome``, ``part``, ``of`` and ``numbers``.
    """
    return {
        "format": FORMAT,
        "ruleset": proof.ruleset,
        "edition": proof.edition,
        "fingerprint": proof.fingerprint,
        "version": proof.version,
        "parts": list(proof.parts),
        "obligations": [obligation_data(one) for one in proof.obligations],
        "counts": [
            {"outcome": one.outcome, "part": one.part, "of": one.of, "numbers": one.numbers} for one in proof.counts
        ],
    }
