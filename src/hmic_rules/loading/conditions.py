"""Trees to conditions and calculations, with every name resolved and every literal read by the type of what it is compared with."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal, cast

from hmic_rules.conditions import (
    Aggregate,
    All,
    Any,
    Applicable,
    Bands,
    Check,
    Combine,
    Compare,
    Condition,
    Count,
    CountTest,
    Elapsed,
    Expression,
    InList,
    LabelIn,
    LongestRun,
    Not,
    Number,
    Op,
    Operand,
    PointsOf,
    Quantified,
    Query,
    Ratio,
    Read,
    Share,
    ShareTest,
    Symbol,
    Test,
    Truth,
    parts_of,
)
from hmic_rules.datatypes import (
    INTEGER,
    NUMBER,
    SHARE,
    BooleanType,
    DateType,
    LabelType,
    ListType,
    MonthType,
    NumberType,
    ScalarType,
    TextType,
    WrongValue,
    read_number,
)
from hmic_rules.errors import Span, did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Scope
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.possible import Known, Month

__all__ = ["read_condition", "read_expression", "read_number_of", "resolve"]

OPS: Final = tuple(op.value for op in Op)
CHECKS: Final = (*OPS, "not", "in")
QUERY: Final = ("of", "among", "where")
IF_NONE: Final = {"holds": Truth.YES, "fails": Truth.NO, "unknown": Truth.UNKNOWN}
CALCULATIONS: Final = (
    "count",
    "share",
    "add",
    "max",
    "min",
    "ratio",
    "bands",
    "points",
    "weeks",
    "months",
    "longest_run",
)


def resolve(reader: Reader, scope: Scope, written: str, span: Span) -> Symbol | None:
    """The symbol that a name means in a scope; an unknown name is reported, once."""
    symbol = scope.find(written)
    if symbol is None and written not in scope.vocabulary.failed:
        reader.error(
            span,
            f"no input, parameter or value is called {quoted(written)} here",
            did_you_mean(written, scope.names()),
            "unknown-name",
        )
    return symbol


def read_number_of(reader: Reader, tree: Tree | None, what: str) -> Fraction | int | None:
    """An exact number."""
    return cast("Fraction | int | None", reader.value(tree, NUMBER, what)) if tree is not None else None


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
        query = _query(reader, scope, tree, f"`{word}`", QUERY, needs_where=True)
        return None if query is None else Quantified(cast("Literal['every', 'some', 'none']", word), query, key.span)
    if word == "count":
        query = _query(reader, scope, tree, "`count`", (*QUERY, *CHECKS), needs_where=False)
        checks = _query_checks(reader, scope, tree, INTEGER, "count")
        return None if query is None or not checks else CountTest(query, checks, key.span)
    if word == "share":
        query = _query(reader, scope, tree, "`share`", (*QUERY, *CHECKS, "if_none"), needs_where=True)
        checks = _query_checks(reader, scope, tree, SHARE, "share")
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
        return None
    checks = _checks(reader, scope, symbol, tree)
    return Test(symbol, checks, key.span) if checks else None


def _query(
    reader: Reader,
    scope: Scope,
    tree: Tree,
    what: str,
    allowed: tuple[str, ...],
    *,
    needs_where: bool,
    field: Symbol | None = None,
) -> Query | None:
    mapping = reader.mapping(tree, what, allowed, ("of", "where") if needs_where else ("of",))
    if mapping is None or "of" not in mapping.entries:
        return None
    name = reader.text(mapping.entries["of"], "`of`")
    if name is None:
        return None
    if not scope.collection(name):
        at = mapping.entries["of"].span
        if name not in scope.vocabulary.failed:
            reader.error(
                at,
                f"no collection or group is called {quoted(name)} here",
                did_you_mean(name, scope.collections()),
                "unknown-name",
            )
        return None
    inner = scope.inside(name)
    found: dict[str, Condition | None] = {}
    for part in ("among", "where"):
        if part in mapping.entries:
            found[part] = read_condition(reader, inner, mapping.entries[part], f"`{part}`")
            if found[part] is None:
                return None
    if needs_where and "where" not in found:
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


def _guarded(where: Condition, collection: str) -> list[Symbol]:
    """The item's own fields that ``where`` reads and that can be not applicable, save those whose applicability it asks itself."""
    read: list[Symbol] = []
    asked: set[str] = set()
    pending: list[object] = [where]
    while pending:
        node = pending.pop()
        if isinstance(node, Test) and node.subject.scope == collection:
            if any(isinstance(check, Applicable) for check in node.checks):
                asked.add(node.subject.name)
            elif node.subject.may_be_not_applicable:
                read.append(node.subject)
        elif isinstance(node, All | Any | Not):
            pending.extend(parts_of(node))
    return sorted((symbol for symbol in read if symbol.name not in asked), key=lambda symbol: symbol.name)


