"""A judgement that a person recorded: of which value, what, in which role, when, why, and what it rests on."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import field, frozen

from hmic_rules.errors import Diagnostic, Span, choices, did_you_mean, quoted, shortened
from hmic_rules.possible import Known
from hmic_rules.rulesets import Ruleset

__all__ = [
    "Judgement",
    "faults_of",
    "ground_problem",
    "is_placeholder",
    "mistyped",
    "reason_problem",
    "role_problem",
    "value_problem",
]

Problem: TypeAlias = tuple[str, str | None]
LEAST_WORDS: Final = 3
STAND_INS: Final = frozenset(
    {
        "fixme",
        "na",
        "n a",
        "name",
        "nil",
        "no reason",
        "none",
        "nothing",
        "null",
        "placeholder",
        "reason",
        "role",
        "somebody",
        "someone",
        "tba",
        "tbc",
        "tbd",
        "to be added",
        "to be completed",
        "to be confirmed",
        "to be decided",
        "to be done",
        "todo",
        "unknown",
        "x",
        "xx",
        "xxx",
        "your reason",
        "your role",
        "the reason here",
        "reason goes here",
        "the reason goes here",
        "your reason here",
        "write the reason here",
    }
)
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BRACKETED: Final = re.compile(r"\s*(?:<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}|\$\w+)\s*")


@frozen
class Judgement:
    """What a person judged of one value.

    Attributes:
        id: its id, which no other judgement of the inspection has.
        framework: the framework.
        value: the value of the rule set that was judged.
        item: the criterion, or another item, that the value stands on; ``None`` for the whole.
        readings: the readings under which it stands; empty for all of them.
        judged: what was judged.
        by: the role of the person, which the rule set lists for the value. Never a name.
        reason: why.
        date: the day.
        findings: the ids of the findings that it rests on.
        passages: the addresses of the passages that it rests on.
        gave: what the rules gave there when it was judged, by reading, as far as that is on record.
        place: where it was read from, ``None`` where it was made otherwise.
        places: where each of its parts was read from, by key.

    """

    id: str
    framework: str | None
    value: str
    item: str | None
    judged: Known
    by: str
    reason: str
    date: datetime.date
    findings: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    gave: Mapping[str | None, str] = field(factory=dict)
    place: Span | None = field(default=None, eq=False)
    places: Mapping[str, Span] = field(factory=dict, eq=False, repr=False)

    def at(self, key: str) -> Span | str:
        """The place of one of its parts, or a path such as ``$.judgements.one.by``."""
        return self.places.get(key) or self.place or f"$.judgements.{shortened(self.id)}.{key}"

    def stands_under(self, profile: str | None) -> bool:
        """Whether it stands under a reading."""
        return not self.readings or profile in self.readings


def is_placeholder(text: str) -> bool:
    """Whether a text says nothing: it is empty, stands in brackets to be replaced, has no letters, or is a word that holds a place."""
    words = " ".join(_LETTERS.findall(text)).casefold()
    return not words or words in STAND_INS or _BRACKETED.fullmatch(text) is not None


def _are_texts(found: object) -> bool:
    return isinstance(found, tuple | list) and all(isinstance(one, str) for one in found)


def mistyped(judgement: Judgement) -> list[Diagnostic]:
    """The parts of a judgement that are not of the kind that they have to be; nothing else can be asked of one that has such parts."""
    wanted = (
        *((name, isinstance(getattr(judgement, name), str), "a text") for name in ("id", "value", "by", "reason")),
        *((name, isinstance(getattr(judgement, name), str | None), "a text or None") for name in ("framework", "item")),
        ("date", isinstance(judgement.date, datetime.date), "a date"),
        *(
            (name, _are_texts(getattr(judgement, name)), "a list of texts")
            for name in ("findings", "passages", "readings")
        ),
    )
    return [
        Diagnostic(judgement.at(name), f"{quoted(getattr(judgement, name))} is not {what}", None, "judgement")
        for name, is_so, what in wanted
        if not is_so
    ]


def faults_of(judgement: Judgement, ruleset: Ruleset) -> Iterator[Diagnostic]:
    """What a person has to say of any judgement and is not said, and what the rule set does not let anybody, or nobody in this role, judge."""
    found = (
        ("value", value_problem(judgement.value, ruleset)),
        ("by", role_problem(judgement.by, judgement.value, ruleset)),
        ("reason", reason_problem(judgement.reason)),
        ("rests_on", ground_problem(judgement.findings, judgement.passages)),
    )
    yield from (Diagnostic(judgement.at(key), *problem, "judgement") for key, problem in found if problem is not None)


def value_problem(name: str, ruleset: Ruleset) -> Problem | None:
    """Why a value cannot be departed from: there is none, or the rule set lets nobody."""
    open_values = [value.name for value in ruleset.values.values() if value.may_depart is not None]
    if name not in ruleset.values:
        problem = f"the rule set {quoted(ruleset.name)} has no value {quoted(name)}"
        return problem, did_you_mean(name, open_values) or choices(name, ruleset.values)
    if name in open_values:
        return None
    listed = ", ".join(map(quoted, open_values))
    help = (
        f"it lets persons depart from {listed}"
        if listed
        else "a rule set says by `may_depart` who may, and this says nothing"
    )
    return f"the rule set {quoted(ruleset.name)} lets nobody depart from {quoted(name)}", help


def role_problem(by: str, value: str, ruleset: Ruleset) -> Problem | None:
    """Why somebody may not depart from a value in this role."""
    if is_placeholder(by):
        problem = f"{quoted(by)} is no role" if by.strip() else "nobody's role is said"
        return problem, "write in which role it was judged"
    allowed = ruleset.values[value].may_depart if value in ruleset.values else None
    if allowed is None or str.__str__(by) in allowed.by:
        return None
    return f"{quoted(by)} is no role that may depart from {quoted(value)}", did_you_mean(by, allowed.by)


def reason_problem(reason: str) -> Problem | None:
    """Why a text is no reason."""
    if not is_placeholder(reason) and len(_LETTERS.findall(reason)) >= LEAST_WORDS:
        return None
    problem = f"{quoted(reason)} is no reason" if reason.strip() else "no reason is said"
    return problem, "say in a sentence why it is judged so; nobody but the person who judges can"


def ground_problem(findings: Sequence[str], passages: Sequence[str]) -> Problem | None:
    """Whether nothing is said that a judgement rests on."""
    help = "name findings by their ids, or passages by their addresses"
    return None if findings or passages else ("nothing is said that it rests on", help)
