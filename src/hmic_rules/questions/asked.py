"""Questions about one framework of an inspection, and their answers as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from attrs import asdict, frozen

from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.inspections import Inspection
from hmic_rules.outcomes import Outcome, outcome_data
from hmic_rules.questions.bounds import Unknown, exact_outcome, unknowns
from hmic_rules.questions.costs import is_judged
from hmic_rules.questions.reaching import Robustness, Way, robustness
from hmic_rules.questions.reaching import to_reach as ways_to_reach
from hmic_rules.questions.reaching import why_not as ways_against
from hmic_rules.questions.reconciling import Reconciliation
from hmic_rules.questions.reconciling import reconcile as reconciled
from hmic_rules.questions.sensitivity import Sensitivity
from hmic_rules.questions.sensitivity import sensitivity as sensitive
from hmic_rules.questions.space import Change
from hmic_rules.rulesets import Ruleset

__all__ = ["Answers", "Asked", "ask_framework", "asked_data"]


@frozen
class Asked:
    """A question how an outcome could have been reached.

    Attributes:
        wanted: the outcome.
        way: the answer, ``None`` where no change of what was coded reaches it.

    """

    wanted: str
    way: Way | None


@frozen
class Answers:
    """What was asked of one framework of an inspection, answered.

    Attributes:
        framework: its name.
        title: its title.
        reading: the reading.
        outcome: what the rules give, exactly.
        published: what was published.
        unknowns: what can still change the outcome, the next question first; ``None`` where that was not analysed.
        why_not: what stands in the way, by criteria.
        to_reach: the fewest findings after which it follows.
        robustness: how few criteria and findings would change it; with either of the two above.
        sensitivity: the outcome over the range of what is assumed.
        reconciliation: what the published outcome implies.
        says: what the rule set says of each criterion, by its id.

    """

    framework: str
    title: str
    reading: str | None
    outcome: Outcome
    published: str | None
    unknowns: tuple[Unknown, ...] | None
    why_not: Asked | None
    to_reach: Asked | None
    robustness: Robustness | None
    sensitivity: tuple[Sensitivity, ...] | None
    reconciliation: Reconciliation | None
    says: Mapping[str, str]


def ask_framework(
    inspection: Inspection,
    framework: str,
    reading: str | None = None,
    *,
    why_not: str | None = None,
    to_reach: str | None = None,
    sensitivity: bool = False,
    reconcile: bool = False,
) -> Answers:
    """Ask questions about one framework of an inspection.

    Raises:
        NotFoundError: there is no such framework, reading or outcome.
        InputError: nothing was published that could be reconciled.
        NotAnalysedError: a question would take more states than are built.

    """
    decision = inspection.decide(framework, reading)
    record, name = inspection.frameworks[framework], inspection.outcome
    if reconcile and record.published is None:
        problem = f"nothing was published for {quoted(framework)}, so there is nothing to reconcile"
        raise InputError([Diagnostic("--reconcile", problem, "ask with `--why-not` or `--to-reach` instead")])
    asked_how = why_not is not None or to_reach is not None
    notes = inspection.ruleset.frameworks[framework].notes
    return Answers(
        framework,
        inspection.ruleset.frameworks[framework].title,
        decision.profile,
        exact_outcome(decision, name),
        record.published,
        unknowns(decision, name),
        None if why_not is None else Asked(why_not, ways_against(decision, why_not, name=name)),
        None
        if to_reach is None
        else Asked(to_reach, ways_to_reach(decision, to_reach, _coded(inspection.ruleset), name=name, level="facts")),
        robustness(decision, name=name) if asked_how else None,
        sensitive(decision, name) if sensitivity else None,
        reconciled(decision, record.published, name=name) if reconcile and record.published is not None else None,
        {id: note["says"] for id, note in notes.items()},
    )


def _coded(ruleset: Ruleset) -> Callable[[Change], int | None]:
    """One for each fact that was coded; the date of a finding cannot be otherwise."""
    return lambda change: 1 if is_judged(ruleset, change) else None


def asked_data(answers: Answers) -> dict[str, Any]:
    """The answers as plain data, for JSON; what was not asked is null."""
    found = asdict(answers, value_serializer=_plain)
    found.pop("says")
    return found


def _plain(instance: Any, attribute: Any, value: Any) -> Any:
    if isinstance(value, Outcome):
        return outcome_data(value)
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return dict(value) if isinstance(value, Mapping) else value
