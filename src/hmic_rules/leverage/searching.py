"""The smallest sets of recommendations that lift an outcome, found among all sets of them.

No order is taken for granted: a rule set may well give less where more is put right, so every set is looked at, and not only those around one
that is known to lift.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import Any, Final, TypeAlias

from attrs import frozen

from hmic_rules.errors import ConflictError, HmicRulesError, quoted
from hmic_rules.leverage.changed import answered_by
from hmic_rules.leverage.projecting import projection_of
from hmic_rules.leverage.regrading import Regrading
from hmic_rules.leverage.turns import is_lift, turns
from hmic_rules.outcomes import Outcome, outcome_data

__all__ = ["Lifting", "Reached", "lifting_data", "smallest_sets"]

LISTED: Final = 5
MOST_SETS: Final = 100_000
MOST_REGRADED: Final = 4_096
Possible: TypeAlias = tuple[str, ...] | None


@frozen
class Reached:
    """An outcome that some set of recommendations lifts to.

    Attributes:
        outcome: the outcome.
        turns: which way it turned; see :mod:`hmic_rules.leverage.turns`.
        size: how many recommendations the smallest sets hold.
        number: how many sets of that size reach it.
        sets: the first of them, each in the order of the report.

    """

    outcome: Outcome
    turns: tuple[str, ...]
    size: int
    number: int
    sets: tuple[tuple[str, ...], ...]


@frozen
class Lifting:
    """The smallest sets of recommendations that lift the outcome of one framework under one reading.

    Attributes:
        framework: its name.
        reading: the reading, ``None`` where the rule set has none.
        before: the outcome as the findings were coded.
        recommendations: those that put anything right in this framework; no other is in a smallest set, since it changes no fact.
        reached: every outcome that a set of them lifts to, those that take the fewest first.
        searched: the largest number of recommendations for which all sets were looked at.
        complete: whether that is all of them.

    """

    framework: str
    reading: str | None
    before: Outcome
    recommendations: tuple[str, ...]
    reached: tuple[Reached, ...]
    searched: int
    complete: bool


def smallest_sets(regrading: Regrading, limit: int = LISTED) -> Lifting:
    """The smallest sets of recommendations that lift an outcome, for each outcome that they lift it to.

    Every set that is listed was graded again before it is given.

    Args:
        regrading: the framework and the reading.
        limit: how many sets are listed for each outcome; all are counted.

    Raises:
        ConflictError: the rules conflict on the facts as they were coded.

    """
    inspection = regrading.inspection
    short = {id: regrading.short(answered_by(inspection, [id])) for id in inspection.recommendations}
    able = tuple(id for id, found in short.items() if found)
    every = frozenset[str]().union(*short.values())
    projection = projection_of(regrading, every)
    possible = _regraded(regrading) if projection is None else projection.possible
    budget = MOST_REGRADED if projection is None else MOST_SETS
    first: dict[tuple[str, ...], int] = {}
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    number: dict[tuple[str, ...], int] = {}
    searched = 0
    for size in range(len(able) + 1):
        budget -= comb(len(able), size)
        if budget < 0:
            break
        searched = size
        for chosen in combinations(able, size):
            reached = possible(frozenset[str]().union(*(short[id] for id in chosen)))
            if reached is None or first.setdefault(reached, size) < size:
                continue
            number[reached] = number.get(reached, 0) + 1
            if number[reached] <= limit:
                found.setdefault(reached, []).append(chosen)
    before = regrading.graded().outcome
    lifted = tuple(
        one
        for result, sets in found.items()
        if (one := _verified(regrading, result, tuple(sets), number[result])) is not None
    )
    return Lifting(regrading.framework, regrading.reading, before, able, lifted, searched, searched == len(able))


def _regraded(regrading: Regrading) -> Callable[[frozenset[str]], Possible]:
    """What the outcome can be after bearings were put right, by grading again."""
    inspection = regrading.inspection
    known: dict[frozenset[str], Possible] = {}
    findings = {bearing.id: bearing.finding for bearing in inspection.bearings(regrading.framework)}

    def possible(short: frozenset[str]) -> Possible:
        if short not in known:
            try:
                known[short] = regrading.graded(findings[id] for id in short).outcome.possible
            except ConflictError:
                known[short] = None
        return known[short]

    return possible


def _verified(
    regrading: Regrading, result: tuple[str, ...], sets: tuple[tuple[str, ...], ...], number: int
) -> Reached | None:
    """An outcome with its smallest sets, each graded again; nothing where it is no lift."""
    inspection = regrading.inspection
    before = regrading.graded().outcome
    value = inspection.ruleset.values[inspection.outcome]
    after = regrading.graded(answered_by(inspection, sets[0])).outcome
    turned = turns(before, after, value)
    if not is_lift(turned):
        return None
    for chosen in sets:
        again = regrading.graded(answered_by(inspection, chosen)).outcome
        if again.exact and again.possible != result:
            raise HmicRulesError(
                f"the diagram of {quoted(regrading.framework)} gives {', '.join(result)} where {', '.join(chosen)} are carried out, and grading "
                f"again gives {again}: this is a mistake in hmic_rules"
            )
    return Reached(after, turned, len(sets[0]), number, sets)


def lifting_data(lifting: Lifting) -> dict[str, Any]:
    """The smallest sets as plain data."""
    return {
        "framework": lifting.framework,
        "reading": lifting.reading,
        "before": outcome_data(lifting.before),
        "recommendations": list(lifting.recommendations),
        "searched": lifting.searched,
        "complete": lifting.complete,
        "reached": [
            {
                "outcome": outcome_data(one.outcome),
                "turns": list(one.turns),
                "size": one.size,
                "number": one.number,
                "sets": [list(chosen) for chosen in one.sets],
            }
            for one in lifting.reached
        ],
    }
