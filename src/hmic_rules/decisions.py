"""``decide``: a case put to a rule set, and the decision that keeps its whole reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self, TypeAlias

from attrs import field, frozen

from hmic_rules.arguments import name_given
from hmic_rules.binding import program_for
from hmic_rules.cases import case_row
from hmic_rules.comparing import Frames
from hmic_rules.conditions import CASE
from hmic_rules.editions import Series, edition_for, picked_data
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, capped, choices, did_you_mean, quoted, text_of
from hmic_rules.givens import taken_apart
from hmic_rules.lineage import ancestors_data
from hmic_rules.obstacles import Obstacles
from hmic_rules.outcomes import Outcome, key_of, outcome_data
from hmic_rules.possible import Value
from hmic_rules.programs import Program, Step
from hmic_rules.rows import Row
from hmic_rules.rules import Points, RuleList
from hmic_rules.rulesets import Ruleset
from hmic_rules.sharing import Bound
from hmic_rules.standing import outcome_on

if TYPE_CHECKING:
    from hmic_rules.assumptions import Assumption
    from hmic_rules.audit.records import Record
    from hmic_rules.explanations import OutcomeReason
    from hmic_rules.missing import Missing
    from hmic_rules.questions.bounds import Unknown
    from hmic_rules.questions.costs import Costs
    from hmic_rules.questions.reaching import Robustness, Way
    from hmic_rules.questions.reasons import Reason
    from hmic_rules.questions.reconciling import Reconciliation
    from hmic_rules.questions.sensitivity import Sensitivity
    from hmic_rules.traces import ValueTrace

__all__ = ["DURABLE", "ENGINES", "REFERENCE", "Decision", "EngineName", "decide"]

EngineName: TypeAlias = Literal["both", "reference", "durable"]
ENGINES: Final[tuple[EngineName, ...]] = ("both", "reference", "durable")
REFERENCE, DURABLE = "reference", "durable_rules"


@frozen(eq=False, repr=False)
class Decision(Bound):
    """A decided case. It keeps every row that was computed, so that any value, rule and condition can be asked for its reason.

    ``engines`` names what computed it: ``reference``, ``durable_rules``, or both, which then agree.
    """

    _instead: ClassVar = "keep its record, `decision.record()`, or pickle the rule set and the facts, and decide again"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: Mapping[int, Any]) -> Self:
        return self

    program: Program = field(repr=False)
    case: Row = field(repr=False)
    results: Mapping[str, Value] = field(repr=False)
    engines: tuple[str, ...] = (REFERENCE,)
    spaces: dict[Any, Any] = field(factory=dict, init=False)  # what questions walk on: hmic_rules.questions.space
    _frames: dict[str, Mapping[str, Frames]] = field(factory=dict, init=False)  # by the scope: see frames_on

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
            listed = f": ask for one of {', '.join(map(quoted, names))} by name" if names else ""
            raise NotFoundError(
                f"the rule set {quoted(self.ruleset.name)} has {len(names) or 'no'} outcomes for a whole case{listed}"
            )
        return self[names[0]]

    @property
    def bounds(self) -> tuple[str, ...]:
        """The results of the case's outcome that some completion gives; see :func:`hmic_rules.questions.bounds.exact_outcome`."""
        return self.exact().possible

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

    def at(self, name: str, item: str | None = None) -> Outcome:
        """The outcome, or any other value, of this name on the case, or on the item or group of this key.

        Raises:
            NotFoundError: there is no such value, or it does not stand there.

        """
        if item is None:
            return self[name]
        step, frames = self._on_items(name)
        if name_given(item, "item") not in frames:
            raise NotFoundError(f"{quoted(name)} stands on no item {quoted(item)}: {choices(item, frames)}")
        return self.outcome_of(step, frames[item], step.result(frames[item]))

    def exact(self, name: str | None = None, item: str | None = None) -> Outcome:
        """An outcome with exactly the results that some completion gives; see :func:`hmic_rules.questions.bounds.exact_outcome`."""
        from hmic_rules.questions.bounds import exact_outcome

        return exact_outcome(self, self.outcome.name if name is None else name, item)

    def items(self, name: str) -> dict[str, Outcome]:
        """The outcome, or any other value, of this name on every item or group, by its key.

        Raises:
            NotFoundError: there is no such value, or it stands on the case.

        """
        step, frames = self._on_items(name)
        return {key: self.outcome_of(step, one, step.result(one)) for key, one in frames.items()}

    def _on_items(self, name: str) -> tuple[Step, Mapping[str, Frames]]:
        step = self.step(name)
        if step.value.scope == CASE:
            raise NotFoundError(f"{quoted(name)} stands on the case: ask for it by `decision[{name!r}]`")
        return step, self.frames_on(step.value.scope)

    def frames_on(self, scope: str) -> Mapping[str, Frames]:
        """The rows of a collection or group, each with those that it stands on, by its key; found once, since many are asked for one by one."""
        if scope not in self._frames:
            self._frames[scope] = {key_of(frames): frames for frames in self.program.frames(self.case, scope)}
        return self._frames[scope]

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome: those of the case first, then those of items and groups."""
        values = self.ruleset.values
        for name in sorted(self.ruleset.outcomes, key=lambda name: values[name].scope != CASE):
            yield from (self[name],) if values[name].scope == CASE else self.items(name).values()

    def step(self, name: str) -> Step:
        """How a value is computed.

        Raises:
            NotFoundError: the rule set has no such value.

        """
        step = self.program.steps.get(name_given(name, "name"))
        if step is None:
            help = did_you_mean(name, self.program.steps)
            raise NotFoundError(
                f"the rule set {quoted(self.ruleset.name)} has no value {quoted(name)}" + (f": {help}" if help else "")
            )
        return step

    def outcome_of(self, step: Step, frames: Frames, result: Value) -> Outcome:
        """What a value came to on one row; see :func:`hmic_rules.standing.outcome_on`."""
        return outcome_on(step, frames, result)

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
        """What a value, or every outcome, rests on that no source states; see :func:`hmic_rules.assumptions.assumptions`."""
        from hmic_rules.assumptions import assumptions

        return assumptions(self, name)

    def record(
        self,
        *,
        case: str | None = None,
        date: datetime.date | None = None,
        redact: Iterable[str] = (),
        key: bytes | None = None,
    ) -> Record:
        """The decision put down with all that it was computed from, under its own hash; see :func:`hmic_rules.audit.records.record_of`."""
        from hmic_rules.audit.records import record_of

        return record_of(self, case=case, date=date, redact=redact, key=key)

    def missing(self) -> tuple[Missing, ...]:
        """What its undetermined outcomes wait for; see :func:`hmic_rules.missing.missing`."""
        from hmic_rules.missing import missing

        return missing(self)

    def unknowns(self, name: str | None = None, item: str | None = None) -> tuple[Unknown, ...] | None:
        """What can still change an outcome, the next question first; see :func:`hmic_rules.questions.bounds.unknowns`."""
        from hmic_rules.questions.bounds import unknowns

        return unknowns(self, self.outcome.name if name is None else name, item)

    def reason(self, name: str | None = None, item: str | None = None) -> Reason:
        """A minimal sufficient reason; see :func:`hmic_rules.questions.reasons.reason_of`."""
        from hmic_rules.questions.reasons import reason_of

        return reason_of(self, self.outcome.name if name is None else name, item)

    def why_not(self, wanted: str, **where: Any) -> Way | None:
        """The fewest things that stand in the way of an outcome; see :func:`hmic_rules.questions.reaching.why_not`."""
        from hmic_rules.questions.reaching import why_not

        return why_not(self, wanted, **where)

    def to_reach(self, wanted: str, costs: Costs | None = None, **where: Any) -> Way | None:
        """The cheapest changes after which an outcome follows; see :func:`hmic_rules.questions.reaching.to_reach`."""
        from hmic_rules.questions.reaching import to_reach

        return to_reach(self, wanted, costs, **where)

    def robustness(self, name: str | None = None, item: str | None = None) -> Robustness:
        """How few changes would change an outcome; see :func:`hmic_rules.questions.reaching.robustness`."""
        from hmic_rules.questions.reaching import robustness

        return robustness(self, name=name, item=item)

    def sensitivity(self, name: str | None = None, item: str | None = None) -> tuple[Sensitivity, ...]:
        """An outcome over the range of what is assumed; see :func:`hmic_rules.questions.sensitivity.sensitivity`."""
        from hmic_rules.questions.sensitivity import sensitivity

        return sensitivity(self, name, item)

    def reconcile(self, recorded: str, **where: Any) -> Reconciliation:
        """The smallest judgements that a recorded outcome implies; see :func:`hmic_rules.questions.reconciling.reconcile`."""
        from hmic_rules.questions.reconciling import reconcile

        return reconcile(self, recorded, **where)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The facts that are not known; see :func:`hmic_rules.explanations.unknown_facts`."""
        from hmic_rules.explanations import unknown_facts

        return unknown_facts(self)

    def __repr__(self) -> str:
        return f"<Decision by {self.ruleset.name}: {'; '.join(f'{name} {self[name]}' for name in self.case_outcomes)}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from hmic_rules.notebooks import of_decision

        return of_decision(self)

    @property
    def case_outcomes(self) -> tuple[str, ...]:
        """The names of the outcomes that stand on the case itself."""
        return tuple(name for name in self.ruleset.outcomes if self.ruleset.values[name].scope == CASE)

    def to_data(self) -> dict[str, Any]:
        """The decision as plain data, for JSON: what decided it, and every outcome."""
        return {
            "ruleset": self.ruleset.name,
            "edition": self.ruleset.edition,
            "extends": ancestors_data(self.ruleset),
            "picked": None if self.ruleset.picked is None else picked_data(self.ruleset.picked),
            "framework": self.framework,
            "profile": self.profile,
            "engines": list(self.engines),
            "outcomes": [outcome_data(outcome) for outcome in self.outcomes],
        }


