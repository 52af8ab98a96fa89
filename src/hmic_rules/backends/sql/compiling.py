"""A program as SQL: one statement for the outcomes of the case, and one for those of each other scope."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, cast

from attrs import frozen

from hmic_rules.backends.sql.choices import Masked
from hmic_rules.backends.sql.layers import laid_out
from hmic_rules.backends.sql.nodes import FALSE, NULL, Node, case, compare, fold, lift, literal
from hmic_rules.backends.sql.on_spark import refuse_replaced
from hmic_rules.backends.sql.reading import Build, Place
from hmic_rules.backends.sql.refusals import refuse
from hmic_rules.backends.sql.results import columns_of
from hmic_rules.backends.sql.rooms import Rooms, SharedError
from hmic_rules.backends.sql.schema import (
    CASE_ID,
    CASES,
    Column,
    OutcomeColumns,
    OutputTable,
    Tables,
    storage_of,
    tables_of,
)
from hmic_rules.backends.sql.scopes import Items, Scope, Stored, Values
from hmic_rules.backends.sql.tabulating import tabulated
from hmic_rules.backends.sql.values import Computed, compute
from hmic_rules.backends.sql.writing import Writer
from hmic_rules.conditions import CASE
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.programs import Program
from hmic_rules.rulesets import MOST_MONTHS

__all__ = ["DIALECTS", "SETTING", "Compiled", "Dialect", "Query", "compile_sql"]

Dialect: TypeAlias = Literal["duckdb", "spark"]
SETTING: Final = {"duckdb": "SET disabled_optimizers = 'partial_aggregate_pushdown'"}  # else planning takes seconds
DIALECTS: Final[tuple[Dialect, ...]] = ("duckdb", "spark")


@frozen
class Query:
    """One statement and what it gives."""

    sql: str
    output: OutputTable


@frozen
class Compiled:
    """A program as SQL.

    Attributes:
        tables: the tables it takes.
        queries: one for each scope with outcomes that were asked for, the case's first.
        reads: the columns that the statements read, by the name of the table.

    """

    tables: Tables
    queries: tuple[Query, ...]
    reads: Mapping[str, frozenset[str]]


def compile_sql(
    program: Program,
    *,
    outcomes: Names[str] | None = None,
    unmet: bool = False,
    why: bool = True,
    wide: Names[str] = (),
    denominators: Mapping[tuple[str, str], int] | None = None,
    known: Names[tuple[str, str]] = frozenset(),
    complete: Names[str] = frozenset(),
    given: Names[str] = frozenset(),
    dialect: Dialect = "duckdb",
    refusals: bool = False,
) -> Compiled:
    """Compile the outcomes of a program, or other values of it.

    What it gives is on every row what :func:`hmic_rules.decisions.decide` gives with the engine ``reference``.

    Args:
        program: the rule set, bound to a framework, a profile and parameters.
        outcomes: the values to compute; every outcome where nothing is said.
        unmet: whether each rule of a value of the case also lists the items in its way.
        why: whether the rule that gave a result and the limits that changed it are given too.
        wide: collections whose known items stand as columns of the cases.
        denominators: into how many parts a whole is divided in columns of decimals and shares, by scope and field.
        known: columns without any ``NULL``, by scope and field; the SQL is leaner for it, and wrong where it is not so.
        complete: collections with known items of which every case has every item's row.
        given: collections whose columns of kind ``given`` are true in every row; again leaner, and wrong where it is not so.
        dialect: what the SQL is written in.
        refusals: instead of outcomes, only which cases have no decision: one statement on the case, for outcomes of which a case may have no row.

    Raises:
        NotFoundError: there is no such value.
        NotCompiledError: something in the program has no SQL; the message names it.
        InputError: two columns of a table would have one name, or a collection cannot be wide.

    """
    if program.departures:
        refuse("values that persons judged otherwise stand beside the program; decide these cases one by one")
    for name in outcomes or ():
        if name not in program.ruleset.values:
            help = did_you_mean(name, program.ruleset.values)
            raise NotFoundError(f"the rule set has no value {quoted(name)}" + (f": {help}" if help else ""))
    tables = tables_of(program, wide=wide, denominators=denominators)
    asked = () if refusals else tuple(program.ruleset.outcomes if outcomes is None else outcomes)
    bound = (program, tables, known, complete, given, dialect)
    try:
        return _Compiler(*bound, unmet=unmet, why=why).compiled(asked, refusals=refusals)
    except SharedError:
        return _Compiler(*bound, unmet=unmet, why=why, sharing=False).compiled(asked, refusals=refusals)


class _Compiler:
    """One compilation."""

    def __init__(
        self,
        program: Program,
        tables: Tables,
        known: Names[tuple[str, str]],
        complete: Names[str],
        given: Names[str],
        dialect: Dialect,
        *,
        unmet: bool,
        why: bool,
        sharing: bool = True,
    ) -> None:
        self.program, self.tables, self.dialect = program, tables, dialect
        self.unmet, self.why = unmet, why
        rooms = Rooms(program, tables, known, complete, self._moment, sharing, given)
        self.build = Build(program, rooms)
        self.computed: dict[tuple[str, str | None], Computed] = {}
        self.hints: dict[Node, str] = {}
        self.read: dict[str, set[str]] = {}

    def _moment(self, operand: object) -> Node:
        return self.build.moment(operand)

    def compiled(self, asked: tuple[str, ...], *, refusals: bool) -> Compiled:
        ruleset = self.program.ruleset
        for name in ruleset.order:
            if name in ruleset.values:
                scope = ruleset.values[name].scope
                for item in self.tables.items[scope] if scope in self.tables.wide else (None,):
                    found = compute(self.build, ruleset.values[name], self.build.standing(scope, item))
                    self.computed[name, item] = found
                    self._named(found, name if item is None else f"{name} {item}")
        refused = self._refused()
        scopes = sorted({ruleset.values[name].scope for name in asked}, key=lambda scope: scope != CASE)
        queries = tuple(
            self._query(scope, [name for name in asked if ruleset.values[name].scope == scope], refused)
            for scope in ([CASE] if refusals else scopes)
        )
        return Compiled(self.tables, queries, {table: frozenset(names) for table, names in self.read.items()})

    def _named(self, found: Computed, name: str) -> None:
        """Names for the columns of a value, so that a reader of the SQL finds them."""
        given = found.result.given
        if isinstance(given, Masked):
            self.hints.setdefault(given.mask, name)
        body = found.value.body
        for rule, truth in zip(getattr(body, "rules", ()), found.produced.rules, strict=False):
            self.hints.setdefault(truth.surely, f"{name} {rule.id}")
            self.hints.setdefault(truth.possibly, f"{name} {rule.id} maybe")

    def _refused(self) -> Node:
        """Why a case has no decision, or ``NULL``; in the rows of the case."""
        ruleset, case_ = self.program.ruleset, self.build.rooms.case
        pairs: list[tuple[Node, Node]] = []
        for name in ruleset.order:
            if name in ruleset.groups:
                group = ruleset.groups[name]
                pairs.append((self.build.endless(group), literal(f"{name}: more than {MOST_MONTHS:,} months expected")))
                pairs.append((self.build.strangers(group), literal(f"{name}: a row of no expected group")))
                continue
            value = ruleset.values[name]
            for item in self.tables.items[value.scope] if value.scope in self.tables.wide else (None,):
                conflict = self.computed[name, item].result.conflict
                if conflict is FALSE:
                    continue
                if conflict.scope not in (None, case_):
                    rows = fold("count", case_, conflict.scope, conflict)
                    conflict = compare("<", literal(0), rows)
                pairs.append((conflict, literal(f"{name}: rules conflict, or a number outside its range")))
        return case(pairs, NULL)

    def _query(self, scope: str, names: list[str], refused: Node) -> Query:
        wide = scope in self.tables.wide
        if wide:
            refuse(f"outcomes on the items of {quoted(scope)}, which stands as columns; give it as a table of its own")
        place = self.build.standing(scope)
        stop = lift(refused, place.current)
        groups: list[list[tuple[str, Node]]] = [[("refused", stop)]]
        outcomes: dict[str, OutcomeColumns] = {}
        for name in names:
            computed = self.computed[name, None]
            outcomes[name], found = columns_of(self.build, computed, stop, place, why=self.why, unmet=self.unmet)
            groups.append(found)
        keys = self._keys(scope, place)
        if self.dialect == "duckdb" and isinstance(place.current.base, Stored):
            columns = tabulated(place.current, groups, self._is_truth, self.hints)
        else:
            columns = [column for group in groups for column in group]
        layers = laid_out([node for _, node in columns], place.current)
        writer = Writer(layers, self.dialect, self.hints)
        tree = writer.query(
            place.current, [(key, column.name) for key, column in zip(place.current.keys, keys, strict=True)], columns
        )
        self._reads(layers.columns)
        sql = tree.sql(self.dialect, pretty=True)
        if self.dialect == "spark":
            refuse_replaced(sql)
        return Query(sql, OutputTable(scope, keys, outcomes, "refused"))

    def _is_truth(self, node: Node) -> bool:
        """Whether a field is a column of truth values."""
        base = cast("Scope", node.scope).base
        if isinstance(base, Values):
            return base.storages[base.columns.index(cast("str", node.value))] == "BOOLEAN"
        found = (
            self.tables.tables.get(CASE if base.table == CASES else base.table or "")
            if isinstance(base, Stored | Items)
            else None
        )
        return found is not None and any(one.storage == "BOOLEAN" for one in found.columns if one.name == node.value)

    def _reads(self, columns: Mapping[Scope, list[Node]]) -> None:
        for scope, found in columns.items():
            table = scope.base.table if isinstance(scope.base, Stored) else getattr(scope.base, "table", None)
            if table is not None:
                read = self.read.setdefault(str(table), set())
                read |= {scope.stored.get(key, key) for key in scope.keys}
                read |= {str(one.value) for one in found if one.op == "field" and one.value not in scope.keys}

    def _keys(self, scope: str, place: Place) -> tuple[Column, ...]:
        """The public names and types of the columns that say which row it is."""
        if scope == CASE:
            return (Column(CASE_ID, "case", "BIGINT"),)
        if scope in self.program.ruleset.groups:
            group = self.program.ruleset.groups[scope]
            found = [Column(CASE_ID, "case", "BIGINT")]
            for part in group.by:
                _, type, per = self.build.rooms.key_in(group.source, part)
                found.append(Column(part, "key", storage_of(type), part, type, per))
            return tuple(found)
        table = self.tables.tables.get(scope)
        if table is not None:
            return table.keys
        key = self.build.rooms.collection(scope).keys[-1].split(".")[1]
        return (Column(CASE_ID, "case", "BIGINT"), Column(key, "key", "VARCHAR", key))
