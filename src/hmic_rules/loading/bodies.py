"""The second pass over `values`: the rules, points and calculations of each, from trees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final, Literal, cast

from hmic_rules.conditions import Condition
from hmic_rules.datatypes import BOOLEAN, NUMBER, LabelType, ScalarType
from hmic_rules.errors import Span, quoted
from hmic_rules.loading.calculations import read_expression
from hmic_rules.loading.comparisons import read_number_of
from hmic_rules.loading.conditions import read_condition
from hmic_rules.loading.departing import read_may_depart
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.headers import BODIES, Header, Headers, ask_how_to_choose
from hmic_rules.loading.limits import could_cross, read_limits
from hmic_rules.loading.scopes import Scope, Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.unread import UNREAD
from hmic_rules.possible import Known
from hmic_rules.rules import (
    Basis,
    Body,
    Calculation,
    HitPolicy,
    Judged,
    Otherwise,
    PointRule,
    Points,
    Rule,
    RuleList,
    Truthful,
    ValueRule,
)

__all__ = ["POINT_KEYS", "POLICIES", "RULE_KEYS", "read_bodies"]

POLICIES: Final = ("first", "unique", "highest", "lowest")
RULE_KEYS: Final = ("id", "then", "when", "basis", "cite", "says")
POINT_KEYS: Final = ("id", "worth", "when", "basis", "cite", "says")
_RATE: Final = re.compile(r"(-?\d{1,9})\s+(?:per|for every|for each|each)\s+(\d{1,9})\b.*")


def read_bodies(reader: Reader, headers: Headers, vocabulary: Vocabulary) -> dict[str, ValueRule]:
    """The rules, limits and calculations of every value."""
    found: dict[str, ValueRule] = {}
    for header in headers.values.values():
        value = _value(reader, header, vocabulary)
        if value is not None:
            found[header.name] = value
    return found


def _value(reader: Reader, header: Header, vocabulary: Vocabulary) -> ValueRule | None:
    entries = header.mapping.entries
    what = f"the value {quoted(header.name)}"
    scope = Scope(vocabulary, vocabulary.chain(header.scope), own=header.name)
    body = _body(reader, scope, header, what)
    applies = read_condition(reader, scope, entries["applies"], "`applies`") if "applies" in entries else None
    limits = read_limits(reader, scope, header)
    crossing = reader.one_of(entries.get("if_limits_cross"), "`lowest` or `highest`", ("lowest", "highest"))
    if crossing is None and (pair := could_cross(limits, header.type)) is not None:
        floor, cap = pair
        help = "add `if_limits_cross: lowest` or `highest` to the value"
        reader.error(
            floor.span,
            f"the floor {quoted(floor.id)} can lie above the cap {quoted(cap.id)}, and nothing says which then wins",
            help,
            "crossing-limits",
        )
    safe = reader.one_of(entries.get("safe_side"), "`lowest` or `highest`", ("lowest", "highest"))
    if safe is not None and isinstance(header.type, LabelType) and header.type.scale is None:
        problem = f"{what} has no order, so no side of it is safe"
        reader.error(header.mapping.keys["safe_side"].span, problem, "declare its labels as a scale", "type")
    better = _better(reader, header, what)
    basis = reader.basis(header.mapping, what, required=False) if "basis" in entries else None
    cite = reader.cite(entries.get("cite"))
    if body is None:
        return None
    return ValueRule(
        header.name,
        header.scope,
        header.type,
        body,
        applies,
        limits,
        cast("Literal['lowest', 'highest'] | None", crossing),
        reader.boolean(entries.get("outcome"), "`outcome`"),
        cast("Literal['lowest', 'highest'] | None", safe),
        reader.text(entries.get("says"), "`says`"),
        header.key.span,
        frozenset(scope.reads),
        cast("Basis | None", basis),
        cite,
        better,
        read_may_depart(reader, header, vocabulary, better),
    )


def _better(reader: Reader, header: Header, what: str) -> tuple[str, ...]:
    """The labels of a value from the worst to the best; those left out have no place among them."""
    tree = header.mapping.entries.get("better")
    if tree is None:
        return ()
    if header.type is not UNREAD and not isinstance(header.type, LabelType):
        problem = f"{what} has no labels that could be better or worse"
        reader.error(header.mapping.keys["better"].span, problem, "leave `better` out", "type")
        return ()
    found = [reader.value(one, header.type, "a label") for one in reader.sequence(tree, "`better`")]
    labels = tuple(cast("str", one) for one in found if one is not None)
    if len(set(labels)) != len(labels):
        reader.error(tree.span, "a label stands twice in `better`", "list each once, the worst first", "type")
    return labels


def _body(reader: Reader, scope: Scope, header: Header, what: str) -> Body | None:
    entries = header.mapping.entries
    given = [key for key in BODIES if key in entries]
    if len(given) != 1:
        if not given and "rules" in entries:
            ask_how_to_choose(reader, header.mapping)
            _rule_list(reader, scope, header, what)
        elif not given:
            help = "give it `choose` and `rules`, or `points`, `is`, `calc`, `judged`"
            reader.error(header.key.span, f"{what} has no rules", help, "missing-key")
        else:
            reader.error(
                header.mapping.keys[given[1]].span,
                f"{what} has both `{given[0]}` and `{given[1]}`",
                "keep one of them",
                "type",
            )
            if "points" in given:
                _points(reader, scope, header, what)
            elif "choose" in given and "rules" in entries:
                _rule_list(reader, scope, header, what)
        return None
    word = given[0]
    for extra in ("rules", "otherwise"):
        if extra in entries and word != "choose":
            reader.error(
                header.mapping.keys[extra].span,
                f"`{extra}` belongs to `choose`, and {what} has `{word}`",
                None,
                "unknown-key",
            )
    if word == "choose":
        return _rule_list(reader, scope, header, what)
    if word == "points":
        return _points(reader, scope, header, what)
    if word == "is":
        _needs(reader, header, BOOLEAN, "is")
        condition = read_condition(reader, scope, entries["is"], "`is`")
        return None if condition is None else Truthful(condition)
    if word == "calc":
        _needs(reader, header, NUMBER, "calc")
        expression = read_expression(reader, scope, entries["calc"])
        return None if expression is None else Calculation(expression)
    if not reader.boolean(entries["judged"], "`judged`", default=True):
        help = "leave it out, and give the value rules"
        reader.error(entries["judged"].span, "`judged` can only be true", help, "value")
    return Judged()


def _needs(reader: Reader, header: Header, wanted: ScalarType, word: str) -> None:
    if header.type is not UNREAD and not isinstance(header.type, type(wanted)):
        problem = f"`{word}` gives {wanted.described}, and the value is {header.type.described}"
        help = None
        if word == "calc" and isinstance(header.type, LabelType):
            help = "give it rules with `choose`, which compare a number with bounds: {id, then: LABEL, when: {NAME: {at_least: NUMBER}}}"
        reader.error(header.mapping.keys[word].span, problem, help, "type")


def _rule_list(reader: Reader, scope: Scope, header: Header, what: str) -> RuleList | None:
    entries = header.mapping.entries
    policy = reader.one_of(entries.get("choose"), "a way to choose", POLICIES)
    if policy in ("highest", "lowest") and isinstance(header.type, LabelType) and header.type.scale is None:
        reader.error(
            entries["choose"].span,
            f"`{policy}` needs an order, and a choice has none",
            "declare the labels as a scale",
            "type",
        )
    if "rules" not in entries:
        reader.error(header.key.span, f"{what} has no `rules`", "add `rules: [ … ]`", "missing-key")
        return None
    found = _rules(
        reader, scope, header, "rules", RULE_KEYS, lambda tree: reader.value(tree, header.type, "`then`"), what
    )
    rules = tuple(Rule(*one) for one in found)
    otherwise = _otherwise(reader, header, what) if "otherwise" in entries else None
    return RuleList(cast("HitPolicy", policy or "first"), rules, otherwise)


def _rules(
    reader: Reader,
    scope: Scope,
    header: Header,
    section: str,
    keys: tuple[str, ...],
    read: Callable[[Tree | None], Known | None],
    what: str,
) -> Iterator[tuple[str, Known, Condition, Basis, tuple[str, ...], str | None, Span]]:
    """The parts of each rule that is whole, in their order; what is wrong with the others is reported.

    Args:
        reader: takes the problems.
        scope: where their names are looked up.
        header: the value.
        section: the key under which they stand.
        keys: what a rule may have; first its id, then what it gives, then when, and all three have to be there.
        read: what a rule gives, from what is written of it.
        what: what the value is called in messages.

    """
    written = header.mapping.entries[section]
    trees = _listed(reader, written, section)
    if not trees and isinstance(written, Sequence):
        reader.error(written.span, f"{what} has no rules", "add at least one rule", "empty")
    seen: dict[str, int] = {}
    for tree in trees:
        mapping = reader.mapping(tree, reader.called(tree, "rule"), keys, keys[:3])
        if mapping is None:
            continue
        entries = mapping.entries
        id = reader.own_id(mapping, seen, "rule")
        gives = read(entries.get(keys[1]))
        when = read_condition(reader, scope, entries["when"], "`when`") if "when" in entries else None
        basis = reader.basis(mapping, reader.called(mapping, "rule"))
        cite = reader.cite(entries.get("cite"))
        says = reader.text(entries.get("says"), "`says`")
        if id is not None and gives is not None and when is not None:
            yield id, gives, when, cast("Basis", basis), cite, says, mapping.span


def _listed(reader: Reader, tree: Tree, section: str) -> tuple[Tree, ...]:
    """The entries of a list of rules; a mapping from their ids is reported and read on."""
    rules = tree.entries if isinstance(tree, Mapping) else {}
    if not (isinstance(tree, Mapping) and rules and all(isinstance(one, Mapping) for one in rules.values())):
        return reader.sequence(tree, f"`{section}`")
    first, rule = next(iter(rules.items()))
    keys = ", ".join(f"{key}: …" for key in cast("Mapping", rule).entries)
    help = f"write lines that start with `- `, such as - {{id: {first}, {keys}}}"
    reader.error(tree.span, f"`{section}` must be a list, and its ids are keys here", help, "shape")
    found: list[Tree] = []
    for id, child in rules.items():
        one, key = cast("Mapping", child), tree.keys[id]
        found.append(Mapping({"id": key, **one.entries}, {"id": key, **one.keys}, key.span))
    return tuple(found)


def _otherwise(reader: Reader, header: Header, what: str) -> Otherwise | None:
    tree = header.mapping.entries["otherwise"]
    if isinstance(tree, Scalar):
        then = reader.value(tree, header.type, "`otherwise`")
        return None if then is None else Otherwise(then, "assumed", (), tree.span)
    mapping = reader.mapping(tree, "`otherwise`", ("then", "basis", "cite", "says"), ("then",))
    if mapping is None:
        return None
    basis = reader.basis(mapping, f"`otherwise` of {what}", required=True)
    cite = reader.cite(mapping.entries.get("cite"))
    says = reader.text(mapping.entries.get("says"), "`says`")
    then = reader.value(mapping.entries.get("then"), header.type, "`then`")
    if then is None:
        return None
    return Otherwise(then, cast("Basis", basis), cite, tree.span, says)


def _points(reader: Reader, scope: Scope, header: Header, what: str) -> Points:
    _needs(reader, header, NUMBER, "points")
    found = _rules(reader, scope, header, "points", POINT_KEYS, lambda tree: _worth(reader, tree), what)
    rules = (
        PointRule(id, cast("Fraction | int", worth), when, basis, cite, says, span)
        for id, worth, when, basis, cite, says, span in found
    )
    return Points(tuple(rules))


def _worth(reader: Reader, tree: Tree | None) -> Fraction | int | None:
    """What a rule is worth: one number, and none that grows with another."""
    if isinstance(tree, Scalar) and (rate := _RATE.fullmatch(tree.text)) is not None:
        help = f"a rule is worth one number: write a rule for each step, such as at_least {rate[2]} and at_least {2 * int(rate[2])}"
        reader.error(tree.span, f"{quoted(tree.text)} is not a number", help, "value")
        return None
    return read_number_of(reader, tree, "`worth`")
