"""Whether a mutant decides every complete case as the rule set does, shown by decision diagrams, without looking at any case.

What was changed is compared first, by itself: as a function of what its rules read, whatever that may be, known or not; and where it is not the
same as such, as a function of the facts. Where it is the same, so is all that rests on it. Where it is not, what reads it is compared, and so on
up to the outcomes. Two values are the same where their diagrams have one number in one store: in every case, under every framework and reading,
and whatever the settings are that have few values.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import combinations
from operator import eq
from typing import Any, Final, Literal, TypeAlias, cast

from attrs import define, evolve, field, frozen
from mutants import Mutant

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE, All, Condition, Not, Symbol, Truth
from hmic_rules.conditions import Any as AnyOf
from hmic_rules.datatypes import BooleanType, LabelType, NumberType
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.building import Run
from hmic_rules.diagrams.conditions import Lifted
from hmic_rules.diagrams.facts import Facts
from hmic_rules.diagrams.frontier import closure_of, frontier_of
from hmic_rules.diagrams.nodes import Diagram, Store, TooManyStates
from hmic_rules.diagrams.universes import Universe, item_of, lifted_frames
from hmic_rules.diagrams.uses import Uses, uses_of
from hmic_rules.diagrams.values import value_of
from hmic_rules.diagrams.variables import Order, SharedOrder
from hmic_rules.diagrams.walks import ways_to
from hmic_rules.errors import HmicRulesError
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Between, Known, Value, is_known, members, union
from hmic_rules.programs import Program
from hmic_rules.rules import Judged, RuleList, Truthful, ValueRule
from hmic_rules.verification.case_shapes import CaseShape
from hmic_rules.verification.usual import cost_of
from hmic_rules.verification.views import IMPOSSIBLE, Part, View
from hmic_rules.verification.witnesses import FILLINGS, witness_of

__all__ = ["Comparison", "Given", "answers", "compared"]

Verdict: TypeAlias = Literal["same", "differs", "open"]
READ_ANEW: Final = ("inputs", "collections")
MOST_LISTED: Final = 5
TRUTHS: Final = (Truth.YES, Truth.NO, Truth.UNKNOWN)


@frozen
class Given:
    """A complete case, to be decided again."""

    facts: Mapping[str, Any]
    framework: str | None
    profile: str | None
    parameters: Mapping[str, Any]

    def __str__(self) -> str:
        named = {"framework": self.framework, "profile": self.profile, "parameters": self.parameters}
        return str({"facts": self.facts, **{name: one for name, one in named.items() if one}})


@frozen
class Comparison:
    """What the diagrams say of a mutant.

    Attributes:
        verdict: ``same``: it decides every case as the rule set does; ``differs``: not the case that is given; ``open``: they do not tell.
        values: the values that were compared, and are the same.
        within: what the comparison does not go beyond; empty where it is exact for every case and every setting.
        why: why it is open.
        witness: a case on which the two differ; both have decided it.

    """

    verdict: Verdict
    values: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    witness: Given | None = None


@define(eq=False)
class Findings:
    """What was found so far of one mutant."""

    same: list[str] = field(factory=list)
    within: dict[str, None] = field(factory=dict)
    why: dict[str, None] = field(factory=dict)
    witness: Given | None = None


def answers(ruleset: hr.Ruleset, given: Given) -> object:
    """Every outcome of a case; or the kind of error where it is refused."""
    try:
        decision: Decision = ruleset.decide(
            given.facts,
            framework=given.framework,
            profile=given.profile,
            parameters=given.parameters or None,
            engine="reference",
        )
    except HmicRulesError as error:
        return type(error)
    return [(outcome.name, outcome.item, outcome.status, outcome.possible) for outcome in decision.outcomes]


def compared(ruleset: hr.Ruleset, mutant: Mutant) -> Comparison:
    """Whether a mutant is the same in every complete case; open where what is absent, or the readings, are other than before."""
    other = mutant.ruleset
    apart = [part for part in READ_ANEW if repr(getattr(ruleset, part)) != repr(getattr(other, part))]
    if apart:
        return Comparison("open", why=("in a complete case nothing is absent",))
    if repr((ruleset.parameters, ruleset.profiles)) != repr((other.parameters, other.profiles)):
        return Comparison("open", why=("its settings are other than before",))
    return _upwards(ruleset, other)


def _upwards(ruleset: hr.Ruleset, other: hr.Ruleset) -> Comparison:
    """The values that were changed, and whatever reads one that is no longer the same, in the order in which they are decided."""
    changed = _changed(ruleset, other)
    moved: set[str] = set()
    found = Findings()
    for name in ruleset.order:
        if name not in ruleset.values:
            continue
        reads = ruleset.values[name].reads | other.values[name].reads
        if name not in changed and not reads & moved:
            continue
        verdict: Verdict = "open"
        if not reads & moved:
            if ruleset.groups is other.groups and _by_conditions(ruleset, other, name):
                found.same.append(name)
                continue
            verdict = _everywhere(ruleset, other, name, _as_such(ruleset, other, name), found)
            if verdict != "same":
                verdict = _everywhere(ruleset, other, name, _as_such(ruleset, other, name, known=True), found)
        if verdict != "same":
            verdict = _everywhere(ruleset, other, name, _by_facts(ruleset, other, name, moved), found)
        if found.witness is not None:
            return Comparison("differs", witness=found.witness)
        if verdict == "same":
            found.same.append(name)
        elif ruleset.values[name].outcome:
            return Comparison("open", why=tuple(found.why) or (f"no case was found on which `{name}` differs",))
        else:
            moved.add(name)
    return Comparison("same", tuple(found.same), tuple(found.within))


def _changed(ruleset: hr.Ruleset, other: hr.Ruleset) -> set[str]:
    """The values that were changed themselves, and those that ask the rows of a group that was."""
    groups = {name for name, group in ruleset.groups.items() if repr(group) != repr(other.groups[name])}
    return {
        name
        for name, value in ruleset.values.items()
        if value.scope in groups
        or value.reads & groups
        or (other.values[name] is not value and repr(other.values[name]) != repr(value))
    }


@frozen(eq=False)
class _Way:
    """One way to compare a value.

    Attributes:
        reads: the values whose rules are looked at.
        parts: both rule sets under a framework, a reading, and with settings left open.
        views: their universes.
        finds: whether a difference is one of real cases.
        known: up to how many rows what it takes to be known is known; ``None`` where it is not.

    """

    reads: frozenset[str]
    parts: Callable[[str | None, str | None, tuple[str, ...]], list[Part]]
    views: Callable[[Part], list[View]]
    finds: bool = False
    known: Callable[[str | None, str | None, tuple[str, ...]], Iterable[str] | None] = lambda *_: ()


def _everywhere(ruleset: hr.Ruleset, other: hr.Ruleset, name: str, way: _Way, found: Findings) -> Verdict:
    """One value under every framework and reading."""
    within: dict[str, None] = {}
    fixed = _fixed(ruleset, way.reads)
    readings = _readings(ruleset, fixed)
    if not readings:
        found.why[f"`{name}` rests on a setting that no reading sets"] = None
        return "open"
    for profile, opened in readings:
        for framework in (None, *ruleset.frameworks):
            try:
                known = way.known(framework, profile, opened)
                if known is None:
                    found.why[f"what `{name}` reads can be unknown although every fact is known"] = None
                    return "open"
                limits = dict.fromkeys(known)
                verdict = _in_part(way, way.parts(framework, profile, opened), name, limits, found)
            except TooManyStates as many:
                found.why[f"the diagrams of `{name}` would have {many}"] = None
                return "open"
            if verdict != "same":
                return verdict
            filled = [text for text in limits if f"`{ruleset.fills}`" in text]
            within.update({f"{text} where no framework is named" if text in filled else text: None for text in limits})
            if not filled and framework is None:
                break  # what a framework says of its items could be said without it
    if fixed:
        words = " and ".join(f"`{one}`" for one in fixed)
        within[f"with {words} as {'the readings set it' if ruleset.profiles else 'it is by default'}"] = None
    found.within.update(within)
    return "same"


def _readings(ruleset: hr.Ruleset, fixed: Sequence[str]) -> list[tuple[str | None, tuple[str, ...]]]:
    """The readings that can matter, and the settings that are left open in them, since they have few values.

    A setting with many values is as a reading sets it; where one of those that matter is not set there, that reading says nothing.
    """
    opened = tuple(one for one, parameter in ruleset.parameters.items() if _few(parameter.type))
    seen: list[Any] = []
    found: list[tuple[str | None, tuple[str, ...]]] = []
    profiles: list[str | None] = list(ruleset.profiles)
    if ruleset.default_profile is None:
        profiles.insert(0, None)
    for profile in profiles:
        given = {} if profile is None else ruleset.profiles[profile].parameters
        settings = [given.get(one, ruleset.parameters[one].default) for one in fixed]
        words = {} if profile is None else dict(ruleset.profiles[profile].terms)
        if None not in settings and (settings, words) not in seen:
            seen.append((settings, words))
            found.append((profile, opened))
    return found


def _fixed(ruleset: hr.Ruleset, names: Iterable[str]) -> list[str]:
    """The settings with many values on which these values rest."""
    asked = {read.partition(".")[2] for one in names for read in ruleset.values[one].reads}
    return [one for one, parameter in ruleset.parameters.items() if one in asked and not _few(parameter.type)]


def _few(type: Any) -> bool:
    return isinstance(type, BooleanType | LabelType)


def _in_part(way: _Way, parts: list[Part], name: str, limits: dict[str, None], found: Findings) -> Verdict:
    """One value of both under one framework and reading."""
    olds, news = map(way.views, parts)
    twins = {_shape(view): view for view in news}
    if not olds or {_shape(view) for view in olds} != twins.keys():
        found.why[f"`{name}` has no cases of the same shapes in both that tell everything apart"] = None
        return "open"
    for view in olds:
        twin = twins[_shape(view)]
        limits.update(dict.fromkeys((*view.limits, *twin.limits)))
        results, theirs = view.results(name), twin.results(name)
        if results.keys() != theirs.keys():
            found.why[f"`{name}` stands on other items"] = None
            return "open"
        for item, before in results.items():
            after = theirs[item]
            why = dict.fromkeys((*view.universe.inexact(before), *twin.universe.inexact(after)))
            if before != after and way.finds:
                found.witness = _witness(view, twin, name, before, after)
            if before != after or why:
                found.why.update(why)
                return "open" if why else "differs"
    return "same"


# A value as a function of the facts


def _by_facts(ruleset: hr.Ruleset, other: hr.Ruleset, name: str, moved: set[str]) -> _Way:
    """Over what the groups of a case come to, or over the facts of a few rows.

    Over groups only where these are there whatever rows there are, come to the same in both, and come to something that is known.
    """
    pins = frontier_of(ruleset, name)
    closure = closure_of(ruleset, [name])

    def parts(framework: str | None, profile: str | None, opened: tuple[str, ...]) -> list[Part]:
        programs = [_program(ruleset, framework, profile, opened), _bound(other, framework, profile, opened)]
        uses = uses_of(programs[0]) | uses_of(programs[1])
        orders: dict[Any, SharedOrder] = {}
        return [Part(program, uses, orders, below=_below(programs[0])) for program in programs]

    def views(part: Part) -> list[View]:
        apart = any(closure_of(ruleset, [pin]) & moved for pin in pins)
        there = all(ruleset.groups[ruleset.values[pin].scope].expected is not None for pin in pins)
        if apart or not there or part.below is None or not _all_known(part.below, pins):
            return part.plain_views(name)
        return part.views(name)

    return _Way(closure, parts, views, finds=ruleset.values[name].outcome)


@functools.cache
def _program(ruleset: hr.Ruleset, framework: str | None, profile: str | None, opened: tuple[str, ...]) -> Program:
    return _bound(ruleset, framework, profile, opened)


def _bound(ruleset: hr.Ruleset, framework: str | None, profile: str | None, opened: tuple[str, ...]) -> Program:
    return program_for(ruleset, framework, profile, dict.fromkeys(opened))


@functools.cache
def _below(program: Program) -> Part:
    """What the groups of a program come to, worked out once for all mutants that leave it as it is."""
    return Part(program)


@functools.cache
def _all_known(part: Part, pins: tuple[str, ...]) -> bool:
    """Whether what groups come to is known in every complete case: what is not has no place among the cells of a diagram."""
    return all(
        is_known(leaf) and leaf is not NO_RULE
        for pin in pins
        for view in part.plain_views(pin)
        for diagram in view.results(pin).values()
        for leaf in view.store.leaves(diagram)
    )


def whatever_of(value: ValueRule, uses: Uses) -> tuple[Value, ...]:
    """Everything that can be known of a value: each of its results, and each set of several; nothing where these are too many to list."""
    listed = members(value.type.whole)
    found: list[Value] = []
    if listed is not None:
        some: list[Known] = sorted(listed, key=str)
        if len(some) > MOST_LISTED:
            return ()
        found = [union(few) for size in range(1, len(some) + 1) for few in combinations(some, size)]
    elif isinstance(value.type, NumberType) and (value.scope, value.name) not in uses.computed:
        line: Any = cells_of(value.type, uses.constants.get((value.scope, value.name), ()))
        found = [*line, *(Between(low, high) for low, high in combinations(line, 2))]
    else:
        return ()
    if value.applies is not None or listed is None:
        found += [NOT_APPLICABLE, *(union([one, NOT_APPLICABLE]) for one in found)]
    return tuple(found)


def known_of(value: ValueRule, uses: Uses) -> tuple[Value, ...]:
    """Those of them that leave nothing open."""
    return tuple(one for one in whatever_of(value, uses) if is_known(one))


# A value as a function of its conditions


class _Conditions(Lifted):
    """Each test, count, share and quantified condition is a variable; the same one wherever it reads the same."""

    def truth(self, node: Condition, frames: Sequence[Any], stack: tuple[str, ...]) -> Diagram:
        if isinstance(node, Not | All | AnyOf):
            return super().truth(node, frames, stack)
        found = self.opaque.get(repr(node))
        if found is None:
            level = self.store.variable(len(TRUTHS))
            found = self.opaque[repr(node)] = self.store.choice(level, TRUTHS)
        return found


def _by_conditions(ruleset: hr.Ruleset, other: hr.Ruleset, name: str) -> bool:
    """Whether a value follows in the same way from its conditions, whichever hold, do not hold or are unknown, on any rows."""
    store, opaque = Store(), dict[Any, Diagram]()
    found: list[Diagram] = []
    for one in (ruleset, other):
        value = one.values[name]
        if not isinstance(value.body, RuleList | Truthful) or any(
            isinstance(limit.bound, Symbol) for limit in value.limits
        ):
            return False
        program = _program(one, None, None, ()) if one is ruleset else _bound(one, None, None, ())
        lifted = _Conditions(program, store, {}, _asking(Order(store)), opaque)
        found.append(value_of(lifted, program.steps[name], [[]]))
    return found[0] == found[1]


# A value as a function of what its rules read


class _AsSuch(Part):
    """A rule set of one value, with the values that it reads: these are variables, and whatever could be known of them is one of their cells."""

    cells = staticmethod(whatever_of)

    def _universe(self, shape: CaseShape, wanted: Sequence[str], pins: Sequence[str]) -> Universe:
        orders, uses, program, (name,) = cast("Any", self.orders), cast("Uses", self.uses), self.program, wanted
        order = orders.setdefault((str(shape), str(shape.placed)), SharedOrder(Store())).another()
        facts = Facts(program, shape.case, uses, order, known_fixed=False)
        row = facts.rows()
        lifted = Lifted(program, order.store, facts.settings(), _asking(order), judged=facts.judged)
        read: dict[tuple[str, str | None], Diagram] = {}
        run = Run(facts, lifted, read)
        for one in program.ruleset.order:
            if one in program.ruleset.groups:
                run.group(program.ruleset.groups[one], row)
                continue
            step = program.steps[one]
            for frames in lifted_frames(program, row, step.value.scope):
                item = item_of(frames)
                if one != name:
                    cells = self.cells(step.value, uses)
                    variable = order.add("value", one, step.value.scope, item, cells)
                    read[one, item] = order.store.choice(variable.level, cells)
                run.value(step, frames, item)
        clash = order.store.leaf(value=False)
        for one in run.clashes:
            clash = order.store.apply(lambda left, right: left or right, clash, one)
        return Universe(program, shape.case, order, lifted, row, run.results, clash)


class _AsKnown(_AsSuch):
    """The same, where what it reads is always known."""

    cells = staticmethod(known_of)


def _asking(order: Order) -> Callable[[Any, str, str], Diagram]:
    def ask(frames: Any, words: str, why: str) -> Diagram:
        variable = order.add("asked", words, CASE, item_of(frames), (Truth.YES, Truth.NO), why=why)
        return order.store.choice(variable.level, variable.cells)

    return ask


def _as_such(ruleset: hr.Ruleset, other: hr.Ruleset, name: str, *, known: bool = False) -> _Way:
    """Over what its rules read, each by itself: values that cannot stand together are looked at as well."""
    kind = _AsKnown if known else _AsSuch

    def parts(framework: str | None, profile: str | None, opened: tuple[str, ...]) -> list[Part]:
        alone = [_alone(ruleset, name), _reduced(other, name)]
        programs = [_program(alone[0], framework, profile, opened), _bound(alone[1], framework, profile, opened)]
        uses = uses_of(programs[0]) | uses_of(programs[1])
        orders: dict[Any, SharedOrder] = {}
        return [kind(program, uses, orders) for program in programs]

    def views(part: Part) -> list[View]:
        return _views_as_such(part, name)

    def all_known(framework: str | None, profile: str | None, opened: tuple[str, ...]) -> Iterable[str] | None:
        found: dict[str, None] = {}
        for one in sorted(_alone(ruleset, name).values.keys() - {name}) if known else ():
            limits = _known_up_to(ruleset, one, framework, profile, opened)
            if limits is None:
                return None
            found.update(dict.fromkeys(limits))
        return found

    reads = closure_of(ruleset, [name]) if known else frozenset([name])
    return _Way(reads, parts, views, known=all_known)


def _views_as_such(part: Part, name: str) -> list[View]:
    read = [value for value in part.ruleset.values.values() if value.name != name]
    return part.plain_views(name) if all(whatever_of(one, cast("Uses", part.uses)) for one in read) else []


@functools.cache
def _known_up_to(
    ruleset: hr.Ruleset, name: str, framework: str | None, profile: str | None, opened: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Up to how many rows a value is known in every complete case; ``None`` where it is not, or the diagrams do not tell."""
    alone = _alone(ruleset, name)
    found: dict[str, None] = {}
    for one in sorted(alone.values.keys() - {name}):
        limits = _known_up_to(ruleset, one, framework, profile, opened)
        if limits is None:
            return None
        found.update(dict.fromkeys(limits))
    program = _program(alone, framework, profile, opened)
    views = _views_as_such(_AsKnown(program, uses_of(program), {}), name)
    for view in views:
        found.update(dict.fromkeys(view.limits))
        for diagram in view.results(name).values():
            leaves = view.store.leaves(diagram)
            if view.universe.inexact(diagram) or not all(is_known(leaf) and leaf is not NO_RULE for leaf in leaves):
                return None
    return tuple(found) if views else None


