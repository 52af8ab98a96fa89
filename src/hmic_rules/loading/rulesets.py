"""A rule set from its YAML files, with every problem of them at once."""

from __future__ import annotations

import datetime
import graphlib
import hashlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any, Final, Literal, cast

from hmic_rules.conditions import CASE, Op, Symbol, SymbolKind, Term
from hmic_rules.datatypes import DateType, ListType
from hmic_rules.errors import InputError, did_you_mean, quoted
from hmic_rules.loading.conditions import read_condition, read_number_of
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Scope, Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree, read_tree
from hmic_rules.loading.types import TYPE_KEYS, read_inputs, read_labels, read_parameter_type
from hmic_rules.loading.values import Headers, read_bodies, read_headers
from hmic_rules.possible import Known
from hmic_rules.rulesets import (
    Basis,
    Case,
    Claim,
    Collection,
    Document,
    Framework,
    Parameter,
    Profile,
    Ruleset,
    ValueRule,
)

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
TERM_OPS: Final = tuple(op.value for op in Op if op is not Op.IS)
CLAIM_KINDS: Final[tuple[Literal["never", "always"], ...]] = ("never", "always")
CASE_KEYS: Final = ("case", "says", "facts", "expect", "framework", "profile", "parameters")
MAX_PATTERN_NODES: Final = 50_000
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

    def tree_of(name: str) -> Tree:
        data = source(name)
        digest.update(len(data).to_bytes(8, "big") + data)
        tree, problems = read_tree(data, shown_as(name))
        reader.problems.extend(problems)
        return tree

    reader = Reader()
    root = tree_of(file)
    if not isinstance(root, Mapping):
        reader.error(root.span, "a rule set is a mapping that starts with `ruleset: NAME`", None, "shape")
        reader.finish()
    mapping = cast("Mapping", root)
    reader.mapping(mapping, "a rule set", KEYS, ("ruleset", "edition", "title", "values"))
    reader.refuse_nulls(mapping, frozenset({"facts", "expect"}))
    mapping = _expanded(reader, mapping)
    return _Build(reader, mapping, tree_of, shown_as(file)).ruleset(digest)


