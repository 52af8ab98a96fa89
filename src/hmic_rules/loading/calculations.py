"""Trees to calculations of numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal, cast

from hmic_rules.conditions import (
    Aggregate,
    Bands,
    Combine,
    Count,
    Elapsed,
    Expression,
    LongestRun,
    Number,
    Operand,
    PointsOf,
    Ratio,
    Read,
    Share,
    Symbol,
)
from hmic_rules.datatypes import DateType, LabelType, MonthType, NumberType
from hmic_rules.errors import Span, nearest, quoted
from hmic_rules.loading.comparisons import is_numeric, read_number_of, resolve
from hmic_rules.loading.conditions import QUERY, read_query
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.hints import under
from hmic_rules.loading.scopes import Scope
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.unread import UNREAD
from hmic_rules.possible import Month

__all__ = ["CALCULATIONS", "read_expression"]

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
MEANT: Final = {
    **dict.fromkeys(("sum", "plus", "total", "+"), "add"),
    **dict.fromkeys(("average", "mean", "avg"), "ratio: {part: {add: …}, whole: {count: …}}"),
    **dict.fromkeys(("divide", "quotient", "percentage", "per", "/"), "ratio"),
    **dict.fromkeys(("maximum", "greatest"), "max"),
    **dict.fromkeys(("minimum", "least"), "min"),
}


def read_expression(reader: Reader, scope: Scope, tree: Tree) -> Expression | None:
    """A calculation of a number."""
    if isinstance(tree, Scalar):
        if tree.null or is_numeric(tree.text):
            value = read_number_of(reader, tree, "a number")
            return None if value is None else Number(value, tree.span)
        symbol = resolve(reader, scope, tree.text, tree.span, calculated=True)
        if symbol is None or symbol.type is UNREAD:
            return None
        if not isinstance(symbol.type, NumberType):
            reader.error(tree.span, f"{quoted(tree.text)} is {symbol.type.described} and not a number", None, "type")
            return None
        return Read(symbol, tree.span)
    mapping = reader.mapping(tree, "a calculation")
    if mapping is None:
        return None
    mapping = reader.known_keys(
        mapping, list(CALCULATIONS), lambda key: f"{key} is no operator of a calculation", _operator_meant
    )
    meant = {key: word for key in mapping.entries if (word := MEANT.get(key.casefold())) in CALCULATIONS}
    mapping = mapping.renamed(meant)
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
        query = read_query(reader, scope, child, "`count`", QUERY, needs_where=False)
        return None if query is None else Count(query, span)
    if word == "share":
        query = read_query(reader, scope, child, "`share`", QUERY, needs_where=True)
        return None if query is None else Share(query, span)
    if word == "ratio":
        parts = reader.mapping(child, "`ratio`", ("part", "whole"), ("part", "whole"))
        if parts is None or not {"part", "whole"} <= parts.entries.keys():
            return None
        part = read_expression(reader, scope, parts.entries["part"])
        whole = read_expression(reader, scope, parts.entries["whole"])
        return None if part is None or whole is None else Ratio(part, whole, span)
    if word == "bands":
        return _bands(reader, scope, child, span)
    return _points(reader, scope, child, span) if word == "points" else _run(reader, scope, child, span)


def _operator_meant(word: str) -> str:
    """What to write for an operator that is not there."""
    known = "the operators are " + ", ".join(map(quoted, CALCULATIONS))
    meant = MEANT.get(word.casefold()) or nearest(word, CALCULATIONS)
    return known if meant is None else f"did you mean {quoted(meant)}? {known}"


def _sum(reader: Reader, scope: Scope, word: Literal["add", "max", "min"], tree: Tree, span: Span) -> Expression | None:
    if isinstance(tree, Sequence):
        parts = [read_expression(reader, scope, item) for item in tree.items]
        if not parts:
            reader.error(tree.span, f"`{word}` of nothing", "name what is combined", "empty")
        sound = tuple(part for part in parts if part is not None)
        return Combine(word, sound, span) if sound and len(sound) == len(parts) else None
    field = _field(reader, scope, tree, "field", NumberType)
    query = read_query(reader, scope, tree, f"`{word}`", (*QUERY, "field"), needs_where=False, field=field)
    return None if query is None or field is None else Aggregate(word, query, field, span)


def _field(reader: Reader, scope: Scope, tree: Tree, key: str, *types: type) -> Symbol | None:
    """The item's own field that an aggregation takes."""
    known = [*QUERY, key]
    of = under(tree, "of", known) if isinstance(tree, Mapping) else None
    if not isinstance(tree, Mapping) or of is None:
        return None
    written = under(tree, key, known)
    if written is None:
        reader.error(tree.span, f"no `{key}` is named", f"add `{key}: NAME`", "missing-key")
        return None
    name, collection = reader.text(written, f"`{key}`"), reader.text(of, "`of`")
    if name is None or collection is None or not scope.collection(collection):
        return None
    symbol = resolve(reader, scope.inside(collection), name, written.span)
    if symbol is None or symbol.type is UNREAD:
        return None
    if types and not isinstance(symbol.type, types):
        reader.error(
            written.span,
            f"{quoted(name)} is {symbol.type.described}, which cannot be used as `{key}`",
            _lowest_label(symbol.type, key),
            "type",
        )
        return None
    return symbol