def _query_checks(reader: Reader, scope: Scope, tree: Tree, type: NumberType, word: str) -> tuple[Check, ...]:
    if not isinstance(tree, Mapping):
        return ()
    entries = {key: child for key, child in tree.entries.items() if key in CHECKS}
    if not entries:
        help = f"add what the {word} must be, such as `at_least: {'1/2' if word == 'share' else '2'}`"
        reader.error(tree.span, f"`{word}` is compared with nothing", help, "missing-key")
        return ()
    return _comparisons(reader, scope, type, entries)


def _checks(reader: Reader, scope: Scope, symbol: Symbol, tree: Tree) -> tuple[Check, ...]:
    if isinstance(symbol.type, ListType):
        help = f"ask another name whether it stands in it: {{in: {{value: {symbol.name}}}}}"
        reader.error(tree.span, f"{quoted(symbol.name)} is a list and cannot be tested itself", help, "type")
        return ()
    if isinstance(tree, Mapping):
        if not tree.entries:
            reader.error(tree.span, f"{quoted(symbol.name)} is tested against nothing", None, "empty")
            return ()
        unknown = [key for key in tree.entries if key not in CHECKS]
        for key in unknown:
            help = did_you_mean(key, CHECKS) or "known tests: " + ", ".join(CHECKS)
            reader.error(tree.keys[key].span, f"{quoted(key)} is not a test", help, "unknown-key")
        return () if unknown else _comparisons(reader, scope, symbol.type, tree.entries)
    if isinstance(tree, Sequence):
        labels = _literals(reader, symbol.type, tree)
        return () if labels is None else (LabelIn(labels),)
    if (
        tree.plain
        and tree.text in ("applicable", "not applicable")
        and not (isinstance(symbol.type, LabelType) and tree.text in symbol.type.ranks)
    ):
        return (Applicable(tree.text == "applicable"),)
    check = _is(reader, scope, symbol.type, tree)
    return () if check is None else (check,)


def _literals(reader: Reader, type: ScalarType, tree: Sequence) -> frozenset[Known] | None:
    if not tree.items:
        reader.error(tree.span, "a list without entries matches nothing", "name at least one label", "empty")
        return None
    found = [reader.value(item, type, "a label") for item in tree.items]
    return None if None in found else frozenset(value for value in found if value is not None)


def _is(reader: Reader, scope: Scope, type: ScalarType, tree: Tree) -> Check | None:
    """A bare literal, a term by its name, or another name: what ``is`` and the short form take."""
    if isinstance(tree, Mapping):
        operand = _operand(reader, scope, type, tree)
        return None if operand is None else Compare(Op.IS, operand)
    if isinstance(tree, Scalar) and isinstance(type, NumberType) and not tree.null and not _numeric(tree.text):
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


def _numeric(text: str) -> bool:
    try:
        read_number(text)
    except WrongValue:
        return text[:1].isdigit() or text[:1] in "-.<>="
    return True


