"""Groups of a collection's rows, from trees."""

from __future__ import annotations

from collections.abc import Mapping as Names
from typing import Final, Literal, cast

from attrs import evolve

from hmic_rules.conditions import CASE, Symbol, SymbolKind
from hmic_rules.datatypes import MonthType
from hmic_rules.errors import did_you_mean, nearest, quoted
from hmic_rules.loading.comparisons import resolve
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Scope, Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Tree, one_or_many
from hmic_rules.loading.unread import ELSEWHERE, UNREAD
from hmic_rules.possible import Known, Month
from hmic_rules.rules import Basis
from hmic_rules.rulesets import MOST_MONTHS, Expected, Group, MonthRange

__all__ = ["GROUP_KEYS", "read_groups", "source_of"]

GROUP_KEYS: Final = ("group", "by", "expected", "missing", "says", "basis", "cite")


def source_of(mapping: Mapping) -> str | None:
    """What a group is made of, as it is written."""
    tree = mapping.entries["group"]
    return tree.text if isinstance(tree, Scalar) else None


def read_groups(
    reader: Reader,
    pending: Names[Scalar, Mapping],
    vocabulary: Vocabulary,
) -> dict[str, Group]:
    """Every group, by name: groups of collections first, then groups of those groups."""
    found: dict[str, Group] = {}
    left = {key.text: (key, mapping) for key, mapping in pending.items()}
    while left:
        ready = [name for name, (_, mapping) in left.items() if source_of(mapping) not in left]
        if not ready:
            _report_circles(reader, left)
            vocabulary.failed.update(left)
            break
        for name in ready:
            key, mapping = left.pop(name)
            group = _read_group(reader, key, mapping, vocabulary)
            if group is None:
                vocabulary.failed.add(name)
            else:
                found[name] = group
    return found


def _report_circles(reader: Reader, left: Names[str, tuple[Scalar, Mapping]]) -> None:
    seen: set[str] = set()
    for name in left:
        path: list[str] = []
        here: str | None = name
        while here is not None and here not in seen:
            seen.add(here)
            path.append(here)
            here = source_of(left[here][1])
        if here in path:
            circle = path[path.index(here) :]
            shown = " → ".join(map(quoted, [*circle, here]))
            problem = f"groups are made of each other in a circle: {shown}"
            if len(circle) == 1:
                problem = f"the group {quoted(here)} is made of itself"
            reader.error(left[here][1].entries["group"].span, problem, "group the rows of a collection", "cycle")


def _read_group(
    reader: Reader,
    key: Scalar,
    mapping: Mapping,
    vocabulary: Vocabulary,
) -> Group | None:
    name = key.text
    mapping = reader.mapping(mapping, f"the group {quoted(name)}", GROUP_KEYS, ("by",)) or mapping
    entries = mapping.entries
    source = reader.text(entries["group"], "`group`")
    if source is not None and source not in vocabulary.parents:
        if not vocabulary.unsure(source):
            problem = f"no collection or group is called {quoted(source)}"
            reader.error(entries["group"].span, problem, did_you_mean(source, vocabulary.parents), "unknown-name")
        source = nearest(source, vocabulary.parents)
    if source is None or vocabulary.unsure(source, source):
        vocabulary.partly.add(name)
    by: list[str] = []
    fields = vocabulary.symbols.get(source or ELSEWHERE, {})
    for tree in one_or_many(entries.get("by")):
        text = reader.text(tree, "`by`")
        if text is None:
            continue
        if text not in fields and (source is None or vocabulary.unsure(text, source)):
            by.append(text)
            vocabulary.add(Symbol(text, name, SymbolKind.KEY, UNREAD))
        elif text not in fields:
            problem = f"{quoted(source)} has no field {quoted(text)}"
            reader.error(tree.span, problem, did_you_mean(text, fields), "unknown-name")
        elif text in by:
            reader.error(tree.span, f"{quoted(text)} stands twice in `by`", "keep one of the two", "duplicate-key")
        elif text in vocabulary.symbols[name]:
            problem = f"{quoted(text)} is already the name of a value on each {quoted(name)}"
            reader.error(tree.span, problem, "give the value another name", "duplicate-key")
        else:
            by.append(text)
            vocabulary.add(
                evolve(
                    fields[text], name=text, scope=name, kind=SymbolKind.KEY, may_be_not_applicable=False, on_case=False
                )
            )
    written = [tree.text for tree in one_or_many(entries.get("by")) if isinstance(tree, Scalar)]
    table = reader.mapping(entries.get("expected"), "`expected`", written)
    expected = None if table is None else _expected(reader, name, table, by, vocabulary)
    missing = reader.one_of(entries.get("missing"), "`unknown` or `empty`", ("unknown", "empty"))
    basis = reader.basis(mapping, f"the group {quoted(name)}", required=False) if "basis" in entries else None
    cite = reader.cite(entries.get("cite"))
    says = reader.text(entries.get("says"), "`says`")
    if source is None:
        return None
    whenever = cast("Literal['unknown', 'empty']", missing or "unknown")
    return Group(name, source, tuple(by), expected, whenever, says, key.span, cast("Basis | None", basis), cite)


