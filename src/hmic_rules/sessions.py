"""Sessions: facts arrive, change and are withdrawn one by one, and after each the session says what that changed, and by which rules.

A change is a fresh run over the facts so far: nothing is carried over but the facts, so the order in which they came never matters.
"""

from __future__ import annotations

import copy
import datetime
import itertools
import re
import threading
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import TracebackType
from typing import Any, ClassVar, Final, Self, TypeAlias

from attrs import evolve, frozen

from hmic_rules.arguments import PLAINLY, fails_to_read, name_given
from hmic_rules.changes import OutcomeChange, Said, changes_between
from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision, EngineName, decide
from hmic_rules.errors import (
    Diagnostic,
    HmicRulesError,
    InputError,
    NotFoundError,
    did_you_mean,
    quoted,
    shortened,
    text_of,
)
from hmic_rules.givens import is_nan, taken_apart
from hmic_rules.possible import Month
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Ruleset, collections_on
from hmic_rules.sharing import Bound

__all__ = ["Change", "ClosedError", "Session"]

Key: TypeAlias = Any
KEYS: Final = (int, float, Decimal, Fraction, datetime.date, Month)


class ClosedError(HmicRulesError):
    """The session is closed."""


@frozen
class Change:
    """What one fact changed.

    Attributes:
        fact: the path of the fact, such as ``("beacon",)`` or ``("bearings", "b1")``; a row without a key is known by its number.
        key: the name, key or number of it, by which it can be changed or withdrawn.
        value: what was put, ``None`` where it was withdrawn.
        outcomes: every outcome that is not what it was, in the order of the decision.
        decision: the decision over the facts so far.

    """

    fact: tuple[str, ...]
    key: Key
    value: Any
    outcomes: tuple[OutcomeChange, ...]
    decision: Decision

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.outcomes)


