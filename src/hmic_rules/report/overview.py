"""The first screen: every framework at one glance, and in how many of them the rules give what was published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

from attrs import frozen

from hmic_rules.datatypes import LabelType, shown
from hmic_rules.inspection_reasons import between
from hmic_rules.inspections import FrameworkGrade, Inspection
from hmic_rules.phrases import said
from hmic_rules.report.anchors import anchor
from hmic_rules.report.scales import Placed, columns_of, place_in_words, placed

__all__ = ["Glance", "Overview", "Reading", "overview_of"]

Beside = Literal["same", "less", "more", "open", "other", "gap", "unpublished"]
BESIDE: Final[dict[Beside, str]] = {
    "same": "the same",
    "less": "the rules give less",
    "more": "the rules give more",
    "open": "what was published is possible",
    "other": "the rules give something else",
    "gap": "the rules give none",
    "unpublished": "nothing was published",
}


@frozen
class Reading:
    """What one framework comes to under one reading.

    Attributes:
        reading: its name, ``None`` where the rule set has none.
        default: whether the page is told under it.
        computed: what the rules give, in words.
        judged: what follows with what was judged, where judgements stand under it.

    """

    reading: str | None
    default: bool
    computed: str
    judged: str | None


@frozen
class Glance:
    """One framework on the first screen.

    Attributes:
        id: the id of its section.
        framework: its name.
        title: its title.
        published: what was published.
        readings: what the rules give under each reading.
        beside: how what they give under the page's reading stands to what was published, and ``beside_words`` the same in words.
        between: what stands between the two.
        place: where the body stands among all, in a sentence.
        scale: all of it on the scale.
        differs: whether the readings do not all give the same.

    """

    id: str
    framework: str
    title: str
    published: str | None
    readings: tuple[Reading, ...]
    beside: Beside
    beside_words: str
    between: str
    place: str | None
    scale: Placed
    differs: bool


@frozen
class Overview:
    """The first screen.

    Attributes:
        reading: the reading under which the page is told.
        readings: every reading.
        glances: the frameworks.
        summary: how many come out how, in a sentence.
        turning: in how many frameworks the readings differ, in a sentence; nothing where there is one reading.

    """

    reading: str | None
    readings: tuple[str | None, ...]
    glances: tuple[Glance, ...]
    summary: str
    turning: str | None


def overview_of(inspection: Inspection, grades: Sequence[FrameworkGrade]) -> Overview:
    """The first screen of an inspection that was graded."""
    columns = columns_of(inspection, grades)
    glances = tuple(_glance(inspection, grade, columns) for grade in grades)
    reading = grades[0].default if grades else inspection.ruleset.default_profile
    readings = tuple(grades[0].decisions) if grades else ()
    return Overview(reading, readings, glances, _summary(reading, glances), _turning(readings, glances))


def _glance(inspection: Inspection, grade: FrameworkGrade, columns: Sequence[str]) -> Glance:
    name = inspection.outcome
    readings = tuple(
        Reading(
            reading,
            reading == grade.default,
            said(decision[name]),
            said(grade.judged[reading][name]) if reading in grade.judged else None,
        )
        for reading, decision in grade.decisions.items()
    )
    beside = _beside(inspection, grade)
    return Glance(
        anchor("framework", grade.framework),
        grade.framework,
        grade.title,
        grade.record.published,
        readings,
        beside,
        BESIDE[beside],
        between(inspection, grade),
        place_in_words(grade.record.distribution, grade.record.published),
        placed(inspection, grade, columns),
        len({one.computed for one in readings}) > 1,
    )


def _beside(inspection: Inspection, grade: FrameworkGrade) -> Beside:
    published, outcome = grade.record.published, grade.decision[inspection.outcome]
    type = inspection.ruleset.values[inspection.outcome].type
    if published is None:
        return "unpublished"
    if outcome.status == "no rule covers this":
        return "gap"
    if outcome.status == "decided" and outcome.value is not None and shown(outcome.value) == published:
        return "same"
    if outcome.status == "undetermined" and published in outcome.possible:
        return "open"
    ranks = type.ranks if isinstance(type, LabelType) and type.scale is not None else {}
    places = [ranks[label] for label in outcome.possible if label in ranks]
    if not places or published not in ranks or len(places) < len(outcome.possible):
        return "other"
    return "less" if max(places) < ranks[published] else "more" if min(places) > ranks[published] else "other"


def _summary(reading: str | None, glances: Sequence[Glance]) -> str:
    if not glances:
        return "No framework was inspected."
    under = "The" if reading is None else f"Under the reading {reading} the"
    counts: Counter[Beside] = Counter(one.beside for one in glances if one.published is not None)
    if not counts:
        return f"{under} rules give what is shown here; nothing was published that it could be held to."
    ways: dict[Beside, str] = {
        "same": "the same as was published in {}",
        "less": "less in {}",
        "more": "more in {}",
        "open": "a range that holds what was published in {}",
        "other": "something else in {}",
        "gap": "no grade in {}",
    }
    parts = [words.format(counts[kind]) for kind, words in ways.items() if counts[kind]]
    total = counts.total()
    return f"{under} rules give {_and(parts)} of {total} framework{'s' if total != 1 else ''}."


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _turning(readings: Sequence[str | None], glances: Sequence[Glance]) -> str | None:
    if len(readings) < 2:
        return None
    found = [one.title for one in glances if one.differs]
    if not found:
        return "All readings give the same."
    where = "every framework" if len(found) == len(glances) else _and(found)
    return f"The {len(readings)} readings differ in {where}."
