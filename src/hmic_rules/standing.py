"""How one result of a decision stands: its status, the rule that gave it, the limits that changed it, and a judgement beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from hmic_rules.comparing import Frames, compare
from hmic_rules.conditions import Op, Truth
from hmic_rules.outcomes import Outcome, Standing, Status, key_of, listed
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known, Value, is_known
from hmic_rules.programs import Step
from hmic_rules.rules import RuleList

__all__ = ["OTHERWISE", "given_by", "judgement_on", "may_give", "outcome_on"]

OTHERWISE: Final = "otherwise"


def outcome_on(step: Step, frames: Frames, result: Value) -> Outcome:
    """What a value came to on one row."""
    item = None if len(frames) == 1 else key_of(frames)
    judgement = None if result is NOT_APPLICABLE else judgement_on(step, frames)
    status: Status = "undetermined"
    if result is NO_RULE:
        status = "no rule covers this"
    elif result is NOT_APPLICABLE:
        status = "not applicable"
    elif is_known(result):
        status = "decided"
    value = cast("Known", result) if status == "decided" else None
    rule, limits = (None, ()) if value is None or judgement else given_by(step, frames, value)
    return Outcome(
        step.value.name, item, status, value, listed(result, step), rule, limits, judgement, is_known(result)
    )


def judgement_on(step: Step, frames: Frames) -> Standing | None:
    """A judgement is kept as it was given, and said to lie within or outside what the limits allow; it is never clamped."""
    given = step.judged(frames)
    if given is None:
        return None
    allowed = given if step.limiter is None else step.limiter.apply(given, frames)
    if allowed == given:
        return "within"
    return "outside" if compare(Op.IS, allowed, given) is Truth.NO else "undetermined"


def given_by(step: Step, frames: Frames, value: Known) -> tuple[str | None, tuple[str, ...]]:
    """The rule whose result stands, and the limits that changed it."""
    before: Value = value
    limits: tuple[str, ...] = ()
    if step.limiter is not None and not step.limiter.idle(frames):
        before = step.produce(frames)
        if before != value:
            limits = tuple(
                state.limit.id
                for state in step.limiter.trace(before, frames)
                if state.binding is Truth.YES and state.bound == value
            )
    body = step.value.body
    if not isinstance(body, RuleList) or not is_known(before):
        return None, limits
    truths: list[Truth] = []  # of the rules that give this result; where it is known, all others fail
    for rule, truth in zip(body.rules, step.rules, strict=True):
        if rule.then == before:
            truths.append(truth(frames))
            if truths[-1] is Truth.YES:
                return rule.id, limits
    surely_none = body.otherwise is not None and Truth.UNKNOWN not in truths
    return (OTHERWISE if surely_none else None), limits


def may_give(body: RuleList, truths: Iterable[Truth], result: Value) -> tuple[str, ...]:
    """The rules that would be named for a result if they held, of which that is not known; and ``otherwise``, where none surely holds.

    Args:
        body: the rules.
        truths: whether each of them holds.
        result: what they give, which is known, before any limits.

    """
    found: list[str] = []
    for rule, truth in zip(body.rules, truths, strict=True):
        if rule.then == result:
            if truth is Truth.YES:
                return () if body.policy == "unique" else tuple(found)  # two that held together would be an error
            found += [rule.id] if truth is Truth.UNKNOWN else []
    return (*found, OTHERWISE) if found and body.otherwise is not None else tuple(found)
