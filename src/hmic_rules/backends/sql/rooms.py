"""The scopes of a program as tables: the case, its collections, the groups of their rows, and which columns hold what."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection as Names
from fractions import Fraction
from math import lcm
from typing import cast

from attrs import field, frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.facts import Fact, constant_column
from hmic_rules.backends.sql.masks import bit_columns
from hmic_rules.backends.sql.nodes import FALSE, Node, all_of, case, literal, opposite, total
from hmic_rules.backends.sql.refusals import refuse
from hmic_rules.backends.sql.schema import CASE_ID, CASES, Tables, key_of_collection, storage_of
from hmic_rules.backends.sql.scopes import Distinct, Expecting, Items, Joined, Scope, Series, Stored, Values
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import TEXT, NumberType, ScalarType
from hmic_rules.errors import quoted
from hmic_rules.possible import NOT_APPLICABLE, is_known
from hmic_rules.programs import Program
from hmic_rules.rulesets import Collection, Input

__all__ = ["Rooms", "SharedError", "internal"]


class SharedError(Exception):
    """Rows that two groups share would be compared with each other, so that it matters which of the two is meant."""


def internal(scope: str, key: str) -> str:
    """What a key is called in the layers; no column of a table has such a name."""
    return f"{scope}.{key}"


@frozen(eq=False)
class Rooms:
    """The scopes of one program, made when they are first asked for.

    Attributes:
        known: columns that hold no ``NULL``, by scope and field.
        complete: collections of which every case has every item's row.
        moment: reads the first or the last month of a range on the case; ``NULL`` where it is not known.
        sharing: whether groups of the same rows by the same keys are one scope.
        surely_given: collections that were given with every row that could have items.

    """

    program: Program
    tables: Tables
    known: Names[tuple[str, str]]
    complete: Names[str]
    moment: Callable[[object], Node]
    sharing: bool = True
    surely_given: Names[str] = frozenset()
    scopes: dict[str, Scope] = field(factory=dict)
    pairs: dict[tuple[Scope, Scope, Scope], Scope] = field(factory=dict)

    @property
    def case(self) -> Scope:
        if CASE not in self.scopes:
            self.scopes[CASE] = Scope(CASE, (CASE_ID,), Stored(CASES))
        return self.scopes[CASE]

    def collection(self, name: str) -> Scope:
        """The rows of a collection."""
        if name in self.scopes:
            return self.scopes[name]
        collection = self.program.ruleset.collections[name]
        outer = self.case if collection.parent is None else self.collection(collection.parent)
        own = internal(name, key_of_collection(collection))
        keys = (*outer.keys, own)
        stored = {own: key_of_collection(collection)}
        stored |= {
            internal(scope, key): f"{scope}__{key}"
            for scope, key in (key.split(".") for key in outer.keys if "." in key)
        }
        table = name if name in self.tables.tables else None
        if name in self.tables.items:
            named = self.named(name)
            base: Items | Stored = Items(outer, named, table)
            if table is not None and name in self.complete:
                base = Stored(table)
            scope = Scope(name, keys, base, stored=stored)
            scope.enclose(named, (nodes.field(scope, own, nullable=False),))
        else:
            scope = Scope(name, keys, Stored(name), stored=stored)
        for enclosing in (outer, *outer.above):
            if not isinstance(enclosing.base, Values):
                scope.enclose(enclosing, tuple(nodes.field(scope, key, nullable=False) for key in enclosing.keys))
        self.scopes[name] = scope
        return scope

    def named(self, name: str) -> Scope:
        """The items that a fixed collection or a framework names, with what the framework says of them."""
        called = f"{name} named"
        if called not in self.scopes:
            collection, fixed = self.program.ruleset.collections[name], self.program.compiler.fixed
            own = internal(name, key_of_collection(collection))
            said: list[tuple[str, ScalarType, int]] = []
            if fixed is not None and fixed.collection == name:
                said = [
                    (one.name, one.type, self.parts(name, one))
                    for one in collection.fields.values()
                    if one.name in fixed.fields and one.name != collection.key
                ]
            rows = []
            for place, item in enumerate(self.tables.items[name]):
                found: list[nodes.Constant] = [item]
                for field_name, type, per in said:
                    assert fixed is not None  # noqa: S101 - only a framework says something
                    value = fixed.rows[place][self.program.layout.slots[name][field_name]]
                    found.append(cast("nodes.Constant", constant_column(type, value, per)))
                    found.append(value is NOT_APPLICABLE)
                rows.append(tuple(found))
            bits = dict(bit_columns(own, self.tables.items[name]))
            rows = [(*row, *(cells[cast("str", row[0])] for cells in bits.values())) for row in rows]
            columns = (own, *(part for field_name, _, _ in said for part in (field_name, f"{field_name}__na")), *bits)
            storages: list[str] = [part for _, type, _ in said for part in (storage_of(type), "BOOLEAN")]
            storages = ["VARCHAR", *storages, *("BIGINT" for _ in bits)]
            self.scopes[called] = Scope(called, (own,), Values(columns, tuple(storages), tuple(rows)))
        return self.scopes[called]

    def parts(self, name: str, given: Input) -> int:
        """Into how many parts a whole is divided in what a framework says."""
        fixed = self.program.compiler.fixed
        if fixed is None or not isinstance(given.type, NumberType):
            return 1
        slot = self.program.layout.slots[name][given.name]
        values = [row[slot] for row in fixed.rows]
        return lcm(*(value.denominator for value in values if isinstance(value, int | Fraction)))

    def group(self, name: str) -> Scope:
        """The groups of a collection's rows."""
        if name in self.scopes:
            return self.scopes[name]
        group = self.program.ruleset.groups[name]
        if self.sharing:
            for other in self.program.ruleset.groups.values():
                same = (other.source, other.by, other.expected) == (group.source, group.by, group.expected)
                if same and other.name in self.scopes:
                    self.scopes[name] = self.scopes[other.name]
                    return self.scopes[name]
        source = self.rows_of(group.source)
        keys = (CASE_ID, *(internal(name, by) for by in group.by))
        by = tuple(self.key_in(group.source, part)[0] for part in group.by)
        if group.expected is None:
            there = nodes.lift(self.listed(group.source), source)
            scope = Scope(name, keys, Distinct(source, by, there))
        else:
            axes: list[Scope | Series] = []
            for part in group.by:
                expecting = group.expected.keys[part]
                axes.append(
                    self.collection(expecting)
                    if isinstance(expecting, str)
                    else Series(self.moment(expecting.start), self.moment(expecting.end))
                )
            scope = Scope(name, keys, Expecting(self.case, tuple(axes)))
            for axis, key in zip(axes, keys[1:], strict=True):
                if isinstance(axis, Scope):
                    own = nodes.field(scope, key, nullable=False)
                    scope.enclose(axis, (nodes.field(scope, CASE_ID, nullable=False), own))
                    for named in axis.above:
                        if isinstance(named.base, Values):
                            scope.enclose(named, (own,))
        scope.enclose(self.case, (nodes.field(scope, CASE_ID, nullable=False),))
        source.enclose(scope, (nodes.field(source, CASE_ID, nullable=False), *by))
        self.scopes[name] = scope
        return scope

    def group_key(self, name: str, part: str) -> Node:
        """A part of the key of a group, in its rows."""
        scope, by = self.group(name), self.program.ruleset.groups[name].by
        return nodes.field(scope, scope.keys[1 + by.index(part)], nullable=False)

    def rows_of(self, name: str) -> Scope:
        return self.group(name) if name in self.program.ruleset.groups else self.collection(name)

    def key_in(self, source: str, part: str) -> tuple[Node, ScalarType, int]:
        """What rows of a collection or group are sorted by: the node (``NULL`` where it is not known or not applicable), its type and its parts."""
        ruleset, scope = self.program.ruleset, self.rows_of(source)
        if source in ruleset.groups:
            group = ruleset.groups[source]
            if part not in group.by:
                refuse(f"the groups of {quoted(source)} are sorted by {quoted(part)}, which is not one of its own keys")
            _, type, per = self.key_in(group.source, part)
            return self.group_key(source, part), type, per
        collection = ruleset.collections[source]
        if part == key_of_collection(collection):
            given = collection.fields.get(part)
            own = nodes.field(scope, internal(source, part), nullable=False)
            return own, TEXT if given is None else given.type, self.per(source, part)
        if part not in collection.fields:
            refuse(f"rows of {quoted(source)} are grouped by {quoted(part)}, which rules give")
        given = collection.fields[part]
        fact = self.fact(source, given)
        column = fact.column
        if given.closed and given.means is not NOT_APPLICABLE and column.nullable:
            meant = constant_column(given.type, given.means, fact.per)  # type: ignore[arg-type]
            column = nodes.operation("coalesce", column, literal(meant), nullable=False)  # type: ignore[arg-type]
        return case([(fact.refused, nodes.NULL)], column), given.type, fact.per

    def per(self, scope: str, name: str, kind: str = "field") -> int:
        table = self.tables.tables.get(scope)
        column = None if table is None else table.of(name, kind) or table.of(name, "key")  # type: ignore[arg-type]
        return 1 if column is None else column.per

    def fact(self, scope: str, given: Input, item: str | None = None, to: Scope | None = None) -> Fact:
        """The column of an input, read in the rows of ``to``: of the scope itself, where nothing is said."""
        fixed = self.program.compiler.fixed
        if fixed is not None and fixed.collection == scope and given.name in fixed.fields:
            rows, named = to or self.collection(scope), self.named(scope)
            unknown = any(
                not is_known(row[self.program.layout.slots[scope][given.name]])
                or row[self.program.layout.slots[scope][given.name]] is NOT_APPLICABLE
                for row in fixed.rows
            )
            column = nodes.lift(nodes.field(named, given.name, nullable=unknown), rows)
            refused = nodes.field(named, f"{given.name}__na", nullable=False) if given.may_be_not_applicable else FALSE
            return Fact(column, nodes.lift(refused, rows), self.parts(scope, given))
        wide = item is not None
        table = self.tables.cases if wide else self.tables.tables[scope]
        where = self.case if wide or scope == CASE else self.collection(scope)
        found = table.of(given.name, "field", item)
        assert found is not None  # noqa: S101 - every input has a column
        never = (scope, given.name) in self.known
        sparse = isinstance(where.base, Items)
        column = nodes.field(where, found.name, nullable=sparse or not never)
        refused = FALSE
        beside = table.of(given.name, "not applicable", item)
        if beside is not None and not never:
            refused = total(nodes.field(where, beside.name, nullable=True), False)
        to = to or where
        return Fact(nodes.lift(column, to), nodes.lift(refused, to), found.per)

    def judgement(self, scope: str, value: str, item: str | None) -> tuple[Node | None, int]:
        """The column of what a person judged, and its parts; ``None`` on groups, of which nobody judges."""
        table = self.tables.cases if item is not None else self.tables.tables.get(scope)
        found = None if table is None else table.of(value, "judged", item)
        if found is None:
            return None, 1
        where = self.case if item is not None or scope == CASE else self.collection(scope)
        return nodes.field(where, found.name, nullable=True), found.per

    def given(self, collection: Collection) -> tuple[Node, Scope]:
        """Whether a collection was given, and in whose rows that stands."""
        where = self.case if collection.parent is None else self.collection(collection.parent)
        if collection.name in self.tables.items or collection.name in self.surely_given:
            return nodes.TRUE, where
        return total(nodes.field(where, f"{collection.name}__given", nullable=True), False), where

    def listed(self, name: str) -> Node:
        """Whether every row of a collection or group is known to be there, read on the case."""
        ruleset = self.program.ruleset
        collection = ruleset.collections.get(name)
        if collection is None:
            return self.present(name)
        given, where = self.given(collection)
        if collection.parent is None:
            return given
        lacking = nodes.fold("count", self.case, where, opposite(given))
        return all_of(self.listed(collection.parent), nodes.equal(lacking, literal(0)))

    def present(self, name: str) -> Node:
        """Whether the rows of a collection of the case, or of a group, are there at all, read on the case."""
        ruleset = self.program.ruleset
        if name not in ruleset.groups:
            return self.given(ruleset.collections[name])[0]
        group = ruleset.groups[name]
        if group.expected is None:
            return self.listed(group.source)
        parts: list[Node] = []
        for key in group.expected.keys.values():
            if isinstance(key, str):
                parts.append(self.present(key))
            else:
                parts += [opposite(nodes.is_null(self.moment(end))) for end in (key.start, key.end)]
        return all_of(*parts)

    def pair(self, outer: Scope, inner: Scope, holder: Scope) -> Scope:
        """Every row of ``outer`` with every row of ``inner`` under the same row of ``holder``."""
        found = self.pairs.get((outer, inner, holder))
        if inner in (outer, *outer.above) and list(self.scopes.values()).count(inner) > 1:
            raise SharedError
        if found is None:
            name = f"{outer.name} with {inner.name}"
            keys = (*(f"o.{key}" for key in outer.keys), *(f"i.{key}" for key in inner.keys))
            found = Scope(name, keys, Joined(outer, inner, holder))
            for side, scope in (("i", inner), ("o", outer)):
                own = tuple(nodes.field(found, f"{side}.{key}", nullable=False) for key in scope.keys)
                for enclosing, key in scope.above.items():
                    if all(node.op == "field" and node.value in scope.keys for node in key):
                        places = [scope.keys.index(cast("str", node.value)) for node in key]
                        found.enclose(enclosing, tuple(own[place] for place in places))
                found.enclose(scope, own)
            # a name belongs to the innermost row of its scope
            found.enclose(inner, tuple(nodes.field(found, f"i.{key}", nullable=False) for key in inner.keys))
            self.pairs[outer, inner, holder] = found
        return found
