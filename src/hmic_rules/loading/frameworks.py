"""Frameworks: files that each fill one collection of a rule set with named items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from hmic_rules.errors import InputError, did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Vocabulary
from hmic_rules.loading.trees import Mapping, Tree
from hmic_rules.rulesets import Collection, Framework

__all__ = ["FRAMEWORK_KEYS", "framework_file", "read_frameworks"]

FRAMEWORK_KEYS: Final = ("framework", "title", "cite", "placement", "says")
NOTE_KEYS: Final = ("says", "basis", "cite", "theme")


def framework_file(name: str) -> str:
    """Where a framework stands, beside its rule set."""
    return f"frameworks/{name}.yaml"


def read_frameworks(
    reader: Reader, tree: Tree | None, tree_of: Callable[[str], Tree], vocabulary: Vocabulary
) -> tuple[str | None, dict[str, Framework]]:
    """The collection that frameworks fill, and every framework by name."""
    mapping = reader.mapping(tree, "`frameworks`", ("fill", "files"), ("fill", "files"))
    found: dict[str, Framework] = {}
    if mapping is None:
        return None, found
    fill = reader.text(mapping.entries.get("fill"), "`fill`")
    if fill is None:
        return None, found
    collections = vocabulary.collections
    collection = collections.get(fill)
    if collection is None and vocabulary.unsure(fill):
        pass
    elif collection is None or collection.key is None or collection.parent is not None:
        reader.error(
            mapping.entries["fill"].span,
            f"{quoted(fill)} is not a collection of the case with a key",
            did_you_mean(fill, collections),
            "unknown-name",
        )
        collection = None
    for item in reader.sequence(mapping.entries.get("files"), "`files`"):
        name = reader.identifier(item, "the name of a framework")
        if name is None:
            continue
        try:
            root = tree_of(framework_file(name))
        except FileNotFoundError:
            help = "create it, or take the name out"
            reader.error(item.span, f"there is no file `{framework_file(name)}`", help, "missing-file")
            continue
        except InputError as error:
            reader.problems.extend(error.diagnostics)
            continue
        is_known = fill not in vocabulary.partly
        framework = None if collection is None else _framework(reader, root, name, fill, collection, is_known)
        if framework is not None:
            found[name] = framework
    return fill, found


def _framework(
    reader: Reader, root: Tree, name: str, fill: str, collection: Collection, is_known: bool
) -> Framework | None:
    """One framework; where it is not known which fields items have, what else they have is not asked."""
    mapping = reader.mapping(root, "a framework", (*FRAMEWORK_KEYS, fill), ("framework", "title", fill))
    if mapping is None:
        return None
    written = mapping.entries.get("framework")
    own_name = reader.text(written, "`framework`")
    if written is not None and own_name is not None and own_name != name:
        problem = f"the file is called {quoted(name + '.yaml')} and says another name"
        reader.error(written.span, problem, f"write `framework: {name}`", "name")
    rows: list[dict[str, Any]] = []
    notes: dict[str, dict[str, Any]] = {}
    for tree in reader.sequence(mapping.entries.get(fill), f"`{fill}`"):
        item = reader.mapping(tree, "an item", None, (cast("str", collection.key), "says", "basis"))
        if item is not None:
            id, note = _note(reader, item, collection, is_known)
            if id is not None:
                notes[id] = note
            rows.append({field: child for field, child in item.entries.items() if field in collection.fields})
    title = reader.text(mapping.entries.get("title"), "`title`") or name
    placement = reader.text(mapping.entries.get("placement"), "`placement`")
    cite = reader.cite(mapping.entries.get("cite"))
    says = reader.text(mapping.entries.get("says"), "`says`")
    return Framework(name, title, cite, placement, tuple(rows), notes, mapping.span, says)


def _note(reader: Reader, item: Mapping, collection: Collection, is_known: bool) -> tuple[str | None, dict[str, Any]]:
    """An item's key, and what it says of itself beside its fields."""
    key = cast("str", collection.key)
    id = reader.text(item.entries.get(key), f"`{key}`")
    known = [*collection.fields, *NOTE_KEYS, *(f"{field}_why" for field in collection.fields)]
    if is_known:
        reader.known_keys(item, known, lambda extra: f"{extra} is not a field of {quoted(collection.name)}")
    note: dict[str, Any] = {
        "basis": reader.basis(item, f"the item {quoted(id)}" if id is not None else "the item", required=True),
        "cite": reader.cite(item.entries.get("cite")),
    }
    for extra, child in item.entries.items():
        if extra in known and extra not in collection.fields and extra not in ("basis", "cite"):
            note[extra] = reader.text(child, f"`{extra}`")
    return id, note
