"""Items that are known beforehand as bits of whole numbers: which of them a condition holds of, worked out over a table by one ``BIT_OR``.

What a framework says of its items is settled while the SQL is written. What is left of a condition is mostly one check of the row, the same for many items
and in many rules: it is put to all rows once, and each rule keeps the bits of its own items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, cast

from attrs import frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.nodes import FALSE, NULL, TRUE, Node, literal
from hmic_rules.backends.sql.scopes import Expecting, Items, Scope, Stored, Values

__all__ = ["WORD", "Masks", "Named", "Word", "bit_columns", "masks_of", "ranked"]

WORD: Final = 62  # bits of a number of 64 bits that are used, so that it is never negative
MOST: Final = 4  # numbers that one set of items may need; lists of texts are leaner beyond
LONGEST: Final = 40  # parts of a condition beyond which nothing in it is settled item by item
CHECKS: Final = 2  # different checks of one condition beyond which the condition is put to the rows as it stands


@frozen
class Word:
    """Some of the items of which something holds, as bits; ``could`` are the bits that are ever set."""

    node: Node
    could: int


@frozen
class Named:
    """What a node of the operation ``names`` lists: the items in order, and for each number the bits that are ever set in it."""

    items: tuple[str, ...]
    could: tuple[int, ...]


def ranked(items: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """For each item the number that it stands in, and its bit there; in the order of their names."""
    return {item: (place // WORD, 1 << place % WORD) for place, item in enumerate(sorted(items))}


@frozen
class Masks:
    """The items below each row of a scope, as bits.

    Attributes:
        source: the scope whose rows the items are.
        named: the scope that names them.
        target: the scope in whose rows the bits stand.
        there: whether each of those rows surely has every item.

    """

    source: Scope
    named: Scope
    target: Scope
    there: bool

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(cast("str", row[0]) for row in cast("Values", self.named.base).rows)

    def words(self, condition: Node) -> tuple[Word, ...]:
        """The items of whose row a condition holds, a number for each 62 of them."""
        checks = self._checks(condition)
        return tuple(self._word(number, checks) for number in range(-(-len(self.items) // WORD)))

    def _word(self, number: int, checks: dict[Node, list[int]]) -> Word:
        found: list[Node] = []
        could = 0
        for check, bits in checks.items():
            if bits[number]:
                could |= bits[number]
                found.append(self._held(number, check, bits[number]))
        return Word(nodes.bits_or(*found) if found else literal(0), could)

    def _held(self, number: int, check: Node, bits: int) -> Node:
        if self.there and check is TRUE:
            return literal(bits)
        if self.there and check.op == "not":
            return nodes.bits_and(nodes.bits_not(self._folded(number, check.args[0])), literal(bits))
        return nodes.bits_and(self._folded(number, check), literal(bits))

    def _folded(self, number: int, check: Node) -> Node:
        bit = nodes.lift(nodes.field(self.named, bit_column(self.named, number), nullable=False), self.source)
        return nodes.fold("bits", self.target, self.source, check, bit)

    def _checks(self, condition: Node) -> dict[Node, list[int]]:
        """What is left of the condition for each item, with the bits of the items of which that is left."""
        base = cast("Values", self.named.base)
        ranks = ranked(self.items)
        size = -(-len(ranks) // WORD)
        every = [sum(bit for word, bit in ranks.values() if word == number) for number in range(size)]
        if len(_parts(condition)) > LONGEST:
            return {condition: every}
        found: dict[Node, list[int]] = {}
        alike: dict[tuple[object, ...], Node] = {}
        by_key = _asks(condition, self.source)
        for row in base.rows:
            said = dict(zip(base.columns, row, strict=True))
            shown = row if by_key else row[1 : -size or None]
            left = alike.get(shown)
            if left is None:
                left = alike[shown] = _settled(condition, _Said(self.source, self.named, said))
            word, bit = ranks[cast("str", row[0])]
            if left is not FALSE:
                found.setdefault(left, [0] * size)[word] |= bit
        if len([one for one in found if one is not TRUE]) <= CHECKS:
            return found
        return {condition: every}


def masks_of(source: Scope, target: Scope) -> Masks | None:
    """The rows of a scope as bits in the rows of another; ``None`` where they are not items known beforehand, or too many."""
    key = nodes.field(source, source.keys[-1], nullable=False)
    named = next((one for one, by in source.above.items() if isinstance(one.base, Values) and by == (key,)), None)
    if named is None or len(cast("Values", named.base).rows) > MOST * WORD:
        return None
    outer = tuple(nodes.field(source, one, nullable=False) for one in source.keys[:-1])
    if source.above.get(target) != outer or len(target.keys) != len(outer):
        return None
    base = source.base
    there = isinstance(base, Items | Stored) or (isinstance(base, Expecting) and len(base.axes) == 1)
    return Masks(source, named, target, there)


def bit_column(named: Scope, number: int) -> str:
    """The column of the named items that has each item's bit, if that is of this number, and else 0."""
    return f"{named.keys[0]} bit {number}"


