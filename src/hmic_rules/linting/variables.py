"""What differs between cases, as far as conditions ask: names, queries, and how two names compare."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.cells import Tally, cells_of, tallies
from hmic_rules.conditions import (
    Check,
    Compare,
    Condition,
    CountTest,
    InList,
    LabelIn,
    Quantified,
    Query,
    ShareTest,
    Symbol,
    SymbolKind,
    Term,
    Test,
    parts_of,
)
from hmic_rules.datatypes import DataType, DateType, LabelType, MonthType, NumberType, ScalarType, shown
from hmic_rules.errors import quoted
from hmic_rules.linting.origins import Origins
from hmic_rules.possible import NOT_APPLICABLE, Known, Marker, Value, with_markers
from hmic_rules.rules import Calculation, Judged, Points, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import conditions_of, structure_of
from hmic_rules.wording import condition_in_words

__all__ = ["Cell", "Gathering", "Variable", "name_key", "query_key", "refers", "relation_key"]

Cell: TypeAlias = Known | Tally
# How a name can stand to another one, or to a list, and what is said of it.
ORDERED: Final[Mapping[Cell, str]] = {-1: "below", 0: "the same as", 1: "above"}
UNORDERED: Final[Mapping[Cell, str]] = {0: "the same as", 1: "not the same as"}
LISTED: Final[Mapping[Cell, str]] = {True: "in", False: "not in"}
MOST_INLINED: Final = 200  # values further down a chain stand for themselves


@frozen(eq=False)
class Variable:
    """Something that differs between cases.

    Attributes:
        key: the same for everything that is the same.
        cells: what it can be.
        sources: the facts that it comes from.
        words: what it says of a cell.
        symbol: the name that it is, where it is one.
        real: the cells that are possible by themselves; ``None`` where each is.

    """

    key: Hashable
    cells: tuple[Cell, ...]
    sources: frozenset[str]
    words: Callable[[Any], str]
    symbol: Symbol | None = None
    real: frozenset[Known] | None = None

    @property
    def whole(self) -> Value:
        """Everything that a name can be."""
        assert self.symbol is not None  # noqa: S101 - asked of names only
        mark: frozenset[Marker] = frozenset([NOT_APPLICABLE]) if self.symbol.may_be_not_applicable else frozenset()
        return with_markers(self.symbol.type.whole, mark)

    def leaves_open(self, cell: Cell) -> bool:
        """Whether the cell says no more of a name than that it is applicable."""
        return self.symbol is not None and cell is not NOT_APPLICABLE and set(self.cells) <= {cell, NOT_APPLICABLE}


def refers(check: Check) -> bool:
    """Whether the check reads another name."""
    return isinstance(check, InList) or (isinstance(check, Compare) and isinstance(check.operand, Symbol))


def constants_of(checks: tuple[Check, ...]) -> Iterator[Known]:
    """What checks compare with, where they name it."""
    for check in checks:
        if isinstance(check, LabelIn):
            yield from check.labels
        elif isinstance(check, Compare):
            operand = check.operand
            yield operand.value if isinstance(operand, Term) else cast("Known", operand)


def name_key(symbol: Symbol) -> Hashable:
    return "name", symbol.scope, symbol.name


def relation_key(symbol: Symbol, check: Check) -> Hashable:
    other = check.symbol if isinstance(check, InList) else cast("Symbol", cast("Compare", check).operand)
    return "relation", name_key(symbol), name_key(other)


def query_key(query: Query) -> Hashable:
    return "query", query.collection, structure_of(query.among), structure_of(query.where)


def _has_order(type: DataType) -> bool:
    return isinstance(type, NumberType | DateType | MonthType) or (
        isinstance(type, LabelType) and type.scale is not None
    )


def results_of(value: ValueRule) -> frozenset[Known] | None:
    """What a derived value's own rules give; ``None`` where nothing of its type is known to be out of reach."""
    body = value.body
    if isinstance(body, Calculation | Judged | Truthful):
        return None
    if isinstance(body, Points) or value.limits:
        return frozenset()
    last = [] if body.otherwise is None else [body.otherwise.then]
    return frozenset([*(rule.then for rule in body.rules), *last])


