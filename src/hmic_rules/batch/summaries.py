"""What came of a run: how many rows went where, and how many cases have which outcome."""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen

from hmic_rules.backends.sql.schema import OutputTable
from hmic_rules.batch.checking import Problem
from hmic_rules.batch.engine import Engine
from hmic_rules.batch.quoting import name
from hmic_rules.datatypes import BooleanType, LabelType, shown

__all__ = ["Counts", "Summary", "TableCounts", "counts_of", "summary_data"]

STATUSES = ("decided", "undetermined", "no rule covers this", "not applicable")


@frozen
class TableCounts:
    """The rows of one table: ``rows`` were read, ``used`` were decided upon, ``aside`` were set aside; the last two add up to the first."""

    table: str
    source: str
    rows: int
    used: int
    aside: int


@frozen
class Counts:
    """How often an outcome came out how.

    Attributes:
        outcome: its name.
        on: what it stands on: ``case``, a collection or a group.
        rows: how many there are of these.
        statuses: how many of them are decided, undetermined, not covered by any rule, and not applicable; together they are all.
        results: of labels and truth values, how many have each result, in their order; those that are decided.

    """

    outcome: str
    on: str
    rows: int
    statuses: dict[str, int]
    results: dict[str, int]


@frozen
class Summary:
    """What came of a run.

    Attributes:
        ruleset, edition, framework, profile: what decided.
        cases: how many cases there are; ``decided`` of them were put to the rules, ``aside`` were set aside.
        decided: how many cases were put to the rules.
        aside: how many cases were set aside.
        tables: the rows of each table.
        outcomes: how often each outcome came out how.
        problems: why rows were set aside.
        notes: what no column gives.
        confirmed: how many cases the reference decided again, and came to the same.
        outputs: the files that were written, by what their rows stand for.
        rejects: the file with what was set aside.

    """

    ruleset: str
    edition: str
    framework: str | None
    profile: str | None
    cases: int
    decided: int
    aside: int
    tables: tuple[TableCounts, ...]
    outcomes: tuple[Counts, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    confirmed: int
    outputs: dict[str, str]
    rejects: str | None


def summary_data(summary: Summary) -> dict[str, Any]:
    """A summary as plain data."""
    return asdict(summary)


def counts_of(engine: Engine, relation: str, output: OutputTable) -> list[Counts]:
    """How often each outcome of a query came out how."""
    found: list[Counts] = []
    for one in output.outcomes.values():
        finite = isinstance(one.type, LabelType | BooleanType) and one.value is not None
        value = f"CAST({name(one.value or '')} AS VARCHAR)" if finite else "NULL"
        rows = engine.run(f"SELECT {name(one.status)}, {value}, count(*) FROM {relation} GROUP BY ALL", "counting")
        statuses = dict.fromkeys(STATUSES, 0)
        counted: dict[str, int] = {}
        for status, result, count in rows:
            statuses[status] = statuses.get(status, 0) + count
            if status == "decided" and result is not None:
                counted[result] = counted.get(result, 0) + count
        if isinstance(one.type, LabelType):
            order: list[str] = list(one.type.labels)
        else:
            order = [shown(truth) for truth in (False, True)] if isinstance(one.type, BooleanType) else []
        results = {label: counted.get(label, 0) for label in order} if finite else {}
        found.append(Counts(one.name, output.scope, sum(statuses.values()), statuses, results))
    return found
