"""What differs between two decisions: outcomes and their bounds, and the rules that hold otherwise."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from hmic_rules.comparing import Frames
from hmic_rules.decisions import Decision
from hmic_rules.outcomes import Outcome, key_of
from hmic_rules.rules import PointRule, Points, Rule, RuleList, Truthful

__all__ = ["OutcomeChange", "RuleChange", "Said", "changes_between"]

Kind: TypeAlias = Literal["rule", "limit", "condition"]


@frozen
class RuleChange:
    """One rule of an outcome that holds otherwise than before.

    Attributes:
        id: the rule's id, or the limit's; ``applies`` where it is whether the outcome applies, ``is`` where it has a condition alone.
        kind: what it is.
        before: whether it held: *no*, *unknown* or *yes*; ``None`` where its item was not there.
        after: whether it holds; ``None`` where its item is gone.

    """

    id: str
    kind: Kind
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.before or 'not there'} → {self.after or 'gone'}"


@frozen
class OutcomeChange:
    """One outcome before and after a fact.

    Attributes:
        name: the outcome's name.
        item: the key of the item or group it stands on, ``None`` for the case.
        before: what it was; ``None`` where its item was not there.
        after: what it is; ``None`` where its item is gone.
        rules: its rules and limits that hold otherwise than before: why it changed. Empty where it is calculated, and the numbers changed.

    """

    name: str
    item: str | None
    before: Outcome | None
    after: Outcome | None
    rules: tuple[RuleChange, ...]

    @property
    def rule(self) -> str | None:
        """The rule that gives the outcome now; ``None`` where it is not decided, or no single rule gives it."""
        return None if self.after is None else self.after.rule

    @property
    def bounds_before(self) -> tuple[str, ...]:
        """Every result that was possible."""
        return () if self.before is None else self.before.possible

    @property
    def bounds_after(self) -> tuple[str, ...]:
        """Every result that is still possible."""
        return () if self.after is None else self.after.possible

    def __str__(self) -> str:
        where = self.name if self.item is None else f"{self.name} of {self.item}"
        before = "not there" if self.before is None else str(self.before)
        after = "gone" if self.after is None else str(self.after)
        return f"{where}: {before} → {after}" + (f" (rule {self.rule})" if self.rule else "")


class Said:
    """A decision with its outcomes by name and item."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.outcomes = {(outcome.name, outcome.item): outcome for outcome in decision.outcomes}
        self._frames: dict[str, dict[str | None, Frames]] = {}

    def truths(self, name: str, item: str | None) -> dict[tuple[Kind, str], str]:
        """Whether each rule and limit of an outcome holds; nothing where its item is not there."""
        step, program = self.decision.step(name), self.decision.program
        scope, body = step.value.scope, step.value.body
        if scope not in self._frames:
            found = program.frames(self.decision.case, scope)
            self._frames[scope] = {None if len(frames) == 1 else key_of(frames): frames for frames in found}
        frames = self._frames[scope].get(item)
        if frames is None:
            return {}
        truths: dict[tuple[Kind, str], str] = {}
        if step.applies is not None:
            truths["condition", "applies"] = str(step.applies(frames))
        rules: tuple[Rule | PointRule, ...] = body.rules if isinstance(body, RuleList | Points) else ()
        for rule, holds in zip(rules, step.rules, strict=False):
            truths["rule", rule.id] = str(holds(frames))
        if isinstance(body, Truthful):
            truths["condition", "is"] = str(step.rules[0](frames))
        for limit, truth, _ in () if step.limiter is None else step.limiter.states(frames):
            truths["limit", limit.id] = str(truth)
        return truths


def changes_between(before: Said, after: Said) -> tuple[OutcomeChange, ...]:
    """Every outcome that is not what it was, in the order of the later decision; those that are gone come last."""
    return tuple(
        OutcomeChange(*key, before.outcomes.get(key), after.outcomes.get(key), _rule_changes(key, before, after))
        for key in dict.fromkeys([*after.outcomes, *before.outcomes])
        if before.outcomes.get(key) != after.outcomes.get(key)
    )


def _rule_changes(key: tuple[str, str | None], before: Said, after: Said) -> tuple[RuleChange, ...]:
    was, is_now = before.truths(*key), after.truths(*key)
    return tuple(
        RuleChange(id, kind, was.get((kind, id)), is_now.get((kind, id)))
        for kind, id in dict.fromkeys([*is_now, *was])
        if was.get((kind, id)) != is_now.get((kind, id))
    )
