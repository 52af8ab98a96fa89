"""Questions to a diagram, each a walk over its nodes, and each exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from hmic_rules.diagrams.nodes import LEAF, Diagram, Store

__all__ = [
    "FREE",
    "Allowed",
    "Chosen",
    "Cost",
    "Ways",
    "count",
    "possible",
    "restricted",
    "sufficient",
    "ways_to",
]

Allowed: TypeAlias = Mapping[int, Collection[int]]
Chosen: TypeAlias = dict[int, int]
Cost: TypeAlias = tuple[Any, int]
Step: TypeAlias = tuple[int, int, Any, Cost, bool]
FREE: Final[Cost] = (0, 0)


def possible(store: Store, root: Diagram, allowed: Allowed) -> list[Any]:
    """Every result that some choice of allowed cells gives; a variable of which nothing is said may be in any cell."""
    seen = {root}
    pending = [root]
    while pending:
        node = pending.pop()
        below = store.below[node]
        cells = allowed.get(store.levels[node])
        for child in below if cells is None else [below[cell] for cell in cells]:
            if child not in seen:
                seen.add(child)
                pending.append(child)
    return [store.results[node] for node in sorted(seen) if store.levels[node] == LEAF]


def restricted(store: Store, root: Diagram, given: Mapping[int, int]) -> Diagram:
    """The diagram with some variables in the cells that are given. Only nodes that can then be reached are made."""
    levels, below = store.levels, store.below
    seen = {root}
    pending = [root]
    while pending:
        node = pending.pop()
        cell = given.get(levels[node])
        for child in below[node] if cell is None else (below[node][cell],):
            if child not in seen:
                seen.add(child)
                pending.append(child)
    done: dict[Diagram, Diagram] = {}
    for node in sorted(seen):
        level = levels[node]
        cell = given.get(level)
        if cell is not None:
            done[node] = done[below[node][cell]]
        elif level == LEAF:
            done[node] = node
        else:
            done[node] = store.node(level, tuple([done[child] for child in below[node]]))
    return done[root]


def count(store: Store, root: Diagram, levels: Sequence[int]) -> Counter[Any]:
    """How many choices of a cell for each of these variables give each result. The diagram may ask no others."""
    places = {level: place for place, level in enumerate(sorted(levels))}
    sizes = [store.sizes[level] for level in sorted(levels)]
    places[LEAF] = len(sizes)
    reached = store.reached(root)
    ways = dict.fromkeys(reached, 0)
    ways[root] = prod(sizes[: places[store.levels[root]]])
    found: Counter[Any] = Counter()
    for node in reversed(reached):
        level = store.levels[node]
        if level == LEAF:
            found[store.results[node]] += ways[node]
            continue
        here, number = places[level] + 1, ways[node]
        for child in store.below[node]:
            there = places[store.levels[child]]
            ways[child] += number if here == there else number * prod(sizes[here:there])
    return found


def sufficient(
    store: Store, root: Diagram, given: Mapping[int, int], accepted: Callable[[Any], bool]
) -> list[int] | None:
    """A smallest set of the given variables, in the sense that none can be left out, from which only accepted results follow.

    Variables that are not given are free. Of several such sets it is the one that keeps the variables asked last. ``None`` where even all of
    them are not enough.

    """
    fine: dict[Diagram, bool] = {}
    reached = store.reached(root)
    for node in reached:
        level = store.levels[node]
        if level == LEAF:
            fine[node] = accepted(store.results[node])
        elif level in given:
            fine[node] = fine[store.below[node][given[level]]]
        else:
            fine[node] = all(fine[child] for child in store.below[node])
    if not fine[root]:
        return None
    needed: list[int] = []
    frontier: dict[int, set[Diagram]] = {}
    frontier.setdefault(store.levels[root], set()).add(root)
    while True:
        level = min(frontier)
        if level == LEAF:
            return needed
        nodes = frontier.pop(level)
        if level in given and not all(fine[child] for node in nodes for child in store.below[node]):
            needed.append(level)
            children = {store.below[node][given[level]] for node in nodes}
        else:
            children = {child for node in nodes for child in store.below[node]}
        for child in children:
            frontier.setdefault(store.levels[child], set()).add(child)


@frozen(eq=False)
class Ways:
    """The cheapest ways from a diagram to a result.

    Attributes:
        cost: what they cost, ``None`` where there is no way.
        number: how many ways there are.

    """

    cost: Cost | None
    number: int
    _start: Hashable = field(repr=False)
    _steps: Callable[[Any], Sequence[Step]] = field(repr=False)

    def first(self) -> Chosen | None:
        """One of them."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[Chosen]:
        """Each of them: the cells of the variables that are not in one that costs nothing."""
        if self.cost is None:
            return
        pending: list[tuple[Any, tuple[tuple[int, int], ...]]] = [(self._start, ())]
        while pending:
            state, chosen = pending.pop()
            steps = self._steps(state)
            if not steps:
                yield dict(chosen)
                continue
            for level, cell, after, _, listed in reversed(steps):
                pending.append((after, (*chosen, (level, cell)) if listed else chosen))


