"""The leverage of an inspection's recommendations: what each changes alone and beside all others, all of them together, and the smallest sets that lift.

It is a question to the rules and the facts as they were coded: what they would give, had what the answered findings show to fall short been
put right. It says nothing of how hard a recommendation is to carry out, and it is no forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from hmic_rules.arguments import name_given
from hmic_rules.errors import NotFoundError, choices, quoted
from hmic_rules.inspections import Inspection, Recommendation
from hmic_rules.leverage.changed import answered_by, remedy_of, shortfalls
from hmic_rules.leverage.regrading import Effect, Regrading, effect_data
from hmic_rules.leverage.searching import Lifting, lifting_data, smallest_sets
from hmic_rules.remedies import Remedy

__all__ = ["Leverage", "RecommendationLeverage", "leverage_data", "leverage_of"]


@frozen
class RecommendationLeverage:
    """What one recommendation would change.

    Attributes:
        recommendation: its id.
        title: what it is called.
        wider: whether it goes beyond the findings that it answers; what goes beyond them is not counted here.
        findings: the findings that it answers.
        put_right: the bearings of these findings that fall short, by their ids, on any framework asked for.
        criteria: the criteria that these bearings are on.
        names: the criteria that it names itself; a criterion that is not among ``criteria`` is moved by none of its findings.
        alone: what it changes where it alone is carried out, for each framework that it puts anything right in and each reading.
        beside_others: what it adds where all others are carried out too, for the same frameworks and readings.

    """

    recommendation: str
    title: str
    wider: bool
    findings: tuple[str, ...]
    put_right: tuple[str, ...]
    criteria: tuple[str, ...]
    names: tuple[str, ...]
    alone: tuple[Effect, ...]
    beside_others: tuple[Effect, ...]


@frozen
class Leverage:
    """The leverage of an inspection's recommendations.

    Attributes:
        inspection: its name.
        title: its title.
        frameworks: the frameworks asked for, with their titles.
        readings: the readings asked for, ``None`` where the rule set has none.
        remedy: what putting a finding right means.
        recommendations: each of those asked for.
        together: what all recommendations of the inspection change together, for each framework and reading.
        sets: the smallest sets that lift an outcome, for each framework and reading.

    """

    inspection: str
    title: str
    frameworks: Mapping[str, str]
    readings: tuple[str | None, ...]
    remedy: Remedy
    recommendations: tuple[RecommendationLeverage, ...]
    together: tuple[Effect, ...]
    sets: tuple[Lifting, ...]


def leverage_of(
    inspection: Inspection, framework: str | None = None, reading: str | None = None, recommendation: str | None = None
) -> Leverage:
    """What carrying recommendations out would change: every framework graded again under every reading.

    Args:
        inspection: the inspection.
        framework: the only framework; every one where none is named.
        reading: the only reading; every one where none is named.
        recommendation: the only recommendation that is looked at by itself; all of them still stand in what is changed together.

    Raises:
        NotFoundError: there is no such framework, reading or recommendation.
        InputError: the inspection does not say what putting a finding right makes of it.
        ConflictError: two rules of a ``unique`` list hold together once findings were put right.

    """
    remedy = remedy_of(inspection)
    ruleset = inspection.ruleset
    readings: tuple[str | None, ...] = tuple(ruleset.profiles) or (None,)
    frameworks = _asked("framework", framework, inspection.frameworks)
    asked = _asked("recommendation", recommendation, inspection.recommendations)
    if reading is not None:
        readings = _asked("reading", reading, ruleset.profiles)
    every = [Regrading(inspection, name, one) for name in frameworks for one in readings]
    whole = answered_by(inspection, inspection.recommendations)
    return Leverage(
        inspection.name,
        inspection.title,
        {name: ruleset.frameworks[name].title for name in frameworks},
        readings,
        remedy,
        tuple(_of_one(inspection, inspection.recommendations[id], every, whole) for id in asked),
        tuple(one.effect((), whole) for one in every),
        tuple(smallest_sets(one) for one in every),
    )


def _asked(what: str, name: str | None, known: Mapping[str, Any]) -> tuple[str, ...]:
    if name is None:
        return tuple(known)
    if name_given(name, what) not in known:
        raise NotFoundError(f"there is no {what} {quoted(name)}: {choices(name, known)}")
    return (name,)


def _of_one(
    inspection: Inspection, recommendation: Recommendation, every: Iterable[Regrading], whole: frozenset[str]
) -> RecommendationLeverage:
    own = answered_by(inspection, [recommendation.id])
    others = answered_by(inspection, (id for id in inspection.recommendations if id != recommendation.id))
    touched = [one for one in every if one.short(own)]
    short = frozenset[str]().union(*(one.short(own) for one in touched))
    bearings = [bearing for bearing in shortfalls(inspection, own) if bearing.id in short]
    return RecommendationLeverage(
        recommendation.id,
        recommendation.title,
        recommendation.wider,
        recommendation.answers,
        tuple(bearing.id for bearing in bearings),
        tuple(dict.fromkeys(bearing.criterion for bearing in bearings)),
        recommendation.bears,
        tuple(one.effect((), own) for one in touched),
        tuple(one.effect(others, whole) for one in touched),
    )


def leverage_data(leverage: Leverage) -> dict[str, Any]:
    """The leverage as plain data, for JSON; docs/leverage.md lists its keys."""
    remedy = leverage.remedy
    return {
        "inspection": leverage.inspection,
        "frameworks": list(leverage.frameworks),
        "readings": list(leverage.readings),
        "put_right": {"says": remedy.says, "basis": remedy.basis, "becomes": dict(remedy.becomes)},
        "recommendations": [
            {
                "recommendation": one.recommendation,
                "title": one.title,
                "wider": one.wider,
                "findings": list(one.findings),
                "put_right": list(one.put_right),
                "criteria": list(one.criteria),
                "names": list(one.names),
                "alone": [effect_data(effect) for effect in one.alone],
                "beside_others": [effect_data(effect) for effect in one.beside_others],
            }
            for one in leverage.recommendations
        ],
        "together": [effect_data(effect) for effect in leverage.together],
        "sets": [lifting_data(lifting) for lifting in leverage.sets],
    }
