"""The first pass over `values`: every name with its scope and its type, and the groups whole, so that rules may name each other in any order."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from hmic_rules.conditions import CASE, Symbol, SymbolKind
from hmic_rules.datatypes import BOOLEAN, NUMBER, ScalarType
from hmic_rules.errors import did_you_mean, nearest, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.groups import read_groups, source_of
from hmic_rules.loading.scopes import Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.types import TYPE_KEYS, read_type
from hmic_rules.loading.unread import ELSEWHERE, UNREAD, name_meant
from hmic_rules.rulesets import Group

__all__ = ["BODIES", "VALUE_KEYS", "Header", "Headers", "ask_how_to_choose", "read_headers", "report_hidden_names"]

BODIES: Final = ("choose", "points", "is", "calc", "judged")
VALUE_KEYS: Final = (
    *TYPE_KEYS,
    "each",
    "applies",
    "outcome",
    "safe_side",
    "better",
    "says",
    "basis",
    "cite",
    *BODIES,
    "rules",
    "otherwise",
    "limits",
    "if_limits_cross",
    "may_depart",
)
KINDS: Final = {
    SymbolKind.INPUT: "an input",
    SymbolKind.PARAMETER: "a parameter",
    SymbolKind.VALUE: "a value",
    SymbolKind.KEY: "a key",
}


@frozen
class Header:
    """A value whose name and type are known and whose rules are still to be read."""

    name: str
    scope: str
    type: ScalarType
    mapping: Mapping
    key: Scalar


@frozen
class Headers:
    """What the first pass over `values` finds."""

    values: dict[str, Header] = field(factory=dict)
    groups: dict[str, Group] = field(factory=dict)


def read_headers(
    reader: Reader,
    tree: Tree | None,
    vocabulary: Vocabulary,
) -> Headers:
    """Names, scopes and types of all values; groups whole."""
    headers = Headers()
    mapping = reader.mapping(tree, "`values`")
    if mapping is None:
        vocabulary.partly.add(CASE)
        return headers
    pending: dict[Scalar, Mapping] = {}
    for key, child in mapping.entries.items():
        if isinstance(child, Mapping) and "group" in child.entries:
            pending[mapping.keys[key]] = child
    for scalar, child in list(pending.items()):
        is_named = reader.name(scalar, "a group") is not None
        if _taken(reader, scalar, vocabulary):
            vocabulary.failed.add(scalar.text)
            del pending[scalar]
            continue
        vocabulary.add_scope(scalar.text, CASE, source_of(child))
        if not is_named:
            vocabulary.add_spelling(CASE, scalar.text, name_meant(scalar.text))
    for key, child in mapping.entries.items():
        scalar = mapping.keys[key]
        is_group = isinstance(child, Mapping) and "group" in child.entries
        if is_group:
            continue
        _header(reader, scalar, child, vocabulary, headers)
    headers.groups.update(read_groups(reader, pending, vocabulary))
    return headers


def report_hidden_names(reader: Reader, vocabulary: Vocabulary) -> None:
    """Report every field of an item that has the name of something of the case: a rule that says the name would mean either."""
    for collection in vocabulary.collections.values():
        for given in collection.fields.values():
            symbol = vocabulary.symbols[CASE].get(given.name)
            if symbol is not None:
                problem = f"the field {quoted(given.name)} of {quoted(collection.name)} hides {KINDS[symbol.kind]} of the case"
                reader.error(given.span, problem, "give one of the two another name", "hidden-name")


def _taken(reader: Reader, key: Scalar, vocabulary: Vocabulary) -> bool:
    """Whether the name of a value already stands for something else."""
    symbol = vocabulary.symbols[CASE].get(key.text)
    if symbol is None and key.text not in vocabulary.collections:
        return False
    what = "a collection" if symbol is None else KINDS[symbol.kind]
    problem = f"{quoted(key.text)} is already the name of {what}"
    reader.error(key.span, problem, "give the value another name", "duplicate-key")
    return True


def _header(
    reader: Reader,
    key: Scalar,
    tree: Tree,
    vocabulary: Vocabulary,
    headers: Headers,
) -> None:
    name, taken = key.text, _taken(reader, key, vocabulary)
    is_named = reader.name(key, "a value") is not None
    what = f"the value {quoted(name)}"
    mapping = reader.mapping(tree, what, VALUE_KEYS)
    if mapping is None:
        vocabulary.failed.add(name)
        return
    mapping = _as_points(reader, mapping, what)
    scope = _each(reader, mapping.entries["each"], vocabulary) if "each" in mapping.entries else CASE
    if scope == ELSEWHERE:
        vocabulary.failed.add(name)
    default = (
        BOOLEAN
        if "is" in mapping.entries
        else NUMBER
        if "calc" in mapping.entries or "points" in mapping.entries
        else None
    )
    type = read_type(reader, mapping, vocabulary.scales, what, default)
    if type is UNREAD:
        vocabulary.failed.add(name)
    headers.values[name] = Header(name, scope, type, mapping, key)
    if taken:
        return
    if name in vocabulary.symbols.get(scope, {}):
        problem = f"{quoted(name)} is already the name of a field of {quoted(scope)}"
        reader.error(key.span, problem, "give the value another name", "duplicate-key")
        return
    may_be_not_applicable = (
        "applies" in mapping.entries or "calc" in mapping.entries
    )  # as what it is calculated from may be
    vocabulary.add(Symbol(name, scope, SymbolKind.VALUE, type, may_be_not_applicable, scope == CASE))
    if not is_named:
        vocabulary.failed.update((name, name_meant(name)))
        vocabulary.add_spelling(scope, name, name_meant(name))


def _each(reader: Reader, tree: Tree, vocabulary: Vocabulary) -> str:
    """What a value stands on; of one that is not there, the nearest, or a place of which nothing is known."""
    written = reader.text(tree, "`each`")
    if written is None or written in vocabulary.parents:
        return ELSEWHERE if written is None else written
    if vocabulary.unsure(written):
        return ELSEWHERE
    problem = f"no collection or group is called {quoted(written)}"
    reader.error(tree.span, problem, did_you_mean(written, vocabulary.parents), "unknown-name")
    return nearest(written, vocabulary.parents) or ELSEWHERE


def _as_points(reader: Reader, mapping: Mapping, what: str) -> Mapping:
    """The value with `rules` that are worth something read as `points`, which they are."""
    rules = mapping.entries.get("rules")
    has_worth = isinstance(rules, Sequence) and any(
        isinstance(rule, Mapping) and "worth" in rule.entries and "then" not in rule.entries for rule in rules.items
    )
    if not has_worth or "points" in mapping.entries:
        return mapping
    key, without = mapping.keys["rules"], {"rules", "choose"}
    help = "write `points:` instead of `rules:`" + (", without `choose`" if "choose" in mapping.entries else "")
    reader.error(key.span, f"the rules of {what} have a `worth`, and `rules` have a `then`", help, "unknown-key")
    entries = {"points" if one == "rules" else one: child for one, child in mapping.entries.items() if one != "choose"}
    keys = {**{one: scalar for one, scalar in mapping.keys.items() if one not in without}, "points": key}
    return Mapping(entries, keys, mapping.span)


def ask_how_to_choose(reader: Reader, mapping: Mapping) -> None:
    """Report rules of which nothing says how one is chosen."""
    if "rules" in mapping.entries and not any(body in mapping.entries for body in BODIES):
        problem = "the rules do not say how to choose among them"
        help = (
            "add `choose: first`, `unique`, `highest` or `lowest`; rules that add up are `points:`, each with a `worth`"
        )
        reader.error(mapping.keys["rules"].span, problem, help, "missing-key")
