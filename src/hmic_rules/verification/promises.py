"""What must hold of every case: it has an outcome, rules do not conflict, better facts make nothing worse, claims hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from attrs import frozen

from hmic_rules.conditions import CASE, SymbolKind, Truth
from hmic_rules.datatypes import NumberType, shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.nodes import Diagram, TooManyStates
from hmic_rules.diagrams.variables import called
from hmic_rules.errors import ConflictError, HmicRulesError, quoted
from hmic_rules.possible import NO_RULE, is_known
from hmic_rules.rules import Calculation, Points, RuleList, ValueRule
from hmic_rules.rulesets import Claim, Ruleset
from hmic_rules.structure import queries_in, symbols_in
from hmic_rules.verification.obligations import Kind, Obligation, Verdict
from hmic_rules.verification.ordering import Drop, Worse, dropping, smallest_drop, worse_by
from hmic_rules.verification.usual import upward
from hmic_rules.verification.views import Part, View, is_real
from hmic_rules.verification.witnesses import FILLINGS, Witness, decided, smallest, witness_of

__all__ = ["promises"]

Shown: TypeAlias = Callable[[Decision | None], bool]


@frozen(eq=False)
class Finding:
    """What was found of one obligation in one part: a case against it, that it is open, or how far it was looked."""

    part: Part
    says: str | None = None
    witness: Witness | None = None
    open: str | None = None
    within: tuple[str, ...] = ()


@frozen(eq=False)
class Against:
    """A case against an obligation, sought in diagrams and shown by a decision.

    Attributes:
        wanted: which results of the diagram speak against it.
        holds: whether the decision of the case does so too; ``None`` stands for a conflict.
        says: what is then said.
        seen_only_if_exact: whether a diagram with stand-ins for what it does not tell apart may not show it at all.

    """

    wanted: Callable[[Any], bool]
    holds: Shown
    says: Callable[[Decision | None], str]
    seen_only_if_exact: bool = False


def promises(ruleset: Ruleset, parts: Sequence[Part]) -> Iterator[Obligation]:
    """Every obligation that holds of all cases, with its verdict."""
    outcomes = [ruleset.values[name] for name in ruleset.outcomes]
    for value in outcomes:
        yield _gathered("total", value.name, [_sought(part, value, _gap(value)) for part in parts], fault="gap")
        yield _gathered(
            "determined", value.name, [_sought(part, value, _undetermined(value)) for part in parts], fault="gap"
        )
    yield _gathered("single-valued", ruleset.name, [_conflicts(part) for part in parts])
    for value in outcomes:
        findings = [found for part in parts if (found := _monotone(part, value)) is not None]
        if findings:
            yield _gathered("monotone", value.name, findings)
    for claim in ruleset.claims:
        yield _gathered("claim", claim.id, [_claimed(part, claim) for part in parts])


def _gathered(kind: Kind, about: str, findings: Sequence[Finding], fault: Verdict = "refuted") -> Obligation:
    """The verdict over all parts: the smallest case against it where there is one."""
    against = [one for one in findings if one.witness is not None]
    if against:
        first = min(against, key=lambda one: len(one.witness.unusual) if one.witness else 0)
        parts = () if len(against) == len(findings) else tuple(str(one.part) for one in against)
        return Obligation(kind, about, fault, first.says or "", parts, (), first.witness)
    opened = [one for one in findings if one.open is not None]
    if opened:
        return Obligation(kind, about, "open", opened[0].open or "", tuple(str(one.part) for one in opened))
    within = tuple(dict.fromkeys(limit for one in findings for limit in one.within))
    says = next((one.says for one in findings if one.says is not None), "holds of every complete case")
    return Obligation(kind, about, "bounded" if within else "proven", says, (), within)


def _sought(part: Part, value: ValueRule, against: Against) -> Finding:
    """A smallest case against an obligation about one value."""
    try:
        views = part.views(value.name)
        diagrams = [(view, diagram) for view in views for diagram in view.results(value.name).values()]
        return _first(part, diagrams, against)
    except TooManyStates as many:
        return Finding(part, open=f"not analysed: its diagram would have {many}")


def _first(part: Part, diagrams: Sequence[tuple[View, Diagram]], against: Against) -> Finding:
    if not diagrams:
        return Finding(part, open="no case has something that it stands on")
    best: Finding | None = None
    doubtful: str | None = None
    seen: set[tuple[int, Diagram]] = set()
    for view, diagram in diagrams:
        if (id(view), diagram) in seen:
            continue
        seen.add((id(view), diagram))
        wanted = against.wanted
        if not any(wanted(result) for result in view.store.leaves(diagram)):
            inexact = view.universe.inexact(diagram) if against.seen_only_if_exact else ()
            if not inexact:
                continue
            doubtful, wanted = inexact[0], is_real
        chosen = smallest(view, diagram, wanted)
        if chosen is None:
            continue
        for filling in FILLINGS:
            witness = witness_of(view, chosen, filling)
            decision = _decision(view, witness)
            if not isinstance(decision, str) and against.holds(decision):
                break
        if not isinstance(decision, str) and against.holds(decision):
            if best is None or len(witness.unusual) < len(best.witness.unusual if best.witness else ()):
                best = Finding(part, against.says(decision), witness)
        else:
            inexact = view.universe.inexact(diagram)
            doubtful = inexact[0] if inexact else f"a case that the diagram gives is decided otherwise: {witness}"
    if best is not None:
        return best
    if doubtful is not None:
        return Finding(part, open=f"not known: {doubtful}")
    within = tuple(dict.fromkeys(limit for view, _ in diagrams for limit in view.limits))
    return Finding(part, within=within)


def _decision(view: View, witness: Witness) -> Decision | str | None:
    """The decision of a case, ``None`` where rules conflict, or why it is refused."""
    try:
        return decided(view, witness)
    except ConflictError:
        return None
    except HmicRulesError as error:
        return str(error)


def _statuses(decision: Decision | None, value: ValueRule) -> set[str]:
    if decision is None:
        return set()
    found = [decision[value.name]] if value.scope == CASE else list(decision.items(value.name).values())
    return {one.status for one in found}


def _gap(value: ValueRule) -> Against:
    return Against(
        lambda result: result is NO_RULE,
        lambda decision: "no rule covers this" in _statuses(decision, value),
        lambda decision: "some complete cases are covered by no rule",
    )


def _undetermined(value: ValueRule) -> Against:
    return Against(
        lambda result: is_real(result) and not is_known(result),
        lambda decision: "undetermined" in _statuses(decision, value),
        lambda decision: (
            "some cases stay undetermined although all their facts are known" + _unset(decision, value.name)
        ),
        seen_only_if_exact=True,
    )


def _unset(decision: Decision | None, name: str) -> str:
    if decision is None:
        return ""
    unset = [setting for setting, value in decision.program.settings.items() if value is None]
    return f": {', '.join(map(quoted, unset))} is not set" if unset else ""


def _conflicts(part: Part) -> Finding:
    """Whether rules conflict in some case; every value is looked at, with the values that it rests on."""
    found: list[Finding] = []
    for name, value in part.ruleset.values.items():
        if not _can_conflict(value):
            continue
        try:
            diagrams = [
                (view, view.store.map(lambda result: result is True, view.held(view.universe.conflicts)))
                for view in part.views(name)
            ]
            one = _first(part, diagrams, _clash(name))
            loose = [why for view in part.views(name) for why in view.universe.inexact(*view.results(name).values())]
            if loose and one.witness is None and isinstance(value.type, NumberType):
                one = Finding(part, open=f"whether {quoted(name)} can lie outside its type is not known: {loose[0]}")
        except TooManyStates as many:
            one = Finding(part, open=f"{quoted(name)} is not analysed: its diagram would have {many}")
        if one.witness is not None:
            return one
        found.append(one)
    opened = next((one for one in found if one.open is not None), None)
    if opened is not None:
        return opened
    if not found:
        return Finding(part, "no rules are told to be the only ones that hold, and no number has bounds")
    return Finding(part, within=tuple(dict.fromkeys(limit for one in found for limit in one.within)))


def _clash(name: str) -> Against:
    return Against(
        lambda clash: clash is True,
        lambda decision: decision is None,
        lambda decision: (
            f"rules for {quoted(name)}, or for what it rests on, conflict, or a number lies outside its type"
        ),
    )


def _can_conflict(value: ValueRule) -> bool:
    """Whether deciding a value can be an error at all: two rules of a ``unique`` list, or a number outside its type."""
    if isinstance(value.body, RuleList):
        return value.body.policy == "unique"
    type = value.type
    bounded = isinstance(type, NumberType) and (type.kind == "integer" or type.low is not None or type.high is not None)
    return bounded and isinstance(value.body, Calculation | Points)


def _monotone(part: Part, value: ValueRule) -> Finding | None:
    """Whether facts that get better make an outcome worse; ``None`` where nothing says which way is better."""
    directions = worse_by(value)
    if not directions:
        return None
    try:
        results = [
            (view, diagram)
            for view in part.views(value.name)
            for diagram in dict.fromkeys(view.results(value.name).values())
        ]
    except TooManyStates as many:
        return Finding(part, open=f"not analysed: its diagram would have {many}")
    loose = [why for view, diagram in results for why in view.universe.inexact(diagram)]
    diagrams = [(view, diagram, order) for view, diagram in results if (order := _orders(view, diagram))]
    if not diagrams:
        promised = value.safe_side is not None or value.better
        return Finding(part, open=f"not known: {loose[0]}") if promised and loose else None
    names = dict.fromkeys(view.universe.variables[level].name for view, _, order in diagrams for level in order)
    refuted: Finding | None = None
    for worse in directions:
        refuted = _one_way(part, value, diagrams, worse)
        if refuted is None and loose:  # what stands in for something may turn with a fact, and is held still here
            return Finding(part, open=f"not known: {loose[0]}")
        if refuted is None:
            within = tuple(dict.fromkeys(limit for view, _, _ in diagrams for limit in view.limits))
            says = (
                f"it never turns for the worse when one of these turns for the better: {', '.join(map(quoted, names))}"
            )
            return Finding(part, says, within=within)
    if value.safe_side is None and not value.better:
        return Finding(part, open="it declares no `safe_side`, and turns either way when facts get better")
    return refuted


def _orders(view: View, diagram: Diagram) -> dict[int, list[int]]:
    program, variables = view.universe.program, view.universe.variables
    found = {level: upward(program, variables[level]) for level in view.store.support(diagram)}
    return {level: line for level, line in found.items() if len(line) > 1}


def _one_way(
    part: Part, value: ValueRule, diagrams: Sequence[tuple[View, Diagram, dict[int, list[int]]]], worse: Worse
) -> Finding | None:
    for view, diagram, order in diagrams:
        drop = dropping(view.store, diagram, order, worse)
        if drop is not None:
            choose = partial(smallest, view, wanted=lambda found: found is True)
            drop = smallest_drop(view.store, diagram, drop, worse, choose)
            return _dropped(part, value, view, diagram, drop)
    return None


def _dropped(part: Part, value: ValueRule, view: View, diagram: Diagram, drop: Drop) -> Finding:
    """The two cases decided, and what is said of them."""
    variable = view.universe.variables[drop.level]
    witnesses = [witness_of(view, {**drop.others, drop.level: cell}) for cell in (drop.before, drop.after)]
    decisions = [_decision(view, one) for one in witnesses]
    before, after = ("nothing" if not isinstance(one, Decision) else _results(one, value) for one in decisions)
    if before == after:
        why = view.universe.inexact(diagram)
        return Finding(part, open=f"not known: {why[0] if why else 'the two cases are decided alike'}")
    cells = [shown(variable.cells[cell]) for cell in (drop.before, drop.after)]
    says = (
        f"{quoted(value.name)} goes from {before} to {after} when {quoted(called(variable.name, variable.item))} "
        f"turns from {quoted(cells[0])} to {quoted(cells[1])}, which is better"
    )
    return Finding(part, says, witnesses[1])


def _results(decision: Decision, value: ValueRule) -> str:
    if value.scope == CASE:
        return quoted(decision[value.name])
    return ", ".join(f"{quoted(one)} ({key})" for key, one in decision.items(value.name).items())


def _claimed(part: Part, claim: Claim) -> Finding:
    """Whether a claim holds: it is broken where it surely is, and not where it may be."""
    broken = Truth.YES if claim.kind == "never" else Truth.NO
    names = [one.name for one in symbols_in(claim.condition) if one.kind is SymbolKind.VALUE]
    rows = frozenset(one.collection for one in queries_in(claim.condition))

    def holds(decision: Decision | None) -> bool:
        if decision is None:
            return False
        truth = decision.program.compiler.truth(claim.condition, (CASE,))
        return truth([decision.case]) is broken

    against = Against(
        lambda result: result is broken, holds, lambda decision: "a case breaks it" + _gives(decision, names)
    )
    try:
        diagrams = [
            (view, view.held(view.universe.lifted.truth(claim.condition, [view.universe.rows], (CASE,))))
            for view in part.views(*dict.fromkeys(names), rows=rows)
        ]
        return _first(part, diagrams, against)
    except TooManyStates as many:
        return Finding(part, open=f"not analysed: its diagram would have {many}")


def _gives(decision: Decision | None, names: Sequence[str]) -> str:
    if decision is None:
        return ""
    values = decision.ruleset.values
    found = [
        f"{quoted(name)} is {quoted(decision[name])}" for name in dict.fromkeys(names) if values[name].scope == CASE
    ]
    return f": {', '.join(found)}" if found else ""
