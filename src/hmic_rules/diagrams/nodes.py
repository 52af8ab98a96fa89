"""Reduced, hash-consed, multi-valued decision diagrams.

A diagram is a number. An inner node asks one variable and has one child for each of its cells; a leaf holds a result. Equal diagrams are the same
number, so that two functions are equal exactly where their numbers are. A child's number is always below its parent's: a walk in rising order
meets children first.

The method is Bryant's (1986) for several values; counting with saturation follows the usual construction of symmetric functions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from threading import RLock
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from hmic_rules.possible import OneOf

__all__ = ["LEAF", "Diagram", "Store", "TooManyStates"]

Diagram: TypeAlias = int
LEAF: Final = 1 << 60
CAP: Final = 200_000


class TooManyStates(Exception):  # noqa: N818 - no error of the user's: it says that the question is not analysed
    """The diagram would have more nodes than are built; no verdict follows from it."""

    def __init__(self, cap: int) -> None:
        super().__init__(f"more than {cap:,} states")
        self.cap = cap


def _key(value: Any) -> Hashable:
    """Equal for the same results only: 1 and true are two."""
    if isinstance(value, OneOf):
        return OneOf, frozenset((type(member), member) for member in value.members)
    if isinstance(value, tuple):
        return tuple, tuple(map(_key, value))
    return type(value), value


@frozen(eq=False)
class Store:
    """Where diagrams live. Variables are asked in the order in which they were added.

    Attributes:
        cap: the number of nodes past which :class:`TooManyStates` is raised.
        sizes: for each variable, by its place in the order, how many cells it has.
        levels: for each node, the variable that it asks, or :data:`LEAF`.
        below: for each node, its children, one for each cell.
        results: for each leaf, its result.
        endings: for each node, the set of leaves below it as the bits of a number: equal for nodes with the same results.

    """

    cap: int = CAP
    sizes: list[int] = field(factory=list)
    levels: list[int] = field(factory=list)
    below: list[tuple[Diagram, ...]] = field(factory=list)
    results: list[Any] = field(factory=list)
    endings: list[int] = field(factory=list)
    _asks: list[int] = field(factory=list)
    _leaves: list[Diagram] = field(factory=list)
    _unique: dict[Hashable, Diagram] = field(factory=dict)
    _growing: Any = field(factory=RLock)  # questions to one decision may come from several threads

    def variable(self, size: int) -> int:
        """A new variable with this many cells, asked after all others."""
        with self._growing:
            self.sizes.append(size)
            return len(self.sizes) - 1

    def leaf(self, value: Any) -> Diagram:
        """The diagram that always gives this result."""
        key = _key(value)
        found = self._unique.get(key)
        if found is None:
            with self._growing:
                found = self._unique.get(key)
                if found is None:
                    found = self._new(LEAF, (), value, 0, 1 << len(self._leaves))
                    self._leaves.append(found)
                    self._unique[key] = found
        return found

    def _new(self, level: int, children: tuple[Diagram, ...], value: Any, asks: int, ends: int) -> Diagram:
        if len(self.levels) >= self.cap:
            raise TooManyStates(self.cap)
        self.levels.append(level)
        self.below.append(children)
        self.results.append(value)
        self._asks.append(asks)
        self.endings.append(ends)
        return len(self.levels) - 1

    def node(self, level: int, children: tuple[Diagram, ...]) -> Diagram:
        """The diagram that asks a variable and goes on with the child of its cell."""
        first = children[0]
        for child in children:
            if child != first:
                break
        else:
            return first
        key = (level, children)
        found = self._unique.get(key)
        if found is None:
            asks, ends = 1 << level, 0
            for child in children:
                asks |= self._asks[child]
                ends |= self.endings[child]
            with self._growing:
                found = self._unique.get(key)
                if found is None:
                    found = self._unique[key] = self._new(level, children, None, asks, ends)
        return found

    def choice(self, level: int, results: Iterable[Any]) -> Diagram:
        """The diagram that gives one of these results for each cell of a variable."""
        return self.node(level, tuple(map(self.leaf, results)))

    def is_leaf(self, diagram: Diagram) -> bool:
        return self.levels[diagram] == LEAF

    def reached(self, *roots: Diagram) -> list[Diagram]:
        """Every node of these diagrams, children before parents."""
        seen = set(roots)
        pending = list(seen)
        while pending:
            for child in self.below[pending.pop()]:
                if child not in seen:
                    seen.add(child)
                    pending.append(child)
        return sorted(seen)

    def support(self, *roots: Diagram) -> list[int]:
        """The variables that the results depend on, in order."""
        asks = 0
        for root in roots:
            asks |= self._asks[root]
        return list(_ones(asks))

    def leaves(self, root: Diagram) -> Iterator[Any]:
        """Every result that the diagram can give, in the order in which they were first made."""
        return (self.results[leaf] for leaf in self.ends(root))

    def ends(self, root: Diagram) -> list[Diagram]:
        """The leaves of a diagram, in the order in which they were first made."""
        return [self._leaves[place] for place in _ones(self.endings[root])]

    def map(self, function: Callable[[Any], Any], root: Diagram) -> Diagram:
        """The function of the diagram's result."""
        if self.levels[root] == LEAF:
            return self.leaf(function(self.results[root]))
        done: dict[Diagram, Diagram] = {}
        for node in self.reached(root):
            level = self.levels[node]
            if level == LEAF:
                done[node] = self.leaf(function(self.results[node]))
            else:
                done[node] = self.node(level, tuple([done[child] for child in self.below[node]]))
        return done[root]

    def grafted(self, root: Diagram, graft: Mapping[Diagram, Diagram]) -> Diagram:
        """The diagram with its leaves replaced by diagrams that ask only later variables."""
        if self.levels[root] == LEAF:
            return graft[root]
        done = dict(graft)
        for node in self.reached(root):
            if node not in done:
                done[node] = self.node(self.levels[node], tuple([done[child] for child in self.below[node]]))
        return done[root]

    def apply(
        self,
        function: Callable[[Any, Any], Any],
        one: Diagram,
        other: Diagram,
        short: Callable[[Any, Diagram], Diagram | None] | None = None,
        alike: Diagram | None = None,
    ) -> Diagram:
        """The function of the results of two diagrams.

        Args:
            function: of a result of the one and a result of the other.
            one: a diagram.
            other: another.
            short: the diagram of the function where the one has come to a result and the other, as it is given, has not; ``None`` where it
                is not known without going on.
            alike: the diagram of the function of a result and itself, where that is the same for all results.

        """
        levels, below, results, node = self.levels, self.below, self.results, self.node
        done: dict[tuple[Diagram, Diagram], Diagram] = {}
        waiting: dict[tuple[Diagram, Diagram], tuple[int, list[tuple[Diagram, Diagram]]]] = {}
        pending = [(one, other)]
        while pending:
            pair = pending.pop()
            if pair in done:
                continue
            if pair in waiting:
                level, pairs = waiting.pop(pair)
                done[pair] = node(level, tuple([done[found] for found in pairs]))
                continue
            left, right = pair
            if left == right and alike is not None:
                done[pair] = alike
                continue
            level, other_level = levels[left], levels[right]
            if level == other_level:
                if level == LEAF:
                    done[pair] = self.leaf(function(results[left], results[right]))
                    continue
                pairs = list(zip(below[left], below[right], strict=True))
            elif level < other_level:
                pairs = [(child, right) for child in below[left]]
            else:
                if short is not None and level == LEAF:
                    known = short(results[left], right)
                    if known is not None:
                        done[pair] = known
                        continue
                level = other_level
                pairs = [(left, child) for child in below[right]]
            waiting[pair] = level, pairs
            pending.append(pair)
            pending.extend([found for found in pairs if found not in done])
        return done[one, other]

    def lift(self, function: Callable[..., Any], *parts: Diagram) -> Diagram:
        """The function of the results of any number of diagrams."""
        if not parts:
            return self.leaf(function())
        if len(parts) == 1:
            return self.map(function, parts[0])
        if len(parts) == 2:
            return self.apply(function, *parts)
        found = self.apply(lambda one, other: (one, other), parts[0], parts[1])
        for part in parts[2:-1]:
            found = self.apply(lambda together, other: (*together, other), found, part)
        return self.apply(lambda together, last: function(*together, last), found, parts[-1])

    def fold(
        self,
        parts: Sequence[Diagram],
        start: Hashable,
        step: Callable[[Any, Any, int], Hashable],
        finish: Callable[[Any], Any],
    ) -> Diagram:
        """A state that goes through the results of the parts one after the other, and what becomes of it.

        Args:
            parts: the diagrams.
            start: the state before the first part.
            step: the state after a part, from the state before it, the part's result and the part's place. States that make no
                difference any more should be one, for the diagram has a node for each.
            finish: the result of the last state.

        """
        supports = [self.support(part) for part in parts]
        bounds = [(found[0], found[-1]) for found in supports if found]
        if any(before[1] >= after[0] for before, after in pairwise(bounds)):
            found = self.leaf(start)
            for place, part in enumerate(parts):
                found = self.apply(_at(step, place), found, part)
            return self.map(finish, found)
        ends = [self.ends(part) for part in parts]
        layers: list[dict[Hashable, dict[Diagram, Hashable]]] = []
        states: dict[Hashable, None] = {start: None}
        for place in range(len(parts)):
            layer = {state: {leaf: step(state, self.results[leaf], place) for leaf in ends[place]} for state in states}
            layers.append(layer)
            states = dict.fromkeys(after for moves in layer.values() for after in moves.values())
        nodes = {state: self.leaf(finish(state)) for state in states}
        for place in range(len(parts) - 1, -1, -1):
            nodes = {
                state: self.grafted(parts[place], {leaf: nodes[after] for leaf, after in moves.items()})
                for state, moves in layers[place].items()
            }
        return nodes[start]


def _ones(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _at(step: Callable[[Any, Any, int], Hashable], place: int) -> Callable[[Any, Any], Hashable]:
    return lambda state, result: step(state, result, place)
