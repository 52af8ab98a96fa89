"""What a column of facts leaves possible: known where it is filled, and where it is ``NULL`` what the absence of the fact means."""

from __future__ import annotations

from typing import cast

from attrs import frozen

from hmic_rules.backends.sql.choices import Choice, Listed, Masked, bits_of
from hmic_rules.backends.sql.lines import NOTHING, End, Line, chosen, end_of, exactly, line_of
from hmic_rules.backends.sql.nodes import FALSE, NULL, Node, any_of, is_null, literal, operation, opposite
from hmic_rules.backends.sql.schema import labels_of
from hmic_rules.datatypes import LabelType, NumberType, ScalarType, TextType
from hmic_rules.possible import NOT_APPLICABLE, Between, Known, Month, Value, is_known, members
from hmic_rules.rulesets import Input

__all__ = ["Fact", "Readable", "constant_of", "fact_of", "judged_of", "members_of"]

Readable = Choice | Line


@frozen
class Fact:
    """A column that holds a fact: the node, the node that says it is not applicable, and into how many parts a whole is divided."""

    column: Node
    refused: Node
    per: int


def members_of(type: ScalarType) -> tuple[Known, ...]:
    """The results of a finite type, in order."""
    return cast("tuple[Known, ...]", labels_of(type))


def fact_of(given: Input, fact: Fact) -> Readable:
    """A fact as the reference takes it."""
    column, refused = fact.column, fact.refused
    means = given.means if given.closed else None
    if given.closed and means is NOT_APPLICABLE:
        refused = any_of(refused, is_null(column))
    if isinstance(given.type, TextType):
        if means is not None and means is not NOT_APPLICABLE and column.nullable:
            column = operation("coalesce", column, literal(cast("str", means)), nullable=False)
        maybe = given.may_be_not_applicable and not given.closed
        return Listed(column, (), refused, frozenset({NOT_APPLICABLE} if maybe else ()))
    found = members_of(given.type)
    if found:
        extra = {NOT_APPLICABLE} if given.may_be_not_applicable else set()
        absent = frozenset({cast("Known", means)} if given.closed else {*found, *extra})
        return Listed(column, found, refused, absent)
    own = End(column, fact.per, getattr(given.type, "low", None) if isinstance(given.type, NumberType) else None)
    if not column.nullable:
        return Line(own, own)
    if given.closed:
        end = own if means is NOT_APPLICABLE else chosen([(is_null(column), end_of(means))], own)
        return Line(end, end, opposite(refused), refused)
    whole = given.type.whole
    low, high = (whole.low, whole.high) if isinstance(whole, Between) else (None, None)
    maybe_refused = any_of(refused, is_null(column)) if given.may_be_not_applicable else FALSE
    return Line(_or(column, own, low), _or(column, own, high), opposite(refused), maybe_refused)


def _or(column: Node, own: End, bound: object) -> End:
    return own if bound is None else chosen([(is_null(column), end_of(bound))], own)


def judged_of(type: ScalarType, column: Node | None, per: int) -> tuple[Readable, Node]:
    """What a person judged, or anything where nobody did; and whether somebody did."""
    column = NULL if column is None else column
    given = opposite(is_null(column))
    if members_of(type):
        return Listed(column, members_of(type), FALSE, frozenset(members_of(type))), given
    if isinstance(type, TextType):
        return Listed(column, (), FALSE, frozenset()), given
    whole = type.whole
    low, high = (whole.low, whole.high) if isinstance(whole, Between) else (None, None)
    own = End(column, per)
    return Line(_or(column, own, low), _or(column, own, high)), given


def constant_of(type: ScalarType, value: Value) -> Readable:
    """What is the same in every row: a parameter, or what a framework says of an item."""
    if isinstance(type, TextType):
        if value is NOT_APPLICABLE:
            return Listed(NULL, (), opposite(FALSE), frozenset({NOT_APPLICABLE}))
        return Listed(literal(value) if isinstance(value, str) else NULL, (), FALSE, frozenset())
    found = members_of(type)
    if found:
        left = members(value) or frozenset()
        return Masked(literal(bits_of(found, left)), found, left, len(left) == 1)
    if value is NOT_APPLICABLE:
        return NOTHING
    if is_known(value):
        return exactly(cast("Known", value))
    assert isinstance(value, Between)  # noqa: S101 - numbers, dates and months that are not known
    line = line_of(value.low, value.high)
    return Line(line.low, line.high, refused=opposite(FALSE) if value.markers else FALSE)


def constant_column(type: ScalarType, value: Value, per: int) -> str | int | bool | object | None:
    """A constant as a table would hold it; ``None`` where it is not known."""
    if not is_known(value) or value is NOT_APPLICABLE:
        return None
    if isinstance(value, Month):
        return value.ordinal
    if isinstance(type, LabelType | TextType) or isinstance(value, bool):
        return value
    return int(value * per) if isinstance(type, NumberType) else value  # type: ignore[operator]
