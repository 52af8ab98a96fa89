"""Which items keep a rule of the case from holding: as bits or as lists of their keys, worked out with the counts."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TypeAlias, cast

from attrs import evolve, frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.asking import Asked, Pick, Row, asked
from hmic_rules.backends.sql.comparing import member_test
from hmic_rules.backends.sql.conditions import truth
from hmic_rules.backends.sql.masks import WORD, Named, Word, ranked
from hmic_rules.backends.sql.nodes import FALSE, NULL, TRUE, Node, all_of, any_of, bits_or, case, literal, opposite
from hmic_rules.backends.sql.reading import Build, Place
from hmic_rules.backends.sql.refusals import refuse
from hmic_rules.backends.sql.rooms import internal
from hmic_rules.backends.sql.schema import key_of_collection
from hmic_rules.backends.sql.values import Computed
from hmic_rules.conditions import (
    CASE,
    All,
    Any,
    Applicable,
    Compare,
    Condition,
    CountTest,
    Not,
    Op,
    Quantified,
    Query,
    ShareTest,
    Test,
)
from hmic_rules.datatypes import BOOLEAN
from hmic_rules.errors import quoted
from hmic_rules.rules import Points, RuleList, Truthful

__all__ = ["unmet_columns"]


@frozen
class Bits:
    """Items that are known beforehand, as bits of these numbers."""

    items: tuple[str, ...]
    words: tuple[Word, ...]


Listings: TypeAlias = tuple[tuple[Node, Node | Bits], ...]


@frozen
class Obstacle:
    """What is in the way of one condition: whether it is settled, and items, as bits or as a list of keys, each with where they count."""

    settled: Node
    lists: Listings = ()


def unmet_columns(build: Build, found: Computed, place: Place) -> list[tuple[str, str, Node]]:
    """For each rule of a value of the case: its id, the name of its column, and the keys of the items in its way.

    ``NULL`` where the rule surely holds; else a list, each key once, sorted.
    """
    body = found.value.body
    if not isinstance(body, RuleList | Points):
        return []
    columns = []
    for rule in body.rules:
        obstacle = _of(build, rule.when, place, wanted=True)
        keys = case([(obstacle.settled, NULL)], _together(obstacle.lists))
        columns.append((rule.id, f"{found.value.name}__unmet/{rule.id}", keys))
    return columns


def _together(lists: Listings) -> Node:
    """One list of all these, each key once, sorted: bits of the same items become names together."""
    by_items: dict[tuple[str, ...], list[tuple[Node, tuple[Word, ...]]]] = {}
    for where, one in lists:
        if isinstance(one, Bits):
            by_items.setdefault(one.items, []).append((where, one.words))
    found: list[tuple[Node, Node]] = [(where, one) for where, one in lists if not isinstance(one, Bits)]
    found += [(TRUE, names) for items, words in by_items.items() if (names := _names(items, words)) is not None]
    if len(found) == 1 and found[0][1].op == "names":
        return found[0][1]
    return nodes.operation("lists", *(part for pair in found for part in pair), nullable=False)


def _names(items: tuple[str, ...], found: list[tuple[Node, tuple[Word, ...]]]) -> Node | None:
    """The names of all items whose bit is set in one of these, or ``None`` where none ever is."""
    words = [
        bits_or(*(case([(where, words[number].node)], literal(0)) for where, words in found))
        for number in range(len(found[0][1]))
    ]
    could = tuple(reduce(or_, (words[number].could for _, words in found)) for number in range(len(words)))
    if not any(could):
        return None
    return nodes.operation("names", *words, value=Named(tuple(sorted(items)), could), nullable=False)


def _of(build: Build, node: Condition, place: Place, *, wanted: bool) -> Obstacle:
    """What keeps a condition from surely holding (or failing, as ``wanted`` says)."""
    if isinstance(node, Not):
        return _of(build, node.part, place, wanted=not wanted)
    if isinstance(node, All | Any):
        parts = [_of(build, part, place, wanted=wanted) for part in node.parts]
        every_part_counts = isinstance(node, All) is wanted
        settled = (all_of if every_part_counts else any_of)(*(part.settled for part in parts))
        lists = [(all_of(opposite(part.settled), where), keys) for part in parts for where, keys in part.lists]
        return Obstacle(settled, tuple(lists))
    held = truth(build, node, place)
    settled = held.surely if wanted else opposite(held.possibly)
    if isinstance(node, Test):
        return Obstacle(settled, _behind(build, node, place, wanted=wanted))
    if isinstance(node, Quantified) and wanted is (node.kind != "some"):
        return _listed(build, node.query, place, settled, wanted=node.kind == "every")
    return _listed(build, node.query, place, settled, wanted=wanted is not _must_be_small(node))


def _listed(build: Build, query: Query, place: Place, settled: Node, *, wanted: bool) -> Obstacle:
    """The items that belong, or could, and are not surely as asked; or not surely other than asked."""
    rows = asked(build, query, place, truth)

    def in_the_way(row: Row) -> Node:
        open_ = opposite(row.holds.surely) if wanted else row.holds.possibly
        return all_of(row.belongs.possibly, open_)

    masks = rows.masks
    if rows.target is None:
        return Obstacle(settled, ((rows.there, _wide(build.rooms.tables.items[query.collection], rows, in_the_way)),))
    if masks is not None:
        words = [evolve(word, node=place.moved(word.node)) for word in masks.words(in_the_way(rows.rows[0]))]
        return Obstacle(settled, ((rows.there, Bits(masks.items, tuple(words))),))
    key = _key(build, query.collection, rows.rows[0])
    keys = rows.fold("keys", lambda row: case([(in_the_way(row), key)], NULL))
    return Obstacle(settled, ((rows.there, keys),))


def _wide(items: tuple[str, ...], rows: Asked, in_the_way: Pick) -> Bits:
    """The items of a collection that stands as columns, as bits."""
    ranks = ranked(items)
    words: list[list[tuple[Node, int]]] = [[] for _ in range(-(-len(items) // WORD))]
    for row, item in zip(rows.rows, items, strict=True):
        number, bit = ranks[item]
        if (held := in_the_way(row)) is not FALSE:
            words[number].append((held, bit))
    return Bits(
        items,
        tuple(
            Word(
                bits_or(*(case([(held, literal(bit))], literal(0)) for held, bit in word)) if word else literal(0),
                sum(bit for _, bit in word),
            )
            for word in words
        ),
    )


def _key(build: Build, collection: str, row: Row) -> Node:
    """The key of an item, as a text."""
    ruleset = build.program.ruleset
    if collection in ruleset.groups:
        group = ruleset.groups[collection]
        if len(group.by) > 1:
            refuse(f"what is unmet among the groups of {quoted(collection)}, which have several keys")
        name = group.by[0]
    else:
        name = key_of_collection(ruleset.collections[collection])
        if ruleset.collections[collection].key is None and ruleset.collections[collection].items is None:
            refuse(f"what is unmet among the rows of {quoted(collection)}, which have no key")
    table = build.rooms.rows_of(collection)
    return nodes.lift(nodes.field(table, internal(collection, name), nullable=False), row.place.current)


def _behind(build: Build, node: Test, place: Place, *, wanted: bool) -> Listings:
    """The items in the way of a true-or-false value of the case that has a condition of its own."""
    value = build.program.ruleset.values.get(node.subject.name) if node.subject.scope == CASE else None
    if value is None or not isinstance(value.body, Truthful) or isinstance(node.checks[0], Applicable):
        return ()
    asks = _holds_if_true(build, node, place)
    inner = [(asks, wanted), (opposite(asks), not wanted)]
    found: list[tuple[Node, Node | Bits]] = []
    for where, wanted_there in inner:
        if where is FALSE:
            continue
        below = _of(build, value.body.condition, place, wanted=wanted_there)
        found += [(all_of(where, opposite(below.settled), one), keys) for one, keys in below.lists]
    return tuple(found)


def _holds_if_true(build: Build, node: Test, place: Place) -> Node:
    settings = build.program.compiler.settings
    return member_test(BOOLEAN, node.checks, True, lambda name: build.read(name, place), settings).surely


def _must_be_small(node: Condition) -> bool:
    """Whether a count or a share holds by being small, so that items as asked are what stands in its way."""
    if isinstance(node, Quantified):
        return node.kind == "none"
    checks = cast("CountTest | ShareTest", node).checks
    return any(isinstance(check, Compare) and check.op in (Op.AT_MOST, Op.BELOW) for check in checks)
