"""One framework under one reading, graded again after findings were put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from hmic_rules.decisions import Decision, decide
from hmic_rules.inspections import Inspection
from hmic_rules.leverage.changed import put_right, shortfalls
from hmic_rules.leverage.turns import is_lift, turns
from hmic_rules.outcomes import Outcome, outcome_data
from hmic_rules.questions.bounds import exact_outcome

__all__ = ["Effect", "Graded", "Moved", "Regrading", "effect_data", "number_moved"]


@frozen
class Graded:
    """One framework graded: its outcome, and how each criterion stands, by its id; all of them as exactly as they can be had."""

    outcome: Outcome
    statuses: Mapping[str, Outcome]


@frozen
class Moved:
    """A criterion that stands otherwise.

    Attributes:
        criterion: its id.
        before: how it stood.
        after: how it stands.
        turns: which way it turned; see :mod:`hmic_rules.leverage.turns`.

    """

    criterion: str
    before: Outcome
    after: Outcome
    turns: tuple[str, ...]


@frozen
class Effect:
    """What putting findings right changes in one framework under one reading.

    Attributes:
        framework: its name.
        reading: the reading, ``None`` where the rule set has none.
        before: the outcome without it.
        after: the outcome with it.
        turns: which way it turned; see :mod:`hmic_rules.leverage.turns`.
        criteria: those that stand otherwise, in the order of the framework.

    """

    framework: str
    reading: str | None
    before: Outcome
    after: Outcome
    turns: tuple[str, ...]
    criteria: tuple[Moved, ...]

    @property
    def lifts(self) -> bool:
        """Whether the outcome is lifted: an end of it rises or a result comes to follow, and nothing falls."""
        return is_lift(self.turns)

    @property
    def turned(self) -> bool:
        """Whether the outcome itself is otherwise."""
        return self.before.possible != self.after.possible

    @property
    def changes(self) -> bool:
        """Whether anything is otherwise."""
        return bool(self.criteria) or self.turned


@frozen(eq=False)
class Regrading:
    """One framework of an inspection under one reading, to be graded again and again.

    The facts are decided by the reference alone; what was decided is kept.
    """

    inspection: Inspection
    framework: str
    reading: str | None
    _decided: dict[frozenset[str], Decision] = field(factory=dict)
    _graded: dict[frozenset[str], Graded] = field(factory=dict)

    def short(self, findings: Iterable[str]) -> frozenset[str]:
        """The ids of the bearings of these findings that fall short and are on criteria of the framework."""
        criteria = self.inspection.ruleset.frameworks[self.framework].notes
        return frozenset(one.id for one in shortfalls(self.inspection, findings) if one.criterion in criteria)

    def decision(self, findings: Iterable[str] = ()) -> Decision:
        """The decision after these findings were put right.

        Raises:
            InputError: the inspection does not say what putting a finding right makes of it.
            ConflictError: two rules of a ``unique`` list then hold together.

        """
        wanted = frozenset(findings)
        short = self.short(wanted)
        if not short:
            return self.inspection.decide(self.framework, self.reading)
        if short not in self._decided:
            changed = put_right(self.inspection, wanted)
            self._decided[short] = decide(
                changed.ruleset,
                changed.facts(self.framework),
                framework=self.framework,
                profile=self.reading,
                engine="reference",
            )
        return self._decided[short]

    def graded(self, findings: Iterable[str] = ()) -> Graded:
        """The outcome and the criteria after these findings were put right; raises what :meth:`decision` does."""
        wanted = frozenset(findings)
        short = self.short(wanted)
        if short not in self._graded:
            decision = self.decision(wanted)
            status = self.inspection.status_value
            statuses = {
                item: exact_outcome(decision, status, item) if one.status == "undetermined" else one
                for item, one in decision.items(status).items()
            }
            self._graded[short] = Graded(exact_outcome(decision, self.inspection.outcome), statuses)
        return self._graded[short]

    def effect(self, before: Iterable[str], after: Iterable[str]) -> Effect:
        """What differs between two sets of findings that were put right; raises what :meth:`decision` does."""
        first, second = self.graded(before), self.graded(after)
        values = self.inspection.ruleset.values
        status, outcome = values[self.inspection.status_value], values[self.inspection.outcome]
        moved = tuple(
            Moved(id, was, second.statuses[id], turns(was, second.statuses[id], status))
            for id, was in first.statuses.items()
            if was.possible != second.statuses[id].possible
        )
        turned = turns(first.outcome, second.outcome, outcome)
        return Effect(self.framework, self.reading, first.outcome, second.outcome, turned, moved)


def number_moved(effects: Iterable[Effect], reading: str | None) -> int:
    """How many criteria stand otherwise under one reading, over all frameworks of these effects."""
    return sum(len(effect.criteria) for effect in effects if effect.reading == reading)


def effect_data(effect: Effect) -> dict[str, Any]:
    """An effect as plain data."""
    return {
        "framework": effect.framework,
        "reading": effect.reading,
        "before": outcome_data(effect.before),
        "after": outcome_data(effect.after),
        "turns": list(effect.turns),
        "lifts": effect.lifts,
        "criteria": [
            {
                "criterion": one.criterion,
                "before": str(one.before),
                "after": str(one.after),
                "turns": list(one.turns),
            }
            for one in effect.criteria
        ],
    }
