"""Trees to conditions and queries, with every name resolved and every literal read by the type of what it is compared with."""

from __future__ import annotations

from typing import Final, Literal, cast

from hmic_rules.conditions import (
    All,
    Any,
    Applicable,
    Compare,
    Condition,
    CountTest,
    Not,
    Quantified,
    Query,
    ShareTest,
    Symbol,
    SymbolKind,
    Test,
    Truth,
    parts_of,
)
from hmic_rules.datatypes import INTEGER, SHARE
from hmic_rules.errors import did_you_mean, nearest, quoted
from hmic_rules.loading.comparisons import (
    CHECKS,
    looks_like_a_test,
    read_checks,
    read_query_checks,
    resolve,
    test_word_meant,
)
from hmic_rules.loading.fields import RESERVED, Reader
from hmic_rules.loading.hints import key_help
from hmic_rules.loading.scopes import Scope
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.unread import ELSEWHERE, UNREAD

__all__ = ["IF_NONE", "QUERY", "read_condition", "read_query"]

QUERY: Final = ("of", "among", "where")
IF_NONE: Final = {"holds": Truth.YES, "fails": Truth.NO, "unknown": Truth.UNKNOWN}


def read_condition(reader: Reader, scope: Scope, tree: Tree, what: str = "a condition") -> Condition | None:
    """A condition: a mapping whose entries must all hold.

    Returns ``None`` where something was wrong; the reader then has the reasons.
    """
    mapping = reader.mapping(tree, what)
    if mapping is None:
        return None
    if not mapping.entries:
        reader.error(mapping.span, f"{what} is empty", "name what must hold, such as {status: met}", "empty")
        return None
    parts = [_entry(reader, scope, mapping.keys[key], child) for key, child in mapping.entries.items()]
    sound = [part for part in parts if part is not None]
    if len(sound) < len(parts):
        return None
    return sound[0] if len(sound) == 1 else All(tuple(sound), mapping.span)


def _entry(reader: Reader, scope: Scope, key: Scalar, tree: Tree) -> Condition | None:
    word = key.text
    if tree.span in reader.refused:
        return None
    misnamed = scope.find(word) if word in RESERVED else None
    if misnamed is not None and not _is_operator(word, tree):
        read_checks(reader, scope, misnamed, tree)
        return None
    if word in ("all", "any"):
        parts = [
            read_condition(reader, scope, part, f"an entry of `{word}`") for part in reader.sequence(tree, f"`{word}`")
        ]
        sound = tuple(part for part in parts if part is not None)
        if len(sound) < len(parts) or not isinstance(tree, Sequence):
            return None
        return All(sound, key.span) if word == "all" else Any(sound, key.span)
    if word == "not":
        part = read_condition(reader, scope, tree, "`not`")
        return None if part is None else Not(part, key.span)
    if word in ("every", "some", "none"):
        query = read_query(reader, scope, tree, f"`{word}`", QUERY, needs_where=True)
        return None if query is None else Quantified(cast("Literal['every', 'some', 'none']", word), query, key.span)
    if word == "count":
        query = read_query(reader, scope, tree, "`count`", (*QUERY, *CHECKS), needs_where=False)
        checks = read_query_checks(reader, scope, tree, INTEGER, "count")
        return None if query is None or not checks else CountTest(query, checks, key.span)
    if word == "share":
        query = read_query(reader, scope, tree, "`share`", (*QUERY, *CHECKS, "if_none"), needs_where=True)
        checks = read_query_checks(reader, scope, tree, SHARE, "share")
        if_none = (
            reader.one_of(tree.entries.get("if_none"), "`holds`, `fails` or `unknown`", IF_NONE)
            if isinstance(tree, Mapping)
            else None
        )
        return (
            None if query is None or not checks else ShareTest(query, checks, IF_NONE[if_none or "unknown"], key.span)
        )
    symbol = resolve(reader, scope, word, key.span)
    if symbol is None:
        if scope.failed(word) and looks_like_a_test(tree):
            read_checks(reader, scope, Symbol(word, ELSEWHERE, SymbolKind.INPUT, UNREAD), tree)
        return None
    checks = read_checks(reader, scope, symbol, tree)
    return Test(symbol, checks, key.span) if checks else None


