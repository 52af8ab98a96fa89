"""A rule set that extends another, put together: the tree of the one with what the other adds, replaces and takes out."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Names
from collections.abc import Sequence as Sequences
from typing import Final, cast

from attrs import field, frozen

from hmic_rules.errors import Span, choices, quoted
from hmic_rules.loading.alterations import DONE, PARTS, Alteration
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.listed import Entries, alike, altered, by_id, id_of, in_order
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.rulesets import Ancestor, Change, Ruleset

__all__ = ["HEADER", "Composed", "Written", "composed"]

HEADER: Final = ("ruleset", "edition", "title", "says", "series", "effective")
WHAT: Final = {"rules": "value", "limits": "value", "values": "value", "inputs": "collection", "items": "framework"}


@frozen(eq=False)
class Written:
    """A rule set with the tree that it was read from: patterns filled in, the cases and frameworks of its files beside it."""

    ruleset: Ruleset
    mapping: Mapping
    cases: tuple[Mapping, ...]
    frameworks: Names[str, Mapping]
    files: tuple[str, ...]

    @property
    def lineage(self) -> tuple[Ancestor, ...]:
        """The rule set and those that it extends, the nearest first."""
        one = self.ruleset
        return (Ancestor(one.name, one.edition, one.title, one.fingerprint, self.files), *one.ancestors)


@frozen(eq=False)
class Composed:
    """An extending rule set as one tree, its name, the frameworks that it inherits, and what was changed."""

    name: str
    mapping: Mapping
    frameworks: Names[str, Mapping]
    changes: tuple[Change, ...]


def composed(
    reader: Reader, base: Written, own: Mapping, name: str, alterations: Sequences[Alteration]
) -> Composed | None:
    """One tree from a rule set and what another says of it; ``None`` where that cannot be said of it, which is reported."""
    work = _Work(reader, base, own, name)
    before = len(reader.problems)
    for one in alterations:
        work.hold(one)
    mapping = work.whole()
    if len(reader.problems) > before:
        return None
    return Composed(name, mapping, work.frameworks(), (*base.ruleset.changes, *work.changes))


@frozen(eq=False)
class _Work:
    reader: Reader
    base: Written
    own: Mapping
    name: str
    held: dict[tuple[str, str], list[Alteration]] = field(factory=dict)
    changes: list[Change] = field(factory=list)

    def hold(self, one: Alteration) -> None:
        """Look for what is named, and note the change; what is not there, or is there already, is reported."""
        there = self.known(one)
        if there is None:
            return
        found = there.get(one.name) if one.name else None
        if one.verb == "add" and found is not None:
            problem = f"{one.what} is inherited: it stands in {found[0]}"
            self.reader.error(one.key.span, problem, "write it under `replace:`, or give it another name", "inherited")
            return
        if one.verb != "add" and found is None:
            what = "case" if one.kind == "expect" else one.word
            where = f" in {quoted(one.holder)}" if one.holder else ""
            problem = (
                f"{quoted(self.base.ruleset.name)} has no {what} {quoted(one.name)}{where}, so none is {DONE[one.verb]}"
            )
            self.reader.error(one.key.span, problem, choices(one.name, there), "unknown-name")
            return
        self.held.setdefault((one.kind, one.holder), []).append(one)
        if not one.name:
            return
        was = None if found is None else found[0]
        same = found is not None and alike(one.tree, found[1], self.own_key(one))
        by = Change(
            DONE[one.verb],
            one.word,
            one.address,
            self.name,
            one.key.span,
            None if was is None else _owner(self.base.lineage, was),
            was,
            one.says,
            same,
        )
        self.changes.append(by)

    def own_key(self, one: Alteration) -> tuple[str, ...]:
        """The key that an entry of a list has, and its replacement by where it stands."""
        if one.kind == "items" and self.base.ruleset.fills is not None:
            return (cast("str", self.base.ruleset.collections[self.base.ruleset.fills].key),)
        return ("id",) if one.kind in ("rules", "limits") else ()

    # What is there

    def known(self, one: Alteration) -> Entries | None:
        """What stands where the alteration names something; ``None`` where there is no such place, which is reported."""
        if one.kind in ("claims", "cases", "expect", "frameworks"):
            return self.listed(one.kind)
        if one.kind == "items":
            return self.items(one)
        if not one.holder:
            return _entries(self.base.mapping.entries.get(one.kind))
        if one.kind == "inputs":
            tables = _tables(self.base.mapping.entries.get("inputs"))
            if one.holder in tables:
                return _entries(tables[one.holder])
            return self.nowhere(one, tables)
        values = _entries(self.base.mapping.entries.get("values"))
        value = values[one.holder][1] if one.holder in values else None
        if not isinstance(value, Mapping):
            return self.nowhere(one, values)
        if one.kind == "values":
            return {part: found for part, found in _entries(value).items() if part in PARTS}
        section = one.kind if one.kind == "limits" else rules_key(value)
        if section is None:
            problem = f"the value {quoted(one.holder)} is not made of rules"
            self.reader.error(one.key.span, problem, f"replace it as a whole, under `values: {one.holder}`", "address")
            return None
        return by_id(value.entries.get(section), "id")

    def nowhere(self, one: Alteration, known: Iterable[str]) -> Entries | None:
        """Report that there is nothing of the name that stands before the slash."""
        problem = f"{quoted(self.base.ruleset.name)} has no {WHAT[one.kind]} {quoted(one.holder)}"
        self.reader.error(one.key.span, problem, choices(one.holder, known), "unknown-name")
        return None

    def listed(self, kind: str) -> Entries:
        if kind == "frameworks":
            return {name: (tree.span, tree) for name, tree in self.base.frameworks.items()}
        if kind == "claims":
            return by_id(self.base.mapping.entries.get("claims"), "id")
        cases = by_id(Sequence(self.base.cases, self.own.span), "case")
        if kind == "cases":
            return cases
        return {
            title: (place, cast("Mapping", tree).entries.get("expect", Mapping({}, {}, place)))
            for title, (place, tree) in cases.items()
        }

    def items(self, one: Alteration) -> Entries | None:
        framework, rules = self.base.frameworks.get(one.holder), self.base.ruleset
        if framework is None or rules.fills is None:
            return self.nowhere(one, self.base.frameworks)
        return by_id(framework.entries.get(rules.fills), cast("str", rules.collections[rules.fills].key))

    # What comes of it

    def of(self, kind: str, holder: str = "") -> list[Alteration]:
        return self.held.get((kind, holder), [])

    def whole(self) -> Mapping:
        """The tree with everything done to it."""
        own, base = self.own, self.base.mapping
        entries: dict[str, Tree] = {key: own.entries[key] for key in HEADER if key in own.entries}
        keys = {key: own.keys[key] for key in entries}
        for key, tree in base.entries.items():
            if key not in HEADER:
                entries[key], keys[key] = tree, base.keys[key]
        for kind in ("documents", "scales", "terms", "parameters", "profiles", "patterns", "inputs", "values"):
            inner = (
                self.inputs(entries.get(kind))
                if kind == "inputs"
                else self.values(entries.get(kind))
                if kind == "values"
                else entries.get(kind)
            )
            self.put(entries, keys, kind, self.table(inner, self.of(kind)))
        claims = altered(self.reader, base.entries.get("claims"), self.of("claims"), "id")
        self.put(entries, keys, "claims", claims)
        self.put(entries, keys, "cases", self.cases())
        self.put(entries, keys, "frameworks", self.fills(base.entries.get("frameworks")))
        return Mapping(entries, keys, own.span)

    def put(self, entries: dict[str, Tree], keys: dict[str, Scalar], kind: str, tree: Tree | None) -> None:
        if tree is None:
            entries.pop(kind, None)
            return
        entries[kind] = tree
        keys.setdefault(kind, Scalar(kind, plain=True, span=self.own.span))

    def table(self, tree: Tree | None, alterations: Sequences[Alteration]) -> Tree | None:
        """A mapping with entries taken out, replaced where they stood, and added at its end."""
        if not alterations:
            return tree
        entries = dict(tree.entries) if isinstance(tree, Mapping) else {}
        keys = dict(tree.keys) if isinstance(tree, Mapping) else {}
        for one in alterations:
            if one.tree is None:
                entries.pop(one.name)
                keys.pop(one.name)
            else:
                entries[one.name] = one.tree
                keys[one.name] = Scalar(one.name, one.key.plain, one.key.span)
        return Mapping(entries, keys, alterations[0].key.span if tree is None else tree.span)

    def inputs(self, tree: Tree | None) -> Tree | None:
        """Inputs with the fields of collections, inner ones too, altered where they stand."""
        if not isinstance(tree, Mapping) or not any(kind == "inputs" and holder for kind, holder in self.held):
            return tree
        entries = dict(tree.entries)
        for name, child in tree.entries.items():
            if not (isinstance(child, Mapping) and (section := _fields(child)) is not None):
                continue
            fields = self.inputs(child.entries[section])
            entries[name] = Mapping(
                {**child.entries, section: cast("Tree", self.table(fields, self.of("inputs", name)))},
                child.keys,
                child.span,
            )
        return Mapping(entries, tree.keys, tree.span)

    def values(self, tree: Tree | None) -> Tree | None:
        """Values with their rules, limits and other parts altered where they stand."""
        if not isinstance(tree, Mapping):
            return tree
        entries = dict(tree.entries)
        for name, child in tree.entries.items():
            parts, rules, limits = (self.of(kind, name) for kind in ("values", "rules", "limits"))
            if not isinstance(child, Mapping) or not (parts or rules or limits):
                continue
            value = cast("Mapping", self.table(child, parts))
            inner, keys = dict(value.entries), dict(value.keys)
            section = rules_key(child)
            if rules and section is not None:
                policy = value.entries.get("choose")
                first = isinstance(policy, Scalar) and policy.text == "first"
                inner[section] = in_order(self.reader, child.entries[section], rules, first=first)
            if limits:
                self.put(inner, keys, "limits", altered(self.reader, value.entries.get("limits"), limits, "id"))
            entries[name] = Mapping(inner, keys, child.span)
        return Mapping(entries, tree.keys, tree.span)

    def cases(self) -> Tree | None:
        """The cases that are inherited, without what is taken out with an input or a value, and those of its own."""
        inherited: list[Tree] = []
        expected = {one.name: one for one in self.of("expect")}
        gone = {
            "facts": {one.name for one in self.of("inputs") if one.verb == "remove"},
            "expect": {one.name for one in self.of("values") if one.verb == "remove"},
        }
        for case in self.base.cases:
            entries = {key: _without(child, gone.get(key, set())) for key, child in case.entries.items()}
            one = expected.get(id_of(case, "case") or "")
            if one is not None and one.tree is not None:
                keys = {**case.keys, "expect": one.key}
                inherited.append(Mapping({**entries, "expect": one.tree}, keys, one.key.span))
            else:
                inherited.append(Mapping(entries, case.keys, case.span))
        found = Sequence(tuple(inherited), self.own.span) if inherited else None
        return altered(self.reader, found, self.of("cases"), "case")

    def fills(self, tree: Tree | None) -> Tree | None:
        """Which collection frameworks fill, and their names."""
        added = self.own.entries.get("add")
        section = added.entries.get("frameworks") if isinstance(added, Mapping) else None
        written = section.entries.get("fill") if isinstance(section, Mapping) else None
        known = tree.entries.get("fill") if isinstance(tree, Mapping) else None
        if isinstance(written, Scalar) and isinstance(known, Scalar) and written.text != known.text:
            problem = f"the frameworks that are inherited fill {quoted(known.text)}, and these {quoted(written.text)}"
            self.reader.error(written.span, problem, "leave `fill` out", "inherited")
        altered = self.of("frameworks")
        if not altered:
            return tree
        files = tree.entries.get("files") if isinstance(tree, Mapping) else None
        instead = {one.name: one for one in altered if one.verb != "add"}
        names: list[Tree] = []
        for item in files.items if isinstance(files, Sequence) else ():
            one = instead.get(cast("Scalar", item).text)
            if one is None or one.verb == "replace":
                names.append(item if one is None else one.key)
        names += [one.key for one in altered if one.verb == "add"]
        fill = known or written
        if not names or fill is None:
            if names:
                self.reader.error(
                    altered[0].key.span,
                    "nothing says which collection these frameworks fill",
                    "add `fill: COLLECTION`",
                    "missing-key",
                )
            return None
        span = altered[0].key.span
        entries = {"fill": fill, "files": Sequence(tuple(names), span)}
        return Mapping(entries, {key: Scalar(key, plain=True, span=one.span) for key, one in entries.items()}, span)

    def frameworks(self) -> dict[str, Mapping]:
        """The frameworks that are inherited, with their items altered; those that are replaced come from files of its own."""
        gone = {one.name for one in self.of("frameworks")}
        fills = self.base.ruleset.fills
        found: dict[str, Mapping] = {}
        for name, tree in self.base.frameworks.items():
            items = self.of("items", name)
            if name in gone:
                continue
            if items and fills is not None:
                key = cast("str", self.base.ruleset.collections[fills].key)
                rows = altered(self.reader, tree.entries.get(fills), items, key) or Sequence((), items[0].key.span)
                tree = Mapping({**tree.entries, fills: rows}, tree.keys, tree.span)  # noqa: PLW2901 - altered on the way
            found[name] = tree
        return found


def rules_key(value: Mapping) -> str | None:
    """Under which key the rules of a value stand."""
    return next((key for key in ("rules", "points") if key in value.entries), None)


def _without(tree: Tree, gone: set[str]) -> Tree:
    """A mapping without some of its keys."""
    if not isinstance(tree, Mapping) or not gone & tree.entries.keys():
        return tree
    return tree.without(gone)


def _entries(tree: Tree | None) -> Entries:
    if not isinstance(tree, Mapping):
        return {}
    return {name: (tree.keys[name].span, child) for name, child in tree.entries.items()}


def _fields(tree: Mapping) -> str | None:
    """Under which key the fields of a collection stand; ``None`` for an input of another kind."""
    return next((key for key in ("collection", "fields") if isinstance(tree.entries.get(key), Mapping)), None)


def _tables(tree: Tree | None) -> dict[str, Mapping]:
    """The fields of every collection, inner ones too."""
    found: dict[str, Mapping] = {}
    for name, child in tree.entries.items() if isinstance(tree, Mapping) else ():
        if isinstance(child, Mapping) and (section := _fields(child)) is not None:
            table = cast("Mapping", child.entries[section])
            found |= {name: table, **_tables(table)}
    return found


def _owner(lineage: Sequences[Ancestor], span: Span) -> str:
    """The rule set in whose files something stands."""
    return next((one.name for one in lineage if span.file in one.files), lineage[0].name)
