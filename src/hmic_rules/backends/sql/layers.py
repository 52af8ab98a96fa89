"""The order of the work: which expressions are columns of their own, and in which layer of their scope each is computed.

Layer 0 of a scope has its rows with their facts. A later layer adds what is computed from the layer before, from rows below (folds) or from enclosing rows
(lifts). What several expressions share is computed once, in a layer before them; a column is carried only as far as something needs it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from hmic_rules.backends.sql.nodes import Node
from hmic_rules.backends.sql.scopes import Combinations, Distinct, Expecting, Items, Joined, Scope, Series

__all__ = ["APART", "Layers", "folded_by", "laid_out"]

APART = ("longest run", "groups")  # each has a select of its own
LEAVES = ("field", "fold", "lift")
WAITING = 4  # how often the first layer of a join may be put off, while what it waits for waits itself
TRIVIAL = ("not", "isnull", "total", "huge", "neg", "names")


@frozen(eq=False)
class Layers:
    """What each layer of each scope computes and carries.

    Attributes:
        level: of every column, the layer that first has it.
        last: of every column, the last layer that still needs it.
        columns: the columns of every scope, in order.

    """

    level: dict[Node, int] = field(factory=dict)
    last: dict[Node, int] = field(factory=dict)
    columns: dict[Scope, list[Node]] = field(factory=lambda: defaultdict(list))
    bases: dict[Scope, int] = field(factory=dict)

    def levels(self, scope: Scope) -> list[int]:
        """The layers that a scope has."""
        return sorted({self.bases[scope], *(self.level[column] for column in self.columns[scope])})

    def at(self, scope: Scope, level: int) -> int:
        """The layer of a scope that stands when others are at this level."""
        return max(found for found in self.levels(scope) if found <= level)

    def carried(self, scope: Scope, level: int) -> list[Node]:
        """The columns that a layer has."""
        return [one for one in self.columns[scope] if self.level[one] <= level <= self.last[one]]


def leaves(node: Node, columns: set[Node]) -> Iterator[Node]:
    """The columns that an expression is computed from."""
    pending, seen = [node], set[Node]()
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        if one.op in LEAVES or one in columns:
            yield one
        else:
            pending.extend(one.args)


def inner_leaves(node: Node, columns: set[Node]) -> Iterator[Node]:
    """The columns from which a column of its own is computed."""
    for arg in node.args:
        yield from leaves(arg, columns)


def _ordered(roots: Iterable[Node], scopes: dict[Scope, None]) -> list[Node]:
    """Every node, after what it is computed from; the scopes that they need are put down too."""
    found: dict[Node, None] = {}
    pending: list[tuple[Node, bool]] = [(root, False) for root in roots]
    while pending:
        node, ready = pending.pop()
        if node in found:
            continue
        if ready:
            found[node] = None
            continue
        pending.append((node, True))
        pending += [(arg, False) for arg in (*node.args, *_keys(node))]
        for scope in (node.scope, node.source, node.group):
            if scope is not None and scope not in scopes:
                scopes[scope] = None
                pending += [(one, False) for one in _needed(scope, scopes)]
    return list(found)


def _keys(node: Node) -> tuple[Node, ...]:
    """The nodes on which a fold or a lift joins."""
    if node.op == "fold" and node.source is not None and node.scope is not None:
        found = node.source.above[node.scope]
        return (*found, *node.source.above[node.group]) if node.group is not None else found
    if node.op == "lift" and node.scope is not None and node.args[0].scope is not None:
        return node.scope.above[node.args[0].scope]
    return ()


def _needed(scope: Scope, scopes: dict[Scope, None]) -> list[Node]:
    """The nodes that the rows of a scope come from; other scopes are put down."""
    base = scope.base
    below: list[Scope] = []
    found: list[Node] = []
    if isinstance(base, Items):
        below = [base.outer, base.named]
    elif isinstance(base, Joined):
        below = [base.outer, base.inner]
        found = [*base.outer.above.get(base.holder, ()), *base.inner.above.get(base.holder, ())]
    elif isinstance(base, Distinct):
        below, found = [base.source], [*base.by, base.there]
    elif isinstance(base, Combinations) and base.seen is not None:
        below, found = [base.seen[0]], [base.seen[1]]
    elif isinstance(base, Expecting):
        below = [base.case, *(axis for axis in base.axes if isinstance(axis, Scope))]
        found = [end for axis in base.axes if isinstance(axis, Series) for end in (axis.start, axis.end)]
    for one in below:
        if one not in scopes:
            scopes[one] = None
            found += _needed(one, scopes)
    return found


def laid_out(roots: list[Node], target: Scope) -> Layers:
    """The layers for these results, all of which are read in the rows of the target."""
    scopes: dict[Scope, None] = {target: None}
    ordered = _ordered([*roots, *_needed(target, scopes)], scopes)
    used = Counter(arg for node in ordered for arg in node.args)
    used.update(set(roots))
    own = {_within(node) for node in ordered if used[node] > 1 and node.scope is not None}
    own = {node for node in own if node.op not in ("literal", *LEAVES)}
    own |= {arg for node in ordered if node.op == "lift" for arg in node.args if arg.op not in ("literal", *LEAVES)}
    own |= {key for node in ordered if _looked_up(node) for key in _keys(node)}
    own |= {arg for node in ordered if node.op == "names" for arg in node.args if arg.op not in ("literal", *LEAVES)}
    found = _together(ordered, own, scopes)
    for node in ordered:
        if node in found.level and node.scope is not None:
            found.columns[node.scope].append(node)
    _lasts(found, ordered, own, roots, scopes)
    return found


def _within(node: Node) -> Node:
    """What a node is computed from that costs something."""
    while node.op in TRIVIAL:
        (node,) = node.args
    return node


def _looked_up(node: Node) -> bool:
    """Whether it reads a table of combinations, whose key is worth a column of its own."""
    scope = node.args[0].scope if node.op == "lift" else None
    return scope is not None and isinstance(scope.base, Combinations)


def _joined_by(node: Node) -> tuple[object, ...]:
    """Equal for columns that one join gives."""
    return folded_by(node) if node.op == "fold" else ("looked up", node.scope, node.args[0].scope)


def folded_by(node: Node) -> tuple[object, ...]:
    """Equal for folds of the same rows by the same keys: one ``GROUP BY`` gives them all."""
    assert node.source is not None  # noqa: S101 - a fold has rows
    assert node.scope is not None  # noqa: S101 - and is read somewhere
    apart = node if node.value in APART else None
    return (node.source, node.source.above[node.scope], apart)


def _together(ordered: list[Node], own: set[Node], scopes: dict[Scope, None]) -> Layers:
    """The levels of all columns, where folds of the same rows by the same keys wait for each other, unless one needs the other; so do columns that are looked up."""
    floors: dict[tuple[object, ...], int] = {}
    apart: set[tuple[object, ...]] = set()
    raised = Counter[tuple[object, ...]]()
    folds = [node for node in ordered if node.op == "fold"]
    waiting = {node: _joined_by(node) for node in ordered if node.op == "fold" or _looked_up(node)}
    while True:
        found = Layers()
        _levels(found, ordered, own, scopes, floors)
        highest: dict[tuple[object, ...], int] = {}
        for one, key in waiting.items():
            highest[key] = max(highest.get(key, 0), found.level[one])
        for one in folds:
            if one.value == "groups" and one.group is not None and one.source is not None:
                beside = (one.source, one.source.above[one.group], None)
                highest[folded_by(one)] = max(found.level[one], highest.get(beside, 0))
        uneven = {key for one, key in waiting.items() if found.level[one] < highest[key]} - apart
        if not uneven:
            return found
        for key in uneven:
            raised[key] += 1
            if raised[key] > WAITING:  # waiting only puts the later ones off: they need the earlier ones
                apart.add(key)
                del floors[key]
            else:
                floors[key] = highest[key]


def _levels(
    found: Layers,
    ordered: list[Node],
    own: set[Node],
    scopes: dict[Scope, None],
    floors: Mapping[tuple[object, ...], int],
) -> None:
    """The first layer of every column. A layer reads the one before it; joined columns can be read in the layer that joins them."""
    ready: dict[Node, int] = {}  # the first layer whose SELECT can compute it
    stands: dict[Node, int] = {}  # the first layer whose rows have all its columns

    def base(scope: Scope) -> int:
        if scope not in found.bases:
            found.bases[scope] = max(
                [0, *(stands[node] for node in _needed(scope, {}) if node in stands), *map(base, _below(scope))]
            )
        return found.bases[scope]

    for node in ordered:
        if node.op == "literal":
            ready[node] = stands[node] = 0
        elif node.op == "field":
            assert node.scope is not None  # noqa: S101 - a field is a column of its scope
            found.level[node] = stands[node] = base(node.scope)
            ready[node] = stands[node] + 1
        elif node.op in ("fold", "lift"):
            assert node.scope is not None  # noqa: S101 - it is read somewhere
            parts = [stands[arg] for arg in (*node.args, *_keys(node))]
            others = [base(one) for one in (node.source, node.group) if one is not None]
            level = 1 + max([*parts, *others, base(node.scope)])
            if floors and (node.op == "fold" or _looked_up(node)):
                level = max(level, floors.get(_joined_by(node), 0))
            found.level[node] = ready[node] = stands[node] = level
        else:
            first = max([ready[arg] for arg in node.args], default=0)
            ready[node], stands[node] = first, max([stands[arg] for arg in node.args], default=0)
            if node in own:
                assert node.scope is not None  # noqa: S101 - constants are never columns
                level = max(first, base(node.scope) + 1)
                found.level[node] = stands[node] = level
                ready[node] = level + 1
    for scope in scopes:
        base(scope)


def _below(scope: Scope) -> list[Scope]:
    base = scope.base
    if isinstance(base, Items):
        return [base.outer, base.named]
    if isinstance(base, Joined):
        return [base.outer, base.inner]
    if isinstance(base, Distinct):
        return [base.source]
    if isinstance(base, Combinations):
        return [] if base.seen is None else [base.seen[0]]
    return [base.case, *(axis for axis in base.axes if isinstance(axis, Scope))] if isinstance(base, Expecting) else []


def _lasts(found: Layers, ordered: list[Node], own: set[Node], roots: list[Node], scopes: dict[Scope, None]) -> None:
    """The last layer that needs each column."""
    end = max(found.level.values(), default=0) + 1

    def need(node: Node, level: int) -> None:
        for leaf in leaves(node, own):
            found.last[leaf] = max(found.last.get(leaf, -1), level)

    for root in roots:
        need(root, end)
    for node in ordered:
        if node.op in ("fold", "lift"):
            for one in (*node.args, *_keys(node)):
                need(one, found.level[node] - 1)
        elif node in own:
            for leaf in inner_leaves(node, own):
                joined = leaf.op in ("fold", "lift") and found.level[leaf] == found.level[node]
                level = found.level[node] - (0 if joined else 1)
                found.last[leaf] = max(found.last.get(leaf, -1), level)
    for scope in scopes:
        for node in _needed(scope, {}):
            need(node, found.bases[scope])
    for column in found.level:
        found.last.setdefault(column, -1)
