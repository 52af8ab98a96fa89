"""From bits to the names of the items that they stand for: lists of texts, sorted, each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from sqlglot import exp, parse_one

from hmic_rules.backends.sql.masks import WORD, Named
from hmic_rules.backends.sql.nodes import Node

__all__ = ["name_table", "named_in_duckdb", "named_in_spark"]

AT_ONCE: Final = 10  # bits that are looked up together
PATTERNS: Final = 1 << AT_ONCE
OF_PATTERN: Final = (
    "LIST(LIST_FILTER(LIST_SLICE(r.items, %d, %d), LAMBDA x, i : ((r.k >> (i - 1)) & 1) = 1) ORDER BY r.k)"
)
OF_WORD: Final = "FILTER(of_, (x, i) -> (SHIFTRIGHT(m_, i) & 1) = 1)"


def _portions(items: tuple[str, ...]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The items that are looked up together: the number that they stand in, their first place there, and their names."""
    for number, start in enumerate(range(0, len(items), WORD)):
        within = items[start : start + WORD]
        for first in range(0, len(within), AT_ONCE):
            yield number, first, within[first : first + AT_ONCE]


def _texts(items: tuple[str, ...]) -> exp.Array:
    return exp.Array(expressions=[exp.Literal.string(item) for item in items])


def _filled(template: str, dialect: str, given: dict[str, exp.Expr]) -> exp.Expr:
    tree = parse_one(template, dialect=dialect)
    return tree.transform(
        lambda one: given[one.name].copy() if isinstance(one, exp.Column) and one.name in given else one
    )


def name_table(items: tuple[str, ...]) -> exp.Select:
    """One row: for every few items a list of lists, which of them each pattern of their bits names. A name there is a number with a dictionary, which is lean to copy."""
    found = exp.select()
    start = 1
    for place, (_, _, names) in enumerate(_portions(items)):
        lists = parse_one(OF_PATTERN % (start, start + len(names) - 1), dialect="duckdb")
        found = found.select(exp.alias_(lists, exp.to_identifier(f"names {place}", quoted=True)), copy=False)
        start += len(names)
    texts = _texts(items)
    dictionary = exp.DataType(this=exp.DType.ENUM, expressions=[text.copy() for text in texts.expressions])
    listed = exp.Cast(this=texts, to=exp.DataType(this=exp.DType.ARRAY, expressions=[dictionary], nested=True))
    patterns = exp.select("k", exp.alias_(listed, "items")).from_(f"RANGE({PATTERNS}) AS p(k)", dialect="duckdb")
    return found.from_(patterns.subquery("r"))


def named_in_duckdb(node: Node, words: list[exp.Expr], alias: str) -> exp.Expr:
    """The list of the items, looked up in the row of :func:`name_table` that goes by this name."""
    named = cast("Named", node.value)
    parts: list[exp.Expr] = []
    for place, (number, first, names) in enumerate(_portions(named.items)):
        if not named.could[number] >> first & ((1 << len(names)) - 1):
            continue
        bits = f"((w_ >> {first}) & {PATTERNS - 1}) + 1" if first else f"(w_ & {PATTERNS - 1}) + 1"
        index = _filled(bits, "duckdb", {"w_": words[number]})
        lists = exp.column(exp.to_identifier(f"names {place}", quoted=True), table=alias)
        parts.append(exp.Anonymous(this="LIST_EXTRACT", expressions=[lists, index]))
    if len(parts) == 1:
        return parts[0]
    return exp.Anonymous(this="FLATTEN", expressions=[exp.Array(expressions=parts)])


def named_in_spark(node: Node, words: list[exp.Expr]) -> exp.Expr:
    """The list of the items, picked by their bits."""
    named = cast("Named", node.value)
    parts = []
    for number, word in enumerate(words):
        if named.could[number]:
            names = _texts(named.items[number * WORD : (number + 1) * WORD])
            parts.append(_filled(OF_WORD, "spark", {"of_": names, "m_": word}))
    return parts[0] if len(parts) == 1 else exp.Anonymous(this="CONCAT", expressions=parts)