def _is_operator(word: str, tree: Tree) -> bool:
    """Whether what stands under a word of the language is what the word takes, where an input is called so too."""
    if word in ("all", "any"):
        return isinstance(tree, Sequence)
    return isinstance(tree, Mapping) and (word == "not" or "of" in tree.entries)


def read_query(
    reader: Reader,
    scope: Scope,
    tree: Tree,
    what: str,
    allowed: tuple[str, ...],
    *,
    needs_where: bool,
    field: Symbol | None = None,
) -> Query | None:
    if isinstance(tree, Mapping):
        tree = _gathered(reader, scope, tree, allowed)
        tree = _with_known_keys(reader, tree, what, allowed)
    mapping = reader.mapping(tree, what, None, ("of", "where") if needs_where else ("of",))
    if mapping is None:
        return None
    name = _collection(reader, scope, mapping.entries.get("of"))
    inner = scope.inside(name)
    found = {
        part: read_condition(reader, inner, mapping.entries[part], f"`{part}`")
        for part in ("among", "where")
        if part in mapping.entries
    }
    if name == ELSEWHERE or None in found.values() or (needs_where and "where" not in found):
        return None
    where = found.get("where")
    guarded = tuple(
        dict.fromkeys(
            [
                *([] if where is None else _guarded(where, name)),
                *([field] if field is not None and field.may_be_not_applicable else []),
            ]
        )
    )
    return Query(name, found.get("among"), where, guarded, mapping.span)


def _with_known_keys(reader: Reader, query: Mapping, what: str, allowed: tuple[str, ...]) -> Mapping:
    """The query with slips corrected; the words of a test are told how a test is written."""

    def help(key: str) -> str | None:
        meant = test_word_meant(key, query.entries[key]) if "at_least" in allowed else None
        return meant or key_help(key, list(allowed))

    return reader.known_keys(query, list(allowed), lambda key: f"{key} is not a key of {what}", help)


def _collection(reader: Reader, scope: Scope, tree: Tree | None) -> str:
    """What a query goes over; of one that is not there, the nearest, or a place of which nothing is known."""
    name = reader.text(tree, "`of`")
    if name is None or tree is None:
        return ELSEWHERE
    if scope.collection(name):
        return name
    if scope.failed(name):
        return ELSEWHERE
    known = scope.collections()
    problem = f"no collection or group is called {quoted(name)} here"
    reader.error(tree.span, problem, did_you_mean(name, known), "unknown-name")
    near = nearest(name, known)
    return near if near is not None and scope.collection(near) else ELSEWHERE


def _gathered(reader: Reader, scope: Scope, query: Mapping, allowed: tuple[str, ...]) -> Mapping:
    """The query with fields of the item that stand beside ``of`` reported and taken as asked by ``where``."""
    of = query.entries.get("of")
    if not isinstance(of, Scalar) or not scope.collection(of.text):
        return query
    fields = scope.vocabulary.symbols[of.text]
    stray = {key: child for key, child in query.entries.items() if key in fields and key not in allowed}
    if not stray:
        return query
    for key in stray:
        problem = f"{quoted(key)} is a field of {quoted(of.text)}, and stands outside `where`"
        reader.error(query.keys[key].span, problem, f"write `where: {{{key}: …}}`", "unknown-key")
    rest = query.without(stray)
    if "where" in rest.entries:
        return rest
    first = query.keys[next(iter(stray))]
    where = Mapping(stray, {key: query.keys[key] for key in stray}, first.span)
    return Mapping({**rest.entries, "where": where}, {**rest.keys, "where": first}, query.span)


def _guarded(where: Condition, collection: str) -> list[Symbol]:
    """The item's own fields that ``where`` reads and that can be not applicable, save those whose applicability it asks itself."""
    read: list[Symbol] = []
    asked: set[str] = set()
    pending: list[object] = [where]
    while pending:
        node = pending.pop()
        if isinstance(node, Test):
            if node.subject.scope == collection and any(isinstance(check, Applicable) for check in node.checks):
                asked.add(node.subject.name)
            named = [node.subject, *(check.operand for check in node.checks if isinstance(check, Compare))]
            read += [
                one
                for one in named
                if isinstance(one, Symbol) and one.scope == collection and one.may_be_not_applicable
            ]
        else:
            pending.extend(parts_of(cast("Condition", node)))
    return sorted((symbol for symbol in read if symbol.name not in asked), key=lambda symbol: symbol.name)
