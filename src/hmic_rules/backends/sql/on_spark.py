"""What Spark has no function for, or one that is wrong beyond 64 bits, written with what it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlglot import exp, parse_one

from hmic_rules.backends.sql.refusals import refuse

__all__ = ["greatest_common", "over_fractions", "quotient", "refuse_replaced", "spark_nothing"]

HUGE: Final = "DECIMAL(38, 0)"
STEPS: Final = 186  # Euclid needs no more on numbers of 38 digits
# `DIV` gives 64 bits and wraps around without a word: 10^23 DIV 1 is 200,376,420,520,689,664. A difference that is divisible divides exactly.
QUOTIENT: Final = f"CAST((CAST(a AS {HUGE}) - CAST(a AS {HUGE}) % CAST(b AS {HUGE})) / CAST(b AS {HUGE}) AS {HUGE})"
COMMON: Final = (
    f"AGGREGATE(SEQUENCE(1, {STEPS}), STRUCT(ABS(CAST(a AS {HUGE})) AS x, ABS(CAST(b AS {HUGE})) AS y), "
    f"(s, i) -> CASE WHEN s.y = 0 THEN s ELSE STRUCT(s.y AS x, CAST(s.x % s.y AS {HUGE}) AS y) END).x"
)
PAIR: Final = f"STRUCT(CAST(n_ AS {HUGE}) AS n, CAST(d_ AS {HUGE}) AS d)"
LISTED: Final = f"COLLECT_LIST(CASE WHEN NOT n_ IS NULL THEN {PAIR} END)"
NOTHING: Final = f"STRUCT(CAST(0 AS {HUGE}) AS n, CAST(1 AS {HUGE}) AS d)"
# the sum of two fractions p, q in lowest terms; the sum comes as its own list of one, so that it is computed once
ADDED: Final = (
    f"AGGREGATE(SEQUENCE(1, {STEPS}), STRUCT(p.n * q.d + q.n * p.d AS n, p.d * q.d AS d, "
    "ABS(p.n * q.d + q.n * p.d) AS x, p.d * q.d AS y), "
    f"(s, i) -> CASE WHEN s.y = 0 THEN s ELSE STRUCT(s.n AS n, s.d AS d, s.y AS x, CAST(s.x % s.y AS {HUGE}) AS y) END, "
    f"s -> STRUCT(CAST(s.n / s.x AS {HUGE}) AS n, CAST(s.d / s.x AS {HUGE}) AS d))"
)
FRACTIONS: Final = {
    "ratio sum": f"AGGREGATE({LISTED}, {NOTHING}, (p, q) -> {ADDED})",
    "ratio max": f"AGGREGATE({LISTED}, CAST(NULL AS STRUCT<n: {HUGE}, d: {HUGE}>), "
    "(p, q) -> CASE WHEN p IS NULL OR p.n * q.d < q.n * p.d THEN q ELSE p END)",
}


def _filled(template: str, given: Mapping[str, exp.Expr]) -> exp.Expr:
    tree = parse_one(template, dialect="spark")
    return tree.transform(
        lambda one: (
            given[one.name].copy() if isinstance(one, exp.Column) and not one.table and one.name in given else one
        )
    )


def quotient(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """A whole number divided by another, the rest left out."""
    return _filled(QUOTIENT, {"a": one, "b": other})


def greatest_common(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """The greatest common divisor of two whole numbers."""
    return _filled(COMMON, {"a": one, "b": other})


def over_fractions(kind: str, numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """The exact sum, or the greatest, of fractions over rows: ``ratio sum`` or ``ratio max``."""
    return _filled(FRACTIONS[kind], {"n_": numerator, "d_": denominator})


def spark_nothing() -> exp.Expr:
    """The sum of no fractions."""
    return parse_one(NOTHING, dialect="spark")


def refuse_replaced(sql: str) -> None:
    """Refuse a statement in which Spark would put something else for a text or a name.

    Raises:
        NotCompiledError: there is a ``${`` in it.

    """
    if "${" in sql:
        refuse("a text or a name has `${` in it, and Spark puts the value of a setting there")
