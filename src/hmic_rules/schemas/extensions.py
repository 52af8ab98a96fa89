"""The schema of a rule set that extends another: what it adds, replaces and takes out, each by name."""

from __future__ import annotations

from typing import Any, Final

from hmic_rules.loading.alterations import ADDED, PIN_KEYS, REMOVED, REPLACED, SHORTEST
from hmic_rules.loading.rulesets import EXTENDING
from hmic_rules.schemas.parts import END, NEW_ID, TEXT, Schema, exactly_one, list_of, record, ref, said, table

__all__ = ["extension", "extension_definitions"]

REQUIRED: Final = ("ruleset", "edition", "title", "extends")
IN_ORDER: Final = said(
    TEXT, "The rule before which it is tried, or `otherwise`; where the first rule that holds counts."
)
NAMES_OR_REASONS: Final[Schema] = {"anyOf": [list_of(TEXT), table(TEXT)]}
PIN: Final[Schema] = record(
    PIN_KEYS,
    {
        "ruleset": said(TEXT, "The rule set that is extended: its name, or a path from here."),
        "edition": said(TEXT, "The edition that is extended; another one is an error, so that a change is noticed."),
        "fingerprint": said(
            {"type": ["string", "integer"], "pattern": f"^[0-9a-f]{{{SHORTEST},64}}{END}"},
            "The start of its fingerprint, which `hmic-rules list RULESET` shows; another one is an error.",
        ),
    },
    ["ruleset", "edition"],
)


def _without(schema: Schema, key: str) -> dict[str, Schema]:
    return {name: one for name, one in schema["properties"].items() if name != key}


def _with_parts(entry: Schema, part: Schema) -> Schema:
    """Whole entries by their name, and parts of them by a name with a slash."""
    return {"type": "object", "patternProperties": {"/": part, f"^[^/]*{END}": entry}}


def _ruled(rule: Schema, point: Schema, *, adds: bool) -> Schema:
    keys = {**_without(rule, "id"), **_without(point, "id"), **({"before": IN_ORDER} if adds else {})}
    return record(keys, keys, ["when", "basis"], *rule["allOf"], exactly_one("then", "worth"))


def _limited(limit: Schema) -> Schema:
    keys = _without(limit, "id")
    return record(keys, keys, ["basis"], *limit["allOf"])


def extension_definitions(values: dict[str, Schema]) -> dict[str, Schema]:
    """What only an extending rule set has: rules and limits whose id is their address."""
    return {
        "added_rule": _ruled(values["rule"], values["point"], adds=True),
        "altered_rule": _ruled(values["rule"], values["point"], adds=False),
        "altered_limit": _limited(values["limit"]),
    }


def extension(root: dict[str, Schema]) -> dict[str, Any]:
    """The file of an extending rule set, from the sections of an ordinary one."""
    add = _sections(root, ADDED, "added", ref("added_rule"))
    replace = _sections(root, REPLACED, "replaced", ref("altered_rule"))
    remove = {
        key: said(NAMES_OR_REASONS, f"The {key} that are taken out: a list, or each with the reason.")
        for key in REMOVED
    }
    entries = {
        "extends": said(PIN, "The rule set that this one extends, in which edition."),
        "add": said(record(ADDED, add), "What is added, by name, in the sections where it would stand."),
        "replace": said(record(REPLACED, replace), "What is otherwise than in the rule set that is extended."),
        "remove": said(record(REMOVED, remove), "What is taken out."),
    }
    header = {key: root[key] for key in EXTENDING if key not in entries}
    return record(EXTENDING, {**header, **entries}, REQUIRED)


def _sections(root: dict[str, Schema], kinds: tuple[str, ...], done: str, rule: Schema) -> dict[str, Schema]:
    special: dict[str, Schema] = {
        "inputs": said(
            _with_parts(root["inputs"]["additionalProperties"], ref("field_or_collection")),
            f"Inputs that are {done}; a field as COLLECTION/FIELD.",
        ),
        "values": said(
            _with_parts(root["values"]["additionalProperties"], {}),
            f"Values that are {done}; one key of a value as VALUE/KEY.",
        ),
        "rules": said(table(rule), f"Rules and points that are {done}, as VALUE/ID."),
        "limits": said(table(ref("altered_limit")), f"Limits that are {done}, as VALUE/ID."),
        "items": said(table({"type": "object"}), f"Items of frameworks that are {done}, as FRAMEWORK/KEY."),
        "expect": said(table({"type": "object"}), "What inherited cases must now come to, by their titles."),
        "frameworks": said(list_of(NEW_ID), f"Frameworks that are {done}: each a file `frameworks/NAME.yaml`.")
        if done == "replaced"
        else {**root["frameworks"], "required": ["files"]},
    }
    return {kind: special[kind] if kind in special else root[kind] for kind in kinds}
