"""The schema of one value: as a file writes it, or as Python gives it. What it accepts, its type accepts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from hmic_rules.datatypes import (
    MAX_TEXT,
    NO_WORDS,
    YES_WORDS,
    BooleanType,
    DataType,
    DateType,
    LabelType,
    ListType,
    MonthType,
    NumberType,
)
from hmic_rules.schemas.parts import END, Schema

__all__ = ["or_unknown", "value_schema"]

_MONTH: Final = rf"^[0-9]{{4}}-(0[1-9]|1[0-2]){END}"
_LEAP: Final = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE: Final = (
    r"^(?!0000)(([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    rf"|02-(0[1-9]|1[0-9]|2[0-8])))|{_LEAP}-02-29){END}"
)
_WHOLE: Final = "(0|[1-9][0-9]{0,299})"
_NUMBER: Final = rf"({_WHOLE}(\.[0-9]{{1,90}})?( ?%)?|\.[0-9]{{1,90}}|(0|[1-9][0-9]{{0,190}})/[1-9][0-9]{{0,190}})"
_HUNDREDTHS: Final = rf"^((0|[1-9][0-9]?)(\.[0-9]{{1,90}})?|100(\.0{{1,90}})?) ?%{END}"
_CORE_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_CORE_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


def value_schema(type: DataType, *, in_file: bool = True) -> Schema:
    """The values of a type that are not unknown.

    Args:
        type: any type of the language.
        in_file: as a file may write them (``yes`` for true, ``1`` for the label ``"1"``); otherwise as Python gives them.

    """
    if isinstance(type, BooleanType):
        return {"enum": [True, False, *(sorted(YES_WORDS | NO_WORDS) if in_file else ())]}
    if isinstance(type, LabelType):
        return {"enum": _spelled(type, in_file)}
    if isinstance(type, NumberType):
        return _number(type)
    if isinstance(type, DateType):
        return {"type": "string", "pattern": _bounded(_DATE, type), "description": "A date, as in 2007-06-01."}
    if isinstance(type, MonthType):
        return {"type": "string", "pattern": _bounded(_MONTH, type), "description": "A month, as in 2007-06."}
    if isinstance(type, ListType):
        return {"type": "array", "items": value_schema(type.item, in_file=in_file)}
    return {"type": ["string", "number", "boolean"] if in_file else "string", "maxLength": MAX_TEXT}


def or_unknown(schema: Schema, *, may_be_not_applicable: bool = False) -> Schema:
    """The same, with null for what is unknown, and perhaps what is not applicable."""
    more: list[Any] = [None, *(["not applicable"] if may_be_not_applicable else [])]
    if "enum" in schema:
        return {**schema, "enum": list(_each_once([*schema["enum"], *more]))}
    return {"anyOf": [schema, {"enum": more}]}


def _each_once(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not any(value is one or (value == one and value.__class__ is one.__class__) for one in found):
            found.append(value)
    return found


def _spelled(type: LabelType, in_file: bool) -> list[Any]:
    """Labels and their other spellings; in a file also those that YAML takes for a number or a truth value."""
    found: list[Any] = list(type.spellings)
    if in_file:
        for label in type.spellings:
            if _CORE_INTEGER.fullmatch(label) and label != "-0":
                found.append(int(label))
            elif _CORE_DECIMAL.fullmatch(label) and repr(float(label)) == label and not float(label).is_integer():
                found.append(float(label))
            elif label in ("true", "false"):
                found.append(label == "true")
    return found


def _number(type: NumberType) -> Schema:
    """Numbers, and texts of numbers where a pattern can hold them to the range."""
    kind = "integer" if type.kind == "integer" else "number"
    number: Schema = {"type": kind}
    if type.low is not None:
        number["minimum"] = _inward(type.low, math.inf)
    if type.high is not None:
        number["maximum"] = _inward(type.high, -math.inf)
    text = _text_pattern(type)
    found = {"anyOf": [number, {"type": "string", "pattern": text}]} if text is not None else number
    return found if type.unit is None else {**found, "description": f"In {type.unit}."}


def _text_pattern(type: NumberType) -> str | None:
    if type.kind == "share" and (type.low, type.high) == (0, 1):
        return _HUNDREDTHS
    if type.high is not None or type.low not in (None, 0):
        return None
    sign = "" if type.low == 0 else "-?"
    return rf"^{sign}{_WHOLE if type.kind == 'integer' else _NUMBER}{END}"


def _bounded(pattern: str, type: DateType | MonthType) -> str:
    """The pattern of days or months, and that they lie within their bounds: they are written so that their characters have their order."""
    ends = ((type.low, True), (type.high, False))
    within = "".join(f"(?={'|'.join(_as_far_as(str(end), upward))})" for end, upward in ends if end is not None)
    return f"^{within}{pattern.removeprefix('^')}"


def _as_far_as(end: str, upward: bool) -> Iterator[str]:
    """How texts of the form of an end can begin that are the end itself, or lie upward or downward of it."""
    yield end
    for place, character in enumerate(end):
        if upward and character in "012345678":
            yield f"{end[:place]}[{int(character) + 1}-9]"
        elif not upward and character in "123456789":
            yield f"{end[:place]}[0-{int(character) - 1}]"


def _inward(bound: Fraction | int, towards: float) -> float | int:
    """The bound, or the nearest float inside it where no float is the bound."""
    if Fraction(bound).denominator == 1:
        return int(bound)
    found = float(bound)
    while (Fraction(repr(found)) < bound) if towards > 0 else (Fraction(repr(found)) > bound):
        found = math.nextafter(found, towards)
    return found