class _Build:
    """The parts of one rule set, read in the order in which they need each other."""

    def __init__(self, reader: Reader, mapping: Mapping, tree_of: Callable[[str], Tree], file: str) -> None:
        self.reader = reader
        self.mapping = mapping
        self.entries = mapping.entries
        self.tree_of = tree_of
        self.file = file
        self.vocabulary = Vocabulary()

    def ruleset(self, digest: Any) -> Ruleset:
        reader, entries = self.reader, self.entries
        name = reader.identifier(entries.get("ruleset"), "the name of a rule set")
        scales = self.scales()
        self.vocabulary.terms.update(self.terms())
        parameters = self.parameters(scales)
        inputs, collections = read_inputs(reader, entries.get("inputs"), scales, self.vocabulary)
        headers = read_headers(reader, entries.get("values"), scales, collections, self.vocabulary)
        values = read_bodies(reader, headers, self.vocabulary)
        order = self.order(values, headers, collections)
        if isinstance(entries.get("values"), Mapping) and not cast("Mapping", entries["values"]).entries:
            reader.error(
                entries["values"].span, "the rule set has no values", "add at least one value with rules", "empty"
            )
        elif (
            headers.values
            and not any(value.outcome for value in values.values())
            and len(values) == len(headers.values)
        ):
            reader.error(
                entries["values"].span,
                "no value is an outcome",
                "mark what people ask for with `outcome: true`",
                "empty",
            )
        profiles = self.profiles(parameters)
        claims = tuple(self.claims())
        fills, frameworks = self.frameworks(collections)
        cases = tuple(self.cases(frameworks, profiles))
        start, end = self.effective()
        documents = self.documents()
        edition = reader.text(entries.get("edition"), "`edition`")
        title = reader.text(entries.get("title"), "`title`")
        reader.finish()
        return Ruleset(
            cast("str", name),
            cast("str", edition),
            cast("str", title),
            self.file,
            digest.hexdigest(),
            start,
            end,
            documents,
            scales,
            dict(self.vocabulary.terms),
            parameters,
            profiles,
            inputs,
            collections,
            headers.groups,
            values,
            order,
            claims,
            cases,
            fills,
            frameworks,
        )

    def section(self, key: str) -> Iterator[tuple[Scalar, Tree]]:
        mapping = self.reader.mapping(self.entries.get(key), f"`{key}`")
        if mapping is not None:
            for name, child in mapping.entries.items():
                yield mapping.keys[name], child

    def scales(self) -> dict[str, tuple[str, ...]]:
        return {
            key.text: read_labels(self.reader, tree, f"the scale {quoted(key.text)}")
            for key, tree in self.section("scales")
        }

    def documents(self) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for key, tree in self.section("documents"):
            mapping = self.reader.mapping(
                tree, f"the document {quoted(key.text)}", ("title", "publisher", "says"), ("title",)
            )
            title = self.reader.text(mapping.entries.get("title"), "`title`") if mapping is not None else None
            publisher = (
                self.reader.text(mapping.entries["publisher"], "`publisher`")
                if mapping is not None and "publisher" in mapping.entries
                else None
            )
            found[key.text] = Document(key.text, title or "", publisher)
        return found

    def effective(self) -> tuple[datetime.date | None, datetime.date | None]:
        mapping = self.reader.mapping(self.entries.get("effective"), "`effective`", ("from", "to"))
        if mapping is None:
            return None, None
        start, end = (
            cast("datetime.date | None", self.reader.value(mapping.entries[key], DateType(), f"`{key}`"))
            if key in mapping.entries
            else None
            for key in ("from", "to")
        )
        if start is not None and end is not None and end < start:
            self.reader.error(mapping.entries["to"].span, "`to` lies before `from`", None, "order")
        return start, end

    def terms(self) -> Iterator[tuple[str, Term]]:
        reader = self.reader
        for key, tree in self.section("terms"):
            what = f"the term {quoted(key.text)}"
            mapping = reader.mapping(tree, what, (*TERM_OPS, "range", "basis", "cite", "says"))
            if mapping is None:
                self.vocabulary.failed.add(key.text)
                continue
            basis = reader.basis(mapping, what)
            ops = [op for op in TERM_OPS if op in mapping.entries]
            if len(ops) != 1:
                reader.error(
                    mapping.span, f"{what} needs exactly one of `at_least`, `above`, `at_most`, `below`", None, "shape"
                )
                self.vocabulary.failed.add(key.text)
                continue
            value = read_number_of(reader, mapping.entries[ops[0]], f"`{ops[0]}`")
            low = high = value
            if "range" in mapping.entries:
                ends = [
                    read_number_of(reader, item, "an end of `range`")
                    for item in reader.sequence(mapping.entries["range"], "`range`")
                ]
                if len(ends) == 2 and None not in ends:
                    low, high = ends
                elif None not in ends:
                    reader.error(mapping.entries["range"].span, "`range` has two ends", "write [low, high]", "shape")
            if value is None or low is None or high is None:
                self.vocabulary.failed.add(key.text)
                continue
            if not low <= value <= high:
                reader.error(
                    mapping.entries["range"].span,
                    f"the value of {what} lies outside its own range",
                    "widen the range, or change the value",
                    "order",
                )
            cite = reader.cite(mapping.entries.get("cite"))
            says = reader.text(mapping.entries["says"], "`says`") if "says" in mapping.entries else None
            yield key.text, Term(key.text, Op(ops[0]), value, low, high, basis, cite, says, key.span)

    def parameters(self, scales: dict[str, tuple[str, ...]]) -> dict[str, Parameter]:
        reader = self.reader
        found: dict[str, Parameter] = {}
        for key, tree in self.section("parameters"):
            what = f"the parameter {quoted(key.text)}"
            name = reader.name(key, "a parameter")
            mapping = reader.mapping(tree, what, (*TYPE_KEYS, "list_of", "default", "basis", "cite", "says"))
            type = None if mapping is None else read_parameter_type(reader, mapping, scales, what)
            if name is None or mapping is None or type is None:
                self.vocabulary.failed.add(key.text)
                continue
            default: Known | tuple[Known, ...] | None = None
            if "default" in mapping.entries:
                default = self.setting(mapping.entries["default"], type, "`default`")
            basis = reader.basis(mapping, what, required="default" in mapping.entries)
            cite = reader.cite(mapping.entries.get("cite"))
            says = reader.text(mapping.entries["says"], "`says`") if "says" in mapping.entries else None
            found[name] = Parameter(
                name, type, default, "default" in mapping.entries, cast("Basis", basis), cite, says, key.span
            )
            self.vocabulary.add(Symbol(name, CASE, SymbolKind.PARAMETER, type, False, True))
        return found

    def setting(self, tree: Tree, type: Any, what: str) -> Known | tuple[Known, ...] | None:
        return (
            self.reader.values(tree, type, what) if isinstance(type, ListType) else self.reader.value(tree, type, what)
        )

    def profiles(self, parameters: dict[str, Parameter]) -> dict[str, Profile]:
        reader = self.reader
        found: dict[str, Profile] = {}
        for key, tree in self.section("profiles"):
            what = f"the profile {quoted(key.text)}"
            mapping = reader.mapping(
                tree, what, ("says", "default", "basis", "cite", "parameters", "terms"), ("says", "basis")
            )
            if mapping is None:
                continue
            settings: dict[str, Known | tuple[Known, ...]] = {}
            table = reader.mapping(mapping.entries.get("parameters"), f"`parameters` of {what}")
            for name, child in table.entries.items() if table is not None else ():
                if name not in parameters:
                    if name not in self.vocabulary.failed:
                        span = cast("Mapping", table).keys[name].span
                        reader.error(
                            span,
                            f"no parameter is called {quoted(name)}",
                            did_you_mean(name, parameters),
                            "unknown-name",
                        )
                    continue
                setting = self.setting(child, parameters[name].type, f"`{name}`")
                if setting is not None:
                    settings[name] = setting
            words: dict[str, Fraction | int] = {}
            table = reader.mapping(mapping.entries.get("terms"), f"`terms` of {what}")
            for name, child in table.entries.items() if table is not None else ():
                if name not in self.vocabulary.terms:
                    span = cast("Mapping", table).keys[name].span
                    reader.error(
                        span,
                        f"no term is called {quoted(name)}",
                        did_you_mean(name, self.vocabulary.terms),
                        "unknown-name",
                    )
                    continue
                number = read_number_of(reader, child, f"`{name}`")
                if number is not None:
                    words[name] = number
            default = reader.boolean(mapping.entries.get("default"), "`default`")
            if default and any(profile.default for profile in found.values()):
                reader.error(
                    mapping.keys["default"].span,
                    "a second profile is marked as the default",
                    "mark one",
                    "duplicate-key",
                )
            says = reader.text(mapping.entries.get("says"), "`says`") or ""
            basis = reader.basis(mapping, what, required=False)
            found[key.text] = Profile(key.text, says, default, cast("Basis", basis), settings, words, key.span)
        return found

    def order(
        self, values: dict[str, ValueRule], headers: Headers, collections: dict[str, Collection]
    ) -> tuple[str, ...]:
        """Values and groups so that each comes after what it reads; a cycle is an error."""
        graph: dict[str, set[str]] = {}
        for name, value in values.items():
            graph[name] = {read for read in value.reads if read in values or read in headers.groups}
            if value.scope in headers.groups:
                graph[name].add(value.scope)
        for name, group in headers.groups.items():
            graph[name] = {key for key in group.by if key in values}
            if group.source in headers.groups:
                graph[name].add(group.source)
            for keys in group.expected.keys.values() if group.expected is not None else ():
                if not isinstance(keys, str):
                    graph[name] |= {
                        end.name for end in (keys.start, keys.end) if isinstance(end, Symbol) and end.name in values
                    }
        for wanted in sorted({read for found in graph.values() for read in found} - set(graph)):
            graph[wanted] = set()
        try:
            return tuple(graphlib.TopologicalSorter(graph).static_order())
        except graphlib.CycleError as error:
            cycle = list(reversed(error.args[1]))
            first = min(range(len(cycle) - 1), key=lambda place: cycle[place])
            turned = [*cycle[first:-1], *cycle[:first], cycle[first]]
            span = values[turned[0]].span if turned[0] in values else headers.groups[turned[0]].span
            shown = " → ".join(map(quoted, turned))
            self.reader.error(
                span, f"values depend on each other in a circle: {shown}", "let one of them read inputs only", "cycle"
            )
            return ()

    def claims(self) -> Iterator[Claim]:
        reader = self.reader
        seen: set[str] = set()
        for tree in reader.sequence(self.entries.get("claims"), "`claims`"):
            mapping = reader.mapping(tree, "a claim", ("id", "never", "always", "says", "cite"), ("id",))
            if mapping is None:
                continue
            id = reader.identifier(mapping.entries.get("id"), "the id of a claim")
            if id in seen:
                reader.error(
                    mapping.entries["id"].span,
                    f"the claim {quoted(id)} stands twice",
                    "give each its own id",
                    "duplicate-key",
                )
            kinds: list[Literal["never", "always"]] = [kind for kind in CLAIM_KINDS if kind in mapping.entries]
            if len(kinds) != 1:
                reader.error(mapping.span, "a claim has exactly one of `never` and `always`", None, "shape")
                continue
            condition = read_condition(
                reader, Scope(self.vocabulary, (CASE,)), mapping.entries[kinds[0]], f"`{kinds[0]}`"
            )
            says = reader.text(mapping.entries["says"], "`says`") if "says" in mapping.entries else None
            if id is not None and condition is not None:
                seen.add(id)
                yield Claim(id, kinds[0], condition, says, mapping.span)

    def frameworks(self, collections: dict[str, Collection]) -> tuple[str | None, dict[str, Framework]]:
        reader = self.reader
        mapping = reader.mapping(self.entries.get("frameworks"), "`frameworks`", ("fill", "files"), ("fill", "files"))
        found: dict[str, Framework] = {}
        if mapping is None:
            return None, found
        fill = reader.text(mapping.entries.get("fill"), "`fill`")
        collection = collections.get(fill or "")
        if collection is None or collection.key is None or collection.parent is not None:
            help = did_you_mean(fill or "", collections)
            reader.error(
                mapping.entries["fill"].span,
                f"{quoted(fill or '')} is not a collection of the case with a key",
                help,
                "unknown-name",
            )
            return None, found
        for tree in reader.sequence(mapping.entries.get("files"), "`files`"):
            name = reader.identifier(tree, "the name of a framework")
            if name is None:
                continue
            try:
                root = self.tree_of(str(PurePosixPath("frameworks") / f"{name}.yaml"))
            except FileNotFoundError:
                reader.error(
                    tree.span,
                    f"there is no file `frameworks/{name}.yaml`",
                    "create it, or take the name out",
                    "missing-file",
                )
                continue
            except InputError as error:
                reader.problems.extend(error.diagnostics)
                continue
            framework = _framework(reader, root, name, collection)
            if framework is not None:
                found[name] = framework
        return fill, found

    def cases(self, frameworks: dict[str, Framework], profiles: dict[str, Profile]) -> Iterator[Case]:
        for tree in self.reader.sequence(self.entries.get("cases"), "`cases`"):
            if isinstance(tree, Scalar):
                try:
                    found = self.tree_of(tree.text)
                except FileNotFoundError:
                    self.reader.error(tree.span, f"there is no file {quoted(tree.text)}", None, "missing-file")
                except InputError as error:
                    self.reader.problems.extend(error.diagnostics)
                else:
                    for item in self.reader.sequence(found, "a file of cases"):
                        yield from read_cases(self.reader, item, frameworks, profiles)
            else:
                yield from read_cases(self.reader, tree, frameworks, profiles)