def _expected(reader: Reader, group: str, mapping: Mapping, by: list[str], vocabulary: Vocabulary) -> Expected:
    keys: dict[str, str | MonthRange] = {}
    for name in by:
        if name not in mapping.entries:
            help = f"name a collection whose items expect it, as in {{{name}: COLLECTION}}"
            reader.error(
                mapping.span, f"`expected` does not say which {quoted(name)} are expected", help, "missing-key"
            )
            continue
        child = mapping.entries[name]
        found = (
            _month_range(reader, child, vocabulary)
            if isinstance(child, Mapping)
            else _expecting(reader, group, child, vocabulary)
        )
        if found is not None:
            keys[name] = found
    return Expected(keys)


def _expecting(reader: Reader, group: str, tree: Tree, vocabulary: Vocabulary) -> str | None:
    """The collection whose items expect a group each; the group takes over their fields."""
    written = reader.text(tree, "a collection")
    collection = None if written is None else vocabulary.collections.get(written)
    if written is None or (collection is None and vocabulary.unsure(written)):
        vocabulary.partly.add(group)
        return None
    if written in vocabulary.partly:
        vocabulary.partly.add(group)
    if collection is None or (collection.key is None and collection.items is None) or collection.parent is not None:
        problem = f"{quoted(written)} is not a collection of the case whose items have a key"
        reader.error(tree.span, problem, did_you_mean(written, set(vocabulary.collections) - {written}), "unknown-name")
        return None
    for field_name in collection.fields:
        symbol = vocabulary.symbols[collection.name].get(field_name)
        if symbol is not None and field_name != collection.key and field_name not in vocabulary.symbols[group]:
            vocabulary.add(evolve(symbol, name=field_name, scope=group, on_case=False))
    return collection.name


def _month_range(reader: Reader, tree: Mapping, vocabulary: Vocabulary) -> MonthRange | None:
    mapping = reader.mapping(tree, "a range of months", ("from", "to"), ("from", "to"))
    ends: list[Symbol | Known] = []
    for key in ("from", "to"):
        child = mapping.entries.get(key) if mapping is not None else None
        if isinstance(child, Scalar) and not child.text[:1].isdigit():
            symbol = resolve(reader, Scope(vocabulary, (CASE,)), child.text, child.span)
            if symbol is not None and symbol.type is not UNREAD and not isinstance(symbol.type, MonthType):
                reader.error(
                    child.span, f"{quoted(child.text)} is {symbol.type.described}, and a month is wanted", None, "type"
                )
            elif symbol is not None:
                ends.append(symbol)
        elif child is not None:
            month = reader.value(child, MonthType(), "a month")
            if month is not None:
                ends.append(month)
    if len(ends) != 2:
        return None
    start, end = ends
    if isinstance(start, Month) and isinstance(end, Month) and end.ordinal - start.ordinal >= MOST_MONTHS:
        problem = f"{quoted(start)} to {quoted(end)} are {end.ordinal - start.ordinal + 1:,} months"
        reader.error(tree.span, problem, f"look at the years: {MOST_MONTHS:,} months are the most", "too-large")
    return MonthRange(start, end)
