"""Exactly what an outcome can still be, and what to ask next."""

from __future__ import annotations

from itertools import permutations
from typing import cast

from attrs import evolve, frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.frontier import closure_of
from hmic_rules.diagrams.nodes import LEAF, Diagram, Store, TooManyStates
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable, called
from hmic_rules.diagrams.walks import possible
from hmic_rules.outcomes import Outcome, in_a_row, listed
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known, is_known, union
from hmic_rules.structure import exclusive_values, queries_of

__all__ = ["Unknown", "exact_outcome", "unknowns"]


@frozen
class Unknown:
    """Something that is not known and that can still change an outcome.

    Attributes:
        kind: ``fact``, ``judgement`` or ``setting``.
        name: what it is called in the rule set.
        item: the item that it stands on, ``None`` for the case.
        scope: the collection of that item, or the case.
        leaves: for each answer, as it would be written, the results that are then still possible. A judgement turns out within its limits:
            others are no answers.

    """

    kind: str
    name: str
    item: str | None
    scope: str
    leaves: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def called(self) -> str:
        """The name, with the item that it stands on."""
        return called(self.name, self.item)

    def __str__(self) -> str:
        return f"{self.called}: " + "; ".join(f"{answer} leaves {in_a_row(results)}" for answer, results in self.leaves)


def _universe(decision: Decision, name: str) -> Universe:
    """What is known taken as given: made once for all items, and kept with the decision."""
    key = Universe, name
    if key not in decision.spaces:
        wanted = [name, *exclusive_values(decision.ruleset)]
        decision.spaces[key] = universe_of(decision.program, decision.case, known_fixed=True, wanted=wanted)
    return cast("Universe", decision.spaces[key])


def exact_outcome(decision: Decision, name: str, item: str | None = None) -> Outcome:
    """What a decision says of an outcome, with exactly the results that some completion of the unknown facts gives.

    Where that is a single one the outcome is decided after all. ``exact`` is false where the diagram would have too many states, or
    where it does not tell everything apart; then nothing is missing, and something may be superfluous.

    Raises:
        NotFoundError: there is no such value, or it does not stand on this item.

    """
    outcome = decision.at(name, item)
    if outcome.status != "undetermined":
        return outcome
    step = decision.step(name)
    try:
        universe = _universe(decision, name)
        diagram = universe.diagram(name, item)
    except TooManyStates:
        return outcome
    found = [result for result in universe.store.leaves(diagram) if not isinstance(result, Conflict)]
    exact = not universe.inexact(diagram)
    if not found:
        return outcome
    result = union(found)
    if result is NO_RULE:
        return evolve(outcome, status="no rule covers this", possible=listed(result, step), exact=exact)
    if result is NOT_APPLICABLE:
        return evolve(outcome, status="not applicable", possible=listed(result, step), exact=exact)
    if is_known(result):
        return evolve(
            outcome, status="decided", value=cast("Known", result), possible=listed(result, step), exact=exact
        )
    return evolve(outcome, possible=listed(result, step), exact=exact)


def unknowns(decision: Decision, name: str, item: str | None = None) -> tuple[Unknown, ...] | None:
    """What can still change an outcome, the most telling first: the next question to ask.

    The first is the one whose worst answer leaves the fewest results, then the one whose answers leave the fewest on the whole.

    Returns:
        The unknown facts, judgements and settings; where rows are not there, also those that only they are asked with; nothing where the outcome is settled; ``None`` where that was not analysed.

    Raises:
        NotFoundError: there is no such value, or it does not stand on this item.

    """
    decision.at(name, item)  # refuses an item that is not there
    step = decision.step(name)
    try:
        universe = _universe(decision, name)
        diagram = universe.diagram(name, item)
    except TooManyStates:
        return None
    store = universe.store

    def leaves(variable: Variable, cell: int) -> tuple[str, ...]:
        found = possible(store, diagram, {variable.level: [cell]})
        real = [result for result in found if not isinstance(result, Conflict)]
        return listed(union(real), step) if real else ()

    def answers(variable: Variable) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = ((shown(cell), leaves(variable, place)) for place, cell in enumerate(variable.cells))
        return tuple((answer, results) for answer, results in found if results or variable.kind != "judgement")

    support = set(store.support(diagram))
    aside = _asked_of_rows(decision, name) if universe.inexact(diagram) else frozenset()
    found = [
        Unknown(one.kind, one.name, one.item, one.scope, answers(one))
        for one in universe.variables
        if one.kind in ("fact", "judgement", "setting")
        and (one.level in support or one.name in aside)
        and not (one.kind == "judgement" and one.level in support and not _tells_apart(store, diagram, one.level))
    ]
    return tuple(sorted((one for one in found if len(one.leaves) > 1), key=_telling))


def _asked_of_rows(decision: Decision, name: str) -> frozenset[str]:
    """The names that rules read where they ask rows: where rows are not there, no diagram tells what such a fact changes."""
    values = (decision.ruleset.values[one] for one in closure_of(decision.ruleset, [name]))
    return frozenset(read for value in values if value.scope != CASE or any(queries_of(value)) for read in value.reads)


def _tells_apart(store: Store, root: Diagram, level: int) -> bool:
    """Whether two answers ever give two results; conflicts are none."""
    pending = {
        pair
        for node in store.reached(root)
        if store.levels[node] == level
        for pair in permutations(store.below[node], 2)
    }
    seen: set[tuple[Diagram, Diagram]] = set()
    while pending:
        pair = one, other = pending.pop()
        if one == other or pair in seen:
            continue
        seen.add(pair)
        upper = min(store.levels[one], store.levels[other])
        if upper == LEAF:
            if not any(isinstance(store.results[end], Conflict) for end in pair):
                return True
            continue
        size = store.sizes[upper]
        ones = store.below[one] if store.levels[one] == upper else (one,) * size
        others = store.below[other] if store.levels[other] == upper else (other,) * size
        pending.update(zip(ones, others, strict=True))
    return False


def _telling(one: Unknown) -> tuple[int, int, str]:
    sizes = [len(results) for _, results in one.leaves]
    return max(sizes), sum(sizes) * 1_000 // len(sizes), one.called
