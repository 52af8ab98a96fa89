"""Values computed a second time by durable_rules, and compared with what the reference computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from attrs import evolve, frozen

from hmic_rules.backends.answers import Answer, Atoms, Compiled, Key, Posting, posting_of
from hmic_rules.backends.coding import Codes
from hmic_rules.backends.combining import Fired, combined
from hmic_rules.backends.compiling import Plan, UnsuitedError, plan_for
from hmic_rules.backends.engine import ENGINE, MISSING, Engine, engine_module
from hmic_rules.backends.gate import RefusedError
from hmic_rules.comparing import Frames
from hmic_rules.conditions import Symbol, Truth
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import ConflictError, DisagreementError, EngineError, quoted
from hmic_rules.outcomes import key_of
from hmic_rules.possible import OneOf, Value
from hmic_rules.programs import Program, Step
from hmic_rules.rules import PointRule, Points, Rule, RuleList
from hmic_rules.rulesets import Ruleset
from hmic_rules.traces import trace_of

__all__ = ["Backend", "EngineTrace", "Planned", "backend_for", "compare", "computes", "planned", "program_by_durable"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES


@frozen
class EngineTrace:
    """One value as durable_rules computed it.

    Attributes:
        name: the value.
        item: the key of the item or group it stands on, ``None`` for the case.
        surely: what was posted as surely holding, by property.
        possibly: what was posted as possibly holding.
        fired: for each rule, limit and ``applies``: *yes* where it surely fires, *unknown* where it possibly does, else *no*.
        result: what follows, as it would be written.

    """

    name: str
    item: str | None
    surely: Mapping[str, int]
    possibly: Mapping[str, int]
    fired: Mapping[str, str]
    result: str


@frozen(eq=False)
class Planned:
    """What of a rule set durable_rules can compute, and for every other value why not."""

    plans: Mapping[str, Plan]
    refused: Mapping[str, str]


@frozen(eq=False)
class Backend:
    """The values of a rule set that durable_rules computes."""

    compiled: Mapping[str, Compiled]

    def close(self) -> None:
        """Give back what durable_rules holds; it is compiled again where it is needed again."""
        for one in self.compiled.values():
            one.engine.close()


def planned(ruleset: Ruleset) -> Planned:
    """The plans of a rule set's values, made once; durable_rules need not be there."""
    found = cast("Planned | None", ruleset._programs.get("planned"))
    if found is None:
        plans: dict[str, Plan] = {}
        refused: dict[str, str] = {}
        for name, value in ruleset.values.items():
            try:
                plans[name] = plan_for(value)
            except (RefusedError, UnsuitedError) as refusal:
                refused[name] = str(refusal)
        found = ruleset._programs.setdefault("planned", Planned(plans, refused))
    return found


def backend_for(ruleset: Ruleset) -> Backend:
    """The rule set compiled by durable_rules, once.

    Raises:
        EngineError: durable_rules cannot be imported, or computes nothing of the rule set.

    """
    found = cast("Backend | None", ruleset._programs.get(ENGINE))
    if found is not None:
        return found
    plans = planned(ruleset).plans
    if engine_module() is None:
        raise EngineError(MISSING)
    if not plans:
        raise EngineError(f"durable_rules computes nothing of the rule set {quoted(ruleset.name)}: {refusals(ruleset)}")
    compiled = {name: Compiled(plan, Engine(plan.rules, plan.properties)) for name, plan in plans.items()}
    return cast("Backend", ruleset._programs.setdefault(ENGINE, Backend(compiled)))


def computes(ruleset: Ruleset) -> bool:
    """Whether durable_rules can be imported and computes something of the rule set."""
    return engine_module() is not None and bool(planned(ruleset).plans)


def refusals(ruleset: Ruleset) -> str:
    """Why durable_rules does not compute some of the values."""
    return "; ".join(f"{quoted(name)}: {why}" for name, why in planned(ruleset).refused.items())


