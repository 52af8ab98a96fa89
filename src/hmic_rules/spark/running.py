"""``batch_spark``: tables of cases on a session of Spark that the caller brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from attrs import field, frozen
from pyspark.sql import Column

from hmic_rules.backends.sql.compiling import compile_sql
from hmic_rules.backends.sql.schema import CASE_ID, OutcomeColumns, OutputTable
from hmic_rules.batch.checking import Problem
from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.possible import Known, Marker
from hmic_rules.rulesets import Ruleset
from hmic_rules.spark.confirming import confirmed
from hmic_rules.spark.reading import read
from hmic_rules.spark.sessions import DataFrame, decided, fit_for_use
from hmic_rules.spark.sessions import functions as f

__all__ = ["CONFIRMED", "SparkBatch", "batch_spark"]

CONFIRMED: Final = 20


@frozen(eq=False, repr=False)
class SparkBatch:
    """What came of tables of cases on Spark. Results are computed when a frame is used.

    Attributes:
        cases: how many cases there are.
        aside: how many of them are set aside.
        problems: why.
        rejected: the cases that are set aside, each with every reason; ``None`` where there are none.
        notes: what no column gives.
        confirmed: how many cases the reference decided again, and came to the same.

    """

    cases: int
    aside: int
    problems: tuple[Problem, ...]
    rejected: DataFrame | None
    notes: tuple[str, ...]
    confirmed: int
    _frames: Mapping[str, DataFrame] = field(repr=False)

    def frame(self, on: str | None = None) -> DataFrame:
        """The results: a row for each case, item or group.

        Args:
            on: what the results stand on: ``case``, a collection or a group. Without it, the only thing, or the case.

        Raises:
            NotFoundError: no result stands on it.

        """
        on = (CASE if CASE in self._frames else next(iter(self._frames))) if on is None else on
        if on not in self._frames:
            raise NotFoundError(f"no outcome stands on {quoted(on)}: {did_you_mean(on, self._frames)}")
        return self._frames[on]

    def __repr__(self) -> str:
        return f"<SparkBatch: {self.cases - self.aside:,} cases to decide, {self.aside:,} set aside>"


def batch_spark(
    ruleset: Ruleset,
    session: Any,
    tables: Mapping[str, Any],
    *,
    id: str = CASE,
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] | None = None,
    unmet: bool = False,
    aside: bool = False,
    confirm: int = CONFIRMED,
) -> SparkBatch:
    """Decide tables of cases on Spark, with the outcomes that :func:`hmic_rules.decide` gives each of them.

    The tables are checked first, on Spark: nothing is decided from a cell that the rule set refuses.

    Args:
        ruleset: the rules.
        session: a session of Spark, with ANSI mode on.
        tables: frames of that session by name: ``case``, or a collection. Columns are called as in a case.
        id: the column that names the case, in every table.
        framework: the framework whose items fill the rule set's collection.
        profile: the reading; the rule set's default where none is named.
        parameters: settings that take precedence over the profile's.
        outcomes: the outcomes to compute; all where none are named.
        unmet: whether to list, for each rule, the items that keep it from holding.
        aside: whether cases with bad rows are set aside; without it, a bad row is an error.
        confirm: how many cases the reference decides again.

    Returns:
        The results, not computed yet.

    Raises:
        InputError: a setting of the session changes answers, a table or a column does not fit, or rows are bad and not set aside.
        NotFoundError: there is no such framework, profile or outcome.
        UnconfirmedError: the reference decides a case otherwise.
        EngineError: Spark refuses a statement.

    """
    fit_for_use(session)
    program = program_for(ruleset, framework, profile, parameters)
    for one in outcomes or ():
        if one not in ruleset.outcomes:
            help = did_you_mean(one, ruleset.outcomes) or "see `list`"
            raise NotFoundError(f"the rule set {quoted(ruleset.name)} has no outcome {quoted(one)}: {help}")
    found = read(session, program, tables, id, aside=aside)
    compiled = compile_sql(
        program,
        outcomes=outcomes,
        unmet=unmet,
        denominators=found.denominators,
        known=found.known,
        complete=found.complete,
        dialect="spark",
    )
    results = decided(session, compiled, found.frames)
    again = confirmed(program, found, results, confirm, unmet=unmet) if confirm else 0
    frames = {output.scope: _presented(output, frame, id) for output, frame in results}
    return SparkBatch(found.cases, found.aside, found.problems, found.bad, found.notes, again, frames)


def _presented(output: OutputTable, frame: DataFrame, id: str) -> DataFrame:
    """The results with words for masks."""
    columns = [_named(CASE_ID).alias(id), *(_named(key.name) for key in output.keys if key.kind != "case")]
    for one in output.outcomes.values():
        columns += [column.alias(name) for name, column in _outcome(one)]
    return frame.select(*columns, _named(output.refused))


def _named(name: str) -> Column:
    return f.col("`" + name.replace("`", "``") + "`")


def _outcome(one: OutcomeColumns) -> Iterator[tuple[str, Column]]:
    kept = (one.value, one.status, one.low, one.low_of, one.high, one.high_of, one.rule, one.judgement)
    yield from ((name, _named(name)) for name in kept if name is not None)
    words = [word.value if isinstance(word, Marker) else shown(cast("Known", word)) for word in one.members]
    if one.low is not None:
        words.append("from low to high")
    yield one.possible, _words(one.possible, words)
    if one.limits is not None:
        yield one.limits, _words(one.limits, list(one.limit_ids))
    for name in one.unmet.values():
        yield name, _named(name)


def _words(mask: str, words: Sequence[str]) -> Column:
    """The words whose bits are set, in their order."""
    bits = [f.when(_named(mask).bitwiseAND(1 << place) != 0, f.lit(word)) for place, word in enumerate(words)]
    return f.array_compact(f.array(*bits)) if bits else f.array().cast("array<string>")
