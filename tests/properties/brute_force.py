"""Cases of generated rule sets that are small enough to change every fact in every way, each changed case decided by the reference."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import Any

from attrs import evolve, field, frozen
from drawn_cases import Path, filled, options
from hypothesis import event
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.datatypes import shown
from hmic_rules.errors import ConflictError
from hmic_rules.outcomes import listed
from hmic_rules.possible import Value, is_known, union
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.testing.drawn_conditions import Draw, Name, one_of, sometimes
from hmic_rules.testing.drawn_rulesets import Items, Written, written_rulesets
from hmic_rules.testing.results import results_of
from hmic_rules.testing.writing import loaded

__all__ = ["MOST_CASES", "Asked", "Results", "Slot", "questions"]

MOST_CASES = 2_000
REFERS = "team"
Results = tuple[str, ...]
Complete = tuple[int, ...]


@frozen
class Slot:
    """A fact or a judgement of a case: where it stands, what it can be, and what it is; of a list that is not there, what it can be.

    Attributes:
        path: where it stands in the facts.
        name: what it is called in the rule set.
        item: the item that it stands on, ``None`` for the case.
        domain: everything that it can be.
        given: the place of what it is among these, ``None`` where it is not known.
        kind: ``fact``, ``judgement`` or ``rows``.

    """

    path: Path
    name: str
    item: str | None
    domain: tuple[Any, ...]
    given: int | None = None
    kind: str = "fact"

    @property
    def known(self) -> bool:
        return self.given is not None

    @property
    def called(self) -> str:
        return self.name if self.item is None else f"{self.name} of {self.item}"

    @property
    def paid_together(self) -> Any:
        """The item that it stands on; what stands on the case is by itself."""
        return self.path if self.item is None else self.path[:-1]

    def place_of(self, text: str) -> int:
        """The place of a value that an answer names."""
        return [shown(value) for value in self.domain].index(text)


@frozen(eq=False, repr=False)
class Asked:
    """A decision, one of its outcomes, and what the reference says of every case that differs from it in facts that can bear on that outcome.

    Attributes:
        written: the rule set, as it was drawn.
        ruleset: the same, loaded.
        facts: the case.
        slots: its facts that can bear on the outcome, or on whether there is a decision at all.
        decision: the decision.
        name: the outcome.
        item: the item that it stands on, ``None`` for the case.
        table: for the place of a value of each slot the results that are left, ``None`` where rules conflict.
        values: the same, not written out.
        open: the decisions of the cases in which the rules leave the outcome open, although every fact is known.

    """

    written: Written
    ruleset: hr.Ruleset
    facts: dict[str, Any]
    slots: tuple[Slot, ...]
    decision: hr.Decision
    name: str
    item: str | None
    table: dict[Complete, Results | None] = field(factory=dict)
    values: dict[Complete, Value] = field(factory=dict)
    open: list[hr.Decision] = field(factory=list)

    def __repr__(self) -> str:
        on = "" if self.item is None else f" of {self.item}"
        return f"`{self.name}`{on}, asked of {self.facts} by {self.written!r}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    @property
    def where(self) -> dict[str, Any]:
        return {"name": self.name, "item": self.item}

    @property
    def conflicts_elsewhere(self) -> bool:
        """Whether rules on which the outcome does not rest can conflict in some of the cases."""
        own = _bearing(self.written, {self.name})
        return None in self.table.values() and not _clashing(self.written) <= own

    @property
    def moves_rows(self) -> bool:
        """Whether rules ask for what rows are grouped by: a row of which that is otherwise stands in another group."""
        return any(slot.name == REFERS for slot in self.slots) and "by_team" in self.written.data["values"]

    @property
    def unjudged(self) -> bool:
        """Whether nobody has judged yet what the outcome rests on."""
        return any(slot.kind == "judgement" and slot.given is None for slot in self.slots)

    @property
    def rows_unknown(self) -> bool:
        return any(slot.kind == "rows" for slot in self.slots)

    @property
    def leaves_too_much(self) -> bool:
        """Whether deciding leaves more of some case than its diagram, since what is open there is read twice, and each time could be anything."""
        results = [results_of(decision, self.name)[self.name, self.item] for decision in self.open]
        listed_ = [listed(result, self.decision.step(self.name)) for result in results]
        exact = [exact_outcome(decision, self.name, self.item).possible for decision in self.open]
        return exact != listed_

    def place(self, name: str, item: str | None) -> int:
        """The slot of something that an answer names."""
        (found,) = [place for place, slot in enumerate(self.slots) if (slot.name, slot.item) == (name, item)]
        return found

    def changed(self, chosen: Iterable[tuple[Slot, Any]]) -> dict[str, Any]:
        """The facts with some of them otherwise."""
        facts = copy.deepcopy(self.facts)
        for slot, value in chosen:
            here: Any = facts
            for step in slot.path[:-1]:
                here = here[step]
            here[slot.path[-1]] = value
        return facts

    def fill(self) -> None:
        """Decide every case. Who has not judged yet will keep to the limits: a judgement outside them is no completion."""
        open_ = [slot.name for slot in self.slots if slot.kind == "judgement" and slot.given is None]
        for case in itertools.product(*(range(len(slot.domain)) for slot in self.slots)):
            chosen = [(slot, slot.domain[at]) for slot, at in zip(self.slots, case, strict=True)]
            try:
                decision = self.ruleset.decide(self.changed(chosen), engine="reference")
            except ConflictError:
                self.table[case] = None
                continue
            if all(decision[name].judgement != "outside" for name in open_):
                self.values[case] = results_of(decision, self.name)[self.name, self.item]
                self.table[case] = listed(self.values[case], decision.step(self.name))
                if not is_known(self.values[case]):
                    self.open.append(decision)

    def cases(self, kept: Mapping[int, int]) -> Iterator[tuple[Complete, Results | None]]:
        """The complete cases in which these slots are as said."""
        for case, results in self.table.items():
            if all(case[place] == at for place, at in kept.items()):
                yield case, results

    def left(self, kept: Mapping[int, int]) -> set[str]:
        """What is left of the outcome over the cases in which these slots are as said and that have a decision; of numbers, from which to which."""
        found = [self.values[case] for case, results in self.cases(kept) if results is not None]
        return set(listed(union(found), self.decision.step(self.name))) if found else set()

    def known(self) -> dict[int, int]:
        """The places of the slots that are known, each with what it is."""
        return {place: slot.given for place, slot in enumerate(self.slots) if slot.given is not None}

    def changes(self, case: Complete) -> tuple[Slot, ...]:
        """What is known and is otherwise in a complete case."""
        return tuple(
            slot for slot, at in zip(self.slots, case, strict=True) if slot.given is not None and slot.given != at
        )

    def cheapest(
        self, wanted: Callable[[Results], bool], price: Callable[[tuple[Slot, ...]], Fraction | None]
    ) -> Fraction | None:
        """The least that changes to a wanted result cost."""
        costs = [price(self.changes(case)) for case, results in self.table.items() if results and wanted(results)]
        return min((cost for cost in costs if cost is not None), default=None)


def _words(written: Any) -> set[str]:
    return set(re.findall(r"\w+", repr(written)))


def _clashing(written: Written) -> set[str]:
    """The values that can have no result at all: at most one rule may hold, or a number may be none of its type."""
    return {one for one, body in written.data["values"].items() if body.get("choose") == "unique" or "max" in body}


def _bearing(written: Written, names: set[str]) -> set[str]:
    """Every name that these values can rest on, by the words of the rules alone."""
    values, pending = written.data["values"], list(names)
    found: set[str] = set()
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending += _words(values[one]) if one in values else []
    return found


def _row(draw: Draw, items: Items, id: str, teams: list[str]) -> dict[str, Any]:
    found = {"id": id, **filled(draw, items.fields, items.closed)}
    if items.refers_to is not None:
        found[items.refers_to] = one_of(draw, teams)
    if items.inner is not None:
        found[items.inner.name] = _rows(draw, items.inner, [], 1, f"{id}-")
    return found


def _rows(draw: Draw, items: Items, teams: list[str], most: int = 2, prefix: str = "") -> Any:
    """A few items, no two of them of one name."""
    if items.fixed:
        return {name: filled(draw, items.fields, items.closed) for name in items.fixed}
    fewest = 1 if items.name == "teams" else items.at_least
    size = draw(st.integers(fewest, max(most, fewest)))
    return [_row(draw, items, f"{prefix}{items.name}{place}", teams) for place in range(size)]


def _slots(
    fields: tuple[Name, ...], closed: dict[str, Any], facts: dict[str, Any], path: Path, item: str | None
) -> Iterator[Slot]:
    for name in fields:
        domain = options(name)
        given = domain.index(facts.get(name.name, closed.get(name.name)))
        yield Slot((*path, name.name), name.name, item, domain, given)


def _slots_of(items: Items, rows: Any, path: Path, teams: tuple[str, ...] = ()) -> Iterator[Slot]:
    """The facts of items; the group of a row is one of them where rules ask for it."""
    for place in rows if items.fixed else range(len(rows)):
        row, here = rows[place], (*path, place)
        yield from _slots(items.fields, items.closed, row, here, place if items.fixed else row["id"])
        if items.refers_to is not None and teams:
            yield Slot((*here, items.refers_to), items.refers_to, row["id"], teams, teams.index(row[items.refers_to]))
        if items.inner is not None:
            yield from _slots_of(items.inner, row[items.inner.name], (*here, items.inner.name))


def _taken_away(draw: Draw, facts: dict[str, Any], slots: list[Slot], closed: set[str]) -> list[Slot]:
    """Some of the facts become unknown."""
    found = []
    for slot in slots:
        if slot.kind != "fact" or slot.name in {REFERS, *closed} or not sometimes(draw, 4):
            found.append(slot)
            continue
        here: Any = facts
        for step in slot.path[:-1]:
            here = here[step]
        here.pop(slot.path[-1], None)
        found.append(evolve(slot, given=None))
    return found


@st.composite
def questions(draw: Draw, *, most: int = MOST_CASES, settled: bool | None = None) -> Asked | None:
    """A decision and one of its outcomes, with every case that can bear on it decided; ``None`` where there is none that is small enough."""
    written = draw(written_rulesets(closed=settled))
    facts = filled(draw, written.inputs, written.absent)
    slots = [*_slots(written.inputs, written.absent, facts, (), None)]
    closed = set(written.absent)
    teams: list[str] = []
    labels: tuple[str, ...] = ()
    for items in written.collections:
        found = _rows(draw, items, teams)
        if items.name == "teams":
            teams = list(found) if items.fixed else [one["id"] for one in found]
            tested = REFERS in _words([body for name, body in written.data["values"].items() if name != "by_team"])
            labels = items.fixed if tested else ()
        closed |= {*items.closed, *(items.inner.closed if items.inner is not None else ())}
        if not items.fixed and items.name != "teams" and sometimes(draw, 10):
            others = tuple(_rows(draw, items, teams) for _ in range(2))
            slots.append(Slot((items.name,), items.name, None, (found, *others), None, "rows"))
            continue
        facts[items.name] = found
        slots += _slots_of(items, found, (items.name,), labels)
    slots = _taken_away(draw, facts, slots, closed) if sometimes(draw, 2) else slots
    for name in written.judged:
        given = draw(st.none() | st.integers(0, len(name.domain) - 1))
        slots.append(Slot((name.name,), name.name, None, name.domain, given, "judgement"))
        if given is not None:
            facts[name.name] = name.domain[given]
    ruleset = loaded(written.data)
    try:
        decision = ruleset.decide(facts, engine="reference")
    except ConflictError:
        event("the rules conflict")
        return None
    small = []
    for outcome in decision.outcomes:
        bearing = _bearing(written, {outcome.name, *_clashing(written)})
        own = tuple(slot for slot in slots if slot.name in bearing or slot.kind == "rows")
        if prod(len(slot.domain) for slot in own) <= most:
            small.append((outcome, own))
    if not small:
        event("too many cases")
        return None
    outcome, own = one_of(draw, small)
    asked = Asked(written, ruleset, facts, own, decision, outcome.name, outcome.item)
    asked.fill()
    results = set(asked.table.values())
    event("one result whatever the facts are" if len(results) < 2 else "several results")
    return asked
