"""Inputs, collections and the types of values, from trees."""

from __future__ import annotations

import re
from collections.abc import Mapping as Names
from typing import Final, cast

from attrs import evolve

from hmic_rules.conditions import CASE, Symbol, SymbolKind
from hmic_rules.datatypes import BOOLEAN, TEXT, DateType, LabelType, ListType, MonthType, NumberType, ScalarType
from hmic_rules.errors import did_you_mean, nearest, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree, one_or_many
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.rulesets import Collection, Input

__all__ = [
    "COLLECTION_KEYS",
    "INPUT_KEYS",
    "ITEMS_KEYS",
    "TYPES",
    "TYPE_KEYS",
    "read_inputs",
    "read_labels",
    "read_parameter_type",
    "read_type",
]

TYPES: Final = ("boolean", "integer", "decimal", "share", "date", "month", "text")
TYPE_KEYS: Final = ("type", "choice", "scale", "min", "max", "unit")
INPUT_KEYS: Final = (*TYPE_KEYS, "worse", "better", "absent", "may_be", "says", "cite", "column", "also")
COLLECTION_KEYS: Final = ("collection", "key", "size", "says", "cite")
BOUNDS: Final = ("min", "max", "unit")
MANY: Final = 8
ITEMS_KEYS: Final = ("items", "fields", "says", "cite")


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
) -> ScalarType | None:
    """The type that ``type``, ``choice`` or ``scale`` declares; exactly one of them, or the default."""
    entries = mapping.entries
    given = [key for key in ("type", "choice", "scale") if key in entries]
    if len(given) > 1:
        reader.error(
            mapping.keys[given[1]].span, f"{what} has both `{given[0]}` and `{given[1]}`", "keep one of them", "type"
        )
        return None
    if not given:
        if default is None:
            help = (
                "add `type: boolean` (or integer, decimal, share, date, month, text), `choice: [ … ]` or `scale: NAME`"
            )
            reader.error(mapping.span, f"{what} has no type", help, "missing-key")
        elif any(key in entries for key in BOUNDS):
            return _bounded(reader, mapping, "boolean" if default == BOOLEAN else "decimal")
        return default
    for key in BOUNDS:
        if key in entries and given[0] != "type":
            reader.error(mapping.keys[key].span, f"a {given[0]} of labels has no `{key}`", "take it out", "type")
    if given[0] == "choice":
        labels = read_labels(reader, entries["choice"], "`choice`")
        return LabelType(labels) if labels else None
    if given[0] == "scale":
        name = reader.text(entries["scale"], "`scale`")
        if name is None:
            return None
        if name not in scales:
            help = did_you_mean(name, scales) or "define it under `scales`"
            reader.error(entries["scale"].span, f"no scale is called {quoted(name)}", help, "unknown-name")
            name = nearest(name, scales) or ""
        if name not in scales:
            return None
        return LabelType(scales[name], name) if scales[name] else None
    written = entries["type"]
    kind = reader.one_of(written, "a type", TYPES)
    if kind is None and isinstance(written, Scalar):
        kind = nearest(written.text, TYPES)  # it was reported, and is read on as what is meant
    if kind is None:
        return None
    return _bounded(reader, mapping, kind)


def _bounded(reader: Reader, mapping: Mapping, kind: str) -> ScalarType | None:
    plain: dict[str, ScalarType] = {"boolean": BOOLEAN, "text": TEXT, "date": DateType(), "month": MonthType()}
    type = plain.get(kind) or NumberType(kind, 0 if kind == "share" else None, 1 if kind == "share" else None)
    bounds = {key: mapping.entries[key] for key in ("min", "max") if key in mapping.entries}
    if bounds and kind in ("boolean", "text"):
        reader.error(next(iter(bounds.values())).span, f"a {kind} has no `{next(iter(bounds))}`", None, "type")
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


def read_inputs(reader: Reader, tree: Tree | None, vocabulary: Vocabulary) -> dict[str, Input]:
    """The inputs of the case; its collections, inner ones included, into the vocabulary."""
    inputs: dict[str, Input] = {}
    mapping = reader.mapping(tree, "`inputs`")
    if mapping is None:
        return inputs
    for key, child in mapping.entries.items():
        scalar = mapping.keys[key]
        name = reader.name(scalar, "an input")
        if name is None:
            vocabulary.failed.add(key)
        elif _is_collection(child):
            _read_collection(reader, scalar, cast("Mapping", child), CASE, vocabulary)
        else:
            found = _read_input(reader, scalar, child, CASE, vocabulary)
            if found is not None:
                inputs[name] = found
    _own_columns(reader, mapping, inputs)
    return inputs


