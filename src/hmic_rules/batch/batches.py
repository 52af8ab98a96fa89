"""``batch``: tables of cases put to a rule set, from reading to what is written."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self, TypeAlias

from attrs import field, frozen

from hmic_rules.arguments import file_given, mapping_given
from hmic_rules.batch.engine import Engine, Progress, opened
from hmic_rules.batch.running import Elsewhere, Run
from hmic_rules.batch.summaries import Summary
from hmic_rules.batch.writing import refuse_outputs
from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, did_you_mean, quoted
from hmic_rules.programs import Program
from hmic_rules.rulesets import Ruleset
from hmic_rules.sharing import Bound

__all__ = ["CONFIRMED", "Batch", "batch", "listed_tables", "named_path"]

CONFIRMED: Final = 200
Place: TypeAlias = str | Path
_NAMED: Final = re.compile(r"([a-z][a-z0-9_]*)=(.+)", re.DOTALL)


@frozen(eq=False, repr=False)
class Batch(Bound):
    """What came of tables of cases. It holds a database on disk until it is closed, or no longer used.

    Attributes:
        summary: how many rows went where, and how often each outcome came out how.

    """

    _instead: ClassVar = "write its results to files, or take them as a table of Arrow"

    summary: Summary
    _engine: Engine = field(repr=False)
    _queries: Mapping[str, str] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        weakref.finalize(self, self._engine.close)

    def relation(self, on: str | None = None) -> Any:
        """The results as a relation of DuckDB, a row for each case, item or group, in the order of the cases.

        Args:
            on: what the results stand on: ``case``, a collection or a group. Without it, the only thing, or the case.

        Raises:
            NotFoundError: no result stands on it.

        """
        on = (CASE if CASE in self._queries else next(iter(self._queries))) if on is None else on
        if on not in self._queries:
            raise NotFoundError(f"no outcome stands on {quoted(on)}: {did_you_mean(on, self._queries)}")
        return self._engine.relation(self._queries[on])

    def arrow(self, on: str | None = None) -> Any:
        """The results as a table of Arrow."""
        return self.relation(on).to_arrow_table()

    def pandas(self, on: str | None = None) -> Any:
        """The results as a frame of pandas."""
        return self.relation(on).df()

    def polars(self, on: str | None = None) -> Any:
        """The results as a frame of polars."""
        return self.relation(on).pl()

    def close(self) -> None:
        """Let go of the database; relations of it can no longer be computed."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Batch by {self.summary.ruleset}: {self.summary.decided:,} cases decided, {self.summary.aside:,} set aside>"


def batch(
    ruleset: Ruleset,
    tables: Any,
    output: Place | Mapping[str, Place] | None = None,
    *,
    id: str = CASE,
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] | None = None,
    unmet: bool = False,
    rejects: Place | None = None,
    confirm: int = CONFIRMED,
    memory: str | None = None,
    threads: int | None = None,
    temp: Place | None = None,
    progress: Progress | None = None,
    elsewhere: Elsewhere | None = None,
) -> Batch:
    """Decide tables of cases, with the outcomes that :func:`hmic_rules.decide` gives each of them.

    Args:
        ruleset: the rules.
        tables: one table or several: paths of CSV, JSON Lines and Parquet, or tables of Arrow, pandas, polars or DuckDB. A mapping says
            which is which: ``{"case": …, "criteria": …}``; else the columns do. A list may hold paths as ``name=path``.
        output: where the results are written; a mapping from ``case``, a collection or a group where outcomes stand on several. ``None``
            writes nothing.
        id: the column that names the case, in every table.
        framework: the framework whose items fill the rule set's collection.
        profile: the reading; the rule set's default where none is named.
        parameters: settings that take precedence over the profile's.
        outcomes: the outcomes to compute; all where none are named.
        unmet: whether to list, for each rule, the items that keep it from holding.
        rejects: a file that takes the rows that fail a check, with the reason. Without it, a bad row is an error.
        confirm: how many cases the reference decides again.
        memory: how much memory may be used, such as ``2GB``.
        threads: how many threads may be used.
        temp: a folder for what does not fit into memory.
        progress: is told what is being done, and how much of it is, from 0 to 1.
        elsewhere: runs the statements in place of DuckDB: see :func:`hmic_rules.spark.trying.on_local_spark`.

    Returns:
        The results with their summary.

    Raises:
        InputError: a table cannot be read, fits nothing, or has bad rows and ``rejects`` is not given; every problem of one kind at once.
        NotFoundError: there is no such framework, profile or outcome.
        UnconfirmedError: the reference decides a case otherwise; nothing is written.
        EngineError: memory or disk do not suffice.

    """
    program = program_for(ruleset, framework, profile, parameters)
    given = list(listed_tables(tables))
    paths = [file_given(one, "tables") for _, one in given if isinstance(one, str | Path)]
    outputs = _outputs(program, output, outcomes)
    aside = None if rejects is None else Path(rejects)
    to_write = [path for path in outputs.values() if path is not None] + ([] if aside is None else [aside])
    refuse_outputs(to_write, paths)
    engine = opened(memory, threads, None if temp is None else Path(temp), progress)
    try:
        chosen = _chosen(program, outcomes, outputs)
        summary, queries = Run(
            engine, program, given, id, chosen, unmet, outputs, aside, confirm, elsewhere=elsewhere
        ).done()
    except BaseException:
        engine.close()
        raise
    return Batch(summary, engine, queries)