def bit_columns(key: str, items: tuple[str, ...]) -> Iterator[tuple[str, dict[str, int]]]:
    """Those columns, each with its cell for every item."""
    ranks = ranked(items)
    for number in range(-(-len(items) // WORD)):
        yield f"{key} bit {number}", {item: bit if word == number else 0 for item, (word, bit) in ranks.items()}


@frozen
class _Said:
    """What is known of one item while the SQL is written."""

    source: Scope
    named: Scope
    row: dict[str, nodes.Constant]

    def constant(self, node: Node) -> Node | None:
        """The constant that a column has for this item."""
        if node.op == "field" and node.scope is self.source and node.value == self.source.keys[-1]:
            return literal(self.row[self.named.keys[0]])
        if node.op == "field" and node.scope is self.named:
            return literal(self.row[cast("str", node.value)])
        if node.op == "lift" and node.args[0].scope is self.named:
            found = _settled(node.args[0], self)
            return found if found.constant else None
        return None


def _asks(condition: Node, source: Scope) -> bool:
    """Whether a condition reads the key of the item."""
    return any(one.op == "field" and one.value == source.keys[-1] for one in _parts(condition))


def _parts(condition: Node) -> set[Node]:
    """The nodes of an expression, down to what is read from elsewhere."""
    pending, found = [condition], set[Node]()
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending.extend(() if one.op in ("lift", "fold") else one.args)
    return found


def _settled(node: Node, said: _Said) -> Node:
    """What is left of an expression in the row of one item."""
    found = said.constant(node)
    if found is not None:
        return found
    if node.op in ("literal", "field", "lift", "fold"):
        return node
    args = [_settled(arg, said) for arg in node.args]
    if all(new is old for new, old in zip(args, node.args, strict=True)):
        return node
    rebuild = REBUILT.get(node.op)
    return node if rebuild is None else rebuild(node, args)


def _compared(node: Node, args: list[Node]) -> Node:
    one, other = args
    if NULL in args:
        return NULL
    return nodes.compare(node.op, one, other) if one.constant and other.constant else nodes.operation(node.op, *args)


def _among(node: Node, args: list[Node]) -> Node:
    one = args[0]
    if not one.constant:
        return nodes.operation("in", *args)
    return NULL if one is NULL else nodes.is_in(one, [cast("nodes.Constant", arg.value) for arg in args[1:]])


def _totalled(node: Node, args: list[Node]) -> Node:
    return literal(bool(node.value)) if args[0] is NULL else nodes.total(args[0], bool(node.value))


def _either_case(node: Node, args: list[Node]) -> Node:
    return nodes.case(list(zip(args[:-1:2], args[1:-1:2], strict=True)), args[-1])


REBUILT: Final[dict[str, Callable[[Node, list[Node]], Node]]] = {
    "and": lambda _, args: nodes.all_of(*args),
    "or": lambda _, args: nodes.any_of(*args),
    "not": lambda _, args: nodes.opposite(args[0]),
    "isnull": lambda _, args: nodes.is_null(args[0]),
    "=": _compared,
    "<": _compared,
    "<=": _compared,
    "in": _among,
    "total": _totalled,
    "case": _either_case,
}
