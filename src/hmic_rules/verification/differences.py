"""Two editions of a rule set compared over all cases: who gets another outcome, and what changed on paper alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import eq
from typing import Any, Literal, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.arguments import instance_given
from hmic_rules.datatypes import LabelType, NumberType
from hmic_rules.diagrams.frontier import closure_of
from hmic_rules.diagrams.nodes import Diagram, TooManyStates
from hmic_rules.diagrams.variables import called
from hmic_rules.diagrams.walks import Cost, count, ways_to
from hmic_rules.errors import HmicRulesError
from hmic_rules.outcomes import in_a_row, listed
from hmic_rules.questions.space import is_result
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.verification.pairing import apart, comparable, pairs_of
from hmic_rules.verification.paper import absent_changes, paper_changes, reads_alike
from hmic_rules.verification.usual import leaving, usual_cell
from hmic_rules.verification.views import Part, View, is_real
from hmic_rules.verification.witnesses import FILLINGS, Witness, decided, witness_of

__all__ = ["Changed", "Difference", "Direction", "diff", "difference_data"]

Direction: TypeAlias = Literal["towards the safe side", "away from the safe side", "higher", "lower", "other"]


@frozen
class Changed:
    """Cases that one edition decides so and the other otherwise.

    Attributes:
        outcome: the outcome.
        item: the item that it stands on, ``None`` for the case.
        before: what the old edition gives.
        after: what the new one gives.
        direction: which way it goes, where both are on one scale.
        number: how many cases of the shape that was looked at do so; ``None`` where the diagram does not tell everything apart.
        of: how many cases there are in all.
        part: the framework and reading.
        shape: the rows that these cases have.
        witness: a smallest case; both editions decided it so.

    """

    outcome: str
    item: str | None
    before: str
    after: str
    direction: Direction
    number: int | None
    of: int | None
    part: str
    shape: str
    witness: Witness | None


@frozen
class Difference:
    """What two editions give differently.

    Attributes:
        old: the name of the old edition.
        new: the name of the new one.
        parts: the frameworks and readings that both have, and that were compared.
        only_old: what only the old one has: inputs, outcomes, frameworks, readings.
        only_new: what only the new one has.
        changed: the cases that come out otherwise.
        same: the outcomes that are the same in every case, with how far that was looked at.
        on_paper: what reads otherwise and is the same in effect.
        open: what was not analysed, or is not known.

    """

    old: str
    new: str
    parts: tuple[str, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    changed: tuple[Changed, ...] = ()
    same: tuple[tuple[str, tuple[str, ...]], ...] = ()
    on_paper: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def equivalent(self) -> bool:
        """Whether every outcome of either is an outcome of both, and is the same in every case."""
        apart = [one for one in (*self.only_old, *self.only_new) if one.startswith(("outcome ", "framework "))]
        bounded = any(within for _, within in self.same)
        return not self.changed and not self.open and not apart and not bounded


@frozen(eq=False)
class _Found:
    """What was found of one outcome; ``reworded`` where something that it rests on reads otherwise, or is in one edition only."""

    reworded: bool
    changed: list[Changed] = field(factory=list)
    within: dict[str, None] = field(factory=dict)
    open: list[str] = field(factory=list)


def diff(old: Ruleset, new: Ruleset) -> Difference:
    """Every class of case to which two editions give another outcome.

    What both call alike is taken to be the same fact, if it can have the same values. A fact that only one of them asks is free: so a class
    can hang on it.
    """
    old = instance_given(old, Ruleset, "old", "load it first: hmic_rules.load(…)")
    new = instance_given(new, Ruleset, "new", "load it first: hmic_rules.load(…)")
    only_old, only_new = apart(old, new)
    pairs = list(pairs_of(old, new))
    common = [name for name in old.outcomes if name in new.outcomes and comparable(old.values[name], new.values[name])]
    changed: list[Changed] = []
    same: list[tuple[str, tuple[str, ...]]] = []
    opened: list[str] = []
    paper = list(paper_changes(old, new))
    reworded = {value for value, _ in paper}
    for name in common:
        closures = closure_of(old, [name]), closure_of(new, [name])
        if reads_alike(old, new, closures[0] | closures[1]):
            same.append((name, ()))  # whatever the rows, and however large its diagrams would be
            continue
        found = _Found(bool((closures[0] ^ closures[1]) or reworded & closures[1]))
        for one, other in pairs:
            try:
                _compare(one, other, name, found)
            except TooManyStates as many:
                found.open.append(f"`{name}` is not analysed under {one}: its diagrams would have {many}")
        found.open.extend(absent_changes(old, new, closures))
        changed += found.changed
        opened += found.open
        if not found.changed and not found.open:
            same.append((name, tuple(found.within)))
    settled = {name for name, _ in same}
    moved = {value for one in changed for value in closure_of(old, [one.outcome]) | closure_of(new, [one.outcome])}
    rests = {value for name in settled for value in closure_of(old, [name]) | closure_of(new, [name])}
    on_paper = [text for value, text in paper if value in rests and value not in moved]
    return Difference(
        _named(old),
        _named(new),
        tuple(str(one) for one, _ in pairs),
        only_old,
        only_new,
        tuple(changed),
        tuple(same),
        tuple(on_paper),
        tuple(dict.fromkeys(opened)),
    )


def _named(ruleset: Ruleset) -> str:
    return f"{ruleset.name}, edition {ruleset.edition}"


def _compare(one: Part, other: Part, name: str, found: _Found) -> None:
    """The classes of one outcome under one framework and reading."""
    olds, news = one.views(name), other.views(name)
    if not _same_groups(one, other, olds, news):
        olds, news = one.plain_views(name), other.plain_views(name)
    shapes = {(str(view.shape), str(view.shape.placed)): view for view in news}
    matched = [(view, shapes.get((str(view.shape), str(view.shape.placed)))) for view in olds]
    if not olds or not all(both for _, both in matched):
        found.open.append(f"`{name}` is not compared under {one}: the editions have cases of other shapes")
    for view, twin in matched:
        if twin is None:
            continue
        found.within.update(dict.fromkeys((*view.limits, *twin.limits)))
        results, theirs = view.results(name), twin.results(name)
        for item in [one for one in results if one in theirs]:
            _classes(view, twin, name, item, results[item], theirs[item], found)


def _same_groups(one: Part, other: Part, olds: Sequence[View], news: Sequence[View]) -> bool:
    """Whether both rest on the same values of groups, and these follow from the rows in the same way."""
    pins = [
        {name for view in views for each in view.attained.values() for name in each.names} for views in (olds, news)
    ]
    if pins[0] != pins[1]:
        return False
    for pin in sorted(pins[0]):
        mine, theirs = one.plain_views(pin), other.plain_views(pin)
        if [str(view.shape) for view in mine] != [str(view.shape) for view in theirs]:
            return False
        if any(view.results(pin) != twin.results(pin) for view, twin in zip(mine, theirs, strict=True)):
            return False
    return True


def _classes(
    view: View, twin: View, name: str, item: str | None, before: Diagram, after: Diagram, found: _Found
) -> None:
    store = view.store
    loose = view.universe.inexact(before) or twin.universe.inexact(after)
    if loose and found.reworded:
        what = f"`{called(name, item)}` may differ where no case is shown, since something that it rests on reads otherwise"
        found.open.append(f"{what}: {loose[0]}")
    if before == after:
        return
    joint = store.apply(_differing, before, after, alike=store.leaf(None))
    steps = [view.universe.program.steps[name], twin.universe.program.steps[name]]
    numbers = {} if loose else _numbers(view, joint)
    for pair in [leaf for leaf in store.leaves(joint) if leaf is not None]:
        chosen = ways_to(store, joint, partial(eq, pair), _cost(view, twin)).first()
        if chosen is None:
            continue
        results = tuple(listed(result, step) for result, step in zip(pair, steps, strict=True))
        texts = tuple(in_a_row(one, " or ") for one in results)
        if any(
            one.outcome == name and one.item == item and (one.before, one.after) == texts and one.part == str(view.part)
            for one in found.changed
        ):
            continue
        witness = _shown(view, twin, name, item, chosen, results)
        if witness is None:
            why = loose[0] if loose else "a case that the diagrams give is decided otherwise"
            found.open.append(
                f"`{called(name, item)}` may go from {texts[0]} to {texts[1]}, and no case was found: {why}"
            )
            continue
        direction = _direction(steps[0].value, steps[1].value, *pair)
        found.changed.append(
            Changed(
                name,
                item,
                texts[0],
                texts[1],
                direction,
                numbers.get(pair),
                sum(numbers.values()) or None,
                str(view.part),
                str(view.shape),
                witness,
            )
        )


def _differing(one: Any, other: Any) -> tuple[Any, Any] | None:
    """Two results that are not the same; what cannot be, and conflicts, are no results."""
    if not is_real(one) or not is_real(other) or is_result(one, other):
        return None
    return one, other


def _numbers(view: View, joint: Diagram) -> Mapping[Any, int]:
    return dict(count(view.store, joint, view.store.support(joint)))


def _cost(view: View, twin: View) -> Callable[[int, int], Cost]:
    """What it costs to leave what is usual in the old edition; of what the old one does not ask, what is in the new one."""
    usual: dict[int, int] = {}
    for one in (twin, view):
        usual.update({each.level: usual_cell(one.universe.program, each) for each in one.universe.order.own})
    return leaving(usual)


def _shown(
    view: View, twin: View, name: str, item: str | None, chosen: dict[int, int], results: tuple[tuple[str, ...], ...]
) -> Witness | None:
    """A case that both editions decide as their diagrams say, with the facts of either."""
    for filling in FILLINGS:
        witnesses = [witness_of(one, chosen, filling) for one in (view, twin)]
        try:
            decisions = [decided(one, witness) for one, witness in zip((view, twin), witnesses, strict=True)]
        except HmicRulesError:
            continue
        found = [one.at(name, item) for one in decisions]
        if tuple(one.possible for one in found) == results:
            old, new = witnesses
            unusual = tuple(dict.fromkeys((*old.unusual, *new.unusual)))
            return Witness(
                old.framework, old.profile, {**old.parameters, **new.parameters}, {**old.facts, **new.facts}, unusual
            )
    return None


def _direction(old: ValueRule, new: ValueRule, before: Any, after: Any) -> Direction:
    """Which way a result goes by the scale of the new edition; by its safe side, where it has one."""
    if isinstance(new.type, LabelType):
        order = {label: place for place, label in enumerate(new.better)} or (
            {label: place for place, label in enumerate(new.type.labels)} if new.type.scale is not None else {}
        )
        try:
            places = order[before], order[after]
        except (KeyError, TypeError):
            return "other"
    elif isinstance(new.type, NumberType) and all(not hasattr(one, "markers") for one in (before, after)):
        places = cast("tuple[int, int]", (before, after))
    elif isinstance(before, bool) and isinstance(after, bool):
        places = int(before), int(after)
    else:
        return "other"
    try:
        rises = places[1] > places[0]
    except TypeError:
        return "other"
    if new.safe_side is None:
        return "higher" if rises else "lower"
    return "towards the safe side" if rises == (new.safe_side == "highest") else "away from the safe side"


def difference_data(found: Difference) -> dict[str, Any]:
    """A difference as plain data, for JSON.

    Keys: ``old``, ``new``, ``equivalent``, ``parts``, ``only_old``, ``only_new``; ``changed``, each with ``outcome``, ``item``, ``before``,
    ``after``, ``direction``, ``number``, ``of``, ``part``, ``shape`` and ``witness`` (null, or ``unusual``, ``parameters`` and ``facts``);
    ``same``, each with ``outcome`` and ``within``; ``on_paper``; ``open``.
    """
    return {
        "old": found.old,
        "new": found.new,
        "equivalent": found.equivalent,
        "parts": list(found.parts),
        "only_old": list(found.only_old),
        "only_new": list(found.only_new),
        "changed": [
            {
                "outcome": one.outcome,
                "item": one.item,
                "before": one.before,
                "after": one.after,
                "direction": one.direction,
                "number": one.number,
                "of": one.of,
                "part": one.part,
                "shape": one.shape,
                "witness": None
                if one.witness is None
                else {
                    "unusual": list(one.witness.unusual),
                    "parameters": dict(one.witness.parameters),
                    "facts": dict(one.witness.facts),
                },
            }
            for one in found.changed
        ],
        "same": [{"outcome": name, "within": list(within)} for name, within in found.same],
        "on_paper": list(found.on_paper),
        "open": list(found.open),
    }