@frozen(eq=False)
class Asker:
    """Reads from the rows of one program what a value's plan posts."""

    compiled: Compiled
    step: Step
    names: tuple[tuple[int, int, Codes, tuple[Callable[[Frames], Truth], ...]], ...]
    marks: tuple[Callable[[Frames], Truth], ...]
    bounds: tuple[Callable[[Frames], Value], ...]
    places: tuple[tuple[int, int], ...]
    conditions: tuple[Callable[[Frames], Truth], ...]
    atoms_alone: bool

    def key(self, frames: Frames) -> Key:
        """What is posted of one row: all that its answer follows from."""
        atoms = self.atoms(frames)
        if self.atoms_alone:
            return atoms
        given, conflict = self.given(frames)
        turns = tuple([self.turn(frames, depth, slot) for depth, slot in self.places])
        judged = self.step.judged(frames) is not None
        return Posting(atoms, tuple([read(frames) for read in self.bounds]), given, judged, turns, conflict)

    def atoms(self, frames: Frames) -> Atoms:
        """Codes of known names, truths of all else."""
        found: list[Any] = []
        for depth, slot, codes, truths in self.names:
            code = codes.code(frames[depth][slot])
            found.append(tuple([truth(frames) for truth in truths]) if code is None else code)
        for mark in self.marks:
            found.append(mark(frames))  # noqa: PERF401 - one list, and no second one to join
        return tuple(found)

    def given(self, frames: Frames) -> tuple[Value | None, str | None]:
        """What the reference calculated before limits, or why it could not."""
        if not self.compiled.plan.given:
            return None, None
        try:
            return self.step.produce(frames), None
        except ConflictError as conflict:
            return None, str(conflict)

    def turn(self, frames: Frames, depth: int, slot: int) -> tuple[Atoms, ...] | None:
        """The atoms under each of the values that a name can have, ``None`` where they are not several labels."""
        value = frames[depth][slot]
        if not isinstance(value, OneOf):
            return None
        found: list[Atoms] = []
        for member in sorted(value.members, key=shown):
            row = list(frames[depth])
            row[slot] = member
            found.append(self.atoms([*frames[:depth], row, *frames[depth + 1 :]]))
        return tuple(found)

    def answer(self, frames: Frames) -> Answer:
        return self.compiled.answer(self.key(frames))

    def agrees(self, answer: Answer, step: Step, frames: Frames) -> bool:
        """Whether the reference gave the same result, and says the same of every rule and limit."""
        if answer.conflict is not None or answer.read != frames[-1][step.slot]:
            return False
        truths = tuple(_truth(answer.fired, number) for number in range(len(self.conditions)))
        same = truths == tuple(condition(frames) for condition in self.conditions)
        return same and answer.result == step.result(frames)

    def trace(self, frames: Frames) -> EngineTrace:
        key = self.key(frames)
        answer, plan = self.compiled.answer(key), self.compiled.plan
        surely, possibly = self.compiled.posted(posting_of(key).atoms)
        body, numbers = plan.value.body, plan.numbers
        labels: dict[int, str] = {} if numbers.applies is None else {numbers.applies: "applies"}
        rules: tuple[Rule | PointRule, ...] = body.rules if isinstance(body, RuleList | Points) else ()
        labels |= {at: f"rule {rule.id}" for at, rule in zip(numbers.rules, rules, strict=False)}
        labels |= {at: "the condition" for at in numbers.rules if at not in labels}
        labels |= {
            at: f"limit {limit.id}"
            for at, limit in zip(numbers.limits, plan.value.limits, strict=True)
            if at is not None
        }
        said = {labels[number]: str(_truth(answer.fired, number)) for number in range(len(plan.conditions))}
        result = str(answer.conflict) if answer.result is None else shown(answer.result)
        item = None if len(frames) == 1 else key_of(frames)
        return EngineTrace(plan.value.name, item, surely, possibly, said, result)


def _truth(fired: Fired, number: int) -> Truth:
    return YES if number in fired.surely else UNKNOWN if number in fired.possibly else NO


def asker(program: Program, name: str) -> Asker | None:
    """How a value's facts are read in a program, or ``None`` where durable_rules does not compute it."""
    kept = cast("dict[str, Asker]", program.others.setdefault("askers", {}))
    if name in kept:
        return kept[name]
    compiled = backend_for(program.ruleset).compiled.get(name)
    if compiled is None:
        return None
    step, compiler, plan = program.steps[name], program.compiler, compiled.plan

    def place_of(symbol: Symbol) -> tuple[int, int]:
        return compiler.layout.depth(symbol.scope, step.stack), compiler.layout.slots[symbol.scope][symbol.name]

    names = tuple(
        (*place_of(one.symbol), one.codes, tuple(compiler.truths[plan.atoms[place].node] for place in one.atoms))
        for one in plan.names
    )
    marks = tuple(compiler.truths[atom.node] for atom in plan.marks)
    bounds = tuple(compiler.getter(one.bound, step.stack) for one in plan.value.limits if isinstance(one.bound, Symbol))
    places = tuple(place_of(one.symbol) for one in plan.alternatives)
    conditions = tuple(compiler.truths[condition] for condition in plan.conditions)
    alone = not (bounds or places or plan.given)
    kept[name] = Asker(compiled, step, names, marks, bounds, places, conditions, alone)
    return kept[name]


