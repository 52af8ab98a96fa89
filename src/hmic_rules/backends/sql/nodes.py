"""Expressions over the rows of tables, as a shared graph: what the SQL computes, before it is laid out in layers.

A node has a value in every row of its scope. Equal nodes are one object, so that what several rules ask is computed once. The functions here
simplify what is constant while they build; a condition is never ``NULL``, because a comparison with what may be ``NULL`` says at once what holds then.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakValueDictionary

from attrs import frozen

if TYPE_CHECKING:
    from hmic_rules.backends.sql.scopes import Scope

__all__ = [
    "FALSE",
    "NULL",
    "TRUE",
    "Constant",
    "Node",
    "add",
    "all_of",
    "any_of",
    "bit_count",
    "bits_and",
    "bits_not",
    "bits_or",
    "case",
    "compare",
    "differs",
    "equal",
    "field",
    "fold",
    "huge",
    "is_in",
    "is_null",
    "lift",
    "literal",
    "multiply",
    "negate",
    "operation",
    "opposite",
    "tally",
    "total",
]

Constant: TypeAlias = bool | int | str | datetime.date | None
SMALL: Final = 1 << 20
NEVER_NULL: Final = frozenset({"and", "or", "not", "isnull", "total", "tally"})


@frozen(eq=False)
class Node:
    """One expression.

    Attributes:
        op: what it does; ``literal``, ``field`` (a column of the scope's own table), ``lift`` (its argument in the enclosing row), ``fold``
            (its argument over all rows below this one), or an operation on its arguments.
        args: what it is computed from.
        scope: whose rows it has a value in; ``None`` for what is the same everywhere.
        value: of a literal the constant, of a field its column, of a fold the kind of aggregate.
        nullable: whether it can be ``NULL``.
        source: of a fold, the scope whose rows are folded.
        group: of a fold that counts rows of no group, the groups.

    """

    op: str
    args: tuple[Node, ...]
    scope: Scope | None
    value: object
    nullable: bool
    source: Scope | None = None
    group: Scope | None = None

    @property
    def constant(self) -> bool:
        return self.op == "literal"


_known: WeakValueDictionary[tuple[object, ...], Node] = WeakValueDictionary()
_making: Final = RLock()


def _node(
    op: str,
    args: tuple[Node, ...] = (),
    value: object = None,
    *,
    scope: Scope | None = None,
    nullable: bool = False,
    source: Scope | None = None,
    group: Scope | None = None,
) -> Node:
    key = (op, tuple(map(id, args)), type(value), value, scope, nullable, source, group)
    found = _known.get(key)
    if found is None:
        with _making:  # two threads that build at once share equal nodes too
            found = _known.get(key)
            if found is None:
                found = _known[key] = Node(op, args, scope, value, nullable, source, group)
    return found


def literal(value: Constant) -> Node:
    return _node("literal", (), value, nullable=value is None)


TRUE: Final = literal(True)
FALSE: Final = literal(False)
NULL: Final = literal(None)


def field(scope: Scope, column: str, *, nullable: bool) -> Node:
    """A column of the table on which a scope stands."""
    return _node("field", (), column, scope=scope, nullable=nullable)


def lift(node: Node, scope: Scope) -> Node:
    """A node of an enclosing row, read in a row of this scope."""
    if node.scope is None or node.scope is scope:
        return node
    assert node.scope in scope.above, (node.scope.name, scope.name)  # noqa: S101 - who reads it has looked
    return _node("lift", (node,), scope=scope, nullable=node.nullable)


def fold(kind: str, scope: Scope, source: Scope, *args: Node, group: Scope | None = None) -> Node:
    """An aggregate of a node over the rows of ``source`` that stand below each row of ``scope``; a sum or count of nothing is 0."""
    counted = kind not in ("max", "min")
    if kind == "sum":
        args = tuple(map(_without_null, args))
    if (kind in ("count", "bits") and args[0] is FALSE) or (kind == "sum" and args[0] is literal(0)):
        return literal(0)
    return _node("fold", args, kind, scope=scope, nullable=not counted, source=source, group=group)


def _without_null(node: Node) -> Node:
    """The same to a sum, which leaves ``NULL`` out: nought in its place, so that sums that differ in no more than that are one."""
    if node.op != "case" or NULL not in node.args:
        return node
    results = [literal(0) if result is NULL else result for result in (*node.args[1::2], node.args[-1])]
    return case(zip(node.args[:-1:2], results[:-1], strict=True), results[-1])


def scope_of(args: Iterable[Node]) -> Scope | None:
    """The scope that the arguments share."""
    found = {arg.scope for arg in args} - {None}
    assert len(found) <= 1, [scope.name for scope in found if scope]  # noqa: S101 - what is read elsewhere is lifted first
    return next(iter(found), None)


def operation(op: str, *args: Node, value: object = None, nullable: bool | None = None) -> Node:
    """An operation on nodes of one scope."""
    if nullable is None:
        nullable = op not in NEVER_NULL and any(arg.nullable for arg in args)
    return _node(op, args, value, scope=scope_of(args), nullable=nullable)


def _integer(node: Node) -> int | None:
    return node.value if node.constant and isinstance(node.value, int) and not isinstance(node.value, bool) else None


def total(node: Node, default: bool) -> Node:
    """A condition that may be ``NULL``, and what holds then."""
    return operation("total", node, value=default) if node.nullable else node


def all_of(*parts: Node) -> Node:
    """Whether all hold."""
    return _junction("and", parts, TRUE, FALSE)


def any_of(*parts: Node) -> Node:
    """Whether one holds."""
    return _junction("or", parts, FALSE, TRUE)


def _junction(op: str, parts: Sequence[Node], neutral: Node, absorbing: Node) -> Node:
    found: dict[Node, None] = {}
    for part in parts:
        for one in part.args if part.op == op else (part,):
            if one is absorbing or opposite(one) in found:
                return absorbing
            if one is not neutral:
                found[one] = None
    inner = {"and": "or", "or": "and"}[op]  # a or (a and b) is a
    kept = [one for one in found if one.op != inner or found.keys().isdisjoint(one.args)]
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else operation(op, *kept)


def opposite(node: Node) -> Node:
    """Whether it does not hold."""
    if node.constant:
        return FALSE if node.value else TRUE
    if node.op == "not":
        return node.args[0]
    return operation("not", node)


def case(pairs: Iterable[tuple[Node, Node]], otherwise: Node = NULL) -> Node:
    """The result of the first condition that holds."""
    kept: list[tuple[Node, Node]] = []
    failed: set[Node] = set()
    for given, result in pairs:
        condition = _where_failed(given, failed)
        failed.add(given)
        if condition is FALSE:
            continue
        if condition is TRUE:
            otherwise = result
            break
        kept.append((condition, result))
    while kept and kept[-1][1] is otherwise:
        kept.pop()
    if not kept:
        return otherwise
    results = [result for _, result in kept]
    if len(kept) == 1 and (results[0], otherwise) == (TRUE, FALSE):
        return kept[0][0]
    if len(kept) == 1 and (results[0], otherwise) == (FALSE, TRUE):
        return opposite(kept[0][0])
    if len(kept) == 1 and otherwise is literal(0) and _counted(kept[0][0], results[0]):
        return results[0]
    if len(kept) == 1 and kept[0][0].op == "isnull" and _where_null(otherwise) is kept[0][0].args[0]:
        return operation("coalesce", otherwise, results[0], nullable=results[0].nullable)
    nullable = any(result.nullable for result in (*results, otherwise))
    return operation("case", *(part for pair in kept for part in pair), otherwise, nullable=nullable)


def _where_failed(condition: Node, failed: set[Node]) -> Node:
    """The condition where those before it do not hold."""
    if condition in failed:
        return FALSE
    if condition.op == "and":
        return all_of(*(part for part in condition.args if opposite(part) not in failed))
    if condition.op == "or":
        return any_of(*(part for part in condition.args if part not in failed))
    return TRUE if opposite(condition) in failed else condition


def _counted(condition: Node, result: Node) -> bool:
    """Whether this is a sum over rows, where there are such rows: where there are none, it is nought by itself."""
    if condition.op != "not" or condition.args[0].op != "=" or result.op != "fold" or result.value != "sum":
        return False
    count, nought = condition.args[0].args
    rows = count.op == "fold" and count.value == "count" and count.args[0] is TRUE
    return rows and nought is literal(0) and (count.scope, count.source) == (result.scope, result.source)


def _where_null(node: Node) -> Node:
    """The one node whose ``NULL`` makes this one ``NULL``."""
    if node.op in ("huge", "*", "neg", "+"):
        sources = [arg for arg in node.args if arg.nullable]
        if len(sources) == 1:
            return _where_null(sources[0])
    return node


def compare(op: str, one: Node, other: Node, default: bool = False) -> Node:
    """One against the other (``=``, ``<``, ``<=``); ``default`` is the answer where either is ``NULL``."""
    if NULL in (one, other):
        return TRUE if default else FALSE
    if one.constant and other.constant:
        left, right = one.value, other.value
        held = left == right if op == "=" else left < right if op == "<" else left <= right  # type: ignore[operator]
        return TRUE if held else FALSE
    if one is other and not one.nullable:
        return FALSE if op == "<" else TRUE
    if op == "<" and other is literal(1) and _few(one):
        return compare("=", one, literal(0))
    if op == "<" and one is literal(0) and _few(other):
        return opposite(compare("=", other, literal(0)))
    return total(operation(op, one, other), default)


def equal(one: Node, other: Node, default: bool = False) -> Node:
    return compare("=", one, other, default)


def differs(one: Node, other: Node) -> Node:
    """Whether two numbers that are never ``NULL`` are different."""
    return opposite(compare("=", one, other))


def is_null(node: Node) -> Node:
    if not node.nullable:
        return FALSE
    if node.op == "case" and len(node.args) == 3:
        condition, result, otherwise = node.args
        if result is NULL and not otherwise.nullable:
            return condition
        if otherwise is NULL and not result.nullable:
            return opposite(condition)
    return TRUE if node is NULL else operation("isnull", node)


def is_in(node: Node, constants: Sequence[Constant], default: bool = False) -> Node:
    """Whether it is one of these constants; ``default`` where it is ``NULL``."""
    if not constants:
        return all_of(is_null(node), TRUE if default else FALSE)
    if node.constant:
        return TRUE if node.value in constants else FALSE
    if len(constants) == 1:
        return equal(node, literal(constants[0]), default)
    return total(operation("in", node, *map(literal, constants)), default)


def add(one: Node, other: Node) -> Node:
    left, right = _integer(one), _integer(other)
    if left is not None and right is not None:
        return literal(left + right)
    if left == 0:
        return other
    return one if right == 0 else operation("+", one, other)


def negate(one: Node) -> Node:
    whole = _integer(one)
    return literal(-whole) if whole is not None else operation("neg", one)


def multiply(one: Node, other: Node | int) -> Node:
    """A product of whole numbers, in 128 bits."""
    other = literal(other) if isinstance(other, int) else other
    left, right = _integer(one), _integer(other)
    if left is not None and right is not None:
        return literal(left * right)
    if right == 1:
        return one
    if left == 1:
        return other
    if (left == 0 and not other.nullable) or (right == 0 and not one.nullable):
        return literal(0)
    if _few(one) and right is not None and abs(right) < SMALL:
        return operation("*", one, other)
    return operation("*", huge(one), other)


def _few(node: Node) -> bool:
    """Whether it counts rows, so that its product with a small number fits 64 bits."""
    if node.op == "fold":
        return node.value == "count"
    if node.op == "+":
        return all(_few(arg) or arg.constant for arg in node.args)
    return node.op in ("tally", "bit count") or (node.op == "lift" and _few(node.args[0]))


def huge(node: Node) -> Node:
    """The number in 128 bits."""
    return node if node.constant or node.op in ("huge", "*") else operation("huge", node)


def tally(conditions: Iterable[Node]) -> Node:
    """How many of these hold."""
    found = list(conditions)
    surely = sum(one is TRUE for one in found)
    open_ = [one for one in found if not one.constant]
    return add(operation("tally", *open_), literal(surely)) if open_ else literal(surely)


def bits_or(*parts: Node) -> Node:
    constant, kept = 0, dict[Node, None]()
    for part in parts:
        whole = _integer(part)
        if whole is not None:
            constant |= whole
        else:
            kept[part] = None
    found = [*kept, *([literal(constant)] if constant or not kept else [])]
    node = found[0]
    for part in found[1:]:
        node = operation("|", node, part)
    return node


def bit_count(node: Node) -> Node:
    """How many bits of a number that is not negative are set."""
    whole = _integer(node)
    return literal(whole.bit_count()) if whole is not None else operation("bit count", node)


def bits_not(node: Node) -> Node:
    """The bits that are not set, and beyond them the sign."""
    whole = _integer(node)
    return literal(~whole) if whole is not None else operation("~", node)


def bits_and(one: Node, mask: Node) -> Node:
    left, right = _integer(one), _integer(mask)
    if left is not None and right is not None:
        return literal(left & right)
    return literal(0) if 0 in (left, right) else operation("&", one, mask)
