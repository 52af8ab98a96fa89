"""Binding a rule set to a framework, a profile and parameters: the program that decides its cases."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

from attrs import evolve

from hmic_rules.cases import framework_rows
from hmic_rules.comparing import Settings
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import ListType, ScalarType, WrongValue, shown
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, choices, quoted, shortened
from hmic_rules.evaluation import Compiler
from hmic_rules.givens import is_null, written_as
from hmic_rules.loading import trees
from hmic_rules.possible import Known, Value
from hmic_rules.programs import Program, layout_of, step_for
from hmic_rules.rows import Fixed
from hmic_rules.rulesets import Parameter, Ruleset

__all__ = ["program_for"]


def program_for(
    ruleset: Ruleset,
    framework: str | None,
    profile: str | None,
    parameters: Mapping[str, Any] | None,
    terms: Mapping[str, Fraction | int] | None = None,
) -> Program:
    """The program for one choice of framework, profile and parameters; made once. ``terms`` are vague words with another value than theirs.

    Raises:
        NotFoundError: there is no such framework or profile.
        InputError: a parameter is unknown, or its value is of the wrong type.

    """
    if framework is not None and framework not in ruleset.frameworks:
        raise NotFoundError(_no_such("framework", framework, ruleset, ruleset.frameworks))
    profile = ruleset.default_profile if profile is None else profile
    if profile is not None and profile not in ruleset.profiles:
        raise NotFoundError(_no_such("profile", profile, ruleset, ruleset.profiles))
    key = (framework, profile)
    if not parameters and not terms and key in ruleset._programs:
        return cast("Program", ruleset._programs[key])
    program = _program(ruleset, framework, profile, parameters or {}, terms or {})
    if not parameters and not terms:
        ruleset._programs[key] = program
    return program


def _no_such(what: str, name: str, ruleset: Ruleset, known: Mapping[str, Any]) -> str:
    return f"the rule set {quoted(ruleset.name)} has no {what} {quoted(name)}: {choices(name, known)}"


def _settings(
    ruleset: Ruleset, profile: str | None, parameters: Mapping[str, Any]
) -> dict[str, Known | tuple[Known, ...] | None]:
    settings = {name: parameter.default for name, parameter in ruleset.parameters.items()}
    if profile is not None:
        settings.update(ruleset.profiles[profile].parameters)
    problems: list[Diagnostic] = []
    for name, raw in parameters.items():
        parameter = ruleset.parameters.get(name)
        if parameter is None:
            problems.append(
                Diagnostic(
                    f"$.parameters.{shortened(name)}",
                    f"no parameter is called {quoted(name)}",
                    choices(name, ruleset.parameters),
                )
            )
            continue
        try:
            settings[name] = _setting(parameter, raw)
        except WrongValue as wrong:
            place = getattr(raw, "span", f"$.parameters.{shortened(name)}")
            problems.append(Diagnostic(place, wrong.problem, wrong.help))
    if problems:
        raise InputError(problems)
    return settings


def _setting(parameter: Parameter, raw: Any) -> Known | tuple[Known, ...] | None:
    if is_null(raw):
        return None
    if not isinstance(parameter.type, ListType):
        return _single(parameter.type, raw)
    entries = raw.items if isinstance(raw, trees.Sequence) else raw
    if not isinstance(entries, list | tuple | set | frozenset):
        raise WrongValue(f"{quoted(written_as(raw))} is not {parameter.type.described}")
    item = parameter.type.item
    return tuple(sorted({_single(item, entry) for entry in entries}, key=shown))


def _single(type: ScalarType, raw: Any) -> Known:
    """A value from Python, or as it was written in a file."""
    if isinstance(raw, trees.Scalar):
        return type.parse(raw.text)
    if isinstance(raw, trees.Sequence | trees.Mapping):
        raise WrongValue(f"{written_as(raw)} is not {type.described}")
    return type.accept(raw)


def _program(
    ruleset: Ruleset,
    framework: str | None,
    profile: str | None,
    parameters: Mapping[str, Any],
    terms: Mapping[str, Fraction | int],
) -> Program:
    settings = _settings(ruleset, profile, parameters)
    layout, chains = layout_of(ruleset)
    constants: dict[str, Value] = {}
    lists: dict[str, frozenset[Known] | None] = {}
    for name, parameter in ruleset.parameters.items():
        setting = settings[name]
        if isinstance(parameter.type, ListType):
            lists[name] = None if setting is None else frozenset(cast("tuple[Known, ...]", setting))
        else:
            constants[name] = parameter.type.whole if setting is None else cast("Known", setting)
    words = {**(ruleset.profiles[profile].terms if profile is not None else {}), **terms}
    compiler = Compiler(layout, Settings(constants, lists, words))
    program = Program(ruleset, framework, profile, settings, layout, compiler, {}, chains=chains)
    if framework is not None and ruleset.fills is not None:
        given = ruleset.frameworks[framework]
        fields = frozenset(name for row in given.rows for name in row)
        fixed = Fixed(ruleset.fills, framework_rows(program, given), fields)
        compiler = evolve(compiler, fixed=fixed)
        program = evolve(program, compiler=compiler)
    for name, value in ruleset.values.items():
        program.steps[name] = step_for(compiler, layout, chains, value)
    for claim in ruleset.claims:
        compiler.truth(claim.condition, (CASE,))
    return program
