"""Where outcomes stand on their scale: what was published, what the rules give, and how many bodies were given what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from hmic_rules.datatypes import LabelType
from hmic_rules.inspections import Distribution, FrameworkGrade, Inspection
from hmic_rules.outcomes import Outcome, in_a_row
from hmic_rules.phrases import GAP, said
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE

__all__ = ["Bar", "Chip", "Placed", "bars_of", "chips_of", "columns_of", "place_in_words", "placed"]

Kind = Literal["published", "computed", "default", "judged"]
TALLEST = 100


@frozen
class Chip:
    """A mark on a scale, over one column or several that touch.

    Attributes:
        words: what is written on it.
        kind: whether it is what was ``published``, what the rules give under the ``default`` reading or another one (``computed``), or what follows
            with what was ``judged``.
        first: the first column, from 1.
        last: the last column.

    """

    words: str
    kind: Kind
    first: int
    last: int


@frozen
class Bar:
    """How many bodies were given one label.

    Attributes:
        label: the label.
        column: its column on the scale, from 1.
        count: how many.
        height: its height beside the tallest, in hundredths.
        here: whether the body of the inspection is among them.

    """

    label: str
    column: int
    count: int
    height: int
    here: bool


@frozen
class Placed:
    """One framework on the scale.

    Attributes:
        columns: the results from the lowest to the highest, before them that no grade follows where that can be; empty where the outcome has no labels.
        lines: the marks, in as few lines as hold them.
        bars: how many bodies were given each label; empty where that is not known.
        words: all of it in words.

    """

    columns: tuple[str, ...]
    lines: tuple[tuple[Chip, ...], ...]
    bars: tuple[Bar, ...]
    words: str

    @property
    def number(self) -> int:
        """How many columns there are."""
        return len(self.columns)


def columns_of(inspection: Inspection, grades: Iterable[FrameworkGrade]) -> tuple[str, ...]:
    """The columns that all frameworks share, so that one can be read beside another; none where the outcome has no labels."""
    type = inspection.ruleset.values[inspection.outcome].type
    if not isinstance(type, LabelType):
        return ()
    decisions = [decision for one in grades for decision in (*one.decisions.values(), *one.judged.values())]
    possible = {label for decision in decisions for label in decision[inspection.outcome].possible}
    before = (NO_RULE.value,) if NO_RULE.value in possible else ()
    after = (NOT_APPLICABLE.value,) if NOT_APPLICABLE.value in possible else ()
    return (*before, *type.labels, *after)


def placed(inspection: Inspection, grade: FrameworkGrade, columns: Sequence[str]) -> Placed:
    """One framework on the scale."""
    name = inspection.outcome
    published = grade.record.published
    chips: list[Chip] = []
    words: list[str] = [f"published: {published or 'nothing'}"]
    if published in columns:
        place = columns.index(published) + 1
        chips.append(Chip("published", "published", place, place))
    for reading, decision in grade.decisions.items():
        kind: Kind = "default" if reading == grade.default else "computed"
        called = reading or "the rules"
        chips += chips_of(called, kind, decision[name], columns)
        words.append(f"{called}: {said(decision[name])}")
        judged = grade.judged.get(reading)
        if judged is not None and judged[name].possible != decision[name].possible:
            chips += chips_of(f"{called}, judged", "judged", judged[name], columns)
            words.append(f"{called}, with what was judged: {said(judged[name])}")
    distribution = grade.record.distribution
    bars = () if distribution is None else bars_of(distribution, published, columns)
    if distribution is not None:
        words.append(f"of {distribution.total} bodies {_counted(distribution.counts)}")
    shown = tuple(GAP if column == NO_RULE.value else column for column in columns)
    return Placed(shown, tuple(_packed(chips)), bars, "; ".join(words))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {in_a_row([label])}" for label, count in counts.items())


def chips_of(words: str, kind: Kind, outcome: Outcome, columns: Sequence[str]) -> Iterator[Chip]:
    """A mark for each run of columns that touch."""
    possible = (NOT_APPLICABLE.value,) if outcome.status == "not applicable" else outcome.possible
    places = sorted(columns.index(label) + 1 for label in columns if label in possible)
    gap = columns.index(NO_RULE.value) + 1 if NO_RULE.value in columns else 0
    start = 0
    for here, place in enumerate(places):
        following = places[here + 1] if here + 1 < len(places) else None
        # That no grade follows is no grade below the lowest one: its mark never runs on into those of the grades.
        if following != place + 1 or place == gap:
            yield Chip(words, kind, places[start], place)
            start = here + 1


def _packed(chips: Iterable[Chip]) -> Iterator[tuple[Chip, ...]]:
    """The marks in lines, each in the first line that has room."""
    lines: list[list[Chip]] = []
    for chip in chips:
        for line in lines:
            if all(chip.first > other.last or chip.last < other.first for other in line):
                line.append(chip)
                break
        else:
            lines.append([chip])
    for line in lines:
        yield tuple(sorted(line, key=lambda chip: chip.first))


def bars_of(distribution: Distribution, published: str | None, columns: Sequence[str]) -> tuple[Bar, ...]:
    """The bars of a distribution."""
    most = max(distribution.counts.values(), default=0)
    return tuple(
        Bar(label, columns.index(label) + 1, count, round(TALLEST * count / most) if most else 0, label == published)
        for label, count in distribution.counts.items()
        if label in columns
    )


def place_in_words(distribution: Distribution | None, published: str | None) -> str | None:
    """Where a body stands among all, in a sentence; nothing where that is not known."""
    if distribution is None or published is None or published not in distribution.counts:
        return None
    below, level, above = distribution.place(published)
    return f"Of {distribution.total} bodies {level} {'was' if level == 1 else 'were'} given {published}, {above} more and {below} less."
