"""``decide``: a case put to a rule set, and the decision that keeps its whole reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.binding import program_for
from hmic_rules.cases import case_row
from hmic_rules.comparing import Frames
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.evaluation import KEY, Row
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Between, Known, Value, is_known, members
from hmic_rules.programs import Program, Step
from hmic_rules.rulesets import Judged, RuleList, Ruleset

__all__ = ["Decision", "Outcome", "Status", "decide"]

Status: TypeAlias = Literal["decided", "undetermined", "no rule covers this", "not applicable"]


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
        judgement: for a judged value, whether the person's judgement lies within the limits; ``None`` without a judgement.
        exact: whether ``possible`` is known to leave nothing superfluous in.

    """

    name: str
    item: str | None
    status: Status
    value: Known | None
    possible: tuple[str, ...]
    rule: str | None
    limits: tuple[str, ...]
    judgement: Literal["within", "outside"] | None
    exact: bool

    def __str__(self) -> str:
        said = {
            "decided": shown(self.value) if self.value is not None else "",
            "undetermined": "undetermined: " + ", ".join(self.possible),
        }
        return said.get(self.status, self.status)


@frozen(eq=False)
class Decision:
    """A decided case. It keeps every row that was computed, so that any value, rule and condition can be asked for its reason."""

    program: Program = field(repr=False)
    case: Row = field(repr=False)
    results: Mapping[str, Value] = field(repr=False)

    @property
    def ruleset(self) -> Ruleset:
        return self.program.ruleset

    @property
    def framework(self) -> str | None:
        return self.program.framework

    @property
    def profile(self) -> str | None:
        return self.program.profile

    @property
    def outcome(self) -> Outcome:
        """The outcome of the case.

        Raises:
            NotFoundError: the rule set has none or several that stand on the case; ask for one by ``decision["name"]``.

        """
        names = [name for name in self.ruleset.outcomes if self.ruleset.values[name].scope == CASE]
        if len(names) != 1:
            listed = ", ".join(map(quoted, self.ruleset.outcomes))
            raise NotFoundError(
                f"the rule set {quoted(self.ruleset.name)} has {len(names)} outcomes for a whole case: ask for one of {listed} by name"
            )
        return self[names[0]]

    @property
    def bounds(self) -> tuple[str, ...]:
        """Every result of the case's outcome that is still possible, from the lowest to the highest where there is an order."""
        return self.outcome.possible

    def __getitem__(self, name: str) -> Outcome:
        """The outcome, or any other value, of this name on the case.

        Raises:
            NotFoundError: no value of the case has this name; values on items are asked for by :meth:`items`.

        """
        step = self._step(name)
        if step.value.scope != CASE:
            raise NotFoundError(
                f"{quoted(name)} stands on each of {quoted(step.value.scope)}: ask for `items({name!r})`"
            )
        return self._outcome(step, [self.case], self.results[name])

    def items(self, name: str) -> dict[str, Outcome]:
        """The outcome, or any other value, of this name on every item or group, by its key."""
        step = self._step(name)
        if step.value.scope == CASE:
            raise NotFoundError(f"{quoted(name)} stands on the case: ask for it by `decision[{name!r}]`")
        return {
            key_of(frames): self._outcome(step, frames, step.result(frames))
            for frames in self.program.frames(self.case, step.value.scope)
        }

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome: those of the case first, then those of items and groups."""
        names = sorted(self.ruleset.outcomes, key=lambda name: self.ruleset.values[name].scope != CASE)
        for name in names:
            if self.ruleset.values[name].scope == CASE:
                yield self[name]
            else:
                yield from self.items(name).values()

    def _step(self, name: str) -> Step:
        step = self.program.steps.get(name)
        if step is None:
            help = did_you_mean(name, self.program.steps)
            raise NotFoundError(
                f"the rule set {quoted(self.ruleset.name)} has no value {quoted(name)}" + (f": {help}" if help else "")
            )
        return step

    def _outcome(self, step: Step, frames: Frames, result: Value) -> Outcome:
        item = None if len(frames) == 1 else key_of(frames)
        judgement = self._judgement(step, frames)
        if judgement is not None:
            result = frames[-1][step.slot]
        status: Status = "undetermined"
        if result is NO_RULE:
            status = "no rule covers this"
        elif result is NOT_APPLICABLE:
            status = "not applicable"
        elif is_known(result):
            status = "decided"
        value = cast("Known", result) if status == "decided" else None
        rule, limits = self._given_by(step, frames, value) if status != "undetermined" else (None, ())
        return Outcome(
            step.value.name, item, status, value, listed(result, step), rule, limits, judgement, is_known(result)
        )

    def _judgement(self, step: Step, frames: Frames) -> Literal["within", "outside"] | None:
        """A judgement is kept as it was given, and said to lie within or outside what the limits allow; it is never clamped."""
        given = frames[-1][step.slot] if isinstance(step.value.body, Judged) else None
        if given is None or not is_known(given) or step.limiter is None:
            return "within" if given is not None and is_known(given) else None
        return "within" if step.limiter.apply(given, frames) == given else "outside"

    def _given_by(self, step: Step, frames: Frames, value: Known | None) -> tuple[str | None, tuple[str, ...]]:
        """The rule whose result stands, and the limits that changed it."""
        before = step.produce(frames)
        limits: tuple[str, ...] = ()
        if step.limiter is not None and value is not None and before != value:
            limits = tuple(
                state.limit.id
                for state in step.limiter.trace(before, frames)
                if state.binding is Truth.YES and state.bound == value
            )
        body = step.value.body
        if not isinstance(body, RuleList) or not is_known(before):
            return None, limits
        for rule, truth in zip(body.rules, step.rules, strict=True):
            if rule.then == before and truth(frames) is Truth.YES:
                return rule.id, limits
        return ("otherwise" if body.otherwise is not None and before == body.otherwise.then else None), limits

    def to_data(self) -> dict[str, Any]:
        """The decision as plain data, for JSON: what decided it, and every outcome."""
        return {
            "ruleset": self.ruleset.name,
            "edition": self.ruleset.edition,
            "framework": self.framework,
            "profile": self.profile,
            "engines": ["reference"],
            "outcomes": [outcome_data(outcome) for outcome in self.outcomes],
        }


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


def key_of(frames: Frames) -> str:
    """The name of the innermost item: its key, or its keys and its parents' where there are several."""
    parts: list[str] = []
    for row in frames[1:]:
        key = row[KEY]
        parts.extend(shown(part) for part in key) if isinstance(key, tuple) else parts.append(shown(key))
    return " / ".join(parts)