def askers(program: Program) -> list[tuple[Step, Asker]]:
    """Every value that durable_rules computes, in the order of evaluation."""
    found = cast("list[tuple[Step, Asker]] | None", program.others.get("compared"))
    if found is None:
        steps = [(program.steps[name], asker(program, name)) for name in program.ruleset.order if name in program.steps]
        found = program.others["compared"] = [(step, asking) for step, asking in steps if asking is not None]
    return found


def compare(decision: Decision) -> None:
    """Compute a decision of the reference a second time.

    Raises:
        DisagreementError: durable_rules says otherwise of a value or of a rule.
        EngineError: durable_rules failed.

    """
    program = decision.program
    for step, asking in askers(program):
        compiled = asking.compiled
        for frames in program.frames(decision.case, step.value.scope):
            if step.departed is not None and step.judged(frames) is not None:
                continue  # a person judged it, and nobody computes it
            key = asking.key(frames)
            if compiled.agreed.get(key) == frames[-1][step.slot]:
                continue  # the same facts were compared before, rule by rule
            answer = compiled.answer(key)
            if not asking.agrees(answer, step, frames):
                raise _disagreement(decision, asking, step, frames)
            compiled.agreed[key] = cast("Value", answer.read)


def _disagreement(decision: Decision, asking: Asker, step: Step, frames: Frames) -> DisagreementError:
    durable = asking.trace(frames)
    reference = trace_of(decision, step, frames)
    where = "" if durable.item is None else f" of {quoted(durable.item)}"
    return DisagreementError(
        f"the engines disagree on {quoted(durable.name)}{where}: the reference gives {quoted(str(reference.outcome))}, "
        f"durable_rules {quoted(durable.result)}; the error holds both traces",
        durable.name,
        durable.item,
        reference,
        durable,
    )


@frozen(eq=False)
class DurableStep(Step):
    """A step whose result comes from durable_rules; its rules answer as they fired there."""

    asking: Asker | None = None

    def result(self, frames: Frames) -> Value:
        assert self.asking is not None  # noqa: S101 - it is made with one
        if self.departed is not None and (judged := self.judged(frames)) is not None:
            return judged
        answer = self.asking.answer(frames)
        if answer.conflict is not None:
            raise ConflictError(*answer.conflict.args)
        return cast("Value", answer.result)


def _durable_step(asking: Asker) -> DurableStep:
    plan, step = asking.compiled.plan, asking.step

    def fires(number: int) -> Callable[[Frames], Truth]:
        return lambda frames: _truth(asking.answer(frames).fired, number)

    return DurableStep(
        step.value,
        step.stack,
        step.slot,
        None if plan.numbers.applies is None else fires(plan.numbers.applies),
        tuple(map(fires, plan.numbers.rules)),
        lambda frames: combined(plan.value, plan.numbers, asking.answer(frames).situation),
        step.limiter,
        step.judgement,
        asking=asking,
    )


def program_by_durable(program: Program) -> Program:
    """The same program with durable_rules computing every value that conditions decide.

    Raises:
        EngineError: durable_rules cannot be imported, or the gate refuses such a value.

    """
    found = cast("Program | None", program.others.get(ENGINE))
    if found is not None:
        return found
    backend_for(program.ruleset)
    refused = planned(program.ruleset).refused
    conditional = [name for name in refused if program.ruleset.values[name].conditional]
    if conditional:
        listed = "; ".join(f"{quoted(name)}: {refused[name]}" for name in conditional)
        raise EngineError(f"durable_rules alone does not compute the rule set {quoted(program.ruleset.name)}: {listed}")
    steps = dict(program.steps)
    for name in program.steps:
        asking = asker(program, name)
        if asking is not None:
            steps[name] = _durable_step(asking)
    return cast("Program", program.others.setdefault(ENGINE, evolve(program, steps=steps, others={})))
