"""The tree of conditions and of calculations, as data. Names are resolved and literals are read when the tree is built.

Nothing here evaluates: :mod:`hmic_rules.evaluation` does, and every back end compiles the same tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from attrs import frozen

from hmic_rules.datatypes import DataType
from hmic_rules.errors import Span
from hmic_rules.possible import Known

__all__ = [
    "CASE",
    "Aggregate",
    "All",
    "Any",
    "Applicable",
    "Bands",
    "Check",
    "Combine",
    "Compare",
    "Condition",
    "Count",
    "CountTest",
    "Elapsed",
    "Expression",
    "InList",
    "LabelIn",
    "LongestRun",
    "Not",
    "Number",
    "Op",
    "Operand",
    "PointsOf",
    "Quantified",
    "Query",
    "Ratio",
    "Read",
    "Share",
    "ShareTest",
    "Symbol",
    "SymbolKind",
    "Term",
    "Test",
    "Truth",
    "checks_of",
    "compared_names",
    "parts_of",
    "query_of",
]


class Truth(IntEnum):
    """No, unknown, yes, in this order: ``all`` is the least of its parts and ``any`` the greatest."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __str__(self) -> str:
        return self.name.lower()


class SymbolKind(Enum):
    """Where the value of a name comes from."""

    INPUT = "input"
    PARAMETER = "parameter"
    VALUE = "value"
    KEY = "key"


CASE: Final = "case"


@frozen
class Symbol:
    """A name in its scope: the case, a collection's items, or a group's."""

    name: str
    scope: str
    kind: SymbolKind
    type: DataType
    may_be_not_applicable: bool = False
    on_case: bool = False

    def __str__(self) -> str:
        return self.name


class Op(Enum):
    """A comparison along a line or a scale."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    IS = "is"


@frozen
class Term:
    """A vague word with a number: its value, the range it could plausibly have, and where it comes from."""

    name: str
    op: Op
    value: Fraction | int
    low: Fraction | int
    high: Fraction | int
    basis: str
    cite: tuple[str, ...]
    says: str | None
    span: Span


Operand: TypeAlias = Known | Symbol | Term


@frozen
class LabelIn:
    """The value is, or is not, one of these."""

    labels: frozenset[Known]
    negated: bool = False


@frozen
class InList:
    """The value stands, or does not stand, in a parameter's list."""

    symbol: Symbol
    negated: bool = False


@frozen
class Compare:
    """The value compared with a literal, a term, or another name."""

    op: Op
    operand: Operand
    negated: bool = False


@frozen
class Applicable:
    """The value is applicable, or not."""

    wanted: bool


Check: TypeAlias = LabelIn | InList | Compare | Applicable


@frozen(eq=False)
class Test:
    """One name put to one or more checks, all of which must hold."""

    subject: Symbol
    checks: tuple[Check, ...]
    span: Span


@frozen(eq=False)
class All:
    """Every part holds. Of no parts: yes."""

    parts: tuple[Condition, ...]
    span: Span


@frozen(eq=False)
class Any:
    """Some part holds. Of no parts: no."""

    parts: tuple[Condition, ...]
    span: Span


@frozen(eq=False)
class Not:
    """The part does not hold."""

    part: Condition
    span: Span


@frozen(eq=False)
class Query:
    """Items of a collection: those that belong (``among``), and what is asked of them (``where``).

    ``guarded`` names the fields in ``where`` that can be not applicable: an item belongs only where all of them are applicable.
    """

    collection: str
    among: Condition | None
    where: Condition | None
    guarded: tuple[Symbol, ...]
    span: Span


@frozen(eq=False)
class Quantified:
    """``every``, ``some`` or ``none`` of the items that belong are as ``where`` asks."""

    kind: Literal["every", "some", "none"]
    query: Query
    span: Span


@frozen(eq=False)
class CountTest:
    """The number of items that belong and are as asked, put to checks."""

    query: Query
    checks: tuple[Check, ...]
    span: Span


@frozen(eq=False)
class ShareTest:
    """The share of the items that belong which are as asked, an exact rational, put to checks."""

    query: Query
    checks: tuple[Check, ...]
    if_none: Truth
    span: Span


Condition: TypeAlias = Test | All | Any | Not | Quantified | CountTest | ShareTest


@frozen(eq=False)
class Number:
    """A literal number."""

    value: Fraction | int
    span: Span


@frozen(eq=False)
class Read:
    """The value of a name."""

    symbol: Symbol
    span: Span


@frozen(eq=False)
class Count:
    """How many items belong and are as asked."""

    query: Query
    span: Span


@frozen(eq=False)
class Share:
    """Which share of the items that belong are as asked; unknown where none belongs."""

    query: Query
    span: Span


@frozen(eq=False)
class Combine:
    """The sum, the greatest or the least of several calculations."""

    op: Literal["add", "max", "min"]
    parts: tuple[Expression, ...]
    span: Span


@frozen(eq=False)
class Aggregate:
    """The sum, the greatest or the least of a field over items."""

    op: Literal["add", "max", "min"]
    query: Query
    field: Symbol
    span: Span


@frozen(eq=False)
class Ratio:
    """A part over a whole, exact; unknown where the whole is nothing."""

    part: Expression
    whole: Expression
    span: Span


@frozen(eq=False)
class Bands:
    """A step function: ``below`` under the first bound, then the result of the last bound reached."""

    of: Expression
    below: Fraction | int
    steps: tuple[tuple[Fraction | int, Fraction | int], ...]
    span: Span


@frozen(eq=False)
class PointsOf:
    """Points for each item as asked, or for each different value of a field among them."""

    query: Query
    worth: Fraction | int
    different: Symbol | None
    span: Span


@frozen(eq=False)
class Elapsed:
    """Whole weeks or whole months from one date (or month) to another."""

    unit: Literal["weeks", "months"]
    start: Operand
    end: Operand
    span: Span


@frozen(eq=False)
class LongestRun:
    """The longest run of items as asked whose ``along`` follow one another without a gap."""

    query: Query
    along: Symbol
    span: Span


Expression: TypeAlias = (
    Number | Read | Count | Share | Combine | Aggregate | Ratio | Bands | PointsOf | Elapsed | LongestRun
)


def query_of(node: Condition | Expression) -> Query | None:
    """The query of a node that asks the items of a collection, ``None`` of any other."""
    if isinstance(node, Quantified | CountTest | ShareTest | Count | Share | Aggregate | PointsOf | LongestRun):
        return node.query
    return None


def checks_of(node: Condition | Expression) -> tuple[Check, ...]:
    """The checks of a node that puts a name or a number to checks; none of any other."""
    return node.checks if isinstance(node, Test | CountTest | ShareTest) else ()


def compared_names(checks: Iterable[Check]) -> tuple[Symbol, ...]:
    """The names that a value is compared with, in order; a parameter in whose list it should stand is none of them."""
    return tuple(check.operand for check in checks if isinstance(check, Compare) and isinstance(check.operand, Symbol))


def parts_of(node: Condition | Expression) -> tuple[Condition | Expression, ...]:
    """The nodes right under this one, in order; a query's ``among`` comes before its ``where``."""
    if isinstance(node, All | Any | Combine):
        return node.parts
    if isinstance(node, Not):
        return (node.part,)
    if isinstance(node, Ratio):
        return (node.part, node.whole)
    if isinstance(node, Bands):
        return (node.of,)
    query = query_of(node)
    return () if query is None else tuple(part for part in (query.among, query.where) if part is not None)