def named_path(text: str) -> tuple[str | None, str]:
    """The name and the path of ``name=path``; of a path alone no name."""
    found = _NAMED.fullmatch(text)
    return (None, text) if found is None or Path(text).exists() else (found[1], found[2])


def listed_tables(tables: Any) -> Iterator[tuple[str | None, Any]]:
    """Each table with the name that it is given."""
    if isinstance(tables, Mapping):
        yield from mapping_given(tables, "tables", "names to tables").items()
    elif isinstance(tables, list | tuple):
        for one in tables:
            yield named_path(str.__str__(one)) if isinstance(one, str) else (None, one)
    else:
        yield named_path(str.__str__(tables)) if isinstance(tables, str) else (None, tables)


def _scopes(program: Program, outcomes: Sequence[str] | None) -> dict[str, list[str]]:
    """The outcomes that are asked for, by what they stand on: the case first.

    Raises:
        NotFoundError: one that is named is no outcome.

    """
    known = program.ruleset.outcomes
    for one in outcomes or ():
        if one not in known:
            raise NotFoundError(
                f"the rule set {quoted(program.ruleset.name)} has no outcome {quoted(one)}: {did_you_mean(one, known) or 'see `list`'}"
            )
    found: dict[str, list[str]] = {}
    for one in known:
        if outcomes is None or one in outcomes:
            found.setdefault(program.ruleset.values[one].scope, []).append(one)
    return dict(sorted(found.items(), key=lambda pair: pair[0] != CASE))


def _outputs(
    program: Program, output: Place | Mapping[str, Place] | None, outcomes: Sequence[str] | None
) -> dict[str, Path | None]:
    """Where the results of each scope go; those that are not asked for are not among them.

    Raises:
        InputError: it is not clear where they go.
        NotFoundError: one that is named is no outcome.

    """
    scopes = _scopes(program, outcomes)
    if output is None:
        return dict.fromkeys(scopes)
    if not isinstance(output, Mapping):
        if len(scopes) > 1:
            files = ", ".join(f"`{scope}={Path(output).with_stem(scope).name}`" for scope in scopes)
            problem = f"the outcomes stand on {' and '.join(map(quoted, scopes))}, and one file holds those of one"
            raise InputError(
                [Diagnostic("--output", problem, f"say which to write, each to a file of its own: {files}")]
            )
        return dict.fromkeys(scopes, Path(output))
    wrong = [one for one in output if one not in scopes]
    if wrong:
        problems = [
            Diagnostic("--output", f"no outcome stands on {quoted(one)}", did_you_mean(one, scopes)) for one in wrong
        ]
        raise InputError(problems)
    return {scope: Path(output[scope]) for scope in scopes if scope in output}


def _chosen(program: Program, outcomes: Sequence[str] | None, outputs: Mapping[str, Path | None]) -> list[str]:
    return [one for scope, names in _scopes(program, outcomes).items() if scope in outputs for one in names]
