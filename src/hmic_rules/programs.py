"""A rule set made ready to decide: names laid out in rows, every value a step, every step after the ones it reads.

A program belongs to one choice of framework, profile and parameters (:mod:`hmic_rules.binding` makes it).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias, cast

from attrs import evolve, field, frozen

from hmic_rules.comparing import Frames
from hmic_rules.conditions import CASE, Symbol, Truth
from hmic_rules.datatypes import shown
from hmic_rules.errors import MAX_PROBLEMS, ConflictError, Diagnostic, InputError, capped, choices, quoted
from hmic_rules.evaluation import Compiler
from hmic_rules.limiting import Limiter, limiter
from hmic_rules.possible import (
    NO_RULE,
    NOT_APPLICABLE,
    Known,
    Month,
    Value,
    is_known,
    markers,
    union,
    with_markers,
    without_markers,
)
from hmic_rules.producing import Producer, producer_of
from hmic_rules.rows import FIRST_SLOT, KEY, PLACE, CaseRow, Layout, Row, place_of
from hmic_rules.rules import Judged, ValueRule
from hmic_rules.rulesets import MOST_MONTHS, Group, MonthRange, Ruleset, collections_on

__all__ = ["Program", "Step", "as_read", "judgement_of", "layout_of", "path_of", "step_for"]

NO, YES = Truth.NO, Truth.YES
Path: TypeAlias = tuple[Value, ...]
GroupKey: TypeAlias = tuple[Value, ...]


@frozen(eq=False)
class Step:
    """One derived value: how to compute it for one row.

    ``departed`` is what persons judged instead, by the keys that lead to the row; it stands there in place of what the rules give.
    """

    value: ValueRule
    stack: tuple[str, ...]
    slot: int
    applies: Callable[[Frames], Truth] | None
    rules: tuple[Callable[[Frames], Truth], ...]
    produce: Producer
    limiter: Limiter | None
    judgement: int | None = None
    departed: Mapping[Path, Known] | None = None

    def result(self, frames: Frames) -> Value:
        """Everything that the value can still be, with the marker for a gap where no rule covers it.

        Where the value is not applicable its rules are not asked, so that a conflict among them is none; where they conflict and it may not
        be applicable, that is what is left. A judgement stands as it was given.
        """
        if self.departed is not None and (judged := self.departed.get(path_of(frames))) is not None:
            return judged
        applies = YES if self.applies is None else self.applies(frames)
        if applies is NO:
            return NOT_APPLICABLE
        try:
            found = self.produce(frames)
        except ConflictError:
            if applies is YES:
                raise
            return NOT_APPLICABLE
        if self.limiter is not None and self.judged(frames) is None:
            found = self.limiter.apply(found, frames)
        return found if applies is YES else union([found, NOT_APPLICABLE])

    def judged(self, frames: Frames) -> Value | None:
        """What a person judged, or ``None`` where nobody did, or nobody is asked."""
        if self.departed is not None:
            return self.departed.get(path_of(frames))
        return None if self.judgement is None else frames[-1][self.judgement]


@frozen(eq=False)
class Program:
    """A rule set bound to a framework, a profile and parameters. ``others`` is what other engines keep for it.

    ``departures`` are values that persons judged otherwise than computed; the steps of these hold them (:mod:`hmic_rules.departing`).
    """

    ruleset: Ruleset
    framework: str | None
    profile: str | None
    settings: Mapping[str, Known | tuple[Known, ...] | None]
    layout: Layout
    compiler: Compiler
    steps: dict[str, Step] = field(factory=dict)
    shapes: dict[str, Any] = field(factory=dict)
    chains: dict[str, tuple[str, ...]] = field(factory=dict)
    others: dict[str, Any] = field(factory=dict)
    departures: tuple[Any, ...] = ()

    def judged(self, departures: tuple[Any, ...], given: Mapping[str, Mapping[Path, Known]]) -> Program:
        """The same program in which these values are what persons judged, by the value's name and the keys that lead to the row."""
        steps = {name: evolve(step, departed=given.get(name)) for name, step in self.steps.items()}
        return evolve(self, steps=steps, others={}, departures=departures)

    def frames(self, case: Row, scope: str) -> Iterator[Frames]:
        """The frames of every row of a scope in one case."""
        chain = self.chains[scope]
        if scope == CASE:
            yield [case]
            return
        for outer in self.frames(case, chain[-2]):
            rows = cast("list[Row] | None", outer[-1][self.layout.slots[chain[-2]][scope]])
            for row in rows or ():
                yield [*outer, row]

    def listed(self, case: Row, scope: str) -> bool:
        """Whether every row of a scope is known to be there: neither the collection nor one that encloses it is absent."""
        outer = self.chains[scope][-2]
        slot = self.layout.slots[outer][scope]
        enclosed = outer == CASE or self.listed(case, outer)
        return enclosed and all(frames[-1][slot] is not None for frames in self.frames(case, outer))

    def copied(self, row: Row, scope: str) -> Row:
        """A row with rows of its own below it, since a run writes into them what it works out."""
        found = row.copy() if scope != CASE else CaseRow(row)
        for name in collections_on(self.ruleset, scope):
            slot = self.layout.slots[scope][name]
            if (rows := cast("list[Row] | None", row[slot])) is not None:
                found[slot] = cast("Value", [self.copied(one, name) for one in rows])
        return found

    def run(self, case: Row, taken: Mapping[tuple[str, Value], Value] | None = None) -> dict[str, Value]:
        """Compute every value in its row; the results of the case's own values, gaps included.

        Args:
            case: the row of the case.
            taken: values that are taken as given, by their name and the key of the innermost row, instead of what the rules give.

        """
        results: dict[str, Value] = {}
        if isinstance(case, CaseRow):
            case.answered.clear()
        for name in self.ruleset.order:
            step = self.steps.get(name)
            if step is None:
                self.group(case, self.ruleset.groups[name])
                continue
            if step.value.scope == CASE:
                result = step.result([case]) if taken is None else _taken(taken, step, [case])
                results[name] = result
                case[step.slot] = as_read(result, step.value)
                continue
            for frames in self.frames(case, step.value.scope):
                result = step.result(frames) if taken is None else _taken(taken, step, frames)
                frames[-1][step.slot] = as_read(result, step.value)
        return results

    def group(self, case: Row, group: Group) -> None:
        """Sort the rows of a collection into groups, expected ones first.

        Raises:
            InputError: a row's key is unknown, or nobody expected its group.

        """
        absent = not self.listed(case, group.source)
        expected = self.expected(case, group)
        place = self.layout.slots[CASE][group.name]
        if (absent and group.expected is None) or expected is None:
            case[place] = cast("Value", None)
            return
        found = self._sorted(case, group, expected)
        slots, rows = self.layout.slots[group.name], list[Row]()
        for key, members in found.items():
            row = cast("Row", [None] * (FIRST_SLOT + len(slots)))
            row[KEY], row[PLACE] = cast("Value", key if len(key) > 1 else key[0]), case[PLACE]
            for name, value in expected.get(key, {}).items():
                row[slots[name]] = value
            for name, part in zip(group.by, key, strict=True):
                row[slots[name]] = part
            unknown_rows = absent or (not members and group.expected is not None and group.missing == "unknown")
            row[slots[group.source]] = cast("Value", None if unknown_rows else members)
            rows.append(row)
        case[place] = cast("Value", rows)

    def _sorted(self, case: Row, group: Group, expected: Collection[GroupKey]) -> dict[GroupKey, list[Row]]:
        """The rows of a group's source by what they are grouped by; expected keys come first, with no rows where there are none."""
        keys = [self.layout.slots[group.source][name] for name in group.by]
        found: dict[GroupKey, list[Row]] = {key: [] for key in expected}
        problems: list[Diagnostic] = []
        for frames in self.frames(case, group.source):
            row = frames[-1]
            key = tuple(row[slot] for slot in keys)
            unknown = [
                name for name, part in zip(group.by, key, strict=True) if not is_known(part) or part is NOT_APPLICABLE
            ]
            if unknown:
                called = quoted(unknown[0])
                problem = f"{called} is not known, and rows are grouped by it"
                problems.append(Diagnostic(place_of(row), problem, f"give {called}"))
            elif key not in found and group.expected is not None:
                problem = f"nobody expected a row for {', '.join(quoted(shown(part)) for part in key)}"
                help = _expected_instead(group, key, list(expected)) if len(problems) < MAX_PROBLEMS else None
                problems.append(Diagnostic(place_of(row), problem, help))
            else:
                found.setdefault(key, []).append(row)
        if problems:
            raise InputError(capped(problems))
        return found

    def expected(self, case: Row, group: Group) -> dict[GroupKey, dict[str, Value]] | None:
        """The groups that must exist, with what they take over from the items that expect them; ``None`` where that is unknown.

        Raises:
            InputError: more months are expected than a hundred years have.

        """
        if group.expected is None:
            return {}
        axes: list[list[tuple[Value, dict[str, Value]]]] = []
        every = [group.expected.keys[name] for name in group.by]
        for keys in every:
            axis = self._expecting(case, group, keys) if isinstance(keys, str) else self._months(case, group, keys)
            axes += [] if axis is None else [axis]
        if len(axes) < len(every):
            return None
        return {
            tuple(key for key, _ in choice): {name: value for _, taken in choice for name, value in taken.items()}
            for choice in itertools.product(*axes)
        }

    def _expecting(self, case: Row, group: Group, collection: str) -> list[tuple[Value, dict[str, Value]]] | None:
        """The keys of the items that expect a group each, and what it takes over from them; ``None`` where they are not there."""
        rows = cast("list[Row] | None", case[self.layout.slots[CASE][collection]])
        if rows is None:
            return None
        slots, own = self.layout.slots[collection], self.layout.slots[group.name]
        taken = [name for name in slots if name in own and name not in group.by]
        return [(row[KEY], {name: row[slots[name]] for name in taken}) for row in rows]

    def _months(self, case: Row, group: Group, keys: MonthRange) -> list[tuple[Value, dict[str, Value]]] | None:
        """Every month of a range; ``None`` where an end of it is not known."""
        start, end = (
            self.compiler.getter(one, (CASE,))([case]) if isinstance(one, Symbol) else one
            for one in (keys.start, keys.end)
        )
        if not isinstance(start, Month) or not isinstance(end, Month):
            return None
        months = range(start.ordinal, end.ordinal + 1)
        if len(months) > MOST_MONTHS:
            wanted = f"{len(months):,} months, {quoted(shown(start))} to {quoted(shown(end))}"
            help = f"look at the years: {MOST_MONTHS:,} months are the most"
            raise InputError([Diagnostic(place_of(case), f"{quoted(group.name)} would expect {wanted}", help)])
        return [(Month(ordinal), {}) for ordinal in months]


