"""Reading names: where a condition stands, which row a name belongs to, and whether rows are there at all."""

from __future__ import annotations

from typing import cast

from attrs import field, frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.choices import Listed
from hmic_rules.backends.sql.facts import Readable, constant_of, fact_of, members_of
from hmic_rules.backends.sql.lines import End, Line
from hmic_rules.backends.sql.nodes import FALSE, NULL, TRUE, Node, all_of, any_of, case, literal, opposite
from hmic_rules.backends.sql.rooms import Rooms, internal
from hmic_rules.backends.sql.schema import key_of_collection
from hmic_rules.backends.sql.scopes import Scope
from hmic_rules.conditions import CASE, Symbol, SymbolKind
from hmic_rules.datatypes import ScalarType, TextType
from hmic_rules.possible import Month
from hmic_rules.programs import Program
from hmic_rules.rulesets import MOST_MONTHS, Group, MonthRange

__all__ = ["Build", "Frame", "Place", "Result"]


@frozen
class Frame:
    """One row that encloses a condition: of which scope, in which table, and below which other frame. ``item`` is that of a wide collection."""

    scope: str
    table: Scope
    parent: int
    item: str | None = None


@frozen
class Place:
    """Where a condition stands: the rows that enclose it, and the scope in whose rows it is computed."""

    frames: tuple[Frame, ...]
    current: Scope

    def inside(self, frame: Frame, current: Scope) -> Place:
        return Place((*self.frames, frame), current)

    def find(self, scope: str) -> Frame:
        """The innermost row of a scope."""
        return next(frame for frame in reversed(self.frames) if frame.scope == scope)

    def below(self, place: int) -> set[int]:
        """The frames that the one at this place determines: itself, the row that holds it, and so on up to the case."""
        found = {place}
        while (place := self.frames[place].parent) >= 0:
            found.add(place)
        return found

    def moved(self, node: Node) -> Node:
        """A node of an enclosing row, read here."""
        return nodes.lift(node, self.current)


@frozen(eq=False)
class Result:
    """What a value comes to.

    Attributes:
        given: every result still possible, gaps included.
        read: the same as other rules read it.
        conflict: where it has no result, because rules hold together that may not or a number lies outside its range.

    """

    given: Readable
    read: Readable
    conflict: Node
    parts: dict[str, object] = field(factory=dict)