def _is_collection(tree: Tree) -> bool:
    return isinstance(tree, Mapping) and ("collection" in tree.entries or "items" in tree.entries)


def _read_input(
    reader: Reader,
    key: Scalar,
    tree: Tree,
    scope: str,
    vocabulary: Vocabulary,
) -> Input | None:
    name = key.text
    if not isinstance(tree, Mapping) and tree.span not in reader.refused:
        problem = f"the input {quoted(name)} must be a mapping that says its type"
        reader.error(tree.span, problem, f"write {_type_meant(tree)}", "shape")
        if not (isinstance(tree, Scalar) and nearest(tree.text, TYPES)):
            vocabulary.failed.add(name)
            return None
        kind = Scalar(nearest(tree.text, TYPES) or "", plain=True, span=tree.span)
        tree = Mapping({"type": kind}, {"type": kind}, tree.span)
    mapping = reader.mapping(tree, f"the input {quoted(name)}", INPUT_KEYS)
    type = None if mapping is None else read_type(reader, mapping, vocabulary.scales, f"the input {quoted(name)}")
    if mapping is None or type is None:
        vocabulary.failed.add(name)
        return None
    type = _with_spellings(reader, mapping, type)
    entries = mapping.entries
    may_be = (
        reader.one_of(entries["may_be"], "`not applicable`", ("not applicable",)) is not None
        if "may_be" in entries
        else False
    )
    better: str | None = None
    for word, opposite in (("better", "upward"), ("worse", "downward")):
        if word in entries:
            if better is not None:
                reader.error(
                    mapping.keys[word].span,
                    "an input is better or worse upward, not both",
                    "keep one of the two",
                    "duplicate-key",
                )
            if reader.one_of(entries[word], "`upward`", ("upward",)):
                better = opposite
            if isinstance(type, LabelType) and type.scale is None:
                reader.error(
                    mapping.keys[word].span,
                    f"the labels of {quoted(name)} have no order",
                    "declare them as a scale",
                    "type",
                )
    means, closed_basis, cite = None, None, reader.cite(entries.get("cite"))
    if "absent" in entries:
        absent = reader.mapping(entries["absent"], "`absent`", ("means", "basis", "cite"), ("means",))
        if absent is not None and "means" in absent.entries:
            means_tree = absent.entries["means"]
            if not (isinstance(means_tree, Scalar) and means_tree.text == "unknown"):
                closed_basis = reader.basis(absent, "what an absent input means")
                means = reader.value(means_tree, type, "`means`", not_applicable=True)
                may_be = may_be or means is NOT_APPLICABLE
            cite = cite or reader.cite(absent.entries.get("cite"))
    says = reader.text(entries.get("says"), "`says`")
    column = reader.text(entries.get("column"), "`column`")
    vocabulary.add(Symbol(name, scope, SymbolKind.INPUT, type, may_be, scope == CASE))
    closed = closed_basis is not None
    return Input(name, type, cast("None", better), closed, means, closed_basis, may_be, says, cite, key.span, column)


def _type_meant(tree: Tree) -> str:
    """How the type of an input is written that was given without its key."""
    if isinstance(tree, Sequence):
        labels = [item.text for item in tree.items if isinstance(item, Scalar)]
    else:
        text = cast("Scalar", tree).text
        if (kind := nearest(text, TYPES)) is not None:
            return f"{{type: {kind}}}"
        labels = [label for label in re.split(r"\s*(?:[,/|]|\bor\b)\s*", text) if label]
    if {label.casefold() for label in labels} <= {"yes", "no", "true", "false"}:
        return "{type: boolean}"
    if 1 < len(labels) <= MANY:
        return f"{{choice: [{', '.join(labels)}]}}"
    return "{type: boolean}, or another type; or {choice: [one, two]} with its labels"


def _with_spellings(reader: Reader, mapping: Mapping, type: ScalarType) -> ScalarType:
    """Other spellings of labels, as tables from elsewhere have them."""
    if "also" not in mapping.entries:
        return type
    table = reader.mapping(mapping.entries["also"], "`also`")
    if table is None or not isinstance(type, LabelType):
        reader.error(
            mapping.keys["also"].span, "`also` gives other spellings of labels, and this input has none", None, "type"
        )
        return type
    spellings: dict[str, str] = {}
    for label, child in table.entries.items():
        if label not in type.ranks:
            reader.error(
                table.keys[label].span,
                f"{quoted(label)} is not {type.described}",
                did_you_mean(label, type.labels),
                "value",
            )
            continue
        for item in one_or_many(child):
            spelling = reader.text(item, "a spelling")
            if spelling is None:
                continue
            if spelling in type.ranks or spellings.get(spelling, label) != label:
                problem = f"{quoted(spelling)} already stands for another label"
                reader.error(item.span, problem, "a spelling stands for one label only", "duplicate-key")
            spellings[spelling] = label
    return evolve(type, also=tuple(sorted(spellings.items())))


