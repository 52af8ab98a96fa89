"""The schemas of inputs and collections, and of the types that inputs and values share."""

from __future__ import annotations

from typing import Final

from hmic_rules.loading.inputs import COLLECTION_KEYS, INPUT_KEYS, ITEMS_KEYS
from hmic_rules.loading.types import TYPES
from hmic_rules.schemas.parts import (
    BASIS,
    CITATION,
    CITED_BASIS,
    LABEL,
    NEW_NAME,
    SAYS,
    TEXT,
    Schema,
    exactly_one,
    list_of,
    one_or_more,
    record,
    ref,
    said,
    table,
    whole,
)

__all__ = ["AT_MOST_ONE_TYPE", "INPUTS", "LABELS", "ONE_TYPE", "TYPE", "UNBOUNDED", "as_it_is"]


def _none_of(*keys: str) -> Schema:
    return {"not": {"anyOf": [{"required": [key]} for key in keys]}}


LABELS: Final[Schema] = list_of(LABEL, minItems=1, uniqueItems=True)
TYPE: Final[dict[str, Schema]] = {
    "type": said({"enum": list(TYPES)}, "What kind of fact it is."),
    "choice": said(LABELS, "The labels, one of which it is. They have no order."),
    "scale": said(TEXT, "The scale, under `scales`, whose labels it has."),
    "min": said({"type": ["number", "string"]}, "The least that it can be."),
    "max": said({"type": ["number", "string"]}, "The most that it can be."),
    "unit": said(TEXT, "What is counted, as in `hours`."),
}
ONE_TYPE: Final[Schema] = exactly_one("type", "choice", "scale")
AT_MOST_ONE_TYPE: Final[Schema] = {
    "not": {
        "anyOf": [
            {"required": ["type", "choice"]},
            {"required": ["type", "scale"]},
            {"required": ["choice", "scale"]},
        ]
    }
}
NUMERIC: Final = ["integer", "decimal", "share"]
UNBOUNDED: Final[Schema] = {
    "if": {"anyOf": [{"required": ["choice"]}, {"required": ["scale"]}]},
    "then": _none_of("min", "max", "unit"),
    "else": {
        "if": {"properties": {"type": {"not": {"enum": NUMERIC}}}, "required": ["type"]},
        "then": {
            **_none_of("unit"),
            "if": {"properties": {"type": {"enum": ["boolean", "text"]}}},
            "then": _none_of("min", "max"),
        },
    },
}
UPWARD: Final[Schema] = {"enum": ["upward"]}
ABSENT: Final[Schema] = record(
    ["means", "basis", "cite"],
    {"means": said(LABEL, "`unknown`, a value, or `not applicable`."), "basis": BASIS, "cite": CITATION},
    ["means"],
    {"if": {"properties": {"means": {"const": "unknown"}}}, "else": {"required": ["basis"], **CITED_BASIS}},
)
FIELD: Final[dict[str, Schema]] = {
    **TYPE,
    "worse": said(UPWARD, "More of it is worse. `prove` takes what is better and worse from here."),
    "better": said(UPWARD, "More of it is better."),
    "absent": said(ABSENT, "What it means where nobody gives it. Without this, it is unknown."),
    "may_be": said({"enum": ["not applicable"]}, "That it can be not applicable."),
    "says": SAYS,
    "cite": CITATION,
    "column": said(TEXT, "What a table calls it, where not by its name."),
    "also": said(table(one_or_more(LABEL)), "Other spellings of its labels, as tables from elsewhere have them."),
}
NOT_BOTH_WAYS: Final[Schema] = {"not": {"required": ["worse", "better"]}}
SIZE: Final[Schema] = record(
    ["at_least", "at_most"],
    {"at_least": said(whole(), "The fewest items."), "at_most": said(whole(), "The most items.")},
)
INPUTS: Final[dict[str, Schema]] = {
    "input": record(INPUT_KEYS, FIELD, [], ONE_TYPE, UNBOUNDED, NOT_BOTH_WAYS),
    "field": record(INPUT_KEYS, FIELD, [], ONE_TYPE, UNBOUNDED, NOT_BOTH_WAYS),
    "collection": record(
        COLLECTION_KEYS,
        {
            "collection": said(
                {**table(ref("field_or_collection"), NEW_NAME), "minProperties": 1}, "The fields of each item."
            ),
            "key": said(TEXT, "The field that tells one item from another."),
            "size": said(SIZE, "How many items there must be."),
            "says": SAYS,
            "cite": CITATION,
        },
        ["collection"],
    ),
    "fixed_collection": record(
        ITEMS_KEYS,
        {
            "items": said(LABELS, "The items, by their names; they are always the same."),
            "fields": said(
                {**table(ref("field_or_collection"), NEW_NAME), "minProperties": 1}, "The fields of each of them."
            ),
            "says": SAYS,
            "cite": CITATION,
        },
        ["items", "fields"],
    ),
}


def as_it_is(other: str) -> Schema:
    """A collection, a fixed collection or something else, told apart by a key, so that an editor speaks of the right one."""
    return {
        "type": "object",
        "if": {"required": ["items"]},
        "then": ref("fixed_collection"),
        "else": {"if": {"required": ["collection"]}, "then": ref("collection"), "else": ref(other)},
    }
