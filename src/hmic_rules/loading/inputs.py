"""Inputs and collections, from trees. One whose name or type is wrong is read on, for what else is wrong in it and in what reads it."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias, TypeGuard, cast

from attrs import evolve

from hmic_rules.conditions import CASE, Symbol, SymbolKind
from hmic_rules.datatypes import LabelType, ScalarType
from hmic_rules.errors import did_you_mean, nearest, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.hints import key_meant
from hmic_rules.loading.scopes import Vocabulary
from hmic_rules.loading.trees import Lost, Mapping, Scalar, Sequence, Tree, one_or_many
from hmic_rules.loading.types import TYPE_KEYS, TYPES, read_labels, read_type
from hmic_rules.loading.unread import UNREAD, name_meant
from hmic_rules.possible import NOT_APPLICABLE, Known
from hmic_rules.rulesets import Collection, Input

__all__ = ["COLLECTION_KEYS", "INPUT_KEYS", "ITEMS_KEYS", "read_inputs"]

INPUT_KEYS: Final = (*TYPE_KEYS, "worse", "better", "absent", "may_be", "says", "cite", "column", "also")
COLLECTION_KEYS: Final = ("collection", "key", "size", "says", "cite")
ITEMS_KEYS: Final = ("items", "fields", "says", "cite")
OF_COLLECTIONS: Final = tuple(key for key in dict.fromkeys((*COLLECTION_KEYS, *ITEMS_KEYS)) if key not in INPUT_KEYS)
MANY: Final = 8
Better: TypeAlias = Literal["upward", "downward"] | None
UPWARD: Final[dict[str, Better]] = {"better": "upward", "worse": "downward"}


def read_inputs(reader: Reader, tree: Tree | None, vocabulary: Vocabulary) -> dict[str, Input]:
    """The inputs of the case; its collections, inner ones included, into the vocabulary."""
    mapping = reader.mapping(tree, "`inputs`")
    if mapping is None:
        if tree is not None:
            vocabulary.partly.add(CASE)
        return {}
    inputs, _ = _read_fields(reader, mapping, CASE, vocabulary)
    return inputs


def _read_fields(
    reader: Reader, mapping: Mapping, scope: str, vocabulary: Vocabulary
) -> tuple[dict[str, Input], dict[str, Collection]]:
    """What stands in one scope: what is given once, and the collections. What is misnamed is found by the name that is meant, too."""
    inputs: dict[str, Input] = {}
    collections: dict[str, Collection] = {}
    misnamed: list[str] = []
    for key, child in mapping.entries.items():
        scalar = mapping.keys[key]
        if (
            reader.name(scalar, "an input" if scope == CASE else "a field") is None
            and name_meant(key) not in mapping.entries
        ):
            misnamed.append(key)
        if _is_collection(child):
            found = _read_collection(reader, scalar, child, scope, vocabulary)
            if found is not None:
                collections[key] = found
        else:
            inputs[key] = _read_input(reader, scalar, child, scope, vocabulary)
    _own_columns(reader, mapping, inputs)
    for key in misnamed:
        meant = name_meant(key)
        vocabulary.add_spelling(scope, key, meant)
        if key in inputs:
            inputs[meant] = inputs[key]
        if key in collections:
            collections[meant] = collections[key]
    return inputs, collections


def _is_collection(tree: Tree) -> TypeGuard[Mapping]:
    """Whether it has a key that only collections have, or a slip for one; and what makes it one, or no type."""
    if not isinstance(tree, Mapping):
        return False
    words = _words(tree)
    return bool(words & {"collection", "items"} or (words & {*OF_COLLECTIONS} and not words & {*TYPE_KEYS}))


def _words(mapping: Mapping) -> set[str | None]:
    """Its keys, with slips taken as what is meant."""
    known = [*INPUT_KEYS, *OF_COLLECTIONS]
    return {key if key in known else key_meant(key, known) for key in mapping.entries}


def _read_input(reader: Reader, key: Scalar, tree: Tree, scope: str, vocabulary: Vocabulary) -> Input:
    name = key.text
    what = f"the input {quoted(name)}"
    if not isinstance(tree, Mapping) and tree.span not in reader.refused:
        problem = f"{what} must be a mapping that says its type"
        reader.error(tree.span, problem, f"write {_type_meant(tree)}", "shape")
        kind = nearest(tree.text, TYPES) if isinstance(tree, Scalar) else None
        word = Scalar(kind or "", plain=True, span=tree.span)
        tree = (
            Mapping({"type": word}, {"type": word}, tree.span)
            if kind is not None
            else Lost("", plain=True, span=tree.span)
        )
    mapping = reader.mapping(tree, what, INPUT_KEYS)
    type = UNREAD if mapping is None else read_type(reader, mapping, vocabulary.scales, what)
    if type is UNREAD:
        vocabulary.failed.add(name)
    mapping = mapping or Mapping({}, {}, tree.span)
    type = _with_spellings(reader, mapping, type)
    entries = mapping.entries
    better = _better(reader, mapping, type, name)
    may_be = (
        reader.one_of(entries["may_be"], "`not applicable`", ("not applicable",)) is not None
        if "may_be" in entries
        else False
    )
    means, basis, closed_by = _absent(reader, entries.get("absent"), type)
    cite = tuple(dict.fromkeys((*reader.cite(entries.get("cite")), *closed_by)))
    may_be = may_be or means is NOT_APPLICABLE
    says = reader.text(entries.get("says"), "`says`")
    column = reader.text(entries.get("column"), "`column`")
    vocabulary.add(Symbol(name, scope, SymbolKind.INPUT, type, may_be, scope == CASE))
    closed = basis is not None
    return Input(name, type, better, closed, means, basis, may_be, says, cite, key.span, column)


def _better(reader: Reader, mapping: Mapping, type: ScalarType, name: str) -> Better:
    """Whether more of it is better or worse, where that is said."""
    found: Better = None
    for word, meant in UPWARD.items():
        if word not in mapping.entries:
            continue
        if found is not None:
            problem = "an input is better or worse upward, not both"
            reader.error(mapping.keys[word].span, problem, "keep one of the two", "duplicate-key")
        if reader.one_of(mapping.entries[word], "`upward`", ("upward",)):
            found = meant
        if isinstance(type, LabelType) and type.scale is None:
            problem = f"the labels of {quoted(name)} have no order"
            reader.error(mapping.keys[word].span, problem, "declare them as a scale", "type")
    return found


def _absent(reader: Reader, tree: Tree | None, type: ScalarType) -> tuple[Known | None, str | None, tuple[str, ...]]:
    """What it means where nobody gives it, by what basis, and what that cites; without a basis where it is unknown."""
    mapping = reader.mapping(tree, "`absent`", ("means", "basis", "cite"), ("means",))
    if mapping is None:
        return None, None, ()
    means, basis = mapping.entries.get("means"), None
    cite = reader.cite(mapping.entries.get("cite"))
    if isinstance(means, Scalar) and means.text == "unknown":
        return None, None, cite
    basis = reader.basis(mapping, "what an absent input means")
    return reader.value(means, type, "`means`", not_applicable=True), basis, cite


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
    labels = type.ranks if isinstance(type, LabelType) else dict.fromkeys(table.entries if table else (), 0)
    if type is not UNREAD and not isinstance(type, LabelType):
        problem = "`also` gives other spellings of labels, and this input has none"
        reader.error(mapping.keys["also"].span, problem, "take it out, or declare the labels as a choice", "type")
        return type
    spellings: dict[str, str] = {}
    for label, child in table.entries.items() if table is not None else ():
        if table is not None and label not in labels:
            reader.error(
                table.keys[label].span,
                f"{quoted(label)} is not {type.described}",
                did_you_mean(label, map(str, labels)),
                "value",
            )
            continue
        for item in one_or_many(child):
            spelling = reader.text(item, "a spelling")
            if spelling is None:
                continue
            if spelling in labels or spellings.get(spelling, label) != label:
                problem = f"{quoted(spelling)} already stands for another label"
                reader.error(item.span, problem, "a spelling stands for one label only", "duplicate-key")
            spellings[spelling] = label
    return evolve(type, also=tuple(sorted(spellings.items()))) if isinstance(type, LabelType) else type


def _read_collection(
    reader: Reader, key: Scalar, mapping: Mapping, parent: str, vocabulary: Vocabulary
) -> Collection | None:
    name, collections = key.text, vocabulary.collections
    fixed = "items" in _words(mapping)
    what = f"the collection {quoted(name)}"
    if name in collections:
        problem = f"a collection is already called {quoted(name)}"
        reader.error(key.span, problem, "give it another name", "duplicate-key")
        return None
    section = "fields" if fixed else "collection"
    mapping = reader.mapping(mapping, what, ITEMS_KEYS if fixed else COLLECTION_KEYS, (section,)) or mapping
    vocabulary.add_scope(name, parent)
    named = mapping.entries.get("items")  # not there, though meant, where a slip of it has no value
    items = None if not fixed else () if named is None else read_labels(reader, named, "`items`")
    table = reader.mapping(mapping.entries.get(section), f"the fields of {quoted(name)}")
    if table is None:
        vocabulary.partly.add(name)
    elif not table.entries:
        reader.error(table.span, f"{what} has no fields", "name at least one", "empty")
    fields, inner = ({}, {}) if table is None else _read_fields(reader, table, name, vocabulary)
    row_key = None if fixed else _row_key(reader, mapping, None if table is None else fields, what)
    at_least, at_most = _size(reader, mapping)
    cite = reader.cite(mapping.entries.get("cite"))
    says = reader.text(mapping.entries.get("says"), "`says`")
    found = collections[name] = Collection(
        name, None if parent == CASE else parent, fields, row_key, items, at_least, at_most, says, key.span, inner, cite
    )
    if fixed:
        vocabulary.add(Symbol("name", name, SymbolKind.KEY, LabelType(items or ("",))))
    return found


def _own_columns(reader: Reader, table: Mapping, fields: dict[str, Input]) -> None:
    """Each field has a column of its own in a table."""
    taken: dict[str, str] = {}
    for name, one in fields.items():
        other = taken.setdefault(one.column or name, name)
        if other != name:
            problem = f"{quoted(name)} and {quoted(other)} have the same column, {quoted(one.column or name)}"
            reader.error(table.keys[name].span, problem, "give each field a column of its own", "duplicate-key")


def _row_key(reader: Reader, mapping: Mapping, fields: dict[str, Input] | None, what: str) -> str | None:
    """The field by which rows are told apart; of one that is not there, the nearest."""
    text = reader.text(mapping.entries.get("key"), "`key`")
    if text is None or fields is None or text in fields:
        return text
    help = did_you_mean(text, fields)
    reader.error(mapping.entries["key"].span, f"{what} has no field {quoted(text)}", help, "unknown-name")
    return nearest(text, fields)


def _size(reader: Reader, mapping: Mapping) -> tuple[int, int | None]:
    size = reader.mapping(mapping.entries.get("size"), "`size`", ("at_least", "at_most"))
    if size is None:
        return 0, None
    at_least = reader.number(size.entries.get("at_least"), "`at_least`") or 0
    at_most = reader.number(size.entries.get("at_most"), "`at_most`")
    if at_most is not None and at_most < at_least:
        problem = f"`at_most` {at_most} lies below `at_least` {at_least}"
        reader.error(size.span, problem, "exchange the two, or correct one", "order")
    return at_least, at_most