@frozen
class Gathering:
    """Collects what conditions ask."""

    ruleset: Ruleset
    stack: tuple[str, ...]
    deep: bool
    origins: Origins
    order: dict[Hashable, None] = field(factory=dict)
    names: dict[Hashable, tuple[Symbol, set[Known]]] = field(factory=dict)
    relations: dict[Hashable, Variable] = field(factory=dict)
    queries: dict[Hashable, tuple[Query, set[Known] | None, set[Known] | None]] = field(factory=dict)
    tests: dict[Hashable, list[Condition]] = field(factory=dict)
    inlined: dict[str, ValueRule] = field(factory=dict)

    def condition(self, node: Condition) -> None:
        if isinstance(node, Test):
            plain = tuple(check for check in node.checks if not refers(check))
            if plain:
                self.name(node.subject, plain)
            for check in node.checks:
                if refers(check):
                    self.relation(node.subject, check)
        elif isinstance(node, Quantified | CountTest | ShareTest):
            self.query(node)
        else:
            for part in parts_of(node):
                self.condition(cast("Condition", part))

    def name(self, symbol: Symbol, checks: tuple[Check, ...] = ()) -> None:
        value = self.ruleset.values.get(symbol.name) if symbol.kind is SymbolKind.VALUE else None
        room = value is not None and (value.name in self.inlined or len(self.inlined) < MOST_INLINED)
        if value is not None and room and self.deep and self.is_inlined(value):
            if value.name not in self.inlined:
                self.inlined[value.name] = value
                for condition in conditions_of(value):
                    self.condition(condition)
                for limit in value.limits:
                    if isinstance(limit.bound, Symbol):
                        self.name(limit.bound)
            return
        key = name_key(symbol)
        self.order.setdefault(key)
        self.names.setdefault(key, (symbol, set()))[1].update(constants_of(checks))

    def is_inlined(self, value: ValueRule) -> bool:
        bounds = [limit.bound.type for limit in value.limits if isinstance(limit.bound, Symbol)]
        return (
            value.scope in self.stack
            and isinstance(value.body, RuleList | Points | Truthful)
            and all(isinstance(bound, LabelType) for bound in bounds)
        )

    def relation(self, symbol: Symbol, check: Check) -> None:
        other = check.symbol if isinstance(check, InList) else cast("Symbol", cast("Compare", check).operand)
        for one in (symbol, other):
            if one.may_be_not_applicable:
                self.name(one)
        key = relation_key(symbol, check)
        self.order.setdefault(key)
        called, than = quoted(symbol.name), quoted(other.name)
        said = LISTED if isinstance(check, InList) else ORDERED if _has_order(symbol.type) else UNORDERED
        sources = self.origins.of_symbol(symbol) | self.origins.of_symbol(other)
        self.relations[key] = Variable(key, tuple(said), sources, lambda cell: f"{called} is {said[cell]} {than}")

    def query(self, node: Quantified | CountTest | ShareTest) -> None:
        key = structure_of(node) if self.is_opaque(node) else query_key(node.query)
        self.order.setdefault(key)
        self.tests.setdefault(key, []).append(node)
        if self.is_opaque(node):
            return
        query, counts, shares = self.queries.get(key, (node.query, None, None))
        if isinstance(node, CountTest):
            counts = {*(counts or ()), *constants_of(node.checks)}
        elif isinstance(node, ShareTest):
            shares = {*(shares or ()), *constants_of(node.checks)}
        self.queries[key] = query, counts, shares

    def is_opaque(self, node: Quantified | CountTest | ShareTest) -> bool:
        return not isinstance(node, Quantified) and any(map(refers, node.checks))

    def variables(self) -> Iterator[Variable]:
        """What was gathered, in the order in which it is asked."""
        for key in self.order:
            if key in self.names:
                yield self.named(*self.names[key])
            elif key in self.relations:
                yield self.relations[key]
            elif key in self.queries:
                yield from self.tallied(key)
            else:
                yield self.whether(self.tests[key][0])

    def named(self, symbol: Symbol, constants: set[Known]) -> Variable:
        cells = cells_of(cast("ScalarType", symbol.type), constants)
        if symbol.may_be_not_applicable:
            cells = (*cells, NOT_APPLICABLE)
        called = quoted(symbol.name)
        value = self.ruleset.values.get(symbol.name) if symbol.kind is SymbolKind.VALUE else None
        return Variable(
            name_key(symbol),
            cells,
            self.origins.of_symbol(symbol),
            lambda cell: f"{called} is {shown(cell)}",
            symbol,
            None if value is None else results_of(value),
        )

    def tallied(self, key: Hashable) -> Iterator[Variable]:
        query, counts, shares = self.queries[key]
        least, most = self.origins.size(query, self.stack)
        cells = tallies(
            None if counts is None else frozenset(cast("set[int]", counts)),
            None if shares is None else frozenset(cast("set[int]", shares)),
            least,
            most,
            asks=query.where is not None,
        )
        if cells is None:
            yield from {structure_of(node): self.whether(node) for node in self.tests[key]}.values()
            return
        among = "" if query.among is None else f" where {condition_in_words(query.among)}"
        where = "" if query.where is None else f" are as asked ({condition_in_words(query.where)})"

        def words(cell: Tally) -> str:
            size = cell.yes + cell.no
            if not size:
                return f"there are no {quoted(query.collection)}{among}"
            return f"{cell.yes} of {size} {quoted(query.collection)}{among}{where}"

        yield Variable(key, cells, self.origins.of_query(query), words)

    def whether(self, node: Condition) -> Variable:
        words = condition_in_words(node)
        sources = self.origins.of_condition(node)
        return Variable(
            structure_of(node), (True, False), sources, lambda cell: words if cell else f"it is not so that {words}"
        )
