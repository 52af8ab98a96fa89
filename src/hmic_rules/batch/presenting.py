"""What the SQL of a rule set gives, as a table that people read: results as a case writes them, beside the name of the case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from hmic_rules.backends.sql.schema import Column, OutcomeColumns, OutputTable
from hmic_rules.batch.engine import Engine
from hmic_rules.batch.quoting import literal, name
from hmic_rules.datatypes import DateType, LabelType, MonthType, NumberType, ScalarType, TextType, shown
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Marker

__all__ = ["described", "in_step", "presented"]

SOME: Final = 4  # the bit of what is possible that says that some number, date or month is


def in_step(engine: Engine, relation: str, output: OutputTable) -> bool:
    """Whether the rows stand one for one as the cases in ``batch.cases`` do, so that they need neither be joined nor sorted."""
    if len(output.keys) > 1:
        return False
    beside = f"batch.cases AS i POSITIONAL JOIN {relation} AS q"
    return not engine.run(
        f"SELECT count(*) FROM {beside} WHERE i.case_id IS DISTINCT FROM q.case_id", "looking at order"
    )[0][0]


def presented(
    output: OutputTable, relation: str, id: str, *, joined: bool, step: bool = False, cases: Iterable[int] | None = None
) -> str:
    """The query of the rows that are written: one for each case, item or group, in the order of the cases.

    Args:
        output: what the SQL gave.
        relation: where it stands.
        id: what the column that names the case is called.
        joined: whether lists are written as one text, since the file knows no lists.
        step: whether the rows stand as the cases do: see :func:`in_step`.
        cases: the numbers of the cases; all where none are given.

    """
    keys = [column for column in output.keys if column.kind != "case"]
    found = [f"i.id AS {name(id)}", *(f"{_key(column)} AS {name(column.name)}" for column in keys)]
    for one in output.outcomes.values():
        found += [f"{value} AS {name(column)}" for column, value in _outcome(one, joined)]
    order = ", ".join(["q.case_id", *(f"q.{name(column.name)}" for column in keys)])
    if step:
        return f"SELECT {', '.join(found)} FROM batch.cases AS i POSITIONAL JOIN {relation} AS q"
    some = "" if cases is None else f" WHERE q.case_id IN ({', '.join(map(str, cases))})"
    what = f"SELECT {', '.join(found)} FROM {relation} AS q JOIN batch.ids AS i ON q.case_id = i.case_id"
    return f"{what}{some} ORDER BY {order}"


def described(output: OutputTable, id: str) -> list[str]:
    """The columns of what is written, in order."""
    found = [id, *(column.name for column in output.keys if column.kind != "case")]
    for one in output.outcomes.values():
        found += [column for column, _ in _outcome(one, joined=True)]
    return found


def _key(column: Column) -> str:
    value = f"q.{name(column.name)}"
    if isinstance(column.type, MonthType):
        return _month(value)
    return f"{value} / {column.per}" if column.per > 1 else value


def _month(value: str) -> str:
    return f"format('{{:04d}}-{{:02d}}', {value} // 12, {value} % 12 + 1)"


def _outcome(one: OutcomeColumns, joined: bool) -> Iterator[tuple[str, str]]:
    decided = f"q.{name(one.status)} = 'decided'"
    if one.value is not None:
        value = f"q.{name(one.value)}"
        if isinstance(one.type, LabelType | TextType):
            value = _text(one.value)
        yield one.name, _month(value) if isinstance(one.type, MonthType) else value
    elif one.low_of is None:
        yield one.name, f"CASE WHEN {decided} THEN CAST(q.{name(one.low or '')} AS BIGINT) END"
    else:
        low, of = f"q.{name(one.low or '')}", f"q.{name(one.low_of)}"
        yield one.name, f"CASE WHEN {decided} THEN {low}::DOUBLE / {of}::DOUBLE END"
        yield f"{one.name}__exact", f"CASE WHEN {decided} THEN {_fraction(low, of)} END"
    yield one.status, _text(one.status)
    yield one.possible, _list(_possible(one), joined)
    if one.rule is not None:
        yield one.rule, _text(one.rule)
    if one.limits is not None:
        limits = _list(_of_mask(f"q.{name(one.limits)}", one.limit_ids), joined)
        yield one.limits, f"nullif({limits}, '')" if joined else limits
    if one.judgement is not None:
        yield one.judgement, _text(one.judgement)
    for column in one.unmet.values():
        yield column, _list(f"CAST(q.{name(column)} AS VARCHAR[])", joined)


def _text(column: str) -> str:
    """A text, whether the SQL gave it as one or as a number with a dictionary."""
    return f"CAST(q.{name(column)} AS VARCHAR)"


def _list(value: str, joined: bool) -> str:
    return f"array_to_string({value}, ' | ')" if joined else value


def _of_mask(mask: str, words: tuple[str, ...]) -> str:
    """The words whose bits are set, in their order."""
    if not words:
        return "CAST([] AS VARCHAR[])"
    one_each = " ".join(f"WHEN {1 << place} THEN [{literal(word)}]" for place, word in enumerate(words))
    all_ = f"[{', '.join(map(literal, words))}]"
    several = f"list_filter({all_}, lambda word, place: ({mask} >> (place - 1)) & 1 = 1)"
    return f"CASE {mask} {one_each} ELSE {several} END"


def _possible(one: OutcomeColumns) -> str:
    """Every result still possible, as the reference lists them."""
    mask = f"q.{name(one.possible)}"
    if one.low is None or one.high is None:
        return _of_mask(*_ordered(mask, one))
    low, high = (
        _end(one.type, f"q.{name(end)}", None if of is None else f"q.{name(of)}")
        for end, of in ((one.low, one.low_of), (one.high, one.high_of))
    )
    line = f"CASE WHEN {mask} & {SOME} = 0 THEN CAST([] AS VARCHAR[]) WHEN {low} = {high} AND {low} <> '…' THEN [{low}] ELSE [{low} || ' to ' || {high}] END"
    markers = sorted(((NOT_APPLICABLE.value, 1), (NO_RULE.value, 2)))
    parts = [line, *(_marker(mask, bit, word) for word, bit in markers)]
    return f"flatten([{', '.join(parts)}])"


def _marker(mask: str, bit: int, word: str) -> str:
    return f"CASE WHEN {mask} & {bit} <> 0 THEN [{literal(word)}] ELSE CAST([] AS VARCHAR[]) END"


def _ordered(mask: str, one: OutcomeColumns) -> tuple[str, tuple[str, ...]]:
    """The results in the order in which they are listed: by rank, and what has none by how it is written."""
    ranked = isinstance(one.type, LabelType)
    words = [member.value if isinstance(member, Marker) else shown(member) for member in one.members]  # type: ignore[arg-type]
    plain = [place for place, member in enumerate(one.members) if not isinstance(member, Marker) and ranked]
    rest = sorted((place for place in range(len(words)) if place not in plain), key=lambda place: words[place])
    order = [*plain, *rest]
    if order == list(range(len(words))):
        return mask, tuple(words)
    moved = " | ".join(f"((({mask} >> {old}) & 1) << {new})" for new, old in enumerate(order))
    return f"({moved})", tuple(words[place] for place in order)


def _end(type: ScalarType, value: str, of: str | None) -> str:
    if isinstance(type, NumberType):
        text = f"CAST({value} AS VARCHAR)" if of is None else _fraction(value, of)
    elif isinstance(type, DateType):
        text = f"CAST({value} AS VARCHAR)"
    else:
        text = _month(value)
    return f"CASE WHEN {value} IS NULL THEN '…' ELSE {text} END"


def _fraction(value: str, of: str) -> str:
    """A number as a case writes it: whole, or in lowest terms."""
    shared = f"gcd({value}, {of})"
    return (
        f"CASE WHEN {value} % {of} = 0 THEN CAST({value} // {of} AS VARCHAR) "
        f"ELSE CAST({value} // {shared} AS VARCHAR) || '/' || CAST({of} // {shared} AS VARCHAR) END"
    )
