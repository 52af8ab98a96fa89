"""Diagrams beside tables: a function of a few variables as its list of results, and every operation and walk done again on that list."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from math import prod
from typing import Any, TypeAlias

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from hmic_rules.diagrams.nodes import Diagram, Store, TooManyStates
from hmic_rules.diagrams.variables import SharedOrder
from hmic_rules.diagrams.walks import count, possible, restricted, sufficient, ways_to
from hmic_rules.verification.ordering import dropping, smallest_drop

Choice: TypeAlias = tuple[int, ...]
RESULTS = ("poor", "fair", "good")


@frozen
class Drawn:
    """Variables with their cells, and some functions of them, each as the list of its results over :meth:`choices`."""

    sizes: tuple[int, ...]
    tables: tuple[tuple[Any, ...], ...]

    def choices(self) -> list[Choice]:
        return list(itertools.product(*map(range, self.sizes)))

    def store(self) -> Store:
        store = Store()
        for place, size in enumerate(self.sizes):
            assert store.variable(size) == place
        return store

    def diagram(self, store: Store, table: tuple[Any, ...], at: int = 0) -> Diagram:
        """The table as a diagram, from its first variable downward."""
        if at == len(self.sizes):
            return store.leaf(table[0])
        step = len(table) // self.sizes[at]
        parts = [table[start : start + step] for start in range(0, len(table), step)]
        return store.node(at, tuple(self.diagram(store, part, at + 1) for part in parts))

    def diagrams(self) -> tuple[Store, list[Diagram]]:
        store = self.store()
        return store, [self.diagram(store, table) for table in self.tables]


@st.composite
def functions(draw: st.DrawFn, number: int = 1, results: tuple[Any, ...] = RESULTS) -> Drawn:
    """Up to four variables of up to three cells; a function need not depend on all of them."""
    sizes = tuple(draw(st.lists(st.integers(2, 3), min_size=1, max_size=4)))
    return Drawn(sizes, tuple(draw(tables(sizes, results)) for _ in range(number)))


@st.composite
def tables(draw: st.DrawFn, sizes: tuple[int, ...], results: tuple[Any, ...]) -> tuple[Any, ...]:
    """The results of a function that asks some of the variables."""
    asked = [draw(st.booleans()) for _ in sizes]
    kept = [range(size) for size, one in zip(sizes, asked, strict=True) if one]
    known = {cells: draw(st.sampled_from(results)) for cells in itertools.product(*kept)}
    return tuple(
        known[tuple(cell for cell, one in zip(choice, asked, strict=True) if one)]
        for choice in itertools.product(*map(range, sizes))
    )


def followed(store: Store, diagram: Diagram, choice: Choice | Mapping[int, int]) -> Any:
    """The result that a diagram gives for a cell of each variable."""
    while not store.is_leaf(diagram):
        diagram = store.below[diagram][choice[store.levels[diagram]]]
    return store.results[diagram]


def depends_on(drawn: Drawn, table: tuple[Any, ...]) -> list[int]:
    """The variables of which some change changes the result."""
    results = dict(zip(drawn.choices(), table, strict=True))
    return [
        level
        for level, size in enumerate(drawn.sizes)
        if any(
            results[choice] != results[(*choice[:level], cell, *choice[level + 1 :])]
            for choice in results
            for cell in range(size)
        )
    ]


# ── What a diagram is ──


@given(functions())
def test_a_diagram_gives_what_its_table_lists_and_asks_only_what_it_depends_on(drawn: Drawn) -> None:
    store, (diagram,) = drawn.diagrams()
    (table,) = drawn.tables
    assert [followed(store, diagram, choice) for choice in drawn.choices()] == list(table)
    assert store.support(diagram) == depends_on(drawn, table)
    assert sorted(store.leaves(diagram)) == sorted(set(table))
    assert len(set(store.leaves(diagram))) == len(list(store.leaves(diagram)))
    reached = store.reached(diagram)
    assert len(set(reached)) == len(reached)
    assert all(child < node for node in reached for child in store.below[node])


@given(functions(number=2, results=RESULTS[:2]))
def test_diagrams_are_the_same_number_exactly_where_their_tables_are_equal(drawn: Drawn) -> None:
    _, (one, other) = drawn.diagrams()
    assert (one == other) == (drawn.tables[0] == drawn.tables[1])


@pytest.mark.parametrize("pair", [(1, True), (0, False), (("a", 1), ("a", True)), ((1,), 1)])
def test_results_of_two_types_are_two_though_python_calls_them_equal(pair: tuple[Any, Any]) -> None:
    store = Store()
    one, other = map(store.leaf, pair)
    assert one != other
    assert (store.results[one], store.results[other]) == pair
    assert store.leaf(pair[0]) == one


def test_a_store_makes_as_many_nodes_as_its_cap_and_no_more() -> None:
    store = Store(cap=3)
    store.variable(2)
    root = store.choice(0, ["fair", "good"])
    assert store.choice(0, ["fair", "good"]) == root
    with pytest.raises(TooManyStates, match=r"^more than 3 states$") as caught:
        store.leaf("poor")
    assert caught.value.cap == 3
    assert Store().cap == 200_000
    with pytest.raises(TooManyStates, match=r"^more than 1,000 states$"):
        raise TooManyStates(1000)


# ── Operations ──


def labelled(*results: Any) -> tuple[Any, ...]:
    return ("of", *results)


@given(functions(number=4, results=RESULTS[:2]), st.integers(0, 4))
def test_a_function_of_diagrams_is_the_function_of_their_results(drawn: Drawn, parts: int) -> None:
    store, diagrams = drawn.diagrams()
    found = store.lift(labelled, *diagrams[:parts])
    wanted = [labelled(*(table[at] for table in drawn.tables[:parts])) for at in range(prod(drawn.sizes))]
    assert [followed(store, found, choice) for choice in drawn.choices()] == wanted
    assert found == drawn.diagram(store, tuple(wanted))


@given(functions(number=2, results=(False, True)))
def test_what_settles_an_operation_early_changes_nothing_of_it(drawn: Drawn) -> None:
    store, (one, other) = drawn.diagrams()
    no = store.leaf(value=False)
    asked: list[bool] = []

    def short(left: bool, rest: Diagram) -> Diagram | None:
        asked.append(left)
        return rest if left else no

    found = store.apply(lambda left, right: left and right, one, other, short)
    assert found == store.apply(lambda left, right: left and right, one, other)
    assert found == drawn.diagram(
        store, tuple(left and right for left, right in zip(drawn.tables[0], drawn.tables[1], strict=True))
    )
    assert store.apply(lambda left, right: left and right, one, other, lambda left, rest: None) == found


@given(functions(number=2))
def test_what_is_known_of_a_result_beside_itself_changes_nothing_of_an_operation(drawn: Drawn) -> None:
    store, (one, other) = drawn.diagrams()
    same = store.leaf(None)

    def differing(left: str, right: str) -> tuple[str, str] | None:
        return None if left == right else (left, right)

    found = store.apply(differing, one, other, alike=same)
    assert found == store.apply(differing, one, other)
    assert (found == same) == (one == other)
    assert store.apply(differing, one, one, alike=same) == same


@given(st.lists(st.integers(2, 3), min_size=1, max_size=4), st.data())
def test_parts_that_ask_their_own_variables_in_turn_fold_as_parts_in_any_order_do(sizes: list[int], data) -> None:
    store = Store()
    for size in sizes:
        store.variable(size)
    parts = []
    for level, size in enumerate(sizes):
        results = data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
        parts.append(store.choice(level, results))
    if data.draw(st.booleans()):
        parts.insert(data.draw(st.integers(0, len(parts))), store.leaf(data.draw(st.integers(0, 2))))

    def step(state: Any, found: int, place: int) -> Hashable:
        return (*state, (place, found))

    def finish(state: Any) -> Any:
        return ("done", *state)

    order = data.draw(st.permutations(range(len(parts))))
    for turn in (list(range(len(parts))), order):
        turned = [parts[place] for place in turn]
        found = store.fold(turned, (), step, finish)
        for choice in itertools.product(*map(range, sizes)):
            wanted = ("done", *((place, followed(store, part, choice)) for place, part in enumerate(turned)))
            assert followed(store, found, choice) == wanted
    assert store.results[store.fold([], ("start",), step, finish)] == ("done", "start")


@given(functions(), st.data())
def test_leaves_are_replaced_by_diagrams_of_later_variables(drawn: Drawn, data) -> None:
    store, (root,) = drawn.diagrams()
    later = store.variable(2)
    graft = {
        store.leaf(result): store.choice(later, [result, data.draw(st.sampled_from(RESULTS))])
        for result in store.leaves(root)
    }
    found = store.grafted(root, graft)
    for choice in drawn.choices():
        for cell in range(2):
            own = store.leaf(followed(store, root, choice))
            assert followed(store, found, (*choice, cell)) == followed(store, graft[own], (*choice, cell))


# ── Walks ──


def allowed_cells(data: st.DataObject, sizes: tuple[int, ...]) -> dict[int, list[int]]:
    """Some variables held to some of their cells."""
    found = {}
    for level, size in enumerate(sizes):
        if data.draw(st.booleans()):
            found[level] = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    return found


def within_allowed(drawn: Drawn, allowed: Mapping[int, list[int]]) -> Iterator[tuple[Choice, Any]]:
    for choice, result in zip(drawn.choices(), drawn.tables[0], strict=True):
        if all(choice[level] in cells for level, cells in allowed.items()):
            yield choice, result


@given(functions(), st.data())
def test_what_is_possible_is_what_some_allowed_choice_gives(drawn: Drawn, data) -> None:
    store, (root,) = drawn.diagrams()
    allowed = allowed_cells(data, drawn.sizes)
    found = possible(store, root, allowed)
    assert sorted(found) == sorted({result for _, result in within_allowed(drawn, allowed)})


@given(functions(), st.data())
def test_a_diagram_with_some_variables_given_is_the_function_of_the_others(drawn: Drawn, data) -> None:
    store, (root,) = drawn.diagrams()
    cells = {
        level: data.draw(st.integers(0, size - 1)) for level, size in enumerate(drawn.sizes) if data.draw(st.booleans())
    }
    found = restricted(store, root, cells)
    choices = drawn.choices()
    held = [tuple(cells.get(level, cell) for level, cell in enumerate(choice)) for choice in choices]
    results = dict(zip(choices, drawn.tables[0], strict=True))
    assert found == drawn.diagram(store, tuple(results[choice] for choice in held))
    assert not set(store.support(found)) & set(cells)


@given(functions(results=(*RESULTS, "a gap")), st.data())
def test_a_turn_for_the_better_that_makes_it_worse_is_found_wherever_the_table_has_one(drawn: Drawn, data) -> None:
    """A gap is compared with nothing; of some variables only a part of the cells is in order."""
    store, (root,) = drawn.diagrams()
    upward = {}
    for level, size in enumerate(drawn.sizes):
        if data.draw(st.booleans()):
            line = data.draw(st.permutations(range(size)))
            upward[level] = line[: data.draw(st.sampled_from([size, size, 2, 0]))]

    def worse(before: str, after: str) -> bool:
        return before in RESULTS and after in RESULTS and RESULTS.index(after) < RESULTS.index(before)

    results = dict(zip(drawn.choices(), drawn.tables[0], strict=True))
    drops = {
        (level, before, after)
        for level, line in upward.items()
        for before, after in pairwise(line)
        for choice in results
        if choice[level] == before and worse(results[choice], results[(*choice[:level], after, *choice[level + 1 :])])
    }
    found = dropping(store, root, upward, worse)
    assert (found is None) == (not drops)
    if found is None:
        return
    assert (found.level, found.before, found.after) in drops
    for smallest in (found, smallest_drop(store, root, found, worse, partial(some_way_to_true, store))):
        assert (smallest.level, smallest.before, smallest.after) == (found.level, found.before, found.after)
        for rest in drawn.choices():
            others = [smallest.others.get(level, cell) for level, cell in enumerate(rest)]
            ends = [
                results[(*others[: found.level], cell, *others[found.level + 1 :])]
                for cell in (found.before, found.after)
            ]
            assert worse(*ends)


def some_way_to_true(store: Store, root: Diagram) -> dict[int, int] | None:
    """Cells that lead to true, of every variable on the way."""
    return ways_to(store, root, bool, lambda level, cell: (0, 1)).first()


@given(functions(), st.booleans())
def test_counts_are_those_of_the_table_also_over_variables_that_are_not_asked(drawn: Drawn, more: bool) -> None:
    store, (root,) = drawn.diagrams()
    levels = list(range(len(drawn.sizes)))
    if more:
        levels.append(store.variable(3))
    wanted = {result: times * (3 if more else 1) for result, times in Counter(drawn.tables[0]).items()}
    assert count(store, root, levels) == wanted
    assert count(store, root, levels[::-1]) == wanted


@given(functions(), st.data())
def test_what_is_sufficient_is_enough_and_no_part_of_it_is(drawn: Drawn, data) -> None:
    store, (root,) = drawn.diagrams()
    given_cells = {
        level: data.draw(st.integers(0, size - 1)) for level, size in enumerate(drawn.sizes) if data.draw(st.booleans())
    }
    accepted = set(data.draw(st.lists(st.sampled_from(RESULTS))))

    def enough(levels: list[int]) -> bool:
        held = {level: [given_cells[level]] for level in levels}
        return all(result in accepted for _, result in within_allowed(drawn, held))

    found = sufficient(store, root, given_cells, accepted.__contains__)
    if not enough(list(given_cells)):
        assert found is None
        return
    assert found is not None
    assert found == sorted(found)
    assert enough(found)
    assert not any(enough([one for one in found if one != left_out]) for left_out in found)


@given(functions(), st.data())
def test_the_cheapest_ways_are_those_of_the_table_with_their_number(drawn: Drawn, data) -> None:
    store, (root,) = drawn.diagrams()
    allowed = allowed_cells(data, drawn.sizes) if data.draw(st.booleans()) else None
    wanted = set(data.draw(st.lists(st.sampled_from(RESULTS))))
    prices = {}
    for level, size in enumerate(drawn.sizes):
        free = data.draw(st.integers(0, size - 1))
        for cell in range(size):
            prices[level, cell] = (
                (0, 0) if cell == free else (data.draw(st.integers(0, 2)), data.draw(st.integers(1, 2)))
            )
    kinds = [data.draw(st.sampled_from([None, "a"])) for _ in drawn.sizes]
    runs: list[Hashable] = []
    for place, kind in enumerate(kinds):
        goes_on = place and kind == kinds[place - 1]
        runs.append(None if kind is None else runs[-1] if goes_on else ("run", place))
    together = data.draw(st.booleans())
    numbers = {key: data.draw(st.integers(1, 3)) for key in prices} if data.draw(st.booleans()) else None

    def price_of(choice: Choice, steps: list[int]) -> tuple[int, int]:
        paid, counted, paid_for = 0, 0, None
        for level in steps:
            price = prices[level, choice[level]]
            run = runs[level] if together else None
            if run is None or run != paid_for:
                paid += price[0]
                paid_for = None
                if run is not None and price[0]:
                    paid_for = run
            counted += price[1]
        return paid, counted

    best: dict[tuple[int, int], dict[tuple[tuple[int, int], ...], int]] = {}
    for choice, result in zip(drawn.choices(), drawn.tables[0], strict=True):
        if result not in wanted:
            continue
        path, node = [], root
        while not store.is_leaf(node):
            level = store.levels[node]
            path.append(level)
            node = store.below[node][choice[level]]
        if allowed is not None and any(choice[level] not in allowed.get(level, [choice[level]]) for level in path):
            continue
        way = tuple((level, choice[level]) for level in path)
        times = prod(numbers[one] for one in way) if numbers is not None else 1
        best.setdefault(price_of(choice, path), {})[way] = times

    found = ways_to(
        store,
        root,
        wanted.__contains__,
        lambda level, cell: prices[level, cell],
        allowed=allowed,
        together=runs.__getitem__ if together else None,
        times=None if numbers is None else lambda level, cell: numbers[level, cell],
    )
    if not best:
        assert (found.cost, found.number, list(found), found.first()) == (None, 0, [], None)
        return
    least = min(best)
    assert found.cost == least
    assert found.number == sum(best[least].values())
    listed = sorted(sorted(one.items()) for one in found)
    assert listed == sorted(sorted(pair for pair in way if prices[pair] != (0, 0)) for way in best[least])
    assert found.first() == next(iter(found))


# ── Several universes in one store ──


def test_what_is_called_alike_and_has_the_same_cells_has_one_level_in_all_universes() -> None:
    one = SharedOrder(Store())
    first = one.add("fact", "score", "case", None, (1, 2), given=0, why="told apart no further")
    other = one.another()
    again = other.add("fact", "score", "case", None, (1, 2), given=1)
    true = other.add("fact", "score", "case", None, (True, 2))
    elsewhere = other.add("fact", "score", "rows", "r1", (1, 2))
    named = other.add("setting", "score", "case", None, (1, 2))
    assert [two.level for two in (first, again, true, elsewhere, named)] == [0, 0, 1, 2, 3]
    assert (first.given, again.given) == (0, 1)
    assert [two.level for two in one.own] == [0]
    assert other.own == [again, true, elsewhere, named]
    third = one.another()
    alone = third.add("fact", "late", "rows", "r2", ("x", "y", "z"))
    assert one.store.sizes == [2, 2, 2, 2, 3]
    assert third.own == [alone]
    places = [(two.level, two.kind, two.name, two.scope, two.item, two.cells) for two in third.variables]
    assert places == [
        (0, "fact", "score", "case", None, (1, 2)),
        (1, "fact", "score", "case", None, (True, 2)),
        (2, "fact", "score", "rows", "r1", (1, 2)),
        (3, "setting", "score", "case", None, (1, 2)),
        (4, "fact", "late", "rows", "r2", ("x", "y", "z")),
    ]
    assert third.variables[0].why == "told apart no further"