class Session(Bound):
    """A case that grows. Any number of threads may use one; each change is whole before the next begins.

    A change that is refused (wrong input, rules in conflict) leaves the session as it was. A change costs as much as one decision over all
    facts so far.

    Args:
        ruleset: the rules.
        case: the facts at the start, as for :func:`hmic_rules.decisions.decide`.
        framework: the framework whose items fill the rule set's collection.
        profile: the reading.
        parameters: settings that take precedence over the profile's.
        engine: what computes each decision.

    Raises:
        InputError: the facts at the start are wrong.

    """

    _instead: ClassVar = "pickle the rule set and the facts, and begin another"

    def __init__(
        self,
        ruleset: Ruleset,
        case: Mapping[str, Any] | None = None,
        *,
        framework: str | None = None,
        profile: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        engine: EngineName | None = None,
    ) -> None:
        given, framework, profile, parameters = taken_apart(
            {} if case is None else case, framework, profile, parameters
        )
        self._ruleset: Final = ruleset
        self._options: dict[str, Any] = {
            "framework": framework,
            "profile": profile,
            "parameters": parameters,
            "engine": engine,
        }
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        if not isinstance(given, Mapping):
            raise InputError([Diagnostic("$.facts", f"{quoted(given)} is not a mapping from names to facts")])
        self._facts: dict[str, Any] = {}
        for name, value in given.items():
            collection = ruleset.collections.get(name)
            own = _own(value, collection is not None, f"$.facts.{shortened(name)}")
            self._facts[name] = own if collection is None or own is None else self._by_key(collection, own)
        self._said: Said | None = Said(self._decided(self._facts))

    @property
    def decision(self) -> Decision:
        """The decision over the facts so far.

        Raises:
            ClosedError: the session is closed.

        """
        with self._lock:
            return self._open().decision

    def put(self, name: str, value: Any) -> Change:
        """A fact of the case arrives, or changes; a judgement counts as one.

        Args:
            name: an input, or a judged value.
            value: its value; ``None`` makes it unknown.

        Raises:
            NotFoundError: the case takes no such fact.
            InputError: the value does not fit; the session is as it was.
            ClosedError: the session is closed.

        """
        with self._lock:
            self._open()
            self._input(name)
            return self._changed((name,), value, {**self._facts, name: value})

    def withdraw(self, name: str) -> Change:
        """A fact of the case is withdrawn: it is as if it had never come.

        Raises:
            NotFoundError: no such fact was put.
            ClosedError: the session is closed.

        """
        with self._lock:
            self._open()
            if name_given(name, "name") not in self._facts:
                raise NotFoundError(_absent(name, self._facts))
            return self._changed((name,), None, {key: one for key, one in self._facts.items() if key != name})

    def put_item(self, collection: str, key: Key, fields: Mapping[str, Any]) -> Change:
        """An item of a collection arrives, or takes the place of the one with the same key.

        Args:
            collection: a collection of the case.
            key: the item's key; of a row without a key, the number under which it was added.
            fields: its fields; the key itself need not be among them.

        Raises:
            NotFoundError: there is no such collection; no row without a key was added under this number.
            InputError: the fields do not fit; the session is as it was.
            ClosedError: the session is closed.

        """
        with self._lock:
            self._open()
            rows = self._items(collection)
            key = _key(key, collection)
            if self._is_keyless(collection) and key not in rows:
                raise NotFoundError(
                    f"the items of {quoted(collection)} have no key, and none was added as {quoted(text_of(key))}: use `add_item`"
                )
            return self._with_item(collection, key, fields, rows)

    def add_item(self, collection: str, fields: Mapping[str, Any]) -> Change:
        """A row of a collection without a key arrives, such as one duty return. It is known by its number from then on: ``change.key``.

        Args:
            collection: a collection of the case whose items have no key.
            fields: the row's fields.

        Raises:
            NotFoundError: there is no such collection, or its items have keys.
            InputError: the fields do not fit; the session is as it was.
            ClosedError: the session is closed.

        """
        with self._lock:
            self._open()
            rows = self._items(collection)
            if not self._is_keyless(collection):
                raise NotFoundError(f"the items of {quoted(collection)} have a key: use `put_item`")
            return self._with_item(collection, next(self._numbers), fields, rows)

    def withdraw_item(self, collection: str, key: Key) -> Change:
        """An item is withdrawn. A collection whose last item is withdrawn is empty, and known to be.

        Args:
            collection: a collection of the case.
            key: the item's key, or the number under which a row without a key was added.

        Raises:
            NotFoundError: there is no such collection, or no such item in it.
            ClosedError: the session is closed.

        """
        with self._lock:
            self._open()
            rows = self._items(collection)
            key = _key(key, collection)
            if key not in rows:
                raise NotFoundError(_absent(text_of(key), map(text_of, rows), f" in {quoted(collection)}"))
            left = {name: row for name, row in rows.items() if name != key}
            return self._changed((collection, key), None, {**self._facts, collection: left})

    def close(self) -> None:
        """Forget every fact and the decision. Closing twice does nothing."""
        with self._lock:
            self._said, self._facts = None, {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> Said:
        if self._said is None:
            raise ClosedError("the session is closed: begin another")
        return self._said

    def _input(self, name: str) -> None:
        name_given(name, "name")
        if name in self._ruleset.collections:
            use = "add_item" if self._is_keyless(name) else "put_item"
            raise NotFoundError(f"{quoted(name)} is a collection: use `{use}` and `withdraw_item`")
        judged = {value.name for value in self._ruleset.values.values() if isinstance(value.body, Judged)}
        known = {*self._ruleset.inputs, *judged}
        if name not in known:
            help = did_you_mean(name, known)
            raise NotFoundError(f"{quoted(name)} is not an input" + (f": {help}" if help else ""))

    def _items(self, name: str) -> dict[Key, Any]:
        collection = self._ruleset.collections.get(name_given(name, "collection"))
        if collection is None or collection.parent is not None:
            outermost = collections_on(self._ruleset, CASE)
            raise NotFoundError(_absent(name, outermost, "", "no collection of the case is called"))
        return self._facts.get(name) or {}

    def _is_keyless(self, name: str) -> bool:
        collection = self._ruleset.collections[name]
        return collection.key is None and collection.items is None

    def _by_key(self, collection: Collection, given: Any) -> Any:
        """The items by their keys or numbers, so that single ones can be put and withdrawn; as they are where they are wrong."""
        if isinstance(given, Mapping):
            return dict(given)
        if not isinstance(given, list):
            return given
        if self._is_keyless(collection.name):
            return {next(self._numbers): row for row in given}
        key = "name" if collection.key is None else collection.key
        if not all(isinstance(row, Mapping) and isinstance(row.get(key), str | int) for row in given):
            return given
        rows = {
            row[key]: {name: value for name, value in row.items() if name != "name" or collection.key} for row in given
        }
        return rows if len(rows) == len(given) else given

    def _with_item(self, collection: str, key: Key, fields: Mapping[str, Any], rows: Mapping[Key, Any]) -> Change:
        own = _own(fields, False, f"$.facts.{collection}.{shortened(key)}")
        named = self._ruleset.collections[collection].key
        if isinstance(own, dict) and named is not None and own.get(named, key) != key:
            problem = f"{quoted(named)} is {quoted(text_of(own[named]))}, and the item is put as {quoted(text_of(key))}"
            raise InputError([Diagnostic(f"$.facts.{collection}.{shortened(key)}", problem, "give one of the two")])
        return self._changed((collection, key), own, {**self._facts, collection: {**rows, key: own}})

    def _decided(self, facts: Mapping[str, Any]) -> Decision:
        given = {
            name: list(value.values())
            if isinstance(value, dict) and name in self._ruleset.collections and self._is_keyless(name)
            else value
            for name, value in facts.items()
        }
        try:
            return decide(self._ruleset, {"facts": given}, **self._options)
        except InputError as error:
            raise InputError([self._by_number(one, facts) for one in error.diagnostics]) from None

    def _by_number(self, problem: Diagnostic, facts: Mapping[str, Any]) -> Diagnostic:
        """The problem, with a row without a key named by its number and not by its place in a list."""
        found = re.match(r"\$\.facts\.(\w+)\[(\d+)\]", str(problem.place))
        if found is None or found[1] not in self._ruleset.collections or not self._is_keyless(found[1]):
            return problem
        number = list(facts[found[1]])[int(found[2])]
        return evolve(problem, place=f"$.facts.{found[1]}.{number}{str(problem.place)[found.end() :]}")

    def _changed(self, fact: tuple[Key, ...], value: Any, facts: dict[str, Any]) -> Change:
        before, after = self._open(), Said(self._decided(facts))
        self._facts, self._said = facts, after
        return Change(tuple(map(text_of, fact)), fact[-1], value, changes_between(before, after), after.decision)


def _own(given: Any, is_collection: bool, place: str) -> Any:
    """A copy that nobody else changes.

    Raises:
        InputError: it cannot be copied, since it is nested without an end or of a class of somebody's own.

    """
    try:
        plain = dict(given) if isinstance(given, Mapping) else _listed(given) if is_collection else given
        return copy.deepcopy(plain)
    except Exception as error:  # noqa: BLE001 - somebody else's object
        raise InputError([Diagnostic(place, fails_to_read(error), PLAINLY)]) from None


def _key(given: Any, collection: str) -> Key:
    """The key of an item.

    Raises:
        InputError: it is nothing that an item can be known by.

    """
    if isinstance(given, str):
        return str.__str__(given)
    if isinstance(given, KEYS) and not is_nan(given):
        return given
    raise InputError(
        [Diagnostic(f"$.facts.{collection}", f"{quoted(given)} is not a key", "give a text, a number or a date")]
    )


def _listed(given: Any) -> Any:
    """Rows that can be gone through more than once; what is no list of rows stays as it is, to be refused."""
    several = isinstance(given, Iterable) and not isinstance(given, Mapping | str | bytes)
    return list(given) if several else given


def _absent(name: str, known: Any, where: str = "", what: str = "nothing was put as") -> str:
    help = did_you_mean(name, known)
    return f"{what} {quoted(name)}{where}" + (f": {help}" if help else "")
