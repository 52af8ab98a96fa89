"""One run over tables of cases: read, checked, decided, confirmed, written, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, frozen

from hmic_rules.backends.sql.compiling import Compiled, Dialect, compile_sql
from hmic_rules.backends.sql.schema import OutputTable
from hmic_rules.batch.aside import rows_aside, write_aside
from hmic_rules.batch.checking import Checked, Problem, checked
from hmic_rules.batch.confirming import confirmed
from hmic_rules.batch.engine import Engine
from hmic_rules.batch.filling import Filled, filled
from hmic_rules.batch.fitting import fitted
from hmic_rules.batch.presenting import described, in_step, presented
from hmic_rules.batch.quoting import name
from hmic_rules.batch.shapes import shapes_of
from hmic_rules.batch.sources import Source, as_source
from hmic_rules.batch.staging import Staged, staged, write_typed
from hmic_rules.batch.summaries import Summary, TableCounts, counts_of
from hmic_rules.batch.writing import Written, knows_lists, writing
from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, capped, quoted
from hmic_rules.programs import Program

__all__ = ["Elsewhere", "Further", "Run"]

Elsewhere: TypeAlias = Callable[[Engine, Compiled], None]

Further: TypeAlias = Callable[[Staged, Mapping[str, OutputTable], Written], None]


@frozen(eq=False)
class Run:
    """One run.

    Attributes:
        engine: the database.
        program: the bound rule set.
        given: the tables, each with the name that it is given.
        id: the column that names the case.
        outcomes: what is computed.
        unmet: whether the items in the way of each rule are listed.
        outputs: where results go, by what they stand on; ``None`` where they are not written.
        rejects: where rows go that are set aside.
        confirm: how many cases the reference decides again.
        beside: by table, a column that stays beside the facts.
        further: is called with the tables and the results before files take their names.
        elsewhere: runs the statements, written for Spark, and puts what they give into ``result.r0``, ``result.r1``, …

    """

    engine: Engine
    program: Program
    given: list[tuple[str | None, Any]]
    id: str
    outcomes: list[str]
    unmet: bool
    outputs: dict[str, Path | None]
    rejects: Path | None
    confirm: int
    beside: Mapping[str, str] = field(factory=dict)
    further: Further | None = None
    elsewhere: Elsewhere | None = None

    def done(self) -> tuple[Summary, dict[str, str]]:
        """The summary, and the query of the results by what they stand on."""
        self.engine.run("CREATE SCHEMA raw; CREATE SCHEMA result")
        shapes = shapes_of(self.program)
        sources = self.sources()
        fitting = fitted(sources, shapes, self.id, self.beside)
        tables = staged(self.engine, self.program, shapes, fitting, self.outcomes)
        lost = list(self.lost(tables))
        write_typed(tables)
        found = checked(tables)
        problems = (*lost, *found.problems)
        if problems and self.rejects is None:
            raise InputError(capped([_diagnostic(one) for one in problems]))
        ready = filled(tables)
        results, refused = self.decided(tables, ready)
        if refused:
            problems = (*problems, *refused)
            if self.rejects is None:
                raise InputError(capped([_diagnostic(one) for one in problems]))
            ready = filled(tables)
        return self.finished(tables, found, ready, results, problems)

    def sources(self) -> list[tuple[str | None, Source]]:
        """Every table, ready to be read; what is wrong with any of them is said at once."""
        found: list[tuple[str | None, Source]] = []
        problems: list[Diagnostic] = []
        for number, (named, one) in enumerate(self.given):
            label = str(one) if isinstance(one, str | Path) else f"the table {quoted(named or number + 1)}"
            try:
                found.append((named, as_source(self.engine, one, label, number)))
            except InputError as error:
                problems.extend(error.diagnostics)
        if not self.given:
            problems.append(Diagnostic("TABLE", "there is no table", "give the cases, or the rows of a collection"))
        if problems:
            raise InputError(capped(problems))
        return found

    def lost(self, tables: Staged) -> Iterator[Problem]:
        """What is no row. A row of a collection that cannot be read has no case that could be set aside with it.

        Raises:
            InputError: there are such rows of a collection, or a quote that swallows rows.

        """
        fatal: list[Diagnostic] = []
        for key, one in tables.fitting.tables.items():
            lost = one.source.lost
            if lost is None:
                continue
            found = Problem(
                one.source.label, key, None, lost.problem, lost.help, lost.text, lost.line, lost.count, "line"
            )
            if key != CASE or "quote" in lost.problem.partition(",")[0]:
                fatal.append(_diagnostic(found))
            else:
                yield found
        if fatal:
            raise InputError(fatal)

    def decided(self, tables: Staged, ready: Filled) -> tuple[dict[str, OutputTable], tuple[Problem, ...]]:
        """Run the SQL; what it gave, by relation, and the cases that have no decision."""
        bound = partial(
            compile_sql,
            self.program,
            wide=tables.tables.wide,
            denominators=tables.denominators,
            known=ready.known,
            complete=ready.complete,
            given=ready.given,
        )
        dialect: Dialect = "duckdb" if self.elsewhere is None else "spark"
        compiled = bound(outcomes=self.outcomes, unmet=self.unmet, dialect=dialect)
        results: dict[str, OutputTable] = {}
        if self.elsewhere is not None:
            self.elsewhere(self.engine, compiled)
        for number, query in enumerate(compiled.queries):
            if self.elsewhere is None:
                self.engine.run(f"CREATE TABLE result.r{number} AS {query.sql}", "deciding")
            results[f"result.r{number}"] = query.output
        stops = {relation: output.refused for relation, output in results.items()}
        if self.without_rows(tables, results):
            (query,) = bound(refusals=True).queries
            self.engine.run(f"CREATE TABLE batch.stopped AS {query.sql}", "deciding")
            stops["batch.stopped"] = query.output.refused
        refused = " UNION ALL ".join(
            f"SELECT case_id, {name(stop)} AS refused FROM {relation} WHERE {name(stop)} IS NOT NULL"
            for relation, stop in stops.items()
        )
        self.engine.run(
            f"CREATE TABLE batch.refused AS SELECT case_id, min(refused) AS refused FROM ({refused}) GROUP BY case_id"
        )
        rows = self.engine.run(
            "SELECT refused, count(*), min(case_id) FROM batch.refused GROUP BY refused ORDER BY min(case_id), refused"
        )
        if not rows:
            return results, ()
        self.engine.run("INSERT INTO batch.bad_cases SELECT case_id, 'case', case_id, refused FROM batch.refused")
        for relation in results:
            self.engine.run(f"DELETE FROM {relation} WHERE case_id IN (SELECT case_id FROM batch.refused)")
        one = tables.fitting.tables.get(CASE)
        label = one.source.label if one is not None else "the cases"
        found = []
        for says, count, first in rows:
            example = self.engine.run(f"SELECT CAST(id AS VARCHAR) FROM batch.ids WHERE case_id = {first}")[0][0]
            problem = f"the case {quoted(example)} has no decision: {says}"
            help = "decide it alone by `decide`, which names the row"
            found.append(Problem(label, CASE, None, problem, help, example, first, count))
        return results, tuple(found)

    def without_rows(self, tables: Staged, results: Mapping[str, OutputTable]) -> bool:
        """Whether a case has no row in any result, that would say whether it has a decision: it has no items, or no groups."""
        if not results or any(output.scope == CASE for output in results.values()):
            return False
        seen = " UNION ALL ".join(f"SELECT case_id FROM {relation}" for relation in results)
        without = f"SELECT c.case_id FROM {name(tables.tables.cases.name)} AS c ANTI JOIN ({seen}) AS s ON c.case_id = s.case_id"
        return bool(self.engine.run(f"{without} LIMIT 1"))

    def finished(
        self,
        tables: Staged,
        found: Checked,
        ready: Filled,
        results: dict[str, OutputTable],
        problems: tuple[Problem, ...],
    ) -> tuple[Summary, dict[str, str]]:
        """Confirm, write, and count."""
        self.clear_names(results)
        self.engine.run(
            "CREATE TABLE batch.cases AS SELECT i.id, i.case_id FROM batch.ids AS i "
            "ANTI JOIN batch.bad_cases AS b ON i.case_id = b.case_id ORDER BY i.case_id",
            "ordering",
        )
        steps = {relation: in_step(self.engine, relation, output) for relation, output in results.items()}
        again = confirmed(tables, results, self.id, self.confirm) if self.confirm else 0
        write_aside(tables, found)
        set_aside, asides = rows_aside(tables)
        queries = {
            output.scope: presented(output, relation, self.id, joined=False, step=steps[relation])
            for relation, output in results.items()
        }
        paths = [path for path in self.outputs.values() if path is not None]
        with writing(self.engine, [*paths, *([self.rejects] if self.rejects is not None else [])]) as files:
            for relation, output in results.items():
                path = self.outputs[output.scope]
                if path is not None:
                    files.table(
                        presented(output, relation, self.id, joined=not knows_lists(path), step=steps[relation]), path
                    )
            if self.rejects is not None:
                files.table(set_aside, self.rejects)
            summary = self.summary(tables, ready, results, problems, asides, again)
            if self.further is not None:
                self.further(tables, results, files)
            self.clear_sources(tables)
            files.take_names()
        return summary, queries

    def clear_names(self, results: Mapping[str, OutputTable]) -> None:
        """The name of the case's column is none of the others'.

        Raises:
            InputError: it is.

        """
        for output in results.values():
            if self.id in described(output, self.id)[1:]:
                problem = f"the results have a column {quoted(self.id)} of their own"
                raise InputError([Diagnostic("--id", problem, "call the column that names the case otherwise")])

    def clear_sources(self, tables: Staged) -> None:
        """Every file is still the one that was checked.

        Raises:
            InputError: one was written to, so that nothing that was seen in it can be relied on.

        """
        changed = [one.source.label for one in tables.fitting.tables.values() if one.source.changed]
        if changed:
            problem, help = "it was written to while it was read", "run again when nothing writes to it"
            raise InputError([Diagnostic(label, problem, help, "io") for label in changed])

    def summary(
        self,
        tables: Staged,
        ready: Filled,
        results: Mapping[str, OutputTable],
        problems: tuple[Problem, ...],
        asides: Mapping[str, int],
        again: int,
    ) -> Summary:
        counts: list[TableCounts] = []
        for key, one in tables.fitting.tables.items():
            rows = int(self.engine.run(f"SELECT count(*) FROM {one.source.relation}")[0][0])
            rows += 0 if one.source.lost is None else one.source.lost.count
            used = ready.rows.get(key, ready.cases if key == CASE else 0)
            counts.append(TableCounts(key, one.source.label, rows, used, asides[key]))
            assert rows == used + asides[key], (key, rows, used, asides[key])  # noqa: S101 - what goes in comes out
        cases = (
            counts[0].rows
            if CASE in tables.fitting.tables
            else int(self.engine.run("SELECT count(*) FROM batch.ids")[0][0])
        )
        return Summary(
            self.program.ruleset.name,
            self.program.ruleset.edition,
            self.program.framework,
            self.program.profile,
            cases,
            ready.cases,
            cases - ready.cases,
            tuple(counts),
            tuple(one for relation, output in results.items() for one in counts_of(self.engine, relation, output)),
            problems,
            tables.fitting.notes,
            again,
            {scope: str(path) for scope, path in self.outputs.items() if path is not None},
            None if self.rejects is None else str(self.rejects),
        )


def _diagnostic(one: Problem) -> Diagnostic:
    """A problem as a message: its place, and how many rows have it."""
    column = f", column {quoted(one.column)}" if one.column is not None else ""
    more = "" if one.rows == 1 else f" ({one.rows:,} rows)"
    return Diagnostic(f"{one.source}: {one.unit} {one.row}{column}", f"{one.problem}{more}", one.help, "table")
