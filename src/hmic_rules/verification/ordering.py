"""Whether what gets better can make an outcome worse: two copies of a diagram walked together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise, product, starmap
from typing import Any, TypeAlias

from attrs import frozen

from hmic_rules.datatypes import BooleanType, LabelType, NumberType
from hmic_rules.diagrams.nodes import LEAF, Diagram, Store
from hmic_rules.diagrams.walks import Chosen, restricted
from hmic_rules.possible import Marker, is_known
from hmic_rules.rules import ValueRule
from hmic_rules.verification.views import is_real

__all__ = ["Drop", "Worse", "dropping", "smallest_drop", "worse_by"]

Worse: TypeAlias = Callable[[Any, Any], bool]


@frozen
class Drop:
    """A variable whose turn for the better makes the outcome worse: the cells of all others, and its two cells."""

    others: Chosen
    level: int
    before: int
    after: int


def worse_by(value: ValueRule) -> tuple[Worse, ...]:
    """Whether a second result is worse than a first: by what the value declares, or, where it declares nothing, by either direction.

    A worse fact may move an outcome only towards its safe side. Results that are no value, such as a gap, are not compared.
    """
    if value.better:
        places = {label: place for place, label in enumerate(value.better)}
        return (lambda before, after: before in places and after in places and places[after] < places[before],)
    type = value.type
    if isinstance(type, LabelType):
        if type.scale is None:
            return ()
        ranks: Mapping[Any, int] = type.ranks
        line: Callable[[Any], Any] = ranks.__getitem__
    elif isinstance(type, NumberType | BooleanType):
        line = lambda result: result  # noqa: E731 - a number stands for itself
    else:
        return ()

    def compared(result: Any) -> bool:
        return is_real(result) and is_known(result) and not isinstance(result, Marker)

    def falls(before: Any, after: Any) -> bool:
        return compared(before) and compared(after) and bool(line(after) < line(before))

    def rises(before: Any, after: Any) -> bool:
        return falls(after, before)

    if value.safe_side is not None:
        return (falls,) if value.safe_side == "lowest" else (rises,)
    return (falls, rises)


def dropping(store: Store, root: Diagram, upward: Mapping[int, Sequence[int]], worse: Worse) -> Drop | None:
    """A turn for the better that makes the result worse, or ``None``.

    Args:
        store: where the diagram lives.
        root: the diagram.
        upward: for each variable that has a better end, its cells from the worst to the best.
        worse: whether a second result is worse than a first.

    """
    if not _ever_worse(store, root, upward, worse):
        return None
    clean: set[tuple[Diagram, Diagram]] = set()
    for node in store.reached(root):
        level = store.levels[node]
        below = store.below[node]
        for before, after in pairwise(upward.get(level, ())):
            found = _worse_below(store, below[before], below[after], worse, clean)
            if found is not None:
                return Drop({**_path_to(store, root, node), **found}, level, before, after)
    return None


def _ever_worse(store: Store, root: Diagram, upward: Mapping[int, Sequence[int]], worse: Worse) -> bool:
    """Whether some turn for the better is for the worse: the children of every node that are neighbours, walked side by side.

    Two nodes of which no result of the second is worse than one of the first are not walked. Where only one of the two asks a variable that
    has a better end, one child stands for those before or after it, since all of them are walked beside their neighbours: the best child of
    the first node, or the worst of the second. That takes it that any two results are compared; where some are not, all children are walked.
    """
    levels, below, endings = store.levels, store.below, store.endings
    steps = {level: list(pairwise(line)) for level, line in upward.items()}
    compared = all(worse(one, other) or worse(other, one) for one, other in combinations(store.leaves(root), 2))

    def standing_for_all(level: int, *, best: bool) -> Sequence[int]:
        line, size = upward.get(level, ()), store.sizes[level]
        if not compared or len(line) < size:
            return range(size)
        return line[-1:] if best else line[:1]

    pending: list[tuple[Diagram, Diagram]] = []
    for node in store.reached(root):
        children = below[node]
        for before, after in steps.get(levels[node], ()):
            if children[before] != children[after]:
                pending.append((children[before], children[after]))
    seen = set(pending)
    pending = list(seen)
    falls: dict[tuple[int, int], bool] = {}
    while pending:
        left, right = pending.pop()
        ends = endings[left], endings[right]
        fall = falls.get(ends)
        if fall is None:
            fall = falls[ends] = any(starmap(worse, product(store.leaves(left), store.leaves(right))))
        if not fall:
            continue
        here, there = levels[left], levels[right]
        if here == there == LEAF:
            return True
        # Three loops and no list of pairs: the walk is all there is to this question, and this takes a third off it.
        if here == there:
            for pair in zip(below[left], below[right]):  # noqa: B905
                if pair[0] != pair[1] and pair not in seen:
                    seen.add(pair)
                    pending.append(pair)
        elif here < there:
            for cell in standing_for_all(here, best=True):
                child = below[left][cell]
                if child != right and (child, right) not in seen:
                    seen.add((child, right))
                    pending.append((child, right))
        else:
            for cell in standing_for_all(there, best=False):
                child = below[right][cell]
                if child != left and (left, child) not in seen:
                    seen.add((left, child))
                    pending.append((left, child))
    return False


def _worse_below(
    store: Store, one: Diagram, other: Diagram, worse: Worse, clean: set[tuple[Diagram, Diagram]]
) -> Chosen | None:
    """Cells on which the second diagram is worse than the first; pairs that were looked at are kept, and not looked at again."""
    pending: list[tuple[Diagram, Diagram, Any]] = [(one, other, None)]
    while pending:
        left, right, way = pending.pop()
        if left == right or (left, right) in clean:
            continue
        clean.add((left, right))
        level = min(store.levels[left], store.levels[right])
        if level == LEAF:
            if worse(store.results[left], store.results[right]):
                return _unrolled(way)
            continue
        lefts = store.below[left] if store.levels[left] == level else (left,) * store.sizes[level]
        rights = store.below[right] if store.levels[right] == level else (right,) * store.sizes[level]
        pending += [(a, b, (level, cell, way)) for cell, (a, b) in enumerate(zip(lefts, rights, strict=True))]
    return None


def _unrolled(way: Any) -> Chosen:
    found: Chosen = {}
    while way is not None:
        level, cell, way = way
        found[level] = cell
    return found


def _path_to(store: Store, root: Diagram, goal: Diagram) -> Chosen:
    """Cells that lead from the root to a node."""
    leads: dict[Diagram, tuple[int, int, Diagram] | None] = {}
    for node in store.reached(root):
        if node == goal:
            leads[node] = None
            continue
        for cell, child in enumerate(store.below[node]):
            if child in leads:
                leads[node] = (store.levels[node], cell, child)
                break
    found: Chosen = {}
    here = root
    while (step := leads[here]) is not None:
        level, cell, here = step
        found[level] = cell
    return found


def smallest_drop(
    store: Store, root: Diagram, drop: Drop, worse: Worse, choose: Callable[[Diagram], Chosen | None]
) -> Drop:
    """The same turn in a smallest case."""
    before = restricted(store, root, {drop.level: drop.before})
    after = restricted(store, root, {drop.level: drop.after})
    others = choose(store.apply(worse, before, after, alike=store.leaf(value=False)))
    return drop if others is None else Drop(others, drop.level, drop.before, drop.after)
