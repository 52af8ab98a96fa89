"""What must make a difference in some case: every result is given, every rule and limit decides, every fact and word counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from hmic_rules.cases import case_row
from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE, Condition, Truth
from hmic_rules.datatypes import BooleanType, DateType, LabelType, MonthType, NumberType, shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.frontier import closure_of, frontier_of
from hmic_rules.diagrams.nodes import TooManyStates
from hmic_rules.diagrams.universes import lifted_frames
from hmic_rules.diagrams.uses import uses_of
from hmic_rules.diagrams.values import value_of
from hmic_rules.diagrams.variables import SharedOrder, Variable
from hmic_rules.diagrams.walks import restricted
from hmic_rules.errors import ConflictError, HmicRulesError, quoted
from hmic_rules.possible import AnyText, Between, Value
from hmic_rules.programs import Program, Step, step_for
from hmic_rules.questions.space import is_result
from hmic_rules.rereading import program_with
from hmic_rules.rows import KEY, Row
from hmic_rules.rules import Judged, PointRule, Points, Rule, RuleList, ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.shapes import shape_of
from hmic_rules.structure import conditions_of, terms_in
from hmic_rules.verification.obligations import Kind, Obligation
from hmic_rules.verification.views import Part, View
from hmic_rules.verification.witnesses import FILLINGS, Witness, decided, smallest, witness_of

__all__ = ["effects"]

LIMITS_A_JUDGEMENT: Final = "it limits a judgement, which stands as it was given, within the limits or not"
TRIED: Final = (0, 1, 2, 10, 100, 10_000, 100_000)


@frozen
class Found:
    """Whether something makes a difference, and how far that was looked for where it does not."""

    yes: bool
    says: str
    witness: Witness | None = None
    open: bool = False
    within: tuple[str, ...] = ()
    holds: bool = False


def effects(ruleset: Ruleset, parts: Sequence[Part]) -> Iterator[Obligation]:
    """Every obligation that some case must show, with its verdict."""
    for name in ruleset.outcomes:
        value = ruleset.values[name]
        if isinstance(value.type, LabelType | BooleanType):
            labels: Sequence[Any] = value.type.labels if isinstance(value.type, LabelType) else (True, False)
            for label in labels:
                about = f"{name}: {shown(label)}"
                yield _somewhere("reachable", about, parts, [_reached(part, value, label) for part in parts])
    for value in ruleset.values.values():
        rules: Sequence[Rule | PointRule] = value.body.rules if isinstance(value.body, RuleList | Points) else ()
        for place, rule in enumerate(rules):
            without = evolve(value, body=type(value.body)(**{**_body(value), "rules": _but(rules, place)}))
            yield _first_shown("rule decides", f"{value.name}/{rule.id}", parts, value, without, rule.when)
        for place, limit in enumerate(value.limits):
            without = evolve(value, limits=_but(value.limits, place))
            if isinstance(value.body, Judged):
                yield Obligation("limit binds", f"{value.name}/{limit.id}", "open", LIMITS_A_JUDGEMENT)
                continue
            yield _first_shown("limit binds", f"{value.name}/{limit.id}", parts, value, without, limit.when)
    yield from _facts(ruleset, parts)
    for term in ruleset.terms:
        if any(_uses(ruleset, name, term) for name in ruleset.outcomes):
            yield _term(ruleset, parts, term)


def _body(value: ValueRule) -> dict[str, Any]:
    body = value.body
    return {"policy": body.policy, "otherwise": body.otherwise} if isinstance(body, RuleList) else {}


def _but(listed: Sequence[Any], place: int) -> tuple[Any, ...]:
    return (*listed[:place], *listed[place + 1 :])


def _somewhere(kind: Kind, about: str, parts: Sequence[Part], found: Sequence[Found]) -> Obligation:
    """Shown in some part: proven; the parts in which it is not are named."""
    shown_in = [one for one in found if one.yes]
    missing = tuple(str(part) for part, one in zip(parts, found, strict=True) if not one.yes)
    if shown_in:
        witness = min(shown_in, key=lambda one: len(one.witness.unusual) if one.witness else 0).witness
        says = shown_in[0].says + ("; not in these parts" if missing else "")
        return Obligation(kind, about, "proven", says, missing, (), witness)
    opened = next((one for one in found if one.open), None)
    if opened is not None:
        return Obligation(kind, about, "open", opened.says, missing)
    within = tuple(dict.fromkeys(limit for one in found for limit in one.within))
    # That a few rows never show it says nothing of more rows.
    return Obligation(kind, about, "open" if within else "refuted", found[0].says, (), within)


def _reached(part: Part, value: ValueRule, label: Any) -> Found:
    """A smallest case that has a result, decided."""
    try:
        views = part.views(value.name)
        doubtful = False
        for view in views:
            for diagram in dict.fromkeys(view.results(value.name).values()):
                if not any(is_result(result, label) for result in view.store.leaves(diagram)):
                    continue
                chosen = smallest(view, diagram, lambda result: is_result(result, label))
                if chosen is None:
                    continue
                for filling in FILLINGS:
                    witness = witness_of(view, chosen, filling)
                    if _gives(view, witness, value, label):
                        return Found(True, "a case gives it", witness)
                doubtful = True
        if doubtful:
            return Found(
                False, f"no case was found that gives {quoted(shown(label))}, and none is ruled out", open=True
            )
        within = tuple(dict.fromkeys(limit for view in views for limit in view.limits))
        return Found(False, f"no case gives {quoted(shown(label))}", within=within)
    except TooManyStates as many:
        return Found(False, f"not analysed: its diagram would have {many}", open=True)


def _gives(view: View, witness: Witness, value: ValueRule, label: Any) -> bool:
    try:
        decision = decided(view, witness)
    except HmicRulesError:
        return False
    found = [decision[value.name]] if value.scope == CASE else decision.items(value.name).values()
    return any(one.value is not None and is_result(one.value, label) for one in found)


def _first_shown(
    kind: Kind, about: str, parts: Sequence[Part], value: ValueRule, without: ValueRule, when: Condition | None
) -> Obligation:
    """Whether a value comes out otherwise without one of its rules or limits; the first part that shows it is enough."""
    what = "rule" if kind == "rule decides" else "limit"
    found: list[Found] = []
    for part in parts:
        one = _without(part, value, without, when, what)
        if one.yes:
            return Obligation(kind, about, "proven", one.says, (), (), one.witness)
        found.append(one)
    opened = next((one for one in found if one.open), None)
    if opened is not None:
        return Obligation(kind, about, "open", opened.says)
    within = tuple(dict.fromkeys(limit for one in found for limit in one.within))
    idle = next((one for one in found if one.holds), None)
    if idle is not None:
        return Obligation(kind, about, "open" if within else "idle", idle.says, (), within)
    return Obligation(kind, about, "open" if within else "refuted", found[0].says, (), within)


def _without(part: Part, value: ValueRule, without: ValueRule, when: Condition | None, what: str) -> Found:
    program = part.program
    step = program.steps[value.name]
    less = step_for(program.compiler, program.layout, program.chains, without)
    holds = doubtful = looked = False
    within: tuple[str, ...] = ()
    try:
        for view in reversed(part.views(value.name)):
            within = tuple(dict.fromkeys((*within, *view.limits)))
            universe, store = view.universe, view.store
            for frames in lifted_frames(program, universe.rows, value.scope):
                looked = True
                full, rest = (view.held(value_of(universe.lifted, one, frames)) for one in (step, less))
                if not holds:
                    truth = store.leaf(Truth.YES) if when is None else universe.lifted.truth(when, frames, step.stack)
                    holds = Truth.YES in store.leaves(view.held(truth))
                if full == rest:
                    # Numbers that are not told apart are the same diagram, whatever they come to.
                    doubtful = doubtful or any(isinstance(one, Between | AnyText) for one in store.leaves(full))
                    continue
                differ = store.apply(lambda one, other: not is_result(one, other), full, rest)
                chosen = smallest(view, differ, lambda found: found is True)
                if chosen is None:
                    continue
                for filling in FILLINGS:
                    witness = witness_of(view, chosen, filling)
                    if _differs(view, witness, step, less):
                        return Found(True, f"a case comes out otherwise without this {what}", witness)
                doubtful = True
    except TooManyStates as many:
        return Found(False, f"not analysed: its diagram would have {many}", open=True)
    if not looked:
        return Found(False, "no case has something that it stands on", open=True)
    if doubtful:
        return Found(
            False, f"no case was found that comes out otherwise without this {what}, and none is ruled out", open=True
        )
    if not holds:
        return Found(False, "it never holds", within=within)
    return Found(False, f"it holds, and without this {what} every case comes out the same", within=within, holds=True)


def _differs(view: View, witness: Witness, step: Step, less: Step) -> bool:
    """Whether the decided case comes out otherwise without it, on whichever row; that it alone makes rules conflict is a difference too."""
    program = view.part.program
    if witness.parameters:
        program = program_with(program, dict(witness.parameters))
        less = step_for(program.compiler, program.layout, program.chains, less.value)
    shorter = evolve(program, steps={**program.steps, step.value.name: less}, shapes={}, others={})
    case = case_row(program, witness.facts)
    found = [_came_to(one, case, step.value) for one in (program, shorter)]
    return found[0] != found[1]


def _came_to(program: Program, case: Row, value: ValueRule) -> list[Value] | None:
    """What a value comes to on each row of a case; ``None`` where rules conflict."""
    own = program.copied(case, CASE)
    try:
        program.run(own)
        step = program.steps[value.name]
        return [step.result(frames) for frames in program.frames(own, value.scope)]
    except ConflictError:
        return None


def _facts(ruleset: Ruleset, parts: Sequence[Part]) -> Iterator[Obligation]:
    """Whether outcomes hang on each fact that rules read, and on each item that a framework lists."""
    facts = _read(ruleset)
    limiting = _limiting(ruleset)
    seen: set[tuple[str, str]] = set()
    items: dict[str, dict[str, bool]] = {}
    opened: str | None = None
    within: tuple[str, ...] = ()
    loose = False
    for part in parts:
        fixed = part.program.compiler.fixed
        listed = {shown(row[KEY]): False for row in fixed.rows} if fixed is not None else {}
        known = items.setdefault(part.program.framework or "", listed)
        for name in ruleset.outcomes:
            try:
                views = part.views(name)
            except TooManyStates as many:
                opened = f"not analysed: the diagram of {quoted(name)} would have {many}"
                continue
            for view in views:
                asked = [view.universe.variables[level] for level in view.store.support(*view.results(name).values())]
                try:
                    asked += [below for one in asked if one.kind == "value" for below in _below(view, name, one)]
                except TooManyStates as many:
                    opened = f"not analysed: the diagram of what {quoted(name)} reads would have {many}"
                seen |= {(one.scope, one.name) for one in asked}
                loose = loose or bool(view.universe.inexact(*view.results(name).values()))
                known.update({one.item: True for one in asked if one.item in known})
                within = tuple(dict.fromkeys((*within, *view.limits)))
                seen |= {fact for fact in facts if fact not in seen and _changes(view, *fact)}
    for scope, name in facts:
        about = name if scope == CASE else f"{name} of {scope}"
        computed = loose or any((scope, name) in uses_of(part.program).computed for part in parts)
        untold = "no case was found that comes out otherwise with another value, and none is ruled out"
        why = untold if computed else opened
        if why is None and f"{scope}.{name}" in limiting:
            why = LIMITS_A_JUDGEMENT
        yield _mattering("input matters", about, (scope, name) in seen, why, within)
    for framework, known in items.items():
        for item, matters in known.items():
            yield _mattering("item matters", f"{item} of {framework}", matters, opened, ())


def _below(view: View, outcome: str, taken: Variable) -> list[Variable]:
    """What a value that was taken as given is computed from, as far as its results make a difference to the outcome."""
    store, roots = view.store, list(view.results(outcome).values())
    same: dict[Any, Any] = {
        cell: tuple(restricted(store, root, {taken.level: place}) for root in roots)
        for place, cell in enumerate(taken.cells)
    }
    found: list[Variable] = []
    for lower in view.part.views(taken.name):
        diagrams = [
            lower.store.map(lambda result: same.get(result, result), diagram)
            for diagram in lower.results(taken.name).values()
        ]
        found += [lower.universe.variables[level] for level in lower.store.support(*diagrams)]
    return found


def _mattering(kind: Kind, about: str, matters: bool, opened: str | None, within: tuple[str, ...]) -> Obligation:
    if matters:
        return Obligation(kind, about, "proven", "an outcome hangs on it")
    if opened is not None:
        return Obligation(kind, about, "open", opened)
    says = (
        "rules read it, and no outcome was found to hang on it"
        if within
        else "rules read it, and no outcome hangs on it"
    )
    return Obligation(kind, about, "open" if within else "refuted", says, (), within)


def _changes(view: View, scope: str, name: str) -> bool:
    """Whether some outcome changes with a fact of which no few values stand for all: the usual case is decided with others."""
    return any(_changes_from(view, witness_of(view, {}, filling), scope, name) for filling in FILLINGS)


def _changes_from(view: View, witness: Witness, scope: str, name: str) -> bool:
    program = view.universe.program
    outcomes: set[str] = set()
    try:
        filled = case_row(program, witness.facts)
        slot = program.layout.slots[scope][name]
        type = next(one.type for one in shape_of(program, scope).slots if one.slot == slot)
        if not isinstance(type, NumberType | DateType | MonthType):
            return False
        rows = [frames[-1] for frames in program.frames(filled, scope)]
    except HmicRulesError:
        return False
    for cell in cells_of(type, TRIED if isinstance(type, NumberType) else ()):
        for row in rows[:1]:
            row[slot] = cell
            try:
                decision = Decision(program, filled, program.run(filled))
                outcomes.add(repr([str(one) for one in decision.outcomes]))
            except HmicRulesError:  # such a case is refused, which is no outcome
                continue
    return len(outcomes) > 1


def _read(ruleset: Ruleset) -> list[tuple[str, str]]:
    """The facts that rules read: those of the case, and those of rows other than their keys and what they are grouped by."""
    reads = {read for value in ruleset.values.values() for read in value.reads}
    apart = {(one.source, name) for one in ruleset.groups.values() for name in one.by}
    apart |= {(one.name, one.key) for one in ruleset.collections.values() if one.key is not None}
    settled = {name for framework in ruleset.frameworks.values() for row in framework.rows for name in row}
    found = [(CASE, name) for name in ruleset.inputs if f"{CASE}.{name}" in reads]
    for collection in ruleset.collections.values():
        for name in collection.fields:
            filled = collection.name == ruleset.fills and name in settled
            if f"{collection.name}.{name}" in reads and (collection.name, name) not in apart and not filled:
                found.append((collection.name, name))
    return found


def _limiting(ruleset: Ruleset) -> frozenset[str]:
    """What the limits of judged values read, down to facts: their outcomes stay as judged whatever these are."""
    judged = [name for name, value in ruleset.values.items() if isinstance(value.body, Judged)]
    return frozenset(read for name in closure_of(ruleset, judged) for read in ruleset.values[name].reads)


def _term(ruleset: Ruleset, parts: Sequence[Part], name: str) -> Obligation:
    """Whether a vague word changes an outcome when it takes other values of its range."""
    term = ruleset.terms[name]
    opened: str | None = None
    outcomes = [one for one in ruleset.outcomes if _uses(ruleset, one, name)]
    for part in parts:
        now = part.program.compiler.settings.words.get(name, term.value)
        values = list(dict.fromkeys((term.low, now, term.high)))
        programs = [program_with(part.program, {}, {name: value}) for value in values]
        uses = uses_of(programs[0])
        for program in programs[1:]:
            uses |= uses_of(program)
        orders: dict[Any, SharedOrder] = {}
        pins = {pin for one in outcomes for pin in frontier_of(ruleset, one)}
        below = None if any(_uses(ruleset, pin, name) for pin in pins) else part
        try:
            found = [_all_results(Part(program, uses, orders, below), outcomes) for program in programs]
        except TooManyStates as many:
            opened = f"not analysed: its diagrams would have {many}"
            continue
        if any(one != found[0] for one in found[1:]):
            low, high = shown(term.low), shown(term.high)
            return Obligation("term matters", name, "proven", f"an outcome changes between {low} and {high}")
    says = (
        opened or "no outcome changes between the ends of its range and its value; what lies between was not looked at"
    )
    return Obligation("term matters", name, "open", says)


def _uses(ruleset: Ruleset, value: str, term: str) -> bool:
    """Whether a value rests on a vague word."""
    return any(
        term in terms_in(node) for name in closure_of(ruleset, [value]) for node in conditions_of(ruleset.values[name])
    )


def _all_results(part: Part, outcomes: Sequence[str]) -> list[Mapping[str | None, int]]:
    return [view.results(name) for name in outcomes for view in part.views(name)]