def _framework(reader: Reader, root: Tree, name: str, collection: Collection) -> Framework | None:
    key = cast("str", collection.key)
    mapping = reader.mapping(
        root,
        "a framework",
        ("framework", "title", "cite", "placement", "says", collection.name),
        ("framework", "title", collection.name),
    )
    if mapping is None:
        return None
    reader.refuse_nulls(mapping, frozenset())
    if (written := mapping.entries.get("framework")) is not None and reader.text(written, "`framework`") != name:
        reader.error(
            written.span,
            f"the file is called {quoted(name + '.yaml')} and says another name",
            f"write `framework: {name}`",
            "name",
        )
    rows: list[dict[str, Any]] = []
    notes: dict[str, dict[str, Any]] = {}
    for tree in reader.sequence(mapping.entries.get(collection.name), f"`{collection.name}`"):
        item = reader.mapping(tree, "an item", None, (key, "says", "basis"))
        if item is None:
            continue
        row = {field: child for field, child in item.entries.items() if field in collection.fields}
        id = reader.text(item.entries.get(key), f"`{key}`")
        for extra in item.entries:
            known = [
                *collection.fields,
                "says",
                "basis",
                "cite",
                "theme",
                *(f"{field}_why" for field in collection.fields),
            ]
            if extra not in known:
                reader.error(
                    item.keys[extra].span,
                    f"{quoted(extra)} is not a field of {quoted(collection.name)}",
                    did_you_mean(extra, known),
                    "unknown-key",
                )
        note: dict[str, Any] = {
            "basis": reader.basis(item, f"the item {quoted(id or '?')}"),
            "cite": reader.cite(item.entries.get("cite")),
        }
        for extra, child in item.entries.items():
            if extra not in collection.fields and extra not in ("basis", "cite"):
                note[extra] = reader.text(child, f"`{extra}`")
        if id is not None:
            notes[id] = note
        rows.append(row)
    title = reader.text(mapping.entries.get("title"), "`title`") or name
    placement = reader.text(mapping.entries["placement"], "`placement`") if "placement" in mapping.entries else None
    return Framework(name, title, reader.cite(mapping.entries.get("cite")), placement, tuple(rows), notes, mapping.span)