def ways_to(
    store: Store,
    root: Diagram,
    wanted: Callable[[Any], bool],
    cost: Callable[[int, int], Cost],
    *,
    allowed: Allowed | None = None,
    together: Callable[[int], Hashable] | None = None,
    times: Callable[[int, int], int] | None = None,
) -> Ways:
    """The cheapest ways to a wanted result.

    Args:
        store: where the diagram lives.
        root: the diagram.
        wanted: which results are wanted.
        cost: what it costs that a variable is in a cell: first what is paid, then, of equal ways, what counts. Every variable that
            ways leave out must have a cell that costs nothing.
        allowed: the cells that are open to a variable.
        times: in how many ways a variable comes to be in a cell, where that is not one.
        together: variables of one kind, asked one after another, of which only the first change is paid for.

    """
    if together is None:
        return _cheapest(store, root, wanted, cost, allowed or {}, times)
    best: dict[Any, Cost] = {}
    numbers: dict[Any, int] = {}
    steps: dict[Any, list[Step]] = {}
    start = (root, None)
    moves: dict[Any, list[Step]] = {start: []}
    pending: list[Any] = [start]
    while pending:
        state = pending.pop()
        node, paid_for = state
        level = store.levels[node]
        if level == LEAF:
            continue
        group = together(level)
        for cell in range(store.sizes[level]) if allowed is None or level not in allowed else allowed[level]:
            price = cost(level, cell)
            paid = price
            still = paid_for if group is not None and group == paid_for else None
            if group is not None and price[0]:
                paid = price if still is None else (0, price[1])
                still = group
            after = (store.below[node][cell], still)
            moves[state].append((level, cell, after, paid, price != FREE))
            if after not in moves:
                moves[after] = []
                pending.append(after)
    for state in sorted(moves, key=lambda state: state[0]):
        node, _ = state
        if store.levels[node] == LEAF:
            if wanted(store.results[node]):
                best[state], numbers[state], steps[state] = FREE, 1, []
            continue
        open_ = [
            ((best[step[2]][0] + step[3][0], best[step[2]][1] + step[3][1]), step)
            for step in moves[state]
            if step[2] in best
        ]
        if open_:
            least = min(total for total, _ in open_)
            best[state] = least
            steps[state] = [step for total, step in open_ if total == least]
            numbers[state] = sum(
                numbers[after] * (1 if times is None else times(level, cell))
                for level, cell, after, _, _ in steps[state]
            )
    return Ways(best.get(start), numbers.get(start, 0), start, steps.__getitem__)


def _cheapest(
    store: Store,
    root: Diagram,
    wanted: Callable[[Any], bool],
    cost: Callable[[int, int], Cost],
    allowed: Allowed,
    times: Callable[[int, int], int] | None,
) -> Ways:
    """The cheapest ways where each change is paid for itself: one cost for each node, from the leaves upward."""
    best: dict[Diagram, Cost] = {}
    numbers: dict[Diagram, int] = {}
    prices: dict[int, list[tuple[int, Cost]]] = {}
    for node in store.reached(root):
        level = store.levels[node]
        if level == LEAF:
            if wanted(store.results[node]):
                best[node], numbers[node] = FREE, 1
            continue
        if level not in prices:
            prices[level] = [(cell, cost(level, cell)) for cell in allowed.get(level, range(store.sizes[level]))]
        below, least, number = store.below[node], None, 0
        for cell, price in prices[level]:
            rest = best.get(below[cell])
            if rest is None:
                continue
            total = price[0] + rest[0], price[1] + rest[1]
            ways = numbers[below[cell]] * (1 if times is None else times(level, cell))
            if least is None or total < least:
                least, number = total, ways
            elif total == least:
                number += ways
        if least is not None:
            best[node], numbers[node] = least, number

    def steps(node: Diagram) -> list[Step]:
        level, below = store.levels[node], store.below[node]
        return [
            (level, cell, below[cell], price, price != FREE)
            for cell, price in (prices[level] if level != LEAF else ())
            if (rest := best.get(below[cell])) is not None and (price[0] + rest[0], price[1] + rest[1]) == best[node]
        ]

    return Ways(best.get(root), numbers.get(root, 0), root, steps)
