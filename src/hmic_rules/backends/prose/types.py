"""The types of the language in words."""

from __future__ import annotations

from hmic_rules.backends.prose.grammar import listed, told
from hmic_rules.datatypes import BooleanType, DataType, DateType, LabelType, ListType, MonthType, NumberType

__all__ = ["type_said"]


def type_said(type: DataType) -> str:
    """What a value of a type can be."""
    if isinstance(type, BooleanType):
        return "yes or no"
    if isinstance(type, LabelType):
        order = ", the lowest first" if type.scale is not None and len(type.labels) > 1 else ""
        return f"{listed([told(one) for one in type.labels], 'or')}{order}"
    if isinstance(type, NumberType):
        return _number_type(type)
    if isinstance(type, ListType):
        return f"a list, each entry {type_said(type.item)}"
    if isinstance(type, DateType | MonthType):
        return "a day" if isinstance(type, DateType) else "a month"
    return "any text"


def _number_type(type: NumberType) -> str:
    is_share = type.kind == "share"
    kind = {"integer": "a whole number", "share": "a share", "decimal": "a number"}[type.kind]
    unit = f" of {type.unit}" if type.unit else ""
    low = None if type.low is None or is_share else told(type.low)
    high = None if type.high is None or is_share else told(type.high)
    if low is not None and high is not None:
        return f"{kind}{unit} from {low} to {high}"
    if low is not None:
        return f"{kind}{unit}, at least {low}"
    return f"{kind}{unit}" if high is None else f"{kind}{unit}, at most {high}"
