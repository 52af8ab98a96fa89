"""Archived cases decided again by another edition: which come out otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision, decide
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError, quoted
from hmic_rules.files import read_found
from hmic_rules.loading.case_files import parameters_of, read_case_file
from hmic_rules.rulesets import Ruleset
from hmic_rules.verification.usual import case_facts

__all__ = ["Archived", "moved", "moved_data"]

SUFFIXES: Final = (".yaml", ".yml", ".json")
RECORD: Final = b'"hmic-rules-record/'


@frozen
class Archived:
    """One archived case.

    Attributes:
        file: its file.
        title: what it is called.
        changes: each outcome that comes out otherwise: its name, what the old edition gives, what the new one gives.
        left_out: facts that the new edition does not ask, and that were left out.
        refused: why the new edition does not decide it, where it does not.

    """

    file: str
    title: str
    changes: tuple[tuple[str, str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    refused: str | None = None


def moved(old: Ruleset, new: Ruleset, folder: Path) -> tuple[Archived, ...]:
    """Every archived case of a folder, with what comes out otherwise by the new edition.

    Args:
        old: the edition under which the cases were decided.
        new: the edition that decides them again.
        folder: case files, in YAML or JSON, as ``decide`` takes them; and records that were made under the old edition.

    Raises:
        InputError: the folder holds no case, or a case cannot be read or decided by the old edition; with every such problem.

    """
    files = sorted(one for one in folder.rglob("*") if one.suffix in SUFFIXES) if folder.is_dir() else []
    if not files:
        raise InputError(
            [Diagnostic(str(folder), "there is no case in it", "name a folder of case files (.yaml, .json)")]
        )
    problems: list[Diagnostic] = []
    found: list[Archived] = []
    for file in files:
        try:
            found.append(_again(old, new, file))
        except InputError as wrong:
            problems += wrong.diagnostics
        except HmicRulesError as error:
            problems.append(Diagnostic(str(file), str(error)))
    if problems:
        raise InputError(problems)
    return tuple(found)


@frozen
class _Given:
    """What an archived file says of its case."""

    title: str
    facts: Any
    framework: str | None
    profile: str | None
    parameters: Mapping[str, Any]


def _given(file: Path, old: Ruleset) -> _Given:
    """The case of a file, or of a record."""
    data = read_found(file)
    if RECORD in data:
        return _of_record(data, str(file), old)
    case = read_case_file(data, str(file), old)
    return _Given(case.title, case.facts, case.framework, case.profile, parameters_of(case))


def _of_record(data: bytes, file: str, old: Ruleset) -> _Given:
    """The case of a record that was made under the old edition.

    Raises:
        InputError: it is no record, was changed, was made under another edition, or does not hold its case in full; every problem.

    """
    from hmic_rules.audit.records import read_record

    record = read_record(data, file)
    found, made_by = record.data, record.data["ruleset"]
    problems: list[Diagnostic] = []
    if not record.is_sealed:
        problems.append(Diagnostic(file, "the record is not as it was made", f"hmic-rules replay {file}"))
    if (made_by["name"], made_by["edition"]) != (old.name, old.edition):
        problem = f"the record was made under {made_by['name']}, edition {made_by['edition']}"
        problems.append(Diagnostic(file, problem, f"the old edition here is {old.name}, edition {old.edition}"))
    if "judgements" in found:
        problem = "judgements stand in the record, and editions are compared by what they compute"
        problems.append(Diagnostic(file, problem, "give the record of the decision that was computed without them"))
    if record.hides:
        help = "take it out of the folder, or put the case itself there"
        hidden = ", ".join(map(quoted, record.hides))
        problems.append(Diagnostic(file, f"the record holds digests in place of {hidden}", help))
    if found["terms"]:
        problems.append(Diagnostic(file, "the record was made with other values of vague words", "take it out"))
    if problems:
        raise InputError(problems)
    title = found["case"] or file
    return _Given(title, found["inputs"], found["framework"], found["profile"], found["parameters"])


def _again(old: Ruleset, new: Ruleset, file: Path) -> Archived:
    case = _given(file, old)
    before = decide(
        old,
        {"facts": case.facts},
        framework=case.framework,
        profile=case.profile,
        parameters=case.parameters,
        engine="reference",
    )
    facts = case_facts(before.program, before.case)
    kept, left_out = _known(new, facts)
    try:
        after = decide(
            new,
            kept,
            framework=case.framework if case.framework in new.frameworks else None,
            profile=case.profile if case.profile in new.profiles else None,
            parameters={name: raw for name, raw in case.parameters.items() if name in new.parameters},
            engine="reference",
        )
    except HmicRulesError as error:
        return Archived(str(file), case.title, (), left_out, str(error))
    return Archived(str(file), case.title, tuple(_changes(before, after)), left_out)


def _known(ruleset: Ruleset, facts: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The facts that a rule set asks, and the names of the others; fields of rows by their collection."""
    kept: dict[str, Any] = {}
    left_out: dict[str, None] = {}
    for name, fact in facts.items():
        if name in ruleset.collections and isinstance(fact, list | dict):
            fields = {*ruleset.collections[name].fields, *ruleset.collections[name].inner}
            rows = fact if isinstance(fact, dict) else dict(enumerate(fact))
            cut = {key: {one: row[one] for one in row if one in fields} for key, row in rows.items()}
            left_out.update({f"{one} of {name}": None for row in rows.values() for one in row if one not in fields})
            kept[name] = cut if isinstance(fact, dict) else list(cut.values())
        elif name in ruleset.inputs or name in ruleset.values:
            kept[name] = fact
        else:
            left_out[name] = None
    return kept, tuple(left_out)


def _changes(before: Decision, after: Decision) -> Iterator[tuple[str, str, str]]:
    for name in before.ruleset.outcomes:
        if name not in after.ruleset.outcomes:
            continue
        scopes = {one.ruleset.values[name].scope == CASE for one in (before, after)}
        if scopes == {True}:
            pairs = [(name, str(before[name]), str(after[name]))]
        elif scopes == {False}:
            mine, theirs = before.items(name), after.items(name)
            pairs = [(f"{name} of {key}", str(mine[key]), str(theirs[key])) for key in mine if key in theirs]
        else:
            pairs = []
        yield from (pair for pair in pairs if pair[1] != pair[2])


def moved_data(found: tuple[Archived, ...]) -> list[dict[str, Any]]:
    """Archived cases as plain data. Keys: ``file``, ``title``, ``changes`` (each ``outcome``, ``before``, ``after``), ``left_out``, ``refused``."""
    return [
        {
            "file": one.file,
            "title": one.title,
            "changes": [{"outcome": name, "before": before, "after": after} for name, before, after in one.changes],
            "left_out": list(one.left_out),
            "refused": one.refused,
        }
        for one in found
    ]
