"""The command line: arguments, exit codes, and which screen to show.

Exit codes: 0 done, 1 the answer is no, 2 the input is bad.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

import hmic_rules
from hmic_rules.audit_commands import add_audit_commands, record_decision
from hmic_rules.batch_commands import add_batch_commands
from hmic_rules.concordance_commands import add_concordance_commands
from hmic_rules.documentation_commands import add_documentation_commands
from hmic_rules.errors import Diagnostic, InputError, quoted, tamed
from hmic_rules.figure_commands import add_figure_commands
from hmic_rules.formatting_commands import add_formatting_commands
from hmic_rules.glossary_commands import add_glossary_commands
from hmic_rules.inspection_commands import add_inspection_commands
from hmic_rules.judgement_commands import add_judgement_commands
from hmic_rules.leverage_commands import add_leverage_commands
from hmic_rules.list_commands import add_list_command
from hmic_rules.options import AsJson, On, Reading, RulesetName, Settings
from hmic_rules.proof_commands import add_proof_commands
from hmic_rules.report_commands import add_report_commands
from hmic_rules.schema_commands import add_schema_commands
from hmic_rules.source_commands import add_source_commands
from hmic_rules.starting_commands import add_starting_commands
from hmic_rules.terminal import plain_errors, read_file, show, show_json

if TYPE_CHECKING:
    from hmic_rules.rulesets import Case, Ruleset

__all__ = ["app", "run"]

NEAR_MISSES_SHOWN = 20
app = typer.Typer(
    name="hmic-rules",
    help="Rules of inspection frameworks as data: grade, decide, explain, check, prove.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Framework = Annotated[str | None, typer.Option("--framework", help="One framework only.")]


def version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"hmic-rules {hmic_rules.__version__}\n")
        raise typer.Exit


@app.callback()
def main(
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Rules of inspection frameworks as data: grade, decide, explain, check, prove."""


add_list_command(app)


