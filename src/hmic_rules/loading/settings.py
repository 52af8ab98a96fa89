"""What a rule set declares beside inputs and values: its scales and documents, and what a reading can set: terms, parameters, profiles."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from collections.abc import Mapping as Names
from fractions import Fraction
from typing import Final, cast

from hmic_rules.conditions import CASE, Op, Symbol, SymbolKind, Term
from hmic_rules.datatypes import DataType, DateType, ListType
from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.comparisons import is_numeric, read_number_of
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.types import TYPE_KEYS, read_labels, read_parameter_type
from hmic_rules.loading.unread import UNREAD, name_meant
from hmic_rules.possible import Known
from hmic_rules.rules import Basis
from hmic_rules.rulesets import Document, Parameter, Profile

__all__ = [
    "PARAMETER_KEYS",
    "PROFILE_KEYS",
    "TERM_KEYS",
    "TERM_OPS",
    "read_documents",
    "read_effective",
    "read_parameters",
    "read_profiles",
    "read_scales",
    "read_terms",
]

TERM_OPS: Final = tuple(op.value for op in Op if op is not Op.IS)
TERM_KEYS: Final = (*TERM_OPS, "range", "basis", "cite", "says")
PARAMETER_KEYS: Final = (*TYPE_KEYS, "list_of", "default", "basis", "cite", "says")
PROFILE_KEYS: Final = ("says", "default", "basis", "cite", "parameters", "terms")


def _section(reader: Reader, tree: Tree | None, key: str) -> Iterator[tuple[Scalar, Tree]]:
    mapping = reader.mapping(tree, f"`{key}`")
    if mapping is not None:
        for name, child in mapping.entries.items():
            yield mapping.keys[name], child


def read_scales(reader: Reader, tree: Tree | None) -> dict[str, tuple[str, ...]]:
    """The labels of every scale, lowest first."""
    return {
        key.text: read_labels(reader, child, f"the scale {quoted(key.text)}")
        for key, child in _section(reader, tree, "scales")
    }


def read_documents(reader: Reader, tree: Tree | None) -> dict[str, Document]:
    """The sources that citations refer to."""
    found: dict[str, Document] = {}
    for key, child in _section(reader, tree, "documents"):
        what = f"the document {quoted(key.text)}"
        if isinstance(child, Scalar) and not child.null:
            problem = f"{what} must be a mapping that says its title"
            reader.error(child.span, problem, f"write {{title: {child.text}}}", "shape")
            continue
        mapping = reader.mapping(child, what, ("title", "publisher", "says"), ("title",))
        if mapping is not None:
            title = reader.text(mapping.entries.get("title"), "`title`")
            publisher = reader.text(mapping.entries.get("publisher"), "`publisher`")
            says = reader.text(mapping.entries.get("says"), "`says`")
            found[key.text] = Document(key.text, title or "", publisher, says)
    return found


def read_effective(reader: Reader, tree: Tree | None) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day on which the rule set is in force, where they are given."""
    mapping = reader.mapping(tree, "`effective`", ("from", "to"))
    if mapping is None:
        return None, None
    start, end = (
        cast("datetime.date | None", reader.value(mapping.entries.get(key), DateType(), f"`{key}`"))
        for key in ("from", "to")
    )
    if start is not None and end is not None and end < start:
        reader.error(mapping.entries["to"].span, "`to` lies before `from`", "exchange the two dates", "order")
    return start, end


def read_terms(reader: Reader, tree: Tree | None, vocabulary: Vocabulary) -> None:
    """The vague words with their numbers, into the vocabulary."""
    for key, child in _section(reader, tree, "terms"):
        term = _term(reader, key, child)
        if term is None:
            vocabulary.failed.add(key.text)
        else:
            vocabulary.terms[key.text] = term


def _term(reader: Reader, key: Scalar, tree: Tree) -> Term | None:
    what = f"the term {quoted(key.text)}"
    if is_numeric(key.text):
        reader.error(key.span, f"{quoted(key.text)} cannot name a term", "start its name with a letter", "name")
    mapping = reader.mapping(tree, what, TERM_KEYS)
    if mapping is None:
        return None
    basis = reader.basis(mapping, what)
    cite = reader.cite(mapping.entries.get("cite"))
    says = reader.text(mapping.entries.get("says"), "`says`")
    ops = [op for op in TERM_OPS if op in mapping.entries]
    if len(ops) != 1:
        problem = f"{what} needs exactly one of `at_least`, `above`, `at_most`, `below`"
        reader.error(mapping.span, problem, "write one bound, such as {at_least: 1/2}", "shape")
        return None
    value = read_number_of(reader, mapping.entries[ops[0]], f"`{ops[0]}`")
    ends = _range(reader, mapping.entries["range"]) if "range" in mapping.entries else (value, value)
    if value is None or ends is None:
        return None
    low, high = (cast("Fraction | int", end) for end in ends)
    if not low <= value <= high:
        problem = f"the value {quoted(value)} of {what} lies outside its own range"
        help = "widen the range, or change the value"
        if low > high:
            problem, help = f"the range of {what} ends below its start", f"write [{high}, {low}]"
        reader.error(mapping.entries["range"].span, problem, help, "order")
    return Term(key.text, Op(ops[0]), value, low, high, basis, cite, says, key.span)


