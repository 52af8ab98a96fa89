"""A case decided by a program that is already bound, by the reference alone: thousands of drawn cases are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hmic_rules.cases import case_row
from hmic_rules.decisions import Decision
from hmic_rules.errors import ConflictError, InputError
from hmic_rules.programs import Program
from hmic_rules.rules import RuleList
from hmic_rules.rulesets import Ruleset

__all__ = ["accepted", "attempt", "decided", "rules_in_conflict"]


def decided(program: Program, facts: Mapping[str, Any]) -> Decision:
    """Decide a case.

    Raises:
        InputError: the facts are refused.
        ConflictError: two rules of a ``unique`` list hold together, or a computed number lies outside its range.

    """
    row = case_row(program, facts)
    return Decision(program, row, program.run(row))


def attempt(program: Program, facts: Mapping[str, Any]) -> Decision | None:
    """The decision, or ``None`` where the facts are refused or no decision can be had."""
    try:
        return decided(program, facts)
    except (InputError, ConflictError):
        return None


def accepted(program: Program, facts: Mapping[str, Any]) -> bool:
    """Whether the facts are taken; a conflict of rules is no fault of theirs."""
    try:
        decided(program, facts)
    except InputError:
        return False
    except ConflictError:
        return True
    return True


def rules_in_conflict(ruleset: Ruleset, error: ConflictError) -> str | None:
    """What the error says where two rules of a ``unique`` list hold together, without its place.

    ``None`` where a computed number lies outside the range that its value declares: so a rule set refuses facts that cannot be.
    """
    for value in ruleset.values.values():
        for rule in value.body.rules if isinstance(value.body, RuleList) and value.body.policy == "unique" else ():
            place = f"{rule.span}: "
            if str(error).startswith(place):
                return str(error).removeprefix(place)
    return None
