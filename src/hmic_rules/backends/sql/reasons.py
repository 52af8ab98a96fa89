"""How a result stands: its status, the rule that gave it, the limits that changed it, and a judgement beside them."""

from __future__ import annotations

from typing import cast

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.choices import Choice, Listed, bits_of
from hmic_rules.backends.sql.facts import Readable
from hmic_rules.backends.sql.limiting import State, applied, raised, smeared
from hmic_rules.backends.sql.lines import Line, compared, same
from hmic_rules.backends.sql.nodes import (
    FALSE,
    NULL,
    TRUE,
    Node,
    all_of,
    any_of,
    bits_and,
    bits_or,
    case,
    equal,
    literal,
    opposite,
)
from hmic_rules.backends.sql.values import Computed, either_of
from hmic_rules.conditions import Op
from hmic_rules.datatypes import LabelType
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known
from hmic_rules.rules import Judged, RuleList

__all__ = ["decided", "judgement_of", "limits_of", "rule_of", "status_of"]


def decided(result: Readable) -> Node:
    """Whether exactly one value of the type is left."""
    if isinstance(result, Line):
        return all_of(result.value, opposite(any_of(result.refused, result.gap)), result.known)
    if isinstance(result, Listed) and not result.members:
        return all_of(opposite(result.anything), opposite(result.refused))
    values = [member for member in result.members if member in result.could]
    if getattr(result, "single", False):
        return result.possible(frozenset(values))
    return all_of(
        nodes.is_in(result.mask, [bits_of(result.members, [member]) for member in values]), opposite(result.anything)
    )


def status_of(result: Readable) -> Node:
    """``decided``, ``undetermined``, ``not applicable`` or ``no rule covers this``."""
    if isinstance(result, Line):
        no_value = opposite(result.value)
        refused, gap = all_of(no_value, opposite(result.gap)), all_of(no_value, opposite(result.refused), result.gap)
    else:
        refused = result.only(frozenset({NOT_APPLICABLE})) if NOT_APPLICABLE in result.could else FALSE
        gap = result.only(frozenset({NO_RULE})) if NO_RULE in result.could else FALSE
    return case(
        [
            (decided(result), literal("decided")),
            (refused, literal(NOT_APPLICABLE.value)),
            (gap, literal(NO_RULE.value)),
        ],
        literal("undetermined"),
    )


def _is_judged(found: Computed) -> Node:
    """Where a person judged the value and it applies, in whole or in part."""
    if not isinstance(found.value.body, Judged):
        return FALSE
    given = found.result.given
    surely_not = (
        given.only(frozenset({NOT_APPLICABLE}))
        if not isinstance(given, Line) and NOT_APPLICABLE in given.could
        else FALSE
    )
    if isinstance(given, Line):
        surely_not = opposite(any_of(given.value, given.gap))
    return all_of(found.produced.given, opposite(surely_not))


def judgement_of(found: Computed) -> Node:
    """Whether a judgement lies within what the limits allow, or outside; ``NULL`` without one."""
    given = found.produced.result
    allowed = applied(found.value, given, found.states) if found.states else given
    if isinstance(given, Line):
        line = cast("Line", allowed)
        within = all_of(line.known, same(line.low, given.low))
        outside = opposite(compared(Op.IS, line, given).possibly)
    else:
        mask = cast("Choice", allowed).mask
        within = equal(mask, given.mask)
        outside = equal(bits_and(mask, given.mask), literal(0))
    words = case([(within, literal("within")), (outside, literal("outside"))], literal("undetermined"))
    return case([(_is_judged(found), words)], NULL)


