"""The schema of a rule set's cases: their facts with types, ranges and labels. What it accepts, the rule set decides.

Three things are beyond it: that each item has a key of its own, that a group is one that is expected, and that no two rules conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from hmic_rules.arguments import name_given
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import BooleanType, LabelType, TextType, shown
from hmic_rules.errors import NotFoundError, choices, quoted
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Framework, Input, Ruleset
from hmic_rules.schemas.parts import Schema, document, said, table
from hmic_rules.schemas.written import or_unknown, value_schema

__all__ = ["case_schema", "facts_schema"]

UNKNOWN: Final = "What is left out, or null, is unknown."


def case_schema(ruleset: Ruleset) -> dict[str, Any]:
    """The schema of a file with one case of a rule set: a whole case, or its facts alone."""
    build = _Build(ruleset, True)
    definitions = {"facts": build.facts(None)}
    entries: dict[str, Schema] = {
        "case": said({"type": ["string", "number", "boolean"]}, "The case, as a sentence."),
        "says": said({"type": ["string", "number", "boolean"]}, "More about it."),
        "facts": said({"type": "object"}, UNKNOWN),
        "expect": said(
            {"type": "object", "properties": build.expected(), "additionalProperties": False},
            "What must follow, by the names of values.",
        ),
        "parameters": said(
            {"type": "object", "properties": build.parameters(), "additionalProperties": False},
            "Parameters that this case sets.",
        ),
    }
    conditions: list[Schema] = []
    if ruleset.profiles:
        readings = "; ".join(f"{name}: {one.says}" for name, one in ruleset.profiles.items())
        entries["profile"] = said({"enum": list(ruleset.profiles)}, f"The reading. {readings}")
    if ruleset.frameworks:
        entries["framework"] = said({"enum": list(ruleset.frameworks)}, "The framework that gives the criteria.")
        for name, framework in ruleset.frameworks.items():
            definitions[f"facts of {name}"] = build.facts(framework)
            conditions.append(_where_framework(name, f"facts of {name}"))
        conditions.append({"if": {"not": {"required": ["framework"]}}, "then": _with_facts("facts")})
    else:
        conditions.append(_with_facts("facts"))
    whole = {
        "type": "object",
        "properties": entries,
        "required": ["facts"],
        "additionalProperties": False,
        "allOf": conditions,
    }
    root = {"if": {"type": "object", "required": ["facts"]}, "then": whole, "else": {"$ref": "#/$defs/facts"}}
    title = f"A case of {ruleset.name}, edition {ruleset.edition}"
    return document(title, ruleset.title, {"type": "object", **root}, definitions)


def facts_schema(ruleset: Ruleset, framework: str | None = None) -> dict[str, Any]:
    """The schema of the facts of one case as Python data, as :meth:`Ruleset.decide` takes them.

    Args:
        ruleset: any rule set.
        framework: the framework under which they are decided, where the rule set has several.

    Raises:
        NotFoundError: there is no such framework.

    """
    if framework is not None and name_given(framework, "framework") not in ruleset.frameworks:
        help = choices(framework, ruleset.frameworks)
        raise NotFoundError(f"the rule set {quoted(ruleset.name)} has no framework {quoted(framework)}: {help}")
    found = _Build(ruleset, False).facts(None if framework is None else ruleset.frameworks[framework])
    return document(f"Facts of {ruleset.name}, edition {ruleset.edition}", ruleset.title, found)


def _with_facts(name: str) -> Schema:
    return {"properties": {"facts": {"$ref": f"#/$defs/{name}"}}}


def _where_framework(name: str, facts: str) -> Schema:
    return {
        "if": {"properties": {"framework": {"const": name}}, "required": ["framework"]},
        "then": _with_facts(facts),
    }


@frozen
class _Build:
    """Builds the schemas of facts; ``in_file`` says whether a file or Python gives them."""

    ruleset: Ruleset
    in_file: bool

    def facts(self, framework: Framework | None) -> Schema:
        top = {name: one for name, one in self.ruleset.collections.items() if one.parent is None}
        found = self.row(self.ruleset.inputs, top, CASE, framework)
        return {**found, "description": UNKNOWN}

    def row(
        self,
        inputs: Mapping[str, Input],
        collections: Mapping[str, Collection],
        scope: str,
        framework: Framework | None = None,
        left_out: frozenset[str] = frozenset(),
        key: str | None = None,
    ) -> Schema:
        """One row: its facts, what is judged of it, and its collections."""
        entries: dict[str, Schema] = {
            name: self.input(one, known=name == key) for name, one in inputs.items() if name not in left_out
        }
        for value in self.ruleset.values.values():
            if value.scope == scope and isinstance(value.body, Judged):
                judged = or_unknown(value_schema(value.type, in_file=self.in_file))
                entries[value.name] = said(judged, value.says or "What a person judged.")
        for name, one in collections.items():
            entries[name] = or_unknown(self.collection(one, framework))
        required = [key] if key is not None and key in entries else []
        found: Schema = {"type": "object", "properties": entries, "additionalProperties": False}
        return {**found, "required": required} if required else found

    def input(self, one: Input, known: bool) -> Schema:
        schema = value_schema(one.type, in_file=self.in_file)
        if not known:
            schema = or_unknown(schema, may_be_not_applicable=one.may_be_not_applicable)
        says = [one.says] if one.says else []
        if one.closed and one.means is not None:
            says = [f"{text.removesuffix('.')}." for text in says]
            says.append(f"Where nobody gives it, it is {shown(one.means)}.")
        return said(schema, " ".join(says)) if says else schema

    def collection(self, one: Collection, framework: Framework | None) -> Schema:
        if framework is not None and one.name == self.ruleset.fills:
            return self.filled(one, framework)
        found = self.fixed(one) if one.items is not None else self.rows(one)
        return found if one.says is None else said(found, one.says)

    def rows(self, one: Collection) -> Schema:
        """A list of rows; or, where they have a key, a mapping from it."""
        sizes = {"min": one.at_least or None, "max": one.at_most}
        items, names = (
            {f"{word}{what}": size for word, size in sizes.items() if size is not None}
            for what in ("Items", "Properties")
        )
        listed = {"type": "array", "items": self.row(one.fields, one.inner, one.name, key=one.key), **items}
        if one.key is None:
            return listed
        keys = self.names(one.fields[one.key])
        if keys is None:
            return listed
        keyed = self.row(one.fields, one.inner, one.name, left_out=frozenset([one.key]))
        return {"anyOf": [listed, {**table(keyed, keys), **names}]}

    def names(self, key: Input) -> Schema | None:
        """What the key of a row may be where it stands as the key of a mapping, which is always a text."""
        if isinstance(key.type, BooleanType):
            return None
        schema = value_schema(key.type, in_file=self.in_file)
        if isinstance(key.type, LabelType):
            return {"enum": [label for label in schema["enum"] if isinstance(label, str)]}
        if isinstance(key.type, TextType):
            return {"maxLength": schema["maxLength"]}
        texts = [one for one in schema.get("anyOf", [schema]) if one.get("type") == "string"]
        return {"pattern": texts[0]["pattern"]} if texts else None

    def fixed(self, one: Collection) -> Schema:
        """Items that are always the same: a mapping from their names, or a list of mappings with ``name``."""
        items = list(one.items or ())
        row = self.row(one.fields, one.inner, one.name)
        names = row["properties"]
        alone = None
        if len(names) == 1 and not one.inner:
            alone = {"anyOf": [row, next(iter(names.values()))]}
        named: Schema = {**row, "properties": {"name": {"enum": items}, **names}, "required": ["name"]}
        keyed = {"type": "object", "properties": dict.fromkeys(items, alone or row), "additionalProperties": False}
        return {"anyOf": [keyed, {"type": "array", "items": named, "maxItems": len(items)}]}

    def filled(self, one: Collection, framework: Framework) -> Schema:
        """What a case adds to the items of a framework: the fields that it leaves open."""
        fixed = frozenset(name for row in framework.rows for name in row)
        row = self.row(one.fields, one.inner, one.name, left_out=fixed)
        items = {name: said(row, str(note.get("says", name))) for name, note in framework.notes.items()}
        keyed: Schema = {"type": "object", "properties": items, "additionalProperties": False}
        named = {**row, "properties": {one.key: {"enum": list(items)}, **row["properties"]}, "required": [one.key]}
        return {"anyOf": [keyed, {"type": "array", "items": named, "maxItems": len(items)}]}

    def parameters(self) -> dict[str, Schema]:
        found: dict[str, Schema] = {}
        for name, one in self.ruleset.parameters.items():
            schema = or_unknown(value_schema(one.type, in_file=self.in_file))
            found[name] = said(schema, one.says) if one.says else schema
        return found

    def expected(self) -> dict[str, Schema]:
        """What a case may expect of each value; what it means is asked by ``check``."""
        return {name: said({}, value.says or "A result.") for name, value in self.ruleset.values.items()}
