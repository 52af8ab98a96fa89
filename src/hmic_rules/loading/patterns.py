"""Patterns expanded: one block of rules written once and used at several values. They do not recurse."""

from __future__ import annotations

from collections.abc import Mapping as Names
from typing import Final, cast

from hmic_rules.errors import choices, did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree

__all__ = ["expanded"]

MAX_PATTERN_NODES: Final = 50_000


def expanded(reader: Reader, mapping: Mapping) -> Mapping:
    """The rule set with every value that uses a pattern given its body, ``$name`` replaced by what ``with`` gives."""
    patterns = reader.mapping(mapping.entries.get("patterns"), "`patterns`")
    values = mapping.entries.get("values")
    if not isinstance(values, Mapping):
        return mapping
    known = patterns.entries if patterns is not None else {}
    for name, child in known.items():
        reader.mapping(child, f"the pattern {quoted(name)}")
    budget = [MAX_PATTERN_NODES]
    entries: dict[str, Tree] = {}
    for name, child in values.entries.items():
        uses = isinstance(child, Mapping) and ("use" in child.entries or "with" in child.entries)
        found = _used(reader, cast("Mapping", child), known, budget) if uses else child
        entries[name] = found if found is not None else _given_up(reader, child)
    return Mapping(
        {**mapping.entries, "values": Mapping(entries, values.keys, values.span)}, mapping.keys, mapping.span
    )


def _given_up(reader: Reader, tree: Tree) -> Tree:
    """What is wrong here was said: it stands empty, and no slot asks anything of it."""
    reader.refused.add(tree.span)
    return Scalar("", plain=True, span=tree.span)


def _used(reader: Reader, value: Mapping, known: Names[str, Tree], budget: list[int]) -> Mapping | None:
    if "use" not in value.entries:
        help = "add `use: NAME`, or take `with` out"
        reader.error(value.keys["with"].span, "`with` fills in a pattern, and none is used", help, "missing-key")
        return None
    name = reader.text(value.entries["use"], "`use`")
    if name is None:
        return None
    if name not in known:
        help = choices(name, known) if known else "define it under `patterns`"
        reader.error(value.entries["use"].span, f"no pattern is called {quoted(name)}", help, "unknown-name")
        return None
    pattern = reader.mapping(known[name], f"the pattern {quoted(name)}")
    if pattern is None:
        return None
    if "use" in pattern.entries:
        help = "write the rules out once more"
        reader.error(pattern.keys["use"].span, "a pattern cannot use a pattern", help, "cycle")
        return None
    takes = reader.texts(pattern.entries.get("takes"), "`takes`")
    if takes and "with" not in value.entries:
        help = f"add `with: {{{', '.join(f'{one}: …' for one in takes)}}}`"
        problem = f"the pattern {quoted(name)} takes {', '.join(map(quoted, takes))}, and nothing is given"
        reader.error(value.entries["use"].span, problem, help, "missing-key")
        return None
    given = reader.mapping(value.entries.get("with"), "`with`", takes, takes)
    if takes and (given is None or not set(takes) <= set(given.entries)):
        return None
    body = pattern.without(("takes",))
    filled = _filled(reader, body, given.entries if given is not None else {}, budget)
    if budget[0] < 0:
        problem = f"patterns grow to more than {MAX_PATTERN_NODES:,} entries here"
        reader.error(value.entries["use"].span, problem, "use them at fewer values, or shorten them", "too-large")
        reader.finish()
    own = {key: child for key, child in value.entries.items() if key not in ("use", "with")}
    keys = {**cast("Mapping", filled).keys, **{key: value.keys[key] for key in own}}
    return Mapping({**cast("Mapping", filled).entries, **own}, keys, value.span)


def _filled(reader: Reader, tree: Tree, filling: Names[str, Tree], budget: list[int]) -> Tree:
    budget[0] -= 1
    if budget[0] < 0:
        return tree
    if isinstance(tree, Scalar):
        if not (tree.plain and tree.text.startswith("$")):
            return tree
        name = tree.text.removeprefix("$")
        if name in filling:
            budget[0] -= _size(filling[name])
            return filling[name]
        problem = f"the pattern does not take {quoted(name)}"
        reader.error(tree.span, problem, did_you_mean(name, filling) or "name it in `takes`", "unknown-name")
        return _given_up(reader, tree)
    if isinstance(tree, Sequence):
        return Sequence(tuple(_filled(reader, item, filling, budget) for item in tree.items), tree.span)
    entries: dict[str, Tree] = {}
    keys: dict[str, Scalar] = {}
    for key, child in tree.entries.items():
        written = filling.get(key.removeprefix("$")) if key.startswith("$") else None
        scalar = written if isinstance(written, Scalar) else tree.keys[key]
        if scalar.text in entries:
            problem = f"filled in, the key {quoted(scalar.text)} stands twice"
            reader.error(tree.keys[key].span, problem, "give the pattern different names", "duplicate-key")
        entries[scalar.text] = _filled(reader, child, filling, budget)
        keys[scalar.text] = scalar
    return Mapping(entries, keys, tree.span)


def _size(tree: Tree) -> int:
    if isinstance(tree, Scalar):
        return 1
    children = tree.items if isinstance(tree, Sequence) else tree.entries.values()
    return 1 + sum(map(_size, children))
