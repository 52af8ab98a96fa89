"""The tree of conditions and calculations: the parts right under a node, and what a truth value and a name say."""

from __future__ import annotations

from typing import Any

import pytest

from hmic_rules import conditions as tree
from hmic_rules.conditions import Op, Query, Symbol, SymbolKind, Truth, parts_of
from hmic_rules.datatypes import INTEGER
from hmic_rules.errors import Span

HERE = Span("r.yaml", 1, 1)
NAME = Symbol("a", "case", SymbolKind.INPUT, INTEGER)
A, B = tree.Test(NAME, (), HERE), tree.Test(NAME, (), HERE)
ONE, TWO = tree.Number(1, HERE), tree.Number(2, HERE)


def query(among: Any, where: Any) -> Query:
    return Query("rows", among, where, (), HERE)


def with_query(among: Any, where: Any) -> list[Any]:
    """Every kind of node that asks rows."""
    asked = query(among, where)
    return [
        tree.Quantified("every", asked, HERE),
        tree.CountTest(asked, (), HERE),
        tree.ShareTest(asked, (), Truth.UNKNOWN, HERE),
        tree.Count(asked, HERE),
        tree.Share(asked, HERE),
        tree.Aggregate("add", asked, NAME, HERE),
        tree.PointsOf(asked, 1, None, HERE),
        tree.LongestRun(asked, NAME, HERE),
    ]


@pytest.mark.parametrize(
    ("node", "parts"),
    [
        (tree.All((A, B), HERE), (A, B)),
        (tree.Any((B, A), HERE), (B, A)),
        (tree.All((), HERE), ()),
        (tree.Combine("max", (ONE, TWO), HERE), (ONE, TWO)),
        (tree.Not(A, HERE), (A,)),
        (tree.Ratio(ONE, TWO, HERE), (ONE, TWO)),
        (tree.Bands(ONE, 0, (), HERE), (ONE,)),
        (A, ()),
        (ONE, ()),
        (tree.Read(NAME, HERE), ()),
        (tree.Elapsed("weeks", NAME, NAME, HERE), ()),
    ],
    ids=lambda one: type(one).__name__,
)
def test_the_parts_of_a_node_are_those_right_under_it_in_order(node: Any, parts: tuple[Any, ...]) -> None:
    assert parts_of(node) == parts


@pytest.mark.parametrize(
    ("among", "where", "parts"), [(A, B, (A, B)), (A, None, (A,)), (None, B, (B,)), (None, None, ())]
)
def test_of_what_asks_rows_the_parts_are_which_rows_and_then_what_is_asked(
    among: Any, where: Any, parts: tuple[Any, ...]
) -> None:
    assert [parts_of(node) for node in with_query(among, where)] == [parts] * 8


def test_truth_goes_from_no_over_unknown_to_yes_and_is_said_in_small_letters() -> None:
    assert [str(one) for one in sorted(Truth)] == ["no", "unknown", "yes"]
    assert min(Truth.YES, Truth.UNKNOWN) is Truth.UNKNOWN
    assert max(Truth.NO, Truth.UNKNOWN) is Truth.UNKNOWN


def test_a_name_is_said_as_it_is_written_and_a_comparison_as_rules_write_it() -> None:
    assert str(NAME) == "a"
    assert [one.value for one in Op] == ["at_least", "at_most", "above", "below", "is"]
