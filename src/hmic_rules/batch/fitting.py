"""Which table gives what: a file to the cases or to a collection, each of its columns to a field, and what no column gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import field, frozen

from hmic_rules.batch.shapes import Field, Shape
from hmic_rules.batch.sources import Source
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, TextType
from hmic_rules.errors import Diagnostic, InputError, capped, did_you_mean, nearest, quoted

__all__ = ["Fitted", "Fitting", "Slot", "fitted"]

LISTED: Final = 12


@frozen
class Slot:
    """What one column gives.

    Attributes:
        kind: ``parent``, ``key`` or ``field`` of the table's own rows; ``wide``, a field of one item of a collection.
        name: the name of the field, or of the collection whose key it is.
        field: what may stand in it.
        collection: of a wide column, the collection.
        item: of a wide column, the item.

    """

    kind: str
    name: str
    field: Field
    collection: str | None = None
    item: str | None = None

    @property
    def scope(self) -> str | None:
        return self.collection


Spellings: TypeAlias = Mapping[str, tuple[Slot, ...]]


@frozen(eq=False)
class Fitted:
    """One source as one table.

    Attributes:
        shape: the table that it is.
        source: where it comes from.
        id: the place of the column that names the case, ``None`` where all rows are of one case.
        places: which column gives each slot.

    """

    shape: Shape
    source: Source
    id: int | None
    places: Mapping[Slot, int]

    def cell(self, place: int) -> str:
        """A raw cell in SQL."""
        return f"r.c{place}"


@frozen(eq=False)
class Fitting:
    """All sources, each as one table, by the table's name; and what is unknown in every row, said for each."""

    tables: Mapping[str, Fitted]
    wide: frozenset[str]
    notes: tuple[str, ...]


