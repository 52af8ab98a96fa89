"""The recommendations on the page: what each answers, what it would change, and the smallest sets that lift an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from hmic_rules.inspections import Inspection, Recommendation
from hmic_rules.leverage.recommendations import Leverage, RecommendationLeverage
from hmic_rules.leverage.regrading import Effect, number_moved
from hmic_rules.leverage.searching import Lifting
from hmic_rules.phrases import said
from hmic_rules.report.anchors import anchor
from hmic_rules.report.links import Link, Links

__all__ = ["Advice", "Lift", "Moves", "RecommendationEntry", "Together", "advice_of"]

SETS_SHOWN = 3


@frozen
class Moves:
    """What is otherwise in one framework under each reading.

    Attributes:
        framework: the framework.
        outcomes: for each reading, the outcome before and after in words, and whether it turned.
        criteria: the criteria that stand otherwise under any reading, with how they stood and stand under each; ``None`` where one does not move.

    """

    framework: Link
    outcomes: tuple[tuple[str, bool], ...]
    criteria: tuple[tuple[Link, tuple[str | None, ...]], ...]


@frozen
class RecommendationEntry:
    """One recommendation on the page.

    Attributes:
        id: the id of its element.
        recommendation: the recommendation.
        findings: the findings that it answers, with their passages.
        names: the criteria that it names itself.
        put_right: how many bearings of these findings fall short; ``None`` where the inspection does not say what that means.
        counts: how many criteria it moves alone, and beside all others, under each reading.
        alone: what it moves alone.
        lifts: whether it alone lifts any outcome.

    """

    id: str
    recommendation: Recommendation
    findings: tuple[tuple[Link, str], ...]
    names: tuple[Link, ...]
    put_right: int | None
    counts: tuple[tuple[int, int], ...]
    alone: tuple[Moves, ...]
    lifts: bool


@frozen
class Together:
    """What all recommendations change together in one framework: under each reading the outcome in words, and how many criteria move."""

    framework: Link
    outcomes: tuple[tuple[str, int], ...]


@frozen
class Lift:
    """A smallest set of recommendations that lifts an outcome, or that none does.

    Attributes:
        framework: the framework.
        reading: the reading.
        words: from what to what; ``None`` where no set lifts it.
        size: how many recommendations it takes.
        number: how many sets of that size do it.
        sets: the first of them.
        searched: the largest number of recommendations that was looked at, where that is not all of them.

    """

    framework: Link
    reading: str | None
    words: str | None
    size: int
    number: int
    sets: tuple[tuple[Link, ...], ...]
    searched: int | None


@frozen
class Advice:
    """The recommendations of an inspection.

    Attributes:
        readings: the readings, in the order of every row.
        entries: the recommendations.
        remedy: what putting a finding right means and where that comes from; ``None`` where the inspection does not say it, and then nothing is
            told of what would change.
        together: what all of them change together.
        lifts: the smallest sets that lift an outcome.
        unlifted: the frameworks that no set lifts, with the readings.

    """

    readings: tuple[str | None, ...]
    entries: tuple[RecommendationEntry, ...]
    remedy: tuple[str, str] | None
    together: tuple[Together, ...]
    lifts: tuple[Lift, ...]
    unlifted: tuple[tuple[Link, tuple[str, ...]], ...]


def advice_of(inspection: Inspection, links: Links) -> Advice:
    """The recommendations of an inspection, with what they would change where it says what putting right means."""
    leverage = inspection.leverage() if inspection.remedy is not None and inspection.recommendations else None
    found = {one.recommendation: one for one in leverage.recommendations} if leverage is not None else {}
    readings = leverage.readings if leverage is not None else ()
    entries = tuple(
        _entry(inspection, one, found.get(one.id), readings, links) for one in inspection.recommendations.values()
    )
    if leverage is None:
        return Advice((), entries, None, (), (), ())
    remedy = leverage.remedy.says, leverage.remedy.basis
    return Advice(
        readings,
        entries,
        remedy,
        tuple(_together(leverage, name, links) for name in leverage.frameworks),
        tuple(lift for one in leverage.sets for lift in _lifts(one, links)),
        _unlifted(leverage, links),
    )


def _entry(
    inspection: Inspection,
    recommendation: Recommendation,
    leverage: RecommendationLeverage | None,
    readings: Sequence[str | None],
    links: Links,
) -> RecommendationEntry:
    findings = tuple((links.finding(id), inspection.findings[id].cite) for id in recommendation.answers)
    names = tuple(link for name in recommendation.bears for link in links.criteria(name))
    alone = leverage.alone if leverage is not None else ()
    beside = leverage.beside_others if leverage is not None else ()
    return RecommendationEntry(
        anchor("recommendation", recommendation.id),
        recommendation,
        findings,
        names,
        len(leverage.put_right) if leverage is not None else None,
        tuple((number_moved(alone, reading), number_moved(beside, reading)) for reading in readings),
        _moves(alone, readings, links),
        any(effect.lifts for effect in alone),
    )


def _moves(effects: Sequence[Effect], readings: Sequence[str | None], links: Links) -> tuple[Moves, ...]:
    found: list[Moves] = []
    for framework in dict.fromkeys(effect.framework for effect in effects):
        own = {effect.reading: effect for effect in effects if effect.framework == framework}
        cells: dict[str, dict[str | None, str]] = {}
        for reading, effect in own.items():
            for one in effect.criteria:
                cells.setdefault(one.criterion, {})[reading] = f"{said(one.before)} → {said(one.after)}"
        criteria = tuple(
            (links.criterion(framework, id), tuple(by.get(reading) for reading in readings)) for id, by in cells.items()
        )
        outcomes = tuple(_change(own.get(reading)) for reading in readings)
        found.append(Moves(links.framework(framework), outcomes, criteria))
    return tuple(found)


def _change(effect: Effect | None) -> tuple[str, bool]:
    if effect is None:
        return "", False
    before = said(effect.before)
    return (f"{before} → {said(effect.after)}" if effect.turned else before), effect.turned


def _together(leverage: Leverage, framework: str, links: Links) -> Together:
    own: Mapping[str | None, Effect] = {one.reading: one for one in leverage.together if one.framework == framework}
    outcomes = tuple(
        (_change(own.get(reading))[0], number_moved(own.values(), reading)) for reading in leverage.readings
    )
    return Together(links.framework(framework), outcomes)


def _lifts(lifting: Lifting, links: Links) -> Iterable[Lift]:
    for one in lifting.reached:
        yield Lift(
            links.framework(lifting.framework),
            lifting.reading,
            f"{said(lifting.before)} → {said(one.outcome)}",
            one.size,
            one.number,
            tuple(tuple(map(links.recommendation, chosen)) for chosen in one.sets[:SETS_SHOWN]),
            None if lifting.complete else lifting.searched,
        )


def _unlifted(leverage: Leverage, links: Links) -> tuple[tuple[Link, tuple[str, ...]], ...]:
    """The frameworks that no set lifts, each with the readings, and with how far was looked where that is not everywhere."""
    found: list[tuple[Link, tuple[str, ...]]] = []
    for framework in leverage.frameworks:
        none = [one for one in leverage.sets if one.framework == framework and not one.reached]
        where = tuple(
            (one.reading or "the rules") + ("" if one.complete else f" (sets of up to {one.searched})") for one in none
        )
        if where:
            found.append((links.framework(framework), where))
    return tuple(found)
