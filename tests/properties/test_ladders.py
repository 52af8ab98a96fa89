"""Rule sets that are monotone by construction: a ladder of grades, each asking more than the one below, under caps for failed items."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hmic_rules import Outcome, Ruleset
from hmic_rules.testing.drawn_conditions import Draw, one_of, sometimes
from hmic_rules.testing.writing import as_yaml, loaded

STATUSES = ("not met", "in part", "met")
STEPS = ("1", "2", "3", "4")
SHARES = ("1/3", "1/2", "2/3", "1")


@frozen(repr=False)
class Ladder:
    """A ladder, and items with a level and a status; ``None`` is a status that is not known."""

    data: dict[str, Any]
    items: tuple[dict[str, Any], ...]

    def __repr__(self) -> str:
        return f"{as_yaml(self.data)}{self.items}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows a failing example: as the text that a person would load."""
        printer.text(repr(self))

    def facts(self, place: int | None = None, status: str | None = None) -> dict[str, Any]:
        """The case, with one item changed."""
        return {"items": [{**item, "status": status} if at == place else item for at, item in enumerate(self.items)]}


def asked_of(draw: Draw, rank: int) -> dict[str, Any]:
    """What one step of the ladder asks: all items of a level as asked, or enough of them."""
    among = {"level": STEPS[rank]}
    where = {"status": one_of(draw, ["met", {"at_least": "in part"}])}
    if sometimes(draw, 2):
        return {"every": {"of": "items", "among": among, "where": where}}
    none = one_of(draw, ["holds", "fails", "unknown"])
    return {"share": {"of": "items", "among": among, "where": where, "at_least": one_of(draw, SHARES), "if_none": none}}


@st.composite
def ladders(draw: Draw) -> Ladder:
    asked = [asked_of(draw, rank) for rank in range(draw(st.integers(1, 3)))]
    rules = [
        {"id": f"r{rank}", "then": STEPS[rank], "when": {"all": asked[: rank + 1]}, "basis": "assumed"}
        for rank in range(len(asked))
    ]
    caps = [
        {
            "id": f"l{number}",
            "at_most": one_of(draw, STEPS),
            "when": {
                "some": {
                    "of": "items",
                    "among": {"critical": True},
                    "where": {"status": {"at_most": one_of(draw, STATUSES[:2])}},
                }
            },
            "basis": "assumed",
        }
        for number in range(draw(st.integers(0, 2)))
    ]
    fields = {"level": {"scale": "step"}, "critical": {"type": "boolean"}, "status": {"scale": "status"}}
    data = {
        "ruleset": "ladder",
        "edition": "1",
        "title": "a generated ladder",
        "scales": {"step": STEPS, "status": STATUSES},
        "inputs": {"items": {"collection": {"id": {"type": "text"}, **fields}, "key": "id"}},
        "values": {
            "grade": {
                "scale": "step",
                "outcome": True,
                "choose": "highest",
                "rules": rules,
                "otherwise": STEPS[0],
                **({"limits": caps} if caps else {}),
            }
        },
    }
    items = tuple(
        {
            "id": f"i{place}",
            "level": one_of(draw, STEPS[: len(asked)]),
            "critical": sometimes(draw),
            "status": one_of(draw, [*STATUSES, None]),
        }
        for place in range(draw(st.integers(1, 5)))
    )
    return Ladder(data, items)


def reach(ruleset: Ruleset, facts: dict[str, Any]) -> tuple[int, int]:
    """The lowest and the highest step that is possible."""
    outcome: Outcome = ruleset.decide(facts).outcome
    return STEPS.index(outcome.possible[0]), STEPS.index(outcome.possible[-1])


@settings(max_examples=100)
@given(ladders(), st.data())
def test_improving_an_item_of_a_ladder_never_lowers_and_failing_it_never_raises(
    ladder: Ladder, data: st.DataObject
) -> None:
    ruleset = loaded(ladder.data)
    place = data.draw(st.integers(0, len(ladder.items) - 1))
    found = [reach(ruleset, ladder.facts(place, status)) for status in STATUSES]
    lows, highs = zip(*found, strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs)
    low, high = reach(ruleset, ladder.facts(place, None))
    assert low <= lows[0]
    assert high >= highs[-1]


@settings(max_examples=100)
@given(ladders(), st.data())
def test_learning_the_status_of_an_item_never_widens_what_is_possible(ladder: Ladder, data: st.DataObject) -> None:
    ruleset = loaded(ladder.data)
    place = data.draw(st.integers(0, len(ladder.items) - 1))
    before = ruleset.decide(ladder.facts(place, None)).outcome.possible
    for status in STATUSES:
        assert set(ruleset.decide(ladder.facts(place, status)).outcome.possible) <= set(before)