@frozen(eq=False)
class _Fitter:
    shapes: Mapping[str, Shape]
    id: str
    beside: Mapping[str, str] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)
    spellings: dict[str, Spellings] = field(factory=dict)

    def error(self, place: str, problem: str, help: str | None = None) -> None:
        self.problems.append(Diagnostic(place, problem, help, "table"))

    def finish(self) -> None:
        if self.problems:
            raise InputError(capped(self.problems))

    def spelled(self, shape: Shape) -> Spellings:
        """What the columns of a table can be called, and what each gives; several where it is not clear."""
        if shape.name not in self.spellings:
            found: dict[str, tuple[Slot, ...]] = {}
            for column, slot in [*_own(shape), *(self._wide() if shape.name == CASE else ())]:
                found[column] = (*found.get(column, ()), slot)
            self.spellings[shape.name] = found
        return self.spellings[shape.name]

    def _wide(self) -> Iterator[tuple[str, Slot]]:
        """The items of the collections that are known beforehand, as columns of the cases: the shortest spelling first."""
        own = {column for column, _ in _own(self.shapes[CASE])}
        for shape in self.shapes.values():
            if shape.collection is None or shape.collection.parent is not None or shape.items is None:
                continue
            if shape.key is None or not isinstance(shape.key.type, TextType | LabelType):
                continue
            single = shape.open[0] if len(shape.open) == 1 else None
            for item in shape.items:
                for one in shape.open:
                    slot = Slot("wide", one.name, one, shape.name, item)
                    short = [f"{item}.{one.column}", *([item] if one is single else [])]
                    long = [f"{shape.name}.{column}" for column in short]
                    yield from ((column, slot) for column in (*short, *long) if column not in own)

    def kept_apart(self, column: str, shape: Shape) -> bool:
        """Whether a column names the case, or is no fact that the rules are to see."""
        return column in (self.id, self.beside.get(shape.name))

    def fits(self, source: Source, shape: Shape) -> tuple[int, int]:
        """How many of the columns a table takes, and how many it does not."""
        known = self.spelled(shape)
        others = [column for column in source.columns if not self.kept_apart(column, shape)]
        taken = sum(column in known for column in others)
        return taken, len(others) - taken

    def shape_for(self, source: Source) -> Shape | None:
        """The table that the columns of a source fit."""
        fits = {name: self.fits(source, shape) for name, shape in self.shapes.items()}
        whole = {name: taken for name, (taken, left) in fits.items() if not left}
        ready = {name: taken for name, taken in whole.items() if self.has_needed(source, self.shapes[name])}
        some = ready or whole or {name: taken for name, (taken, _) in fits.items()}
        most = max(some.values())
        best = [name for name, taken in some.items() if taken == most]
        if len(best) == 1 and (most or whole or len(self.shapes) == 1):
            return self.shapes[best[0]]
        if not most and CASE in whole:
            return self.shapes[CASE]
        slips = {name: self.slips(source, shape) for name, shape in self.shapes.items()}
        likely = [name for name, number in slips.items() if number and number == max(slips.values())]
        if not most and len(likely) == 1:
            return self.shapes[likely[0]]
        names = ", ".join(f"`{name}={source.label}`" for name in (best if most else self.shapes))
        said = f"the columns fit {' and '.join(map(quoted, best))} alike" if most else "the columns fit no table"
        self.error(source.label, said, f"say which it is: {names}")
        return None

    def slips(self, source: Source, shape: Shape) -> int:
        """How many of the columns are nearly called as those of a table are."""
        known = [column for column, slots in self.spelled(shape).items() if slots[0].kind != "wide"]
        return sum(nearest(one, known) is not None for one in source.columns if not self.kept_apart(one, shape))

    @staticmethod
    def has_needed(source: Source, shape: Shape) -> bool:
        return all(column in source.columns for column in shape.needed)

    def fit(self, source: Source, shape: Shape, given: Mapping[str, Source]) -> Fitted:
        """The columns of a source as those of a table; what does not fit is reported."""
        known = self.spelled(shape)
        places: dict[Slot, int] = {}
        for place, column in enumerate(source.columns):
            if self.kept_apart(column, shape):
                continue
            slots = known.get(column, ())
            if len(slots) > 1:
                said = " and ".join(quoted(f"{slot.collection}.{column}") for slot in slots)
                self.error(source.label, f"the column {quoted(column)} can be several things", f"call it {said}")
            elif not slots:
                self.unknown_column(source, shape, column)
            elif slots[0] in places:
                other = source.columns[places[slots[0]]]
                self.error(source.label, f"the columns {quoted(other)} and {quoted(column)} give the same", "keep one")
            elif slots[0].collection in given:
                label = given[slots[0].collection or ""].label
                problem = f"{quoted(slots[0].collection)} is given by the column {quoted(column)}, and by {label} too"
                self.error(source.label, problem, "keep one of the two")
            else:
                places[slots[0]] = place
        for column, why in shape.needed.items():
            if not any(slot.field.column == column and slot.kind != "wide" for slot in places):
                problem = f"there is no column {quoted(column)}, and every row needs it"
                self.error(source.label, problem, f"add the column: {why}")
        return Fitted(shape, source, source.columns.index(self.id) if self.id in source.columns else None, places)

    def item_of(self, shape: Shape, column: str) -> Shape | None:
        """The table within the rows of another that has an item of this name."""
        for one in self.shapes.values():
            if one.collection is not None and one.collection.parent == shape.name and column in (one.items or ()):
                return one
        return None

    def unknown_column(self, source: Source, shape: Shape, column: str) -> None:
        problem = f"{_called(shape)} has no field for the column {quoted(column)}"
        help = did_you_mean(column, self.spelled(shape))
        if column in shape.fields:
            help = f"the column of this field is called {quoted(shape.fields[column].column)}"
        elif column in shape.framed:
            problem, help = f"{quoted(column)} is set by the framework", "leave it out of the table"
        elif column in self.shapes:
            help = f"give {quoted(column)} as a table of its own: `{column}=FILE`"
        elif (inner := self.item_of(shape, column)) is not None:
            columns = ", ".join(quoted(one) for one in (self.id, *(one.column for one in inner.columns)))
            help = f"it is an item of {quoted(inner.name)}, which is a table of its own with the columns {columns}"
        self.error(source.label, problem, help)


def _own(shape: Shape) -> Iterator[tuple[str, Slot]]:
    """The columns of a table that are not those of other collections."""
    for name, one in shape.parents.items():
        yield one.column, Slot("parent", name, one)
    if shape.key is not None and shape.key.name not in shape.fields:
        yield shape.key.column, Slot("key", shape.key.name, shape.key)
    for name, one in shape.fields.items():
        kind = "key" if shape.key is not None and name == shape.key.name else "field"
        yield one.column, Slot(kind, name, one)


def _called(shape: Shape) -> str:
    return "the case" if shape.collection is None else quoted(shape.name)


