"""The types of the rule language: what may be written in a slot, and what is possible in it before anything is known."""

from __future__ import annotations

import datetime
import decimal
import math
import re
from fractions import Fraction
from typing import Final, TypeAlias

from attrs import field, frozen

from hmic_rules.errors import did_you_mean, quoted, shortened, text_of
from hmic_rules.possible import AnyText, Between, Known, Marker, Month, OneOf, Ordered, Value
from hmic_rules.slips import date_help, number_help

__all__ = [
    "BOOLEAN",
    "INTEGER",
    "MAX_DIGITS",
    "MAX_TEXT",
    "MONTH",
    "NO_WORDS",
    "NUMBER",
    "SHARE",
    "TEXT",
    "YES_WORDS",
    "BooleanType",
    "DataType",
    "DateType",
    "LabelType",
    "ListType",
    "MonthType",
    "NumberType",
    "ScalarType",
    "TextType",
    "WrongValue",
    "key_in_words",
    "read_number",
    "shown",
]

MAX_DIGITS: Final = 400
MAX_TEXT: Final = 100_000
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)?\.[0-9]+")
_RATIO = re.compile(r"(-?(?:0|[1-9][0-9]*))/([1-9][0-9]*)")
_PERCENT = re.compile(r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?) ?%")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
YES_WORDS: Final = frozenset({"true", "yes"})
NO_WORDS: Final = frozenset({"false", "no"})


class WrongValue(Exception):  # noqa: N818 - it is caught where the place is known and becomes a diagnostic there
    """What is written does not fit the type: the problem and, where there is one, the remedy."""

    def __init__(self, problem: str, help: str | None = None) -> None:
        super().__init__(problem, help)
        self.problem = problem
        self.help = help


def read_number(text: str) -> Fraction:
    """An exact number from its text: ``12``, ``-0.5``, ``.5``, ``1/2``, ``50%``.

    Raises:
        WrongValue: anything else, such as ``01``, ``1_000``, ``7,0`` or ``1e5``.

    """
    if len(text) > MAX_DIGITS:
        raise WrongValue(f"a number of more than {MAX_DIGITS} characters")
    if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        return Fraction(decimal.Decimal(text))
    if ratio := _RATIO.fullmatch(text):
        return Fraction(int(ratio[1]), int(ratio[2]))
    if percent := _PERCENT.fullmatch(text):
        return Fraction(decimal.Decimal(percent[1])) / 100
    raise WrongValue(f"{quoted(text)} is not a number", number_help(text))


def _exact(raw: object) -> Fraction | None:
    """The exact value of a Python number; of a float, that of the decimal it prints as."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | Fraction):
        if max(abs(raw.numerator), raw.denominator) >= 10**MAX_DIGITS:
            raise WrongValue(f"a number of more than {MAX_DIGITS} digits")
        return Fraction(raw)
    if isinstance(raw, decimal.Decimal) and raw.is_finite() and abs(raw.adjusted()) <= MAX_DIGITS:
        if len(raw.as_tuple().digits) > MAX_DIGITS:
            raise WrongValue(f"a number of more than {MAX_DIGITS} digits")
        return Fraction(raw)
    if isinstance(raw, float) and math.isfinite(raw):
        return Fraction(decimal.Decimal(float.__repr__(raw)))
    return None


def _plain(raw: object) -> object:
    """What is given, and of a text of a class of somebody's own what it holds."""
    return str.__str__(raw) if isinstance(raw, str) else raw


