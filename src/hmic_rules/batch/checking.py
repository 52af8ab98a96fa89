"""Every row held to the rule set, in SQL and all at once: cells, keys, the cases that rows name, the items they name, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from hmic_rules.batch.fitting import Fitted
from hmic_rules.batch.quoting import listed, literal, name
from hmic_rules.batch.shapes import Shape
from hmic_rules.batch.staging import Staged
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import ScalarType, WrongValue
from hmic_rules.errors import did_you_mean, quoted

__all__ = ["Check", "Checked", "Problem", "checked"]

TOO_MANY: Final = 100_000


@frozen(eq=False)
class Check:
    """One thing that can be wrong with a row.

    Attributes:
        table: the table whose rows it is about.
        column: the column as the source calls it, ``None`` where it is about the whole row.
        says: what is wrong, to be said after what stands there.
        help: what to do.
        text: what stands there, in SQL over a raw row ``r``; ``None`` where nothing can be shown.
        type: the type that the text is not of.
        items: the items that are known, where the text is none of them.

    """

    table: str
    column: str | None
    says: str
    help: str | None = None
    text: str | None = None
    type: ScalarType | None = None
    items: tuple[str, ...] | None = None


@frozen
class Problem:
    """What is wrong with some rows of a table.

    Attributes:
        source: the file, or the table in memory.
        table: ``case``, or the collection.
        column: the column, ``None`` where it is about the whole row.
        problem: what is wrong with the first of the rows.
        help: what to do, where there is something to say.
        example: what stands there in the first of them.
        row: the number of the first, from 1.
        rows: how many there are.
        unit: ``row``; ``line`` where it is no row, and ``row`` is the number of its line.

    """

    source: str
    table: str
    column: str | None
    problem: str
    help: str | None
    example: str | None
    row: int
    rows: int
    unit: str = "row"


@frozen(eq=False)
class Checked:
    """What the checks found.

    The bad rows stand in ``batch.bad`` with the number of the check, the cases that go with them in ``batch.bad_cases``.
    """

    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]


@frozen(eq=False)
class _Checker:
    staged: Staged
    checks: list[Check] = field(factory=list)

    def run(self, sql: str) -> list[tuple[object, ...]]:
        return self.staged.engine.run(sql, "checking")

    def add(self, check: Check) -> int:
        self.checks.append(check)
        return len(self.checks) - 1

    def note(self, check: Check, rows: str) -> None:
        """Rows that fail a check; ``rows`` is a query of their numbers."""
        number = self.add(check)
        self.run(f"INSERT INTO batch.bad SELECT {literal(check.table)}, n, {number} FROM ({rows}) AS found(n)")

    # cells

    def cells(self, key: str, one: Fitted) -> None:
        """Each cell by its type; each that may not be empty; each item that is known."""
        found: list[tuple[str, int]] = []
        if one.id is not None:
            column = one.source.columns[one.id]
            check = Check(
                key, column, "there is no telling which case the row is of" if key != CASE else "the case has no name"
            )
            found.append((f"{one.cell(one.id)} IS NULL", self.add(check)))
        for slot, cell in self.staged.cells[key].items():
            column = one.source.columns[one.places[slot]]
            for fault in cell.faults():
                text = None if fault.when == cell.nested else cell.text
                found.append(
                    (
                        fault.when,
                        self.add(
                            Check(key, column, fault.says, fault.help, text, cell.type if cell.kind == "text" else None)
                        ),
                    )
                )
            if slot.kind in ("key", "parent"):
                help = "every item needs its key"
                empty = f"({cell.raw} IS NULL OR {cell.not_applicable})"
                found.append((empty, self.add(Check(key, column, "it is empty, and names the item", help))))
            elif slot.field.column in one.shape.needed and not slot.field.closed:
                why = one.shape.needed[slot.field.column]
                found.append(
                    (
                        f"{cell.raw} IS NULL",
                        self.add(Check(key, column, f"it is empty, and {why}", f"give {quoted(column)}")),
                    )
                )
            items = self.known_items(one.shape if slot.kind == "key" else self.staged.shapes.get(slot.name), slot.kind)
            if items is not None and cell.kind != "nothing":
                known = f"({cell.given} AND {cell.text} NOT IN ({listed(items)}))"
                check = Check(key, column, "is not in the framework", None, cell.text, None, items)
                found.append((known, self.add(check)))
        if not found:
            return
        cases = ", ".join(f"CASE WHEN {when} THEN {number} END" for when, number in found)
        either = " OR ".join(when for when, _ in found)
        self.run(
            f"INSERT INTO batch.bad SELECT {literal(key)}, n, unnest(list_filter([{cases}], lambda one: one IS NOT NULL)) "
            f"FROM {one.source.relation} AS r WHERE {either}"
        )

    @staticmethod
    def known_items(shape: Shape | None, kind: str) -> tuple[str, ...] | None:
        """The items that a framework lists; those of a fixed collection are known by their type."""
        if (
            shape is None
            or kind not in ("key", "parent")
            or shape.collection is None
            or shape.collection.items is not None
        ):
            return None
        return shape.items

    # rows beside each other

    def cases(self, one: Fitted) -> None:
        """Each case once."""
        twice = 'SELECT _id FROM typed."case" WHERE _id IS NOT NULL GROUP BY _id HAVING count(*) > 1'
        column = None if one.id is None else one.source.columns[one.id]
        text = None if one.id is None else f"CAST({one.cell(one.id)} AS VARCHAR)"
        check = Check(CASE, column, "names several rows", "give each case one row", text)
        self.note(check, f'SELECT _n FROM typed."case" WHERE _id IN ({twice})')

    def items(self, key: str, one: Fitted, has_cases: bool) -> None:
        """Each item of a case that there is, on an item that there is, once."""
        table = f"typed.{name(key)}"
        if has_cases and one.id is not None:
            text = f"CAST({one.cell(one.id)} AS VARCHAR)"
            check = Check(
                key, one.source.columns[one.id], "is a case that the table of cases does not have", None, text
            )
            self.note(
                check, f"SELECT t._n FROM {table} AS t ANTI JOIN batch.ids AS i ON t._id = i.id WHERE t._id IS NOT NULL"
            )
        keys = [one_.name for one_ in self.staged.columns[key] if one_.column.kind in ("parent", "key")]
        parents = [one_.name for one_ in self.staged.columns[key] if one_.column.kind == "parent"]
        outer = one.shape.collection.parent if one.shape.collection is not None else None
        if outer is not None and outer in self.staged.fitting.tables and self.staged.shapes[outer].items is None:
            theirs = [one_.name for one_ in self.staged.columns[outer] if one_.column.kind in ("parent", "key")]
            same = " AND ".join(f"t.{name(a)} = o.{name(b)}" for a, b in zip(parents, theirs, strict=True))
            slot = next(slot for slot in one.places if slot.kind == "parent" and slot.name == outer)
            text = self.staged.cells[key][slot].text
            check = Check(
                key, one.source.columns[one.places[slot]], f"is none of the items of {quoted(outer)}", None, text
            )
            there = " AND ".join(f"t.{name(parent)} IS NOT NULL" for parent in parents)
            self.note(
                check,
                f"SELECT t._n FROM {table} AS t SEMI JOIN batch.ids AS i ON t._id = i.id "
                f"ANTI JOIN typed.{name(outer)} AS o ON t._id = o._id AND {same} WHERE {there}",
            )
        if one.shape.key is not None:
            by = ", ".join(map(name, keys))
            full = " AND ".join(f"{name(column)} IS NOT NULL" for column in keys)
            twice = (
                f"SELECT _id, {by} FROM {table} WHERE _id IS NOT NULL AND {full} GROUP BY _id, {by} HAVING count(*) > 1"
            )
            slot = next(slot for slot in one.places if slot.kind == "key")
            text = self.staged.cells[key][slot].text
            check = Check(
                key,
                one.source.columns[one.places[slot]],
                f"stands twice in {quoted(key)} of its case",
                "give each item its own key",
                text,
            )
            self.note(check, f"SELECT t._n FROM {table} AS t SEMI JOIN ({twice}) AS d USING (_id, {by})")

    def sizes(self, key: str, one: Fitted) -> None:
        """As many items as the rule set wants, where it lists none itself; said of the row of what they belong to."""
        collection = one.shape.collection
        if (
            collection is None
            or one.shape.items is not None
            or (collection.at_least == 0 and collection.at_most is None)
        ):
            return
        outer = collection.parent or CASE
        if outer != CASE and outer not in self.staged.fitting.tables:
            return
        parents = [found.name for found in self.staged.columns[key] if found.column.kind == "parent"]
        count, by = (
            f"SELECT _id{''.join(f', {name(parent)}' for parent in parents)}, count(*) AS c FROM typed.{name(key)}",
            ", ".join(["_id", *map(name, parents)]),
        )
        if outer == CASE:
            above, same = "(SELECT case_id AS _n, id AS _id FROM batch.ids)", "a._id = c._id"
        else:
            theirs = [found.name for found in self.staged.columns[outer] if found.column.kind in ("parent", "key")]
            above = f"typed.{name(outer)}"
            same = " AND ".join(
                ["a._id = c._id", *(f"a.{name(b)} = c.{name(a)}" for a, b in zip(parents, theirs, strict=True))]
            )
        found = (
            f"SELECT a._n, coalesce(c.c, 0) AS size FROM {above} AS a LEFT JOIN ({count} GROUP BY {by}) AS c ON {same}"
        )
        wanted = []
        if collection.at_least:
            wanted.append((f"size < {collection.at_least}", f"at least {collection.at_least}"))
        if collection.at_most is not None:
            wanted.append((f"size > {collection.at_most}", f"at most {collection.at_most}"))
        for when, words in wanted:
            check = Check(outer, None, f"{quoted(key)} has not as many items as it must have, {words}")
            self.note(check, f"SELECT _n FROM ({found}) WHERE {when}")


def checked(staged: Staged) -> Checked:
    """Check every row. The typed rows must be written; the cases and their numbers are put into ``batch.ids``."""
    engine, tables = staged.engine, staged.fitting.tables
    checker = _Checker(staged)
    engine.run("CREATE SCHEMA batch; CREATE TABLE batch.bad (tab VARCHAR, n BIGINT, problem INTEGER)")
    for key, one in tables.items():
        checker.cells(key, one)
    _write_ids(staged)
    for key, one in tables.items():
        if key == CASE:
            checker.cases(one)
        else:
            checker.items(key, one, CASE in tables)
    for key, one in tables.items():
        checker.sizes(key, one)
    found = engine.run("SELECT tab, problem, count(*), min(n) FROM batch.bad GROUP BY ALL ORDER BY min(n), problem")
    _write_bad_cases(staged)
    order = list(tables)
    problems = [_problem(staged, checker.checks[number], rows, first) for _, number, rows, first in found]
    problems.sort(key=lambda one: (order.index(one.table) if one.table in order else -1, one.row))
    return Checked(tuple(checker.checks), tuple(problems))


def _write_ids(staged: Staged) -> None:
    """The number of each case: that of its row, or of the first row that names it where no table has the cases."""
    tables = staged.fitting.tables
    if CASE in tables:
        if len(tables) == 1:
            what = 'SELECT _id AS id, _n AS case_id FROM typed."case"'
            staged.engine.run(f"CREATE VIEW batch.ids AS {what}")
            return
        what = 'SELECT _id AS id, min(_n) AS case_id FROM typed."case" WHERE _id IS NOT NULL GROUP BY _id'
    else:
        parts, before = [], 0
        for key in tables:
            parts.append(f"SELECT _id, _n + {before} AS _n FROM typed.{name(key)}")
            before += int(staged.engine.run(f"SELECT count(*) FROM typed.{name(key)}")[0][0])
        what = f"SELECT _id AS id, min(_n) AS case_id FROM ({' UNION ALL '.join(parts)}) WHERE _id IS NOT NULL GROUP BY _id"
    staged.engine.run(f"CREATE TABLE batch.ids AS {what}", "checking")


def _write_bad_cases(staged: Staged) -> None:
    """The cases that cannot be decided, each with the first row that is to blame."""
    tables = staged.fitting.tables
    parts = [f"SELECT n AS case_id, tab, n FROM batch.bad WHERE tab = {literal(CASE)}"]
    for place, key in enumerate(one for one in tables if one != CASE):
        parts.append(
            f"SELECT i.case_id, b.tab, b.n FROM batch.bad AS b JOIN typed.{name(key)} AS t ON b.n = t._n "
            f"JOIN batch.ids AS i ON t._id = i.id WHERE b.tab = {literal(key)}"
        )
        del place
    order = " ".join(f"WHEN {literal(key)} THEN {place}" for place, key in enumerate(tables))
    staged.engine.run(
        f"CREATE TABLE batch.bad_cases AS SELECT case_id, arg_min(tab, place) AS tab, arg_min(n, place) AS n, NULL::VARCHAR AS refused "
        f"FROM (SELECT *, (CASE tab {order} ELSE -1 END, n) AS place FROM ({' UNION ALL '.join(parts)})) GROUP BY case_id",
        "checking",
    )


def _problem(staged: Staged, check: Check, rows: int, first: int) -> Problem:
    """What is said of the rows that failed one check, by the first of them."""
    one = staged.fitting.tables.get(check.table)
    label = "the cases" if one is None else one.source.label
    example: str | None = None
    if check.text is not None and one is not None:
        example = staged.engine.run(f"SELECT {check.text} FROM {one.source.relation} AS r WHERE n = {first}")[0][0]
    problem, help = _said(check, example)
    return Problem(label, check.table, check.column, problem, help, example, first, rows)


def _said(check: Check, example: str | None) -> tuple[str, str | None]:
    """The words: those in which a case would be told, where a text is not of its type."""
    if example is None:
        return check.says, check.help
    if check.items is not None:
        return f"{quoted(example)} {check.says}", did_you_mean(example, check.items)
    if check.type is not None:
        try:
            check.type.parse(example)
        except WrongValue as wrong:
            return wrong.problem, check.help or wrong.help
    return f"{quoted(example)} {check.says}", check.help


def reasons(check: Check) -> Iterator[str]:
    """The reason of one row, in SQL over a raw row ``r``, as pieces of text."""
    head = f"{check.column}: " if check.column is not None else ""
    if check.text is None:
        yield literal(f"{head}{check.says}")
    else:
        yield literal(f"{head}`")
        yield f"coalesce({check.text}, '')"
        yield literal(f"` {check.says}")
