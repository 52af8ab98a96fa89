"""The schemas of values: how their rules combine, their limits, groups, patterns, and who may depart."""

from __future__ import annotations

from typing import Final

from hmic_rules.loading.bodies import POINT_KEYS, POLICIES, RULE_KEYS
from hmic_rules.loading.departing import KEYS as DEPART_KEYS
from hmic_rules.loading.groups import GROUP_KEYS
from hmic_rules.loading.headers import BODIES, VALUE_KEYS
from hmic_rules.loading.limits import LIMIT_KEYS
from hmic_rules.schemas.conditions import VALUE_NAMED
from hmic_rules.schemas.inputs import AT_MOST_ONE_TYPE, ONE_TYPE, TYPE, UNBOUNDED
from hmic_rules.schemas.parts import (
    BASIS,
    CITATION,
    CITED_BASIS,
    LABEL,
    NEW_ID,
    NUMBER,
    SAYS,
    TEXT,
    TRUTH,
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

__all__ = ["VALUES"]

TRUE: Final[Schema] = {"enum": [True, "true", "yes"]}
ENDS: Final[Schema] = {"enum": ["lowest", "highest"]}
RULE: Final[dict[str, Schema]] = {
    "id": said(NEW_ID, "The rule's own name: small letters, digits and hyphens. Explanations call it so."),
    "then": said(LABEL, "The result where the rule holds."),
    "when": said(ref("condition"), "When the rule holds."),
    "basis": BASIS,
    "cite": CITATION,
    "says": SAYS,
}
LIMIT: Final[dict[str, Schema]] = {
    "id": said(NEW_ID, "The limit's own name."),
    "at_most": said({"anyOf": [LABEL, VALUE_NAMED]}, "A cap: the result is no higher than this."),
    "at_least": said({"anyOf": [LABEL, VALUE_NAMED]}, "A floor: the result is no lower than this."),
    "when": said(ref("condition"), "When it is in force; always, where this is left out."),
    "basis": BASIS,
    "cite": CITATION,
    "says": SAYS,
}
OTHERWISE: Final[Schema] = {
    "anyOf": [
        LABEL,
        record(
            ["then", "basis", "cite", "says"],
            {"then": RULE["then"], "basis": BASIS, "cite": CITATION, "says": SAYS},
            ["then", "basis"],
            CITED_BASIS,
        ),
    ]
}
VALUE: Final[dict[str, Schema]] = {
    **TYPE,
    "each": said(
        TEXT, "The collection or group on whose items it stands, one for each; on the case, where this is left out."
    ),
    "applies": said(ref("condition"), "When it applies at all; otherwise it is not applicable."),
    "outcome": said(TRUTH, "That people ask for it: decisions show it."),
    "safe_side": said(ENDS, "Which end of its scale is the cautious one."),
    "better": said(list_of(LABEL), "Its labels from the worst to the best; those left out have no place among them."),
    "says": SAYS,
    "basis": BASIS,
    "cite": CITATION,
    "choose": said(
        {"enum": list(POLICIES)},
        "How one result is chosen: of the `first` rule that holds, of the only one (`unique`), or the `highest` or `lowest` result.",
    ),
    "points": said(list_of(ref("point"), minItems=1), "Rules that add up: each that holds gives what it is worth."),
    "is": said(ref("condition"), "The condition whose truth it is."),
    "calc": said(ref("expression"), "How its number is calculated."),
    "judged": said(TRUE, "That a person gives it; the rules only limit it."),
    "rules": said(list_of(ref("rule"), minItems=1), "The rules, of which `choose` takes a result."),
    "otherwise": said(OTHERWISE, "The result where no rule holds. Without it, no rule covers such a case."),
    "limits": said(list_of(ref("limit")), "Caps and floors on the result, in no order."),
    "if_limits_cross": said(ENDS, "Which limit wins where a floor lies above a cap."),
    "may_depart": said(ref("departure"), "Who may judge otherwise than the rules compute. Without it, nobody may."),
}
NO_USE: Final[Schema] = {
    "if": {"not": {"required": ["use"]}},
    "then": {
        **exactly_one(*BODIES),
        "dependentRequired": {"choose": ["rules"], "rules": ["choose"], "otherwise": ["choose"]},
        "if": {"anyOf": [{"required": [key]} for key in ("is", "calc", "points")]},
        "else": ONE_TYPE,
    },
}
EXPECTED: Final[Schema] = {
    "anyOf": [
        TEXT,
        record(
            ["from", "to"],
            {"from": said(TEXT, "The first month, or its name."), "to": said(TEXT, "The last month, or its name.")},
            ["from", "to"],
        ),
    ]
}
VALUES: Final[dict[str, Schema]] = {
    "rule": record(RULE_KEYS, RULE, ["id", "then", "when", "basis"], CITED_BASIS),
    "point": record(
        POINT_KEYS,
        {
            **{key: RULE[key] for key in RULE if key != "then"},
            "worth": said(NUMBER, "How many points it gives where it holds; none where it does not."),
        },
        ["id", "worth", "when", "basis"],
        CITED_BASIS,
    ),
    "limit": record(LIMIT_KEYS, LIMIT, ["id", "basis"], CITED_BASIS, exactly_one("at_most", "at_least")),
    "departure": record(
        DEPART_KEYS,
        {
            "by": said({"anyOf": [TEXT, list_of(TEXT, minItems=1)]}, "The roles that may, such as `inspector`."),
            "steps": said(whole(1), "How many places of its order a judgement may lie from what is computed."),
            "when": said(ref("condition"), "When they may; always, where this is left out."),
            "basis": BASIS,
            "cite": CITATION,
            "says": SAYS,
        },
        ["by", "basis"],
        CITED_BASIS,
    ),
    "value": record(
        [*VALUE_KEYS, "use", "with"],
        {
            **VALUE,
            "use": said(TEXT, "A pattern, under `patterns`, that gives its body."),
            "with": said({"type": "object"}, "What stands for each name that the pattern takes."),
        },
        [],
        AT_MOST_ONE_TYPE,
        UNBOUNDED,
        NO_USE,
        {"dependentRequired": {"with": ["use"]}},
    ),
    "group": record(
        GROUP_KEYS,
        {
            "group": said(TEXT, "The collection whose rows are put into groups."),
            "by": said(one_or_more(TEXT), "The fields in which the rows of a group are alike."),
            "expected": said(table(EXPECTED), "Which groups must be there: for each field, a collection, or months."),
            "missing": said(
                {"enum": ["unknown", "empty"]}, "What a group without rows is: its rows `unknown`, or none (`empty`)."
            ),
            "says": SAYS,
            "basis": BASIS,
            "cite": CITATION,
        },
        ["group", "by"],
    ),
    "pattern": {
        "type": "object",
        "properties": {
            "takes": said(one_or_more(TEXT), "The names that are filled in, written `$name` in the body."),
            **{key: said({}, schema.get("description", "Where it comes from.")) for key, schema in VALUE.items()},
        },
        "additionalProperties": False,
    },
}