def listed(result: Value, step: Step) -> tuple[str, ...]:
    """The results still possible, lowest first."""
    if isinstance(result, Between) and not result.markers:
        low, high = ("…" if end is None else shown(end) for end in (result.low, result.high))
        return (f"{low} to {high}",)
    found = members(result)
    if found is None:
        return (shown(result),)
    order = step.value.type.ranks if isinstance(step.value.type, LabelType) else {}
    return tuple(
        shown(member) for member in sorted(found, key=lambda member: (order.get(member, len(order)), shown(member)))
    )


def decide(
    ruleset: Ruleset,
    case: Any,
    *,
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Decision:
    """Decide a case.

    A value is given where every completion of the unknown facts gives it; otherwise the decision says which results are still possible.

    Args:
        ruleset: the rules.
        case: a mapping from input names to Python values; or a whole case with ``facts`` and, if it likes, ``framework``, ``profile`` and ``parameters``.
        framework: the framework whose items fill the rule set's collection.
        profile: the reading; the rule set's default where none is named.
        parameters: settings that take precedence over the profile's.

    Raises:
        InputError: the case has an unknown name or a value of a wrong type, with every such problem.
        NotFoundError: there is no such framework or profile.
        ConflictError: two rules of a ``unique`` list hold together.

    """
    facts, root = case, ("facts",)
    if isinstance(case, Mapping) and "facts" in case:
        facts = case["facts"]
        framework, profile = framework or case.get("framework"), profile or case.get("profile")
        parameters = {**(case.get("parameters") or {}), **(parameters or {})}
    program = program_for(ruleset, framework, profile, parameters)
    row = case_row(program, facts, cast("tuple[str | int, ...]", root))
    return Decision(program, row, program.run(row))
