"""``concord``: an archive put to a rule set, and what was recorded held against what the rules give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import define, frozen

from hmic_rules.backends.sql.schema import OutputTable
from hmic_rules.batch.batches import CONFIRMED, listed_tables
from hmic_rules.batch.engine import Progress, opened
from hmic_rules.batch.presenting import described, presented
from hmic_rules.batch.quoting import name
from hmic_rules.batch.running import Run
from hmic_rules.batch.staging import Staged
from hmic_rules.batch.summaries import Summary
from hmic_rules.batch.writing import Written, knows_lists, refuse_outputs
from hmic_rules.binding import program_for
from hmic_rules.concordance.agreeing import kappas, shares
from hmic_rules.concordance.counting import Rows, rows_of
from hmic_rules.concordance.looking import looked_at
from hmic_rules.concordance.reasons import KEY, grouped
from hmic_rules.concordance.results import APART, Concordance, Group, Looked, Stranger
from hmic_rules.concordance.vocabulary import Vocabulary, kept_apart, outcome_to_compare, vocabulary_of
from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.rules import RuleList
from hmic_rules.rulesets import Ruleset

__all__ = ["DEPTH", "concord", "concord_readings"]

DEPTH: Final = 25
Place: TypeAlias = str | Path
ADDED: Final = ("recorded", "written", "kind", "reason", "differs")  # each after the name of the outcome


def concord(
    ruleset: Ruleset,
    tables: Any,
    recorded: str,
    output: Place | None = None,
    *,
    outcome: str | None = None,
    also: Mapping[str, str] | None = None,
    depth: int = DEPTH,
    unmet: bool = False,
    id: str = CASE,
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    rejects: Place | None = None,
    confirm: int = CONFIRMED,
    memory: str | None = None,
    threads: int | None = None,
    temp: Place | None = None,
    progress: Progress | None = None,
) -> Concordance:
    """Hold the recorded outcomes of many cases against what the rules give.

    Args:
        ruleset: the rules.
        tables: as :func:`hmic_rules.batch.batches.batch` takes them.
        recorded: the column of the table of cases that says what was recorded. The rules do not see it.
        output: a file that takes the departures, one a row.
        outcome: the outcome that was recorded; the only one of a case that has labels where none is named.
        also: further spellings in that column, each with the result that it stands for; that of ``""`` is what an empty cell stands for.
        depth: about how many different sets of facts the reference is asked what would have to differ.
        unmet: whether to count the items that keep the rules for a recorded outcome from holding; it takes longer.
        id: the column that names the case, in every table.
        framework: the framework whose items fill the rule set's collection.
        profile: the reading; the rule set's default where none is named.
        parameters: settings that take precedence over the profile's.
        rejects: a file that takes the rows that fail a check, with the reason. Without it, a bad row is an error.
        confirm: how many cases the reference decides again.
        memory: how much memory may be used, such as ``2GB``.
        threads: how many threads may be used.
        temp: a folder for what does not fit into memory.
        progress: is told what is being done, and how much of it is, from 0 to 1.

    Returns:
        The kinds of row, the table of recorded against computed, shares and kappas, and every departure with its reason.

    Raises:
        InputError: a table cannot be read, fits nothing, or has bad rows and ``rejects`` is not given; the recorded column is missing, or a
            fact that the rules are put to; a spelling stands for nothing.
        NotFoundError: there is no such framework, profile or outcome.
        UnconfirmedError: the reference decides a case otherwise; nothing is written.
        EngineError: memory or disk do not suffice.

    """
    program = program_for(ruleset, framework, profile, parameters)
    value = outcome_to_compare(ruleset, outcome)
    vocabulary = vocabulary_of(program, value, also or {})
    kept_apart(program, value, recorded, id)
    given = list(listed_tables(tables))
    target, aside = (None if one is None else Path(one) for one in (output, rejects))
    refuse_outputs(
        [one for one in (target, aside) if one is not None], [Path(one) for _, one in given if isinstance(one, Place)]
    )
    if target is not None and id in [f"{value.name}__{one}" for one in ADDED]:
        problem = f"the departures have a column {quoted(id)} of their own"
        raise InputError([Diagnostic("--id", problem, "call the column that names the case otherwise")])
    engine = opened(memory, threads, None if temp is None else Path(temp), progress)
    try:
        archive = _Archive(vocabulary, recorded, target, id, depth)
        outputs: dict[str, Path | None] = {CASE: None}
        run = Run(
            engine,
            program,
            given,
            id,
            [value.name],
            unmet and isinstance(value.body, RuleList),
            outputs,
            aside,
            confirm,
            {CASE: recorded},
            archive.look,
        )
        summary, _ = run.done()
        return archive.concordance(summary)
    finally:
        engine.close()


def concord_readings(ruleset: Ruleset, tables: Any, recorded: str, **how: Any) -> tuple[Concordance, ...]:
    """The same archive under each reading of the rule set, the default first; see :func:`concord`. Departures are not written.

    Raises:
        InputError: the rule set has no readings, or as :func:`concord` does.

    """
    names = sorted(ruleset.profiles, key=lambda name: name != ruleset.default_profile)
    if not names:
        problem = f"the rule set {quoted(ruleset.name)} has no readings"
        raise InputError([Diagnostic("--readings", problem, "leave it out")])
    return tuple(concord(ruleset, tables, recorded, profile=one, **how) for one in names)


@frozen(eq=False)
class _Found:
    """What was found in an archive while its tables were at hand."""

    kinds: Mapping[str, int]
    unknown_words: int
    not_recorded: int
    table: Mapping[str, Mapping[str, int]]
    strangers: tuple[Stranger, ...]
    number_of_strangers: int
    groups: tuple[Group, ...]
    looked: Looked


@define(eq=False)
class _Archive:
    """What is asked of one archive, and what was found before the files took their names."""

    vocabulary: Vocabulary
    recorded: str
    output: Path | None
    id: str
    depth: int
    found: _Found | None = None

    def look(self, staged: Staged, results: Mapping[str, OutputTable], files: Written) -> None:
        """Count, group, ask, and write the departures."""
        rows = rows_of(staged, results, self.vocabulary, self.recorded)
        groups, looked = looked_at(rows, grouped(rows), self.depth)
        kinds, unknown_words, not_recorded = rows.kinds()
        self.found = _Found(kinds, unknown_words, not_recorded, rows.table(), *rows.strangers(), groups, looked)
        if self.output is not None:
            files.table(_departures(rows, self.id, self.output), self.output)

    def concordance(self, summary: Summary) -> Concordance:
        """What was found, with what the check of the tables set aside; every row is in one place."""
        found = self.found
        assert found is not None  # noqa: S101 - a run that is done has been looked at
        kinds, groups, looked = found.kinds, found.groups, found.looked
        apart = dict(zip(APART, (found.unknown_words, found.not_recorded, summary.aside), strict=True))
        assert sum(kinds.values()) + sum(apart.values()) == summary.cases, (kinds, apart, summary.cases)  # noqa: S101 - what goes in comes out
        away = kinds["different"] + kinds["outside"]
        assert sum(one.rows for one in groups) == looked.of_rows == away, (groups, looked, away)  # noqa: S101 - the same
        words = self.vocabulary
        return Concordance(
            summary.ruleset,
            summary.edition,
            summary.framework,
            summary.profile,
            words.value.name,
            self.recorded,
            summary.cases,
            kinds,
            apart,
            words.words,
            found.table,
            shares(kinds, summary.cases),
            kappas(found.table, words.labels, ordered=words.ordered),
            groups,
            looked,
            found.strangers,
            found.number_of_strangers,
            summary.problems,
            summary.notes,
            summary.confirmed,
            None if self.output is None else str(self.output),
            summary.rejects,
        )


def _departures(rows: Rows, id: str, path: Path) -> str:
    """The query of the departures: what ``batch`` gives of each, what was recorded and how it was written, and the reason."""
    own = presented(rows.output, rows.relation, id, joined=not knows_lists(path))
    columns = ", ".join(f"p.{name(column)}" for column in described(rows.output, id))
    same = " AND ".join(f"f.{column} IS NOT DISTINCT FROM {{0}}.{column}" for column in KEY)
    cells = zip(("f.recorded", "s.written", "f.kind", "w.says", "l.words"), ADDED, strict=True)
    added = ", ".join(f"{cell} AS {name(f'{rows.columns.name}__{column}')}" for cell, column in cells)
    return (
        f"SELECT {columns}, {added} FROM concord.facts AS f JOIN concord.seen AS s ON f.case_id = s.case_id "
        f"JOIN batch.ids AS i ON f.case_id = i.case_id JOIN ({own}) AS p ON p.{name(id)} = i.id "
        f"JOIN concord.reasons AS w ON {same.format('w')} JOIN concord.patterns AS t ON {same.format('t')} AND f.facts = t.facts "
        f"LEFT JOIN concord.looked AS l ON t.first = l.first ORDER BY f.case_id"
    )
