"""The gate before durable_rules: what may be compiled there and posted there, and by which name everything else is refused.

Used naively, durable_rules 2.0.28 crashes, hangs or answers wrongly on much that it accepts. What passes here is the part of it that was
found to be sound: rules that are conjunctions of comparisons of whole numbers with constants, and facts of one whole number each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeAlias

from hmic_rules.errors import HmicRulesError, quoted

__all__ = ["Definition", "Reason", "RefusedError", "admit", "admit_fact", "hashed"]

Definition: TypeAlias = Mapping[str, Mapping[str, Any]]

MOST_PROPERTIES: Final = 250
MOST_RULES: Final = 250
MOST_CONDITIONS: Final = 250
MOST_COMPARISONS: Final = 500
MOST_IN_A_RULE: Final = 16
MOST_GROUPS: Final = 14
MOST_WAYS: Final = 1024
MOST_NUMBER: Final = 1_000_000
LONGEST_NAME: Final = 32

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OWN = ("id", "sid", "$s", "$prime", "$time", "$forward")
_ORDER = ("$gt", "$gte", "$lt", "$lte")
_JUNCTIONS = ("$and", "$or")
_ARITHMETIC = ("$add", "$sub", "$mul", "$div")


class Reason(Enum):
    """Why something is kept out, by name."""

    ARITHMETIC = "arithmetic: dividing by nothing ends the process"
    EMPTY_FACT = "a fact without a property crashes or hangs it"
    HASH_COLLISION = "two property names with one 32-bit hash are the same property to it"
    JOIN = "a condition that compares facts with each other crashes it or loses matches"
    MANY_COMPARISONS = f"more than {MOST_COMPARISONS} comparisons: it hangs over a few more"
    MANY_CONDITIONS = f"more than {MOST_CONDITIONS} conditions: it crashes over a few more"
    MANY_GROUPS = f"more than {MOST_GROUPS} groups in one condition"
    MANY_IN_A_RULE = f"more than {MOST_IN_A_RULE} conditions in one rule: it has room for {MOST_IN_A_RULE} facts"
    MANY_PROPERTIES = f"more than {MOST_PROPERTIES} properties"
    MANY_RULES = f"more than {MOST_RULES} rules"
    MANY_WAYS = f"more than {MOST_WAYS} ways in which one rule can fire: it fires once for each"
    NAME = (
        f"a name that is not made of at most {LONGEST_NAME} small letters, digits and underscores: long ones crash it"
    )
    NO_CONDITION = "a rule or a group without a condition has nothing to match"
    NUMBER_TOO_LARGE = f"a number beyond {MOST_NUMBER:,}: large ones are changed in silence"
    OPERATOR = "an operator that answers wrongly or loops: only comparisons, `$and` and `$or` pass"
    RESERVED_NAME = "a property name that is its own"
    RULE_FORM = "a rule that is not `all` of named conditions: `$not`, `any`, `count` and `cap` answer wrongly"
    SEVERAL_KEYS = "a condition or a fact of several keys: all but the first are ignored, or match one another's rules"
    TWICE = "a property that two conditions of one rule test: one fact never matches both"
    UNKNOWN_PROPERTY = "a property that no rule declares"
    WHOLE_NUMBER = "not a whole number: it takes true, 1, 1.0 and '' for one another, and drops facts after a number it cannot read"


class RefusedError(HmicRulesError):
    """Something that durable_rules must not be given.

    Attributes:
        reason: the named reason.
        where: what was refused.

    """

    def __init__(self, reason: Reason, where: str) -> None:
        super().__init__(reason, where)
        self.reason = reason
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.reason.value}"


def hashed(name: str) -> int:
    """The 32-bit FNV-1a hash by which durable_rules tells property names apart."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = ((found ^ byte) * 16777619) & 0xFFFFFFFF
    return found


def admit(rules: Definition, properties: Sequence[str]) -> None:
    """Let a whole set of rules pass.

    Args:
        rules: for each name, the rule as durable_rules reads it: ``{"all": [{alias: condition}]}``.
        properties: every property that the rules may test and the facts may have.

    Raises:
        RefusedError: something in it must not reach the engine.

    """
    _admit_properties(properties)
    _at_most(MOST_RULES, len(rules), Reason.MANY_RULES, "the rules")
    if not rules:
        raise RefusedError(Reason.NO_CONDITION, "the rules")
    known = frozenset(properties)
    conditions = comparisons = 0
    for name, rule in rules.items():
        _admit_name(name)
        parts = _parts(name, rule)
        conditions += len(parts)
        ways = 1
        tested: set[str] = set()
        for alias, condition in parts.items():
            found = _Condition(f"{name}.{alias}", known)
            ways *= found.ways(condition)
            comparisons += found.comparisons
            if tested & found.tested:
                raise RefusedError(Reason.TWICE, f"{name}.{alias}")
            tested |= found.tested
        _at_most(MOST_WAYS, ways, Reason.MANY_WAYS, name)
    _at_most(MOST_CONDITIONS, conditions, Reason.MANY_CONDITIONS, "the rules")
    _at_most(MOST_COMPARISONS, comparisons, Reason.MANY_COMPARISONS, "the rules")


