"""What a rule set declares and nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from hmic_rules.conditions import CASE, Condition, Expression, Symbol, SymbolKind
from hmic_rules.datatypes import DataType, LabelType, ListType
from hmic_rules.errors import Diagnostic, Span, quoted
from hmic_rules.loading.trees import Mapping, Scalar, Tree
from hmic_rules.rulesets import Collection, Ruleset
from hmic_rules.structure import queries_in, roots_of, symbols_in, terms_in

__all__ = ["unread", "unused_patterns"]


@frozen
class Read:
    """Everything that is read: names with their scopes, collections and groups, terms, scales."""

    names: set[tuple[str, str]] = field(factory=set)
    collections: set[str] = field(factory=set)
    terms: set[str] = field(factory=set)

    def node(self, ruleset: Ruleset, node: Condition | Expression) -> None:
        for symbol in symbols_in(node):
            self.symbol(ruleset, symbol)
        self.collections.update({query.collection for query in queries_in(node)})
        self.terms.update(set(terms_in(node)))

    def symbol(self, ruleset: Ruleset, symbol: Symbol) -> None:
        """A name; what a group takes over is read where it comes from."""
        self.names.add((symbol.scope, symbol.name))
        group = ruleset.groups.get(symbol.scope)
        if group is not None and symbol.kind is not SymbolKind.VALUE and group.expected is not None:
            expecting = [one for one in group.expected.keys.values() if isinstance(one, str)]
            self.names.update({(collection, symbol.name) for collection in expecting})


def _reads(ruleset: Ruleset) -> Read:
    read = Read()
    for value in ruleset.values.values():
        if value.scope != CASE:
            read.collections.add(value.scope)
        for root in roots_of(value):
            read.node(ruleset, root)
        if value.may_depart is not None and value.may_depart.when is not None:
            read.node(ruleset, value.may_depart.when)
        for limit in value.limits:
            if isinstance(limit.bound, Symbol):
                read.symbol(ruleset, limit.bound)
    for claim in ruleset.claims:
        read.node(ruleset, claim.condition)
    for group in ruleset.groups.values():
        read.collections.add(group.source)
        read.names.update({(group.source, name) for name in group.by})
        for expected in group.expected.keys.values() if group.expected is not None else ():
            if isinstance(expected, str):
                read.collections.add(expected)
            else:
                for end in (expected.start, expected.end):
                    if isinstance(end, Symbol):
                        read.symbol(ruleset, end)
    for name in list(read.collections):
        while name in ruleset.collections and (parent := ruleset.collections[name].parent) is not None:
            read.collections.add(parent)
            name = parent  # noqa: PLW2901 - upward from the inner collection
    return read


def unread(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Every input, field, parameter, term, scale, group and derived value, no outcome, that nothing reads."""
    read = _reads(ruleset)

    def lint(what: str, name: str, span: Span, help: str = "use it in a rule, or take it out") -> Diagnostic:
        return Diagnostic(span, f"nothing reads the {what} {quoted(name)}", help, "unread")

    for given in ruleset.inputs.values():
        if (CASE, given.name) not in read.names:
            yield lint("input", given.name, given.span)
    for collection in ruleset.collections.values():
        if collection.name not in read.collections:
            yield lint("collection", collection.name, collection.span)
        else:
            yield from _fields(ruleset, collection, read)
    for group in ruleset.groups.values():
        if group.name not in read.collections:
            yield lint("group", group.name, group.span)
    for value in ruleset.values.values():
        if not value.outcome and (value.scope, value.name) not in read.names:
            yield lint("value", value.name, value.span, "mark it as an outcome, use it in a rule, or take it out")
    for parameter in ruleset.parameters.values():
        if (CASE, parameter.name) not in read.names:
            setting = [name for name, profile in ruleset.profiles.items() if parameter.name in profile.parameters]
            yield lint("parameter", parameter.name, parameter.span, _unset(setting))
    for term in ruleset.terms.values():
        if term.name not in read.terms:
            setting = [name for name, profile in ruleset.profiles.items() if term.name in profile.terms]
            yield lint("term", term.name, term.span, _unset(setting))
    for scale in ruleset.scales:
        if scale not in set(_scales(ruleset)):
            yield lint("scale", scale, ruleset.scale_places[scale], "give it to an input or a value, or take it out")


def _fields(ruleset: Ruleset, collection: Collection, read: Read) -> Iterator[Diagnostic]:
    """The fields of a collection that nothing reads, save its key and what frameworks say of their items."""
    said = {name for framework in ruleset.frameworks.values() for row in framework.rows for name in row}
    for given in collection.fields.values():
        is_said = collection.name == ruleset.fills and given.name in said
        if given.name != collection.key and not is_said and (collection.name, given.name) not in read.names:
            problem = f"nothing reads the field {quoted(given.name)} of {quoted(collection.name)}"
            yield Diagnostic(given.span, problem, "use it in a rule, or take it out", "unread")


def _unset(profiles: list[str]) -> str:
    if not profiles:
        return "use it in a rule, or take it out"
    return f"use it in a rule, or take it out, and out of the profiles that set it: {', '.join(map(quoted, profiles))}"


def _scales(ruleset: Ruleset) -> Iterator[str]:
    types: list[DataType] = [given.type for given in ruleset.inputs.values()]
    types += [given.type for collection in ruleset.collections.values() for given in collection.fields.values()]
    types += [value.type for value in ruleset.values.values()]
    types += [parameter.type for parameter in ruleset.parameters.values()]
    for type in types:
        item = type.item if isinstance(type, ListType) else type
        if isinstance(item, LabelType) and item.scale is not None:
            yield item.scale


def unused_patterns(tree: Tree | None) -> Iterator[Diagnostic]:
    """Every pattern of a rule set, as it is written, that no value uses. A loaded rule set has its patterns filled in and knows them no more."""
    entries = tree.entries if isinstance(tree, Mapping) else {}
    patterns, values = entries.get("patterns"), entries.get("values")
    bodies = values.entries.values() if isinstance(values, Mapping) else ()
    used = [body.entries.get("use") for body in bodies if isinstance(body, Mapping)]
    names = {use.text for use in used if isinstance(use, Scalar)}
    for key in patterns.keys.values() if isinstance(patterns, Mapping) else ():
        if key.text not in names:
            problem = f"no value uses the pattern {quoted(key.text)}"
            yield Diagnostic(key.span, problem, "use it, or take it out", "unread")