def _read_collection(
    reader: Reader,
    key: Scalar,
    mapping: Mapping,
    parent: str,
    vocabulary: Vocabulary,
) -> None:
    name, collections = key.text, vocabulary.collections
    fixed = "items" in mapping.entries
    what = f"the collection {quoted(name)}"
    if name in collections:
        reader.error(
            key.span, f"a collection is already called {quoted(name)}", "give it another name", "duplicate-key"
        )
        return
    mapping = (
        reader.mapping(mapping, what, ITEMS_KEYS if fixed else COLLECTION_KEYS, ("fields",) if fixed else ()) or mapping
    )
    vocabulary.add_scope(name, parent)
    items = read_labels(reader, mapping.entries["items"], "`items`") if fixed else None
    fields: dict[str, Input] = {}
    inner: dict[str, Collection] = {}
    table = reader.mapping(mapping.entries.get("fields" if fixed else "collection"), f"the fields of {quoted(name)}")
    if table is not None and not table.entries:
        reader.error(table.span, f"{what} has no fields", "name at least one", "empty")
    for field_name, child in table.entries.items() if table is not None else ():
        scalar = table.keys[field_name] if table is not None else key
        found_name = reader.name(scalar, "a field")
        if found_name is None:
            vocabulary.failed.add(field_name)
        elif _is_collection(child):
            _read_collection(reader, scalar, cast("Mapping", child), name, vocabulary)
            if found_name in collections:
                inner[found_name] = collections[found_name]
        else:
            found = _read_input(reader, scalar, child, name, vocabulary)
            if found is not None:
                fields[found_name] = found
    _own_columns(reader, table, fields)
    row_key = None if fixed else _row_key(reader, mapping, fields, what)
    at_least, at_most = _size(reader, mapping)
    says = reader.text(mapping.entries.get("says"), "`says`")
    collections[name] = Collection(
        name, None if parent == CASE else parent, fields, row_key, items, at_least, at_most, says, key.span, inner
    )
    if fixed:
        vocabulary.add(Symbol("name", name, SymbolKind.KEY, LabelType(items or ("",))))


def _own_columns(reader: Reader, table: Mapping | None, fields: dict[str, Input]) -> None:
    """Each field has a column of its own in a table."""
    taken: dict[str, str] = {}
    for name, one in fields.items():
        other = taken.setdefault(one.column or name, name)
        if other != name and table is not None:
            problem = f"{quoted(name)} and {quoted(other)} have the same column, {quoted(one.column or name)}"
            reader.error(table.keys[name].span, problem, "give each field a column of its own", "duplicate-key")


def _row_key(reader: Reader, mapping: Mapping, fields: dict[str, Input], what: str) -> str | None:
    if "key" not in mapping.entries:
        return None
    text = reader.text(mapping.entries["key"], "`key`")
    if text is not None and text not in fields:
        reader.error(
            mapping.entries["key"].span,
            f"{what} has no field {quoted(text)}",
            did_you_mean(text, fields),
            "unknown-name",
        )
        return None
    return text


def _size(reader: Reader, mapping: Mapping) -> tuple[int, int | None]:
    size = reader.mapping(mapping.entries.get("size"), "`size`", ("at_least", "at_most"))
    if size is None:
        return 0, None
    at_least = reader.number(size.entries.get("at_least"), "`at_least`") or 0
    at_most = reader.number(size.entries.get("at_most"), "`at_most`")
    if at_most is not None and at_most < at_least:
        reader.error(size.span, f"`at_most` {at_most} lies below `at_least` {at_least}", None, "order")
    return at_least, at_most


def read_parameter_type(
    reader: Reader, mapping: Mapping, scales: Names[str, tuple[str, ...]], what: str
) -> ScalarType | ListType | None:
    """A parameter's type: that of an input, or a list of one (``list_of``)."""
    if "list_of" in mapping.entries:
        inner = mapping.entries["list_of"]
        if isinstance(inner, Scalar):
            kind = reader.one_of(inner, "a type", TYPES)
            item = None if kind is None else _bounded(reader, Mapping({}, {}, inner.span), kind)
        else:
            nested = reader.mapping(inner, "`list_of`", TYPE_KEYS)
            item = None if nested is None else read_type(reader, nested, scales, "`list_of`")
        return None if item is None else ListType(item)
    return read_type(reader, mapping, scales, what)
