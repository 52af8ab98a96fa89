"""Some cases of a run on Spark decided again by the reference; a difference stops everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hmic_rules.backends.sql.decoding import item_of, outcome_of
from hmic_rules.backends.sql.schema import CASE_ID, Column, OutputTable, key_of_collection
from hmic_rules.batch.confirming import Difference, UnconfirmedError
from hmic_rules.cases import case_row
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import MonthType, NumberType
from hmic_rules.decisions import Decision
from hmic_rules.errors import HmicRulesError
from hmic_rules.outcomes import Outcome
from hmic_rules.possible import NOT_APPLICABLE, Month
from hmic_rules.programs import Program
from hmic_rules.spark.reading import Read
from hmic_rules.spark.sessions import DataFrame, Row
from hmic_rules.spark.sessions import functions as f

__all__ = ["confirmed", "facts_of"]

Entries = dict[str, Any]
Which = tuple[Any, str, str | None]


def confirmed(
    program: Program, found: Read, results: list[tuple[OutputTable, DataFrame]], number: int, *, unmet: bool
) -> int:
    """Decide some cases again, the same ones each time: those whose names have the least hash.

    Args:
        program: the bound rule set.
        found: the tables.
        results: what the SQL gives.
        number: how many cases.
        unmet: whether the items in the way of each rule are compared too.

    Returns:
        How many were decided again.

    Raises:
        UnconfirmedError: the reference comes to something else.

    """
    ids = [
        row[0]
        for row in found.frames[found.tables.cases.name]
        .select(CASE_ID)
        .orderBy(f.xxhash64(CASE_ID), CASE_ID)
        .limit(number)
        .collect()
    ]
    if not ids:
        return 0
    facts = facts_of(program, found, ids)
    given: dict[Which, Any] = {}
    refused: set[Any] = set()
    for output, frame in results:
        rows = [row.asDict() for row in frame.where(f.col(CASE_ID).isin(ids)).collect()]
        for row in rows:
            if row[output.refused] is not None:
                refused.add(row[CASE_ID])
                continue
            for name, columns in output.outcomes.items():
                listed = {rule: row[column] for rule, column in columns.unmet.items()}
                given[row[CASE_ID], name, item_of(output, row)] = (outcome_of(program, output, name, row), listed)
    names = {name for output, _ in results for name in output.outcomes}
    differences = [
        one for id in ids for one in _compared(program, id, facts[id], names, given, id in refused, unmet=unmet)
    ]
    if differences:
        raise UnconfirmedError(tuple(differences))
    return len(ids)


def facts_of(program: Program, found: Read, ids: list[Any]) -> dict[Any, Entries]:
    """The facts of some cases, as the reference takes them."""
    facts: dict[Any, Entries] = {id: {} for id in ids}
    above: dict[str, dict[tuple[Any, ...], Entries]] = {CASE: {(id,): entries for id, entries in facts.items()}}
    for scope, table in found.tables.tables.items():
        parent = CASE if scope == CASE else program.ruleset.collections[scope].parent or CASE
        keys = [column for column in table.keys if column.kind != "case"]
        inner = above.setdefault(scope, {})
        for row in map(Row.asDict, found.frames[table.name].where(f.col(CASE_ID).isin(ids)).collect()):
            path = (row[CASE_ID], *(row[column.name] for column in keys))
            if scope == CASE:
                entries = facts[row[CASE_ID]]
            else:
                entries = {}
                _under(program, above, parent, path[:-1]).setdefault(scope, []).append(entries)
            inner[path] = entries
            for column in table.columns:
                _put(entries, column, row)
    return facts


def _under(
    program: Program, above: dict[str, dict[tuple[Any, ...], Entries]], scope: str, path: tuple[Any, ...]
) -> Entries:
    """The entries of a row; those of an item that a framework lists are made where no table has them."""
    known = above.setdefault(scope, {})
    if path not in known:
        collection = program.ruleset.collections[scope]
        known[path] = {key_of_collection(collection): path[-1]}
        _under(program, above, collection.parent or CASE, path[:-1]).setdefault(scope, []).append(known[path])
    return known[path]


def _put(entries: Entries, column: Column, row: Mapping[str, Any]) -> None:
    """One cell among the entries of its row; what is unknown is left out."""
    if column.kind == "given":
        if row[column.name] and column.field is not None:
            entries.setdefault(column.field, [])
    elif column.kind == "not applicable":
        if row[column.name] and column.field is not None:
            entries[column.field] = NOT_APPLICABLE.value
    elif column.field is not None and row[column.name] is not None:
        entries[column.field] = _fact(column, row[column.name])


def _fact(column: Column, raw: Any) -> Any:
    if isinstance(column.type, MonthType):
        return str(Month(raw))
    if isinstance(column.type, NumberType):
        number = Fraction(int(raw) if isinstance(raw, Decimal) else raw, column.per)
        return int(number) if number.denominator == 1 else number
    return raw


def _compared(
    program: Program,
    id: Any,
    facts: Entries,
    names: set[str],
    given: Mapping[Which, Any],
    refused: bool,
    *,
    unmet: bool,
) -> Iterator[Difference]:
    case = str(id)
    try:
        row = case_row(program, facts)
        decision = Decision(program, row, program.run(row))
        outcomes = [one for one in decision.outcomes if one.name in names]
    except HmicRulesError as error:
        if not refused:
            said = str(error).partition("\n")[0]
            yield Difference(case, "refused", None, "it has a decision", f"there is none: {said}")
        return
    if refused:
        yield Difference(case, "refused", None, "there is no decision", "there is one")
        return
    wanted: dict[Which, Outcome] = {(id, one.name, one.item): one for one in outcomes}
    mine = {which for which in given if which[0] == id}
    for which in [*wanted, *sorted(mine - set(wanted), key=str)]:
        one, other = given.get(which), wanted.get(which)
        if one is None or other is None or one[0] != other:
            yield Difference(case, which[1], which[2], str(one and one[0]), str(other))
        elif unmet and one[1]:
            listed = {rule: tuple(items) for rule, items in one[1].items() if items is not None}
            theirs = {rule: tuple(sorted(items)) for rule, items in decision.unmet(which[1]).items()}
            if listed != theirs:
                yield Difference(case, which[1], which[2], f"unmet {listed}", f"unmet {theirs}")
