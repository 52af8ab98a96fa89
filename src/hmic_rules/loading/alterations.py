"""What a rule set that extends another says of it: what is added, replaced and taken out, each by name, in no order."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Sequences
from typing import Final, Literal, TypeAlias, cast

from attrs import frozen

from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.headers import VALUE_KEYS
from hmic_rules.loading.trees import Mapping, Scalar, Tree

__all__ = [
    "ADDED",
    "DONE",
    "KINDS",
    "PARTS",
    "PIN_KEYS",
    "REMOVED",
    "REPLACED",
    "SHORTEST",
    "Alteration",
    "Pin",
    "read_alterations",
    "read_pin",
]

Verb: TypeAlias = Literal["add", "replace", "remove"]
NAMED: Final = ("scales", "terms", "parameters", "profiles", "inputs", "values")
INSIDE: Final = ("rules", "limits", "items")
LISTED: Final = ("claims", "cases")
ADDED: Final = ("documents", *NAMED, "patterns", *INSIDE, *LISTED, "frameworks")
REPLACED: Final = (*NAMED, *INSIDE, *LISTED, "frameworks", "expect")
REMOVED: Final = (*NAMED, *INSIDE, *LISTED, "frameworks")
VERBS: Final[dict[Verb, tuple[str, ...]]] = {"add": ADDED, "replace": REPLACED, "remove": REMOVED}
DONE: Final[dict[Verb, Literal["added", "replaced", "removed"]]] = {
    "add": "added",
    "replace": "replaced",
    "remove": "removed",
}
KINDS: Final = {
    "documents": "document",
    "scales": "scale",
    "terms": "term",
    "parameters": "parameter",
    "profiles": "profile",
    "inputs": "input",
    "values": "value",
    "patterns": "pattern",
    "rules": "rule",
    "limits": "limit",
    "items": "item",
    "claims": "claim",
    "cases": "case",
    "frameworks": "framework",
    "expect": "expectation",
}
HOLDERS: Final = {"rules": "values", "limits": "values", "values": "values", "inputs": "inputs", "items": "frameworks"}
WRITTEN_SO: Final = {"rules": "VALUE/RULE", "limits": "VALUE/LIMIT", "items": "FRAMEWORK/ITEM"}
ONE_BY_ONE: Final = ("rules", "points", "limits")
PARTS: Final = tuple(key for key in VALUE_KEYS if key not in ONE_BY_ONE)
PIN_KEYS: Final = ("ruleset", "edition", "fingerprint")
SHORTEST: Final = 12


@frozen(eq=False)
class Pin:
    """Which rule set is extended, in which edition and, where that is said, with which fingerprint."""

    name: Scalar
    edition: Scalar
    fingerprint: Scalar | None


@frozen(eq=False)
class Alteration:
    """One thing that is added, replaced or taken out.

    Attributes:
        verb: what is done.
        kind: the section under which it stands.
        holder: what it stands in, such as the value of a rule; empty where it stands in the rule set itself.
        name: its own name.
        tree: what is written of it; ``None`` where it is taken out.
        key: where it is named.
        says: why it is taken out.

    """

    verb: Verb
    kind: str
    holder: str
    name: str
    tree: Tree | None
    key: Scalar
    says: str | None = None

    @property
    def address(self) -> str:
        return f"{self.holder}/{self.name}" if self.holder else self.name

    @property
    def what(self) -> str:
        return f"the {self.word} {quoted(self.address)}"

    @property
    def word(self) -> str:
        """What is altered, in a word."""
        return (
            {"values": "part", "inputs": "field"}.get(self.kind, KINDS[self.kind]) if self.holder else KINDS[self.kind]
        )


def read_pin(reader: Reader, tree: Tree) -> Pin | None:
    """What stands under ``extends``."""
    if isinstance(tree, Scalar) and not tree.null:
        help = f'write extends: {{ruleset: {tree.text}, edition: "…"}}, so that a change of it is noticed'
        reader.error(tree.span, "`extends` does not say which edition is extended", help, "missing-key")
        return None
    mapping = reader.mapping(tree, "`extends`", PIN_KEYS, ("ruleset", "edition"))
    if mapping is None:
        return None
    texts = {key: reader.text(mapping.entries.get(key), f"`{key}`") for key in PIN_KEYS}
    print_ = texts["fingerprint"]
    is_print = print_ is not None and len(print_) >= SHORTEST and set(print_) <= set("0123456789abcdef")
    if print_ is not None and not is_print:
        help = f"write at least the first {SHORTEST} digits of what `hmic-rules list RULESET` shows"
        reader.error(mapping.entries["fingerprint"].span, f"{quoted(print_)} is no fingerprint", help, "value")
    if texts["ruleset"] is None or texts["edition"] is None:
        return None
    entries = cast("dict[str, Scalar]", mapping.entries)
    return Pin(entries["ruleset"], entries["edition"], entries.get("fingerprint") if is_print else None)


def read_alterations(reader: Reader, mapping: Mapping) -> tuple[Alteration, ...]:
    """Everything under ``add``, ``replace`` and ``remove``; what contradicts itself is reported."""
    found = [one for verb in VERBS for one in _under(reader, mapping, verb)]
    found = [one for one in found if _is_named(reader, one)]
    return tuple(_without_contradictions(reader, found))


def _under(reader: Reader, mapping: Mapping, verb: Verb) -> Iterator[Alteration]:
    section = reader.mapping(mapping.entries.get(verb), f"`{verb}`", VERBS[verb])
    for kind, tree in section.entries.items() if section is not None else ():
        if kind not in VERBS[verb]:
            continue  # which was said
        if verb == "remove":
            yield from _removed(reader, kind, tree)
        elif kind == "frameworks":
            yield from _frameworks(reader, verb, tree)
        elif kind in LISTED:
            yield from _listed(reader, verb, kind, tree)
        else:
            table = reader.mapping(tree, f"`{kind}` under `{verb}`")
            for name, child in table.entries.items() if table is not None else ():
                if table is not None and child.span not in reader.refused:
                    yield _at(verb, kind, table.keys[name], child)


def _at(verb: Verb, kind: str, key: Scalar, tree: Tree | None, says: str | None = None) -> Alteration:
    """What an address names: what stands before its first slash is what it stands in, where the kind has such a thing."""
    holder, slash, name = key.text.partition("/") if kind in HOLDERS else ("", "", key.text)
    return Alteration(verb, kind, holder if slash else "", name if slash else key.text, tree, key, says)


def _removed(reader: Reader, kind: str, tree: Tree) -> Iterator[Alteration]:
    """A list of names, or a mapping from names to the reason."""
    if isinstance(tree, Mapping):
        for name, child in tree.entries.items():
            says = reader.text(child, f"why {quoted(name)} is taken out")
            yield _at("remove", kind, tree.keys[name], None, says)
        return
    for item in reader.sequence(tree, f"`{kind}` under `remove`"):
        if reader.text(item, f"the name of a {KINDS[kind]}") is not None:
            yield _at("remove", kind, cast("Scalar", item), None)


def _frameworks(reader: Reader, verb: Verb, tree: Tree) -> Iterator[Alteration]:
    files: Tree | None = tree
    if verb == "add":
        mapping = reader.mapping(tree, "`frameworks` under `add`", ("fill", "files"), ("files",))
        files = None if mapping is None else mapping.entries.get("files")
    for item in reader.sequence(files, "the names of frameworks"):
        if reader.identifier(item, "the name of a framework") is not None:
            yield _at(verb, "frameworks", cast("Scalar", item), None)


def _listed(reader: Reader, verb: Verb, kind: str, tree: Tree) -> Iterator[Alteration]:
    """Claims by their id, cases by their title; a file of cases by its name."""
    key = "id" if kind == "claims" else "case"
    for item in reader.sequence(tree, f"`{kind}` under `{verb}`"):
        if isinstance(item, Scalar) and kind == "cases" and verb == "add":
            if reader.text(item, "the name of a file of cases") is not None:
                yield Alteration(verb, kind, "", "", item, item)
            continue
        mapping = reader.mapping(item, f"a {KINDS[kind]}", None, (key,))
        if mapping is not None and reader.text(mapping.entries.get(key), f"`{key}`") is not None:
            yield _at(verb, kind, cast("Scalar", mapping.entries[key]), item)


def _is_named(reader: Reader, one: Alteration) -> bool:
    """Whether the address is one of its kind."""
    if one.kind in WRITTEN_SO and not (one.holder and one.name):
        form = WRITTEN_SO[one.kind]
        problem = f"{quoted(one.key.text)} does not say what the {KINDS[one.kind]} stands in"
        reader.error(one.key.span, problem, f"write {form}", "address")
        return False
    if one.kind == "values" and one.holder and one.name not in PARTS:
        help = did_you_mean(one.name, PARTS)
        if one.name in ONE_BY_ONE:
            help = f"they are named one by one, under `{'limits' if one.name == 'limits' else 'rules'}:`, as {one.holder}/ID"
        reader.error(one.key.span, f"{quoted(one.name)} is no part of a value that is named so", help, "address")
        return False
    return True


def _without_contradictions(reader: Reader, found: Sequences[Alteration]) -> Iterator[Alteration]:
    """Those that stand alone; what is named twice, or within something that is itself named, is reported."""
    seen: dict[tuple[str, str], Alteration] = {}
    for one in found:
        if one.name:
            seen.setdefault(("cases" if one.kind == "expect" else one.kind, one.address), one)
    for one in found:
        first = seen.get(("cases" if one.kind == "expect" else one.kind, one.address), one)
        whole = seen.get((HOLDERS[one.kind], one.holder)) if one.holder else None
        if first is not one:
            done = f"{DONE[first.verb]} in line {first.key.span.line}, and {DONE[one.verb]} here"
            if first.kind != one.kind:
                done = f"replaced in line {first.key.span.line}, and what it must come to is replaced here"
            help = "keep one of the two"
            if {first.verb, one.verb} == {"add", "remove"}:
                help = "what takes its place stands under `replace:`"
            reader.error(one.key.span, f"{one.what} is {done}", help, "altered-twice")
        elif whole is not None:
            done = f"{DONE[whole.verb]} as a whole in line {whole.key.span.line}"
            help = "take this out" if whole.verb == "remove" else "write it there"
            reader.error(one.key.span, f"{whole.what} is {done}, and a part of it here", help, "altered-twice")
        else:
            yield one