def _range(reader: Reader, tree: Tree) -> tuple[Fraction | int, Fraction | int] | None:
    ends = [read_number_of(reader, item, "an end of `range`") for item in reader.sequence(tree, "`range`")]
    if isinstance(tree, Sequence) and len(ends) != 2:
        reader.error(tree.span, "`range` has two ends", "write [low, high]", "shape")
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return ends[0], ends[1]


def read_parameters(reader: Reader, tree: Tree | None, vocabulary: Vocabulary) -> dict[str, Parameter]:
    """The settings of the rule set that no case brings."""
    found: dict[str, Parameter] = {}
    for key, child in _section(reader, tree, "parameters"):
        what = f"the parameter {quoted(key.text)}"
        is_named = reader.name(key, "a parameter") is not None
        mapping = reader.mapping(child, what, PARAMETER_KEYS)
        type: DataType = UNREAD
        if mapping is not None:
            type = read_parameter_type(reader, mapping, vocabulary.scales, what)
        if type is UNREAD:
            vocabulary.failed.add(key.text)
        mapping = mapping or Mapping({}, {}, child.span)
        given = "default" in mapping.entries
        default = _setting(reader, mapping.entries["default"], type, "`default`") if given else None
        basis = reader.basis(mapping, what, required=given)
        cite = reader.cite(mapping.entries.get("cite"))
        says = reader.text(mapping.entries.get("says"), "`says`")
        name = key.text
        found[name] = Parameter(name, type, default, given, cast("Basis", basis), cite, says, key.span)
        vocabulary.add(Symbol(name, CASE, SymbolKind.PARAMETER, type, on_case=True))
        if not is_named:
            vocabulary.failed.update((name, name_meant(name)))
            vocabulary.add_spelling(CASE, name, name_meant(name))
    return found


def _setting(reader: Reader, tree: Tree, type: DataType, what: str) -> Known | tuple[Known, ...] | None:
    if type is UNREAD:
        return None
    return reader.values(tree, type, what) if isinstance(type, ListType) else reader.value(tree, type, what)


def read_profiles(
    reader: Reader, tree: Tree | None, parameters: Names[str, Parameter], vocabulary: Vocabulary
) -> dict[str, Profile]:
    """The named readings: parameters and terms set together."""
    found: dict[str, Profile] = {}
    for key, child in _section(reader, tree, "profiles"):
        what = f"the profile {quoted(key.text)}"
        mapping = reader.mapping(child, what, PROFILE_KEYS, ("says", "basis"))
        if mapping is None:
            continue
        settings: dict[str, Known | tuple[Known, ...]] = {}
        for name, item in _set_here(reader, mapping, "parameters", parameters, vocabulary):
            setting = _setting(reader, item, parameters[name].type, f"`{name}`")
            if setting is not None:
                settings[name] = setting
        words: dict[str, Fraction | int] = {}
        for name, item in _set_here(reader, mapping, "terms", vocabulary.terms, vocabulary):
            number = read_number_of(reader, item, f"`{name}`")
            if number is not None:
                words[name] = number
        default = reader.boolean(mapping.entries.get("default"), "`default`")
        if default and any(profile.default for profile in found.values()):
            problem, help = "a second profile is marked as the default", "keep the mark on one profile"
            reader.error(mapping.keys["default"].span, problem, help, "duplicate-key")
        says = reader.text(mapping.entries.get("says"), "`says`") or ""
        basis = reader.basis(mapping, what, required=False)
        cite = reader.cite(mapping.entries.get("cite"))
        found[key.text] = Profile(key.text, says, default, cast("Basis", basis), settings, words, key.span, cite)
    return found


def _set_here(
    reader: Reader, profile: Mapping, section: str, known: Names[str, object], vocabulary: Vocabulary
) -> Iterator[tuple[str, Tree]]:
    """What a profile sets among its parameters or terms; names that are not known are reported."""
    table = reader.mapping(profile.entries.get(section), f"`{section}` of a profile")
    for name, child in table.entries.items() if table is not None else ():
        if name in known:
            yield name, child
        elif name not in vocabulary.failed and table is not None:
            problem = f"no {section.removesuffix('s')} is called {quoted(name)}"
            help = did_you_mean(name, known) or f"define it under `{section}`"
            reader.error(table.keys[name].span, problem, help, "unknown-name")
