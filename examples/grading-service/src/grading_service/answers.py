"""What the service answers: the library's answers, with a declared shape."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

import hmic_rules as hr

__all__ = ["Answer", "Grades", "Inspection", "InspectionReason", "Replay", "Ruleset"]

Text = Annotated[str, BeforeValidator(str)]


class _Data(BaseModel):
    """Read from what the library gives. A member that the library adds is an error in the tests, and not left out in silence."""

    model_config = ConfigDict(extra="forbid")


class Reading(_Data):
    """One reading of a rule set."""

    name: str
    says: str | None
    is_default: bool


class Ruleset(_Data):
    """A rule set that is served."""

    name: str
    edition: str
    title: str
    effective_from: str | None
    effective_to: str | None
    outcomes: list[str]
    readings: list[Reading]
    decisions: dict[str, str] = Field(description="where cases are posted to; by framework, `` where there is none")

    @classmethod
    def of(cls, one: hr.Ruleset, paths: dict[str, str]) -> Ruleset:
        readings = [
            Reading(name=name, says=found.says, is_default=found.default) for name, found in one.profiles.items()
        ]
        return cls(
            name=one.name,
            edition=one.edition,
            title=one.title,
            effective_from=None if one.effective_from is None else one.effective_from.isoformat(),
            effective_to=None if one.effective_to is None else one.effective_to.isoformat(),
            outcomes=list(one.outcomes),
            readings=readings,
            decisions=paths,
        )


class Outcome(_Data):
    """One outcome, of the case or of an item."""

    name: str
    item: str | None
    status: Literal["decided", "undetermined", "no rule covers this", "not applicable"]
    value: bool | int | str | None
    possible: list[str]
    rule: str | None
    limits: list[str]
    judgement: Literal["within", "outside", "undetermined"] | None
    exact: bool


class Obstacle(_Data):
    """What keeps a rule from holding."""

    words: str
    truth: Text
    name: str | None
    collection: str | None
    found: str | None
    items: list[str]


class RuleReason(_Data):
    """One rule, and whether it held."""

    id: str
    then: str
    truth: str
    words: str
    says: str | None
    basis: str
    cite: list[str]
    obstacles: list[Obstacle]
    because_of: list[str]
    origin: dict[str, Any] | None


class LimitReason(_Data):
    """One limit, and whether it changed the result."""

    id: str
    kind: str
    bound: str
    in_force: str
    binding: str
    words: str
    says: str | None
    basis: str
    cite: list[str]
    because_of: list[str]
    origin: dict[str, Any] | None


class Reason(_Data):
    """Why an outcome came out as it did."""

    outcome: Outcome
    says: str | None
    how: str
    rules: list[RuleReason]
    limits: list[LimitReason]
    basis: str | None
    cite: list[str]
    because_of: list[str]
    taken_out: list[dict[str, Any]]
    perhaps: list[str]


class Explained(_Data):
    """A reason as data and as lines of text."""

    reason: Reason
    text: str

    @classmethod
    def of(cls, reason: Any) -> Explained:
        return cls(reason=Reason.model_validate(reason.to_data()), text=str(reason))


class Bounds(_Data):
    """What an outcome can still be; `exact` says whether nothing superfluous is left in."""

    outcome: str
    possible: list[str]
    exact: bool


class Missing(BaseModel):
    """Something that nobody gave and that an outcome waits for."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    name: str
    item: str | None
    scope: str | None
    says: str | None


class Leaves(_Data):
    """What an answer to a question leaves possible."""

    answer: str
    possible: list[str]


class Question(_Data):
    """A fact that can still change an outcome."""

    outcome: str
    kind: str
    name: str
    item: str | None
    leaves: list[Leaves]


class Recorded(_Data):
    """The record of a decision. Keep `text`, byte for byte; `POST /replays` takes it."""

    sha256: str
    text: str


class Answer(_Data):
    """A decided case."""

    ruleset: str
    edition: str
    framework: str | None
    reading: str | None
    engines: list[str]
    outcomes: list[Outcome]
    bounds: list[Bounds]
    missing: list[Missing]
    questions: list[Question]
    explanations: list[Explained]
    record: Recorded

    @classmethod
    def of(cls, decision: hr.Decision, record: hr.Record) -> Answer:
        data = decision.to_data()
        undetermined = [name for name in decision.case_outcomes if decision[name].status == "undetermined"]
        exact = [decision.exact(name) for name in decision.case_outcomes]
        return cls(
            ruleset=data["ruleset"],
            edition=data["edition"],
            framework=data["framework"],
            reading=data["profile"],
            engines=data["engines"],
            outcomes=data["outcomes"],
            bounds=[Bounds(outcome=one.name, possible=list(one.possible), exact=one.exact) for one in exact],
            missing=[Missing.model_validate(one) for one in decision.missing()],
            questions=[
                Question(
                    outcome=name,
                    kind=one.kind,
                    name=one.name,
                    item=one.item,
                    leaves=[Leaves(answer=answer, possible=list(results)) for answer, results in one.leaves],
                )
                for name in undetermined
                for one in decision.unknowns(name) or ()
            ],
            explanations=[Explained.of(decision.why(one.name, one.item)) for one in decision.outcomes],
            record=Recorded(sha256=record.sha256, text=record.text.decode()),
        )


class Difference(_Data):
    """A member of a record that came out otherwise."""

    path: str
    recorded: str | None = Field(description="as JSON; null where there is nothing")
    now: str | None


class Replay(_Data):
    """A record computed again."""

    record: str
    sha256: str
    verdict: Literal["identical", "altered", "other rules", "refused", "differs"]
    ruleset: dict[str, Any]
    differences: list[Difference]
    byte: int | None
    same_result: bool
    refused: str | None
    notes: list[str]


class Inspection(_Data):
    """An inspection that is served."""

    name: str
    title: str
    body: str
    ruleset: str
    frameworks: list[str]
    readings: list[str]


class FrameworkGrade(_Data):
    """One framework graded under every reading, beside what was published."""

    framework: str
    title: str
    computed: Outcome
    readings: dict[str, Outcome]
    published: str | None
    distribution: dict[str, int] | None
    criteria: dict[str, int]
    between: str
    judged: dict[str, Outcome]
    judgements: list[dict[str, Any]]


class Grades(_Data):
    """The grades of an inspection."""

    inspection: str
    ruleset: str
    edition: str
    reading: str | None
    frameworks: list[FrameworkGrade]


class InspectionReason(_Data):
    """Why one framework of an inspection came out as it did, down to criteria and findings."""

    inspection: str
    framework: str
    title: str
    reading: str | None
    reading_says: str | None
    reason: Reason
    readings: dict[str, str]
    published: str | None
    between: str
    facts: list[tuple[str, str, list[str]]]
    deciding: list[dict[str, Any]]
    others: list[dict[str, Any]]
    unknown: list[str]
    assumptions: list[dict[str, Any]]
    turning: list[dict[str, Any]]
    source: list[str]
    judgements: list[dict[str, Any]]
    judged: Reason | None
    text: str
