"""What a decision says of one outcome: its result, or every result still possible."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from hmic_rules.comparing import Frames
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.evaluation import KEY
from hmic_rules.possible import Known, Value, markers, members, without_markers
from hmic_rules.programs import Step

__all__ = ["Outcome", "Standing", "Status", "in_a_row", "key_of", "listed", "outcome_data", "results_in"]

Status: TypeAlias = Literal["decided", "undetermined", "no rule covers this", "not applicable"]
Standing: TypeAlias = Literal["within", "outside", "undetermined"]
_UNDETERMINED: Final = "undetermined: "
_ONE: Final = re.compile(r"“((?:[^”]|””)*)”(?:, |\Z)|(.*?)(?:, |\Z)", re.DOTALL)


@frozen
class Outcome:
    """What a decision says of one outcome, for the case or for one item.

    Attributes:
        name: the value's name.
        item: the key of the item or group it stands on, ``None`` for the case.
        status: ``decided`` where every completion of the unknown facts gives ``value``; ``undetermined`` where they differ;
            ``no rule covers this`` where the rules leave a gap; ``not applicable``.
        value: the result where it is decided, else ``None``.
        possible: every result still possible, as it would be written, from the lowest to the highest where there is an order.
        rule: the rule that gave the result, ``otherwise``, or ``None`` where several could still give it.
        limits: the limits that changed the result.
        judgement: for a judged value, whether the person's judgement lies ``within`` the limits or ``outside`` them, or ``undetermined``
            where that hangs on a limit that is unknown; ``None`` without a judgement.
        exact: whether ``possible`` is known to leave nothing superfluous in.

    """

    name: str
    item: str | None
    status: Status
    value: Known | None
    possible: tuple[str, ...]
    rule: str | None
    limits: tuple[str, ...]
    judgement: Standing | None
    exact: bool

    def __str__(self) -> str:
        said = {
            "decided": shown(self.value) if self.value is not None else "",
            "undetermined": _UNDETERMINED + in_a_row(self.possible),
        }
        return said.get(self.status, self.status)

    def to_data(self) -> dict[str, Any]:
        """The outcome as plain data, for JSON."""
        return outcome_data(self)


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data."""
    return {
        "name": outcome.name,
        "item": outcome.item,
        "status": outcome.status,
        "value": outcome.value
        if isinstance(outcome.value, bool | int)
        else None
        if outcome.value is None
        else shown(outcome.value),
        "possible": list(outcome.possible),
        "rule": outcome.rule,
        "limits": list(outcome.limits),
        "judgement": outcome.judgement,
        "exact": outcome.exact,
    }


def in_a_row(results: Iterable[str], joint: str = ", ") -> str:
    """Results side by side; one that holds a comma or an “or” of its own stands in quotation marks, so that it is read as one."""
    return joint.join(
        f"“{one.replace('”', '””')}”" if ", " in one or " or " in one or one.startswith("“") else one for one in results
    )


def results_in(outcome: str) -> tuple[str, ...]:
    """The result of an outcome that stands as a text, or each that is still possible."""
    if not outcome.startswith(_UNDETERMINED):
        return (outcome,)
    found: list[str] = []
    place = len(_UNDETERMINED)
    while place < len(outcome) and (match := _ONE.match(outcome, place)):
        found.append(match[2] if match[1] is None else match[1].replace("””", "”"))
        place = match.end()
    return tuple(found)


def key_of(frames: Frames) -> str:
    """The name of the innermost item: its key, or its keys and its parents' where there are several."""
    parts: list[str] = []
    for row in frames[1:]:
        key = row[KEY]
        parts.extend(shown(part) for part in key) if isinstance(key, tuple) else parts.append(shown(key))
    return " / ".join(parts)


def listed(result: Value, step: Step) -> tuple[str, ...]:
    """The results still possible, lowest first."""
    found = members(result)
    if found is None:
        rest = without_markers(result)
        return (*(() if rest is None else (shown(rest),)), *sorted(marker.value for marker in markers(result)))
    order = step.value.type.ranks if isinstance(step.value.type, LabelType) else {}
    return tuple(
        shown(member) for member in sorted(found, key=lambda member: (order.get(member, len(order)), shown(member)))
    )