@functools.cache
def _alone(ruleset: hr.Ruleset, name: str) -> hr.Ruleset:
    """Made once for the rule set, as against its mutants."""
    return _reduced(ruleset, name)


def _reduced(ruleset: hr.Ruleset, name: str) -> hr.Ruleset:
    """A value with those that it reads, of which nothing is left but their types and whether they may be not applicable."""
    own = ruleset.values[name]
    values = {
        one: evolve(
            value,
            body=Judged(),
            applies=None if value.applies is None else All((), value.span),
            limits=(),
            reads=frozenset(),
            outcome=False,
        )
        for one, value in ruleset.values.items()
        if one in own.reads
    }
    values[name] = own
    order = tuple(one for one in ruleset.order if one in values or one in ruleset.groups)
    return evolve(ruleset, values=values, order=order, claims=(), cases=(), programs={})


def _shape(view: View) -> tuple[str, str]:
    return str(view.shape), str(view.shape.placed)


def _witness(view: View, twin: View, name: str, before: Diagram, after: Diagram) -> Given | None:
    """A case that the two decide otherwise; each decides it by the reference."""
    store = view.store
    joint = store.apply(
        lambda one, other: None if one == other and type(one) is type(other) else (one, other), before, after
    )
    variables = {each.level: each for each in (*twin.universe.order.own, *view.universe.order.own)}
    cost = cost_of(view.universe.program, list(variables.values()))
    for pair in [leaf for leaf in store.leaves(joint) if leaf is not None and IMPOSSIBLE not in leaf]:
        chosen = ways_to(store, joint, partial(eq, pair), cost).first()
        for filling in FILLINGS if chosen is not None else ():
            old, new = (witness_of(one, chosen, filling) for one in (view, twin))
            parameters = {**old.parameters, **new.parameters}
            given = Given({**old.facts, **new.facts}, old.framework, old.profile, parameters)
            if answers(view.part.ruleset, given) != answers(twin.part.ruleset, given):
                return given
    return None