def _taken(taken: Mapping[tuple[str, Value], Value], step: Step, frames: Frames) -> Value:
    key = (step.value.name, frames[-1][KEY])
    return taken[key] if key in taken else step.result(frames)


def _expected_instead(group: Group, key: GroupKey, expected: list[GroupKey]) -> str:
    """Which part of a row's key is not among what is expected, and what is."""
    if not expected:
        return "no group is expected at all: look at what the rule set expects, such as its first and last month"
    for place, name in enumerate(group.by):
        known = dict.fromkeys(other[place] for other in expected)
        if key[place] not in known:
            listed = list(map(shown, known))
            if not all(isinstance(one, str) for one in known):
                return f"{quoted(name)} is {quoted(shown(key[place]))}, and expected from {quoted(listed[0])} to {quoted(listed[-1])}"
            return f"{quoted(name)} is {quoted(shown(key[place]))}: {choices(shown(key[place]), listed)}"
    return "each part of it is expected, and not together"


def as_read(result: Value, value: ValueRule) -> Value:
    """What other rules see: a gap is unknown over the whole type, never false."""
    if result is NO_RULE or (not is_known(result) and NO_RULE in markers(result)):
        rest = without_markers(result)
        extra = markers(result) - {NO_RULE}
        return with_markers(value.type.whole if rest is None else union([rest, value.type.whole]), extra)
    return result


