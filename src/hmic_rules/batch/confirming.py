"""Some cases decided again by the reference, from the cells as they were brought; a difference stops everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import frozen

from hmic_rules.backends.sql.decoding import item_of
from hmic_rules.backends.sql.schema import CASE_ID, OutcomeColumns, OutputTable
from hmic_rules.batch.fitting import Fitted, Slot
from hmic_rules.batch.presenting import presented
from hmic_rules.batch.quoting import name
from hmic_rules.batch.staging import Staged
from hmic_rules.cases import case_row
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import DateType, shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import HmicRulesError, Span, quoted
from hmic_rules.loading.trees import Mapping as Tree
from hmic_rules.loading.trees import Scalar, Sequence
from hmic_rules.outcomes import Outcome, in_a_row

__all__ = ["Difference", "UnconfirmedError", "confirmed", "facts_of"]

MOST_ROWS: Final = 100_000
SHOWN: Final = 10


@frozen
class Difference:
    """One outcome that the reference gives otherwise.

    Attributes:
        case: the case, as the tables name it.
        name: the outcome, or ``refused`` where only one of the two has a decision.
        item: the item or group, ``None`` for the case itself.
        table: what the tables came to.
        reference: what the reference came to.

    """

    case: str
    name: str
    item: str | None
    table: str
    reference: str

    def __str__(self) -> str:
        of = f" of {quoted(self.item)}" if self.item is not None else ""
        return f"case {quoted(self.case)}: {self.name}{of}: {self.table}, and by the reference {self.reference}"


class UnconfirmedError(HmicRulesError):
    """The reference decides some case otherwise; nothing is written.

    Attributes:
        differences: what differs, at least one.

    """

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        super().__init__(differences)
        self.differences = differences

    def __str__(self) -> str:
        lines = [f"not confirmed: {len(self.differences)} outcomes differ from the reference's, and nothing is written"]
        lines += [f"  {one}" for one in self.differences[:SHOWN]]
        if len(self.differences) > SHOWN:
            lines.append(f"  and {len(self.differences) - SHOWN} more")
        return "\n".join([*lines, "    help: this is a fault of the library and not of the tables: please report it"])


def confirmed(staged: Staged, results: Mapping[str, OutputTable], id: str, number: int) -> int:
    """Decide some cases again, the same ones each time: those whose names have the least hash.

    Args:
        staged: the tables.
        results: what the SQL gave, by the relation in which it stands.
        id: what the column that names the case is called.
        number: how many cases; fewer where they have more rows than are read into memory.

    Returns:
        How many cases were decided again.

    Raises:
        UnconfirmedError: the reference comes to something else.

    """
    sample = _sample(staged, number)
    if not sample:
        return 0
    names = dict(sample)
    facts = _Facts(staged, list(names)).all()
    given = _given(staged, results, id, names)
    differences = [
        one for number, case in names.items() for one in _compared(staged, results, case, facts[number], given[number])
    ]
    if differences:
        raise UnconfirmedError(tuple(differences))
    return len(sample)


def _sample(staged: Staged, number: int) -> list[tuple[int, str]]:
    """The cases that are decided again, by number and name, as many as have few enough rows."""
    engine = staged.engine
    chosen = engine.run(
        f"SELECT i.case_id, CAST(i.id AS VARCHAR) FROM batch.ids AS i ANTI JOIN batch.bad_cases AS b ON i.case_id = b.case_id "
        f"ORDER BY hash(CAST(i.id AS VARCHAR)), i.case_id LIMIT {number}",
        "choosing cases to confirm",
    )
    rows = dict.fromkeys((case for case, _ in chosen), 1)
    for key in staged.fitting.tables:
        if key != CASE and chosen:
            table = name(staged.tables.tables[key].name)
            for case, count in engine.run(
                f"SELECT case_id, count(*) FROM {table} WHERE case_id IN ({_listed(rows)}) GROUP BY 1"
            ):
                rows[case] += count
    found: list[tuple[int, str]] = []
    left = MOST_ROWS
    for case, called in chosen:
        if rows[case] <= left:
            found.append((case, called))
            left -= rows[case]
    return found


def _listed(numbers: Any) -> str:
    return ", ".join(map(str, numbers))


Entries = dict[str, Any]


def facts_of(staged: Staged, cases: Iterable[int]) -> dict[int, Tree]:
    """The facts of some cases by their numbers, as the reference reads them: see :func:`hmic_rules.cases.case_row`."""
    return _Facts(staged, list(cases)).all()


@frozen(eq=False)
class _Facts:
    """The facts of some cases, as trees of texts: read again by the reference, as if they stood in a file."""

    staged: Staged
    cases: list[int]

    def all(self) -> dict[int, Tree]:
        found: dict[int, Entries] = {case: {} for case in self.cases}
        above: dict[str, dict[tuple[Any, ...], Entries]] = {CASE: {(case,): entries for case, entries in found.items()}}
        for key, shape in self.staged.shapes.items():
            if key in self.staged.fitting.tables:
                self.read(key, self.staged.fitting.tables[key], above)
            elif (
                shape.items is not None
                and shape.collection is not None
                and shape.key is not None
                and shape.collection.inner
            ):
                outer = above[shape.collection.parent or CASE]
                above[key] = {
                    (*path, item): self.item(entries, key, {shape.key.name: item})
                    for path, entries in outer.items()
                    for item in shape.items
                }
        return {case: self.tree(entries) for case, entries in found.items()}

    def read(self, key: str, one: Fitted, above: dict[str, dict[tuple[Any, ...], Entries]]) -> None:
        """The rows of one table, each among the entries that it belongs to."""
        keys = [planned for planned in self.staged.columns[key] if planned.column.kind in ("parent", "key")]
        slots = list(one.places)
        texts = "".join(f", {self.staged.cells[key][slot].text}" for slot in slots)
        by = "".join(f", t.{name(planned.name)}" for planned in keys)
        number, join = ("t._n", "") if key == CASE else ("i.case_id", " JOIN batch.ids AS i ON t._id = i.id")
        rows = self.staged.engine.run(
            f"SELECT {number}{by}{texts} FROM typed.{name(key)} AS t JOIN {one.source.relation} AS r ON t._n = r.n{join} "
            f"WHERE {number} IN ({_listed(self.cases)}) ORDER BY t._n",
            "confirming",
        )
        shape = one.shape
        if key != CASE and shape.collection is not None:
            above[key] = {}
            for entries in above[shape.collection.parent or CASE].values():
                entries.setdefault(key, [])
        for row in rows:
            path, cells = row[: len(keys) + 1], row[len(keys) + 1 :]
            if key == CASE:
                self.of_case(above[CASE][row[:1]], slots, cells, key)
            else:
                outer = above[shape.collection.parent or CASE] if shape.collection is not None else {}
                own = {
                    slot.name: self.text(key, slot, cell)
                    for slot, cell in zip(slots, cells, strict=True)
                    if slot.kind != "parent" and cell is not None
                }
                above[key][path] = self.item(outer[path[:-1]], key, own)

    def of_case(self, entries: Entries, slots: list[Slot], cells: tuple[Any, ...], key: str) -> None:
        items: dict[tuple[str, str], Entries] = {}
        for slot, cell in zip(slots, cells, strict=True):
            if cell is None:
                continue
            if slot.kind != "wide":
                entries[slot.name] = self.text(key, slot, cell)
                continue
            shape = self.staged.shapes[slot.collection or ""]
            if (shape.name, slot.item or "") not in items and shape.key is not None:
                items[shape.name, slot.item or ""] = self.item(entries, shape.name, {shape.key.name: slot.item})
            items[shape.name, slot.item or ""][slot.name] = self.text(key, slot, cell)

    @staticmethod
    def item(entries: Entries, key: str, own: Entries) -> Entries:
        entries.setdefault(key, []).append(own)
        return own

    def text(self, key: str, slot: Slot, cell: str) -> str:
        """A cell as it would be written in a case."""
        found = self.staged.cells[key][slot]
        if found.kind == "float":
            return format(Decimal(cell), "f")
        return cell[:10] if found.kind == "timestamp" and isinstance(found.type, DateType) else cell

    def tree(self, entries: Entries) -> Tree:
        span = Span("a row", 1, 1)
        children: dict[str, Any] = {}
        for key, child in entries.items():
            if isinstance(child, list):
                children[key] = Sequence(tuple(self.tree(one) for one in child), span)
            else:
                children[key] = Scalar(child, False, span)
        return Tree(children, {key: Scalar(key, False, span) for key in children}, span)


@frozen
class Said:
    """What is said of one outcome: as it is written in a case, with what else the tables say of it.

    ``unmet`` is sorted: what a case gives in some order, a table does not.
    """

    value: str | None
    status: str
    possible: tuple[str, ...]
    rule: str | None
    limits: tuple[str, ...]
    judgement: str | None
    unmet: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        found = self.value if self.status == "decided" else f"{self.status}: {in_a_row(self.possible)}"
        by = f" by {self.rule}" if self.rule is not None else ""
        limits = f", limited by {', '.join(self.limits)}" if self.limits else ""
        judged = f", judged {self.judgement} what may be" if self.judgement is not None else ""
        unmet = "".join(f", in the way of {rule}: {', '.join(items) or 'nothing'}" for rule, items in self.unmet)
        return f"{found}{by}{limits}{judged}{unmet}"


Which = tuple[str, str | None]
Results = Mapping[str, OutputTable]


def _given(staged: Staged, results: Results, id: str, cases: Iterable[int]) -> dict[int, dict[Which, Said]]:
    """What is to be written of some cases, by outcome and item."""
    found: dict[int, dict[Which, Said]] = {case: {} for case in cases}
    connection = staged.engine.connection
    for relation, output in results.items():
        keys = ", ".join(name(column.name) for column in output.keys)
        which = connection.execute(
            f"SELECT {keys} FROM {relation} WHERE case_id IN ({_listed(found)}) ORDER BY {keys}"
        ).fetchall()
        done = connection.execute(presented(output, relation, id, joined=False, cases=found))
        columns = [one[0] for one in done.description]
        places = [dict(zip([column.name for column in output.keys], row, strict=True)) for row in which]
        for place, item, row in zip(places, _items(output, places), done.fetchall(), strict=True):
            cells = dict(zip(columns, row, strict=True))
            found[place[CASE_ID]].update({(one.name, item): _said(one, cells) for one in output.outcomes.values()})
    return found


def _items(output: OutputTable, rows: list[dict[str, Any]]) -> Iterator[str | None]:
    """What the reference calls the items: those without a key by their place in the case, and not by that in the file."""
    numbered = output.keys[-1].name if output.keys[-1].kind == "key" and output.keys[-1].field is None else None
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if numbered is not None:
            around = tuple(row[column.name] for column in output.keys[:-1])
            seen[around] = seen.get(around, 0) + 1
            yield item_of(output, {**row, numbered: seen[around]})
        else:
            yield item_of(output, row)


def _said(one: OutcomeColumns, cells: Mapping[str, Any]) -> Said:
    """What a row that is to be written says of an outcome."""
    value = cells.get(f"{one.name}__exact", cells[one.name])
    return Said(
        None if value is None else shown(value),
        cells[one.status],
        tuple(cells[one.possible]),
        None if one.rule is None else cells[one.rule],
        tuple(cells[one.limits] or ()) if one.limits is not None else (),
        None if one.judgement is None else cells[one.judgement],
        tuple((rule, tuple(sorted(cells[column]))) for rule, column in one.unmet.items() if cells[column] is not None),
    )


def _by_reference(decision: Decision, outcome: Outcome, *, unmet: bool) -> Said:
    """What the reference says of an outcome."""
    return Said(
        None if outcome.value is None else shown(outcome.value),
        outcome.status,
        outcome.possible,
        outcome.rule,
        outcome.limits,
        outcome.judgement,
        tuple((rule, tuple(sorted(keys))) for rule, keys in decision.unmet(outcome.name).items()) if unmet else (),
    )


def _compared(
    staged: Staged, results: Results, case: str, facts: Tree, given: Mapping[Which, Said]
) -> Iterator[Difference]:
    program = staged.program
    listed = {one.name: bool(one.unmet) for output in results.values() for one in output.outcomes.values()}
    try:
        row = case_row(program, facts)
        decision = Decision(program, row, program.run(row))
        wanted = {
            (one.name, one.item): _by_reference(decision, one, unmet=listed[one.name])
            for one in decision.outcomes
            if one.name in listed
        }
    except HmicRulesError as refused:
        said = str(refused).partition("\n")[0]
        yield Difference(case, "refused", None, "it has a decision", f"there is none: {said}")
        return
    for which in dict.fromkeys([*wanted, *given]):
        mine, theirs = given.get(which), wanted.get(which)
        if mine != theirs:
            yield Difference(case, which[0], which[1], str(mine or "nothing"), str(theirs or "nothing"))
