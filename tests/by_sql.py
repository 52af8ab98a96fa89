"""Cases decided by the reference and by the SQL in DuckDB, many in one statement, and every difference between the two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

import hmic_rules as hr
from hmic_rules.backends.sql import duck
from hmic_rules.backends.sql.compiling import Compiled, compile_sql
from hmic_rules.backends.sql.decoding import item_of, outcome_of
from hmic_rules.backends.sql.packing import denominators_in, packed
from hmic_rules.cases import case_row
from hmic_rules.decisions import Decision
from hmic_rules.programs import Program

__all__ = ["Both", "both"]


@frozen
class Both:
    """What both engines came to.

    ``differences`` are empty where they agree; ``decided`` counts outcomes, ``refused`` cases that have no decision by either.
    """

    compiled: Compiled
    differences: list[Any] = field(factory=list)
    decided: int = 0
    refused: int = 0


def both(program: Program, cases: Iterable[Any], *, unmet: bool = True, engine: Any = None, **options: Any) -> Both:
    """Decide cases both ways: every value of the rule set, and what is unmet. Facts that nobody can read are left out."""
    rows = {}
    for number, facts in enumerate(cases):
        try:
            rows[number] = case_row(program, facts)
        except hr.HmicRulesError:
            continue
    values = program.ruleset.values
    denominators = denominators_in(program, rows.values())
    compiled = compile_sql(program, outcomes=list(values), denominators=denominators, unmet=unmet, **options)
    engine = engine or duck.connection()
    stored = packed(program, compiled.tables, rows)
    for table in compiled.tables.tables.values():
        duck.fill(engine, table, stored[table.name])
    found, listed, refused = given_by(engine, program, compiled)
    differences: list[Any] = []
    decided = 0
    for number, row in rows.items():
        try:
            decision = Decision(program, row, program.run(row))
        except (hr.ConflictError, hr.InputError) as problem:
            if number not in refused:
                differences.append((number, f"the reference refuses it: {problem}"))
            continue
        if number in refused:
            differences.append((number, f"the SQL refuses it: {refused[number]}"))
            continue
        expected = by_reference(decision)
        decided += len(expected)
        given = found.get(number, {})
        differences += [
            (number, key, expected.get(key), given.get(key))
            for key in sorted({*expected, *given}, key=repr)
            if expected.get(key) != given.get(key)
        ]
        if unmet:
            differences += [
                (number, "unmet", name, wanted, listed.get((number, name)))
                for name, wanted in unmet_by_reference(decision).items()
                if listed.get((number, name)) != wanted
            ]
    return Both(compiled, differences, decided, len(refused))


def given_by(engine: Any, program: Program, compiled: Compiled) -> tuple[Any, Any, dict[int, str]]:
    """What the statements give: outcomes by case, name and item; what is unmet; and why cases are refused."""
    found: dict[int, dict[Any, Any]] = {}
    listed: dict[Any, Any] = {}
    refused: dict[int, str] = {}
    for output, rows in duck.rows_of(engine, compiled):
        for row in rows:
            number = row["case_id"]
            if row[output.refused] is not None:
                assert {row[one.status] for one in output.outcomes.values()} == {"refused"}
                refused[number] = row[output.refused]
                continue
            for name, columns in output.outcomes.items():
                key = (name, item_of(output, row))
                assert key not in found.setdefault(number, {}), f"two rows for {key}"
                found[number][key] = outcome_of(program, output, name, row)
                if output.scope == "case":
                    listed[number, name] = {id: row[one] for id, one in columns.unmet.items() if row[one] is not None}
    return found, listed, refused


def by_reference(decision: hr.Decision) -> dict[Any, hr.Outcome]:
    found: dict[Any, hr.Outcome] = {}
    for name, value in decision.ruleset.values.items():
        if value.scope == "case":
            found[name, None] = decision[name]
        else:
            found |= {(name, item): outcome for item, outcome in decision.items(name).items()}
    return found


def unmet_by_reference(decision: hr.Decision) -> dict[str, dict[str, list[str]]]:
    """What is unmet; the SQL knows no order of items, so they are sorted."""
    names = [name for name, value in decision.ruleset.values.items() if value.scope == "case"]
    return {name: {id: sorted(keys) for id, keys in decision.unmet(name).items()} for name in names}