def _no_term(reader: Reader, scope: Scope, tree: Scalar) -> None:
    if tree.text not in scope.vocabulary.failed:
        help = did_you_mean(tree.text, scope.vocabulary.terms) or "define it under `terms`, or write a number"
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
            else:
                found.append(_is(reader, scope, type, tree))
        elif isinstance(type, BooleanType | TextType) or (isinstance(type, LabelType) and type.scale is None):
            help = "use `is`, `in` or `not`, or declare the labels as a scale"
            reader.error(
                tree.span,
                f"`{word}` needs an order, and {type.described.replace('one of ', '')} has none",
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
        labels = _literals(reader, type, tree)
        return None if labels is None else LabelIn(labels, negated)
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
    text = reader.text(mapping.entries.get("value"), "`value`") if mapping else None
    return None if text is None else resolve(reader, scope, text, tree.entries["value"].span)


def _operand(reader: Reader, scope: Scope, type: ScalarType, tree: Tree) -> Operand | None:
    if isinstance(tree, Mapping):
        if "term" in tree.entries:
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
    if isinstance(tree, Scalar) and isinstance(type, NumberType) and not tree.null and not _numeric(tree.text):
        term = scope.vocabulary.terms.get(tree.text)
        if term is None:
            _no_term(reader, scope, tree)
        return term
    return reader.value(tree, _unbounded(type), "a bound")


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
    )
    if not same:
        reader.error(span, f"{one.described} cannot be compared with {other.described}", None, "type")
    return same


def read_expression(reader: Reader, scope: Scope, tree: Tree) -> Expression | None:
    """A calculation of a number."""
    if isinstance(tree, Scalar):
        if tree.null or _numeric(tree.text):
            value = read_number_of(reader, tree, "a number")
            return None if value is None else Number(value, tree.span)
        symbol = resolve(reader, scope, tree.text, tree.span)
        if symbol is None:
            return None
        if not isinstance(symbol.type, NumberType):
            reader.error(tree.span, f"{quoted(tree.text)} is {symbol.type.described} and not a number", None, "type")
            return None
        return Read(symbol, tree.span)
    mapping = reader.mapping(tree, "a calculation", CALCULATIONS)
    if mapping is None:
        return None
    if len(mapping.entries) != 1:
        reader.error(mapping.span, "a calculation has exactly one operator", "add several with {add: [ … ]}", "shape")
        return None
    word, child = next(iter(mapping.entries.items()))
    span = mapping.keys[word].span
    if word not in CALCULATIONS:
        return None
    if word in ("add", "max", "min"):
        return _sum(reader, scope, cast("Literal['add', 'max', 'min']", word), child, span)
    if word in ("weeks", "months"):
        return _elapsed(reader, scope, cast("Literal['weeks', 'months']", word), child, span)
    if word == "count":
        query = _query(reader, scope, child, "`count`", QUERY, needs_where=False)
        return None if query is None else Count(query, span)
    if word == "share":
        query = _query(reader, scope, child, "`share`", QUERY, needs_where=True)
        return None if query is None else Share(query, span)
    if word == "ratio":
        parts = reader.mapping(child, "`ratio`", ("part", "whole"), ("part", "whole"))
        if parts is None or len(parts.entries) < 2:
            return None
        part = read_expression(reader, scope, parts.entries["part"])
        whole = read_expression(reader, scope, parts.entries["whole"])
        return None if part is None or whole is None else Ratio(part, whole, span)
    if word == "bands":
        return _bands(reader, scope, child, span)
    return _points(reader, scope, child, span) if word == "points" else _run(reader, scope, child, span)


def _sum(reader: Reader, scope: Scope, word: Literal["add", "max", "min"], tree: Tree, span: Span) -> Expression | None:
    if isinstance(tree, Sequence):
        parts = [read_expression(reader, scope, item) for item in tree.items]
        if not parts:
            reader.error(tree.span, f"`{word}` of nothing", "name what is combined", "empty")
        sound = tuple(part for part in parts if part is not None)
        return Combine(word, sound, span) if sound and len(sound) == len(parts) else None
    field = _field(reader, scope, tree, "field", NumberType)
    query = _query(reader, scope, tree, f"`{word}`", (*QUERY, "field"), needs_where=False, field=field)
    return None if query is None or field is None else Aggregate(word, query, field, span)


def _field(reader: Reader, scope: Scope, tree: Tree, key: str, *types: type) -> Symbol | None:
    """The item's own field that an aggregation takes."""
    if not isinstance(tree, Mapping) or "of" not in tree.entries:
        return None
    if key not in tree.entries:
        reader.error(tree.span, f"no `{key}` is named", f"add `{key}: NAME`", "missing-key")
        return None
    name, collection = reader.text(tree.entries[key], f"`{key}`"), reader.text(tree.entries["of"], "`of`")
    if name is None or collection is None or not scope.collection(collection):
        return None
    symbol = resolve(reader, scope.inside(collection), name, tree.entries[key].span)
    if symbol is not None and types and not isinstance(symbol.type, types):
        reader.error(
            tree.entries[key].span,
            f"{quoted(name)} is {symbol.type.described}, which cannot be used as `{key}`",
            None,
            "type",
        )
        return None
    return symbol