@app.command()
def decide(
    ruleset: RulesetName,
    case: Annotated[
        Path,
        typer.Argument(
            metavar="CASE",
            help="A case in YAML or JSON, or - for standard input; or a table of rows (.csv, .jsonl).",
        ),
    ],
    framework: Framework = None,
    reading: Reading = None,
    on: On = None,
    settings: Settings = None,
    facts: Annotated[
        Path | None, typer.Option("--facts", metavar="FILE", help="Further facts beside a table, in YAML.")
    ] = None,
    collection: Annotated[
        str | None, typer.Option("--collection", metavar="NAME", help="What a table holds rows of, where several fit.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every rule of every item.")] = False,
    engine: Annotated[
        str | None, typer.Option("--engine", help="reference, durable, or both; both where durable_rules is installed.")
    ] = None,
    record: Annotated[Path | None, typer.Option("--record", metavar="FILE", help="Write a record of it.")] = None,
    redact: Annotated[
        list[str] | None,
        typer.Option("--redact", metavar="INPUT", help="An input that the record must not tell. Can be repeated."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The key of what stands in place of such inputs.")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The date to put into the record.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide a case by a rule set, and say why; a case that says what to expect is held to it."""
    from attrs import asdict

    from hmic_rules.checking import unexpected
    from hmic_rules.decisions import EngineName
    from hmic_rules.decisions import decide as decide_case
    from hmic_rules.editions import date_of
    from hmic_rules.explanations import explain_decision, explanation_data, unknown_facts
    from hmic_rules.loading.case_files import parameters_of, read_settings
    from hmic_rules.missing import missing
    from hmic_rules.near_misses import near_misses

    loaded = hmic_rules.load(ruleset, on=None if on is None else date_of(on, "--on"))
    given = _case(loaded, case, facts, collection)
    decision = decide_case(
        loaded,
        given.facts,
        framework=framework or given.framework,
        profile=reading or given.profile,
        parameters={**parameters_of(given), **read_settings(settings or (), loaded)},
        engine=cast("EngineName | None", engine),
    )
    record_decision(decision, given, record, redact or (), key, date)
    outcomes = list(decision.outcomes)
    differences = unexpected(decision, given)
    nearly = near_misses(decision)
    for one in nearly[:NEAR_MISSES_SHOWN]:
        sys.stderr.write(f"{one}\n")
    if len(nearly) > NEAR_MISSES_SHOWN:
        sys.stderr.write(f"and {len(nearly) - NEAR_MISSES_SHOWN} more such texts\n")
    if as_json:
        reasons = [explain_decision(decision, one.name, one.item) for one in outcomes]
        found = {
            "case": given.title,
            **decision.to_data(),
            "reasons": [explanation_data(reason) for reason in reasons],
            "assumptions": [asdict(one) for one in decision.assumptions()],
            "missing": [asdict(one) for one in missing(decision)],
            "near_misses": [{**asdict(one, recurse=False), "place": str(one.place)} for one in nearly],
            "unknown": list(unknown_facts(decision)),
            "differences": list(differences),
        }
        show_json(found)
    else:
        from hmic_rules.screens.decisions import decision_screen

        show(decision_screen(decision, given.title, full))
        for line in differences:
            sys.stdout.write(f"not as expected: {tamed(line)}\n")
    if differences:
        raise typer.Exit(1)


def _case(ruleset: Ruleset, path: Path, facts: Path | None, collection: str | None) -> Case:
    """The case of a file; of a table, its rows with the facts beside them."""
    from attrs import evolve

    from hmic_rules.loading.case_files import read_case_file, with_rows
    from hmic_rules.loading.tables import is_table, read_table

    data, name = read_file(path)
    if not is_table(name):
        extra = [option for option, given in (("--facts", facts), ("--collection", collection)) if given is not None]
        if extra:
            help = "a case has its facts itself; a table's name ends in .csv or .jsonl"
            raise InputError([Diagnostic(option, f"{quoted(name)} is no table", help) for option in extra])
        return read_case_file(data, name, ruleset)
    table = read_table(data, name, ruleset, collection)
    for field in table.unknown:
        sys.stderr.write(f"{name}: no column for {quoted(field)}: it is unknown in every row\n")
    beside = read_case_file(*((b"{}", name) if facts is None else read_file(facts)), ruleset)
    return with_rows(evolve(beside, title=name) if beside.title == str(facts) else beside, table)


@app.command()
def check(
    names: Annotated[
        list[str], typer.Argument(metavar="RULESET_OR_INSPECTION...", help="Names that `list` shows, or paths.")
    ],
    watch: Annotated[bool, typer.Option("--watch", help="Look again after each save, until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load rule sets, look for what is odd in them, and run their cases; of inspections, load and look."""
    if watch:
        from hmic_rules.watching import watched

        if as_json:
            help = "leave one of the two out"
            raise InputError([Diagnostic("--watch", "`--json` prints one document, and `--watch` many screens", help)])
        watched(names, lambda: _checked(names, as_json=False))
        return
    wrong, passed = _checked(names, as_json=as_json)
    if wrong:
        raise typer.Exit(2)
    if not passed:
        raise typer.Exit(1)


def _checked(names: list[str], *, as_json: bool) -> tuple[bool, bool]:
    """Print what checking finds; whether something cannot be read, and whether all is as it says."""
    from hmic_rules.checking import Report, check_data
    from hmic_rules.checking import check as check_one
    from hmic_rules.inspection_checking import check_inspection, inspection_check_data, names_an_inspection

    reports = [check_inspection(name) if names_an_inspection(name) else check_one(name) for name in names]
    if as_json:
        show_json([check_data(one) if isinstance(one, Report) else inspection_check_data(one) for one in reports])
    else:
        for report in reports:
            sys.stdout.write(f"{tamed(str(report))}\n")
    return any(report.errors for report in reports), all(report.passed for report in reports)


add_inspection_commands(app)
add_leverage_commands(app)
add_judgement_commands(app)
add_proof_commands(app)
add_audit_commands(app)
add_source_commands(app)
add_figure_commands(app)
add_glossary_commands(app)
add_batch_commands(app)
add_concordance_commands(app)
add_documentation_commands(app)
add_formatting_commands(app)
add_schema_commands(app)
add_starting_commands(app)
add_report_commands(app)


def run() -> None:
    """Run the command line; no traceback reaches its user."""
    with plain_errors():
        app()
