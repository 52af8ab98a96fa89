"""The judgements that stand in a decision, as members of its record, and from there again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from hmic_rules.audit.canonical import written
from hmic_rules.audit.reasons import outcome_member
from hmic_rules.decisions import Decision
from hmic_rules.departing import Departure, depart
from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.judgements import Judgement

__all__ = ["JUDGEMENTS", "are_members", "judgement_members", "with_judgements"]

JUDGEMENTS: Final = "judgements"
TEXTS: Final = ("id", "value", "by", "reason", "date")
LISTS: Final = ("findings", "passages")


def judgement_members(decision: Decision) -> list[dict[str, Any]]:
    """Each judgement as it was recorded, with what is computed in its place."""
    departures: tuple[Departure, ...] = decision.program.departures
    return [
        {
            "id": one.judgement.id,
            "value": one.judgement.value,
            "item": one.judgement.item,
            "judged": written(one.judgement.judged),
            "by": one.judgement.by,
            "date": one.judgement.date.isoformat(),
            "reason": one.judgement.reason,
            "findings": list(one.judgement.findings),
            "passages": list(one.judgement.passages),
            "computed": outcome_member(one.computed),
            "beside": outcome_member(one.beside),
            "gave": one.gave,
            "standing": one.standing,
        }
        for one in departures
    ]


def are_members(found: Any) -> bool:
    """Whether something is a list of such members, as far as they are needed to decide again."""
    return isinstance(found, list) and all(map(_is_member, found))


def _is_member(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and all(isinstance(found.get(name), str) for name in TEXTS)
        and all(
            isinstance(found.get(name), list) and all(isinstance(one, str) for one in found[name]) for name in LISTS
        )
        and all(found.get(name) is None or isinstance(found[name], str) for name in ("item", "gave"))
        and isinstance(found.get("judged"), str | bool | int)
    )


def with_judgements(decision: Decision, data: Mapping[str, Any]) -> Decision:
    """The decision with the judgements of a record in their place.

    Raises:
        InputError: the rule set does not allow one of them, or its date is none.

    """
    if JUDGEMENTS not in data:
        return decision
    found: list[Judgement] = []
    problems: list[Diagnostic] = []
    for place, one in enumerate(data[JUDGEMENTS]):
        try:
            date = datetime.date.fromisoformat(one["date"])
        except ValueError:
            problems.append(Diagnostic(f"$.{JUDGEMENTS}[{place}].date", "is no date"))
            continue
        found.append(
            Judgement(
                one["id"],
                decision.framework,
                one["value"],
                one.get("item"),
                one["judged"],
                one["by"],
                one["reason"],
                date,
                tuple(one["findings"]),
                tuple(one["passages"]),
                gave={} if one.get("gave") is None else {decision.profile: one["gave"]},
            )
        )
    if problems:
        raise InputError(problems)
    return depart(decision, found)
