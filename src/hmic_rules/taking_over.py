"""Implied judgements taken over as recorded ones: by a person who says in which role, why, when and on what it rests, and never by the program."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, choices, quoted
from hmic_rules.judgements import Judgement, faults_of, value_problem
from hmic_rules.questions.reaching import Way
from hmic_rules.questions.reconciling import Implied
from hmic_rules.questions.space import Change

if TYPE_CHECKING:
    from hmic_rules.inspections import Inspection

__all__ = ["given_now", "implied_under", "judgements_from"]


def judgements_from(
    inspection: Inspection,
    framework: str,
    implied: Implied,
    *,
    by: str,
    reason: str,
    date: datetime.date,
    findings: Iterable[str] = (),
    passages: Iterable[str] = (),
    choose: int = 0,
) -> tuple[Judgement, ...]:
    """One judgement for each value that a set of implied judgements has otherwise, standing under the reading that implies it.

    Nothing is recorded by it: the judgements are given back. What a person has to say has no defaults.

    Args:
        inspection: the inspection.
        framework: the framework.
        implied: what the published outcome implies under one reading, from :func:`hmic_rules.questions.reconciling.reconcile`.
        by: the role of the person who takes them over.
        reason: why the person judges so. That the outcome was published is no reason.
        date: when.
        findings: the findings that it rests on.
        passages: the passages that it rests on.
        choose: which of the sets of values, counted from 0.

    Raises:
        InputError: there is no such set, or it has facts otherwise, which are no judgements of values; something is not said; a finding does
            not exist.

    """
    findings, passages = tuple(findings), tuple(passages)
    problems: list[Diagnostic] = []
    way = _chosen(implied, choose, problems)
    problems += [_unknown(id, inspection) for id in findings if id not in inspection.findings]
    readings = () if implied.reading is None else (implied.reading,)
    found = []
    for change in () if way is None else way.changes:
        fault = _no_judgement(inspection, change)
        if fault is not None:
            problems.append(fault)
            continue
        type = inspection.ruleset.values[change.name].type
        id = f"{change.item or framework}-{implied.reading or 'judged'}"
        judged = type.parse(change.after)
        found.append(
            Judgement(id, framework, change.name, change.item, judged, by, reason, date, findings, passages, readings)
        )
    problems += [fault for one in found for fault in faults_of(one, inspection.ruleset)]
    if problems:
        raise InputError(problems)
    return tuple(found)


def _chosen(implied: Implied, choose: int, problems: list[Diagnostic]) -> Way | None:
    """The set that is to be taken over."""
    where = "the only reading" if implied.reading is None else f"the reading {quoted(implied.reading)}"
    if not implied.values:
        problems.append(Diagnostic("implied", f"no set of values gives the outcome under {where}", None, "judgement"))
        return None
    if not 0 <= choose < len(implied.values):
        last = len(implied.values) - 1
        help = "it is 0" if not last else f"write 0 to {last}"
        problems.append(Diagnostic("choose", f"{choose} is no set that is listed for {where}", help, "judgement"))
        return None
    way = implied.values[choose]
    if not way.changes:
        learnt = ", ".join(str(one) for one in way.learnt)
        help = f"facts that are not known would have to turn out so: {learnt}" if learnt else "the rules give it"
        problems.append(Diagnostic("implied", f"no judgement is implied under {where}", help, "judgement"))
        return None
    return way


def _no_judgement(inspection: Inspection, change: Change) -> Diagnostic | None:
    """Why a change is no judgement that could be recorded."""
    if change.kind == "value":
        fault = value_problem(change.name, inspection.ruleset)
        return None if fault is None else Diagnostic("implied", *fault, "judgement")
    where = "of the whole" if change.scope == CASE else f"of {quoted(change.scope)}"
    problem = f"{change} is implied, and that is a fact {where}, and no value that is judged"
    return Diagnostic(
        "implied", problem, "take another set, or code the fact anew where it was coded wrongly", "judgement"
    )


def _unknown(id: str, inspection: Inspection) -> Diagnostic:
    return Diagnostic(
        "findings", f"no finding is called {quoted(id)}", choices(id, inspection.findings), "unknown-name"
    )


def given_now(inspection: Inspection, judgement: Judgement) -> dict[str | None, str]:
    """What the rules give now where a recorded judgement stands, by reading: to be put down with it as what they gave when it was judged."""
    found: dict[str | None, str] = {}
    readings: list[str | None] = [*inspection.ruleset.profiles] or [None]
    for reading in readings:
        judged = inspection.judged(judgement.framework or "", reading)
        for one in () if judged is None else judged.program.departures:
            if one.judgement.id == judgement.id:
                found[reading] = str(one.beside)
    return found


def implied_under(inspection: Inspection, framework: str, reading: str | None) -> Implied:
    """What the published outcome of a framework implies under one reading.

    Raises:
        NotFoundError: there is no such framework or reading.
        InputError: nothing was published.
        NotAnalysedError: it would take more states than are built.

    """
    decision = inspection.decide(framework, reading)
    published = inspection.frameworks[framework].published
    if published is None:
        problem = f"nothing was published for {quoted(framework)}, so nothing is implied"
        raise InputError([Diagnostic("framework", problem, "say what is judged", "judgement")])
    found = decision.reconcile(published, name=inspection.outcome).readings
    return next(one for one in found if one.reading == decision.profile)
