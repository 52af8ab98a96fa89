"""A rule set from its YAML files, with every problem of them at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Names
from collections.abc import Sequence as Sequences
from typing import Final, Literal, cast

from attrs import evolve

from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, Span, quoted
from hmic_rules.kinds import Kind
from hmic_rules.loading.alterations import DONE, Alteration, Pin, read_alterations, read_pin
from hmic_rules.loading.blaming import blamed
from hmic_rules.loading.bodies import read_bodies
from hmic_rules.loading.case_facts import report_facts
from hmic_rules.loading.cases import read_cases, read_listed_cases
from hmic_rules.loading.conditions import read_condition
from hmic_rules.loading.extending import HEADER, Composed, Written, composed
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.files import Files, Folder, Source
from hmic_rules.loading.frameworks import framework_file, read_frameworks
from hmic_rules.loading.headers import Headers, read_headers, report_hidden_names
from hmic_rules.loading.inputs import read_inputs
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
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Claim, Ruleset

__all__ = ["EXTENDING", "KEYS", "REQUIRED", "Source", "read_cases", "read_ruleset"]

KEYS: Final = (
    "ruleset",
    "edition",
    "title",
    "says",
    "documents",
    "effective",
    "series",
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
EXTENDING: Final = (*HEADER, "extends", *DONE)
DEEPEST: Final = 10
REQUIRED: Final = ("ruleset", "edition", "title", "values")
CLAIM_KINDS: Final[tuple[Literal["never", "always"], ...]] = ("never", "always")


def read_ruleset(
    source: Source, file: str, shown_as: Callable[[str], str], base: Callable[[str], Folder] | None = None
) -> Ruleset:
    """Read a rule set, the files that it names, and the rule sets that it extends.

    Args:
        source: gives the bytes of a file beside the rule set's own.
        file: the name of the rule set's own file.
        shown_as: how a file is called in messages.
        base: gives the folder of the rule set that is extended, by what is written of it; without it nothing can be extended.

    Raises:
        InputError: with every problem found.

    """
    return _read(Files(source, file, shown_as, base, ())).ruleset


def _read(files: Files) -> Written:
    reader = files.reader
    root = files.tree(files.file)
    refuse_other_kinds(root, Kind.RULESET)
    if not isinstance(root, Mapping):
        help = "write `key: value` lines: ruleset, edition, title, inputs, values"
        reader.error(root.span, "a rule set is a mapping that starts with `ruleset: NAME`", help, "shape")
        reader.stop()
    if "extends" in root.entries:
        return _extending(files, root)
    found = reader.mapping(root, "a rule set", KEYS, REQUIRED)
    if found is None:  # what stands at its place was reported before
        reader.stop()
    mapping = expanded(reader, found)
    ruleset = _ruleset(reader, mapping, files.tree, files.shown_as(files.file))
    return files.written(evolve(ruleset, fingerprint=files.digest.hexdigest()), mapping, {})


# Extending another rule set


def _extending(files: Files, root: Mapping) -> Written:
    """A rule set that says what is otherwise than in another one."""
    reader = files.reader
    own = _only_of_an_extension(reader, root)
    pin = read_pin(reader, own.entries["extends"]) if own.entries["extends"].span not in reader.refused else None
    alterations = read_alterations(reader, own)
    name = reader.identifier(own.entries.get("ruleset"), "the name of a rule set") or ""
    base = None if pin is None else _base(files, pin, name)
    found = None if base is None else composed(reader, base, own, name, alterations)
    if base is None or found is None or reader.problems:
        reader.stop()
    files.digest.update(bytes.fromhex(base.ruleset.fingerprint))
    mapping, ruleset = _whole(files, found, base, own, alterations)
    ruleset = evolve(ruleset, fingerprint=files.digest.hexdigest(), ancestors=base.lineage, changes=found.changes)
    return files.written(ruleset, mapping, found.frameworks)


def _only_of_an_extension(reader: Reader, root: Mapping) -> Mapping:
    """The keys that an extending rule set has; its sections stand under what is done with them."""
    ordinary = [key for key in root.entries if key in KEYS and key not in EXTENDING]
    for key in ordinary:
        problem = f"{quoted(key)} stands in a rule set that extends another, which says only what is otherwise there"
        help = f"write it under `add:`, `replace:` or `remove:`, as in {{add: {{{key}: …}}}}"
        reader.error(root.keys[key].span, problem, help, "unknown-key")
    what = "a rule set that extends another"
    return cast("Mapping", reader.mapping(root.without(ordinary), what, EXTENDING, ("ruleset", "edition", "title")))


def _base(files: Files, pin: Pin, name: str) -> Written | None:
    """The rule set that is extended, whole; what is wrong with it, or with what is said of it, is reported."""
    reader, at, shown = files.reader, pin.name.span, quoted(pin.name.text)
    try:
        if files.base is None:
            raise NotFoundError("a rule set that is read from memory extends none")
        folder = files.base(pin.name.text)
    except NotFoundError as error:
        reader.error(at, str(error), None, "not-found")
        return None
    here, there = files.shown_as(files.file), folder.shown_as(folder.file)
    under = (*files.under, here)
    if there in under:
        circle = " → ".join(map(quoted, (*under[under.index(there) :], there)))
        reader.error(at, f"rule sets extend each other in a circle: {circle}", "let one of them extend none", "cycle")
        return None
    if len(under) > DEEPEST:
        problem = f"more than {DEEPEST} rule sets extend each other"
        reader.error(at, problem, "write one of them out as a whole", "too-deep")
        return None
    try:
        base = _read(Files(folder.read, folder.file, folder.shown_as, folder.base, under))
    except FileNotFoundError:
        reader.error(at, f"{shown} has no file {quoted(folder.file)}", None, "missing-file")
        return None
    except InputError as error:
        problem = f"{shown}, which is extended, does not load"
        reader.error(at, problem, "what is wrong with it is listed with its own places", "base")
        reader.problems.extend(error.diagnostics)
        return None
    _hold_to_pin(reader, base.ruleset, pin)
    if name == base.ruleset.name:
        problem = f"{quoted(name)} is the name of the rule set that is extended, too"
        reader.error(at, problem, "give one of the two another name", "name")
    return base


def _hold_to_pin(reader: Reader, base: Ruleset, pin: Pin) -> None:
    """Report that what is extended is not what it was."""
    help = "see what is otherwise with `hmic-rules diff`, and write down what is meant"
    if base.edition != pin.edition.text:
        problem = (
            f"{quoted(base.name)} is of the edition {quoted(base.edition)}, and {quoted(pin.edition.text)} is extended"
        )
        reader.error(pin.edition.span, problem, help, "changed-base")
    elif pin.fingerprint is not None and not base.fingerprint.startswith(pin.fingerprint.text):
        problem = f"{quoted(base.name)} has changed: its fingerprint is {quoted(base.fingerprint[:16])}"
        reader.error(pin.fingerprint.span, problem, help, "changed-base")


def _whole(
    files: Files, found: Composed, base: Written, own: Mapping, alterations: Sequences[Alteration]
) -> tuple[Mapping, Ruleset]:
    """The extending rule set, read from the tree that it comes to; what no longer fits in inherited files is told where it was altered."""
    shown, name = files.shown_as(files.file), found.name

    def read(reader: Reader, found: Composed, tree_of: Callable[[str], Tree]) -> tuple[Mapping, Ruleset]:
        inherited = {framework_file(name): tree for name, tree in found.frameworks.items()}
        mapping = expanded(reader, found.mapping)
        return mapping, _ruleset(reader, mapping, lambda name: inherited.get(name) or tree_of(name), shown)

    def attempt(alterations: Sequences[Alteration]) -> frozenset[Diagnostic] | None:
        reader = Reader([], set(files.reader.refused))
        again = composed(reader, base, own, name, alterations)
        if again is None:
            return None
        try:
            read(
                reader,
                again,
                lambda name: files.trees.get(name) or read_tree(files.source(name), files.shown_as(name))[0],
            )
        except InputError as error:
            return frozenset(error.diagnostics)
        return frozenset()

    try:
        return read(files.reader, found, files.tree)
    except InputError as error:
        at = own.keys["extends"].span
        raise InputError(blamed(error.diagnostics, files.names, alterations, attempt, at)) from None


def _ruleset(reader: Reader, mapping: Mapping, tree_of: Callable[[str], Tree], file: str) -> Ruleset:
    """The parts of one rule set, read in the order in which they need each other."""
    entries = mapping.entries
    vocabulary = Vocabulary()
    name = reader.identifier(entries.get("ruleset"), "the name of a rule set")
    edition = reader.text(entries.get("edition"), "`edition`")
    title = reader.text(entries.get("title"), "`title`")
    says = reader.text(entries.get("says"), "`says`")
    start, end = read_effective(reader, entries.get("effective"))
    series = _series(reader, entries, start)
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
    fills, frameworks = read_frameworks(reader, entries.get("frameworks"), tree_of, vocabulary)
    cases = tuple(read_listed_cases(reader, entries.get("cases"), tree_of, frameworks, profiles))
    if reader.problems:
        report_facts(reader, cases, inputs, vocabulary, headers.values)
    reader.finish()
    return Ruleset(
        cast("str", name),
        cast("str", edition),
        cast("str", title),
        file,
        "",
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
        series=series,
        says=says,
    )


def _series(reader: Reader, entries: Names[str, Tree], start: datetime.date | None) -> str | None:
    """The name that the editions of one rule set share; each says from when it is in force."""
    tree = entries.get("series")
    name = reader.identifier(tree, "the name of a series")
    if tree is not None and name is not None and start is None and "effective" not in entries:
        problem = f"an edition of the series {quoted(name)} does not say from when it is in force"
        reader.error(tree.span, problem, "add `effective: {from: DATE}`, or take `series` out", "missing-key")
    return name


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
        value.outcome or "outcome" in headers.values[value.name].mapping.entries for value in values.values()
    ):
        reader.error(at, "no value is an outcome", "mark what people ask for with `outcome: true`", "empty")


def _claims(reader: Reader, tree: Tree | None, vocabulary: Vocabulary) -> Iterator[Claim]:
    seen: dict[str, int] = {}
    for item in reader.sequence(tree, "`claims`"):
        mapping = reader.mapping(item, reader.called(item, "claim"), ("id", "never", "always", "says", "cite"), ("id",))
        if mapping is None:
            continue
        id = reader.own_id(mapping, seen, "claim")
        cite = reader.cite(mapping.entries.get("cite"))
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
            yield Claim(id, kinds[0], condition, says, mapping.span, cite)
