"""Judgements beside what is computed, as data for a reader: who judged what, when, why and on what, and what the rules give there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from hmic_rules.datatypes import shown
from hmic_rules.departing import Departure, Standing
from hmic_rules.outcomes import Outcome
from hmic_rules.rules import Basis, MayDepart

if TYPE_CHECKING:
    from hmic_rules.decisions import Decision
    from hmic_rules.inspections import Inspection

__all__ = ["JudgementReason", "RestsOn", "judgement_reasons"]


@frozen
class RestsOn:
    """A finding on which a judgement rests; without its words where the inspection is not at hand."""

    finding: str
    cite: str | None = None
    says: str | None = None


@frozen
class JudgementReason:
    """A judgement as it stands under one reading, beside what the rules give.

    Attributes:
        id: its id.
        value: the value that was judged.
        criterion: the criterion, ``None`` for the whole framework.
        readings: the readings under which it stands; empty for all of them.
        judged: what was judged.
        by: in which role.
        date: when.
        reason: why.
        findings: the findings that it rests on.
        passages: the passages that it rests on.
        computed: what the rules give from the facts alone.
        beside: what they give beside the other judgements.
        gave: what the rules gave when it was judged, where that is on record.
        moved: whether that is on record and they give something else now.
        standing: whether it ``departs`` from that, ``settles`` what is undetermined, or ``agrees``.
        allowed_by: where it comes from that it may: the basis of ``may_depart``.
        allowed_cite: and the passages.

    """

    id: str
    value: str
    criterion: str | None
    readings: tuple[str, ...]
    judged: str
    by: str
    date: str
    reason: str
    findings: tuple[RestsOn, ...]
    passages: tuple[str, ...]
    computed: Outcome
    beside: Outcome
    gave: str | None
    moved: bool
    standing: Standing
    allowed_by: Basis
    allowed_cite: tuple[str, ...]


def judgement_reasons(decision: Decision | None, inspection: Inspection | None = None) -> tuple[JudgementReason, ...]:
    """The judgements that stand in a decision, in the order in which the rules read them; none where there is no decision.

    Args:
        decision: the decision in which they stand.
        inspection: whose findings they rest on, where it is at hand.

    """
    if decision is None:
        return ()
    departures: Iterable[Departure] = decision.program.departures
    values = decision.ruleset.values
    return tuple(_reason(one, values[one.judgement.value].may_depart, inspection) for one in departures)


def _reason(departure: Departure, allowed: MayDepart | None, inspection: Inspection | None) -> JudgementReason:
    judgement = departure.judgement
    assert allowed is not None  # noqa: S101 - without it the judgement would have been refused
    known = {} if inspection is None else inspection.findings
    return JudgementReason(
        judgement.id,
        judgement.value,
        judgement.item,
        judgement.readings,
        shown(judgement.judged),
        judgement.by,
        judgement.date.isoformat(),
        judgement.reason,
        tuple(RestsOn(id, known[id].cite, known[id].says) if id in known else RestsOn(id) for id in judgement.findings),
        judgement.passages,
        departure.computed,
        departure.beside,
        departure.gave,
        departure.moved,
        departure.standing,
        allowed.basis,
        allowed.cite,
    )
