"""What would have to differ for a recorded outcome: exact questions to the reference, once for each different set of facts and not for every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from hmic_rules.backends.sql.schema import Table
from hmic_rules.batch.confirming import facts_of
from hmic_rules.batch.quoting import literal, name
from hmic_rules.cases import case_row
from hmic_rules.concordance.counting import Rows
from hmic_rules.concordance.reasons import DEPARTURES, KEY
from hmic_rules.concordance.results import Difference, Group, Looked
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import NotAnalysedError, NotFoundError
from hmic_rules.questions.reaching import why_not
from hmic_rules.rules import RuleList

__all__ = ["looked_at"]

NOTHING: Final = "no change of facts leads there"


@frozen
class _Pattern:
    """The facts that some departures of one group share: the number of the first of them, how many they are, and the group."""

    first: int
    rows: int
    group: tuple[Any, ...]


def looked_at(rows: Rows, groups: Sequence[Group], depth: int) -> tuple[tuple[Group, ...], Looked]:
    """Ask what would have to differ, of the most frequent sets of facts: first one of every group, then a second, and so on.

    Args:
        rows: the rows.
        groups: the departures by reason, in the order in which they are numbered.
        depth: about how many sets of facts it is asked at most.

    Returns:
        The groups with what was found, and how far it went. The words stand beside the facts in ``concord.looked``.

    """
    _write_facts(rows)
    engine = rows.staged.engine
    key = ", ".join(KEY)
    engine.run(
        f"CREATE TABLE concord.patterns AS SELECT {key}, facts, count(*) AS rows, min(case_id) AS first FROM concord.facts GROUP BY ALL",
        "telling facts apart",
    )
    number, departures = engine.run("SELECT count(*), coalesce(sum(rows), 0) FROM concord.patterns")[0]
    place = f"row_number() OVER (PARTITION BY {key} ORDER BY rows DESC, first)"
    chosen = [
        _Pattern(first, count, tuple(group))
        for first, count, *group in engine.run(
            f"SELECT first, rows, {key} FROM (SELECT *, {place} AS place FROM concord.patterns) ORDER BY place, rows DESC, first LIMIT {depth}"
        )
    ]
    found = dict(_differences(rows, chosen))
    engine.run("CREATE TABLE concord.looked (first BIGINT, words VARCHAR)")
    if found:
        cells = ", ".join(f"({first}, {literal(_words(one))})" for first, one in found.items())
        engine.run(f"INSERT INTO concord.looked VALUES {cells}")
    by_group: dict[tuple[Any, ...], list[Difference]] = {}
    for one in chosen:
        by_group.setdefault(_known(rows, one.group), []).append(found[one.first])
    looked = Looked(len(chosen), number, sum(one.rows for one in chosen), int(departures))
    return tuple(
        evolve(
            group,
            differences=tuple(by_group.get((group.recorded, group.kind, group.possible, group.rule, group.limits), ())),
        )
        for group in groups
    ), looked


def _known(rows: Rows, group: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key of a group in words."""
    recorded, kind, mask, rule, limits = group
    masked = tuple(id for place, id in enumerate(rows.columns.limit_ids) if limits >> place & 1)
    return recorded, kind, rows.written(mask), rule, masked


def _words(one: Difference) -> str:
    return one.none if one.none is not None else "; ".join(one.changes)


def _write_facts(rows: Rows) -> None:
    """Put all facts of each departure into ``concord.facts`` as one text, the rows of a collection in an order of their own."""
    tables = rows.staged.tables.tables
    own = _as_text(tables[CASE], "c")
    joins, parts = [f"JOIN {name(tables[CASE].name)} AS c ON s.case_id = c.case_id"], [own]
    for place, table in enumerate(one for key, one in tables.items() if key != CASE):
        alias = f"l{place}"
        text = _as_text(table, "t")
        joins.append(
            f"LEFT JOIN (SELECT t.case_id, string_agg({text}, ',' ORDER BY {text}) AS facts FROM {name(table.name)} AS t "
            f"SEMI JOIN (SELECT case_id FROM concord.seen WHERE {DEPARTURES}) AS d ON t.case_id = d.case_id GROUP BY t.case_id) AS {alias} "
            f"ON s.case_id = {alias}.case_id"
        )
        parts.append(f"coalesce({alias}.facts, '')")
    key = ", ".join(f"s.{one}" for one in KEY)
    rows.staged.engine.run(
        f"CREATE TABLE concord.facts AS SELECT s.case_id, {key}, {' || chr(10) || '.join(parts)} AS facts "
        f"FROM (SELECT * FROM concord.seen WHERE {DEPARTURES}) AS s {' '.join(joins)}",
        "reading facts",
    )


def _as_text(table: Table, alias: str) -> str:
    """The facts of a row as JSON, in SQL; a number that only tells rows apart is none."""
    columns = [
        column
        for column in table.columns
        if column.kind != "case" and (column.kind != "key" or column.field is not None)
    ]
    cells = ", ".join(f"{alias}.{name(column.name)}" for column in columns)
    return f"CAST(json_array({cells}) AS VARCHAR)"


def _differences(rows: Rows, chosen: Sequence[_Pattern]) -> Iterator[tuple[int, Difference]]:
    """What would have to differ in each set of facts, by the number of its first case."""
    if not chosen:
        return
    program, outcome = rows.staged.program, rows.vocabulary.value.name
    names = rows.names([one.first for one in chosen])
    facts = facts_of(rows.staged, [one.first for one in chosen])
    for one in chosen:
        row = case_row(program, facts[one.first])
        decision = Decision(program, row, program.run(row))
        yield one.first, _difference(decision, outcome, one, names[one.first])


def _difference(decision: Decision, outcome: str, pattern: _Pattern, example: str) -> Difference:
    recorded, body = pattern.group[0], decision.ruleset.values[outcome].body
    own = {one.id for one in body.rules if shown(one.then) == recorded} if isinstance(body, RuleList) else set()
    in_the_way = {id: items for id, items in decision.unmet(outcome).items() if id in own}
    try:
        way = why_not(decision, recorded, name=outcome)
    except (NotAnalysedError, NotFoundError) as error:
        return Difference(example, pattern.rows, (), 0, in_the_way, str(error))
    if way is None:
        return Difference(example, pattern.rows, (), 0, in_the_way, NOTHING)
    changes = tuple(map(str, (*way.changes, *way.learnt)))
    return Difference(example, pattern.rows, changes, way.others, in_the_way)
