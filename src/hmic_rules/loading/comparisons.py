"""What one name is compared with: literals of its type, terms, other names and lists, from trees."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeGuard, cast

from hmic_rules.conditions import Applicable, Check, Compare, InList, LabelIn, Op, Operand, Symbol
from hmic_rules.datatypes import (
    NUMBER,
    BooleanType,
    LabelType,
    ListType,
    NumberType,
    ScalarType,
    TextType,
    WrongValue,
    read_number,
)
from hmic_rules.errors import Span, did_you_mean, nearest, quoted
from hmic_rules.loading.bounds import bound_meant
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Scope
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.unread import UNREAD
from hmic_rules.possible import Known
from hmic_rules.slips import number_word

__all__ = [
    "CHECKS",
    "is_numeric",
    "looks_like_a_test",
    "read_checks",
    "read_number_of",
    "read_query_checks",
    "resolve",
    "test_word_meant",
    "unordered",
]

OPS: Final = tuple(op.value for op in Op)
CHECKS: Final = (*OPS, "not", "in")


def resolve(reader: Reader, scope: Scope, written: str, span: Span, *, calculated: bool = False) -> Symbol | None:
    """The symbol that a name means in a scope; an unknown name is reported, once.

    Args:
        reader: takes the problem.
        scope: where the name stands.
        written: the name.
        span: its place.
        calculated: whether it stands in a calculation, and not in a condition.

    """
    symbol = scope.find(written)
    if symbol is None and not scope.failed(written):
        reader.error(
            span,
            f"no input, parameter or value is called {quoted(written)} here",
            _of_items(scope, written, calculated) or did_you_mean(written, scope.names()),
            "unknown-name",
        )
    return symbol


def _of_items(scope: Scope, name: str, calculated: bool) -> str | None:
    """How a name is asked that only items have."""
    holders = scope.holders(name)
    if not holders:
        return None
    here = [holder for holder in holders if scope.collection(holder)] or holders
    field = f"it is a field of {' and of '.join(map(quoted, here))}"
    if calculated:
        return f"{field}: take `add`, `max` or `min` of its items, such as {{add: {{of: {here[0]}, field: {name}}}}}"
    ask = "ask it of its items with `every`, `some`, `none`, `count` or `share`"
    return f"{field}: {ask}, such as {{some: {{of: {here[0]}, where: {{{name}: …}}}}}}"


def read_number_of(reader: Reader, tree: Tree | None, what: str) -> Fraction | int | None:
    """An exact number."""
    return cast("Fraction | int | None", reader.value(tree, NUMBER, what)) if tree is not None else None


def read_query_checks(reader: Reader, scope: Scope, tree: Tree, type: NumberType, word: str) -> tuple[Check, ...]:
    if not isinstance(tree, Mapping):
        return ()
    known = (*CHECKS, "of", "among", "where", "if_none")
    entries = {key if key in known else nearest(key, known): child for key, child in tree.entries.items()}
    tests = {key: child for key, child in entries.items() if key in CHECKS}
    tried = any(test_word_meant(key, child) for key, child in tree.entries.items() if key not in known)
    if not tests and not tried:
        help = f"add what the {word} must be, such as `at_least: {'1/2' if word == 'share' else '2'}`"
        reader.error(tree.span, f"`{word}` is compared with nothing", help, "missing-key")
        return ()
    return _comparisons(reader, scope, type, tests)


def read_checks(reader: Reader, scope: Scope, symbol: Symbol, tree: Tree) -> tuple[Check, ...]:
    if isinstance(symbol.type, ListType):
        help = f"ask another name whether it stands in it: {{in: {{value: {symbol.name}}}}}"
        reader.error(tree.span, f"{quoted(symbol.name)} is a list and cannot be tested itself", help, "type")
        return ()
    if isinstance(tree, Mapping):
        if not tree.entries:
            reader.error(tree.span, f"{quoted(symbol.name)} is tested against nothing", None, "empty")
            return ()
        entries = tree.entries
        known = reader.known_keys(
            tree,
            list(CHECKS),
            lambda key: f"{key} is not a test",
            lambda key: test_word_meant(key, entries[key]) or did_you_mean(key, CHECKS),
        )
        tests = {key: child for key, child in known.entries.items() if key in CHECKS}
        found = _comparisons(reader, scope, symbol.type, tests)
        return found if tests == entries else ()
    if isinstance(tree, Sequence):
        labels = _literals(reader, symbol.type, tree)
        return () if labels is None else (LabelIn(labels),)
    if _asks_applicability(tree, symbol.type):
        return (Applicable(tree.text == "applicable"),)
    check = _is(reader, scope, symbol.type, tree)
    return () if check is None else (check,)


def _literals(reader: Reader, type: ScalarType, tree: Sequence, *, negated: bool = False) -> frozenset[Known] | None:
    if not tree.items:
        reader.error(tree.span, "a list without entries matches nothing", "name at least one label", "empty")
        return None
    misplaced = [item for item in tree.items if _asks_applicability(item, type)]
    for item in misplaced:
        _misplaced(reader, item, negated=negated, listed=True)
    if misplaced:
        return None
    found = [reader.value(item, type, "a label") for item in tree.items]
    return None if None in found else frozenset(value for value in found if value is not None)


def _asks_applicability(tree: Tree, type: ScalarType) -> TypeGuard[Scalar]:
    """Whether a text asks if something is applicable, and is not a label or a text of its own."""
    return (
        isinstance(tree, Scalar)
        and (tree.plain or not isinstance(type, TextType))
        and tree.text in ("applicable", "not applicable")
        and not (isinstance(type, LabelType) and tree.text in type.ranks)
        and type is not UNREAD
    )


def _misplaced(reader: Reader, tree: Scalar, *, negated: bool, listed: bool) -> None:
    """Whether something is applicable is asked by the word alone, which no other test takes and no list."""
    if listed:
        joint = "{all: [{NAME: …}, {NAME: …}]}" if negated else "{any: [{NAME: …}, {NAME: …}]}"
        asked = _opposite(tree.text) if negated else tree.text
        help = f"ask it in a test of its own, `NAME: {asked}`, and join the two: {joint}"
    else:
        help = f"write `NAME: {_opposite(tree.text) if negated else tree.text}`, without another word"
    reader.error(tree.span, f"{quoted(tree.text)} is a test of its own, and nothing to compare with", help, "value")


def _opposite(word: str) -> str:
    return "not applicable" if word == "applicable" else "applicable"


def _is(reader: Reader, scope: Scope, type: ScalarType, tree: Tree) -> Check | None:
    """A bare literal, a term by its name, or another name: what ``is`` and the short form take."""
    if isinstance(tree, Mapping):
        operand = _operand(reader, scope, type, tree)
        return None if operand is None else Compare(Op.IS, operand)
    if isinstance(tree, Scalar) and isinstance(type, NumberType) and not tree.null and not is_numeric(tree.text):
        term = scope.vocabulary.terms.get(tree.text)
        if term is not None:
            return Compare(term.op, term)
        _no_term(reader, scope, tree)
        return None
    value = reader.value(tree, type, "a value")
    if value is None:
        return None
    return (
        LabelIn(frozenset([value])) if isinstance(type, BooleanType | LabelType | TextType) else Compare(Op.IS, value)
    )


def test_word_meant(word: str, tree: Tree) -> str | None:
    """How a test is written whose word the language does not have."""
    if word.casefold() in ("between", "range", "from") and isinstance(tree, Sequence) and len(tree.items) == 2:
        low, high = (item.text if isinstance(item, Scalar) else "…" for item in tree.items)
        return f"write {{at_least: {low}, at_most: {high}}}"
    meant = bound_meant(f"{word} {tree.text if isinstance(tree, Scalar) else '…'}")
    return None if meant is None else meant.replace("a bound is written as a mapping:", "write")


def looks_like_a_test(tree: Tree) -> bool:
    """Whether it is a mapping whose keys are words of a test, or slips for them."""
    return (
        isinstance(tree, Mapping)
        and bool(tree.entries)
        and all(
            key in CHECKS or nearest(key, CHECKS) or test_word_meant(key, child) for key, child in tree.entries.items()
        )
    )


def is_numeric(text: str) -> bool:
    try:
        read_number(text)
    except WrongValue:
        return text[:1].isdigit() or text[:1] in "-.<>=≥≤"
    return True


def _no_term(reader: Reader, scope: Scope, tree: Scalar) -> None:
    if tree.text not in scope.vocabulary.failed:
        near = nearest(tree.text, scope.vocabulary.failed)
        help = bound_meant(tree.text) or number_word(tree.text) or (near and f"did you mean {quoted(near)}?")
        help = help or did_you_mean(tree.text, scope.vocabulary.terms) or "define it under `terms`, or write a number"
        reader.error(tree.span, f"{quoted(tree.text)} is neither a number nor a term", help, "unknown-name")


def _comparisons(reader: Reader, scope: Scope, type: ScalarType, entries: dict[str, Tree]) -> tuple[Check, ...]:
    found: list[Check | None] = []
    for word, tree in entries.items():
        if word in ("not", "in"):
            found.append(_membership(reader, scope, type, tree, negated=word == "not"))
        elif word == "is":
            if isinstance(tree, Sequence):
                labels = _literals(reader, type, tree)
                found.append(None if labels is None else LabelIn(labels))
            elif isinstance(tree, Mapping) and tree.entries.keys() & set(CHECKS):
                inner = reader.mapping(tree, "a test", CHECKS)
                found.extend(
                    _comparisons(reader, scope, type, inner.entries) or [None] if inner is not None else [None]
                )
            elif _asks_applicability(tree, type):
                _misplaced(reader, tree, negated=False, listed=False)
                found.append(None)
            else:
                found.append(_is(reader, scope, type, tree))
        elif not _has_order(type):
            help = "use `is`, `in` or `not`" + (
                ", or declare the labels as a scale" if isinstance(type, LabelType) else ""
            )
            reader.error(
                tree.span,
                f"`{word}` needs an order, and {unordered(type)} has none",
                help,
                "type",
            )
            found.append(None)
        else:
            operand = _operand(reader, scope, type, tree)
            found.append(None if operand is None else Compare(Op(word), operand))
    return () if None in found else tuple(check for check in found if check is not None)


def _membership(reader: Reader, scope: Scope, type: ScalarType, tree: Tree, *, negated: bool) -> Check | None:
    if isinstance(tree, Sequence):
        labels = _literals(reader, type, tree, negated=negated)
        return None if labels is None else LabelIn(labels, negated)
    if _asks_applicability(tree, type):
        _misplaced(reader, tree, negated=negated, listed=False)
        return None
    if isinstance(tree, Mapping):
        named = _named(reader, scope, tree)
        if named is None:
            return None
        if isinstance(named.type, ListType):
            return InList(named, negated) if _comparable(reader, type, named.type.item, tree.span) else None
        return Compare(Op.IS, named, negated) if _comparable(reader, type, named.type, tree.span) else None
    value = reader.value(tree, type, "a value")
    return None if value is None else LabelIn(frozenset([value]), negated)


def _named(reader: Reader, scope: Scope, tree: Mapping) -> Symbol | None:
    mapping = reader.mapping(tree, "a reference", ("value",), ("value",))
    named = mapping.entries.get("value") if mapping is not None else None
    text = reader.text(named, "`value`")
    return None if text is None or named is None else resolve(reader, scope, text, named.span)


def _operand(reader: Reader, scope: Scope, type: ScalarType, tree: Tree) -> Operand | None:
    if isinstance(tree, Mapping):
        if "term" in tree.entries:
            reader.known_keys(tree, ["term"], lambda key: f"{key} does not go with `term`")
            text = reader.text(tree.entries["term"], "`term`")
            term = scope.vocabulary.terms.get(text or "")
            if term is None and isinstance(tree.entries["term"], Scalar):
                _no_term(reader, scope, tree.entries["term"])
            return term
        named = _named(reader, scope, tree)
        if named is None:
            return None
        if isinstance(named.type, ListType):
            reader.error(tree.span, f"{quoted(named.name)} is a list", "ask it with `in`", "type")
            return None
        return named if _comparable(reader, type, named.type, tree.span) else None
    if _asks_applicability(tree, type):
        _misplaced(reader, tree, negated=False, listed=False)
        return None
    if isinstance(tree, Scalar) and isinstance(type, NumberType) and not tree.null and not is_numeric(tree.text):
        term = scope.vocabulary.terms.get(tree.text)
        if term is None:
            _no_term(reader, scope, tree)
        return term
    return reader.value(tree, _unbounded(type), "a bound")


def _has_order(type: ScalarType) -> bool:
    if isinstance(type, LabelType):
        return type.scale is not None
    return type is UNREAD or not isinstance(type, BooleanType | TextType)


def unordered(type: ScalarType) -> str:
    """A type without an order, in words."""
    return "a choice" if isinstance(type, LabelType) else "a boolean" if isinstance(type, BooleanType) else "a text"


def _unbounded(type: ScalarType) -> ScalarType:
    return NUMBER if isinstance(type, NumberType) and type.kind != "share" else type


def _comparable(reader: Reader, one: ScalarType, other: ScalarType, span: Span) -> bool:
    same = (
        (isinstance(one, NumberType) and isinstance(other, NumberType))
        or (
            isinstance(one, LabelType)
            and isinstance(other, LabelType)
            and set(one.labels) & set(other.labels) != set()
            and one.scale == other.scale
        )
        or (isinstance(one, LabelType) and one.scale is None and isinstance(other, LabelType) and other.scale is None)
        or (isinstance(one, LabelType | TextType) and isinstance(other, TextType))
        or (type(one) is type(other) and not isinstance(one, LabelType))
        or UNREAD in (one, other)
    )
    if not same:
        reader.error(
            span, f"{one.described} cannot be compared with {other.described}", "compare things of one type", "type"
        )
    return same
