"""durable_rules as a function: rules compiled once, whole numbers in, the names of the rules that fire out.

Only its C module is used: no ``Host`` (two timer threads that never end), no ``durable.lang`` (global registries), no callbacks. One session, ``0``,
is used for every case and deleted after it, so that nothing of one case meets another.
"""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any, Final

from hmic_rules.backends.gate import MOST_RULES, MOST_WAYS, Definition, admit, admit_fact
from hmic_rules.errors import EngineError

__all__ = ["ENGINE", "MISSING", "Engine", "engine_module"]

ENGINE: Final = "durable_rules"
MISSING: Final = (
    "durable_rules cannot be imported here: on Python 3.11 or 3.12 install it with `pip install durable-rules` (it needs a C compiler); "
    'it does not work on Python 3.13 or newer, where `engine="reference"` decides alone'
)
SESSION: Final = "0"
PRIME: Final = '{"id":"$prime","$prime":1}'
MOST_FIRINGS: Final = MOST_RULES * MOST_WAYS
UNMATCHED: Final = 1


@cache
def engine_module() -> ModuleType | None:
    """The C module of durable_rules, or ``None`` where it cannot be imported."""
    try:
        import durable_rules_engine  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    module: ModuleType = durable_rules_engine
    return module


class Engine:
    """One set of rules, compiled by durable_rules. Any number of threads may use it; they take turns."""

    def __init__(self, rules: Definition, properties: Sequence[str]) -> None:
        """Compile the rules.

        Args:
            rules: for each name, ``{"all": [{alias: condition}]}``.
            properties: every property that facts may have.

        Raises:
            RefusedError: the gate keeps something out.
            EngineError: durable_rules cannot be imported, or does not compile the rules.

        """
        admit(rules, properties)
        module = engine_module()
        if module is None:
            raise EngineError(MISSING)
        self._module = module
        self._properties = frozenset(properties)
        self._text = json.dumps({"$prime": {"all": [{"p": {"$prime": 1}}]}, **rules}, allow_nan=False)
        self._lock = threading.Lock()
        self._release: weakref.finalize[Any, Any] | None = None
        self._handle = 0
        with self._lock:
            self._compiled()
        _living.add(self)

    def fired(self, facts: Mapping[str, int]) -> frozenset[str]:
        """The names of the rules that fire.

        Args:
            facts: for each property its number; each is posted as a fact of its own, and all are in before a rule fires.

        Raises:
            RefusedError: the gate keeps a fact out.
            EngineError: durable_rules failed.

        """
        posted = []
        for place, (name, number) in enumerate(facts.items()):
            admit_fact({name: number}, self._properties)
            posted.append(f'{{"id":"{place}","{name}":{number}}}')
        if not posted:
            return frozenset()
        with self._lock:
            return self._run(posted)

    def close(self) -> None:
        """Give back what the engine holds; it is compiled again if it is used again."""
        with self._lock:
            self._drop()

    def _compiled(self) -> int:
        if self._release is None:
            try:
                self._handle = self._module.create_ruleset("rules", self._text)
            except self._module.error as error:
                raise EngineError(f"durable_rules does not compile the rules: {error}") from error
            self._release = weakref.finalize(self, self._module.delete_ruleset, self._handle)
            self._release.atexit = False
        return self._handle

    def _drop(self) -> None:
        if self._release is not None:
            self._release()
            self._release = None

    def _renew(self) -> None:
        """In the child of a fork: another thread may have been in the middle of a case, so start from nothing."""
        self._lock = threading.Lock()
        if self._release is not None:
            self._release.detach()
            self._release = None

    def _run(self, posted: list[str]) -> frozenset[str]:
        module, handle, primed = self._module, self._compiled(), False
        try:
            # A state is only deleted safely once an action has completed in it.
            _, state = module.assert_event(handle, PRIME)
            module.start_action_for_state(handle, state)
            if module.complete_and_start_action(handle, state):
                raise EngineError("durable_rules fires a rule without a fact")
            primed = True
            for text in posted:
                code, _ = module.assert_fact(handle, text)
                if code not in (0, UNMATCHED):
                    raise EngineError(f"durable_rules refuses the fact {text} with the code {code}")
            return self._firings(handle, state)
        except module.error as error:
            raise EngineError(f"durable_rules failed: {error}") from error
        finally:
            if primed:
                module.delete_state(handle, SESSION)
            else:
                self._drop()

    def _firings(self, handle: int, state: int) -> frozenset[str]:
        started = self._module.start_action_for_state(handle, state)
        message = started[1] if started else None
        fired: set[str] = set()
        for _ in range(MOST_FIRINGS):
            if not message:
                return frozenset(fired)
            fired.update(json.loads(message))
            message = self._module.complete_and_start_action(handle, state)
        raise EngineError(f"durable_rules fires more than {MOST_FIRINGS:,} times")


_living: weakref.WeakSet[Engine] = weakref.WeakSet()


def _renew_all() -> None:
    for engine in list(_living):
        engine._renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
