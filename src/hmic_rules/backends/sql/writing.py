"""Layers as one statement: a ``WITH`` of named selects, each of which reads those before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

from attrs import field, frozen
from sqlglot import exp

from hmic_rules.backends.sql.bases import based
from hmic_rules.backends.sql.expressions import aggregate, empty_list, expression, name, table, wrapped
from hmic_rules.backends.sql.layers import APART, Layers, folded_by
from hmic_rules.backends.sql.masks import Named
from hmic_rules.backends.sql.names import name_table, named_in_duckdb
from hmic_rules.backends.sql.nodes import Node
from hmic_rules.backends.sql.on_spark import spark_nothing
from hmic_rules.backends.sql.scopes import Combinations, Scope

__all__ = ["Writer"]

Alias = str
OWN = "t"


@frozen(eq=False)
class Writer:
    """Writes the layers of one query. ``names`` are what columns are called; ``made`` are the selects so far, by name."""

    layers: Layers
    dialect: str
    hints: dict[Node, str]
    names: dict[Node, str] = field(factory=dict)
    made: dict[str, exp.Select] = field(factory=dict)
    folded: dict[tuple[tuple[object, ...], int], str] = field(factory=dict)

    def query(self, target: Scope, keys: Sequence[tuple[str, str]], columns: Sequence[tuple[str, Node]]) -> exp.Select:
        """The whole statement: the keys of the target under their public names, and its results."""
        last = self.layer(target, self.layers.levels(target)[-1])
        found = exp.select(*(exp.alias_(self.key(key, OWN), name(public)) for key, public in keys))
        tables: dict[tuple[str, ...], str] = {}
        read = self.namer(self.reader(OWN), tables) if self.dialect == "duckdb" else self.reader(OWN)
        for called, node in columns:
            found = found.select(exp.alias_(expression(node, read, self.dialect), name(called)), copy=False)
        found = found.from_(table(last, OWN), copy=False)
        for items, alias in tables.items():
            self.made[f"names {alias}"] = name_table(items)
            found = found.join(table(f"names {alias}", alias), join_type="cross", copy=False)
        twice = self._read_twice() if self.dialect == "duckdb" else set()
        for called, select in self.made.items():
            found = found.with_(name(called), as_=select, materialized=called in twice or None, copy=False)
        return found

    def _read_twice(self) -> set[str]:
        """The layers that several others read, which are to be worked out once."""
        tables = (one.name for select in self.made.values() for one in select.find_all(exp.Table))
        return {called for called, number in Counter(tables).items() if number > 1 and called in self.made}

    def called(self, column: Node) -> str:
        """What a column is called in the layers: a fact like in its table, everything else by a number and what it is."""
        if column not in self.names:
            hint = self.hints.get(column, cast("str", column.value) if column.op == "fold" else column.op)
            if column.op == "lift":
                hint = self.hints.get(column.args[0], column.args[0].op)
            taken = column.op == "field"
            self.names[column] = cast("str", column.value) if taken else f"{len(self.names)}: {hint}"
        return self.names[column]

    @staticmethod
    def key(key: str, alias: Alias) -> exp.Column:
        return exp.column(name(key), table=alias)

    def reader(self, alias: Alias, joined: dict[Node, exp.Expr] | None = None) -> Callable[[Node], exp.Expr | None]:
        """How columns are read from a select that goes by this name, and from what is joined to it."""

        def read(node: Node) -> exp.Expr | None:
            if joined is not None and node in joined:
                return joined[node].copy()
            if node.op == "field" or node in self.layers.level:
                return exp.column(name(self.called(node)), table=alias)
            return None

        return read

    def namer(
        self, read: Callable[[Node], exp.Expr | None], tables: dict[tuple[str, ...], str]
    ) -> Callable[[Node], exp.Expr | None]:
        """How columns are read, and names looked up; ``tables`` gets what they are looked up in, with a short name for it."""

        def reading(node: Node) -> exp.Expr | None:
            found = read(node)
            if found is not None or node.op != "names":
                return found
            alias = tables.setdefault(cast("Named", node.value).items, f"n{len(tables)}")
            return named_in_duckdb(node, [expression(arg, read, self.dialect) for arg in node.args], alias)

        return reading

    def layer(self, scope: Scope, level: int) -> str:
        """The name of a layer, which is written where it is not yet."""
        called = f"{scope.name} {level}"
        if called not in self.made:
            base = level == self.layers.bases[scope]
            select = self.base(scope, level) if base else self.further(scope, level)
            self.made[called] = select
        return called

    def further(self, scope: Scope, level: int) -> exp.Select:
        """A layer over the one before it."""
        before = self.layer(scope, self.layers.at(scope, level - 1))
        columns = self.layers.carried(scope, level)
        new = [column for column in self.layers.columns[scope] if self.layers.level[column] == level]
        found = exp.select(*(exp.alias_(self.key(key, OWN), name(key)) for key in scope.keys))
        found = found.from_(table(before, OWN))
        joined: dict[Node, exp.Expr] = {}
        found = self.join_folds(found, scope, level, [one for one in new if one.op == "fold"], joined)
        found = self.join_lifts(found, scope, level, [one for one in new if one.op == "lift"], joined)
        read = self.reader(OWN, joined)
        for column in columns:
            if column.op == "field" and column.value in scope.keys:
                continue
            if self.layers.level[column] < level or column in joined:
                tree = cast("exp.Expr", read(column))
            else:
                tree = expression(column, lambda node, own=column: None if node is own else read(node), self.dialect)  # type: ignore[misc]
            found = found.select(exp.alias_(tree, name(self.called(column))), copy=False)
        return found

    def join_folds(
        self, found: exp.Select, scope: Scope, level: int, folds: list[Node], joined: dict[Node, exp.Expr]
    ) -> exp.Select:
        groups: dict[tuple[object, ...], list[Node]] = {}
        for one in folds:
            groups.setdefault(folded_by(one), []).append(one)
        for number, members in enumerate(groups.values()):
            called, keys = self.folding(scope, level, members[0])
            alias = f"f{number}"
            on = [
                exp.EQ(this=self.key(own, OWN), expression=exp.column(name(key), table=alias))
                for own, key in zip(scope.keys, keys, strict=True)
            ]
            found = found.join(table(called, alias), on=exp.and_(*on), join_type="left", copy=False)
            for one in members:
                tree: exp.Expr = exp.column(name(self.called(one)), table=alias)
                if one.value in ("count", "sum", "bits", "distinct", "longest run", "groups"):
                    tree = exp.Coalesce(this=tree, expressions=[exp.Literal.number(0)])
                elif one.value == "keys":
                    tree = exp.Coalesce(this=tree, expressions=[empty_list(self.dialect)])
                elif one.value == "ratio sum":
                    nothing = "{'n': CAST(0 AS INT128), 'd': CAST(1 AS INT128)}"
                    none = spark_nothing() if self.dialect == "spark" else exp.maybe_parse(nothing, dialect="duckdb")
                    tree = exp.Coalesce(this=tree, expressions=[none])
                joined[one] = tree
        return found

    def folding(self, scope: Scope, level: int, one: Node) -> tuple[str, list[str]]:
        """The select that gives a fold, and what it calls the keys. Folds of the same rows by the same keys share one."""
        source = cast("Scope", one.source)
        if one.value in APART:
            called = f"{scope.name} {level}: {self.called(one)}"
            make = self.runs if one.value == "longest run" else self.groups
            self.made[called] = make(scope, source, level, one)
            return called, list(scope.keys)
        keys = [f"key {place}" for place in range(len(scope.keys))]
        share = folded_by(one)
        if (share, level) not in self.folded:
            same = [other for other in self.layers.level if other.op == "fold" and folded_by(other) == share]
            members = [other for other in same if self.layers.level[other] == level]
            select = self.folds(scope, source, level, members)
            called = f"{source.name} folded {len(self.folded)}"  # what it reads has its own number by now
            self.made[called] = select
            self.folded[share, level] = called
        return self.folded[share, level], keys

    def folds(self, scope: Scope, source: Scope, level: int, members: list[Node]) -> exp.Select:
        """The rows of another scope, folded by the keys of this one."""
        rows = self.layer(source, self.layers.at(source, level - 1))
        read = self.reader("s")
        keys = [expression(node, read, self.dialect) for node in source.above[scope]]
        found = exp.select(*(exp.alias_(key, name(f"key {place}")) for place, key in enumerate(keys)))
        for one in members:
            args = [expression(arg, read, self.dialect) for arg in one.args]
            found = found.select(exp.alias_(aggregate(one, args, self.dialect), name(self.called(one))), copy=False)
        found = found.from_(table(rows, "s"))
        return found.group_by(*(key.copy() for key in keys))

    def runs(self, scope: Scope, source: Scope, level: int, one: Node) -> exp.Select:
        """The longest run of neighbours: each different step less its place among them is the same all along a run."""
        rows = self.layer(source, self.layers.at(source, level - 1))
        read = self.reader("s")
        keys = [expression(node, read, self.dialect) for node in source.above[scope]]
        step = expression(one.args[0], read, self.dialect)
        inner = exp.select(*(exp.alias_(key, name(own)) for key, own in zip(keys, scope.keys, strict=True)))
        inner = inner.select(exp.alias_(step, "step")).distinct().from_(table(rows, "s"))
        inner = inner.where(exp.Not(this=exp.Is(this=wrapped(step.copy()), expression=exp.null())))
        own = [exp.column(name(key)) for key in scope.keys]
        order = exp.Order(expressions=[exp.Ordered(this=exp.column("step"))])
        place = exp.Window(this=exp.RowNumber(), partition_by=[key.copy() for key in own], order=order)
        run = exp.alias_(exp.Sub(this=exp.column("step"), expression=place), "run")
        placed = exp.select(*(key.copy() for key in own), run).from_(inner.subquery("steps"))
        sized = exp.select(*(key.copy() for key in own), exp.alias_(exp.Count(this=exp.Star()), "size"))
        sized = sized.from_(placed.subquery("placed")).group_by(*(key.copy() for key in own), exp.column("run"))
        longest = exp.alias_(exp.Max(this=exp.column("size")), name(self.called(one)))
        found = exp.select(*(key.copy() for key in own), longest).from_(sized.subquery("sized"))
        return found.group_by(*(key.copy() for key in own))

    def groups(self, scope: Scope, source: Scope, level: int, one: Node) -> exp.Select:
        """How many groups the rows of a case make, expected or not; rows without a key are one more."""
        group = cast("Scope", one.group)
        share = (source, source.above[group], None)
        same = [other for other in self.layers.level if other.op == "fold" and folded_by(other) == share]
        beside = next((other for other in same if self.layers.level[other] == level), None)
        known = None if beside is None else self.folding(cast("Scope", beside.scope), level, beside)[0]
        if known is None:
            rows = self.layer(source, self.layers.at(source, level - 1))
            read = self.reader("s")
            keys = [expression(node, read, self.dialect) for node in source.above[group]]
            select = exp.select(*(exp.alias_(key, name(f"key {place}")) for place, key in enumerate(keys)))
            known = f"{source.name} keys of {group.name}"
            self.made[known] = select.distinct().from_(table(rows, "s"))
        found = exp.select(exp.alias_(exp.column(name("key 0"), table="k"), name(scope.keys[0])))
        found = found.select(exp.alias_(exp.Count(this=exp.Star()), name(self.called(one))))
        return found.from_(table(known, "k")).group_by(exp.column(name("key 0"), table="k"))

    def join_lifts(
        self, found: exp.Select, scope: Scope, level: int, lifts: list[Node], joined: dict[Node, exp.Expr]
    ) -> exp.Select:
        read = self.reader(OWN)
        for number, outer in enumerate(dict.fromkeys(cast("Scope", one.args[0].scope) for one in lifts)):
            rows, alias = self.layer(outer, self.layers.at(outer, level - 1)), f"l{number}"
            keys = [expression(node, read, self.dialect) for node in scope.above[outer]]
            on = [
                exp.EQ(this=wrapped(key), expression=exp.column(name(own), table=alias))
                for key, own in zip(keys, outer.keys, strict=True)
            ]
            every = isinstance(outer.base, Combinations)  # no row is without one
            found = found.join(table(rows, alias), on=exp.and_(*on), join_type="" if every else "left")
            for one in lifts:
                if one.args[0].scope is outer:
                    joined[one] = exp.column(name(self.called(one.args[0])), table=alias)
        return found

    def base(self, scope: Scope, level: int) -> exp.Select:
        """The first layer of a scope: its rows."""
        return based(
            self, scope, [column for column in self.layers.carried(scope, level) if column.value not in scope.keys]
        )
