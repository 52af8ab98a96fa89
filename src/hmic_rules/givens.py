"""Facts as they are given, in Python data or in trees of a file: asked alike."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isnan
from typing import Any, Final, cast

from hmic_rules.arguments import mapping_given, name_given
from hmic_rules.errors import text_of
from hmic_rules.loading import trees
from hmic_rules.rulesets import Collection

__all__ = [
    "entries_of",
    "fields_of",
    "is_nan",
    "is_null",
    "shape_wanted",
    "taken_apart",
    "with_key",
    "without_name",
    "written_as",
]

SETTINGS: Final = "parameters to settings"


def is_null(raw: Any) -> bool:
    """Whether nothing is given: ``None``, or a null of a file."""
    return raw is None or (raw.__class__ is trees.Scalar and raw.null)


def entries_of(given: Any) -> Mapping[Any, Any]:
    """The fields of an item, as they were given."""
    return given.entries if isinstance(given, trees.Mapping) else given if isinstance(given, Mapping) else {}


def is_nan(raw: Any) -> bool:
    """Whether it is a number that is none, which some tables have for an empty cell."""
    return raw.is_nan() if isinstance(raw, Decimal) else isinstance(raw, float) and isnan(raw)


def written_as(raw: Any) -> str:
    """What is given, as a message quotes it."""
    if isinstance(raw, trees.Scalar):
        return raw.text
    return (
        "a list" if isinstance(raw, trees.Sequence) else "a mapping" if isinstance(raw, trees.Mapping) else text_of(raw)
    )


def with_key(given: Any, key: str, name: str) -> Any:
    """The fields of an item with its key among them."""
    if isinstance(given, trees.Mapping):
        if key in given.entries:
            return given
        scalar = trees.Scalar(name, False, given.span)
        return trees.Mapping({key: scalar, **given.entries}, {key: scalar, **given.keys}, given.span)
    return {key: name, **given} if isinstance(given, Mapping) else given


def shape_wanted(collection: Collection) -> str:
    """How the items of a fixed collection are written."""
    names, fields = cast("tuple[str, ...]", collection.items), [*collection.fields, *collection.inner]
    shape = ", ".join(f"{field}: …" for field in fields[:2]) + (", …" if len(fields) > 2 else "")
    more = ", …" if len(names) > 1 else ""
    return f"write {{{names[0]}: {{{shape}}}{more}}}, or a list: [{{name: {names[0]}, {shape}}}{more}]"


def without_name(given: Any) -> Any:
    """The fields of an item of a list, without the name under which it stands."""
    entries = {field: child for field, child in entries_of(given).items() if field != "name"}
    return trees.Mapping(entries, given.keys, given.span) if isinstance(given, trees.Mapping) else entries


def fields_of(given: Any, single: str | None) -> Any:
    """The fields of a named item; with one field, its value may stand alone."""
    if given is None:
        return {}
    if isinstance(given, trees.Scalar) and single is not None:
        return trees.Mapping({single: given}, {single: trees.Scalar(single, True, given.span)}, given.span)
    if single is not None and not isinstance(given, Mapping | trees.Mapping):
        return {single: given}
    return given


def taken_apart(
    case: Any, framework: str | None, profile: str | None, parameters: Mapping[str, Any] | None
) -> tuple[Any, str | None, str | None, Mapping[str, Any] | None]:
    """The facts of a whole case, and what it sets beside them; what the caller sets takes precedence.

    Raises:
        InputError: the case's ``parameters`` are no mapping.

    """
    framework, profile = _name(framework, "framework"), _name(profile, "profile")
    parameters = None if parameters is None else mapping_given(parameters, "parameters", SETTINGS)
    case = mapping_given(case, "$", "names to facts") if isinstance(case, Mapping) else case
    if not (isinstance(case, Mapping) and "facts" in case):
        return case, framework, profile, parameters
    own = case.get("parameters")
    settings = {} if own is None else mapping_given(own, "$.parameters", SETTINGS)
    return (
        case["facts"],
        framework or _name(case.get("framework"), "$.framework"),
        profile or _name(case.get("profile"), "$.profile"),
        {**settings, **(parameters or {})},
    )


def _name(given: object, place: str) -> str | None:
    return None if given is None else name_given(given, place)
