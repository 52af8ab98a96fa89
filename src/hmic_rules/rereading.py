"""The facts of a decision decided again: under another reading, other settings, or other values of vague words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision
from hmic_rules.programs import Program

__all__ = ["program_with", "reread", "with_settings", "without_judgements"]


def reread(decision: Decision, program: Program) -> Decision:
    """The facts of a decision decided by another program of the same rule set and framework, by the reference alone; its judgements stand."""
    program = judged_alike(decision.program, program)
    case = program.copied(decision.case, CASE)
    return Decision(program, case, program.run(case))


def without_judgements(decision: Decision) -> Decision:
    """What the rules give from the facts of a decision alone: without the judgements that stand in it, by the reference."""
    if not decision.program.departures:
        return decision
    program = program_with(decision.program, {})
    case = program.copied(decision.case, CASE)
    return Decision(program, case, program.run(case))


def judged_alike(judged: Program, program: Program) -> Program:
    """A program in which the judgements that stand in another one stand too."""
    if not judged.departures or program.departures:
        return program
    given = {name: step.departed for name, step in judged.steps.items() if step.departed is not None}
    return program.judged(judged.departures, given)


def program_with(
    program: Program, settings: Mapping[str, Any], terms: Mapping[str, Fraction | int] | None = None
) -> Program:
    """The program with some settings, or values of vague words, that are others; ``None`` leaves a setting unknown."""
    words = {**program.compiler.settings.words, **(terms or {})}
    return program_for(program.ruleset, program.framework, program.profile, {**program.settings, **settings}, words)


def with_settings(
    decision: Decision, settings: Mapping[str, Any], terms: Mapping[str, Fraction | int] | None = None
) -> Decision:
    """The facts of a decision decided with some settings, or values of vague words, that are others."""
    return reread(decision, program_with(decision.program, settings, terms))
