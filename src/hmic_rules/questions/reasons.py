"""The reason of an outcome reduced: facts from which it follows and none of which can be left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from attrs import frozen

from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable, called
from hmic_rules.diagrams.walks import possible, sufficient
from hmic_rules.outcomes import in_a_row
from hmic_rules.possible import union
from hmic_rules.questions.space import Space, is_result, results_shown, space_of

__all__ = ["Holding", "Reason", "reason_of"]


@frozen
class Holding:
    """A fact, or a value of a group, that a reason rests on.

    Attributes:
        kind: ``fact``, ``judgement`` or ``value``.
        name: what it is called in the rule set.
        item: the item that it stands on, ``None`` for the case.
        scope: the collection or group of that item.
        is_: what it is; of a value of a group, each of the results that would do, its own first.

    """

    kind: str
    name: str
    item: str | None
    scope: str
    is_: tuple[str, ...]

    @property
    def called(self) -> str:
        """The name, with the item that it stands on."""
        return called(self.name, self.item)

    def __str__(self) -> str:
        return f"{self.called} is {in_a_row(self.is_, ' or ')}"


@frozen
class Reason:
    """Why an outcome came out as it did, and no more than that.

    Attributes:
        outcome: what came out, or every result still possible.
        values: what the groups came to, and the facts of the case, from which it follows.
        facts: the facts from which that follows. The same as ``values`` where a rule set has no values of groups.
        exact: whether nothing in it stands for more than it tells apart.

    """

    outcome: tuple[str, ...]
    values: tuple[Holding, ...]
    facts: tuple[Holding, ...]
    exact: bool


def reason_of(decision: Decision, name: str, item: str | None = None) -> Reason:
    """A minimal sufficient reason: whatever everything else is, the outcome follows from it, and from no part of it.

    For an undetermined outcome: from which it follows that nothing but the results still possible is possible.

    Raises:
        NotFoundError: there is no such value, or it does not stand on this item.
        NotAnalysedError: the diagram would have too many states.

    """
    space = space_of(decision, name, item)
    upper = space.upper
    given = {one.level: one.given for one in space.variables() if one.given is not None}
    results = possible(upper.store, space.root, {level: [cell] for level, cell in given.items()})
    outcome = results_shown(space, results)
    fine = _within(results)
    needed = sufficient(upper.store, space.root, given, fine) or []
    kept = {level: [given[level]] for level in needed}
    if space.lower is None:
        facts = tuple(_holding(upper.variables[level], cells) for level, cells in kept.items())
        return Reason(outcome, facts, facts, space.exact)
    for level in needed:
        if upper.variables[level] in space.pinned:
            _widened(space, kept, level, fine)
    values = tuple(_holding(upper.variables[level], cells) for level, cells in kept.items())
    return Reason(outcome, values, tuple(_facts(space, kept, fine)), space.exact)


def _within(results: list[Any]) -> Callable[[Any], bool]:
    """Whether a result leaves nothing possible but these; where rules conflict there is no case, and nothing to rule out.

    A result can itself be several, where rules leave it open although every fact is known.
    """
    known = [result for result in results if not isinstance(result, Conflict)]
    if not known:
        return lambda result: isinstance(result, Conflict)
    left = union(known)
    return lambda result: isinstance(result, Conflict) or _one_of(known, result) or union([left, result]) == left


def _one_of(wanted: list[Any], result: Any) -> bool:
    return any(is_result(result, one) for one in wanted)


def _holding(variable: Variable, cells: list[int]) -> Holding:
    return Holding(
        variable.kind,
        variable.name,
        variable.item,
        variable.scope,
        tuple(shown(variable.cells[cell]) for cell in cells),
    )


def _widened(space: Space, kept: dict[int, list[int]], level: int, fine: Callable[[Any], bool]) -> None:
    """Let a value be whatever else would do as well."""
    for cell in range(space.store.sizes[level]):
        if cell not in kept[level]:
            tried = {**kept, level: [*kept[level], cell]}
            if all(map(fine, possible(space.store, space.root, tried))):
                kept[level].append(cell)


def _facts(space: Space, kept: Mapping[int, list[int]], fine: Callable[[Any], bool]) -> list[Holding]:
    """The facts from which these values follow, less those that turn out not to be needed."""
    upper, lower = space.upper, space.lower
    assert lower is not None  # noqa: S101 - the caller asks
    given = {one.level: one.given for one in lower.variables if one.given is not None}
    found: list[Holding] = []
    below: dict[int, list[int]] = {}
    for level, cells in kept.items():
        variable = upper.variables[level]
        if variable not in space.pinned:
            found.append(_holding(variable, cells))
            continue
        wanted = [variable.cells[cell] for cell in cells]
        below[level] = (
            sufficient(
                lower.store,
                space.below(variable),
                given,
                partial(_one_of, wanted),
            )
            or []
        )
    for level, kept_below in below.items():
        variable, left = upper.variables[level], kept_below
        for fact in kept_below:
            without = [one for one in left if one != fact]
            results = possible(lower.store, space.below(variable), {one: [given[one]] for one in without})
            open_ = [cell for cell, value in enumerate(variable.cells) if value in results]
            if all(map(fine, possible(upper.store, space.root, {**kept, level: open_}))):
                left = without
        found += [_holding(lower.variables[one], [given[one]]) for one in left]
    return found
