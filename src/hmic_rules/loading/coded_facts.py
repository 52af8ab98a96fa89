"""The coded facts of an inspection, held to its rule set."""

from __future__ import annotations

from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.inspections import Inspection

__all__ = ["check_facts"]


def check_facts(inspection: Inspection) -> None:
    """Every coded fact fits the rule set, whichever framework it belongs to.

    Raises:
        InputError: with every fact that does not.

    """
    from hmic_rules.binding import program_for
    from hmic_rules.cases import case_row

    problems: list[Diagnostic] = []
    for framework in inspection.frameworks:
        program = program_for(inspection.ruleset, framework, None, None)
        try:
            case_row(program, inspection.facts(framework))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
