"""Questions about one framework of an inspection, or about outcomes of any decision, and their answers as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from attrs import asdict, frozen

from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision
from hmic_rules.errors import Diagnostic, InputError, NotAnalysedError, quoted
from hmic_rules.inspections import Inspection
from hmic_rules.outcomes import Outcome, outcome_data
from hmic_rules.questions.bounds import Unknown, exact_outcome, unknowns
from hmic_rules.questions.costs import Costs, is_judged
from hmic_rules.questions.reaching import Level, Robustness, Way, robustness, smallest
from hmic_rules.questions.reconciling import Reconciliation
from hmic_rules.questions.reconciling import reconcile as reconciled
from hmic_rules.questions.sensitivity import Sensitivity
from hmic_rules.questions.sensitivity import sensitivity as sensitive
from hmic_rules.questions.space import Change, space_of
from hmic_rules.questions.wanted import Wanted
from hmic_rules.rulesets import Ruleset

__all__ = ["LISTED", "Answers", "Asked", "OutcomeAnswers", "ask_framework", "ask_outcomes", "asked_data"]

LISTED: Final = 10


@frozen
class Asked:
    """A question how an outcome could have been reached.

    Attributes:
        wanted: the outcome.
        way: the answer, ``None`` where no change of what was coded reaches it.
        others: further answers that are as small, as many as were asked for; ``way.others`` says how many there are.

    """

    wanted: str
    way: Way | None
    others: tuple[Way, ...] = ()


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
        unmoved: known numbers, dates and months that it is calculated from: no change of them was looked for; with the same two.
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
    unmoved: tuple[str, ...]
    says: Mapping[str, str]


@frozen
class OutcomeAnswers:
    """What was asked of one outcome of a decision, answered.

    Attributes:
        name: the outcome, or another value.
        item: the item or group that it stands on, ``None`` for the case.
        outcome: what the rules give, exactly.
        unknowns: what can still change it, the next question first; with either of the next two, ``None`` where that was not analysed.
        why_not: what stands in the way, by the values that groups of rows come to where there are such, else by facts.
        to_reach: the fewest facts after which it follows.
        robustness: how few changes would change it; with either of the two above.
        sensitivity: the outcome over the range of what is assumed.
        reconciliation: what the recorded outcome implies.
        unmoved: known numbers, dates and months that it is calculated from: no change of them was looked for; with the same two.
        not_analysed: why the range of what is assumed was not analysed, ``None`` where it was, or was not asked about.
        on_groups: whether values that groups of rows come to are counted beside facts.

    """

    name: str
    item: str | None
    outcome: Outcome
    unknowns: tuple[Unknown, ...] | None
    why_not: Asked | None
    to_reach: Asked | None
    robustness: Robustness | None
    sensitivity: tuple[Sensitivity, ...] | None
    reconciliation: Reconciliation | None
    unmoved: tuple[str, ...]
    not_analysed: str | None
    on_groups: bool


def ask_framework(
    inspection: Inspection,
    framework: str,
    reading: str | None = None,
    *,
    why_not: str | None = None,
    to_reach: str | None = None,
    sensitivity: bool = False,
    reconcile: bool = False,
    listed: int = 1,
) -> Answers:
    """Ask questions about one framework of an inspection. Of answers that are as small, so many are listed.

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
        None if why_not is None else _asked(decision, Wanted(name, None, why_not), "values", None, listed),
        None
        if to_reach is None
        else _asked(decision, Wanted(name, None, to_reach), "facts", _coded(inspection.ruleset), listed),
        robustness(decision, name=name) if asked_how else None,
        sensitive(decision, name) if sensitivity else None,
        reconciled(decision, record.published, name=name) if reconcile and record.published is not None else None,
        space_of(decision, name).unmoved if asked_how else (),
        {id: note["says"] for id, note in notes.items()},
    )


