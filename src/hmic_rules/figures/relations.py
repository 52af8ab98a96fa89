"""Whether what should hold among figures does: it holds, it fails, or it is open, since the figures are known only within bounds.

A relation among numbers fails only where no numbers within the bounds satisfy it, and holds only where all do. That is exact, because no figure
stands in a test twice. In an equality the second side is what is stated: numbers satisfy it where the first side comes to a number that fits the
statement. Among statements of one thing (``same``) it fails where nothing fits them all, and holds where one of them says all that the others say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, reduce
from itertools import pairwise
from typing import Any, Final, Literal

from attrs import frozen

from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.figures.facts import Constant, Expression, Figure, Less, Named, Ratio, Relation, Sum, Test, Times
from hmic_rules.figures.intervals import WHOLE, Interval, exactly
from hmic_rules.figures.writing import bound_text, interval_text

__all__ = ["VERDICTS", "Checked", "Figures", "figures_data", "only"]

Verdict = Literal["holds", "fails", "open"]
VERDICTS: Final = ("fails", "open", "holds")
SIGNS: Final = {
    "same": " and ",
    "equal": " = ",
    "at_most": " ≤ ",
    "below": " < ",
    "inside": " inside ",
    "order": ", then ",
}


@frozen
class Checked:
    """A relation with its verdict.

    Attributes:
        computed: the comparison with its figures, as a person reads it; several where it is left open which is meant.

    """

    relation: Relation
    verdict: Verdict
    computed: tuple[str, ...]
    figures: tuple[Figure, ...]


@frozen(eq=False, slots=False)
class Figures:
    """The figures of an inspection's report and what should hold among them.

    Attributes:
        file: how the file is called in messages.
        says: what is in it and what is not, if the file says so.
        figures: by id, in the order of the file.
        relations: by id, in the order of the file.

    """

    file: str
    says: str | None
    figures: Mapping[str, Figure]
    relations: Mapping[str, Relation]

    def __repr__(self) -> str:
        return f"<Figures {self.file}, {len(self.figures)} figures, {len(self.relations)} relations>"

    @cached_property
    def checked(self) -> tuple[Checked, ...]:
        """Every relation with its verdict, in the order of the file."""
        return tuple(
            Checked(
                relation,
                _either([_verdict(test, self.figures) for test in relation.tests]),
                tuple(_computed(test, relation.form, self.figures) for test in relation.tests),
                tuple(self.figures[id] for id in relation.figures),
            )
            for relation in self.relations.values()
        )

    @property
    def all_hold(self) -> bool:
        """Whether nothing fails; what is open does not."""
        return not self.by_verdict("fails")

    def by_verdict(self, verdict: Verdict) -> tuple[Checked, ...]:
        """The relations of one verdict: ``holds``, ``fails`` or ``open``."""
        return tuple(one for one in self.checked if one.verdict == verdict)

    def __getitem__(self, relation: str) -> Checked:
        """A relation with its verdict, by its id.

        Raises:
            NotFoundError: there is no such relation.

        """
        for one in self.checked:
            if one.relation.id == relation:
                return one
        help = did_you_mean(relation, self.relations)
        raise NotFoundError(f"there is no relation {quoted(relation)}" + (f": {help}" if help else ""))


def only(found: Figures, relation: str) -> Figures:
    """One relation alone, with its figures.

    Raises:
        NotFoundError: there is no such relation.

    """
    one = found[relation]
    figures = {figure.id: figure for figure in one.figures}
    return Figures(found.file, found.says, figures, {relation: one.relation})


def _value_of(expression: Expression, figures: Mapping[str, Figure]) -> Interval:
    """What an expression can come to."""
    if isinstance(expression, Named):
        return figures[expression.id].interval
    if isinstance(expression, Constant):
        return exactly(expression.number)
    values = [_value_of(one, figures) for one in expression.of]
    return reduce(_COMBINED[type(expression)], values)


_COMBINED: Final[dict[type[Expression], Callable[[Interval, Interval], Interval]]] = {
    Sum: Interval.__add__,
    Less: Interval.__sub__,
    Times: Interval.__mul__,
    Ratio: Interval.__truediv__,
}


def _either(verdicts: list[Verdict]) -> Verdict:
    """One of several readings is meant: it fails where all fail."""
    if "holds" in verdicts:
        return "holds"
    return "open" if "open" in verdicts else "fails"


def _every(verdicts: Iterator[Verdict]) -> Verdict:
    found = set(verdicts)
    if "fails" in found:
        return "fails"
    return "open" if "open" in found else "holds"


def _verdict(test: Test, figures: Mapping[str, Figure]) -> Verdict:
    if test.comparison == "same":
        return _same([figures[one.id] for one in test.of if isinstance(one, Named)])
    if test.comparison == "inside":
        return _every(_inside(*pair) for pair in pairwise(_figures(test, figures)))
    values = [_value_of(one, figures) for one in test.of]
    if test.comparison == "equal":
        return _equal(*values)
    return _chain(test.comparison, values)


def _figures(test: Test, figures: Mapping[str, Figure]) -> list[Figure]:
    return [figures[one.id] for one in test.of if isinstance(one, Named)]


def _same(figures: list[Figure]) -> Verdict:
    values = [figure.value for figure in figures if isinstance(figure.value, Interval)]
    if not values:
        return "holds" if len({figure.value for figure in figures}) == 1 else "fails"
    fits = reduce(Interval.meet, values)
    if fits.is_empty:
        return "fails"
    return "holds" if fits in values else "open"


def _equal(computed: Interval, stated: Interval) -> Verdict:
    if computed.meet(stated).is_empty:
        return "fails"
    return "holds" if computed.within(stated) else "open"


def _chain(comparison: str, values: list[Interval]) -> Verdict:
    """Each against the next. It fails where one stands against any before it, since what lies between must fit both."""
    above = WHOLE
    for value in values:
        if _never(comparison, above, value):
            return "fails"
        above = above.meet(Interval(value.low, None, value.low_open))
    return "holds" if all(_surely(comparison, one, later) for one, later in pairwise(values)) else "open"


def _inside(one: Figure, other: Figure) -> Verdict:
    """A span is inside where all its days are; of a date it is not known which of its days is meant."""
    days, around = one.days, other.days
    assert days is not None  # noqa: S101 - the loader lets only figures with days stand here
    assert around is not None  # noqa: S101
    if days.within(around):
        return "holds"
    return "open" if one.kind == "date" and not days.meet(around).is_empty else "fails"


def _surely(comparison: str, one: Interval, other: Interval) -> bool:
    return one.surely_at_most(other) if comparison == "at_most" else one.surely_below(other)


def _never(comparison: str, one: Interval, other: Interval) -> bool:
    return one.never_at_most(other) if comparison == "at_most" else one.never_below(other)


def _computed(test: Test, form: str, figures: Mapping[str, Figure]) -> str:
    """The comparison with its numbers, such as ``630 + 1,329 = 1,959; 1,959``."""
    if test.comparison == "inside":
        shown = [_days_text(figure) for figure in _figures(test, figures)]
    else:
        shown = [_operand(one, figures) for one in test.of]
    return SIGNS["order" if form == "order" else test.comparison].join(shown)


def _days_text(figure: Figure) -> str:
    return figure.shown if figure.kind in ("date", "span") else f"{figure.shown} of {figure.period_shown}"


def _operand(expression: Expression, figures: Mapping[str, Figure]) -> str:
    text = _expression_text(expression, figures)
    if isinstance(expression, Named | Constant):
        return text
    as_share = isinstance(expression, Ratio) or _is_share(expression, figures)
    return f"({text}, which is {interval_text(_value_of(expression, figures), as_share=as_share)})"


def _is_share(expression: Expression, figures: Mapping[str, Figure]) -> bool:
    if isinstance(expression, Named):
        return figures[expression.id].kind == "share"
    return not isinstance(expression, Constant) and any(_is_share(one, figures) for one in expression.of)


def _expression_text(expression: Expression, figures: Mapping[str, Figure]) -> str:
    """An expression with the figures in place of their ids."""
    if isinstance(expression, Named):
        return figures[expression.id].shown
    if isinstance(expression, Constant):
        return expression.shown
    sign = {Sum: " + ", Less: " − ", Times: " × ", Ratio: " / "}[type(expression)]
    parts = [_expression_text(one, figures) for one in expression.of]
    loose = Sum | Less if isinstance(expression, Times | Ratio) else Less
    return sign.join(
        f"({part})" if isinstance(one, loose) else part for one, part in zip(expression.of, parts, strict=True)
    )


def figures_data(found: Figures, inspection: str) -> dict[str, Any]:
    """The figures and relations as plain data, for JSON; the keys are in docs/figures.md. Numbers and days are exact, as text."""
    return {
        "inspection": inspection,
        "file": found.file,
        "holds": len(found.by_verdict("holds")),
        "fails": len(found.by_verdict("fails")),
        "open": len(found.by_verdict("open")),
        "figures": [_figure_data(one) for one in found.figures.values()],
        "relations": [
            {
                "id": one.relation.id,
                "says": one.relation.says,
                "verdict": one.verdict,
                "form": one.relation.form,
                "basis": one.relation.basis,
                "computed": list(one.computed),
                "figures": [figure.id for figure in one.figures],
                "cite": list(dict.fromkeys(cite for figure in one.figures for cite in figure.cite)),
                "innocent": one.relation.innocent,
                "line": one.relation.span.line,
                "column": one.relation.span.column,
            }
            for one in found.checked
        ],
    }


def _figure_data(figure: Figure) -> dict[str, Any]:
    bounds = figure.value if isinstance(figure.value, Interval) else None
    return {
        "id": figure.id,
        "says": figure.says,
        "kind": figure.kind,
        "value": figure.shown,
        "unit": figure.unit_shown,
        "period": figure.period_shown,
        **_bounds_data(figure, bounds),
        "assumed": figure.assumed,
        "cite": list(figure.cite),
        "line": figure.span.line,
        "column": figure.span.column,
    }


def _bounds_data(figure: Figure, bounds: Interval | None) -> dict[str, Any]:
    if bounds is None:
        return {"low": None, "high": None, "low_open": None, "high_open": None}
    texts = [bound_text(bound, as_days=figure.kind in ("date", "span")) for bound in (bounds.low, bounds.high)]
    return {"low": texts[0], "high": texts[1], "low_open": bounds.low_open, "high_open": bounds.high_open}
