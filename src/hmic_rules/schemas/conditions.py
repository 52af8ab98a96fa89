"""The schemas of conditions, tests, queries and calculations."""

from __future__ import annotations

from typing import Final

from hmic_rules.loading.calculations import CALCULATIONS
from hmic_rules.loading.comparisons import CHECKS
from hmic_rules.loading.conditions import IF_NONE, QUERY
from hmic_rules.loading.fields import NAME, RESERVED
from hmic_rules.schemas.parts import END, LABEL, NUMBER, TEXT, Schema, exactly_one, list_of, record, ref, said, table

__all__ = ["CONDITIONS", "VALUE_NAMED"]

OPERATORS: Final = ("all", "any", "not", "every", "some", "none", "count", "share")
VALUE_NAMED: Final[Schema] = record(
    ["value"], {"value": said(TEXT, "The name of an input, a parameter or a value to compare with.")}, ["value"]
)
TERM_NAMED: Final[Schema] = record(["term"], {"term": said(TEXT, "A term, by its words.")}, ["term"])
OPERAND: Final[Schema] = {"anyOf": [LABEL, VALUE_NAMED, TERM_NAMED]}
MEMBERS: Final[Schema] = {"anyOf": [LABEL, list_of(LABEL, minItems=1), VALUE_NAMED]}
IS: Final[Schema] = {"anyOf": [LABEL, list_of(LABEL, minItems=1), VALUE_NAMED, TERM_NAMED, ref("comparison")]}
CHECK: Final[dict[str, Schema]] = {
    "at_least": said(
        OPERAND, "It must be this or more: a number, a date, a label of a scale, a term, or `{value: NAME}`."
    ),
    "at_most": said(OPERAND, "It must be this or less."),
    "above": said(OPERAND, "It must be more than this."),
    "below": said(OPERAND, "It must be less than this."),
    "is": said(IS, "It must be this: a label, a number, a term, or one of a list of labels."),
    "not": said(MEMBERS, "It must be none of these."),
    "in": said(MEMBERS, "It must be one of these: a list, or `{value: NAME}` of a parameter that is a list."),
}
OF: Final = said(TEXT, "The collection or group whose items are asked.")
AMONG: Final = said(ref("condition"), "Which items are meant; all, where it is left out.")
WHERE: Final = said(ref("condition"), "What is asked of each of them.")
ASKED: Final[dict[str, Schema]] = {"of": OF, "among": AMONG, "where": WHERE}


def _query(extra: dict[str, Schema], required: list[str], *conditions: Schema) -> Schema:
    return record([*QUERY, *extra], {**ASKED, **extra}, required, *conditions)


ANY_CHECK: Final[Schema] = {"anyOf": [{"required": [key]} for key in CHECKS]}
WITH_FIELD: Final = said(TEXT, "The field of each item that is taken.")
AGGREGATE: Final[Schema] = {
    "anyOf": [list_of(ref("expression"), minItems=1), _query({"field": WITH_FIELD}, ["of", "field"])]
}
BETWEEN: Final[Schema] = record(
    ["from", "to"],
    {"from": said(TEXT, "The first date or month, or its name."), "to": said(TEXT, "The last one.")},
    ["from", "to"],
)
CALCULATION: Final[dict[str, Schema]] = {
    "count": said(_query({}, ["of"]), "How many items there are."),
    "share": said(_query({}, ["of", "where"]), "Which part of the items is as `where` asks, between 0 and 1."),
    "add": said(AGGREGATE, "The sum of a list, or of a field over items."),
    "max": said(AGGREGATE, "The greatest of a list, or of a field over items."),
    "min": said(AGGREGATE, "The least of a list, or of a field over items."),
    "ratio": said(
        record(
            ["part", "whole"],
            {"part": said(ref("expression"), "What is divided."), "whole": said(ref("expression"), "By what.")},
            ["part", "whole"],
        ),
        "One number divided by another.",
    ),
    "bands": said(
        record(
            ["of", "below", "from"],
            {
                "of": said(ref("expression"), "The number whose band is looked up."),
                "below": said(NUMBER, "What it gives below the first bound."),
                "from": said(table(NUMBER, NUMBER), "From each bound on, what it gives; bounds upward."),
            },
            ["of", "below", "from"],
        ),
        "A number read off a table of bands.",
    ),
    "points": said(
        _query(
            {
                "worth": said(NUMBER, "What each of them is worth."),
                "different": said(TEXT, "A field; items that are alike in it count once."),
            },
            ["of", "worth"],
        ),
        "So many points for each item.",
    ),
    "weeks": said(BETWEEN, "Whole weeks from one date to another."),
    "months": said(BETWEEN, "Whole months from one date or month to another."),
    "longest_run": said(
        _query({"along": said(TEXT, "The field by which one follows the other.")}, ["of", "along"]),
        "The longest run of items without a break.",
    ),
}
NAMES: Final = rf"^(case\.)?{NAME.pattern}{END}"
CONDITION_KEYS: Final[dict[str, Schema]] = {
    "all": said(list_of(ref("condition")), "Every one of these holds."),
    "any": said(list_of(ref("condition")), "At least one of these holds."),
    "not": said(ref("condition"), "This does not hold."),
    "every": said(_query({}, ["of", "where"]), "Every item is as `where` asks; so it is over no items."),
    "some": said(_query({}, ["of", "where"]), "At least one item is as `where` asks."),
    "none": said(_query({}, ["of", "where"]), "No item is as `where` asks."),
    "count": said(_query(CHECK, ["of"], ANY_CHECK), "How many items there are, compared with a number."),
    "share": said(
        _query(
            {
                **CHECK,
                "if_none": said({"enum": list(IF_NONE)}, "What follows where no item is meant; otherwise `unknown`."),
            },
            ["of", "where"],
            ANY_CHECK,
        ),
        "Which part of the items is as `where` asks, compared with a share or a term.",
    ),
}
CONDITIONS: Final[dict[str, Schema]] = {
    "condition": {
        "type": "object",
        "minProperties": 1,
        "properties": CONDITION_KEYS,
        "propertyNames": {"pattern": NAMES, "not": {"enum": sorted(RESERVED - set(OPERATORS))}},
        "additionalProperties": ref("test"),
        "description": "What must hold, all of it: the name of a fact and what it must be, or an operator such as `any` or `every`.",
    },
    "test": {
        "anyOf": [LABEL, list_of(LABEL, minItems=1), ref("comparison")],
        "description": "What it must be: a label, one of a list of labels, a term, or bounds such as `{at_least: 3}`.",
    },
    "comparison": {**record(CHECKS, CHECK), "minProperties": 1},
    "expression": {
        "anyOf": [TEXT, {**record(CALCULATIONS, CALCULATION), **exactly_one(*CALCULATIONS)}],
        "description": "A number: written, by its name, or calculated by one operator.",
    },
}