@frozen(eq=False)
class Build:
    """A program while it becomes SQL. ``results`` are those of the values so far, by name and item of a wide collection."""

    program: Program
    rooms: Rooms
    results: dict[tuple[str, str | None], Result] = field(factory=dict)

    def standing(self, scope: str, item: str | None = None) -> Place:
        """The place of a value that stands on this scope."""
        place = Place((Frame(CASE, self.rooms.case, -1),), self.rooms.case)
        for depth, name in enumerate(self.program.chains[scope][1:]):
            if name in self.rooms.tables.wide:
                place = place.inside(Frame(name, self.rooms.case, depth, item), self.rooms.case)
            else:
                table = self.rooms.rows_of(name)
                place = place.inside(Frame(name, table, depth), table)
        return place

    def read(self, symbol: Symbol, place: Place) -> Readable:
        """What a name leaves possible, in the rows of this place."""
        if symbol.kind is SymbolKind.PARAMETER:
            setting = self.program.compiler.settings.constants[symbol.name]
            return constant_of(cast("ScalarType", symbol.type), setting)
        frame = place.find(symbol.scope)
        if symbol.kind is SymbolKind.VALUE:
            return self.results[symbol.name, frame.item].read.moved(place.moved)
        return self.input(symbol, frame).moved(place.moved)

    def input(self, symbol: Symbol, frame: Frame) -> Readable:
        ruleset = self.program.ruleset
        if frame.scope == CASE:
            given = ruleset.inputs[symbol.name]
            return fact_of(given, self.rooms.fact(CASE, given))
        if frame.scope in ruleset.groups:
            return self.group_field(ruleset.groups[frame.scope], symbol, frame)
        collection = ruleset.collections[frame.scope]
        if symbol.name == key_of_collection(collection):
            if frame.item is not None:
                return constant_of(cast("ScalarType", symbol.type), frame.item)
            column = nodes.field(frame.table, internal(frame.scope, symbol.name), nullable=False)
            return self.key(column, cast("ScalarType", symbol.type), self.rooms.per(frame.scope, symbol.name))
        given = collection.fields[symbol.name]
        fixed = self.program.compiler.fixed
        if (
            frame.item is not None
            and fixed is not None
            and fixed.collection == frame.scope
            and given.name in fixed.fields
        ):
            row = fixed.rows[fixed.places[frame.item]]
            return constant_of(given.type, row[self.program.layout.slots[frame.scope][given.name]])
        return fact_of(given, self.rooms.fact(frame.scope, given, frame.item))

    def group_field(self, group: Group, symbol: Symbol, frame: Frame) -> Readable:
        """A part of a group's key, or a field that it takes over from the item that expects it."""
        if symbol.name in group.by:
            _, type, per = self.rooms.key_in(group.source, symbol.name)
            return self.key(self.rooms.group_key(group.name, symbol.name), type, per)
        assert group.expected is not None  # noqa: S101 - no other group takes anything over
        collections = self.program.ruleset.collections
        names = [key for key in group.expected.keys.values() if isinstance(key, str)]
        owner = [name for name in names if symbol.name in collections[name].fields][-1]
        given = collections[owner].fields[symbol.name]
        return fact_of(given, self.rooms.fact(owner, given, to=frame.table))

    @staticmethod
    def key(column: Node, type: ScalarType, per: int) -> Readable:
        """A key as a value: always known."""
        if members_of(type) or isinstance(type, TextType):
            return Listed(column, members_of(type), FALSE, frozenset())
        end = End(column, per)
        return Line(end, end)

    def moment(self, operand: object) -> Node:
        """A month on the case; ``NULL`` where it is not known."""
        if not isinstance(operand, Symbol):
            assert isinstance(operand, Month)  # noqa: S101 - the loader takes nothing else
            return literal(operand.ordinal)
        line = cast("Line", self.read(operand, self.standing(CASE)))
        known = all_of(line.value, opposite(any_of(line.refused, line.gap)), line.known)
        return case([(known, line.low.number)], NULL)

    def members_unknown(self, name: str) -> Node:
        """Where the rows of a group are unknown, read on the group."""
        group = self.program.ruleset.groups[name]
        table = self.rooms.group(name)
        absent = nodes.lift(opposite(self.rooms.listed(group.source)), table)
        if group.expected is None or group.missing == "empty":
            return absent
        rows = nodes.fold("count", table, self.rooms.rows_of(group.source), TRUE)
        return any_of(absent, nodes.equal(rows, literal(0)))

    def there(self, name: str, holder: Frame) -> Node:
        """Whether the rows that a query goes over are there, read in the row that holds them."""
        ruleset = self.program.ruleset
        if holder.scope in ruleset.groups and ruleset.groups[holder.scope].source == name:
            return opposite(self.members_unknown(holder.scope))
        if name in ruleset.groups:
            return self.rooms.present(name)
        return self.rooms.given(ruleset.collections[name])[0]

    def endless(self, group: Group) -> Node:
        """Where more months are expected than a case may have, read on the case."""
        ranges = () if group.expected is None else group.expected.keys.values()
        ends = [(self.moment(one.start), self.moment(one.end)) for one in ranges if isinstance(one, MonthRange)]
        return any_of(*(nodes.compare("<=", nodes.add(start, literal(MOST_MONTHS)), end) for start, end in ends))

    def strangers(self, group: Group) -> Node:
        """Where a row of a group's source has a key that is unknown or that nobody expected, read on the case."""
        table = self.rooms.group(group.name)
        source = self.rooms.rows_of(group.source)
        by = source.above[table][1:]
        if group.expected is None:
            lost = any_of(*map(nodes.is_null, by))
            return nodes.compare("<", literal(0), nodes.fold("count", self.rooms.case, source, lost))
        if self.within(group):
            return FALSE
        groups = nodes.fold("groups", self.rooms.case, source, *by, group=table)
        rows = nodes.fold("count", table, source, TRUE)
        expected = nodes.fold("count", self.rooms.case, table, nodes.compare("<", literal(0), rows))
        return all_of(self.rooms.present(group.name), nodes.compare("<", expected, groups))

    def within(self, group: Group) -> bool:
        """Whether it groups rows that are themselves expected, by parts of their keys that are expected likewise: each of its groups is expected then."""
        outer = self.program.ruleset.groups.get(group.source)
        if outer is None or outer.expected is None or group.expected is None:
            return False
        expected = outer.expected.keys
        return all(part in expected and expected[part] == key for part, key in group.expected.keys.items())
