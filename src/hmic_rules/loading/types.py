"""The types of inputs, parameters and values, from trees."""

from __future__ import annotations

import re
from collections.abc import Mapping as Names
from typing import Final

from attrs import evolve

from hmic_rules.datatypes import BOOLEAN, TEXT, DateType, LabelType, ListType, MonthType, NumberType, ScalarType
from hmic_rules.errors import did_you_mean, nearest, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.unread import UNREAD

__all__ = ["TYPES", "TYPE_KEYS", "read_labels", "read_parameter_type", "read_type"]

TYPES: Final = ("boolean", "integer", "decimal", "share", "date", "month", "text")
ORDERED: Final = ("decimal", "date", "month")
KINDS: Final = ("type", "choice", "scale")
BOUNDS: Final = ("min", "max", "unit")
TYPE_KEYS: Final = (*KINDS, *BOUNDS)


def read_labels(reader: Reader, tree: Tree, what: str) -> tuple[str, ...]:
    """The labels of a choice or a scale: at least one, each once."""
    labels: list[str] = []
    for item in _separated(reader, reader.sequence(tree, what)):
        text = reader.text(item, "a label")
        if text is None:
            continue
        if text in labels:
            reader.error(item.span, f"the label {quoted(text)} stands twice", "keep one of the two", "duplicate-key")
            continue
        labels.append(text)
    if not labels and isinstance(tree, Sequence) and not tree.items:
        reader.error(tree.span, f"{what} has no labels", "name at least one", "empty")
    return tuple(labels)


def _separated(reader: Reader, items: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """The labels, apart where semicolons stand between them."""
    only = items[0] if len(items) == 1 else None
    if not (isinstance(only, Scalar) and only.plain and ";" in only.text):
        return items
    texts = [text for text in re.split(r"\s*;\s*", only.text) if text]
    problem = f"semicolons do not separate labels, so {quoted(only.text)} would be one"
    reader.error(only.span, problem, f"separate them by commas: [{', '.join(texts)}]", "value")
    return tuple(Scalar(text, plain=True, span=only.span) for text in texts)


def read_type(
    reader: Reader, mapping: Mapping, scales: Names[str, tuple[str, ...]], what: str, default: ScalarType | None = None
) -> ScalarType:
    """The type that ``type``, ``choice`` or ``scale`` declares; exactly one of them, or the default. What cannot be read is unread."""
    entries = mapping.entries
    given = [key for key in KINDS if key in entries]
    if len(given) > 1:
        reader.error(
            mapping.keys[given[1]].span, f"{what} has both `{given[0]}` and `{given[1]}`", "keep one of them", "type"
        )
        for kept in given:  # for what is wrong in each
            read_type(reader, mapping.without({*KINDS, *BOUNDS} - {kept}), scales, what)
        return UNREAD
    if not given:
        if default is None:
            help = (
                "add `type: boolean` (or integer, decimal, share, date, month, text), `choice: [ … ]` or `scale: NAME`"
            )
            reader.error(mapping.span, f"{what} has no type", help, "missing-key")
        elif any(key in entries for key in BOUNDS):
            return _bounded(reader, mapping, "boolean" if default == BOOLEAN else "decimal")
        return default or UNREAD
    for key in BOUNDS:
        if key in entries and given[0] != "type":
            reader.error(mapping.keys[key].span, f"a {given[0]} of labels has no `{key}`", "take it out", "type")
    if given[0] == "choice":
        labels = read_labels(reader, entries["choice"], "`choice`")
        return LabelType(labels) if labels else UNREAD
    if given[0] == "scale":
        return _scale(reader, entries["scale"], scales)
    return _plain(reader, mapping, entries["type"])


def _scale(reader: Reader, tree: Tree, scales: Names[str, tuple[str, ...]]) -> ScalarType:
    """The scale of this name; of one that is not known, the nearest."""
    name = reader.text(tree, "`scale`")
    if name is None:
        return UNREAD
    if name not in scales:
        help = did_you_mean(name, scales) or "define it under `scales`"
        reader.error(tree.span, f"no scale is called {quoted(name)}", help, "unknown-name")
        name = nearest(name, scales) or ""
    labels = scales.get(name)
    return LabelType(labels, name) if labels else UNREAD


def _plain(reader: Reader, mapping: Mapping, written: Tree) -> ScalarType:
    """The type of this word; of one that is not known, the nearest."""
    kind = reader.one_of(written, "a type", TYPES)
    if kind is None and isinstance(written, Scalar):
        kind = nearest(written.text, TYPES)
    if kind is not None:
        return _bounded(reader, mapping, kind)
    for tried in ORDERED:
        alone = Reader([], reader.refused)
        _bounded(alone, mapping, tried)
        if {found.code for found in alone.problems} == {"order"}:  # the wrong way round, whatever the type
            reader.problems.extend(alone.problems)
            break
    return UNREAD


def _bounded(reader: Reader, mapping: Mapping, kind: str) -> ScalarType:
    plain: dict[str, ScalarType] = {"boolean": BOOLEAN, "text": TEXT, "date": DateType(), "month": MonthType()}
    type = plain.get(kind) or NumberType(kind, 0 if kind == "share" else None, 1 if kind == "share" else None)
    bounds = {key: mapping.entries[key] for key in ("min", "max") if key in mapping.entries}
    if bounds and kind in ("boolean", "text"):
        reader.error(next(iter(bounds.values())).span, f"a {kind} has no `{next(iter(bounds))}`", "take it out", "type")
        return type
    if "unit" in mapping.entries and not isinstance(type, NumberType):
        reader.error(mapping.keys["unit"].span, f"a {kind} has no `unit`", "take it out", "type")
    low = reader.value(bounds.get("min"), type, "`min`") if "min" in bounds else getattr(type, "low", None)
    high = reader.value(bounds.get("max"), type, "`max`") if "max" in bounds else getattr(type, "high", None)
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        reader.error(
            bounds["max" if "max" in bounds else "min"].span,
            f"`max` {quoted(high)} lies below `min` {quoted(low)}",
            "exchange the two, or correct one",
            "order",
        )
        return type
    if isinstance(type, NumberType):
        unit = reader.text(mapping.entries.get("unit"), "`unit`")
        return NumberType(kind, low, high, unit)  # type: ignore[arg-type]
    return evolve(type, low=low, high=high) if isinstance(type, DateType | MonthType) else type  # type: ignore[arg-type]


def read_parameter_type(
    reader: Reader, mapping: Mapping, scales: Names[str, tuple[str, ...]], what: str
) -> ScalarType | ListType:
    """A parameter's type: that of an input, or a list of one (``list_of``)."""
    if "list_of" not in mapping.entries:
        return read_type(reader, mapping, scales, what)
    inner = mapping.entries["list_of"]
    if isinstance(inner, Scalar):
        return ListType(_plain(reader, Mapping({}, {}, inner.span), inner))
    nested = reader.mapping(inner, "`list_of`", TYPE_KEYS)
    return ListType(UNREAD if nested is None else read_type(reader, nested, scales, "`list_of`"))