def admit_fact(fact: Mapping[str, Any], properties: frozenset[str]) -> None:
    """Let one fact pass.

    Raises:
        RefusedError: the fact must not reach the engine.

    """
    if not fact:
        raise RefusedError(Reason.EMPTY_FACT, "a fact")
    if len(fact) > 1:
        raise RefusedError(Reason.SEVERAL_KEYS, "a fact")
    for name, number in fact.items():
        if name not in properties:
            raise RefusedError(Reason.UNKNOWN_PROPERTY, quoted(name))
        _admit_number(number, f"the fact {quoted(name)}")


def _admit_properties(properties: Sequence[str]) -> None:
    _at_most(MOST_PROPERTIES, len(properties), Reason.MANY_PROPERTIES, "the properties")
    seen = {hashed(name): name for name in _OWN}
    for name in properties:
        if name in _OWN:
            raise RefusedError(Reason.RESERVED_NAME, quoted(name))
        _admit_name(name)
        other = seen.setdefault(hashed(name), name)
        if other is not name:
            raise RefusedError(Reason.HASH_COLLISION, f"{quoted(other)} and {quoted(name)}")


def _admit_name(name: object) -> None:
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise RefusedError(Reason.NAME, quoted(name))


def _admit_number(number: object, where: str) -> None:
    if not isinstance(number, int) or number.__class__ is not int:
        raise RefusedError(Reason.WHOLE_NUMBER, where)
    if abs(number) > MOST_NUMBER:
        raise RefusedError(Reason.NUMBER_TOO_LARGE, where)


def _parts(name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a rule by their aliases."""
    if set(rule) != {"all"} or not isinstance(rule["all"], list):
        raise RefusedError(Reason.RULE_FORM, name)
    if not rule["all"]:
        raise RefusedError(Reason.NO_CONDITION, name)
    _at_most(MOST_IN_A_RULE, len(rule["all"]), Reason.MANY_IN_A_RULE, name)
    parts: dict[str, Any] = {}
    for part in rule["all"]:
        if not isinstance(part, Mapping) or len(part) != 1:
            raise RefusedError(Reason.SEVERAL_KEYS, name)
        [(alias, condition)] = part.items()
        if not isinstance(alias, str) or "$" in alias or alias in parts:
            raise RefusedError(Reason.RULE_FORM, name)
        _admit_name(alias)
        parts[alias] = condition
    return parts


def _at_most(most: int, found: int, reason: Reason, where: str) -> None:
    if found > most:
        raise RefusedError(reason, where)


class _Condition:
    """One condition of a rule: it must be matched by one fact."""

    def __init__(self, where: str, known: frozenset[str]) -> None:
        self.where = where
        self.known = known
        self.comparisons = 0
        self.groups = 0
        self.tested: set[str] = set()

    def ways(self, condition: object) -> int:
        """In how many ways the condition can hold at most."""
        if not isinstance(condition, Mapping) or len(condition) > 1:
            raise RefusedError(Reason.SEVERAL_KEYS, self.where)
        if not condition:
            raise RefusedError(Reason.NO_CONDITION, self.where)
        [(word, operand)] = condition.items()
        if word in _JUNCTIONS:
            return self.group(word, operand)
        if isinstance(word, str) and word.startswith("$"):
            if word in _ARITHMETIC:
                raise RefusedError(Reason.ARITHMETIC, self.where)
            if word not in _ORDER:
                raise RefusedError(Reason.OPERATOR, self.where)
            if not isinstance(operand, Mapping) or len(operand) != 1:
                raise RefusedError(Reason.SEVERAL_KEYS, self.where)
            [(word, operand)] = operand.items()
        self.compare(word, operand)
        return 1

    def group(self, word: str, parts: object) -> int:
        self.groups += 1
        _at_most(MOST_GROUPS, self.groups, Reason.MANY_GROUPS, self.where)
        if not isinstance(parts, list) or not parts:
            raise RefusedError(Reason.NO_CONDITION, self.where)
        found = 0 if word == "$or" else 1
        for part in parts:
            found = found + self.ways(part) if word == "$or" else found * self.ways(part)
        return found

    def compare(self, name: object, constant: object) -> None:
        self.comparisons += 1
        if name not in self.known:
            raise RefusedError(Reason.UNKNOWN_PROPERTY, f"{self.where}: {quoted(name)}")
        self.tested.add(str(name))
        if isinstance(constant, Mapping):
            inner = next(iter(constant), "")
            raise RefusedError(Reason.ARITHMETIC if inner in _ARITHMETIC else Reason.JOIN, self.where)
        _admit_number(constant, self.where)