def _bands(reader: Reader, scope: Scope, tree: Tree, span: Span) -> Expression | None:
    mapping = reader.mapping(tree, "`bands`", ("of", "below", "from"), ("of", "below", "from"))
    if mapping is None or len(mapping.entries) < 3:
        return None
    of = read_expression(reader, scope, mapping.entries["of"])
    below = read_number_of(reader, mapping.entries["below"], "`below`")
    table = reader.mapping(mapping.entries["from"], "`from`")
    if of is None or below is None or table is None:
        return None
    steps: list[tuple[Fraction | int, Fraction | int]] = []
    for key, child in table.entries.items():
        bound, result = read_number_of(reader, table.keys[key], "a bound"), read_number_of(reader, child, "a result")
        if bound is None or result is None:
            return None
        if steps and bound <= steps[-1][0]:
            reader.error(
                table.keys[key].span,
                f"the bound {quoted(key)} is not above the one before it",
                "list the bounds upward",
                "order",
            )
            return None
        steps.append((bound, result))
    return Bands(of, below, tuple(steps), span)


def _points(reader: Reader, scope: Scope, tree: Tree, span: Span) -> Expression | None:
    query = _query(reader, scope, tree, "`points`", (*QUERY, "worth", "different"), needs_where=False)
    if query is None or not isinstance(tree, Mapping):
        return None
    if "worth" not in tree.entries:
        reader.error(tree.span, "`points` has no `worth`", "add `worth: NUMBER`", "missing-key")
        return None
    worth = read_number_of(reader, tree.entries["worth"], "`worth`")
    different = _field(reader, scope, tree, "different") if "different" in tree.entries else None
    if worth is None or ("different" in tree.entries and different is None):
        return None
    return PointsOf(query, worth, different, span)


def _run(reader: Reader, scope: Scope, tree: Tree, span: Span) -> Expression | None:
    along = _field(reader, scope, tree, "along", MonthType, DateType, NumberType)
    query = _query(reader, scope, tree, "`longest_run`", (*QUERY, "along"), needs_where=False, field=along)
    if along is not None and isinstance(along.type, NumberType) and along.type.kind != "integer":
        reader.error(
            span, f"`longest_run` along {quoted(along.name)} needs whole numbers, dates or months", None, "type"
        )
        return None
    return None if query is None or along is None else LongestRun(query, along, span)


def _elapsed(
    reader: Reader, scope: Scope, unit: Literal["weeks", "months"], tree: Tree, span: Span
) -> Expression | None:
    mapping = reader.mapping(tree, f"`{unit}`", ("from", "to"), ("from", "to"))
    if mapping is None or len(mapping.entries) < 2:
        return None
    start, end = (_moment(reader, scope, mapping.entries[key]) for key in ("from", "to"))
    if start is None or end is None:
        return None
    if _counts_months(start) != _counts_months(end) or (unit == "weeks" and _counts_months(start)):
        reader.error(span, f"`{unit}` needs two dates" + ("" if unit == "weeks" else ", or two months"), None, "type")
        return None
    return Elapsed(unit, start, end, span)


def _moment(reader: Reader, scope: Scope, tree: Tree) -> Operand | None:
    """A date or a month, by its name or written out."""
    if isinstance(tree, Scalar) and not tree.text[:1].isdigit():
        symbol = resolve(reader, scope, tree.text, tree.span)
        if symbol is not None and not isinstance(symbol.type, DateType | MonthType):
            reader.error(
                tree.span,
                f"{quoted(tree.text)} is {symbol.type.described}, and a date or a month is wanted",
                None,
                "type",
            )
            return None
        return symbol
    is_month = isinstance(tree, Scalar) and tree.text.count("-") == 1
    return reader.value(tree, MonthType() if is_month else DateType(), "a date")


def _counts_months(moment: Operand) -> bool:
    return isinstance(moment.type, MonthType) if isinstance(moment, Symbol) else isinstance(moment, Month)
