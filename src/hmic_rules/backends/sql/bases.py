"""The first layer of a scope: where its rows come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from sqlglot import exp

from hmic_rules.backends.sql.expressions import expression, name, table, wrapped
from hmic_rules.backends.sql.layers import Layers
from hmic_rules.backends.sql.nodes import Constant, Node, literal
from hmic_rules.backends.sql.scopes import (
    Combinations,
    Distinct,
    Expecting,
    Items,
    Joined,
    Scope,
    Series,
    Stored,
    Values,
)

__all__ = ["based"]


class Writing(Protocol):
    """What writing a first layer needs of the writer."""

    @property
    def layers(self) -> Layers: ...
    @property
    def dialect(self) -> str: ...
    def layer(self, scope: Scope, level: int) -> str: ...
    def reader(self, alias: str) -> Callable[[Node], exp.Expr | None]: ...


def based(writer: Writing, scope: Scope, columns: list[Node]) -> exp.Select:
    """The rows of a scope with those columns of its table that something reads."""
    base = scope.base
    if isinstance(base, Stored):
        found = exp.select(*(_as(scope.stored.get(key, key), key, "t") for key in scope.keys))
        found = found.from_(table(base.table, "t"))
        return found.select(*(_as(cast("str", one.value), cast("str", one.value), "t") for one in columns))
    if isinstance(base, Values):
        return _values(base, scope, columns)
    if isinstance(base, Items):
        return _items(writer, scope, base, columns)
    if isinstance(base, Expecting):
        return _expecting(writer, scope, base)
    if isinstance(base, Distinct):
        return _distinct(writer, scope, base)
    if isinstance(base, Combinations):
        return _combinations(writer, scope, base, columns)
    return _pairs(writer, scope, base)


def _column(called: str, of: str) -> exp.Column:
    return exp.column(name(called), table=of)


def _as(stored: str, called: str, of: str) -> exp.Alias:
    return exp.Alias(this=_column(stored, of), alias=name(called))


def _first(writer: Writing, scope: Scope) -> str:
    return writer.layer(scope, writer.layers.bases[scope])


def _values(base: Values, scope: Scope, columns: list[Node]) -> exp.Select:
    rows = []
    for number, row in enumerate(base.rows):
        cells = [expression(literal(cell), lambda node: None, "duckdb") for cell in row]
        if number == 0:  # the first row says of which type the columns are
            cells = [exp.cast(cell, storage) for cell, storage in zip(cells, base.storages, strict=True)]
        rows.append(exp.Tuple(expressions=cells))
    alias = exp.TableAlias(this=exp.to_identifier("t"), columns=[name(one) for one in base.columns])
    kept = [*scope.keys, *(cast("str", one.value) for one in columns)]
    return exp.select(*(_as(one, one, "t") for one in kept)).from_(exp.Values(expressions=rows, alias=alias))


def _items(writer: Writing, scope: Scope, base: Items, columns: list[Node]) -> exp.Select:
    own = scope.keys[-1]
    found = exp.select(*(_as(key, key, "o") for key in base.outer.keys), _as(own, own, "n"))
    found = found.from_(table(_first(writer, base.outer), "o"))
    found = found.join(table(_first(writer, base.named), "n"), join_type="cross")
    if base.table is None or not columns:
        return found
    sides = [*((key, "o") for key in base.outer.keys), (own, "n")]
    on = [exp.EQ(this=_column(key, side), expression=_column(scope.stored.get(key, key), "t")) for key, side in sides]
    found = found.join(table(base.table, "t"), on=exp.and_(*on), join_type="left")
    return found.select(*(_as(cast("str", one.value), cast("str", one.value), "t") for one in columns))


def _expecting(writer: Writing, scope: Scope, base: Expecting) -> exp.Select:
    """Every combination of what expects a part of the key."""
    case_key = scope.keys[0]
    found = exp.select(_as(case_key, case_key, "c")).from_(table(_first(writer, base.case), "c"))
    for number, (axis, key) in enumerate(zip(base.axes, scope.keys[1:], strict=True)):
        alias = f"a{number}"
        if isinstance(axis, Series):
            found = _months(writer, scope, base.case, axis, key, found, alias)
            continue
        named = next((one for one in axis.above if isinstance(one.base, Values)), None)
        if named is not None:
            found = found.join(table(_first(writer, named), alias), join_type="cross")
            found = found.select(_as(named.keys[0], key, alias))
            continue
        on = exp.EQ(this=_column(case_key, "c"), expression=_column(case_key, alias))
        found = found.join(table(_first(writer, axis), alias), on=on)
        found = found.select(_as(axis.keys[-1], key, alias))
    return found


def _months(
    writer: Writing, scope: Scope, case: Scope, axis: Series, key: str, found: exp.Select, alias: str
) -> exp.Select:
    if axis.start.constant and axis.end.constant:
        start, end = axis.start.value, axis.end.value
        months = range(cast("int", start), cast("int", end) + 1) if None not in (start, end) else range(0)
        if not months:
            rows, kept = [exp.Tuple(expressions=[exp.Literal.number(0)])], False
        else:
            rows, kept = [exp.Tuple(expressions=[exp.Literal.number(one)]) for one in months], True
        values = exp.Values(expressions=rows, alias=exp.TableAlias(this=exp.to_identifier(alias), columns=[name(key)]))
        found = found.join(values, join_type="cross").select(_as(key, key, alias))
        return found if kept else found.where(exp.false())
    rows_of = writer.layer(case, writer.layers.at(case, writer.layers.bases[scope]))
    read = writer.reader("m")
    start_, end_ = (expression(one, read, writer.dialect) for one in (axis.start, axis.end))
    spread = (
        exp.func("UNNEST", exp.func("GENERATE_SERIES", start_, end_, dialect="duckdb"))
        if writer.dialect == "duckdb"
        else exp.func("EXPLODE", exp.func("SEQUENCE", start_, end_))
    )
    inner = exp.select(_as(case.keys[0], case.keys[0], "m"), exp.alias_(spread, name(key)))
    inner = inner.from_(table(rows_of, "m")).where(
        exp.LTE(this=wrapped(start_.copy()), expression=wrapped(end_.copy()))
    )
    on = exp.EQ(this=_column(case.keys[0], "c"), expression=_column(case.keys[0], alias))
    return found.join(inner.subquery(alias), on=on).select(_as(key, key, alias))


def _distinct(writer: Writing, scope: Scope, base: Distinct) -> exp.Select:
    rows = writer.layer(base.source, writer.layers.at(base.source, writer.layers.bases[scope]))
    read = writer.reader("s")
    keys = [expression(one, read, writer.dialect) for one in base.by]
    found = exp.select(_as(scope.keys[0], scope.keys[0], "s")).distinct()
    found = found.select(*(exp.alias_(key, name(own)) for key, own in zip(keys, scope.keys[1:], strict=True)))
    known = [exp.Not(this=exp.Is(this=wrapped(key.copy()), expression=exp.null())) for key in keys]
    there = expression(base.there, read, writer.dialect)
    return found.from_(table(rows, "s")).where(exp.and_(*known, there))


def _combinations(writer: Writing, scope: Scope, base: Combinations, columns: list[Node]) -> exp.Select:
    """The numbers of the combinations, and the constants that each of them stands for."""
    (key,) = scope.keys
    own = _column(key, "r")
    if base.seen is None:
        alias = exp.TableAlias(this=exp.to_identifier("r"), columns=[name(key)])
        numbers = exp.Anonymous(this="RANGE", expressions=[exp.Literal.number(base.number)])
        rows: exp.Expr = exp.Table(this=numbers, alias=alias)
    else:
        source, node = base.seen
        read = writer.reader("s")
        inner = exp.select(exp.alias_(expression(node, read, writer.dialect), name(key))).distinct()
        rows = inner.from_(table(writer.layer(source, writer.layers.at(source, writer.layers.bases[scope])), "s"))
        rows = rows.subquery("r")
    found = exp.select(_as(key, key, "r")).from_(rows)
    wanted = {cast("str", one.value) for one in columns}
    for called, stride, constants in base.columns:
        if called in wanted:
            found = found.select(exp.alias_(_constant(own, stride, constants), name(called)))
    return found


def _constant(number: exp.Column, stride: int, constants: tuple[Constant, ...]) -> exp.Expr:
    """The one of these constants that a combination has."""
    place: exp.Expr = number.copy()
    if stride > 1:
        place = exp.Paren(this=exp.IntDiv(this=place, expression=exp.Literal.number(stride)))
    place = exp.Paren(this=exp.Mod(this=place, expression=exp.Literal.number(len(constants))))
    cells = [expression(literal(one), lambda node: None, "duckdb") for one in constants]
    ifs = [
        exp.If(this=exp.EQ(this=place.copy(), expression=exp.Literal.number(at)), true=cell)
        for at, cell in enumerate(cells[:-1])
    ]
    return exp.Case(ifs=ifs, default=cells[-1])


def _pairs(writer: Writing, scope: Scope, base: Joined) -> exp.Select:
    found = exp.select()
    tables = {}
    for side, one in (("o", base.outer), ("i", base.inner)):
        tables[side] = writer.layer(one, writer.layers.at(one, writer.layers.bases[scope]))
        found = found.select(*(_as(key, f"{side}.{key}", side) for key in one.keys))
    sides = []
    for side, one in (("o", base.outer), ("i", base.inner)):
        keys = one.key_nodes if one is base.holder else one.above[base.holder]
        sides.append([expression(key, writer.reader(side), writer.dialect) for key in keys])
    on = [exp.EQ(this=wrapped(left), expression=wrapped(right)) for left, right in zip(*sides, strict=True)]
    return found.from_(table(tables["o"], "o")).join(table(tables["i"], "i"), on=exp.and_(*on))
