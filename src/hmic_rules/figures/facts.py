"""Figures as facts with their passages, and what should hold among them, as data."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from attrs import frozen

from hmic_rules.errors import Span
from hmic_rules.figures.intervals import Interval

__all__ = [
    "DAYS",
    "FIGURES",
    "NUMBERS",
    "NUMBER_OF_NOTHING",
    "TEXTS",
    "Constant",
    "Expression",
    "Figure",
    "Less",
    "Named",
    "Ratio",
    "Relation",
    "Sum",
    "Test",
    "Times",
    "Unit",
    "named_in",
]

Kind = Literal["count", "number", "share", "money", "date", "span", "meaning", "fingerprint"]
Comparison = Literal["same", "equal", "at_most", "below", "inside"]
NUMBERS: Final = ("count", "number", "share", "money")
FIGURES: Final = "figures.yaml"
DAYS: Final = ("date", "span")
TEXTS: Final = ("meaning", "fingerprint")
Unit: TypeAlias = tuple[tuple[str, int], ...]
NUMBER_OF_NOTHING: Final[Unit] = ()


@frozen
class Figure:
    """One figure, date or wording of a report.

    Attributes:
        says: what it is of, in our own words.
        value: the numbers that it can be, or the days, counted from the first day of year 1; the text of a meaning or a fingerprint.
        shown: the value as a person reads it.
        unit: what is counted, as words with their powers: ``officer per team`` is ``(("officer", 1), ("team", -1))``.
        unit_shown: the unit as it is written; ``None`` for shares, days and texts.
        period: the days that it covers, if that is said.
        period_shown: the period as it is written.
        cite: the addresses of its passages.
        assumed: whether the value has a width that the report does not give (``within``).
        after: the label with which the passage of a fingerprint starts, and which is not part of what is compared.

    """

    id: str
    says: str
    kind: Kind
    value: Interval | str
    shown: str
    unit: Unit
    unit_shown: str | None
    period: Interval | None
    period_shown: str | None
    cite: tuple[str, ...]
    assumed: bool
    after: str | None
    span: Span

    @property
    def interval(self) -> Interval:
        """The value of a figure that is no text."""
        assert isinstance(self.value, Interval)  # noqa: S101 - the loader lets texts stand only where texts are compared
        return self.value

    @property
    def days(self) -> Interval | None:
        """The days that a date or a span is, and those that any other figure covers."""
        return self.interval if self.kind in DAYS else self.period


@frozen
class Named:
    """A figure, by its id."""

    id: str


@frozen
class Constant:
    """A number that stands in a relation itself."""

    number: Fraction
    shown: str


@frozen
class Sum:
    """What several come to."""

    of: tuple[Expression, ...]


@frozen
class Less:
    """The first without the second."""

    of: tuple[Expression, Expression]


@frozen
class Times:
    """The product of several."""

    of: tuple[Expression, ...]


@frozen
class Ratio:
    """The first divided by the second."""

    of: tuple[Expression, Expression]


Expression: TypeAlias = Named | Constant | Sum | Less | Times | Ratio


@frozen
class Test:
    """A comparison of two or more expressions, each with the next one."""

    __test__ = False  # it is no test of pytest

    comparison: Comparison
    of: tuple[Expression, ...]


@frozen
class Relation:
    """What should hold among figures.

    Attributes:
        form: the key under which it is written, such as ``sum``.
        basis: ``stated``, ``derived`` or ``assumed``.
        tests: it holds where one of them does; more than one where the report leaves open which is meant.
        innocent: what the report may mean if it does not hold, if we know of something.

    """

    id: str
    says: str
    basis: str
    form: str
    tests: tuple[Test, ...]
    innocent: str | None
    span: Span

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of the figures in it, in their order, each once."""
        return tuple(dict.fromkeys(id for test in self.tests for one in test.of for id in named_in(one)))


def named_in(expression: Expression) -> Iterator[str]:
    """The ids of the figures in an expression, as often as they stand there."""
    if isinstance(expression, Named):
        yield expression.id
    elif not isinstance(expression, Constant):
        for one in expression.of:
            yield from named_in(one)
