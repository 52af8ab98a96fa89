"""What should hold among figures, over drawn ones: a verdict is what every choice of numbers within the bounds says."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from hmic_rules.figures.intervals import Interval, exactly
from hmic_rules.figures.relations import Figures
from hmic_rules.loading.figures import read_figures

NUMBERS = st.integers(1, 12)
STATED = st.integers(-30, 150)
Bounds = tuple[int, int]
EACH = {
    "sum": lambda one: f"{{sum: [{', '.join(one)}]}}",
    "less": lambda one: f"{{less: [{', '.join(one)}]}}",
    "times": lambda one: f"{{times: [{', '.join(one)}]}}",
    "ratio": lambda one: f"{{ratio: [{', '.join(one)}]}}",
}


@frozen
class Drawn:
    """An expression over figures, each of which stands in it once, as YAML and as nested lists."""

    text: str
    shape: Any


@frozen
class Compared:
    """A relation between two expressions, and the bounds of the figures in them."""

    form: str
    sides: tuple[Drawn, Drawn]
    bounds: dict[str, Bounds]

    def figures(self) -> list[str]:
        return [
            f"  - {{id: {id}, says: x, share: {{from: {low}, to: {high}}}, cite: a/b/1}}"
            for id, (low, high) in self.bounds.items()
        ]

    def relation(self, id: str) -> str:
        relation = f"{self.form}: [{self.sides[0].text}, {self.sides[1].text}]"
        return f"  - {{id: {id}, says: x, basis: assumed, {relation}}}"

    def with_bounds(self, bounds: dict[str, Bounds]) -> Compared:
        return Compared(self.form, self.sides, bounds)

    def verdict(self) -> str:
        return read(self.figures(), [self.relation("r")])["r"].verdict

    def satisfied(self, numbers: dict[str, Fraction]) -> bool:
        left = computed(self.sides[0].shape, numbers)
        if self.form == "equal":
            low, high = self.bounds[self.sides[1].text]
            return low <= left <= high
        right = computed(self.sides[1].shape, numbers)
        return left <= right if self.form == "at_most" else left < right

    def variables(self) -> list[str]:
        """The figures that are free; what is stated is not."""
        stated = {self.sides[1].text} if self.form == "equal" else set()
        return [id for id in self.bounds if id not in stated]


def read(figures: list[str], relations: list[str]) -> Figures:
    text = "\n".join(["figures:", *figures, "relations:", *relations])
    return read_figures(text.encode(), "figures.yaml", {}, lambda title: None)


def computed(shape: Any, numbers: dict[str, Fraction]) -> Fraction:
    if isinstance(shape, str):
        return numbers[shape]
    operation, *parts = shape
    first, *rest = (computed(one, numbers) for one in parts)
    for other in rest:
        first = {
            "sum": lambda one, two: one + two,
            "less": lambda one, two: one - two,
            "times": lambda one, two: one * two,
            "ratio": lambda one, two: one / two,
        }[operation](first, other)
    return first


@st.composite
def expressions(draw: st.DrawFn, ids: list[str]) -> Drawn:
    """An expression over all the ids."""
    if len(ids) == 1:
        return Drawn(ids[0], ids[0])
    place = draw(st.integers(1, len(ids) - 1))
    one, two = draw(expressions(ids[:place])), draw(expressions(ids[place:]))
    operation = draw(st.sampled_from([*EACH]))
    if operation == "ratio" and not isinstance(two.shape, str):
        operation = "times"  # a divisor that is a figure is never nought here
    return Drawn(EACH[operation]([one.text, two.text]), [operation, one.shape, two.shape])


@st.composite
def compared(draw: st.DrawFn, prefix: str = "f") -> Compared:
    form = draw(st.sampled_from(["at_most", "below", "equal"]))
    count = draw(st.integers(2, 4))
    ids = [f"{prefix}{place}" for place in range(count)]
    place = count - 1 if form == "equal" else draw(st.integers(1, count - 1))
    sides = draw(expressions(ids[:place])), draw(expressions(ids[place:]))
    bounds = {id: tuple(sorted(draw(st.tuples(NUMBERS, NUMBERS)))) for id in ids}
    if form == "equal":
        bounds[ids[-1]] = tuple(sorted(draw(st.tuples(STATED, STATED))))
    return Compared(form, sides, bounds)  # type: ignore[arg-type]


@given(compared(), st.data())
def test_a_bound_never_makes_a_relation_fail_that_some_value_in_it_satisfies(one, data):
    tenths = {id: data.draw(st.integers(10 * low, 10 * high)) for id, (low, high) in one.bounds.items()}
    satisfied = one.satisfied({id: Fraction(number, 10) for id, number in tenths.items()})
    assert one.verdict() != ("fails" if satisfied else "holds")


@given(compared())
def test_a_relation_is_open_only_where_values_in_the_bounds_tell_either_way(one):
    """What is computed is least and greatest at corners, since each figure stands in it once; between two corners every value is reached."""
    corners = [
        {**dict.fromkeys(one.bounds, Fraction(1)), **dict(zip(one.variables(), map(Fraction, corner), strict=True))}
        for corner in product(*(one.bounds[id] for id in one.variables()))
    ]
    if one.form == "equal":
        low, high = one.bounds[one.sides[1].text]
        values = [computed(one.sides[0].shape, corner) for corner in corners]
        can, must = min(values) <= high and max(values) >= low, low <= min(values) and max(values) <= high
    else:
        can, must = any(map(one.satisfied, corners)), all(map(one.satisfied, corners))
    assert one.verdict() == ("holds" if must else "open" if can else "fails")


@given(compared(), st.data())
def test_narrower_bounds_never_overturn_a_verdict(one, data):
    narrower = {
        id: tuple(sorted(data.draw(st.tuples(st.integers(low, high), st.integers(low, high)))))
        for id, (low, high) in one.bounds.items()
    }
    if one.form == "equal":
        narrower[one.sides[1].text] = one.bounds[one.sides[1].text]
    before, after = one.verdict(), one.with_bounds(narrower).verdict()
    assert before in ("open", after)


ENDS = st.one_of(st.none(), st.fractions(-5, 5, max_denominator=4))


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval, and a number in it."""
    number = draw(st.fractions(-5, 5, max_denominator=6))
    low, high = draw(ENDS), draw(ENDS)
    low = None if low is None or low > number else low
    high = None if high is None or high < number else high
    low_open = low is not None and low < number and draw(st.booleans())
    high_open = high is not None and high > number and draw(st.booleans())
    return Interval(low, high, low_open, high_open), number


