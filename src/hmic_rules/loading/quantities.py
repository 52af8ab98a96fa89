"""The values of figures as they are written: numbers exact, rounded or in words such as `over`; days, months and years; meanings and fingerprints."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeAlias

from attrs import frozen

from hmic_rules.datatypes import WrongValue, read_number
from hmic_rules.errors import Span, quoted
from hmic_rules.figures.facts import DAYS, TEXTS, Unit
from hmic_rules.figures.intervals import Interval, exactly
from hmic_rules.figures.writing import number_text
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping, Scalar, Tree

__all__ = ["KINDS", "Quantity", "Start", "read_days", "read_quantity", "read_unit", "read_years_start"]

KINDS: Final = ("count", "number", "share", "money", "date", "span", "meaning", "fingerprint")
BOUNDS: Final = ("over", "at_least", "under", "at_most", "nearly", "about", "rounded", "from")
WIDTHS: Final = {"about": "within", "rounded": "to", "from": "to"}
_YEAR: Final = re.compile(r"([0-9]{4})(?:/([0-9]{2}))?")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_START: Final = re.compile(r"([0-9]{2})-([0-9]{2})")
_UNIT: Final = re.compile(r"[^\W_]+(?:[ -][^\W_]+)*")
_DIGITS: Final = re.compile(r"[0-9a-f]{12,64}")
Start: TypeAlias = tuple[int, int]


@frozen
class Quantity:
    """A value as it is written: what it can be, how a person reads it, and whether it has a width of ours."""

    value: Interval | str
    shown: str
    assumed: bool = False


def read_quantity(reader: Reader, tree: Tree, kind: str, years_start: Start | None) -> Quantity | None:
    """The value that stands under the key of a kind.

    Args:
        reader: takes the problems.
        tree: what stands there.
        kind: one of ``KINDS``.
        years_start: the month and day on which years such as 2006/07 start, if the file says so.

    """
    what = f"`{kind}`"
    if kind in TEXTS:
        text = reader.text(tree, what)
        if text is not None and kind == "fingerprint" and not _DIGITS.fullmatch(text):
            reader.error(tree.span, f"{quoted(text)} is no fingerprint", "write 12 to 64 hexadecimal digits", "value")
            return None
        return None if text is None else Quantity(text, text)
    if kind in DAYS:
        found = read_days(reader, tree, what, years_start)
        return None if found is None else Quantity(*found)
    if isinstance(tree, Scalar):
        number = _number(reader, tree, kind, what)
        return None if number is None else Quantity(exactly(number), _shown(number, kind))
    return _approximate(reader, tree, kind, what)


def _number(reader: Reader, tree: Tree | None, kind: str, what: str) -> Fraction | None:
    text = reader.text(tree, what)
    if text is None or tree is None:
        return None
    try:
        number = read_number(text)
    except WrongValue as wrong:
        reader.error(tree.span, wrong.problem, wrong.help, "value")
        return None
    if kind == "count" and (number.denominator != 1 or number < 0):
        reader.error(
            tree.span, f"{quoted(text)} counts nothing", "write a whole number, or `number:` as the key", "value"
        )
        return None
    if kind != "share" and text.endswith("%"):
        reader.error(tree.span, f"{quoted(text)} is a percentage", "write `share:` as the key", "value")
        return None
    return number


def _shown(number: Fraction, kind: str) -> str:
    return number_text(number, as_share=kind == "share")


def _approximate(reader: Reader, tree: Tree, kind: str, what: str) -> Quantity | None:
    """Numbers in words. Where the report does not say how far off it may be, `within` does, and that is ours."""
    mapping = reader.mapping(tree, what, (*BOUNDS, "within", "to"))
    if mapping is None:
        return None
    words = [word for word in BOUNDS if word in mapping.entries]
    if len(words) != 1:
        help = "write one, such as {over: 16000} or {rounded: 22%, to: 1%}"
        reader.error(tree.span, f"{what} needs one of {', '.join(map(quoted, BOUNDS))}", help, "missing-key")
        return None
    word = words[0]
    width = WIDTHS.get(word, "within")
    for key in mapping.entries.keys() - {word, width}:
        reader.error(mapping.keys[key].span, f"{quoted(key)} does not go with {quoted(word)}", None, "unknown-key")
    if word in WIDTHS and width not in mapping.entries:
        reader.error(tree.span, f"{quoted(word)} needs {quoted(width)}", f"add `{width}: …`", "missing-key")
        return None
    number = _number(reader, mapping.entries[word], kind, quoted(word))
    wide = mapping.entries.get(width)
    by = None if wide is None else _number(reader, wide, "share" if kind == "share" else "number", quoted(width))
    if number is None or (wide is not None and by is None):
        return None
    if wide is not None and by is not None and (by < number if word == "from" else by <= 0):
        help = "the end comes after the start" if word == "from" else "write how far off it may be"
        reader.error(wide.span, f"{quoted(reader.text(wide, width))} is too little", help, "value")
        return None
    value = _BETWEEN[word](number, by)
    if kind == "count" and value.low is None:
        value = Interval(Fraction(0), value.high, high_open=value.high_open)
    return Quantity(value, _in_words(word, number, by, kind), "within" in mapping.entries)


def _over(number: Fraction, by: Fraction | None) -> Interval:
    return Interval(number, None if by is None else number + by, low_open=True)


def _nearly(number: Fraction, by: Fraction | None) -> Interval:
    return Interval(None if by is None else number - by, number, high_open=True)


def _about(number: Fraction, by: Fraction | None) -> Interval:
    return Interval(number - (by or 0), number + (by or 0))


_BETWEEN: Final[dict[str, Callable[[Fraction, Fraction | None], Interval]]] = {
    "over": _over,
    "at_least": lambda number, by: Interval(number, None if by is None else number + by),
    "under": _nearly,
    "nearly": _nearly,
    "at_most": lambda number, by: Interval(None if by is None else number - by, number),
    "about": _about,
    "rounded": lambda number, by: _about(number, (by or Fraction(0)) / 2),
    "from": Interval,
}


def _in_words(word: str, number: Fraction, by: Fraction | None, kind: str) -> str:
    text = _shown(number, kind)
    if word == "rounded":
        return text
    if word == "from":
        return f"{text} to {_shown(by or number, kind)}"
    return f"{word.replace('_', ' ')} {text}"


def read_days(reader: Reader, tree: Tree, what: str, years_start: Start | None) -> tuple[Interval, str] | None:
    """Days, counted from the first of year 1: one, a month, a year, or from one to another; and how they are written."""
    if isinstance(tree, Mapping):
        mapping = reader.mapping(tree, what, ("from", "to"), ("from", "to"))
        ends = [
            None
            if mapping is None or key not in mapping.entries
            else read_days(reader, mapping.entries[key], what, years_start)
            for key in ("from", "to")
        ]
        if ends[0] is None or ends[1] is None:
            return None
        (first, first_shown), (last, last_shown) = ends[0], ends[1]
        if first.low is None or last.high is None or first.low > last.high:
            reader.error(tree.span, f"{what} ends before it starts", "write the earlier first", "value")
            return None
        return Interval(first.low, last.high), f"{first_shown} to {last_shown}"
    text = reader.text(tree, what)
    if text is None:
        return None
    try:
        return _days(text, years_start), text
    except WrongValue as wrong:
        reader.error(tree.span, wrong.problem, wrong.help, "value")
    except ValueError:
        reader.error(tree.span, f"{quoted(text)} is no day of the calendar", "check the day and the month", "value")
    return None


def _days(text: str, years_start: Start | None) -> Interval:
    if found := _DATE.fullmatch(text):
        return _from_to(datetime.date(int(found[1]), int(found[2]), int(found[3])), None)
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return _from_to(datetime.date(year, month, 1), datetime.date(year + month // 12, month % 12 + 1, 1))
    if found := _YEAR.fullmatch(text):
        year = int(found[1])
        if found[2] is None:
            return _from_to(datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1))
        if int(found[2]) != (year + 1) % 100:
            raise WrongValue(f"{quoted(text)} is no year", f"write `{year}/{(year + 1) % 100:02d}`")
        if years_start is None:
            raise WrongValue(
                f"nothing says when the year {quoted(text)} starts", "add `years_start: MM-DD` to the file"
            )
        return _from_to(datetime.date(year, *years_start), datetime.date(year + 1, *years_start))
    raise WrongValue(f"{quoted(text)} is no date", "write it as 2007-06-01, 2007-06, 2007 or 2006/07")


def _from_to(first: datetime.date, after: datetime.date | None) -> Interval:
    last = first.toordinal() if after is None else after.toordinal() - 1
    return Interval(Fraction(first.toordinal()), Fraction(last))


def read_years_start(reader: Reader, tree: Tree | None) -> Start | None:
    """The month and the day on which years such as 2006/07 start."""
    text = reader.text(tree, "`years_start`")
    if text is None or tree is None:
        return None
    found = _START.fullmatch(text)
    try:
        if found is not None:
            day = datetime.date(2007, int(found[1]), int(found[2]))  # of a year without a 29 February
            return day.month, day.day
    except ValueError:
        pass
    reader.error(
        tree.span, f"{quoted(text)} is no day on which years start", "write month and day, as in 04-01", "value"
    )
    return None


def read_unit(reader: Reader, text: str, span: Span) -> Unit:
    """A unit such as ``officer``, or ``officer per team``, as words with their powers."""
    powers: dict[str, int] = {}
    for place, word in enumerate(text.split(" per ")):
        if not _UNIT.fullmatch(word):
            reader.error(span, f"{quoted(text)} is no unit", "write words, such as `officer per team`", "value")
        powers[word] = powers.get(word, 0) + (-1 if place else 1)
    return tuple(sorted((word, power) for word, power in powers.items() if power))
