"""The questions that a page answers of each framework: its next grade, what is assumed, what the published grade implies."""

from __future__ import annotations

from attrs import frozen

from hmic_rules.datatypes import LabelType
from hmic_rules.decisions import Decision
from hmic_rules.errors import NotAnalysedError
from hmic_rules.explanations import better_rules
from hmic_rules.inspections import Inspection
from hmic_rules.outcomes import Outcome
from hmic_rules.questions.asked import Answers, ask_framework
from hmic_rules.questions.bounds import Unknown
from hmic_rules.questions.reaching import Robustness, Way
from hmic_rules.questions.reconciling import Reconciliation
from hmic_rules.questions.sensitivity import Sensitivity

__all__ = ["Asked", "asked_of", "next_label"]


@frozen
class Asked:
    """What was asked of one framework.

    Attributes:
        outcome: what the rules give, exactly.
        next: the next better outcome; ``None`` where there is none.
        by_criteria: the fewest criteria and facts that stand in its way.
        by_findings: the fewest facts of findings after which it follows.
        robustness: how few changes would change the outcome.
        unknowns: what can still change the outcome; ``None`` where that was not analysed.
        sensitivity: the outcome over the range of what is assumed.
        reconciliation: what the published outcome implies; ``None`` where nothing was published.
        not_analysed: the questions that were not analysed, each with why.

    """

    outcome: Outcome
    next: str | None
    by_criteria: Way | None
    by_findings: Way | None
    robustness: Robustness | None
    unknowns: tuple[Unknown, ...] | None
    sensitivity: tuple[Sensitivity, ...]
    reconciliation: Reconciliation | None
    not_analysed: tuple[str, ...]


def asked_of(inspection: Inspection, framework: str, reading: str | None) -> Asked:
    """Ask a framework everything that the page tells of it; what is not analysed is said and keeps nothing else from being told."""
    failed: list[str] = []

    def ask(*, next: str | None = None, sensitivity: bool = False, reconcile: bool = False) -> Answers | None:
        try:
            return ask_framework(
                inspection,
                framework,
                reading,
                why_not=next,
                to_reach=next,
                sensitivity=sensitivity,
                reconcile=reconcile,
            )
        except NotAnalysedError as error:
            failed.append(str(error))
            return None

    decision = inspection.decide(framework, reading)
    next = next_label(decision, inspection.outcome)
    plain = ask()
    further = None if next is None else ask(next=next)
    sensitive = ask(sensitivity=True)
    published = inspection.frameworks[framework].published
    reconciled = ask(reconcile=True) if published is not None else None
    return Asked(
        plain.outcome if plain is not None else decision[inspection.outcome],
        next,
        further.why_not.way if further is not None and further.why_not is not None else None,
        further.to_reach.way if further is not None and further.to_reach is not None else None,
        further.robustness if further is not None else None,
        plain.unknowns if plain is not None else None,
        (sensitive.sensitivity or ()) if sensitive is not None else (),
        reconciled.reconciliation if reconciled is not None else None,
        tuple(dict.fromkeys(failed)),
    )


def next_label(decision: Decision, name: str) -> str | None:
    """The next better outcome: the label above the least that is possible; where no label is, that of the nearest rule that does not hold.

    Returns:
        The label, or ``None`` where the outcome has no order or its highest label already follows.

    """
    type, outcome = decision.ruleset.values[name].type, decision[name]
    if not isinstance(type, LabelType) or type.scale is None or outcome.status == "not applicable":
        return None
    places = [type.ranks[label] for label in outcome.possible if label in type.ranks]
    if len(places) < len(outcome.possible):
        nearest = better_rules(decision, name)
        return str(nearest[0].then) if nearest else type.labels[0]
    above = min(places) + 1
    return type.labels[above] if above < len(type.labels) else None
