"""What a result rests on that no source states: readings, assumed rules, the values of vague words, facts taken as given in their absence."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias, cast

from attrs import frozen

from hmic_rules.comparing import Frames
from hmic_rules.conditions import CASE, Condition, Symbol, SymbolKind, Term, Truth
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.lineage import change_in_words, taken_out_of
from hmic_rules.outcomes import in_a_row
from hmic_rules.possible import Known, Marker, Value, is_known
from hmic_rules.programs import Step
from hmic_rules.rereading import with_settings, without_judgements
from hmic_rules.rules import Calculation, PointRule, Points, Rule, RuleList, Truthful
from hmic_rules.standing import OTHERWISE, may_give
from hmic_rules.structure import conditions_of, queries_in, symbols_in, terms_in
from hmic_rules.wording import calculation_in_words, condition_in_words, name_in_words, points_in_words

__all__ = ["Assumption", "assumptions"]

Kind: TypeAlias = Literal[
    "reading", "rule", "limit", "condition", "calculation", "term", "absent fact", "framework", "taken out"
]

_NOT_KNOWN: Final = "; whether that is so is not known, and the result may rest on it"


@frozen
class Assumption:
    """Something that a result rests on and that no source states."""

    kind: Kind
    name: str
    words: str


def assumptions(decision: Decision, name: str | None = None) -> tuple[Assumption, ...]:
    """Everything that a value, or every outcome, rests on and that no source states.

    Of the assumed settings those are named without which the result would not be what it is: with all others unknown it stays. Rules, limits
    and conditions are named where they held, or may be what gave a result that is known, and those that the rule set takes out of one that it
    extends always; terms and facts that are taken as given in their absence, where the value reads them, or where somebody departed from it on a condition that does.
    """
    ruleset = decision.ruleset
    names = ruleset.outcomes if name is None else (decision.step(name).value.name,)
    closure = set[str]().union(*(_closure(decision, one) for one in names))
    found: list[Assumption] = []
    candidates = [
        parameter
        for parameter in ruleset.parameters.values()
        if (parameter.basis == "assumed" or _from_assumed_profile(decision, parameter.name))
        and f"{CASE}.{parameter.name}" in closure
        and decision.program.settings[parameter.name] is not None
    ]
    needed = _needed(decision, names, closure, [parameter.name for parameter in candidates])
    for parameter in candidates:
        if parameter.name in needed:
            setting = decision.program.settings[parameter.name]
            value = in_a_row(map(shown, setting)) if isinstance(setting, tuple) else shown(cast("Known", setting))
            words = f"{name_in_words(parameter.name)}: {value}" + (f" ({parameter.says})" if parameter.says else "")
            found.append(Assumption("reading", parameter.name, words))
    for one in ruleset.order:
        if one in closure and one in ruleset.values:
            found.extend(_assumed_rules(decision, one))
            found += [Assumption("taken out", of.name, change_in_words(of)) for of in taken_out_of(ruleset, one)]
    for term in _terms(decision, closure):
        if term.basis == "assumed":
            words = f"“{term.name}” is {term.op.value.replace('_', ' ')} {term.value}, and could be from {term.low} to {term.high}"
            found.append(Assumption("term", term.name, words))
    for scope, inputs in [
        (CASE, ruleset.inputs),
        *((found_in.name, found_in.fields) for found_in in ruleset.collections.values()),
    ]:
        for given in inputs.values():
            if given.closed and given.closed_basis == "assumed" and f"{scope}.{given.name}" in closure:
                words = f"where {name_in_words(given.name)} is not given it is taken as {shown(given.means) if given.means is not None else ''}"
                found.append(Assumption("absent fact", given.name, words))
    framework = ruleset.frameworks.get(decision.framework or "")
    if framework is not None and framework.placement is not None:
        found.append(Assumption("framework", framework.id, framework.placement))
    return tuple(found)


def _from_assumed_profile(decision: Decision, name: str) -> bool:
    """Whether a setting is what an assumed reading sets it to."""
    profile = decision.ruleset.profiles.get(decision.profile or "")
    if profile is None or profile.basis != "assumed" or name not in profile.parameters:
        return False
    return decision.program.settings[name] == profile.parameters[name]


def _needed(decision: Decision, names: tuple[str, ...], closure: set[str], candidates: list[str]) -> frozenset[str]:
    """A minimal set of these settings from which the results follow: none of them can be unknown, while all the others are."""
    permitted = [name for name in closure if _permission(decision, name) is not None]
    wanted = list(_results(decision, names, permitted))
    unset: dict[str, None] = {}
    for name in candidates:
        found = _results(with_settings(decision, {**unset, name: None}), names, permitted)
        if all(
            one == other for one, other in itertools.zip_longest(found, wanted)
        ):  # most differ early, or in their rows
            unset[name] = None
    return frozenset(candidates) - set(unset)


def _results(decision: Decision, names: tuple[str, ...], permitted: list[str]) -> Iterator[Value | Truth]:
    """The results of these values; and whether those that were departed from might be, which is asked of what was computed."""
    for name in names:
        step = decision.step(name)
        for frames in decision.program.frames(decision.case, step.value.scope):
            yield step.result(frames)
    computed = without_judgements(decision) if permitted else decision
    for name in permitted:
        step, permission = decision.step(name), cast("Condition", _permission(decision, name))
        for frames in computed.program.frames(computed.case, step.value.scope):
            if step.judged(frames) is not None:
                yield computed.program.compiler.truths[permission](frames)


def _permission(decision: Decision, name: str) -> Condition | None:
    """On what condition a value might be departed from, where somebody did."""
    step = decision.program.steps.get(name)
    departed = step is not None and step.departed and step.value.may_depart
    return departed.when if departed else None


def _assumed_rules(decision: Decision, name: str) -> Iterator[Assumption]:
    """Rules and limits of a value that are assumed and held at least once; what follows where none held; its condition or calculation."""
    step = decision.step(name)
    body = step.value.body
    every = list(decision.program.frames(decision.case, step.value.scope))
    rows = every if step.departed is None else [frames for frames in every if step.judged(frames) is None]
    allowed = step.value.may_depart
    if allowed is not None and allowed.basis == "assumed" and len(rows) < len(every):
        words = f"{name_in_words(name)} may be judged otherwise than it is computed, by {' or '.join(allowed.by)}"
        yield Assumption("rule", f"{name}/may_depart", words)
    if step.value.basis == "assumed" and rows and isinstance(body, Truthful | Calculation):
        how = (
            f"whether {condition_in_words(body.condition)}"
            if isinstance(body, Truthful)
            else calculation_in_words(body.expression)
        )
        kind: Kind = "condition" if isinstance(body, Truthful) else "calculation"
        yield Assumption(kind, name, f"{name_in_words(name)} is {how}")
    perhaps = _perhaps(step, rows)
    if isinstance(body, RuleList) and body.otherwise is not None and body.otherwise.basis == "assumed":
        given = [decision.outcome_of(step, frames, step.result(frames)).rule for frames in rows]
        if OTHERWISE in given or OTHERWISE in perhaps:
            words = f"{name_in_words(name)} is {shown(body.otherwise.then)} where no rule holds"
            yield Assumption("rule", f"{name}/{OTHERWISE}", words + ("" if OTHERWISE in given else _NOT_KNOWN))
    if isinstance(body, RuleList | Points):
        rules: tuple[Rule | PointRule, ...] = body.rules
        for rule, truth in zip(rules, step.rules, strict=True):
            held = rule.basis == "assumed" and any(truth(frames) is Truth.YES for frames in rows)
            if held or (rule.basis == "assumed" and rule.id in perhaps):
                then = shown(rule.then) if isinstance(rule, Rule) else points_in_words(rule.worth)
                words = f"{name_in_words(name)} is {then} where {condition_in_words(rule.when)}"
                yield Assumption("rule", f"{name}/{rule.id}", words + ("" if held else _NOT_KNOWN))
    for limit in step.value.limits:
        if limit.basis == "assumed" and step.limiter is not None:
            in_force = any(
                one is limit and truth is Truth.YES for frames in rows for one, truth, _ in step.limiter.states(frames)
            )
            if in_force:
                side = limit.kind.replace("_", " ")
                bound = name_in_words(limit.bound.name) if isinstance(limit.bound, Symbol) else shown(limit.bound)
                yield Assumption("limit", f"{name}/{limit.id}", f"{name_in_words(name)} is {side} {bound}")


def _perhaps(step: Step, rows: list[Frames]) -> frozenset[str]:
    """The rules, and ``otherwise``, that may be what gave a result that is known, of which it is not known whether they hold."""
    body = step.value.body
    bases = (
        [*(rule.basis for rule in body.rules), *([] if body.otherwise is None else [body.otherwise.basis])]
        if isinstance(body, RuleList)
        else []
    )
    if not isinstance(body, RuleList) or "assumed" not in bases:
        return frozenset()
    found: set[str] = set()
    for frames in rows:
        result = step.result(frames)
        if is_known(result) and not isinstance(result, Marker) and step.produce(frames) == result:
            found.update(may_give(body, (truth(frames) for truth in step.rules), result))
    return frozenset(found)


def _closure(decision: Decision, name: str) -> set[str]:
    """Everything that a value reads, directly or through other values; and what was read to let persons depart from one."""
    ruleset = decision.ruleset
    found: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop()
        if one in found:
            continue
        found.add(one)
        if one in ruleset.values:
            pending.extend(ruleset.values[one].reads)
            pending.append(ruleset.values[one].scope)
            permission = _permission(decision, one)
            if permission is not None:
                pending.extend(query.collection for query in queries_in(permission))
                for symbol in symbols_in(permission):
                    pending.append(f"{symbol.scope}.{symbol.name}")
                    pending += [symbol.name] if symbol.kind is SymbolKind.VALUE else []
        elif one in ruleset.groups:
            group = ruleset.groups[one]
            pending.extend([group.source, *group.by])
            for keys in group.expected.keys.values() if group.expected is not None else ():
                ends = [keys] if isinstance(keys, str) else [keys.start, keys.end]
                pending.extend(f"{end.scope}.{end.name}" if isinstance(end, Symbol) else str(end) for end in ends)
                pending.extend(end.name for end in ends if isinstance(end, Symbol))
    return found


def _terms(decision: Decision, closure: set[str]) -> list[Term]:
    """The terms that the rules of these values use, and the conditions on which persons departed from them."""
    ruleset = decision.ruleset
    values = closure & set(ruleset.values)
    conditions = [one for name in values for one in conditions_of(ruleset.values[name])]
    conditions += [one for name in values if (one := _permission(decision, name)) is not None]
    found = {name for condition in conditions for name in terms_in(condition)}
    return [ruleset.terms[name] for name in sorted(found)]
