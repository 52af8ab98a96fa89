"""Chosen inputs kept out of a record: what else would tell them, and the keyed digests that stand in their place.

A value, a rule or a count that reads a chosen input can tell it, so everything that is computed from one is kept out too, save what the
outcomes came to. A digest is keyed because most inputs have few values: anybody could hash them all and compare.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import field, frozen

from hmic_rules.audit.canonical import canonical
from hmic_rules.conditions import CASE, Symbol
from hmic_rules.errors import Diagnostic, InputError, did_you_mean, quoted, shortened
from hmic_rules.programs import Program
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Group, Ruleset

__all__ = ["ALGORITHM", "DIGEST", "Hidden", "can_be_hidden", "hidden_of", "key_id"]

ALGORITHM: Final = "HMAC-SHA-256"
DIGEST: Final = "hmac-sha256"
SHORTEST: Final = 32


@frozen(repr=False)
class Hidden:
    """What is kept out of one record.

    Attributes:
        names: the inputs that were chosen, as they are called: ``risk``, ``returns.officer``, or a whole collection.
        facts: the facts that stand as digests, as ``scope.name``.
        whole: the collections of which not even the number of rows is told.
        scopes: the collections and groups whose items have a key that would tell.
        values: the values that are computed from what is hidden.
        key: the secret.
        salt: made anew for each record, so that equal inputs in two records have different digests.

    """

    names: tuple[str, ...]
    facts: frozenset[str]
    whole: frozenset[str]
    scopes: frozenset[str]
    values: frozenset[str]
    key: bytes = field(repr=False)
    salt: bytes

    def digest(self, path: str, value: Any) -> dict[str, str]:
        """What stands in place of a value: HMAC-SHA-256 over the canonical text of the salt, the path and the value."""
        said = canonical([self.salt.hex(), path, value])
        return {DIGEST: hmac.new(self.key, said, hashlib.sha256).hexdigest()}


def key_id(key: bytes) -> str:
    """A short name for a key, which does not tell it."""
    return hmac.new(key, b"hmic-rules key id", hashlib.sha256).hexdigest()[:16]


def hidden_of(program: Program, names: Iterable[str], key: bytes, salt: bytes) -> Hidden:
    """What must be kept out of a record so that these inputs are.

    Args:
        program: the rule set, bound.
        names: inputs of the case by name, fields of rows as ``collection.field``, or whole collections.
        key: the secret, of at least 32 bytes.
        salt: random, for this record alone.

    Raises:
        InputError: a name is no input, or the key is too short; every such problem.

    """
    chosen = tuple(sorted(set(names)))
    problems = [] if len(key) >= SHORTEST else [_short(key)]
    can_be = can_be_hidden(program)
    help = "inputs of the case, fields as `collection.field`, and whole collections can be left out"
    problems += [
        Diagnostic(f"redact {shortened(name)}", f"{quoted(name)} is no input", did_you_mean(name, can_be) or help)
        for name in chosen
        if name not in can_be
    ]
    if problems:
        raise InputError(problems)
    ruleset = program.ruleset
    whole = frozenset(name for name in chosen if name in ruleset.collections)
    facts = {name if "." in name else f"{CASE}.{name}" for name in chosen if name not in whole}
    facts |= _references(ruleset, facts)
    found = _Reach(ruleset, set(facts), set(whole))
    found.spread()
    return Hidden(chosen, frozenset(facts), whole, frozenset(found.scopes), frozenset(found.values), key, salt)


def _short(key: bytes) -> Diagnostic:
    problem = f"it has {len(key)} bytes, and a key needs at least {SHORTEST}"
    return Diagnostic("key", problem, "make one with: openssl rand -out record.key 32")


def can_be_hidden(program: Program) -> set[str]:
    """Everything that can be kept out: facts that cases bring, and judgements that are no outcomes."""
    ruleset, fixed = program.ruleset, program.compiler.fixed
    settled = set() if fixed is None else {f"{fixed.collection}.{name}" for name in fixed.fields}
    found = {*ruleset.inputs}
    for name, collection in ruleset.collections.items():
        found |= {f"{name}.{field}" for field in collection.fields} - settled
        if collection.items is None and (fixed is None or fixed.collection != name):
            found.add(name)
    for value in ruleset.values.values():
        if isinstance(value.body, Judged) and not value.outcome:
            found.add(value.name if value.scope == CASE else f"{value.scope}.{value.name}")
    return found


def _references(ruleset: Ruleset, facts: set[str]) -> set[str]:
    """The fields that repeat a key which is hidden: the team of a return, where the names of the teams are."""
    return {
        f"{group.source}.{name}"
        for group in ruleset.groups.values()
        for name, keys in _expected(group)
        if isinstance(keys, str) and f"{keys}.{ruleset.collections[keys].key}" in facts
    }


def _expected(group: Group) -> Iterable[tuple[str, Any]]:
    return () if group.expected is None else group.expected.keys.items()


@frozen
class _Reach:
    """Everything that would tell what is hidden; grown until nothing is added."""

    ruleset: Ruleset
    names: set[str]
    scopes: set[str]
    values: set[str] = field(factory=set)

    def spread(self) -> None:
        for scope in tuple(self.scopes):
            self.names.update(f"{scope}.{name}" for name in self.ruleset.collections[scope].fields)
        before = -1
        while before != (before := len(self.names) + len(self.scopes) + len(self.values)):
            for collection in self.ruleset.collections.values():
                self.collection(collection)
            for group in self.ruleset.groups.values():
                self.group(group)
            for value in self.ruleset.values.values():
                if value.scope in self.scopes or value.reads & (self.names | self.scopes | self.values):
                    self.values.add(value.name)
                    self.names.add(f"{value.scope}.{value.name}")

    def collection(self, one: Collection) -> None:
        if one.parent in self.scopes or f"{one.name}.{one.key}" in self.names:
            self.scopes.add(one.name)
            if one.parent in self.scopes:
                self.names.update(f"{one.name}.{name}" for name in one.fields)

    def group(self, one: Group) -> None:
        tells = one.source in self.scopes
        for name in one.by:
            if f"{one.source}.{name}" in self.names:
                self.names.add(f"{one.name}.{name}")
                tells = True
        for name, keys in _expected(one):
            if isinstance(keys, str):
                taken: Mapping[str, Any] = self.ruleset.collections[keys].fields
                self.names.update({f"{one.name}.{field}" for field in taken if f"{keys}.{field}" in self.names})
                tells = tells or keys in self.scopes
            else:
                ends = [end for end in (keys.start, keys.end) if isinstance(end, Symbol)]
                tells = tells or any(f"{end.scope}.{end.name}" in self.names for end in ends)
            if tells:
                self.names.add(f"{one.name}.{name}")
        if tells:
            self.scopes.add(one.name)
