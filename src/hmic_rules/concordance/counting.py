"""Every row beside what the rules give, told apart by kind and counted by DuckDB, so that only counts and a few examples leave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from attrs import frozen

from hmic_rules.backends.sql.schema import OutcomeColumns, OutputTable
from hmic_rules.batch.fitting import Fitted
from hmic_rules.batch.quoting import BLANKS, listed, literal, name
from hmic_rules.batch.staging import Staged
from hmic_rules.concordance.gaps import leaves_no_gap
from hmic_rules.concordance.results import KINDS, NARROWED, OPEN, Stranger
from hmic_rules.concordance.vocabulary import Vocabulary
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import BooleanType, shown
from hmic_rules.errors import Diagnostic, InputError, did_you_mean, quoted
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known, Marker

__all__ = ["Rows", "rows_of", "word_of"]

STRANGERS: Final = 20
APPLIES = NOT_APPLICABLE.value


def word_of(member: object) -> str:
    """A result as it is written."""
    return member.value if isinstance(member, Marker) else shown(cast("Known", member))


@frozen(eq=False)
class Rows:
    """The rows that were put to the rules, each with its kind, in ``concord.seen``.

    Attributes:
        staged: the tables.
        relation: where the results stand.
        output: the description of their columns.
        columns: those of the outcome.
        vocabulary: what can be recorded.

    """

    staged: Staged
    relation: str
    output: OutputTable
    columns: OutcomeColumns
    vocabulary: Vocabulary

    def kinds(self) -> tuple[dict[str, int], int, int]:
        """How many rows are of each kind; how many are recorded in no known word; how many are not recorded."""
        run = self.staged.engine.run
        found = dict(run("SELECT kind, count(*) FROM concord.seen GROUP BY kind", "counting"))
        return {kind: found.get(kind, 0) for kind in KINDS}, found.get("stranger", 0), found.get("missing", 0)

    def table(self) -> dict[str, dict[str, int]]:
        """By what was recorded, how often each result was computed."""
        results = (
            f"CASE WHEN kind = 'open' THEN {literal(OPEN)} WHEN result IS NULL THEN {literal(NARROWED)} ELSE result END"
        )
        words = self.vocabulary.words
        found = {recorded: dict.fromkeys((*words, NARROWED, OPEN), 0) for recorded in words}
        asked = f"SELECT recorded, {results} AS computed, count(*) FROM concord.seen WHERE kind IN ({listed(KINDS)}) GROUP BY ALL"
        for recorded, computed, count in self.staged.engine.run(asked, "counting"):
            found[recorded][computed] += count
        return found

    def strangers(self) -> tuple[tuple[Stranger, ...], int]:
        """The words that stand for nothing, the most frequent first, and how many there are."""
        run = self.staged.engine.run
        words = "SELECT written, count(*) AS rows, min(case_id) AS first FROM concord.seen WHERE kind = 'stranger' GROUP BY written"
        found = run(f"{words} ORDER BY rows DESC, written LIMIT {STRANGERS}")
        names = self.names([first for _, _, first in found])
        number = int(run(f"SELECT count(*) FROM ({words})")[0][0])
        return tuple(
            Stranger(written, rows, names[first], self.vocabulary.help(written)) for written, rows, first in found
        ), number

    def names(self, cases: list[int]) -> dict[int, str]:
        """What some cases are called, by their numbers."""
        if not cases:
            return {}
        numbers = ", ".join(map(str, dict.fromkeys(cases)))
        asked = f"SELECT case_id, CAST(id AS VARCHAR) FROM batch.ids WHERE case_id IN ({numbers})"
        return dict(self.staged.engine.run(asked))

    def written(self, mask: int) -> tuple[str, ...]:
        """Every result still possible, in order."""
        found = {word_of(member) for place, member in enumerate(self.columns.members) if mask >> place & 1}
        return tuple(word for word in (*self.vocabulary.labels, APPLIES, NO_RULE.value) if word in found)


def rows_of(staged: Staged, results: Mapping[str, OutputTable], vocabulary: Vocabulary, column: str) -> Rows:
    """Put every row beside what the rules give.

    Args:
        staged: the tables.
        results: what the SQL gave, by the relation in which it stands.
        vocabulary: what can be recorded.
        column: the column of what was recorded.

    Raises:
        InputError: no table has the column, or it holds what can be no word.

    """
    ((relation, output),) = results.items()
    columns = output.outcomes[vocabulary.value.name]
    rows = Rows(staged, relation, output, columns, vocabulary)
    raw, source = _recorded(staged, vocabulary, column)
    bits = {word_of(member): 1 << place for place, member in enumerate(columns.members)}
    own = {word: bits.get(word, 0) for word in vocabulary.words}
    open_ = bits.get(NO_RULE.value, 0)
    left = f"q.{name(columns.possible)}"
    if open_ and _may_be_proven(staged, relation, columns, open_):
        left = f"CASE WHEN q.{name(columns.status)} = 'undetermined' THEN {left} & ~{open_} ELSE {left} END"
    labels = sum(own[word] for word in vocabulary.labels)
    every = f"possible & {labels} = {labels}" if all(own[word] for word in vocabulary.labels) else "false"
    among = f"possible & {_cases('recorded', own, '0')} <> 0"
    silent = f"(recorded IN ({listed(vocabulary.labels)}) AND possible & {open_} <> 0)"
    kind = (
        "CASE WHEN recorded IS NULL AND written IS NULL THEN 'missing' WHEN recorded IS NULL THEN 'stranger' "
        f"WHEN status IN ('decided', {literal(APPLIES)}) THEN CASE WHEN {among} THEN 'equal' ELSE 'different' END "
        f"WHEN {among} THEN CASE WHEN {every} THEN 'open' ELSE 'inside' END "
        f"WHEN {silent} THEN 'open' ELSE 'outside' END"
    )
    words = {written: literal(word) for written, word in vocabulary.spellings.items()}
    empty = "NULL" if vocabulary.empty is None else literal(vocabulary.empty)
    recorded = f"CASE WHEN written IS NULL THEN {empty} ELSE {_cases('written', words, 'NULL')} END"
    value = f"q.{name(columns.value or '')}"
    value = f"CAST({value} AS VARCHAR)" if isinstance(vocabulary.value.type, BooleanType) else value
    result = f"CASE WHEN q.{name(columns.status)} = 'decided' THEN {value} WHEN q.{name(columns.status)} = {literal(APPLIES)} THEN {literal(APPLIES)} END"
    rule = "NULL::VARCHAR" if columns.rule is None else f"q.{name(columns.rule)}"
    limits = "0::BIGINT" if columns.limits is None else f"coalesce(q.{name(columns.limits)}, 0)"
    inner = (
        f"SELECT q.case_id, nullif(trim({raw}, {literal(BLANKS)}), '') AS written, q.{name(columns.status)} AS status, {result} AS result, "
        f"{left} AS possible, {rule} AS rule, {limits} AS limits FROM {relation} AS q JOIN {source} AS r ON q.case_id = r.n"
    )
    staged.engine.run(
        f"CREATE SCHEMA concord; CREATE TABLE concord.seen AS SELECT *, {kind} AS kind FROM (SELECT *, {recorded} AS recorded FROM ({inner}))",
        "comparing",
    )
    return rows


def _may_be_proven(staged: Staged, relation: str, columns: OutcomeColumns, open_: int) -> bool:
    """Whether some row leaves open that no rule covers it, and it is proven that no case is so."""
    gap = f"{name(columns.status)} = 'undetermined' AND {name(columns.possible)} & {open_} <> 0"
    return bool(staged.engine.run(f"SELECT 1 FROM {relation} WHERE {gap} LIMIT 1")) and leaves_no_gap(
        staged.program, columns.name
    )


def _cases(subject: str, pairs: Mapping[str, object], otherwise: str) -> str:
    found = " ".join(f"WHEN {literal(word)} THEN {one}" for word, one in pairs.items())
    return f"(CASE {subject} {found} ELSE {otherwise} END)"


def _recorded(staged: Staged, vocabulary: Vocabulary, column: str) -> tuple[str, str]:
    """The cell of what was recorded as a text, in SQL over a raw row ``r``, and the relation of these rows.

    Raises:
        InputError: no table of the cases has the column, or it holds what can be no word.

    """
    one = staged.fitting.tables.get(CASE)
    if one is None or column not in one.source.columns:
        raise InputError([_no_column(staged, one, column)])
    place = one.source.columns.index(column)
    kind, cell = one.source.kind_of(place), one.cell(place)
    wanted = (
        ("text", "boolean", "nothing")
        if isinstance(vocabulary.value.type, BooleanType)
        else ("text", "integer", "nothing")
    )
    if kind not in wanted:
        problem = f"the column {quoted(column)} holds {one.source.types[place]}, and {vocabulary.value.type.described} was recorded"
        raise InputError([Diagnostic(one.source.label, problem, "store it as text, as in a case", "table")])
    return f"CAST({cell} AS VARCHAR)", one.source.relation


def _no_column(staged: Staged, one: Fitted | None, column: str) -> Diagnostic:
    if one is None:
        problem = f"no table has the cases, and {quoted(column)} says what was recorded of each"
        return Diagnostic("--recorded", problem, "give a table of the cases: `case=FILE`")
    other = next((table for table in staged.fitting.tables.values() if column in table.source.columns), None)
    problem = f"there is no column {quoted(column)}"
    if other is not None:
        problem = f"{problem} in the table of the cases; {other.source.label} has one"
    return Diagnostic(one.source.label, problem, did_you_mean(column, one.source.columns), "table")
