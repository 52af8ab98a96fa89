"""``decide``: a case put to a rule set, and the decision that keeps its whole reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.binding import program_for
from hmic_rules.cases import case_row
from hmic_rules.comparing import Frames, compare
from hmic_rules.conditions import CASE, Op, Truth
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.evaluation import KEY, Row
from hmic_rules.obstacles import Obstacles
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known, Value, is_known, markers, members, without_markers
from hmic_rules.programs import Program, Step
from hmic_rules.rulesets import Points, RuleList, Ruleset

if TYPE_CHECKING:
    from hmic_rules.assumptions import Assumption
    from hmic_rules.explanations import OutcomeReason
    from hmic_rules.traces import ValueTrace

__all__ = ["Decision", "Outcome", "Status", "decide"]

Status: TypeAlias = Literal["decided", "undetermined", "no rule covers this", "not applicable"]
Standing: TypeAlias = Literal["within", "outside", "undetermined"]


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
            "undetermined": "undetermined: " + ", ".join(self.possible),
        }
        return said.get(self.status, self.status)


@frozen(eq=False, repr=False)
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
        names = self.case_outcomes
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
        step = self.step(name)
        if step.value.scope != CASE:
            raise NotFoundError(
                f"{quoted(name)} stands on each of {quoted(step.value.scope)}: ask for `items({name!r})`"
            )
        return self.outcome_of(step, [self.case], self.results[name])

    def items(self, name: str) -> dict[str, Outcome]:
        """The outcome, or any other value, of this name on every item or group, by its key."""
        step = self.step(name)
        if step.value.scope == CASE:
            raise NotFoundError(f"{quoted(name)} stands on the case: ask for it by `decision[{name!r}]`")
        return {
            key_of(frames): self.outcome_of(step, frames, step.result(frames))
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

    def step(self, name: str) -> Step:
        """How a value is computed.

        Raises:
            NotFoundError: the rule set has no such value.

        """
        step = self.program.steps.get(name)
        if step is None:
            help = did_you_mean(name, self.program.steps)
            raise NotFoundError(
                f"the rule set {quoted(self.ruleset.name)} has no value {quoted(name)}" + (f": {help}" if help else "")
            )
        return step

    def outcome_of(self, step: Step, frames: Frames, result: Value) -> Outcome:
        """What a value came to on one row."""
        item = None if len(frames) == 1 else key_of(frames)
        judgement = None if result is NOT_APPLICABLE else self._judgement(step, frames)
        status: Status = "undetermined"
        if result is NO_RULE:
            status = "no rule covers this"
        elif result is NOT_APPLICABLE:
            status = "not applicable"
        elif is_known(result):
            status = "decided"
        value = cast("Known", result) if status == "decided" else None
        rule, limits = self._given_by(step, frames, value) if status == "decided" else (None, ())
        return Outcome(
            step.value.name, item, status, value, listed(result, step), rule, limits, judgement, is_known(result)
        )

    def _judgement(self, step: Step, frames: Frames) -> Standing | None:
        """A judgement is kept as it was given, and said to lie within or outside what the limits allow; it is never clamped."""
        given = step.judged(frames)
        if given is None:
            return None
        allowed = given if step.limiter is None else step.limiter.apply(given, frames)
        if allowed == given:
            return "within"
        return "outside" if compare(Op.IS, allowed, given) is Truth.NO else "undetermined"

    def _given_by(self, step: Step, frames: Frames, value: Known | None) -> tuple[str | None, tuple[str, ...]]:
        """The rule whose result stands, and the limits that changed it."""
        before: Value
        if value is not None and (step.limiter is None or step.limiter.idle(frames)):
            before = value
        else:
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
        truths: list[Truth] = []  # of the rules that give this result; where it is known, all others fail
        for rule, truth in zip(body.rules, step.rules, strict=True):
            if rule.then == before:
                truths.append(truth(frames))
                if truths[-1] is Truth.YES:
                    return rule.id, limits
        surely_none = body.otherwise is not None and Truth.UNKNOWN not in truths
        return ("otherwise" if surely_none else None), limits

    def unmet(self, name: str) -> dict[str, tuple[str, ...]]:
        """What the items of a case lack for each rule that does not surely hold.

        A test of another value of the case that has a condition of its own (``is``) leads on to that condition.

        Args:
            name: a value of the case.

        Returns:
            For each such rule, by its id, the keys of the items that keep it from holding: those of which more is asked than they surely
            are, and, where few or none may be as asked, those that are or could be. Empty where no item is in the rule's way.

        Raises:
            NotFoundError: no value of the case has this name.

        """
        step = self.step(name)
        if step.value.scope != CASE:
            raise NotFoundError(f"{quoted(name)} stands on each of {quoted(step.value.scope)}, and not on the case")
        if not isinstance(step.value.body, RuleList | Points):
            return {}
        obstacles = Obstacles(self.program, self.case)
        found = ((rule.id, obstacles.of(rule.when)) for rule in step.value.body.rules)
        return {id: tuple(keys) for id, keys in found if keys is not None}

    def why(self, name: str | None = None, item: str | None = None) -> OutcomeReason:
        """Why a value came out as it did: every rule and limit; see :func:`hmic_rules.explanations.explain_decision`.

        Args:
            name: the value; the case's only outcome where none is named.
            item: the item or group, for a value that does not stand on the case.

        """
        from hmic_rules.explanations import explain_decision

        return explain_decision(self, self.outcome.name if name is None else name, item)

    def trace(self, name: str, item: str | None = None) -> ValueTrace:
        """Every rule, limit and condition of a value, down to each item; see :func:`hmic_rules.traces.trace`."""
        from hmic_rules.traces import trace

        return trace(self, name, item)

    def assumptions(self, name: str | None = None) -> tuple[Assumption, ...]:
        """What a value rests on that no source states; see :func:`hmic_rules.assumptions.assumptions`."""
        from hmic_rules.assumptions import assumptions

        return assumptions(self, self.outcome.name if name is None else name)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The facts that are not known; see :func:`hmic_rules.explanations.unknown_facts`."""
        from hmic_rules.explanations import unknown_facts

        return unknown_facts(self)

    def __repr__(self) -> str:
        return f"<Decision by {self.ruleset.name}: {'; '.join(f'{name} {self[name]}' for name in self.case_outcomes)}>"

    @property
    def case_outcomes(self) -> tuple[str, ...]:
        """The names of the outcomes that stand on the case itself."""
        return tuple(name for name in self.ruleset.outcomes if self.ruleset.values[name].scope == CASE)

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
    found = members(result)
    if found is None:
        rest = without_markers(result)
        return (*(() if rest is None else (shown(rest),)), *sorted(marker.value for marker in markers(result)))
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
