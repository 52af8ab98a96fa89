"""The command that puts a person's judgement into the form in which an inspection keeps it: `judge`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

import hmic_rules
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, Span, quoted
from hmic_rules.terminal import write_document, write_file

if TYPE_CHECKING:
    import datetime

    from hmic_rules.inspections import Inspection
    from hmic_rules.judgements import Judgement
    from hmic_rules.loading.trees import Tree

__all__ = ["add_judgement_commands"]

OPTIONS: Final = {
    "id": "--id",
    "framework": "--framework",
    "value": "--value",
    "criterion": "--criterion",
    "readings": "--reading",
    "is": "--is",
    "by": "--by",
    "date": "--date",
    "reason": "--reason",
    "rests_on": "--rests-on",
    "findings": "--rests-on",
    "cite": "--rests-on",
}


def add_judgement_commands(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(judge)


def judge(
    inspection: Annotated[str, typer.Argument(metavar="INSPECTION", help="A name that `list` shows, or a path.")],
    framework: Annotated[str, typer.Option("--framework", help="The framework.")],
    criterion: Annotated[str | None, typer.Option("--criterion", metavar="ID", help="The criterion.")] = None,
    value: Annotated[
        str | None,
        typer.Option("--value", help="The value of the rule set; how a criterion stands, or the outcome, otherwise."),
    ] = None,
    judged: Annotated[str | None, typer.Option("--is", metavar="RESULT", help="What is judged.")] = None,
    implied: Annotated[
        bool,
        typer.Option("--implied", help="Take over a smallest set of judgements that the published outcome implies."),
    ] = False,
    choose: Annotated[
        int | None, typer.Option("--set", metavar="NUMBER", help="Which of the implied sets, from 1.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="ROLE", help="In which role it is judged.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="When.")] = None,
    rests_on: Annotated[
        list[str] | None,
        typer.Option("--rests-on", metavar="ID", help="A finding, or the address of a passage. Can be repeated."),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", help="A reading under which it stands; all otherwise. Can be repeated."),
    ] = None,
    id: Annotated[str | None, typer.Option("--id", help="The id of the judgement.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A new file; standard output otherwise.")
    ] = None,
) -> None:
    """Check a person's judgement against the rule set, and print it as the files of an inspection keep it. Nothing is recorded by it."""
    from attrs import evolve

    from hmic_rules.judgement_files import judgement_data, judgements_as_yaml
    from hmic_rules.taking_over import given_now

    said = {"--by": by, "--reason": reason, "--date": date, "--rests-on": rests_on or None}
    problems = [
        Diagnostic(option, "is not said, and nobody but the person who judges can", f"add {option} …")
        for option, one in said.items()
        if one is None
    ]
    if implied:
        given = {"--criterion": criterion, "--value": value, "--is": judged, "--id": id}
        problems += [Diagnostic(option, "goes with no `--implied`") for option, one in given.items() if one is not None]
    else:
        if judged is None:
            problems.append(Diagnostic("--is", "what is judged is not said", "add --is …, or --implied"))
        if choose is not None:
            problems.append(Diagnostic("--set", "is about implied judgements", "add --implied"))
    loaded = hmic_rules.load_inspection(inspection)
    if framework not in loaded.frameworks:
        try:
            loaded.decide(framework)
        except NotFoundError as error:
            problems.append(Diagnostic("--framework", str(error)))
    if output is not None and output.exists():
        problems.append(Diagnostic("-o", f"{quoted(str(output))} is there already", "name a new file"))
    if problems:
        raise InputError(problems)
    findings = [one for one in rests_on or () if "/" not in one]
    passages = [one for one in rests_on or () if "/" in one]
    if implied:
        entries = _implied(
            loaded, framework, reading or (), choose or 1, str(by), str(reason), str(date), findings, passages
        )
    else:
        name = value or (loaded.status_value if criterion is not None else loaded.outcome)
        parts = {
            "id": id or f"{criterion or framework}-judged",
            "framework": framework,
            "value": name,
            "criterion": criterion,
            "readings": reading or None,
            "is": judged,
            "by": by,
            "date": date,
            "reason": reason,
            "rests_on": {"findings": findings, "cite": passages},
        }
        entries = [{key: part for key, part in parts.items() if part is not None}]
    beside, found = _held(loaded, judgements_as_yaml(entries))
    text = judgements_as_yaml(judgement_data(evolve(one, gave=given_now(beside, one))) for one in found)
    _tell(beside, found, framework)
    if output is None:
        write_document(text)
    else:
        write_file(output, text.encode())