def read_cases(
    reader: Reader, tree: Tree, frameworks: dict[str, Framework], profiles: dict[str, Profile]
) -> Iterator[Case]:
    """One case with its facts and what it expects; facts are read when it is decided."""
    mapping = reader.mapping(tree, "a case", CASE_KEYS, ("case", "facts"))
    if mapping is None:
        return
    title = reader.text(mapping.entries.get("case"), "`case`")
    names: dict[str, str | None] = {}
    for key, known in (("framework", frameworks), ("profile", profiles)):
        names[key] = reader.text(mapping.entries[key], f"`{key}`") if key in mapping.entries else None
        if names[key] is not None and names[key] not in known:
            written = cast("str", names[key])
            reader.error(
                mapping.entries[key].span,
                f"no {key} is called {quoted(written)}",
                did_you_mean(written, known),
                "unknown-name",
            )
    if title is not None and "facts" in mapping.entries:
        entries = mapping.entries
        yield Case(
            title,
            entries["facts"],
            entries.get("expect"),
            names["framework"],
            names["profile"],
            entries.get("parameters"),
            mapping.span,
        )


def _expanded(reader: Reader, mapping: Mapping) -> Mapping:
    """Values that ``use`` a pattern get its body, with ``$name`` replaced by what ``with`` gives."""
    patterns = reader.mapping(mapping.entries.get("patterns"), "`patterns`")
    values = mapping.entries.get("values")
    if not isinstance(values, Mapping):
        return mapping
    budget = [MAX_PATTERN_NODES]
    entries = dict(values.entries)
    for name, child in values.entries.items():
        if isinstance(child, Mapping) and ("use" in child.entries or "with" in child.entries):
            entries[name] = _used(reader, child, patterns, budget) or Mapping({}, {}, child.span)
    return Mapping(
        {**mapping.entries, "values": Mapping(entries, values.keys, values.span)}, mapping.keys, mapping.span
    )


