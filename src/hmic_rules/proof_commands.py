"""The commands that look at all cases of a rule set: `prove` and `diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import hmic_rules
from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.options import AsJson
from hmic_rules.terminal import show, show_json, write_file

__all__ = ["add_proof_commands"]


def add_proof_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(prove)
    app.command()(diff)


def prove(
    rulesets: Annotated[list[str], typer.Argument(metavar="RULESET...", help="Names that `list` shows, or paths.")],
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="FILE", help="Write the verdicts to a file; `check` says when it is stale."
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every obligation, and the facts of every case shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Prove what rule sets promise of every case, or show a smallest case that breaks it."""
    from hmic_rules.verification.certificates import certificate_text
    from hmic_rules.verification.proving import proof_data
    from hmic_rules.verification.proving import prove as prove_one

    if certificate is not None and len(rulesets) > 1:
        problem = f"one certificate is about one rule set, and {len(rulesets)} are named"
        raise InputError([Diagnostic("--certificate", problem, "prove them one by one")])
    loaded = [hmic_rules.load(name) for name in rulesets]
    proofs = [prove_one(one) for one in loaded]
    if certificate is not None:
        write_file(certificate, certificate_text(proof_data(proofs[0])).encode())
    if as_json:
        show_json([proof_data(one) for one in proofs])
    else:
        from hmic_rules.screens.proofs import proof_screen

        for proof in proofs:
            show(proof_screen(proof, full))
    if any(proof.refuted for proof in proofs):
        raise typer.Exit(1)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The old edition: a name that `list` shows, or a path.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new edition.")],
    records: Annotated[
        Path | None,
        typer.Option("--records", metavar="DIR", help="Cases in a folder: name those that come out otherwise."),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="The facts of every case shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two editions over all cases: who gets another outcome, and what changed on paper alone."""
    from hmic_rules.verification.archives import moved, moved_data
    from hmic_rules.verification.differences import diff as compare
    from hmic_rules.verification.differences import difference_data

    one, other = hmic_rules.load(old), hmic_rules.load(new)
    archived = None if records is None else moved(one, other, records)
    found = compare(one, other)
    if as_json:
        data = difference_data(found)
        show_json(data if archived is None else {**data, "records": moved_data(archived)})
    else:
        from hmic_rules.screens.differences import difference_screen

        show(difference_screen(found, archived, full))
    if not found.equivalent:
        raise typer.Exit(1)