def fitted(
    sources: Sequence[tuple[str | None, Source]],
    shapes: Mapping[str, Shape],
    id: str,
    beside: Mapping[str, str] | None = None,
) -> Fitting:
    """Each source as a table.

    Args:
        sources: each with the name of the table that it was said to be, or ``None``.
        shapes: the tables that the rule set takes.
        id: what the column that names the case is called.
        beside: by table, a column that stays beside the facts.

    Raises:
        InputError: a source fits no table or several, a column gives nothing, or a needed one is missing; every such problem.

    """
    fitter = _Fitter(shapes, id, beside or {})
    columns = [column for _, source in sources for column in source.columns]
    for column in fitter.beside.values():
        if column not in columns:
            fitter.error(sources[0][1].label, f"there is no column {quoted(column)}", did_you_mean(column, columns))
    fitter.finish()
    found: dict[str, Source] = {}
    for said, source in sources:
        shape = shapes.get(said) if said is not None else fitter.shape_for(source)
        if said is not None and shape is None:
            help = did_you_mean(said, shapes) or f"a table is one of: {', '.join(map(quoted, list(shapes)[:LISTED]))}"
            fitter.error(source.label, f"no table is called {quoted(said)}", help)
        elif shape is not None and shape.name in found:
            problem = f"{found[shape.name].label} and {source.label} are both read as {quoted(shape.name)}"
            fitter.error(source.label, problem, f"say which is which: `{shape.name}=FILE`")
        elif shape is not None:
            found[shape.name] = source
    clashing = [
        shape for shape in shapes.values() if shape.name in found and any(one.column == id for one in shape.columns)
    ]
    for shape in clashing:
        problem = f"{_called(shape)} has a column {quoted(id)} of its own, so it cannot name the case too"
        fitter.error(found[shape.name].label, problem, "name another column with `--id`")
    fitter.finish()
    named = [source for source in found.values() if id in source.columns]
    for name, source in found.items():
        if source not in named and (named or name == CASE):
            problem = f"there is no column {quoted(id)}, and it says to which case a row belongs"
            near = nearest(id, source.columns)
            fitter.error(source.label, problem, "name it with `--id`" if near is None else f"write `--id {near}`")
    tables = {name: fitter.fit(found[name], shape, found) for name, shape in shapes.items() if name in found}
    for name, one in tables.items():
        parent = one.shape.collection.parent if one.shape.collection is not None else None
        if parent is not None and parent not in tables and shapes[parent].items is None:
            fitter.error(
                one.source.label,
                f"{quoted(name)} are items of {quoted(parent)}, which no table gives",
                f"add `{parent}=FILE`",
            )
        if parent is not None and shapes[parent].key is None:
            fitter.error(
                one.source.label,
                f"{quoted(name)} are items of {quoted(parent)}, which have no key to name them by",
                "give the collection a `key`",
            )
    fitter.finish()
    wide = frozenset(slot.collection for one in tables.values() for slot in one.places if slot.collection is not None)
    return Fitting(tables, wide, tuple(_notes(tables, shapes, wide)))


def _notes(tables: Mapping[str, Fitted], shapes: Mapping[str, Shape], wide: frozenset[str]) -> Iterator[str]:
    """What is unknown throughout because nothing gives it."""
    for name, shape in shapes.items():
        if name in tables:
            one = tables[name]
            for slot in (slot for _, slot in _own(shape)):
                if slot.kind == "field" and slot not in one.places and not slot.field.closed:
                    yield f"{one.source.label}: no column for {quoted(slot.field.column)}: it is unknown in every row"
            for collection in sorted(wide if name == CASE else ()):
                missing = [
                    f"{item}.{field.column}"
                    for item in shapes[collection].items or ()
                    for field in shapes[collection].open
                    if not field.closed and Slot("wide", field.name, field, collection, item) not in one.places
                ]
                if missing:
                    yield f"{one.source.label}: no column for {_some(missing)}: unknown in every row"
        elif shape.collection is None:
            open_ = [one.column for one in shape.fields.values() if not one.closed]
            if open_:
                yield f"no table of the cases: unknown in every case: {_some(open_)}"
        elif name not in wide and (shape.open or shape.items is None):
            yield f"no table for {quoted(name)}: it is unknown in every case"


def _some(names: Sequence[str]) -> str:
    """Names in a sentence, not too many."""
    rest = len(names) - LISTED
    return ", ".join(map(quoted, names[:LISTED])) + (f" and {rest} more" if rest > 0 else "")
