"""A rule set from its YAML files, with every problem of them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, cast

from hmic_rules.conditions import CASE
from hmic_rules.errors import Span
from hmic_rules.kinds import Kind
from hmic_rules.loading.bodies import read_bodies
from hmic_rules.loading.cases import read_cases, read_listed_cases
from hmic_rules.loading.conditions import read_condition
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.frameworks import read_frameworks
from hmic_rules.loading.headers import Headers, read_headers, report_hidden_names
from hmic_rules.loading.ordering import order_of
from hmic_rules.loading.patterns import expanded
from hmic_rules.loading.recognising import refuse_other_kinds
from hmic_rules.loading.scopes import Scope, Vocabulary
from hmic_rules.loading.settings import (
    read_documents,
    read_effective,
    read_parameters,
    read_profiles,
    read_scales,
    read_terms,
)
from hmic_rules.loading.trees import Mapping, Tree, read_tree
from hmic_rules.loading.types import read_inputs
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Claim, Ruleset

__all__ = ["Source", "read_cases", "read_ruleset"]

KEYS: Final = (
    "ruleset",
    "edition",
    "title",
    "says",
    "documents",
    "effective",
    "scales",
    "terms",
    "parameters",
    "profiles",
    "inputs",
    "values",
    "claims",
    "patterns",
    "frameworks",
    "cases",
)
REQUIRED: Final = ("ruleset", "edition", "title", "values")
FACTS: Final = frozenset({"facts", "expect"})
CLAIM_KINDS: Final[tuple[Literal["never", "always"], ...]] = ("never", "always")
Source = Callable[[str], bytes]


def read_ruleset(source: Source, file: str, shown_as: Callable[[str], str]) -> Ruleset:
    """Read a rule set and the files that it names.

    Args:
        source: gives the bytes of a file beside the rule set's own.
        file: the name of the rule set's own file.
        shown_as: how a file is called in messages.

    Raises:
        InputError: with every problem found.

    """
    digest = hashlib.sha256()
    reader = Reader()

    def tree_of(name: str) -> Tree:
        data = source(name)
        digest.update(len(data).to_bytes(8, "big") + data)
        tree, problems = read_tree(data, shown_as(name))
        reader.problems.extend(problems)
        reader.refuse_nulls(tree, FACTS)
        return tree

    root = tree_of(file)
    refuse_other_kinds(root, Kind.RULESET)
    if not isinstance(root, Mapping):
        help = "write `key: value` lines: ruleset, edition, title, inputs, values"
        reader.error(root.span, "a rule set is a mapping that starts with `ruleset: NAME`", help, "shape")
        reader.finish()
    mapping = cast("Mapping", reader.mapping(root, "a rule set", KEYS, REQUIRED))
    return _ruleset(reader, expanded(reader, mapping), tree_of, shown_as(file), digest)


def _ruleset(reader: Reader, mapping: Mapping, tree_of: Callable[[str], Tree], file: str, digest: Any) -> Ruleset:
    """The parts of one rule set, read in the order in which they need each other."""
    entries = mapping.entries
    vocabulary = Vocabulary()
    name = reader.identifier(entries.get("ruleset"), "the name of a rule set")
    edition = reader.text(entries.get("edition"), "`edition`")
    title = reader.text(entries.get("title"), "`title`")
    start, end = read_effective(reader, entries.get("effective"))
    documents = read_documents(reader, entries.get("documents"))
    vocabulary.scales.update(read_scales(reader, entries.get("scales")))
    read_terms(reader, entries.get("terms"), vocabulary)
    parameters = read_parameters(reader, entries.get("parameters"), vocabulary)
    inputs = read_inputs(reader, entries.get("inputs"), vocabulary)
    headers = read_headers(reader, entries.get("values"), vocabulary)
    report_hidden_names(reader, vocabulary)
    values = read_bodies(reader, headers, vocabulary)
    _ask_for_an_outcome(reader, mapping, headers, values)
    order = order_of(reader, values, headers.groups)
    profiles = read_profiles(reader, entries.get("profiles"), parameters, vocabulary)
    claims = tuple(_claims(reader, entries.get("claims"), vocabulary))
    fills, frameworks = read_frameworks(reader, entries.get("frameworks"), tree_of, vocabulary.collections)
    cases = tuple(read_listed_cases(reader, entries.get("cases"), tree_of, frameworks, profiles))
    reader.finish()
    return Ruleset(
        cast("str", name),
        cast("str", edition),
        cast("str", title),
        file,
        digest.hexdigest(),
        start,
        end,
        documents,
        dict(vocabulary.scales),
        dict(vocabulary.terms),
        parameters,
        profiles,
        inputs,
        dict(vocabulary.collections),
        headers.groups,
        values,
        order,
        claims,
        cases,
        fills,
        frameworks,
        _places(entries.get("scales")),
    )


def _places(tree: Tree | None) -> dict[str, Span]:
    """Where each entry of a section stands."""
    return {name: key.span for name, key in tree.keys.items()} if isinstance(tree, Mapping) else {}


def _ask_for_an_outcome(reader: Reader, mapping: Mapping, headers: Headers, values: dict[str, ValueRule]) -> None:
    tree = mapping.entries.get("values")
    if not isinstance(tree, Mapping):
        return
    at = mapping.keys["values"].span
    if not tree.entries:
        reader.error(at, "the rule set has no values", "add at least one value with rules", "empty")
    elif len(values) == len(headers.values) == len(tree.entries) - len(headers.groups) and not any(
        value.outcome for value in values.values()
    ):
        reader.error(at, "no value is an outcome", "mark what people ask for with `outcome: true`", "empty")


def _claims(reader: Reader, tree: Tree | None, vocabulary: Vocabulary) -> Iterator[Claim]:
    seen: dict[str, int] = {}
    for item in reader.sequence(tree, "`claims`"):
        mapping = reader.mapping(item, reader.called(item, "claim"), ("id", "never", "always", "says", "cite"), ("id",))
        if mapping is None:
            continue
        id = reader.own_id(mapping, seen, "claim")
        reader.cite(mapping.entries.get("cite"))
        says = reader.text(mapping.entries.get("says"), "`says`")
        kinds: list[Literal["never", "always"]] = [kind for kind in CLAIM_KINDS if kind in mapping.entries]
        if len(kinds) != 1:
            help = "write two claims to promise both" if kinds else "add `never: {…}` or `always: {…}`"
            reader.error(
                mapping.span,
                f"{reader.called(item, 'claim')} has not exactly one of `never` and `always`",
                help,
                "shape",
            )
            continue
        scope = Scope(vocabulary, (CASE,))
        condition = read_condition(reader, scope, mapping.entries[kinds[0]], f"`{kinds[0]}`")
        if id is not None and condition is not None:
            yield Claim(id, kinds[0], condition, says, mapping.span)
