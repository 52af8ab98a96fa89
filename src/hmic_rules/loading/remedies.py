"""What an inspection says of putting findings right, and which kinds of finding ask for a recommendation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from hmic_rules.datatypes import BooleanType, LabelType
from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Tree, one_or_many
from hmic_rules.possible import NOT_APPLICABLE, Known
from hmic_rules.remedies import Remedy
from hmic_rules.rulesets import Input, Ruleset

__all__ = ["KEYS", "read_asking_kinds", "read_remedy"]

KEYS: Final = ("says", "basis", "falls_short", "becomes")


def read_remedy(reader: Reader, tree: Tree | None, ruleset: Ruleset, fills: str, criterion: str) -> Remedy | None:
    """What stands under ``put_right``; nothing where nothing does.

    Args:
        reader: takes the problems.
        tree: what stands there.
        ruleset: the inspection's.
        fills: the collection that the bearings fill.
        criterion: the field of it that names the criterion, which no remedy changes.

    """
    mapping = reader.mapping(tree, "`put_right`", KEYS, KEYS)
    if mapping is None:
        return None
    collection = ruleset.collections[fills]
    fields = {
        name: given
        for name, given in collection.fields.items()
        if name not in (collection.key, criterion) and isinstance(given.type, LabelType | BooleanType)
    }
    says = reader.text(mapping.entries.get("says"), "`says`") or ""
    basis = reader.basis(mapping, "`put_right`", required=False)
    becomes = _becomes(reader, mapping.entries.get("becomes"), fields)
    found = [
        (item, labels)
        for item in reader.sequence(mapping.entries.get("falls_short"), "`falls_short`")
        if (labels := _description(reader, item, fields))
    ]
    for item, labels in found:
        if not any(name in becomes and becomes[name][1] not in wanted for name, wanted in labels.items()):
            help = f"name under `becomes` what one of {_listed(labels)} is then"
            reader.error(
                item.span, "what was put right would still fall short by this description", help, "still-short"
            )
    return Remedy(
        says,
        cast("Any", basis),
        tuple(labels for _, labels in found),
        {name: text for name, (text, _) in becomes.items()},
        mapping.span,
    )


def _description(reader: Reader, tree: Tree, fields: Mapping[str, Input]) -> dict[str, frozenset[Known]]:
    mapping = _of_fields(reader, tree, "a description under `falls_short`", fields)
    found: dict[str, frozenset[Known]] = {}
    for name, child in mapping.entries.items() if mapping is not None else ():
        if name in fields:
            values = [_value(reader, item, name, fields[name]) for item in one_or_many(child)]
            found[name] = frozenset(value for value in values if value is not None)
    if mapping is not None and not mapping.entries:
        reader.error(tree.span, "an empty description fits every bearing", "name a field and its labels", "empty")
    return found


def _becomes(reader: Reader, tree: Tree | None, fields: Mapping[str, Input]) -> dict[str, tuple[str, Known]]:
    """What each field is once put right: as it is written, and as it is read."""
    mapping = _of_fields(reader, tree, "`becomes`", fields)
    found: dict[str, tuple[str, Known]] = {}
    for name, child in mapping.entries.items() if mapping is not None else ():
        value = _value(reader, child, name, fields[name]) if name in fields else None
        if value is not None:
            found[name] = reader.text(child, f"`{name}`") or "", value
    return found


def _of_fields(reader: Reader, tree: Tree | None, what: str, fields: Iterable[str]) -> TreeMapping | None:
    """A mapping of which every key is a field with labels, or with yes and no."""
    mapping = reader.mapping(tree, what)
    if mapping is None:
        return None
    return reader.known_keys(mapping, list(fields), lambda key: f"{key} is no field of a bearing that has labels")


def _value(reader: Reader, tree: Tree, name: str, given: Input) -> Known | None:
    found = reader.value(tree, given.type, f"`{name}`", given.may_be_not_applicable)
    return found if found is NOT_APPLICABLE or isinstance(found, str | bool) else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def read_asking_kinds(reader: Reader, tree: Tree | None, kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds of finding that a recommendation should answer, as ``should_be_answered`` lists them."""
    found = reader.texts(tree, "`should_be_answered`")
    known = list(dict.fromkeys(kinds))
    for kind in found:
        if tree is not None and known and kind not in known:
            reader.error(
                tree.span, f"no finding is of the kind {quoted(kind)}", did_you_mean(kind, known), "unknown-word"
            )
    return found