def _used(reader: Reader, value: Mapping, patterns: Mapping | None, budget: list[int]) -> Mapping | None:
    known = patterns.entries if patterns is not None else {}
    name = reader.text(value.entries.get("use"), "`use`") if "use" in value.entries else None
    if name is None or not isinstance(known.get(name), Mapping):
        at = value.entries.get("use", value)
        reader.error(
            at.span, f"no pattern is called {quoted(name or '')}", did_you_mean(name or "", known), "unknown-name"
        )
        return None
    pattern = cast("Mapping", known[name])
    takes = reader.texts(pattern.entries.get("takes"), "`takes`")
    given = reader.mapping(value.entries.get("with"), "`with`", takes, takes)
    if any(key == "use" for key in pattern.entries):
        reader.error(
            pattern.keys["use"].span, "a pattern cannot use a pattern", "write the rules out once more", "cycle"
        )
        return None
    filling = dict(given.entries) if given is not None else {}
    body = {key: _filled(reader, child, filling, budget) for key, child in pattern.entries.items() if key != "takes"}
    keys = {key: scalar for key, scalar in pattern.keys.items() if key != "takes"}
    own = {key: child for key, child in value.entries.items() if key not in ("use", "with")}
    return Mapping({**body, **own}, {**keys, **{key: value.keys[key] for key in own}}, value.span)


def _filled(reader: Reader, tree: Tree, filling: dict[str, Tree], budget: list[int]) -> Tree:
    budget[0] -= 1
    if budget[0] < 0:
        raise InputError([*reader.problems])
    if isinstance(tree, Scalar):
        if tree.plain and tree.text.startswith("$"):
            name = tree.text.removeprefix("$")
            if name in filling:
                return filling[name]
            reader.error(
                tree.span, f"the pattern does not take {quoted(name)}", did_you_mean(name, filling), "unknown-name"
            )
        return tree
    if isinstance(tree, Sequence):
        return Sequence(tuple(_filled(reader, item, filling, budget) for item in tree.items), tree.span)
    entries: dict[str, Tree] = {}
    keys: dict[str, Scalar] = {}
    for key, child in tree.entries.items():
        written = filling.get(key.removeprefix("$")) if key.startswith("$") else None
        scalar = written if isinstance(written, Scalar) else tree.keys[key]
        entries[scalar.text] = _filled(reader, child, filling, budget)
        keys[scalar.text] = scalar
    return Mapping(entries, keys, tree.span)
