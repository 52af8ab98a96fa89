"""Numbers and dates as they are first written, and how the language writes them."""

from __future__ import annotations

import re
from typing import Final

from hmic_rules.errors import quoted

__all__ = ["LONGEST", "date_help", "number_help", "number_word"]

LONGEST: Final = 200  # characters of a text that a help writes anew: what is longer is no slip of the pen
USUAL: Final = "write a whole number, a decimal such as 0.5, a ratio such as 1/2 or a percentage such as 50%"

WORDS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def number_help(text: str) -> str:
    """What to write for a text that is no number."""
    if len(text) > LONGEST:
        return USUAL
    if re.fullmatch(r"-?0[0-9]+", text):
        return f"a number does not start with 0: write {quoted(text.lstrip('-').lstrip('0') or '0')}, or quote it where a label is meant"
    if re.fullmatch(r"-?[0-9][0-9_]*_[0-9_]*", text):
        return f"write {quoted(text.replace('_', ''))} without underscores"
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3}){2,}", text):
        return f"write {quoted(text.replace('.', ''))} without points"
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+", text):
        return f"write {quoted(text.replace(',', ''))} without commas, or a point where a decimal is meant"
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        return f"write {quoted(text.replace(',', '.'))} with a point"
    if bound := re.fullmatch(r"(>=|<=|>|<|≥|≤) *(.*)", text):
        word = {">": "above", "<": "below", ">=": "at_least", "≥": "at_least"}.get(bound[1], "at_most")
        return f"a bound is written as a mapping: {{{word}: {bound[2] or '1/2'}}}"
    if with_unit := re.fullmatch(r"(-?[0-9]+(?:[.,][0-9]+)?) *([^\W\d_][^\d]*)", text):
        number = with_unit[1].replace(",", ".")
        return f"write {quoted(number)} alone; what is counted is said once, as `unit: {with_unit[2]}` of the input"
    return number_word(text) or USUAL


def number_word(text: str) -> str | None:
    """What to write for a number in words."""
    word = text.casefold()
    return f"write {quoted(str(WORDS.index(word)))}" if word in WORDS else None


def date_help(text: str) -> str:
    """How a date is written that stands in another order, or with the name of its month."""
    year = month = day = 0
    if found := re.fullmatch(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", text):
        day, month, year = map(int, found.groups())
    elif found := re.fullmatch(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})", text):
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9}),? ([0-9]{4})", text):
        starts = [name.startswith(found[2].casefold()) for name in MONTHS]
        day, month, year = int(found[1]), starts.index(True) + 1 if any(starts) else 0, int(found[3])
    if not (0 < month < 13 and 0 < day < 32):
        return "write it as in 2007-06-01"
    written = f"write `{year:04d}-{month:02d}-{day:02d}`"
    either = re.fullmatch(r"[0-9]{1,2}[./-].*", text) is not None and day < 13 and day != month
    return f"{written}, or `{year:04d}-{day:02d}-{month:02d}` where the month comes first" if either else written
