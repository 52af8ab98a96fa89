"""What is set aside: the rows that fail a check, the case that each takes along, and all other rows of that case, with the reason."""

from __future__ import annotations

from hmic_rules.batch.checking import Checked, reasons
from hmic_rules.batch.fitting import Fitted
from hmic_rules.batch.quoting import literal, name
from hmic_rules.batch.staging import Staged
from hmic_rules.conditions import CASE

__all__ = ["rows_aside", "write_aside"]


def write_aside(staged: Staged, checked: Checked) -> None:
    """Put every row that is set aside into ``batch.aside``: its table, its number, its case, the reason, and its cells as JSON."""
    parts = [_aside(staged, checked, key, one) for key, one in staged.fitting.tables.items()]
    parts += [_lost(key, one) for key, one in staged.fitting.tables.items() if one.source.lost_relation is not None]
    staged.engine.run(f"CREATE OR REPLACE TABLE batch.aside AS {' UNION ALL '.join(parts)}", "setting aside")


def rows_aside(staged: Staged) -> tuple[str, dict[str, int]]:
    """The query of all rows that are set aside, in order, and how many there are of each table."""
    order = " ".join(f"WHEN {literal(key)} THEN {place}" for place, key in enumerate(staged.fitting.tables))
    what = 'SELECT "table", "row", "case", reason, cells FROM batch.aside'
    counts = dict.fromkeys(staged.fitting.tables, 0)
    for key, count in staged.engine.run('SELECT "table", count(*) FROM batch.aside GROUP BY 1'):
        counts[key] = count
    return f'{what} ORDER BY CASE "table" {order} END, "row", reason', counts


def _aside(staged: Staged, checked: Checked, key: str, one: Fitted) -> str:
    relation, own = one.source.relation, literal(key)
    said = " ".join(
        f"WHEN {number} THEN {' || '.join(reasons(check))}"
        for number, check in enumerate(checked.checks)
        if check.table == key
    )
    cells = ", ".join(f"{literal(column)}, r.c{place}" for place, column in enumerate(one.source.columns))
    case = "r.n" if key == CASE else "i.case_id"
    ids = "" if key == CASE else " LEFT JOIN batch.ids AS i ON t._id = i.id"
    along = (
        "CASE WHEN b.refused IS NOT NULL THEN 'its case has no decision: ' || b.refused "
        "ELSE 'its case is set aside: row ' || b.n || ' of ' || b.tab END"
    )
    faults = f"CASE b.problem {said} ELSE '' END" if said else "''"
    return (
        f'SELECT {own} AS "table", r.n AS "row", CAST(t._id AS VARCHAR) AS "case", coalesce(o.reason, {along}) AS reason, '
        f"json_object({cells}) AS cells FROM {relation} AS r JOIN typed.{name(key)} AS t ON r.n = t._n{ids} "
        f"LEFT JOIN (SELECT b.n, string_agg({faults}, '; ' ORDER BY b.problem) AS reason FROM batch.bad AS b "
        f"JOIN {relation} AS r ON b.n = r.n WHERE b.tab = {own} GROUP BY b.n) AS o ON r.n = o.n "
        f"LEFT JOIN batch.bad_cases AS b ON {case} = b.case_id WHERE o.n IS NOT NULL OR b.case_id IS NOT NULL"
    )


def _lost(key: str, one: Fitted) -> str:
    return (
        f"SELECT {literal(key)}, line, NULL, 'line ' || line || ': ' || problem, json_object('line', text) "
        f"FROM {one.source.lost_relation}"
    )