def path_of(frames: Frames) -> Path:
    """The keys of the items and groups that lead to a row; none for the case."""
    return tuple(row[KEY] for row in frames[1:])


def judgement_of(name: str) -> str:
    """What the slot of a person's judgement is called; no value can have such a name."""
    return f"{name}: judgement"


def layout_of(ruleset: Ruleset) -> tuple[Layout, dict[str, tuple[str, ...]]]:
    """Where each name of a rule set stands in the row of its scope; and for each scope the scopes from the case down to it."""
    names: dict[str, list[str]] = {CASE: list(ruleset.inputs)}
    holders: dict[str, tuple[str, ...]] = {}
    chains: dict[str, tuple[str, ...]] = {CASE: (CASE,)}
    for name, collection in ruleset.collections.items():
        names[name] = [*collection.fields, *(["name"] if collection.items is not None else []), *collection.inner]
        holders[name] = (collection.parent or CASE,)
        if collection.parent is None:
            names[CASE].append(name)
    for name in ruleset.collections:
        chain = [name]
        while (parent := ruleset.collections[chain[-1]].parent) is not None:
            chain.append(parent)
        chains[name] = (CASE, *reversed(chain))
    for name, group in ruleset.groups.items():
        taken = [
            field
            for keys in (group.expected.keys.values() if group.expected is not None else ())
            if isinstance(keys, str)
            for field in ruleset.collections[keys].fields
            if field != ruleset.collections[keys].key
        ]
        names[name] = list(dict.fromkeys([*group.by, *taken, group.source]))
        holders[group.source] = (*holders.get(group.source, (CASE,)), name)
        holders[name] = (CASE,)
        names[CASE].append(name)
        chains[name] = (CASE, name)
    for value in ruleset.values.values():
        names[value.scope].append(value.name)
        if isinstance(value.body, Judged):
            names[value.scope].append(judgement_of(value.name))
    slots = {
        scope: {name: place for place, name in enumerate(found, start=FIRST_SLOT)} for scope, found in names.items()
    }
    return Layout(slots, holders), chains


def step_for(compiler: Compiler, layout: Layout, chains: Mapping[str, tuple[str, ...]], value: ValueRule) -> Step:
    """How a derived value is computed for one row of its scope, its conditions compiled."""
    stack = chains[value.scope]
    applies = None if value.applies is None else compiler.truth(value.applies, stack)
    slots = layout.slots[value.scope]
    judgement = slots.get(judgement_of(value.name))
    if value.may_depart is not None and value.may_depart.when is not None:
        compiler.truth(value.may_depart.when, stack)
    rules, produce = producer_of(compiler, value, stack, judgement)
    return Step(value, stack, slots[value.name], applies, rules, produce, limiter(compiler, value, stack), judgement)
