"""Which kinds of answer a decision holds, so that generated cases can be shown to reach them all."""

from __future__ import annotations

from hmic_rules.comparing import Frames
from hmic_rules.conditions import Compare, Condition, Expression, Quantified, ShareTest, Term, Truth, parts_of
from hmic_rules.decisions import Decision
from hmic_rules.evaluation import shared
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Between, is_known, markers
from hmic_rules.programs import Step
from hmic_rules.rules import Calculation, Points, RuleList, Truthful

__all__ = ["KINDS", "kinds"]

KINDS = (
    "decided",
    "undetermined",
    "not applicable",
    "perhaps not applicable",
    "a gap",
    "perhaps a gap",
    "a number in an interval",
    "a binding cap",
    "a binding floor",
    "a limit that may be in force",
    "a share at its bound",
    "a share on both sides of its bound",
    "a share of nothing",
    "every item of none",
    "rows that are unknown",
    "a judgement within",
    "a judgement outside",
)


def kinds(decision: Decision) -> set[str]:
    """The kinds of answer in one decision."""
    found: set[str] = set()
    for outcome in decision.outcomes:
        found.add({"no rule covers this": "a gap"}.get(outcome.status, outcome.status))
        if outcome.judgement is not None:
            found.add(f"a judgement {outcome.judgement}")
    for step in decision.program.steps.values():
        for frames in decision.program.frames(decision.case, step.value.scope):
            found |= kinds_of_value(decision, step, frames)
    return found & set(KINDS)


def kinds_of_value(decision: Decision, step: Step, frames: Frames) -> set[str]:
    found: set[str] = set()
    result = step.result(frames)
    if not is_known(result):
        found |= {"perhaps not applicable"} if NOT_APPLICABLE in markers(result) else set()
        found |= {"perhaps a gap"} if NO_RULE in markers(result) else set()
        found |= {"a number in an interval"} if isinstance(result, Between) else set()
    if result is NOT_APPLICABLE:
        return set()
    if step.limiter is not None:
        for state in step.limiter.trace(step.produce(frames), frames):
            if state.binding is Truth.YES:
                found.add("a binding cap" if state.limit.kind == "at_most" else "a binding floor")
            elif state.truth is Truth.UNKNOWN:
                found.add("a limit that may be in force")
    for condition in conditions_of(step):
        found |= kinds_of_question(decision, condition, step.stack, frames)
    return found


def conditions_of(step: Step) -> list[Condition | Expression]:
    """The conditions and calculations of a value that stand on its own row, so that they can be asked again."""
    value, body = step.value, step.value.body
    pending: list[Condition | Expression] = [] if value.applies is None else [value.applies]
    if isinstance(body, RuleList | Points):
        pending += [rule.when for rule in body.rules]
    elif isinstance(body, Truthful):
        pending.append(body.condition)
    elif isinstance(body, Calculation):
        pending.append(body.expression)
    found: list[Condition | Expression] = []
    while pending:
        node = pending.pop()
        found.append(node)
        if not isinstance(node, ShareTest | Quantified):
            pending.extend(parts_of(node))
    return found


def kinds_of_question(
    decision: Decision, node: Condition | Expression, stack: tuple[str, ...], frames: Frames
) -> set[str]:
    if not isinstance(node, ShareTest | Quantified):
        return set()
    compiler = decision.program.compiler
    counts = compiler.tally(node.query, stack)(frames)
    if counts is None:
        return {"rows that are unknown"}
    if isinstance(node, Quantified):
        return {"every item of none"} if node.kind == "every" and not sum(counts) else set()
    share, could_be_empty = shared(counts)
    found = {"a share of nothing"} if could_be_empty else set()
    for check in node.checks:
        if isinstance(check, Compare) and share is not None:
            bound = check.operand.value if isinstance(check.operand, Term) else check.operand
            if share == bound:
                found.add("a share at its bound")
            elif isinstance(share, Between) and share.low <= bound <= share.high:  # type: ignore[operator]
                found.add("a share on both sides of its bound")
    return found