def ask_outcomes(
    decision: Decision,
    *,
    why_not: Wanted | None = None,
    to_reach: Wanted | None = None,
    sensitivity: bool = False,
    recorded: Mapping[tuple[str, str | None], str] | None = None,
    listed: int = 1,
) -> tuple[OutcomeAnswers, ...]:
    """Ask questions about outcomes of a decision.

    Args:
        decision: the decision, without judgements in it.
        why_not: an outcome, and what it would have to be: what stands in the way.
        to_reach: the same: the fewest facts after which it follows. Under a framework only what was coded is changed (labels, and yes or no).
        sensitivity: over the range of what is assumed: the outcomes that are asked about beside it; else all of the case, or of items where none is.
        recorded: by the name and the item of an outcome, what was recorded: what that implies.
        listed: how many answers are listed of those that are as small.

    Returns:
        The answers, for each outcome that is asked about.

    Raises:
        NotFoundError: there is no such outcome.
        NotAnalysedError: a question about an outcome that is named would take more states than are built.

    """
    wanted = [(one.name, one.item) for one in (why_not, to_reach) if one is not None]
    asked = dict.fromkeys([*wanted, *(recorded or ())])
    named = bool(asked)
    if sensitivity and not named:
        outcomes = list(decision.outcomes)
        whole = [one for one in outcomes if decision.ruleset.values[one.name].scope == CASE]
        asked = dict.fromkeys((one.name, one.item) for one in whole or outcomes)
    return tuple(
        _of_outcome(
            decision,
            name,
            item,
            _about(why_not, name, item),
            _about(to_reach, name, item),
            _ranges(decision, name, item, named=named) if sensitivity else (None, None),
            (recorded or {}).get((name, item)),
            listed,
        )
        for name, item in asked
    )


def _ranges(
    decision: Decision, name: str, item: str | None, *, named: bool
) -> tuple[tuple[Sensitivity, ...] | None, str | None]:
    """The outcome over the range of what is assumed; of one among all outcomes, that this is not analysed keeps nothing else from being told."""
    try:
        return sensitive(decision, name, item), None
    except NotAnalysedError as error:
        if named:
            raise
        return None, str(error)


def _about(wanted: Wanted | None, name: str, item: str | None) -> Wanted | None:
    return wanted if wanted is not None and (wanted.name, wanted.item) == (name, item) else None


def _of_outcome(
    decision: Decision,
    name: str,
    item: str | None,
    why_not: Wanted | None,
    to_reach: Wanted | None,
    ranges: tuple[tuple[Sensitivity, ...] | None, str | None],
    recorded: str | None,
    listed: int,
) -> OutcomeAnswers:
    asked_how = why_not is not None or to_reach is not None
    costs = None if decision.framework is None else _coded(decision.ruleset)
    return OutcomeAnswers(
        name,
        item,
        exact_outcome(decision, name, item),
        unknowns(decision, name, item) if asked_how else None,
        None if why_not is None else _asked(decision, why_not, "values", None, listed),
        None if to_reach is None else _asked(decision, to_reach, "facts", costs, listed),
        robustness(decision, name=name, item=item) if asked_how else None,
        ranges[0],
        None if recorded is None else reconciled(decision, recorded, name=name, item=item),
        space_of(decision, name, item).unmoved if asked_how else (),
        ranges[1],
        (asked_how or recorded is not None) and space_of(decision, name, item).lower is not None,
    )


def _asked(decision: Decision, wanted: Wanted, level: Level, costs: Costs | None, listed: int) -> Asked:
    ways = smallest(
        decision, wanted.result, costs, name=wanted.name, item=wanted.item, level=level, limit=max(1, listed)
    )
    return Asked(wanted.result, ways[0] if ways else None, ways[1:])


def _coded(ruleset: Ruleset) -> Callable[[Change], int | None]:
    """One for each fact that was coded; the date of a finding cannot be otherwise."""
    return lambda change: 1 if is_judged(ruleset, change) else None


def asked_data(answers: Answers | OutcomeAnswers) -> dict[str, Any]:
    """The answers as plain data, for JSON; what was not asked is null."""
    found = asdict(answers, value_serializer=_plain)
    for only_screens in ("says", "on_groups"):
        found.pop(only_screens, None)
    return found


def _plain(instance: Any, attribute: Any, value: Any) -> Any:
    if isinstance(value, Outcome):
        return outcome_data(value)
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return dict(value) if isinstance(value, Mapping) else value