def rule_of(found: Computed) -> Node:
    """The id of the rule that gave the result, ``otherwise``, or ``NULL`` where several could have."""
    body = found.value.body
    assert isinstance(body, RuleList)  # noqa: S101 - who asks has looked
    mask = found.produced.mask
    assert mask is not None  # noqa: S101 - rules that are chosen from have one
    pairs: list[tuple[Node, Node]] = []
    by_result: dict[Known, list[tuple[Node, Node, str]]] = {}
    for rule, truth in zip(body.rules, found.produced.rules, strict=True):
        by_result.setdefault(rule.then, []).append((truth.surely, truth.possibly, rule.id))
    fallback = body.otherwise
    for result, rules in by_result.items():
        alone = mask.possible(frozenset({result})) if mask.single else mask.only(frozenset({result}))
        names = case([(surely, literal(id)) for surely, _, id in rules], NULL)
        if fallback is not None:
            none_open = all_of(*(opposite(all_of(possibly, opposite(surely))) for surely, possibly, _ in rules))
            names = case(
                [(surely, literal(id)) for surely, _, id in rules], case([(none_open, literal("otherwise"))], NULL)
            )
        pairs.append((alone, names))
    if fallback is not None and fallback.then not in by_result:
        pairs.append((mask.only(frozenset({fallback.then})), literal("otherwise")))
    name = case(pairs, NULL)
    return case([(decided(found.result.given), name)], NULL)


def limits_of(found: Computed) -> Node:
    """A mask of the limits that changed the result: they bind, and the result is their bound."""
    before, result = found.produced.result, found.result.given
    changed = all_of(decided(result), opposite(_is_judged(found)), opposite(_alike(before, result)))
    won = {"lowest": "at_least", "highest": "at_most"}.get(found.value.if_limits_cross or "")
    overruled = [state for state in found.states if state.limit.kind == won]
    crossed = before
    if overruled:
        some = any_of(*(state.in_force.possibly for state in overruled))
        crossed = either_of(all_of(some, _plain(before)), applied(found.value, before, overruled), before)
    bits: list[Node] = []
    for place, state in enumerate(found.states):
        against = before if state.limit.kind == won else crossed
        binding = all_of(state.in_force.surely, _beyond(found, against, state), _is_bound(found, result, state))
        bits.append(case([(all_of(changed, binding), literal(1 << place))], literal(0)))
    return bits_or(*bits)


def _plain(result: Readable) -> Node:
    """Whether neither a gap nor not applicable is possible."""
    if isinstance(result, Line):
        return opposite(any_of(result.refused, result.gap))
    extra = result.could & {NO_RULE, NOT_APPLICABLE}
    return opposite(result.possible(extra)) if extra else TRUE


def _alike(before: Readable, result: Readable) -> Node:
    """Whether a decided result is what the rules gave before the limits."""
    if isinstance(result, Line):
        line = cast("Line", before)
        return all_of(line.value, _plain(line), line.known, same(line.low, result.low))
    return equal(cast("Choice", before).mask, result.mask)


def _beyond(found: Computed, before: Readable, state: State) -> Node:
    """Whether every result before the limits surely lies beyond a bound, or there was nothing but a gap."""
    cap = state.limit.kind == "at_most"
    if isinstance(before, Line):
        bound = cast("Line", state.bound)
        surely = compared(Op.ABOVE if cap else Op.BELOW, before, bound).surely
        return case([(before.value, surely)], before.gap)
    type = cast("LabelType", found.value.type)
    bound_mask = bits_and(cast("Choice", state.bound).mask, literal((1 << len(type.labels)) - 1))
    values = bits_and(before.mask, literal((1 << len(type.labels)) - 1))
    size = len(type.labels)
    # nothing of the result lies at or below (or at or above) any bound
    reach = smeared(bound_mask, size) if cap else raised(bound_mask, size)
    surely = equal(bits_and(values, reach), literal(0))
    gap = before.possible(frozenset({NO_RULE})) if NO_RULE in before.could else FALSE
    return case([(equal(values, literal(0)), gap)], surely)


def _is_bound(found: Computed, result: Readable, state: State) -> Node:
    """Whether the decided result is the bound, and that is known."""
    if isinstance(result, Line):
        bound = cast("Line", state.bound)
        return all_of(bound.value, bound.known, same(bound.low, result.low))
    type = cast("LabelType", found.value.type)
    full = literal((1 << len(type.labels)) - 1)
    return equal(bits_and(cast("Choice", state.bound).mask, full), bits_and(result.mask, full))
