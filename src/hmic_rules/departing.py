"""Departures: values that persons judged otherwise than the rules give them, where the rule set lets them, with all that follows.

What was judged stands in place of what is computed, and every value that reads it reads what was judged. What is computed is kept beside it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias, cast

from attrs import frozen

from hmic_rules.arguments import instance_given, items_given
from hmic_rules.comparing import Frames
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import LabelType, WrongValue, shown
from hmic_rules.decisions import DURABLE, REFERENCE, Decision
from hmic_rules.errors import Diagnostic, InputError, capped, choices, quoted
from hmic_rules.judgements import Judgement, faults_of, mistyped
from hmic_rules.outcomes import Outcome, key_of, listed
from hmic_rules.possible import NOT_APPLICABLE, Known, Value
from hmic_rules.programs import Step, path_of
from hmic_rules.rules import MayDepart

__all__ = ["Departure", "Standing", "depart"]

Standing: TypeAlias = Literal["departs", "settles", "agrees"]


@frozen
class Departure:
    """A judgement as it stands in one decision.

    Attributes:
        judgement: the judgement.
        computed: what the rules give from the facts alone.
        beside: what they give there beside the other judgements, which it may rest on.
        gave: what they gave when it was judged, where that is on record.
        standing: ``agrees`` where ``beside`` is what was judged; ``settles`` where that is undetermined and what was judged is among what is
            possible; else ``departs``.

    """

    judgement: Judgement
    computed: Outcome
    beside: Outcome
    standing: Standing
    gave: str | None = None

    @property
    def moved(self) -> bool:
        """Whether what is computed is known to have moved since it was judged."""
        return self.gave is not None and self.gave != str(self.beside)

    def __str__(self) -> str:
        return self.judgement.id


@frozen
class _Found:
    """A judgement whose value and row were found in the computed decision."""

    judgement: Judgement
    step: Step
    frames: Frames
    judged: Known

    @property
    def allowed(self) -> MayDepart:
        assert self.step.value.may_depart is not None  # noqa: S101 - it was asked before
        return self.step.value.may_depart

    @property
    def key(self) -> tuple[Value, ...]:
        return path_of(self.frames)

    @property
    def called(self) -> str:
        return quoted(self.step.value.name) + ("" if len(self.frames) == 1 else f" of {quoted(key_of(self.frames))}")


def depart(decision: Decision, judgements: Iterable[Judgement]) -> Decision:
    """The decision in which judgements stand in place of what is computed; ``program.departures`` holds a :class:`Departure` for each.

    Args:
        decision: the decision as it was computed, without judgements.
        judgements: those of its framework that stand under its reading; what names no framework is of any.

    Raises:
        InputError: with every judgement that the rule set does not allow, that lies beyond a limit, or of which something is not said.
        ConflictError: two rules of a ``unique`` list hold together, beside what was judged.

    """
    decision = instance_given(decision, Decision, "decision", "decide first: hmic_rules.decide(…)")
    given = items_given(judgements, "judgements", "judgements")
    wanted = tuple(instance_given(one, Judgement, "judgements", "make it by hmic_rules.Judgement(…)") for one in given)
    problems: list[Diagnostic] = []
    if decision.program.departures:
        problem = "judgements stand in this decision already: depart from the one that was computed without them"
        problems.append(Diagnostic("decision", problem, None, "judgement"))
        raise InputError(problems)
    found: list[_Found] = []
    for judgement in wanted:
        if wrong := mistyped(judgement):
            problems += wrong
            continue
        problems += faults_of(judgement, decision.ruleset)
        problems += _elsewhere(judgement, decision)
        if judgement.value in decision.program.steps:
            try:
                found.append(_found(decision, judgement))
            except _RefusedError as refusal:
                problems.append(refusal.diagnostic)
    problems.extend(_twice(found))
    if problems:
        raise InputError(capped(list(dict.fromkeys(problems))))
    order = {name: place for place, name in enumerate(decision.ruleset.order)}
    places = {one.id: place for place, one in enumerate(wanted)}
    found.sort(key=lambda one: (order[one.step.value.name], places[one.judgement.id]))
    judged = _judged(decision, found)
    departures: list[Departure] = []
    for one in found:
        beside = _beside(judged, one)
        problems.extend(_refusals(judged, one, beside))
        standing = _standing(one, beside)
        gave = one.judgement.gave.get(decision.profile)
        departures.append(Departure(one.judgement, _outcome(decision, one), beside, standing, gave))
    if problems:
        raise InputError(capped(list(dict.fromkeys(problems))))
    return _judged(decision, found, tuple(departures))


class _RefusedError(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


def _refused(judgement: Judgement, key: str, problem: str, help: str | None) -> _RefusedError:
    return _RefusedError(Diagnostic(judgement.at(key), problem, help, "judgement"))


def _elsewhere(judgement: Judgement, decision: Decision) -> Iterator[Diagnostic]:
    """That a judgement is of another framework, or stands under other readings."""
    if judgement.framework is not None and str.__str__(judgement.framework) != decision.framework:
        problem = f"it is of the framework {quoted(judgement.framework)}"
        help = f"the decision is of {'none' if decision.framework is None else quoted(decision.framework)}"
        yield Diagnostic(judgement.at("framework"), problem, help, "judgement")
    if not judgement.stands_under(decision.profile):
        problem = f"it stands under {', '.join(map(quoted, judgement.readings))} alone"
        help = f"the decision is under {'no reading' if decision.profile is None else quoted(decision.profile)}"
        yield Diagnostic(judgement.at("readings"), problem, help, "judgement")


def _found(decision: Decision, judgement: Judgement) -> _Found:
    step = decision.step(judgement.value)
    try:
        judged = step.value.type.accept(judgement.judged)
    except WrongValue as wrong:
        raise _refused(judgement, "is", wrong.problem, wrong.help) from None
    if not isinstance(judgement.date, datetime.date) or isinstance(judgement.date, datetime.datetime):
        raise _refused(judgement, "date", f"{quoted(judgement.date)} is no day", "give a date")
    return _Found(judgement, step, _frames(decision, step, judgement), judged)


def _frames(decision: Decision, step: Step, judgement: Judgement) -> Frames:
    """The row that was judged."""
    name, scope = step.value.name, step.value.scope
    if scope == CASE:
        if judgement.item is not None:
            raise _refused(judgement, "item", f"{quoted(name)} stands on the whole, and on no item", "leave it out")
        return [decision.case]
    rows = {key_of(frames): frames for frames in decision.program.frames(decision.case, scope)}
    if judgement.item is None:
        raise _refused(judgement, "value", f"{quoted(name)} stands on each of {quoted(scope)}", "say on which")
    if judgement.item not in rows:
        problem = f"{quoted(name)} stands on no item {quoted(judgement.item)}"
        raise _refused(judgement, "item", problem, choices(judgement.item, rows))
    return rows[judgement.item]


def _twice(found: Iterable[_Found]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, tuple[Value, ...]], _Found] = {}
    for one in found:
        other = first.setdefault((one.step.value.name, one.key), one)
        if other is not one:
            problem = f"{one.called} was judged already, by {quoted(other.judgement.id)}"
            yield Diagnostic(
                one.judgement.at("id"), problem, "keep one, or say under which readings each stands", "judgement"
            )


def _judged(decision: Decision, found: Iterable[_Found], departures: tuple[Departure, ...] | None = None) -> Decision:
    """The decision with what was judged in its place, by the same engines."""
    given: dict[str, dict[tuple[Value, ...], Known]] = {}
    for one in found:
        given.setdefault(one.step.value.name, {})[one.key] = one.judged
    program = decision.program.judged(departures or (), given)
    case = program.copied(decision.case, CASE)
    judged = Decision(program, case, program.run(case), decision.engines)
    if departures is not None and {REFERENCE, DURABLE} <= {*decision.engines}:
        from hmic_rules.backends.durable import compare

        compare(judged)
    return judged


def _row(judged: Decision, one: _Found) -> Frames:
    """The row that was judged, with the other judgements in the values that it reads."""
    if len(one.frames) == 1:
        return [judged.case]
    scope = one.step.value.scope
    return next(frames for frames in judged.program.frames(judged.case, scope) if path_of(frames) == one.key)


def _beside(judged: Decision, one: _Found) -> Outcome:
    frames = _row(judged, one)
    return judged.outcome_of(one.step, frames, one.step.result(frames))


def _outcome(decision: Decision, one: _Found) -> Outcome:
    return decision.outcome_of(one.step, one.frames, one.step.result(one.frames))


def _standing(one: _Found, beside: Outcome) -> Standing:
    if beside.status == "decided":
        return "agrees" if beside.value == one.judged else "departs"
    return "settles" if beside.status == "undetermined" and _is_possible(one, beside) else "departs"


def _is_possible(one: _Found, beside: Outcome) -> bool:
    return {*listed(one.judged, one.step)} <= {*beside.possible}


def _refusals(judged: Decision, one: _Found, beside: Outcome) -> Iterator[Diagnostic]:
    """What the rule set, or a limit of it, has against a judgement. What may be against it is against it, until it is known."""
    judgement, frames = one.judgement, _row(judged, one)
    reading = "" if judged.profile is None else f" under the reading {quoted(judged.profile)}"
    if beside.status == "not applicable":
        problem = f"{one.called} does not apply{reading}, so there is nothing to judge"
        yield Diagnostic(judgement.at("value"), problem, "say under which readings it stands", "judgement")
        return
    if one.allowed.when is not None:
        truth = judged.program.compiler.truths[one.allowed.when](one.frames)
        if truth is not Truth.YES:
            why = "does not hold" if truth is Truth.NO else "is not known to hold"
            problem = f"{one.called} may be departed from only on a condition that {why}{reading}"
            yield Diagnostic(judgement.at("value"), problem, one.allowed.says, "judgement")
    if one.step.limiter is not None:
        allowed = one.step.limiter.apply(one.judged, frames)
        if allowed != one.judged:
            names = ", ".join(
                quoted(state.limit.id)
                for state in one.step.limiter.trace(one.judged, frames)
                if state.binding is not Truth.NO
            )
            problem = f"{quoted(shown(one.judged))} lies beyond the limit {names} of {one.called}{reading}"
            sure = f"the limit leaves {_in_words(one, allowed)}"
            yield Diagnostic(judgement.at("is"), problem, sure, "limit")
    if one.allowed.steps is not None and (far := _too_far(one, beside)):
        steps = "1 step" if one.allowed.steps == 1 else f"{one.allowed.steps} steps"
        problem = f"{quoted(shown(one.judged))} lies more than {steps} from {far}, which the rules give for {one.called}{reading}"
        yield Diagnostic(judgement.at("is"), problem, f"the rule set lets it lie at most {steps} away", "limit")


def _in_words(one: _Found, allowed: Value) -> str:
    return " or ".join(map(quoted, listed(allowed, one.step)))


def _too_far(one: _Found, beside: Outcome) -> str | None:
    """A result that is possible and lies too far from what was judged; a label without a place in the order lies far from every other."""
    value = one.step.value
    ranks = _ranks(value.better or (value.type.labels if isinstance(value.type, LabelType) else ()))
    judged = shown(one.judged)
    for label in beside.possible:
        if label in (judged, NOT_APPLICABLE.value):
            continue
        if (
            label not in ranks
            or judged not in ranks
            or abs(ranks[label] - ranks[judged]) > cast("int", one.allowed.steps)
        ):
            return quoted(label)
    return None


def _ranks(labels: Iterable[str]) -> Mapping[str, int]:
    return {label: rank for rank, label in enumerate(labels)}
