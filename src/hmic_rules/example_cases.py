"""The case that stands beside a rule set to be tried (`example.yaml`), held to it: what it gives must be what the rule set takes."""

from __future__ import annotations

from typing import Final

from hmic_rules.catalogue import Place
from hmic_rules.decisions import decide
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError
from hmic_rules.loading.case_files import parameters_of, read_case_file
from hmic_rules.loading.trees import by_place
from hmic_rules.rulesets import Case, Ruleset

__all__ = ["EXAMPLE", "example_case"]

EXAMPLE: Final = "example.yaml"
MAIN: Final = "ruleset.yaml"


def example_case(place: Place, ruleset: Ruleset) -> tuple[Case | None, tuple[Diagnostic, ...]]:
    """The case to try, where the folder of a rule set holds one, and what is wrong with it.

    A rule set that stands in one file among others has none: what is called so beside it may belong to any of them.
    """
    if place.file != MAIN:
        return None, ()
    try:
        data = place.read(EXAMPLE)
    except FileNotFoundError:
        return None, ()
    try:
        case = read_case_file(data, place.shown_as(EXAMPLE), ruleset)
        decide(ruleset, case.facts, framework=case.framework, profile=case.profile, parameters=parameters_of(case))
    except InputError as error:
        return None, tuple(sorted(error.diagnostics, key=by_place))
    except HmicRulesError as error:
        return None, (Diagnostic(case.place, str(error), "write another case to try", "case"),)
    return case, ()
