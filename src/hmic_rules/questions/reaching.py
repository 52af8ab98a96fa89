"""What would have to be otherwise for another outcome: what stands in the way, the cheapest changes, and how few could have changed it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, Final, Literal, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.nodes import Diagram
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable
from hmic_rules.diagrams.walks import FREE, Chosen, Cost, Ways, sufficient, ways_to
from hmic_rules.possible import Known
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.questions.costs import ONE, Costs, pricing
from hmic_rules.questions.space import Change, Space, is_result, space_of, wanted_result

__all__ = [
    "COUNTED",
    "Level",
    "Priced",
    "Robustness",
    "Way",
    "changes_to",
    "robustness",
    "smallest",
    "to_reach",
    "why_not",
]

Level: TypeAlias = Literal["values", "facts"]
COUNTED: Final = 100


@frozen
class Way:
    """A cheapest set of changes after which an outcome follows.

    Attributes:
        wanted: the outcome.
        changes: what would have to be otherwise; no part of it is enough.
        learnt: what is not known and would have to turn out so.
        cost: the sum of the costs of the changes.
        others: how many more sets of changes cost the same; at most so many, where something has to turn out so and they are 100 or more.
        gives: what deciding the changed case gives.
        exact: whether nothing cheaper can have been missed.

    """

    wanted: str
    changes: tuple[Change, ...]
    learnt: tuple[Change, ...]
    cost: Fraction
    others: int
    gives: str
    exact: bool

    def __str__(self) -> str:
        parts = [*map(str, self.changes), *(f"{one} (not known)" for one in self.learnt)]
        return "; ".join(parts) if parts else "nothing stands in the way"


@frozen
class Robustness:
    """How few changes would change an outcome.

    Attributes:
        outcome: what it is.
        values: the fewest values of groups (of criteria, say) that are something else where the outcome is, ``None`` where none of these
            can change it, or where the rule set has no such values.
        facts: the fewest items (findings, say) of which some fact is something else; where a rule set has no values of groups, facts of
            the case count beside items. ``None`` where none can.
        by_values: changes that do it with so few values.
        by_facts: changes that do it with so few items.

    """

    outcome: str
    values: int | None
    facts: int | None
    by_values: Way | None
    by_facts: Way | None


@frozen(eq=False)
class Priced:
    """The cheapest ways in a space, under costs.

    Attributes:
        space: what is walked.
        price: what a change costs; ``None`` where it cannot be made.
        level: whether values that groups of rows come to are changed as such, or by the facts below them.
        by_item: whether an item is paid for once, however many of its facts change.

    """

    space: Space
    price: Callable[[Change], Fraction | None]
    level: Level
    by_item: bool = False
    _below: dict[tuple[Variable, int], Ways] = field(factory=dict)

    def ways(self, wanted: Callable[[Any], bool]) -> Ways:
        """The cheapest ways to a wanted result."""
        upper = self.space.upper
        return ways_to(
            upper.store,
            self.space.root,
            wanted,
            lambda level, cell: self.cost(upper.variables[level], cell) or FREE,
            allowed=self.allowed(upper, self.space.root),
            together=self.together(upper),
            times=lambda level, cell: self.times(upper.variables[level], cell),
        )

    def cost(self, variable: Variable, cell: int) -> Cost | None:
        """What it costs that a variable is in a cell: what changes cost, and how much has to turn out so; ``None`` where it cannot be."""
        if cell == variable.given:
            return FREE
        if self.stands_above(variable):
            return self.below(variable, cell).cost
        if variable.given is None:
            return 0, 1
        price = self.price(self.space.change(variable, cell))
        return None if price is None else (price, 0)

    def stands_above(self, variable: Variable) -> bool:
        """Whether it is a value that is changed by the facts below it."""
        return (
            self.level == "facts" and variable.kind == "value" and variable.why is None and self.space.lower is not None
        )

    def times(self, variable: Variable, cell: int) -> int:
        """In how many cheapest ways a variable comes to be in a cell."""
        return self.below(variable, cell).number if self.stands_above(variable) and cell != variable.given else 1

    def allowed(self, universe: Universe, root: Diagram) -> dict[int, list[int]]:
        """The cells that a variable can come to be in at all."""
        return {
            level: [cell for cell in range(size) if self.cost(universe.variables[level], cell) is not None]
            for level in universe.store.support(root)
            for size in (universe.store.sizes[level],)
        }

    def together(self, universe: Universe) -> Callable[[int], Hashable] | None:
        if not self.by_item:
            return None
        return lambda level: universe.variables[level].address or None

    def below(self, variable: Variable, cell: int) -> Ways:
        """The cheapest ways in which the facts below a value make it this."""
        found = self._below.get((variable, cell))
        if found is None:
            lower = self.space.lower
            assert lower is not None  # noqa: S101 - the caller asks
            target = variable.cells[cell]
            found = self._below[variable, cell] = ways_to(
                lower.store,
                self.space.below(variable),
                lambda result: is_result(result, target),
                lambda level, one: self.cost(lower.variables[level], one) or FREE,
                allowed=self.allowed(lower, self.space.below(variable)),
                together=self.together(lower),
            )
        return found

    def spelt_out(self, chosen: Chosen) -> Iterator[dict[Variable, int]]:
        """A way in the upper diagram, down to the facts: every way to spell it out."""
        return self._chosen_below(list(chosen.items()))

    def _chosen_below(self, chosen: Sequence[tuple[int, int]]) -> Iterator[dict[Variable, int]]:
        """One after the other, since one is often enough and there can be more than any memory holds."""
        if not chosen:
            yield {}
            return
        (level, cell), *others = chosen
        variable = self.space.upper.variables[level]
        for way in self._ways_of(variable, cell):
            for further in self._chosen_below(others):
                yield {**way, **further}

    def _ways_of(self, variable: Variable, cell: int) -> Iterator[dict[Variable, int]]:
        if cell == variable.given:
            yield {}
        elif self.stands_above(variable):
            lower = cast("Universe", self.space.lower)
            for way in self.below(variable, cell):
                yield {lower.variables[one]: at for one, at in way.items()}
        else:
            yield {variable: cell}


def _wanting(target: Known) -> Callable[[Any], bool]:
    return lambda result: is_result(result, target)


def why_not(
    decision: Decision, wanted: str, *, name: str | None = None, item: str | None = None, level: Level = "values"
) -> Way | None:
    """The fewest things that stand in the way of an outcome: changing exactly them reaches it, and no part of them does.

    Args:
        decision: the decision.
        wanted: the outcome, as it would be written.
        name: the value; the case's only outcome where none is named.
        item: the item, for a value that does not stand on the case.
        level: ``values`` counts what groups of rows come to (criteria, say), ``facts`` the facts below (findings).

    Returns:
        The changes, or ``None`` where no change of facts reaches the outcome.

    Raises:
        NotFoundError: there is no such value, item or outcome.
        NotAnalysedError: the diagram would have too many states.

    """
    return to_reach(decision, wanted, name=name, item=item, level=level)


def to_reach(
    decision: Decision,
    wanted: str,
    costs: Costs | None = None,
    *,
    name: str | None = None,
    item: str | None = None,
    level: Level = "values",
) -> Way | None:
    """The cheapest set of changes after which an outcome follows.

    Args:
        decision: the decision.
        wanted: the outcome, as it would be written.
        costs: what a change costs: by the name of a fact or value, or by its name and item (``status of np-tasking``), or as a function of
            the :class:`Change`; 1 where it says nothing. ``None`` as a cost says that it cannot be changed.
        name: the value; the case's only outcome where none is named.
        item: the item, for a value that does not stand on the case.
        level: ``values`` changes what groups of rows come to (criteria, say), ``facts`` the facts below (findings).

    Returns:
        The changes, or ``None`` where no change reaches the outcome.

    Raises:
        InputError: a cost is no positive number.
        NotFoundError: there is no such value, item or outcome.
        NotAnalysedError: the diagram would have too many states.

    """
    return next(iter(smallest(decision, wanted, costs, name=name, item=item, level=level)), None)


def smallest(
    decision: Decision,
    wanted: str,
    costs: Costs | None = None,
    *,
    name: str | None = None,
    item: str | None = None,
    level: Level = "values",
    limit: int = 1,
) -> tuple[Way, ...]:
    """The cheapest sets of changes after which an outcome follows, where several cost the same; :func:`to_reach` gives the first of them.

    Args:
        decision: the decision.
        wanted: the outcome, as it would be written.
        costs: as of :func:`to_reach`.
        name: the value; the case's only outcome where none is named.
        item: the item, for a value that does not stand on the case.
        level: as of :func:`to_reach`.
        limit: how many are listed at most; ``others`` of each says how many there are besides it.

    Returns:
        The sets; none where no change reaches the outcome.

    Raises:
        InputError: a cost is no positive number.
        NotFoundError: there is no such value, item or outcome.
        NotAnalysedError: the diagram would have too many states.

    """
    name = decision.outcome.name if name is None else name
    target = wanted_result(decision, name, wanted)
    priced = Priced(space_of(decision, name, item), pricing(costs), level)
    return tuple(islice(changes_to(priced, _wanting(target), wanted), limit))


def changes_to(priced: Priced, accepted: Callable[[Any], bool], wanted: str) -> Iterator[Way]:
    """Every cheapest way to an accepted result, one after the other, each decided anew."""
    space = priced.space
    ways = priced.ways(accepted)
    if ways.cost is None:
        return
    number, exact = ways.number, space.exact and not space.unmoved
    if ways.cost[1] and number <= COUNTED:
        number = sum(1 for _ in _different(priced, ways, accepted))
    for changed, learnt in _different(priced, ways, accepted):
        again = space.with_cells({**changed, **learnt})
        yield Way(
            wanted,
            tuple(space.change(one, cell) for one, cell in changed.items()),
            tuple(space.change(one, cell) for one, cell in learnt.items()),
            Fraction(ways.cost[0]),
            number - 1,
            str(again.at(space.name, space.item)),
            exact,
        )


def _different(
    priced: Priced, ways: Ways, accepted: Callable[[Any], bool]
) -> Iterator[tuple[dict[Variable, int], dict[Variable, int]]]:
    """What changes and what has to turn out so, way by way. Ways that differ only in what need not turn out so are one."""
    seen: set[Hashable] = set()
    for upper in ways:
        for chosen in priced.spelt_out(upper):
            changed = {one: cell for one, cell in chosen.items() if one.known}
            learnt = _needed(priced, chosen, accepted)
            if len(changed) < len(chosen):
                key = frozenset(changed.items()), frozenset(learnt.items())
                if key in seen:
                    continue
                seen.add(key)
            yield changed, learnt


def _needed(priced: Priced, chosen: Mapping[Variable, int], accepted: Callable[[Any], bool]) -> dict[Variable, int]:
    """Of what is not known, what has to turn out as chosen once the changes are made."""
    space = priced.space
    unknown = {one: cell for one, cell in chosen.items() if not one.known}
    if not unknown:
        return {}
    upper = space.upper
    own = {one for one in unknown if one in upper.variables}
    if own != set(unknown):
        return unknown
    given = {one.level: one.given for one in space.variables() if one.given is not None}
    given.update({one.level: cell for one, cell in chosen.items() if one in upper.variables})
    needed = sufficient(upper.store, space.root, given, accepted)
    return {one: cell for one, cell in unknown.items() if needed is None or one.level in needed}


def robustness(decision: Decision, *, name: str | None = None, item: str | None = None) -> Robustness:
    """The fewest values of groups, and the fewest items of facts, whose change would change an outcome; what is not known may turn out anyhow.

    An outcome that is not settled has none: it can turn out otherwise without any change.

    Raises:
        NotFoundError: there is no such value or item.
        NotAnalysedError: the diagram would have too many states.

    """
    name = decision.outcome.name if name is None else name
    space = space_of(decision, name, item)
    outcome = exact_outcome(decision, name, item)
    if outcome.status == "undetermined":
        return Robustness(str(outcome), None, None, None, None)
    others = f"other than {outcome}"

    def differs(result: Any) -> bool:
        return (
            not isinstance(result, Conflict)
            and not (outcome.status == "decided" and is_result(result, outcome.value))
            and (shown(result) != outcome.status)
        )

    pinned = space.lower is not None
    by_values = next(changes_to(Priced(space, _only(_is_value), "values"), differs, others), None) if pinned else None
    by_item = _only(_on_item) if pinned else pricing(None)
    by_facts = next(changes_to(Priced(space, by_item, "facts", by_item=True), differs, others), None)
    return Robustness(
        str(outcome),
        None if by_values is None else int(by_values.cost),
        None if by_facts is None else int(by_facts.cost),
        by_values,
        by_facts,
    )


def _only(those: Callable[[Change], bool]) -> Callable[[Change], Fraction | None]:
    """One for each of these changes; no other can be made."""
    return lambda change: ONE if those(change) else None


def _is_value(change: Change) -> bool:
    return change.kind == "value"


def _on_item(change: Change) -> bool:
    return change.item is not None
