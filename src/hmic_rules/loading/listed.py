"""Lists of what has an id (rules, limits, claims, items, cases), altered: entries taken out, replaced where they stood, and added."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Sequences
from typing import Final, TypeAlias, cast

from hmic_rules.errors import Span, choices, quoted
from hmic_rules.loading.alterations import Alteration
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree

__all__ = ["Entries", "alike", "altered", "by_id", "id_of", "in_order"]

Entries: TypeAlias = dict[str, tuple[Span, Tree]]
BEFORE: Final = "before"
LAST: Final = "otherwise"


def id_of(tree: Tree, key: str) -> str | None:
    """The id of an entry of a list, as it is written."""
    id = tree.entries.get(key) if isinstance(tree, Mapping) else None
    return id.text if isinstance(id, Scalar) else None


def by_id(tree: Tree | None, key: str) -> Entries:
    """The entries of a list by their id, each with its place."""
    items = tree.items if isinstance(tree, Sequence) else ()
    return {id: (item.span, item) for item in items if (id := id_of(item, key)) is not None}


def altered(reader: Reader, tree: Tree | None, alterations: Sequences[Alteration], key: str) -> Sequence | None:
    """A list in which what is new stands last; ``None`` where nothing is left of it, or nothing was there."""
    items: list[Tree] = [] if not isinstance(tree, Sequence) else list(tree.items)
    if alterations:
        instead = {one.name: one for one in alterations if one.verb != "add"}
        items = [
            item if one is None else _entry(reader, one, key)
            for item in items
            if (one := instead.get(id_of(item, key) or "")) is None or one.tree is not None
        ]
        items += [_entry(reader, one, key) for one in alterations if one.verb == "add"]
    span = tree.span if tree is not None else alterations[0].key.span if alterations else None
    return Sequence(tuple(items), span) if items and span is not None else None


def in_order(reader: Reader, tree: Tree, alterations: Sequences[Alteration], *, first: bool) -> Tree:
    """The rules of a value. Where the first that holds counts, each new one says before which it stands."""
    kept = altered(reader, tree, [one for one in alterations if one.verb != "add"], "id")
    new = {one.name: one for one in alterations if one.verb == "add"}
    for one in alterations:
        _ask_for_place(reader, one, first and one.verb == "add")
    rest = () if kept is None else kept.items
    if not first or not new:
        added = [_entry(reader, one, "id") for one in new.values()]
        return Sequence((*rest, *added), tree.span)
    ahead: dict[str, Alteration] = {}
    known = [*by_id(tree, "id"), *new, LAST]
    for one in new.values():
        before = _before(one)
        if before is None:
            continue
        if before.text not in known or before.text == one.name:
            problem = f"there is no rule {quoted(before.text)} that {quoted(one.name)} could stand before"
            reader.error(before.span, problem, choices(before.text, set(known) - {one.name}), "unknown-name")
        elif (other := ahead.setdefault(before.text, one)) is not one:
            problem = f"both {quoted(other.name)} and {quoted(one.name)} stand directly before {quoted(before.text)}"
            reader.error(before.span, problem, f"write `before: {other.name}` where this one comes first", "order")
    found: list[Tree] = []

    def emit(id: str) -> None:
        one = ahead.pop(id, None)
        if one is not None:
            emit(one.name)
            found.append(_entry(reader, one, "id"))

    left = {id_of(item, "id"): item for item in rest}
    for id in by_id(tree, "id"):
        emit(id)
        if id in left:
            found.append(left[id])
    emit(LAST)
    for one in ahead.values():
        before = cast("Scalar", _before(one))
        if before.text in new:
            shown = f"{quoted(one.name)} stands before {quoted(before.text)}, and that stands before it"
            reader.error(before.span, shown, "let one of them stand before a rule that is inherited", "cycle")
    return Sequence(tuple(found), tree.span)


def _before(one: Alteration) -> Scalar | None:
    found = one.tree.entries.get(BEFORE) if isinstance(one.tree, Mapping) else None
    return found if isinstance(found, Scalar) and not found.null else None


def _ask_for_place(reader: Reader, one: Alteration, wanted: bool) -> None:
    """Report a rule that does not say its place where it must, or says it where there is none to say."""
    if not isinstance(one.tree, Mapping):
        return
    said = BEFORE in one.tree.entries
    if wanted and not said:
        problem = (
            f"the first rule of {quoted(one.holder)} that holds counts, and {quoted(one.name)} does not say its place"
        )
        reader.error(one.key.span, problem, f"add `before: ID`, or `before: {LAST}` where it comes last", "order")
    elif said and not wanted:
        problem = "a rule keeps the place of the one that it replaces"
        if one.verb == "add":
            problem = f"the order of the rules of {quoted(one.holder)} changes nothing"
        reader.error(one.tree.keys[BEFORE].span, problem, f"take `{BEFORE}` out", "order")
    elif said:
        reader.text(one.tree.entries[BEFORE], f"`{BEFORE}`")


def _entry(reader: Reader, one: Alteration, key: str) -> Tree:
    """An entry as it would be written in the list itself: with the id that its address gives it."""
    if not one.holder:
        return cast("Tree", one.tree)
    mapping = reader.mapping(one.tree, one.what)
    if mapping is None:
        return cast("Tree", one.tree)
    if key in mapping.entries:
        help = f"take `{key}` out: it is {quoted(one.name)}, by where it stands"
        reader.error(mapping.keys[key].span, f"{one.what} is named twice", help, "address")
    kept = {name: child for name, child in mapping.entries.items() if name not in (key, BEFORE)}
    id = Scalar(one.name, plain=False, span=one.key.span)
    keys = {key: id, **{name: mapping.keys[name] for name in kept}}
    return Mapping({key: id, **kept}, keys, one.key.span)


def alike(one: Tree | None, other: Tree, ignored: Iterable[str] = ()) -> bool:
    """Whether two trees say the same, wherever they stand; ``ignored`` keys of the outermost mappings aside."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = one.entries.keys() - set(ignored)
        return names == other.entries.keys() - set(ignored) and all(
            alike(one.entries[name], other.entries[name]) for name in names
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one.items) == len(other.items) and all(map(alike, one.items, other.items))
    return isinstance(one, Scalar) and isinstance(other, Scalar) and one.text == other.text