def _implied(
    inspection: Inspection,
    framework: str,
    readings: Sequence[str],
    choose: int,
    by: str,
    reason: str,
    date: str,
    findings: Sequence[str],
    passages: Sequence[str],
) -> list[dict[str, Any]]:
    """The judgements of an implied set, in a person's words."""
    from hmic_rules.datatypes import DateType, WrongValue
    from hmic_rules.judgement_files import judgement_data
    from hmic_rules.taking_over import implied_under, judgements_from

    if len(readings) > 1:
        raise InputError([Diagnostic("--reading", "judgements are implied under one reading", "name one")])
    try:
        day = cast("datetime.date", DateType().parse(date))
    except WrongValue as wrong:
        raise InputError([Diagnostic("--date", wrong.problem, wrong.help)]) from None
    found = implied_under(inspection, framework, readings[0] if readings else None)
    try:
        taken = judgements_from(
            inspection,
            framework,
            found,
            by=by,
            reason=reason,
            date=day,
            findings=findings,
            passages=passages,
            choose=choose - 1,
        )
    except InputError as error:
        raise _at_options(error, {}) from None
    way = found.values[choose - 1]
    for one in way.learnt:
        sys.stderr.write(f"not known, and implied besides: {one}\n")
    return [judgement_data(one) for one in taken]


def _held(inspection: Inspection, text: str) -> tuple[Inspection, tuple[Judgement, ...]]:
    """The inspection with these judgements beside its own, as though they stood in a file of it.

    Raises:
        InputError: with everything that is wrong with them, by option.

    """
    from attrs import evolve

    from hmic_rules.loading.fields import Reader
    from hmic_rules.loading.judgements import hold_to_rules, read_judgements
    from hmic_rules.loading.trees import read_tree
    from hmic_rules.sources.citations import hold_to_index

    reader = Reader()
    tree, problems = read_tree(text.encode(), "judge")
    reader.problems.extend(problems)
    options = dict(_options(tree))
    try:
        found = read_judgements(
            reader, [tree], inspection.ruleset, inspection.frameworks, inspection.findings, inspection.status_value
        )
        for id, one in found.items():
            if id in inspection.judgements:
                reader.error(one.at("id"), f"the inspection has a judgement {quoted(id)}", "give it an id of its own")
        place = inspection.place
        if place is not None:
            main, _ = read_tree(place.read(place.file), place.shown_as(place.file))
            hold_to_index(reader, [main, tree], place.read, place.shown_as)
        reader.finish()
        beside = evolve(inspection, judgements={**inspection.judgements, **found})
        hold_to_rules(beside)
    except InputError as error:
        raise _at_options(error, options) from None
    return beside, tuple(found.values())


def _options(tree: Tree) -> Iterator[tuple[Span, str]]:
    """The option that each part of the text comes from."""
    from hmic_rules.loading.trees import Mapping, Sequence

    pending: list[tuple[Tree, str]] = [(tree, "judge")]
    while pending:
        node, option = pending.pop()
        if isinstance(node, Mapping):
            for key, child in node.entries.items():
                pending.append((child, OPTIONS.get(key, option)))
                yield node.keys[key].span, OPTIONS.get(key, option)
        elif isinstance(node, Sequence):
            pending += [(child, option) for child in node.items]
        yield node.span, option


def _at_options(error: InputError, options: Mapping[Any, str]) -> InputError:
    """The same problems, at the options that they come from."""
    named = {"implied": "--implied", "choose": "--set", "findings": "--rests-on", "framework": "--framework"}
    found: list[Diagnostic] = []
    for one in error.diagnostics:
        last = str(one.place).rpartition(".")[2]
        place = options.get(one.place) or named.get(last) or OPTIONS.get(last) or one.place
        found.append(Diagnostic(place, one.problem, one.help, one.code))
    return InputError(dict.fromkeys(found))


def _tell(inspection: Inspection, found: Sequence[Judgement], framework: str) -> None:
    """Say on standard error what each judgement changes, under each reading under which it stands."""
    from hmic_rules.judgement_reasons import judgement_reasons
    from hmic_rules.phrases import said
    from hmic_rules.screens.judgements import where_judged

    readings: list[str | None] = [*inspection.ruleset.profiles] or [None]
    new = {one.id for one in found}
    for reading in readings:
        judged = inspection.judged(framework, reading)
        for one in judgement_reasons(judged, inspection):
            if one.id in new:
                sys.stderr.write(f"{reading or framework}: {where_judged(one)}\n")
        if judged is not None:
            alone = said(inspection.decide(framework, reading)[inspection.outcome])
            with_it = said(judged[inspection.outcome])
            sys.stderr.write(f"{reading or framework}: {inspection.outcome} {with_it}, from the facts alone {alone}\n")