def shown(value: Value) -> str:
    """The value as it would be written in a case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Marker):
        return value.value
    if isinstance(value, OneOf):
        return " or ".join(sorted(map(shown, value.members)))
    if isinstance(value, Between):
        low = "…" if value.low is None else shown(value.low)
        high = "…" if value.high is None else shown(value.high)
        return " or ".join([f"{low} to {high}", *sorted(m.value for m in value.markers)])
    if isinstance(value, AnyText):
        return " or ".join(["any text", *sorted(m.value for m in value.markers)])
    return str(value)


def key_in_words(key: Value | tuple[Value, ...]) -> str:
    """The key of a row as a person reads it; that of a group has a part for each name that it is grouped by."""
    if isinstance(key, str):
        return key
    return " / ".join(map(shown, key)) if isinstance(key, tuple) else shown(key)


def _within(low: Ordered | None, high: Ordered | None, value: Ordered) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]


def _bounds(low: Ordered | None, high: Ordered | None, at_least: str, at_most: str) -> str:
    """The bounds of a type, in words that follow its kind."""
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" {at_least} {low}"
    return "" if high is None else f" {at_most} {high}"


@frozen
class BooleanType:
    """True or false."""

    @property
    def described(self) -> str:
        return "true or false"

    @property
    def whole(self) -> Value:
        return OneOf(frozenset({True, False}))

    def parse(self, text: str) -> Known:
        if text in YES_WORDS:
            return True
        if text in NO_WORDS:
            return False
        word = text.casefold()
        help = f"write {quoted(word)}" if word in YES_WORDS | NO_WORDS else did_you_mean(text, ["true", "false"])
        raise WrongValue(f"{quoted(text)} is not {self.described}", help)

    def accept(self, raw: object) -> Known:
        if isinstance(raw, bool):
            return raw
        raw = _plain(raw)
        help = "give True or False, or None for unknown"
        if isinstance(raw, str) and raw in YES_WORDS | NO_WORDS:
            help = f"give {raw in YES_WORDS}, without quotes"
        raise WrongValue(f"{quoted(raw)} is not {self.described}", help)


@frozen
class LabelType:
    """One label of a closed list. On a scale the labels are ordered, lowest first. ``also`` pairs other spellings with labels."""

    labels: tuple[str, ...]
    scale: str | None = None
    also: tuple[tuple[str, str], ...] = ()
    ranks: dict[Known, int] = field(init=False, eq=False, repr=False)
    spellings: dict[str, str] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "ranks", {label: rank for rank, label in enumerate(self.labels)})
        object.__setattr__(self, "spellings", {**dict(self.also), **{label: label for label in self.labels}})

    @property
    def described(self) -> str:
        return f"a label of the scale {quoted(self.scale)}" if self.scale else "one of the labels of this choice"

    @property
    def whole(self) -> Value:
        return self.labels[0] if len(self.labels) == 1 else OneOf(frozenset(self.labels))

    def parse(self, text: str) -> Known:
        label = self.spellings.get(text)
        if label is None:
            raise WrongValue(f"{quoted(text)} is not {self.described}", self._help(text))
        return label

    def accept(self, raw: object) -> Known:
        raw = _plain(raw)
        if isinstance(raw, str):
            return self.parse(raw)
        written = quoted(raw)
        if isinstance(raw, int) and written.strip("`") in self.ranks and not isinstance(raw, bool):
            raise WrongValue(f"{written} is a number, and a label is wanted", f'write "{text_of(raw)}"')
        raise WrongValue(f"{written} is not {self.described}", self._help(written.strip("`")))

    def _help(self, written: str) -> str | None:
        same = [spelling for spelling in self.spellings if spelling.casefold() == written.casefold()]
        return did_you_mean(written, same or self.labels, in_order=self.scale is not None)


@frozen
class NumberType:
    """An exact number: an integer, a decimal, or a share (which lies between 0 and 1)."""

    kind: str = "decimal"
    low: Fraction | int | None = None
    high: Fraction | int | None = None
    unit: str | None = None

    @property
    def described(self) -> str:
        kind = {"integer": "a whole number", "share": "a share", "decimal": "a number"}[self.kind]
        return kind + _bounds(self.low, self.high, "of at least", "of at most")

    @property
    def whole(self) -> Value:
        return Between(self.low, self.high)

    def within(self, number: Ordered) -> bool:
        return _within(self.low, self.high, number)

    def _checked(self, number: Fraction, written: object) -> Known:
        if self.kind == "integer" and number.denominator != 1:
            raise WrongValue(f"{quoted(written)} is not {self.described}")
        if not self.within(number):
            raise WrongValue(f"{quoted(written)} is not {self.described}", self._share_meant(number, text_of(written)))
        return int(number) if number.denominator == 1 else number

    def _share_meant(self, number: Fraction, written: str) -> str | None:
        """A share that was written as a number of hundredths."""
        if (
            self.kind != "share"
            or not 1 < number <= 100
            or not (_INTEGER.fullmatch(written) or _DECIMAL.fullmatch(written))
        ):
            return None
        return f"a share lies between 0 and 1: write {written}% or {number / 100}"

    def parse(self, text: str) -> Known:
        return self._checked(read_number(text), text)

    def accept(self, raw: object) -> Known:
        number = _exact(raw)
        if number is not None:
            return self._checked(number, raw)
        if isinstance(raw, str):
            return self.parse(raw)
        raise WrongValue(f"{quoted(raw)} is not {self.described}")


@frozen
class DateType:
    """A day of the calendar, ISO only."""

    low: datetime.date | None = None
    high: datetime.date | None = None

    @property
    def described(self) -> str:
        return "a date written as YYYY-MM-DD" + _bounds(self.low, self.high, "on or after", "on or before")

    @property
    def whole(self) -> Value:
        return Between(self.low, self.high)

    def parse(self, text: str) -> Known:
        if found := _DATE.fullmatch(text):
            try:
                return self._checked(datetime.date(int(found[1]), int(found[2]), int(found[3])))
            except ValueError:
                raise WrongValue(f"{quoted(text)} is no day of the calendar", "check the day and the month") from None
        raise WrongValue(f"{quoted(text)} is not {self.described}", date_help(text))

    def accept(self, raw: object) -> Known:
        if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
            return self._checked(raw)
        if isinstance(raw, str):
            return self.parse(raw)
        raise WrongValue(f"{quoted(raw)} is not {self.described}")

    def within(self, day: Ordered) -> bool:
        return _within(self.low, self.high, day)

    def _checked(self, day: datetime.date) -> Known:
        if not self.within(day):
            raise WrongValue(f"{quoted(day.isoformat())} is not {self.described}")
        return day


@frozen
class MonthType:
    """A calendar month, ISO only."""

    low: Month | None = None
    high: Month | None = None

    @property
    def described(self) -> str:
        return "a month written as YYYY-MM" + _bounds(self.low, self.high, "not before", "not after")

    @property
    def whole(self) -> Value:
        return Between(self.low, self.high)

    def parse(self, text: str) -> Known:
        if (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:
            return self._checked(Month.of(int(found[1]), int(found[2])))
        raise WrongValue(f"{quoted(text)} is not {self.described}", "write it as in 2007-06")

    def accept(self, raw: object) -> Known:
        if isinstance(raw, Month):
            return self._checked(raw)
        if isinstance(raw, str):
            return self.parse(raw)
        raise WrongValue(f"{quoted(raw)} is not {self.described}")

    def within(self, month: Ordered) -> bool:
        return _within(self.low, self.high, month)

    def _checked(self, month: Month) -> Known:
        if not self.within(month):
            raise WrongValue(f"{quoted(str(month))} is not {self.described}")
        return month


@frozen
class TextType:
    """Free text, compared letter by letter."""

    @property
    def described(self) -> str:
        return "a text"

    @property
    def whole(self) -> Value:
        return AnyText()

    def parse(self, text: str) -> Known:
        return self.accept(text)

    def accept(self, raw: object) -> Known:
        raw = _plain(raw)
        if not isinstance(raw, str):
            help = f'write "{shortened(raw)}"' if isinstance(raw, int) and not isinstance(raw, bool) else None
            raise WrongValue(f"{quoted(raw)} is not {self.described}", help)
        if len(raw) > MAX_TEXT:
            raise WrongValue(f"a text of more than {MAX_TEXT:,} characters")
        try:
            raw.encode()
        except UnicodeEncodeError:
            raise WrongValue(f"{quoted(raw)} holds half of a surrogate pair, which is no character") from None
        return raw


@frozen
class ListType:
    """A list of values of one type; only parameters have it, to be asked with ``in``."""

    item: ScalarType

    @property
    def described(self) -> str:
        return f"a list, each entry {self.item.described}"

    @property
    def whole(self) -> Value:
        return AnyText()


ScalarType: TypeAlias = BooleanType | LabelType | NumberType | DateType | MonthType | TextType
DataType: TypeAlias = ScalarType | ListType

BOOLEAN: Final = BooleanType()
NUMBER: Final = NumberType()
INTEGER: Final = NumberType("integer")
SHARE: Final = NumberType("share", 0, 1)
MONTH: Final = MonthType()
TEXT: Final = TextType()
