"""Results looked up: a fact decides through few classes, so that the rules need only be put to each combination of these, once.

``risk = 'very high'`` tells two classes of risks apart, and a third where the risk is not known; a count that is compared with 2 and with 3 has three
classes. Every row gets the number of its combination, one table has what follows from each, and the two are joined. A fact that matters in other
ways (a number that is added up, two dates that are compared) enters by the comparisons it ends in. What cannot be had from classes, the bounds of a
number say, is computed row by row as without this.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any, Final, cast

from attrs import field, frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.layers import LEAVES
from hmic_rules.backends.sql.nodes import Constant, Node, case, compare, is_in, is_null, literal, operation, total
from hmic_rules.backends.sql.scopes import Combinations, Scope

__all__ = ["MOST_SEEN", "MOST_WRITTEN", "Group", "tabulated"]

MOST_WRITTEN: Final = 1 << 14  # combinations that are all decided, whether rows have them or not
MOST_SEEN: Final = 1 << 22  # beyond these, rows are rarely alike
FEWEST: Final = 3  # columns that are worth a join
STATE: Final = "state"
TRUTHS: Final = frozenset({"and", "or", "not", "isnull", "in", "=", "<", "<=", "total", "divides"})
FINITE: Final = frozenset({*TRUTHS, "coalesce", "case", "tally", "&", "|", "+"} - {"divides"})
FARTHEST: Final = 1 << 62

Group = Sequence[tuple[str, Node]]
"""The columns of one outcome, by name; or those of the refusal."""


@frozen(eq=False)
class Variable:
    """What tells combinations apart: ``classes`` are conditions on the node in a row, each with a constant that stands for the class; the last holds where no other does."""

    node: Node
    classes: tuple[tuple[Node, Constant], ...]

    @property
    def nullable(self) -> bool:
        return any(constant is None for _, constant in self.classes)

    def place(self, stride: int) -> Node:
        """The number of its class, in steps of ``stride``."""
        *some, _ = self.classes
        pairs = [(condition, literal(stride * number)) for number, (condition, _) in enumerate(some)]
        return case(pairs, literal(stride * len(some)))


def tabulated(
    target: Scope, groups: Sequence[Group], is_truth: Callable[[Node], bool], hints: dict[Node, str]
) -> list[tuple[str, Node]]:
    """The columns of all groups, those that follow from classes read from tables of combinations.

    Args:
        target: whose rows the columns are read in; it comes to stand below those tables.
        groups: what is wanted, the columns of one outcome together.
        is_truth: whether a field is a truth value in its table.
        hints: what nodes are called; the ones that are made get the names of those they stand for.

    """
    survey = _Survey([node for group in groups for _, node in group], is_truth)
    found: dict[Node, Node] = {}
    for number, (members, roots) in enumerate(_clusters(survey, groups)):
        found |= _table(target, number, [survey.variables[node] for node in members], roots, hints)
    return [(name, found.get(node, node)) for group in groups for name, node in group]


def _clusters(survey: _Survey, groups: Sequence[Group]) -> list[tuple[tuple[Node, ...], list[Node]]]:
    """Which columns share a table: all, where few combinations tell them; else the outcomes together that have facts in common."""
    wanted: list[tuple[dict[Node, None], list[Node]]] = []
    for group in groups:
        roots = [node for _, node in group if survey.supports.get(node)]
        together = frozenset[Node]().union(*(cast("frozenset[Node]", survey.supports[root]) for root in roots))
        members = dict.fromkeys(node for node in survey.supports if node in together)
        if roots:
            wanted.append((members, roots))
    found: list[tuple[dict[Node, None], list[Node]]] = []
    for most in (MOST_WRITTEN, MOST_SEEN):
        left: list[tuple[dict[Node, None], list[Node]]] = []
        for members, roots in sorted(wanted, key=lambda one: survey.number(one[0])):
            if survey.number(members) > most:
                left.append((members, roots))
                continue
            beside = next((one for one in found if survey.number({**one[0], **members}) <= most), None)
            if beside is None:
                found.append((dict(members), list(roots)))
            else:
                beside[0].update(members)
                beside[1].extend(roots)
        wanted = left
    return [
        (tuple(members), list(dict.fromkeys(roots))) for members, roots in found if len(dict.fromkeys(roots)) >= FEWEST
    ]


def _table(
    target: Scope, number: int, variables: Sequence[Variable], roots: Sequence[Node], hints: dict[Node, str]
) -> dict[Node, Node]:
    """The columns of one table of combinations, read in the rows of the target."""
    strides = [prod(len(one.classes) for one in variables[:place]) for place in range(len(variables))]
    many = prod(len(one.classes) for one in variables)
    parts = [one.place(stride) for one, stride in zip(variables, strides, strict=True)]
    key = parts[0]
    for part in parts[1:]:
        key = nodes.add(key, part)
    called = [f"fact {place}" for place in range(len(variables))]
    columns = tuple(
        (name, stride, tuple(constant for _, constant in one.classes))
        for name, stride, one in zip(called, strides, variables, strict=True)
    )
    seen = None if many <= MOST_WRITTEN else (target, key)
    scope = Scope(f"{target.name} by state {number}", (STATE,), Combinations(columns, many, seen))
    target.enclose(scope, (key,))
    hints.setdefault(key, STATE)
    stands: dict[Node, Node] = {
        one.node: nodes.field(scope, name, nullable=one.nullable) for name, one in zip(called, variables, strict=True)
    }
    return {root: nodes.lift(_short(_moved(root, stands, hints)), target) for root in roots}


def _moved(root: Node, stands: dict[Node, Node], hints: dict[Node, str]) -> Node:
    """The same expression over what stands for the facts."""
    for node in _ordered([root], stands):
        if node not in stands and not node.constant:
            args = [stands.get(arg, arg) for arg in node.args]
            stands[node] = operation(node.op, *args, value=node.value, nullable=node.nullable)
            if node in hints:
                hints.setdefault(stands[node], hints[node])
    return stands[root]


def _short(node: Node) -> Node:
    """Texts out of a finite list as numbers with a dictionary: what reads a table of many rows reads one byte of each."""
    texts = _texts(node)
    return operation("enum", node, value=tuple(sorted(texts)), nullable=node.nullable) if texts else node


def _texts(node: Node) -> frozenset[str] | None:
    """The texts that it can be, or ``None`` where it is no text."""
    if node.constant:
        return frozenset({node.value}) if isinstance(node.value, str) else frozenset() if node.value is None else None
    if node.op != "case":
        return None
    found: set[str] = set()
    for result in (*node.args[1::2], node.args[-1]):
        texts = _texts(result)
        if texts is None:
            return None
        found |= texts
    return frozenset(found)


def _ordered(roots: Iterable[Node], known: Mapping[Node, object]) -> list[Node]:
    """Every node down to the leaves, or to what is known, after what it is computed from."""
    found: dict[Node, None] = {}
    pending: list[tuple[Node, bool]] = [(root, False) for root in roots]
    while pending:
        node, ready = pending.pop()
        if node in found:
            continue
        if ready or node.op in LEAVES or node in known:
            found[node] = None
            continue
        pending.append((node, True))
        pending += [(arg, False) for arg in node.args]
    return list(found)


@frozen(eq=False)
class _Survey:
    """What the wanted columns are made of.

    ``variables`` are what may tell combinations apart; ``supports`` are of every node those of them that it follows from, or ``None`` where it follows
    from no classes.
    """

    roots: list[Node]
    is_truth: Callable[[Node], bool]
    variables: dict[Node, Variable] = field(init=False, factory=dict)
    supports: dict[Node, frozenset[Node] | None] = field(init=False, factory=dict)
    _truths: dict[Node, bool] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        ordered = _ordered(self.roots, {})
        uses: dict[Node, list[Node]] = {}
        for node in ordered:
            for arg in node.args if node.op not in LEAVES else ():
                uses.setdefault(arg, []).append(node)
        wanted = set(self.roots)
        counts: dict[Node, Variable] = {}
        for node in ordered:
            if node.op not in (*LEAVES, "tally"):
                continue
            variable = self._truth(node) if self.truth(node) else None
            if variable is None and node not in wanted:
                variable = _by_uses(node, uses.get(node, []))
            if variable is not None:
                (counts if node.op == "tally" else self.variables)[node] = variable
        self.variables.update(self._apart(counts))
        for node in ordered:
            self.supports[node] = self._support(node)

    def number(self, members: Iterable[Node]) -> int:
        """How many combinations there are."""
        return prod(len(self.variables[one].classes) for one in members)

    def truth(self, node: Node) -> bool:
        """Whether it is a truth value (or ``NULL``)."""
        if node not in self._truths:
            self._truths[node] = self._is_truth(node)
        return self._truths[node]

    def _is_truth(self, node: Node) -> bool:
        if node.constant:
            return isinstance(node.value, bool)
        if node.op in TRUTHS:
            return True
        if node.op == "field":
            return self.is_truth(node)
        if node.op in ("lift", "coalesce"):
            return self.truth(node.args[0])
        if node.op == "case":
            results = [result for result in (*node.args[1::2], node.args[-1]) if result is not nodes.NULL]
            return bool(results) and all(map(self.truth, results))
        return False

    @staticmethod
    def _truth(node: Node) -> Variable:
        unknown = [(is_null(node), None)] if node.nullable else []
        return Variable(node, ((total(node, False), True), *unknown, (nodes.TRUE, False)))

    def _apart(self, counts: dict[Node, Variable]) -> dict[Node, Variable]:
        """The counts of which most facts matter only in being counted: these are classes of their own, instead of all these facts."""
        kept = dict(counts)
        while True:
            openly = {node for node in _ordered(self.roots, kept) if node.op in LEAVES}
            lost = []
            for node in kept:
                below = {one for one in _ordered(node.args, kept) if one.op in LEAVES or one in kept}
                if 2 * len(below & openly) >= len(below):
                    lost.append(node)
            if not lost:
                return kept
            for node in lost:
                del kept[node]

    def _support(self, node: Node) -> frozenset[Node] | None:
        if node.constant:
            return frozenset()
        if node in self.variables:
            return frozenset({node})
        if node.op in FINITE:
            parts = [self.supports[arg] for arg in node.args]
            if None not in parts:
                return frozenset[Node]().union(*cast("list[frozenset[Node]]", parts))
        if node.op in LEAVES or not self.truth(node):
            return None
        self.variables[node] = self._truth(node)
        return frozenset({node})


def _by_uses(node: Node, uses: Sequence[Node]) -> Variable | None:
    """The classes of what is only ever compared with constants; ``None`` where something else is done with it too."""
    tests: list[tuple[str, tuple[Any, ...]]] = []
    for use in uses:
        others = tuple(arg.value for arg in use.args if arg is not node)
        if use.op == "isnull":
            continue
        if not all(arg.constant for arg in use.args if arg is not node) or None in others:
            return None
        if use.op == "in" and use.args[0] is node and others:
            tests.append(("in", others))
        elif use.op in ("=", "<", "<=") and len(others) == 1:
            tests.append((use.op if use.args[0] is node else f"{use.op} of", others))
        else:
            return None
    types = {type(other) for _, others in tests for other in others}
    ordered = any(op not in ("in", "=", "= of") for op, _ in tests)
    if len(types) != 1 or not types <= ({int, datetime.date} if ordered else {int, datetime.date, str}):
        return None
    constants = sorted({other for _, others in tests for other in others})
    if isinstance(constants[0], int) and not -FARTHEST < constants[0] <= constants[-1] < FARTHEST:
        return None
    if isinstance(constants[0], datetime.date) and not 1 < constants[0].year <= constants[-1].year < datetime.MAXYEAR:
        return None

    def answers(value: Any) -> tuple[bool, ...]:
        return tuple(_holds(op, value, others) for op, others in tests)

    found = _stretches(node, constants, answers) if ordered else _sets(node, constants, answers)
    unknown = [(is_null(node), None)] if node.nullable else []
    return Variable(node, (*unknown, *found))


def _holds(op: str, value: Any, others: tuple[Any, ...]) -> bool:
    if op in ("in", "=", "= of"):
        return value in others
    one, other = (others[0], value) if op.endswith(" of") else (value, others[0])
    return bool(one < other or (op.startswith("<=") and one == other))


def _sets(
    node: Node, constants: Sequence[Any], answers: Callable[[Any], tuple[bool, ...]]
) -> list[tuple[Node, Constant]]:
    """The constants that all comparisons answer alike, and everything else."""
    alike: dict[tuple[bool, ...], list[Any]] = {}
    for one in constants:
        alike.setdefault(answers(one), []).append(one)
    other = next(one for one in _others(constants) if one not in constants)
    return [*((is_in(node, several), several[0]) for several in alike.values()), (nodes.TRUE, other)]


def _others(constants: Sequence[Any]) -> Iterable[Any]:
    if isinstance(constants[0], str):
        return ("x" * length for length in range(len(constants) + 1))
    return [_next(constants[-1])]


def _next(value: Any, step: int = 1) -> Any:
    return value + (datetime.timedelta(days=step) if isinstance(value, datetime.date) else step)


def _stretches(
    node: Node, constants: Sequence[Any], answers: Callable[[Any], tuple[bool, ...]]
) -> list[tuple[Node, Constant]]:
    """Neighbours that all comparisons answer alike; whole numbers, months and days have nothing between them and the next."""
    starts = sorted({start for one in constants for start in (one, _next(one))})
    starts = [_next(starts[0], -1), *starts]
    if node.op == "tally":  # never less than none, nor more than all
        starts = [max(starts[0], 0), *(one for one in starts[1:] if 0 < one <= len(node.args))]
    kept = [starts[0]]
    for one in starts[1:]:
        if answers(one) != answers(kept[-1]):
            kept.append(one)
    ends = [compare("<", node, literal(one)) for one in kept[1:]]
    return list(zip([*ends, nodes.TRUE], kept, strict=True))
