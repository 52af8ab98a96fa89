"""Expressions as a tree of sqlglot, which writes it in the dialect that is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final, cast

import sqlglot
from sqlglot import exp

from hmic_rules.backends.sql.names import named_in_spark
from hmic_rules.backends.sql.nodes import Node
from hmic_rules.backends.sql.on_spark import greatest_common, over_fractions, quotient

__all__ = ["HUGE", "aggregate", "empty_list", "expression", "name", "table", "wrapped"]

Column = Callable[[Node], exp.Expr | None]
HUGE: Final = {"duckdb": "INT128", "spark": "DECIMAL(38, 0)"}
EPOCH: Final = datetime.date(1970, 1, 1)
BINARY: Final = {
    "=": exp.EQ,
    "<": exp.LT,
    "<=": exp.LTE,
    "+": exp.Add,
    "*": exp.Mul,
    "&": exp.BitwiseAnd,
    "|": exp.BitwiseOr,
    ">>": exp.BitwiseRightShift,
    "//": exp.IntDiv,
    "and": exp.And,
    "or": exp.Or,
}


def name(text: str) -> exp.Identifier:
    """A name, quoted whatever it is."""
    return exp.to_identifier(text, quoted=True)


def wrapped(tree: exp.Expr) -> exp.Expr:
    """The tree in brackets where it needs them."""
    bare = (exp.Column, exp.Literal, exp.Func, exp.Case, exp.Cast, exp.Paren, exp.Boolean, exp.Null, exp.Dot)
    return tree if isinstance(tree, bare) and not isinstance(tree, exp.And | exp.Or) else exp.Paren(this=tree)


def _literal(value: object) -> exp.Expr:
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        number = exp.Literal.number(abs(value))
        return exp.Paren(this=exp.Neg(this=number)) if value < 0 else number
    if isinstance(value, datetime.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.Literal.string(cast("str", value))


def expression(node: Node, column: Column, dialect: str) -> exp.Expr:
    """The tree of a node; ``column`` gives those that are columns already."""
    found = column(node)
    if found is not None:
        return found
    if node.op == "literal":
        return _literal(node.value)
    args = [expression(arg, column, dialect) for arg in node.args]
    if node.op == "//" and dialect == "spark":
        return quotient(args[0], args[1])
    if node.op in BINARY:
        return _reduced(args, lambda one, other: BINARY[node.op](this=wrapped(one), expression=wrapped(other)))
    return _other(node, args, dialect)


def _reduced(trees: Sequence[exp.Expr], join: Callable[[exp.Expr, exp.Expr], exp.Expr]) -> exp.Expr:
    return reduce(join, trees)


def table(called: str, alias: str) -> exp.Expr:
    """A table or an earlier select, under a short name."""
    return exp.alias_(exp.Table(this=name(called)), alias, table=True)


def _other(node: Node, args: list[exp.Expr], dialect: str) -> exp.Expr:
    if node.op == "case":
        return _case(list(zip(args[:-1:2], args[1:-1:2], strict=True)), args[-1])
    if node.op == "not":
        return exp.Not(this=wrapped(args[0]))
    if node.op == "isnull":
        return exp.Is(this=wrapped(args[0]), expression=exp.null())
    if node.op == "in":
        return exp.In(this=wrapped(args[0]), expressions=args[1:])
    if node.op == "total":
        return exp.Coalesce(this=args[0], expressions=[exp.Boolean(this=bool(node.value))])
    if node.op == "coalesce":
        return exp.Coalesce(this=args[0], expressions=args[1:])
    if node.op == "neg":
        return exp.Neg(this=wrapped(args[0]))
    if node.op == "~":
        return exp.BitwiseNot(this=wrapped(args[0]))
    if node.op == "bit count":  # DuckDB counts in 8 bits
        return exp.cast(exp.Anonymous(this="BIT_COUNT", expressions=args), "BIGINT")
    if node.op == "huge":
        return exp.cast(args[0], HUGE[dialect], dialect=dialect)
    if node.op == "tally":
        ones: list[exp.Expr] = [_case([(arg, exp.Literal.number(1))], exp.Literal.number(0)) for arg in args]
        return _reduced(ones, lambda one, other: exp.Add(this=one, expression=other))
    if node.op == "divides":
        rest = exp.Mod(this=wrapped(args[1]), expression=wrapped(args[0]))
        return exp.EQ(this=exp.Paren(this=rest), expression=exp.Literal.number(0))
    return _more(node, args, dialect)


def _more(node: Node, args: list[exp.Expr], dialect: str) -> exp.Expr:
    if node.op == "days":
        return _days(args[1], args[0])
    if node.op == "day number":
        return _days(args[0], _literal(EPOCH))
    if node.op == "months":
        first, last = args
        months = _months(last, first)
        earlier = exp.LT(this=_part("day", last), expression=_part("day", first))
        return exp.Sub(this=months, expression=_case([(earlier, exp.Literal.number(1))], exp.Literal.number(0)))
    if node.op == "part":
        return exp.Dot(this=args[0], expression=exp.to_identifier(cast("str", node.value)))
    if node.op == "lists":
        return _joined(list(zip(args[::2], args[1::2], strict=True)), dialect)
    if node.op == "names":
        return named_in_spark(node, args)
    if node.op == "enum":
        listed = [exp.Literal.string(text) for text in cast("tuple[str, ...]", node.value)]
        return exp.Cast(this=args[0], to=exp.DataType(this=exp.DataType.Type.ENUM, expressions=listed))
    if node.op == "text":
        return exp.cast(args[0], "TEXT")
    if node.op == "tagged":
        return exp.DPipe(this=exp.Literal.string("="), expression=args[0])
    assert node.op == "fraction", node.op  # noqa: S101 - the last of the operations
    if dialect == "spark":
        common = greatest_common(args[0], args[1])
        parts = [exp.cast(quotient(arg, common), "TEXT") for arg in args]
    else:
        divisor = exp.func("GCD", args[0].copy(), args[1].copy())
        parts = [exp.cast(exp.IntDiv(this=wrapped(arg), expression=divisor.copy()), "TEXT") for arg in args]
    return exp.DPipe(this=exp.DPipe(this=parts[0], expression=exp.Literal.string("/")), expression=parts[1])


def _case(pairs: list[tuple[exp.Expr, exp.Expr]], otherwise: exp.Expr) -> exp.Case:
    ifs = [exp.If(this=condition, true=result) for condition, result in pairs]
    return exp.Case(ifs=ifs, default=None if isinstance(otherwise, exp.Null) else otherwise)


def _days(end: exp.Expr, start: exp.Expr) -> exp.Expr:
    return exp.DateDiff(this=end, expression=start, unit=exp.var("DAY"))


def _part(unit: str, date: exp.Expr) -> exp.Expr:
    return exp.Extract(this=exp.var(unit.upper()), expression=date.copy())


def _months(last: exp.Expr, first: exp.Expr) -> exp.Expr:
    years = exp.Paren(this=exp.Sub(this=_part("year", last), expression=_part("year", first)))
    months = exp.Sub(this=_part("month", last), expression=_part("month", first))
    return exp.Paren(
        this=exp.Add(this=exp.Mul(this=years, expression=exp.Literal.number(12)), expression=exp.Paren(this=months))
    )


def aggregate(node: Node, args: list[exp.Expr], dialect: str) -> exp.Expr:
    """A fold as an aggregate function."""
    kind = cast("str", node.value)
    if kind == "count":
        if isinstance(args[0], exp.Boolean):
            return exp.Count(this=exp.Star())
        return exp.Count(this=exp.Case(ifs=[exp.If(this=args[0], true=exp.Literal.number(1))]))
    if kind == "sum":
        return exp.Sum(this=args[0])
    if kind == "keys":
        return _keys(args[0], dialect)
    if kind == "bits":
        bit = args[1] if isinstance(args[0], exp.Boolean) else _case([(args[0], args[1])], exp.Literal.number(0))
        return exp.BitwiseOrAgg(this=bit)
    if kind == "distinct":
        return exp.Count(this=exp.Distinct(expressions=[args[0]]))
    if kind in ("max", "min"):
        return exp.Max(this=args[0]) if kind == "max" else exp.Min(this=args[0])
    return _of_fractions(kind, args, dialect)


def _keys(key: exp.Expr, dialect: str) -> exp.Expr:
    """The texts of the keys that are not ``NULL``."""
    text = exp.cast(key, "TEXT")
    if dialect == "spark":  # its lists leave NULL out
        return exp.Anonymous(this="COLLECT_LIST", expressions=[text])
    known = exp.Where(this=exp.Not(this=exp.Is(this=wrapped(key.copy()), expression=exp.null())))
    return exp.Filter(this=exp.Anonymous(this="LIST", expressions=[text]), expression=known)


def _joined(pairs: list[tuple[exp.Expr, exp.Expr]], dialect: str) -> exp.Expr:
    """Lists joined, each where its condition holds; every text once, sorted."""
    nothing = _list([], dialect)
    parts = [_case([(condition, keys)], nothing.copy()) for condition, keys in pairs]
    if not parts:
        return nothing
    if dialect == "spark":
        whole: exp.Expr = exp.Anonymous(this="CONCAT", expressions=parts) if len(parts) > 1 else parts[0]
        return exp.Anonymous(this="ARRAY_SORT", expressions=[exp.Anonymous(this="ARRAY_DISTINCT", expressions=[whole])])
    whole = _reduced(parts, lambda one, other: exp.Anonymous(this="LIST_CONCAT", expressions=[one, other]))
    once = whole if len(parts) == 1 else exp.Anonymous(this="LIST_DISTINCT", expressions=[whole])
    return exp.Anonymous(this="LIST_SORT", expressions=[once])


def empty_list(dialect: str) -> exp.Expr:
    """A list without texts."""
    return _list([], dialect)


def _list(texts: list[exp.Expr], dialect: str) -> exp.Expr:
    if dialect == "spark":
        found = exp.Anonymous(this="ARRAY", expressions=texts)
        return exp.cast(found, "ARRAY<STRING>", dialect="spark") if not texts else found
    return exp.cast(exp.Array(expressions=texts), "VARCHAR[]", dialect="duckdb")


def _of_fractions(kind: str, args: list[exp.Expr], dialect: str) -> exp.Expr:
    """The sum, or the greatest, of exact fractions whose denominators differ: a list, combined pair by pair."""
    if dialect == "spark":
        return over_fractions(kind, args[0], args[1])
    given = {"n_": exp.cast(args[0], HUGE[dialect]), "d_": exp.cast(args[1], HUGE[dialect])}
    tree = sqlglot.parse_one(FRACTIONS[kind], dialect="duckdb")
    return tree.transform(
        lambda one: given[one.name].copy() if isinstance(one, exp.Column) and one.name in given else one
    )


_TOP, _BOTTOM = "(a.n * b.d + b.n * a.d)", "(a.d * b.d)"
_LIST: Final = "LIST_REDUCE(LIST({'n': n_, 'd': d_}) FILTER (WHERE NOT n_ IS NULL), LAMBDA a, b : %s)"
_ADDED: Final = f"{{'n': {_TOP} // GCD({_TOP}, {_BOTTOM}), 'd': {_BOTTOM} // GCD({_TOP}, {_BOTTOM})}}"
FRACTIONS: Final = {
    "ratio sum": f"COALESCE({_LIST % _ADDED}, {{'n': CAST(0 AS INT128), 'd': CAST(1 AS INT128)}})",
    "ratio max": _LIST % "CASE WHEN a.n * b.d < b.n * a.d THEN b ELSE a END",
}
