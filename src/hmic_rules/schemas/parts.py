"""What all schemas are built from: texts, names, numbers, citations, and records whose keys are those that the loader takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from hmic_rules.loading.fields import BASES, CITE, ID, NAME, RESERVED

__all__ = [
    "BASIS",
    "CITATION",
    "CITED_BASIS",
    "DATE",
    "DIALECT",
    "END",
    "LABEL",
    "NEW_ID",
    "NEW_NAME",
    "NUMBER",
    "SAYS",
    "TEXT",
    "TRUTH",
    "Schema",
    "document",
    "exactly_one",
    "list_of",
    "one_or_more",
    "record",
    "ref",
    "said",
    "table",
    "whole",
]

Schema: TypeAlias = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
END: Final = "$(?!\\n)"  # in some dialects `$` stands before a last line break too

LABEL: Final[Schema] = {"type": ["string", "number", "boolean"]}
TEXT: Final[Schema] = {"type": ["string", "number", "boolean"]}
TRUTH: Final[Schema] = {"enum": [True, False, "true", "false", "yes", "no"]}
DATE: Final[Schema] = {"type": "string", "pattern": f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{END}"}
NEW_NAME: Final[Schema] = {"pattern": f"^{NAME.pattern}{END}", "not": {"enum": sorted(RESERVED)}}
NEW_ID: Final[Schema] = {"type": ["string", "integer"], "pattern": f"^{ID.pattern}{END}"}
NUMBER: Final[Schema] = {
    "type": ["number", "string"],
    "pattern": rf"^-?((0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]+)?|(0|[1-9][0-9]*)(\.[0-9]+)? ?%|(0|[1-9][0-9]*)/[1-9][0-9]*){END}",
}
BASIS: Final[Schema] = {
    "enum": list(BASES),
    "description": "Where it comes from: `stated` (a source says so), `derived` (it follows from one) or `assumed` (ours).",
}
_ADDRESS: Final[Schema] = {"type": "string", "pattern": f"^{CITE.pattern}{END}"}
CITATION: Final[Schema] = {
    "anyOf": [_ADDRESS, {"type": "array", "items": _ADDRESS}],
    "description": "The address of the passage that says so, `section/kind/ordinal`, or a list of addresses; `document:` goes before it where there are several documents.",
}
SAYS: Final[Schema] = {**TEXT, "description": "What it means, in words, for whoever reads an explanation."}
CITED_BASIS: Final[Schema] = {
    "if": {"properties": {"basis": {"enum": ["stated", "derived"]}}, "required": ["basis"]},
    "then": {"required": ["cite"]},
}


def said(schema: Mapping[str, Any], description: str) -> Schema:
    """The schema with what an editor shows where the key is pointed at."""
    return {**schema, "description": description}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def record(
    keys: Iterable[str], entries: Mapping[str, Schema], required: Iterable[str] = (), *conditions: Schema
) -> Schema:
    """A mapping with these keys and no others.

    Args:
        keys: the keys that the loader takes.
        entries: the schema of each of them.
        required: the keys that must be there.
        conditions: what must hold besides.

    Raises:
        ValueError: ``entries`` describe other keys than the loader takes.

    """
    if set(keys) != set(entries):
        raise ValueError(f"the loader and the schema differ: {sorted(set(keys) ^ set(entries))}")
    found: Schema = {"type": "object", "additionalProperties": False, "properties": dict(entries)}
    if required := list(required):
        found["required"] = required
    if conditions:
        found["allOf"] = list(conditions)
    return found


def table(entry: Schema, names: Schema | None = None) -> Schema:
    """A mapping from names of one's own to entries of one kind."""
    found: Schema = {"type": "object", "additionalProperties": entry}
    return found if names is None else {**found, "propertyNames": names}


def list_of(entry: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": entry, **more}


def one_or_more(entry: Schema) -> Schema:
    """One entry alone, or a list of them."""
    return {"anyOf": [entry, list_of(entry)]}


def whole(least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least}


def exactly_one(*keys: str) -> Schema:
    return {"oneOf": [{"required": [key]} for key in keys]}


def document(title: str, description: str, root: Schema, definitions: Mapping[str, Schema] | None = None) -> Schema:
    """A whole schema, ready to be written to a file."""
    found: Schema = {"$schema": DIALECT, "title": title, "description": description, **root}
    return {**found, "$defs": dict(definitions)} if definitions else found