@given(intervals(), intervals())
def test_what_numbers_give_lies_in_what_their_intervals_give(one, other):
    (first, number), (second, divisor) = one, other
    assert number + divisor in first + second
    assert number - divisor in first - second
    assert number * divisor in first * second
    if divisor:
        assert number / divisor in first / second
    if number == divisor:
        assert number in first.meet(second)
    assert not first.never_at_most(second) or number > divisor
    assert not first.surely_below(second) or number < divisor


@given(st.fractions(), st.fractions())
def test_arithmetic_with_exact_figures_is_exact(one, other):
    assert exactly(one) + exactly(other) == exactly(one + other)
    assert exactly(one) * exactly(other) == exactly(one * other)
    if other:
        assert exactly(one) / exactly(other) == exactly(one / other)


@st.composite
def files(draw: st.DrawFn) -> list[Compared]:
    return [draw(compared(f"f{number}-")) for number in range(draw(st.integers(2, 5)))]


@given(files(), st.randoms(use_true_random=False))
def test_the_order_of_a_file_of_figures_changes_nothing(drawn, random):
    figures = [line for one in drawn for line in one.figures()]
    relations = [one.relation(f"r{number}") for number, one in enumerate(drawn)]

    def verdicts() -> dict[str, tuple[str, tuple[str, ...]]]:
        return {one.relation.id: (one.verdict, one.computed) for one in read(figures, relations).checked}

    before = verdicts()
    random.shuffle(figures)
    random.shuffle(relations)
    assert verdicts() == before
