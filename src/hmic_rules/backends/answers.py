"""What durable_rules answers to what is posted: one value's rules, compiled there, and what follows from the facts of one row.

What is computed before posting (docs/durable-rules.md lists it) is posted as constants; which rules fire is found by durable_rules, once for what
*surely* holds and once for what *possibly* holds; and the result is formed from them by :mod:`hmic_rules.backends.combining`.
An answer follows from what is posted and from nothing else, so it is remembered: what is posted again is not run again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from hmic_rules.backends.combining import Fired, Situation, result_of
from hmic_rules.backends.compiling import Plan
from hmic_rules.backends.engine import Engine
from hmic_rules.conditions import Symbol, Truth
from hmic_rules.errors import ConflictError
from hmic_rules.possible import Value
from hmic_rules.programs import as_read

__all__ = ["Answer", "Atoms", "Compiled", "Key", "Posting", "posting_of"]

NO, YES = Truth.NO, Truth.YES
Atoms: TypeAlias = tuple[Any, ...]
REMEMBERED: Final = 4096


@frozen
class Posting:
    """What was read of one row.

    Attributes:
        atoms: for each name that is compared its code, or where it is not known the truth of each of its atoms; then the truth of all other atoms.
        bounds: the bound of each limit.
        given: what was calculated or is left to a person.
        judged: whether a person gave it.
        turns: for each of the plan's alternatives, the atoms under each value still possible; ``None`` where they need not be told apart.
        conflict: why nothing could be calculated.

    """

    atoms: Atoms
    bounds: tuple[Value, ...] = ()
    given: Value | None = None
    judged: bool = False
    turns: tuple[tuple[Atoms, ...] | None, ...] = ()
    conflict: str | None = None


Key: TypeAlias = Atoms | Posting


@frozen(eq=False)
class Answer:
    """What follows from what was posted."""

    situation: Situation
    result: Value | None
    conflict: ConflictError | None
    read: Value | None

    @property
    def fired(self) -> Fired:
        return self.situation.fired


@frozen(eq=False)
class Compiled:
    """One value, compiled; its answers are remembered by what was posted, and all forgotten when there are many.

    ``agreed`` are the results that the reference was found to share, with every rule behind them.
    """

    plan: Plan
    engine: Engine
    answers: dict[Key, Answer] = field(factory=dict)
    agreed: dict[Key, Value] = field(factory=dict)

    def answer(self, key: Key) -> Answer:
        """What follows from what was read of one row."""
        found = self.answers.get(key)
        if found is None:
            found = self.computed(posting_of(key))
            if len(self.answers) >= REMEMBERED:
                self.forget()
            self.answers[key] = found
        return found

    def forget(self) -> None:
        """Remember no answer."""
        self.answers.clear()
        self.agreed.clear()

    def posted(self, read: Atoms) -> tuple[dict[str, int], dict[str, int]]:
        """The facts that surely and those that possibly hold. An atom that holds over a name that is not known is posted as a code that passes."""
        surely: dict[str, int] = {}
        possibly: dict[str, int] = {}
        atoms, names = self.plan.atoms, self.plan.names
        for name, part in zip(names, read, strict=False):
            if part.__class__ is int:
                for place in name.atoms:
                    surely[atoms[place].property] = possibly[atoms[place].property] = part
                continue
            for place, truth in zip(name.atoms, part, strict=True):
                _post(surely, possibly, atoms[place].property, atoms[place].passing[:1], truth)
        for atom, truth in zip(self.plan.marks, read[len(names) :], strict=True):
            _post(surely, possibly, atom.property, atom.passing, truth)
        return surely, possibly

    def fired(self, read: Atoms) -> Fired:
        """Which conditions hold: durable_rules runs once for what surely holds, and once for what possibly holds where that is more."""
        surely, possibly = self.posted(read)
        sure = _numbers(self.engine.fired(surely))
        return Fired(sure, sure if possibly == surely else _numbers(self.engine.fired(possibly)))

    def computed(self, posting: Posting) -> Answer:
        turns = tuple(
            (alternative.conditions, tuple(map(self.fired, turn)))
            for alternative, turn in zip(self.plan.alternatives, posting.turns, strict=False)
            if turn is not None
        )
        bounds = iter(posting.bounds)
        value = self.plan.value
        situation = Situation(
            self.fired(posting.atoms),
            tuple(next(bounds) if isinstance(one.bound, Symbol) else one.bound for one in value.limits),
            posting.given,
            posting.judged,
            turns,
            posting.conflict,
        )
        try:
            result = result_of(value, self.plan.numbers, situation)
        except ConflictError as conflict:
            return Answer(situation, None, conflict, None)
        return Answer(situation, result, None, as_read(result, value))


def posting_of(key: Key) -> Posting:
    return key if isinstance(key, Posting) else Posting(key)


def _post(
    surely: dict[str, int], possibly: dict[str, int], property: str, passing: Iterable[tuple[int, int]], truth: Truth
) -> None:
    for code, _ in passing:
        if truth is YES:
            surely[property] = code
        if truth is not NO:
            possibly[property] = code


def _numbers(names: Iterable[str]) -> frozenset[int]:
    """The numbers of the conditions whose ways fired."""
    return frozenset(int(name[1:].partition("_")[0]) for name in names)