def _lowest_label(type: object, key: str) -> str | None:
    """How the lowest or highest label among items is asked, which is no calculation."""
    if key != "field" or not isinstance(type, LabelType) or type.scale is None:
        return None
    return "a calculation takes numbers: for the lowest label among items, `choose: lowest` with a rule for each label, asked with `some`"


def _bands(reader: Reader, scope: Scope, tree: Tree, span: Span) -> Expression | None:
    mapping = reader.mapping(tree, "`bands`", ("of", "below", "from"), ("of", "below", "from"))
    if mapping is None or not {"of", "below", "from"} <= mapping.entries.keys():
        return None
    of = read_expression(reader, scope, mapping.entries["of"])
    below = read_number_of(reader, mapping.entries["below"], "`below`")
    table = reader.mapping(mapping.entries["from"], "`from`")
    steps = None if table is None else _steps(reader, table)
    return None if of is None or below is None or steps is None else Bands(of, below, steps, span)


def _steps(reader: Reader, table: Mapping) -> tuple[tuple[Fraction | int, Fraction | int], ...] | None:
    """The bounds of bands with what each gives, upward."""
    steps: list[tuple[Fraction | int, Fraction | int]] = []
    for key, child in table.entries.items():
        bound, result = read_number_of(reader, table.keys[key], "a bound"), read_number_of(reader, child, "a result")
        if bound is None or result is None:
            continue
        if steps and bound <= steps[-1][0]:
            reader.error(
                table.keys[key].span,
                f"the bound {quoted(key)} is not above the one before it",
                "list the bounds upward",
                "order",
            )
            return None
        steps.append((bound, result))
    return tuple(steps) if len(steps) == len(table.entries) else None


def _points(reader: Reader, scope: Scope, tree: Tree, span: Span) -> Expression | None:
    asks = isinstance(tree, Mapping) and under(tree, "different", [*QUERY, "worth", "different"]) is not None
    different = _field(reader, scope, tree, "different") if asks else None
    allowed = (*QUERY, "worth", "different")
    query = read_query(reader, scope, tree, "`points`", allowed, needs_where=False, field=different)
    if not isinstance(tree, Mapping):
        return None
    written = under(tree, "worth", list(allowed))
    if written is None:
        reader.error(tree.span, "`points` has no `worth`", "add `worth: NUMBER`", "missing-key")
    worth = read_number_of(reader, written, "`worth`")
    if query is None or worth is None or (asks and different is None):
        return None
    return PointsOf(query, worth, different, span)


def _run(reader: Reader, scope: Scope, tree: Tree, span: Span) -> Expression | None:
    along = _field(reader, scope, tree, "along", MonthType, DateType, NumberType)
    query = read_query(reader, scope, tree, "`longest_run`", (*QUERY, "along"), needs_where=False, field=along)
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
    if mapping is None or not {"from", "to"} <= mapping.entries.keys():
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
            if symbol.type is UNREAD:
                return None
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
