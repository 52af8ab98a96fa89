"""The commands that keep records: `replay` and `journal`; and what `decide` and `grade` do with them."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import hmic_rules
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.options import AsJson
from hmic_rules.terminal import read_file, show, show_json, write_document, write_file, write_files

if TYPE_CHECKING:
    from hmic_rules.audit.records import Record
    from hmic_rules.decisions import Decision
    from hmic_rules.inspections import Grading
    from hmic_rules.rulesets import Case

__all__ = ["add_audit_commands", "facts_from", "key_from", "record_decision", "record_grading"]

JournalFile = Annotated[Path, typer.Argument(metavar="JOURNAL", help="The journal, a file of JSON Lines.")]
Key = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The key of digests: 32 random bytes or more.")]
journal = typer.Typer(
    name="journal", help="A journal of records, each chained to the one before.", no_args_is_help=True
)


def add_audit_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(replay)
    app.add_typer(journal)


def replay(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="A record, or - for standard input.")],
    ruleset: Annotated[
        str | None,
        typer.Option("--ruleset", metavar="RULESET", help="A name or path, instead of what the record names."),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", metavar="CASE", help="All facts, for a record with digests in their place."),
    ] = None,
    key: Key = None,
    full: Annotated[bool, typer.Option("--full", help="Every member that differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute a record again from its inputs and compare byte by byte: 0 if identical, 1 with what differs."""
    from hmic_rules.audit.records import read_record
    from hmic_rules.audit.replaying import replay as compute_again
    from hmic_rules.audit.replaying import replay_data, rules_of

    data, name = read_file(record)
    read = read_record(data, name)
    rules = rules_of(read, ruleset, name)
    given = None if facts is None else facts_from(facts, rules)
    found = compute_again(read, ruleset=rules, facts=given, key=key_from(key), shown_as=name)
    if as_json:
        show_json(replay_data(found, name))
    else:
        from hmic_rules.screens.records import replay_screen

        show(replay_screen(found, name, full))
    if not found.identical:
        raise typer.Exit(1)


def facts_from(path: Path, ruleset: hmic_rules.Ruleset) -> object:
    """The facts of a case in a file, for a record that holds digests in place of some.

    Raises:
        InputError: it cannot be read, or is no case of this rule set.

    """
    from hmic_rules.loading.case_files import read_case_file

    return read_case_file(*read_file(path), ruleset).facts


def key_from(path: Path | None) -> bytes | None:
    """The key of digests in a file, where one is named.

    Raises:
        InputError: it cannot be read.

    """
    return None if path is None else read_file(path)[0]


@journal.command("append")
def append(
    journal: JournalFile,
    records: Annotated[list[Path], typer.Argument(metavar="RECORD...", help="Records, or - for standard input.")],
) -> None:
    """Add records at the end; each is on the disk when its line is printed."""
    from hmic_rules.audit.journals import Journal
    from hmic_rules.audit.records import read_record

    read: list[tuple[str, Record]] = []
    problems: list[Diagnostic] = []
    for path in records:
        try:
            data, name = read_file(path)
            found = read_record(data, name)
        except InputError as wrong:
            problems += wrong.diagnostics
            continue
        if not found.is_sealed:
            problems.append(Diagnostic(name, "it is not as it was made, and is not added", f"hmic-rules replay {name}"))
        read.append((name, found))
    if problems:
        raise InputError(problems)
    for name, record in read:
        entry = Journal(journal).append(record)
        sys.stdout.write(f"{entry.number} {entry.sha256} {name}\n")


@journal.command("check")
def check(
    journal: JournalFile,
    head: Annotated[
        str | None, typer.Option("--head", metavar="HASH", help="The hash of an entry that must be there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at every entry and at the chain; name what was removed, moved, repeated, changed or torn."""
    from hmic_rules.audit.journals import Journal, checked_data

    found = Journal(journal).check(head)
    if as_json:
        show_json(checked_data(found, str(journal)))
    else:
        from hmic_rules.screens.records import journal_screen

        show(journal_screen(found, str(journal), head))
    if found.faults:
        raise typer.Exit(1)


@journal.command("repair")
def repair(journal: JournalFile) -> None:
    """Mend a last line that was not written to its end; what is taken out is kept beside the journal."""
    from hmic_rules.audit.journals import Journal

    found = Journal(journal).repair()
    said = {
        "nothing": f"{journal}: the last line is whole, nothing was done",
        "completed": f"{journal}: line {found.line} was whole but for its end, which was added",
        "cut": f"{journal}: line {found.line} was not written to its end; it was taken out, and is kept in {found.kept}",
    }
    sys.stdout.write(f"{said[found.done]}\n")


@journal.command("get")
def get(
    journal: JournalFile,
    number: Annotated[int, typer.Argument(metavar="ENTRY", help="The number of the entry, from 1.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output otherwise.")] = None,
) -> None:
    """Take one record out of a journal, byte for byte as it was added."""
    from hmic_rules.audit.journals import Journal

    record = Journal(journal).entry(number).record
    if output is None:
        write_document(record.text)
    else:
        write_file(output, record.text)


def record_decision(
    decision: Decision,
    case: Case,
    file: Path | None,
    redact: Sequence[str],
    key: Path | None,
    date: str | None,
) -> None:
    """Write the record of a decided case, where one is wanted. The title of the case goes into it only where no input is left out.

    Raises:
        InputError: something is wanted of a record, and no record; the date is none; a name is no input; the key is missing or too short.

    """
    if file is None:
        wanted = (("--redact", redact), ("--key", key), ("--date", date))
        problems = [
            Diagnostic(option, "is about a record, and none is wanted", "add --record FILE")
            for option, one in wanted
            if one
        ]
        if problems:
            raise InputError(problems)
        return
    if key is not None and not redact:
        raise InputError([Diagnostic("--key", "nothing is left out of the record", "add --redact INPUT")])
    from hmic_rules.audit.records import record_of

    day = None
    if date is not None:
        try:
            day = datetime.date.fromisoformat(date)
        except ValueError:
            help = "write it as in 2007-06-01"
            raise InputError([Diagnostic("--date", f"{quoted(date)} is no date", help)]) from None
    stated = getattr(case.place, "file", None) != case.title
    title = case.title if stated and not redact else None
    write_file(file, record_of(decision, case=title, date=day, redact=redact, key=key_from(key)).text)


def record_grading(grading: Grading, folder: Path | None) -> None:
    """Write a record for each framework of a grading under each reading, where they are wanted: ``FRAMEWORK.READING.json``.

    Raises:
        InputError: they cannot be written.

    """
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be made: {error.strerror or error}"
        raise InputError([Diagnostic(str(folder), problem, "name a folder")]) from None
    records = (
        (
            folder / f"{name}.{reading or 'plain'}.json",
            grade.judged.get(reading, decision).record(case=f"{grading.inspection.name}: {name}").text,
        )
        for name, grade in grading.frameworks.items()
        for reading, decision in grade.decisions.items()
    )
    write_files(records, into=folder)
