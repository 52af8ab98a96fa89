"""From a row that the SQL gives back to what a decision says of an outcome."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

from hmic_rules.backends.sql.schema import OutcomeColumns, OutputTable
from hmic_rules.datatypes import DateType, MonthType, NumberType, shown
from hmic_rules.outcomes import Outcome, Status, listed
from hmic_rules.possible import (
    NO_RULE,
    NOT_APPLICABLE,
    AnyText,
    Between,
    Known,
    Month,
    Ordered,
    Value,
    is_known,
    with_markers,
)
from hmic_rules.possible import union as united
from hmic_rules.programs import Program

__all__ = ["item_of", "outcome_of", "value_of"]


def item_of(output: OutputTable, row: Mapping[str, Any]) -> str | None:
    """The key of the item or group that a row is about, as a decision writes it; ``None`` for a case."""
    keys = [column for column in output.keys if column.kind != "case"]
    if not keys:
        return None
    return " / ".join(shown(_key(column.type, row[column.name], column.per)) for column in keys)


def _key(type: object, raw: Any, per: int) -> Known:
    if isinstance(type, MonthType):
        return Month(raw)
    if isinstance(type, NumberType):
        return _number(raw, per)
    return cast("Known", f"#{raw}" if type is None and isinstance(raw, int) else raw)


def _number(number: Any, of: Any) -> int | Fraction:
    found = Fraction(int(number), int(of))
    return int(found) if found.denominator == 1 else found


def value_of(columns: OutcomeColumns, row: Mapping[str, Any]) -> Value:
    """Every result still possible.

    Raises:
        ValueError: the case was refused, so that it has none.

    """
    if row[columns.status] == "refused":
        raise ValueError("the case was refused")
    mask = row[columns.possible]
    if columns.low is None:
        if mask is None:
            return row[columns.value] if row[columns.value] is not None else AnyText()  # type: ignore[index]
        return united(cast("list[Value]", [one for place, one in enumerate(columns.members) if mask >> place & 1]))
    markers = frozenset(marker for place, marker in enumerate((NOT_APPLICABLE, NO_RULE)) if mask >> place & 1)
    if not mask & 4:
        return with_markers(None, markers)
    low, high = (
        _end(columns, row, columns.low, columns.low_of),
        _end(columns, row, cast("str", columns.high), columns.high_of),
    )
    if low is not None and low == high:
        return with_markers(low, markers)
    return Between(low, high, markers)


def _end(columns: OutcomeColumns, row: Mapping[str, Any], name: str, of: str | None) -> Ordered | None:
    raw = row[name]
    if raw is None:
        return None
    if isinstance(columns.type, MonthType):
        return Month(raw)
    if isinstance(columns.type, DateType):
        return raw.date() if isinstance(raw, datetime.datetime) else cast("datetime.date", raw)
    return _number(raw, 1 if of is None else row[of])


def outcome_of(program: Program, output: OutputTable, name: str, row: Mapping[str, Any]) -> Outcome:
    """What a decision of the reference says of the same case.

    Raises:
        ValueError: the case was refused.

    """
    columns, step = output.outcomes[name], program.steps[name]
    result = value_of(columns, row)
    status = cast("Status", row[columns.status])
    limits = 0 if columns.limits is None else row[columns.limits] or 0
    return Outcome(
        name,
        item_of(output, row),
        status,
        cast("Known", result) if status == "decided" else None,
        listed(result, step),
        None if columns.rule is None else row[columns.rule],
        tuple(id for place, id in enumerate(columns.limit_ids) if limits >> place & 1),
        None if columns.judgement is None else row[columns.judgement],
        is_known(result),
    )
