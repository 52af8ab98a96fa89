"""The shapes that cases can have: which collections hold how many rows, and in which groups these rows are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from attrs import frozen

from hmic_rules.cases import case_row
from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, MonthType, NumberType, ScalarType, shown
from hmic_rules.errors import ConflictError, InputError
from hmic_rules.possible import Known, Month, Value
from hmic_rules.programs import Program
from hmic_rules.rows import KEY, Row
from hmic_rules.rulesets import Collection, Group, Ruleset
from hmic_rules.structure import symbols_in

__all__ = [
    "MOST_IN_GROUP",
    "MOST_ROWS",
    "MOST_SHAPES",
    "CaseShape",
    "Kind",
    "free_collections",
    "kind_of",
    "shapes_of_cases",
]

Facts: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = tuple[str, ...]
Size: TypeAlias = int | tuple[int, int]
MOST_ROWS: Final = 2
MOST_IN_GROUP: Final = 3
MOST_SHAPES: Final = 48


@frozen(eq=False)
class CaseShape:
    """A case of which only the rows are given, and of these only their keys.

    Attributes:
        case: the row of the case, decided with every other fact unknown.
        sizes: how many rows each collection has whose size is free; of one inside another, in every second row another number.
        placed: the collections whose rows are grouped, with the key of the group that holds them all; ``None`` where they are in several.

    """

    case: Row
    sizes: Mapping[str, Size]
    placed: Mapping[str, Value | None]

    def __str__(self) -> str:
        return ", ".join(f"{_shown(size)} of `{name}`" for name, size in self.sizes.items()) or "any"


def _shown(size: Size) -> str:
    return str(size) if isinstance(size, int) else " and ".join(map(str, size))


def free_collections(program: Program) -> tuple[Collection, ...]:
    """The collections whose rows come with the case, in any number."""
    fixed = program.compiler.fixed
    filled = None if fixed is None else fixed.collection
    return tuple(one for one in program.ruleset.collections.values() if one.items is None and one.name != filled)


def shapes_of_cases(program: Program, asked: frozenset[str]) -> Iterator[CaseShape]:
    """Shapes of cases: every number of rows up to a few of the collections that are asked; of the others, the fewest.

    Rows that are grouped are put together into one group of each kind, and once, where they are two, into two groups.

    Args:
        program: the rule set, bound.
        asked: the collections that matter to what is proven.

    """
    free = free_collections(program)
    grouped = {one.source for one in program.ruleset.groups.values()}
    plain = [one for one in free if one.name not in grouped]
    sources = [one for one in free if one.name in grouped]
    axes = [_all_sizes(one, asked=one.name in asked) for one in plain]
    for sizes in itertools.product(*axes):
        yield from _grouped(program, dict(zip((one.name for one in plain), sizes, strict=True)), sources, asked)


def _all_sizes(collection: Collection, *, asked: bool) -> list[Size]:
    found: list[Size] = list(_sizes(collection, MOST_ROWS, asked=asked))
    if collection.parent is not None and len(found) > 1:
        found.append((cast("int", found[0]), cast("int", found[-1])))
    return found


def _sizes(collection: Collection, most: int, *, asked: bool) -> range:
    low = collection.at_least
    if not asked:
        return range(low, low + 1)
    high = max(low, most)
    return range(low, (high if collection.at_most is None else min(high, collection.at_most)) + 1)


def _grouped(
    program: Program, sizes: Mapping[str, Size], sources: Sequence[Collection], asked: frozenset[str]
) -> Iterator[CaseShape]:
    """The shapes with these numbers of plain rows, and rows of one grouped collection at a time in its groups."""
    base = {
        one.name: _rows(program, one, sizes)
        for one in program.ruleset.collections.values()
        if one.parent is None and one not in sources
    }
    bare = _shape(program, base, sizes, sources, {})
    fewest = {one.name: [_keyed(program, one, place, sizes) for place in range(one.at_least)] for one in sources}
    base.update({one.name: rows for one in sources if not (rows := fewest[one.name])})
    needed = any(rows for name, rows in fewest.items() if name in asked)  # rows that nothing asks for are left unknown
    empty = None if needed else _shape(program, base, sizes, sources, {})
    if empty is not None:
        yield empty
    for source in sources:
        if source.name not in asked:
            continue
        groups = [one for one in program.ruleset.groups.values() if one.source == source.name]
        for size in _sizes(source, MOST_IN_GROUP, asked=True):
            for keys, kind in _placements(program, groups, bare, size):
                rows = [{**_keyed(program, source, place, sizes), **key} for place, key in enumerate(keys)]
                found = _shape(program, {**base, source.name: rows}, sizes, sources, {source.name: kind})
                if found is not None:
                    yield found


def _shape(
    program: Program,
    facts: Facts,
    sizes: Mapping[str, Size],
    sources: Sequence[Collection],
    placed: Mapping[str, Value | None],
) -> CaseShape | None:
    """The case of these rows, or ``None`` where it has too few rows to be one."""
    try:
        case = case_row(program, facts)
        _run(program, case)
    except InputError:
        return None
    full = {one.name: len(facts[one.name]) for one in sources if one.name in facts}
    return CaseShape(case, {**sizes, **full}, placed)


def _run(program: Program, case: Row) -> None:
    """Sort rows into groups, and decide what can be decided: where rules conflict whatever the facts are, values stay open."""
    try:
        program.run(case)
    except ConflictError:
        for group in program.ruleset.groups.values():
            program.group(case, group)
        for step in program.steps.values():
            for frames in program.frames(case, step.value.scope):
                frames[-1][step.slot] = step.value.type.whole


def _placements(
    program: Program, groups: Sequence[Group], bare: CaseShape | None, size: int
) -> Iterator[tuple[list[dict[str, Value]], Value | None]]:
    """Where that many rows go: for each row the names it is grouped by, and the key of the group that holds them all."""
    if size == 0:
        return
    candidates = _candidates(program, groups, bare)
    kinds: dict[Any, tuple[dict[str, Value], Value]] = {}
    for key, kind, row_key in candidates:
        kinds.setdefault(kind, (key, row_key))
    for key, row_key in kinds.values():
        yield [key] * size, row_key
    if size == 2 and len(candidates) > 1:
        yield [candidates[0][0], candidates[1][0]], None


def _candidates(
    program: Program, groups: Sequence[Group], bare: CaseShape | None
) -> list[tuple[dict[str, Value], Any, Value]]:
    """The groups that rows can be in: what they are grouped by, what the group takes over, and its key."""
    slots = program.layout.slots
    expecting = next((one for one in groups if one.expected is not None), None)
    if expecting is None or bare is None:
        names = list(dict.fromkeys(name for one in groups for name in one.by))
        types = {name: program.ruleset.collections[groups[0].source].fields[name].type for name in names}
        keys: list[dict[str, Value]] = [
            {name: _invented(types[name], name, place) for name in names} for place in range(2)
        ]
        return [(key, None, cast("Value", tuple(key.values()))) for key in keys]
    found: list[tuple[dict[str, Value], Any, Value]] = []
    others = {name for one in groups for name in one.by} - set(expecting.by)
    for row in cast("list[Row] | None", bare.case[slots[CASE][expecting.name]]) or ():
        parts = row[KEY] if isinstance(row[KEY], tuple) else (row[KEY],)
        key = dict(zip(expecting.by, cast("tuple[Value, ...]", parts), strict=True))
        fields = program.ruleset.collections[expecting.source].fields
        key.update({name: _invented(fields[name].type, name, 0) for name in sorted(others)})
        found.append((key, kind_of(program, expecting, row), row[KEY]))
    return found


def kind_of(program: Program, group: Group, row: Row) -> Kind:
    """What a row of a group takes over from what expects it, and its key where rules ask for that: rows of one kind can come to the same."""
    parts = cast("tuple[Value, ...]", row[KEY] if isinstance(row[KEY], tuple) else (row[KEY],))
    own = map(shown, parts)
    asked = tuple(f"key: {part}" for part in own) if _asks_key(program.ruleset, group) else ()
    slots = program.layout.slots[group.name]
    taken = [name for name in slots if name not in (*group.by, group.source) and name not in program.ruleset.values]
    return (*asked, *(f"{name}: {shown(row[slots[name]])}" for name in sorted(taken) if row[slots[name]] is not None))


def _asks_key(ruleset: Ruleset, group: Group) -> bool:
    """Whether rules or claims ask for what rows are grouped by."""
    expecting = (
        () if group.expected is None else tuple(one for one in group.expected.keys.values() if isinstance(one, str))
    )
    keys = {(scope, name) for scope in (group.name, group.source) for name in group.by}
    keys |= {(one, ruleset.collections[one].key or "name") for one in expecting}
    reads = {read for value in ruleset.values.values() for read in value.reads}
    claimed = {(one.scope, one.name) for claim in ruleset.claims for one in symbols_in(claim.condition)}
    return any(f"{scope}.{name}" in reads or (scope, name) in claimed for scope, name in keys)


def _rows(program: Program, collection: Collection, sizes: Mapping[str, Size], outer: int = 0) -> Any:
    """What is given of a collection: keys, and the rows of the collections inside it."""
    fixed = program.compiler.fixed
    if collection.items is not None:
        return {item: _inner(program, collection, sizes, place) for place, item in enumerate(collection.items)}
    if fixed is not None and collection.name == fixed.collection:
        return {row[KEY]: _inner(program, collection, sizes, place) for place, row in enumerate(fixed.rows)}
    size = sizes.get(collection.name, 0)
    number = size if isinstance(size, int) else size[outer % 2]
    return [_keyed(program, collection, place, sizes) for place in range(number)]


def _inner(program: Program, collection: Collection, sizes: Mapping[str, Size], outer: int = 0) -> dict[str, Any]:
    return {one.name: _rows(program, one, sizes, outer) for one in collection.inner.values()}


def _keyed(program: Program, collection: Collection, place: int, sizes: Mapping[str, Size]) -> dict[str, Any]:
    """A row with nothing but its key, and the rows inside it."""
    found = _inner(program, collection, sizes, place)
    if collection.key is not None:
        found[collection.key] = _invented(collection.fields[collection.key].type, collection.name, place)
    return found


def _invented(type: ScalarType, name: str, place: int) -> Known:
    """A value to stand as a key, another one for each place."""
    if isinstance(type, LabelType):
        return type.labels[place % len(type.labels)]
    if isinstance(type, NumberType):
        return (0 if type.low is None else int(type.low)) + place
    if isinstance(type, MonthType):
        return Month(24_000 + place)
    cells = cells_of(type, ())
    return cells[place] if len(cells) > place and not isinstance(cells[place], str) else f"{name} {place + 1}"