def decide(
    ruleset: Ruleset | Series,
    case: Any,
    *,
    on: datetime.date | str | None = None,
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    engine: EngineName | None = None,
) -> Decision:
    """Decide a case.

    A value is given where every completion of the unknown facts gives it; otherwise the decision says which results are still possible.

    Args:
        ruleset: the rules, or a series of editions of them.
        case: a mapping from input names to Python values; or a whole case with ``facts`` and, if it likes, ``framework``, ``profile`` and ``parameters``.
        on: the date by which an edition is picked; a rule set alone has to be in force on it.
        framework: the framework whose items fill the rule set's collection.
        profile: the reading; the rule set's default where none is named.
        parameters: settings that take precedence over the profile's.
        engine: ``reference`` computes alone; ``both`` has durable_rules compute every value that it can a second time and compares;
            ``durable`` has durable_rules compute every value that conditions decide, from what the reference computes before posting.
            Where none is named, both where durable_rules can be imported and computes something of the rule set, else the reference.

    Raises:
        InputError: the case has an unknown name or a value of a wrong type, with every such problem.
        NotFoundError: there is no such framework or profile, or no edition, or more than one, is in force on the date.
        ConflictError: two rules of a ``unique`` list hold together.
        EngineError: durable_rules was asked for and cannot be imported, or does not compute the rule set.
        DisagreementError: the engines come to different answers.

    """
    if engine is not None and (not isinstance(engine, str) or str.__str__(engine) not in ENGINES):
        raise InputError(
            [Diagnostic("engine", f"{quoted(engine)} is not an engine", did_you_mean(text_of(engine), ENGINES))]
        )
    ruleset = edition_for(ruleset, on)
    facts, framework, profile, parameters = taken_apart(case, framework, profile, parameters)
    try:
        program = program_for(ruleset, framework, profile, parameters)
    except InputError as wrong:
        raise InputError(capped([*wrong.diagnostics, *_also_wrong(ruleset, facts, framework, profile)])) from None
    row = case_row(program, facts)
    if engine == REFERENCE:
        return Decision(program, row, program.run(row))
    return _with_durable(program, row, engine)


def _also_wrong(ruleset: Ruleset, facts: Any, framework: str | None, profile: str | None) -> tuple[Diagnostic, ...]:
    """What is wrong with the facts of a case whose parameters are wrong, so that all of it is said together."""
    try:
        case_row(program_for(ruleset, framework, profile, None), facts)
    except InputError as wrong:
        return wrong.diagnostics
    return ()


def _with_durable(program: Program, row: Row, engine: EngineName | None) -> Decision:
    from hmic_rules.backends.durable import backend_for, compare, computes, program_by_durable

    if engine == "durable":
        program = program_by_durable(program)
        return Decision(program, row, program.run(row), (DURABLE,))
    if engine is None and not computes(program.ruleset):
        return Decision(program, row, program.run(row))
    backend_for(program.ruleset)
    decision = Decision(program, row, program.run(row), (REFERENCE, DURABLE))
    compare(decision)
    return decision
