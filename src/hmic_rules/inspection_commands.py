"""The commands that grade an inspection, explain it and draw its graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import hmic_rules
from hmic_rules.audit_commands import record_grading
from hmic_rules.errors import Diagnostic, InputError, did_you_mean, quoted
from hmic_rules.glossary_commands import abbreviated
from hmic_rules.options import AsJson, Reading
from hmic_rules.record_commands import AskedOfRecord, explain_record
from hmic_rules.source_commands import quotes_for
from hmic_rules.terminal import show, show_json, write_document, write_file

__all__ = ["add_inspection_commands"]

FORMATS = ("svg", "graphml", "json")

InspectionName = Annotated[str, typer.Argument(metavar="INSPECTION", help="A name that `list` shows, or a path.")]
Framework = Annotated[str | None, typer.Option("--framework", help="One framework only.")]


def grade(
    inspection: InspectionName,
    framework: Framework = None,
    reading: Reading = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="DIR", help="Write a record for each framework under each reading."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Grade an inspection: what the rules give under each reading, beside what was published."""
    from hmic_rules.gradings import grading_data, only

    grading = hmic_rules.load_inspection(inspection).grade(reading)
    if framework is not None:
        grading = only(grading, framework)
    record_grading(grading, record)
    if as_json:
        show_json(grading_data(grading))
        return
    from hmic_rules.screens.gradings import grading_screen

    show(grading_screen(grading))


def explain(
    inspection: Annotated[
        str,
        typer.Argument(
            metavar="INSPECTION_OR_RECORD", help="A name that `list` shows, a path, or the file of a record."
        ),
    ],
    framework: Framework = None,
    reading: Reading = None,
    why_not: Annotated[
        str | None,
        typer.Option(
            "--why-not",
            metavar="OUTCOME",
            help="The fewest things that stand in its way; of a record also NAME=OUTCOME, or NAME of ITEM=OUTCOME.",
        ),
    ] = None,
    to_reach: Annotated[
        str | None,
        typer.Option(
            "--to-reach",
            metavar="OUTCOME",
            help="The fewest findings, or facts, after which it follows; written as for --why-not.",
        ),
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="The outcome over the range of each vague word and assumed setting.")
    ] = False,
    reconcile: Annotated[
        bool,
        typer.Option("--reconcile", help="The smallest judgements that the published, or judged, outcome implies."),
    ] = False,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source", metavar="DOCUMENT", help="Print the cited passages of your own copy beside the reasons."
        ),
    ] = None,
    ruleset: Annotated[
        str | None,
        typer.Option("--ruleset", metavar="RULESET", help="Of a record: its rules, instead of those that it names."),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", metavar="CASE", help="Of a record with digests: all facts of the case."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Of a record with digests: their key.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every criterion, finding and assumption.")] = False,
    as_json: AsJson = False,
) -> None:
    """Explain why the rules give what they give, down to findings and passages; or answer a question about it."""
    from hmic_rules.explanations import explanation_data
    from hmic_rules.inspection_reasons import explain_framework

    of_inspections = {"--framework": framework, "--reading": reading, "--source": source}
    refused = [option for option, given in of_inspections.items() if given is not None]
    asked = AskedOfRecord(ruleset, facts, key, why_not, to_reach, sensitivity, reconcile)
    code = explain_record(inspection, full, as_json, asked, refused)
    if code is not None:
        raise typer.Exit(code)
    of_records = {"--ruleset": ruleset, "--facts": facts, "--key": key}
    refused = [option for option, given in of_records.items() if given is not None]
    if refused:
        raise InputError([Diagnostic(option, "is about records, and this is an inspection") for option in refused])
    loaded = hmic_rules.load_inspection(inspection)
    if framework is not None and framework not in loaded.frameworks:
        loaded.decide(framework)
    questions = {"--why-not": why_not, "--to-reach": to_reach, "--sensitivity": sensitivity, "--reconcile": reconcile}
    quotes = quotes_for(loaded, inspection, source, {**questions, "--json": as_json})
    terms = abbreviated(loaded)
    if why_not is not None or to_reach is not None or sensitivity or reconcile:
        from hmic_rules.questions.asked import LISTED, ask_framework, asked_data

        names = [framework] if framework is not None else list(loaded.frameworks)
        answers = [
            ask_framework(
                loaded,
                name,
                reading,
                why_not=why_not,
                to_reach=to_reach,
                sensitivity=sensitivity,
                reconcile=reconcile,
                listed=LISTED if full or as_json else 1,
            )
            for name in names
        ]
        if as_json:
            found = [terms.data(asked_data(one)) for one in answers]
            show_json(found[0] if framework is not None else found)
            return
        from hmic_rules.screens.questions import answers_screen

        for answer in answers:
            terms.show(answers_screen(answer, full))
        return
    explanations = [
        explain_framework(loaded, name, reading)
        for name in ([framework] if framework is not None else loaded.frameworks)
    ]
    if as_json:
        data = [terms.data(explanation_data(one)) for one in explanations]
        show_json(data[0] if framework is not None else data)
        return
    from hmic_rules.screens.explanations import explanation_screen

    for one in explanations:
        terms.show(explanation_screen(one, full, quotes))


def graph(
    inspection: InspectionName,
    format: Annotated[str, typer.Option("--format", help="svg, graphml or json.")] = "svg",
    framework: Framework = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output otherwise.")] = None,
) -> None:
    """Draw or export what links recommendations, findings, criteria and frameworks."""
    from hmic_rules.drawing import to_svg
    from hmic_rules.graph import graph_of, to_graphml, to_json

    if format not in FORMATS:
        raise InputError([Diagnostic("--format", f"{quoted(format)} is not a format", did_you_mean(format, FORMATS))])
    loaded = hmic_rules.load_inspection(inspection)
    if framework is not None:
        loaded.decide(framework)
    found = graph_of(loaded)
    if format == "svg":
        data = to_svg(found, framework).encode()
    else:
        data = to_graphml(found) if format == "graphml" else to_json(found).encode()
    if output is None:
        write_document(data)
    else:
        write_file(output, data)


def add_inspection_commands(app: typer.Typer) -> None:
    """Give the command line its commands about inspections."""
    app.command()(grade)
    app.command()(explain)
    app.command()(graph)
