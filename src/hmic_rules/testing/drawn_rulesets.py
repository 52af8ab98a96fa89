"""Strategies for whole rule sets: small, of every shape that the language has, and sound by construction."""

from __future__ import annotations

from typing import Any

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from hmic_rules.errors import choices, quoted
from hmic_rules.rulesets import Ruleset
from hmic_rules.testing.drawn_conditions import SCALES, Draw, Name, Place, calculation, condition, one_of, sometimes
from hmic_rules.testing.writing import as_yaml, loaded

__all__ = ["Items", "Written", "rulesets", "written_rulesets"]

SHAPES = ("record", "collection", "fixed", "nested", "groups")
TERMS = {
    "most": {"above": "1/2", "basis": "assumed"},
    "nearly all": {"at_least": "2/3", "basis": "assumed"},
    "some number": {"at_least": 1, "basis": "assumed"},
}
POLICIES = ["first", "unique", "highest", "lowest"]
CHOICE = ("red", "green", "blue")
KINDS = {
    "boolean": (False, True),
    "choice": CHOICE,
    "number": (0, 1, 2, 3),
    **{key: tuple(labels) for key, labels in SCALES.items()},
}


@frozen
class Items:
    """A generated collection: its fields, the names of its items where they are fixed, and an inner collection."""

    name: str
    fields: tuple[Name, ...]
    closed: dict[str, Any]
    fixed: tuple[str, ...] = ()
    inner: Items | None = None
    at_least: int = 0
    refers_to: str | None = None


@frozen(repr=False)
class Written:
    """A rule set as data, and what is needed to write cases of it.

    Attributes:
        data: the rule set, ready to be written as YAML.
        inputs: the inputs of the case.
        absent: the inputs, of the case, that are closed when absent, with what their absence means.
        collections: the collections of the case.
        judged: the judged values of the case.
        settled: whether every known case has exactly one result.
        grows: whether a group without rows may still get some.

    """

    data: dict[str, Any]
    inputs: tuple[Name, ...]
    absent: dict[str, Any]
    collections: tuple[Items, ...]
    judged: tuple[Name, ...]
    settled: bool
    grows: bool

    def __repr__(self) -> str:
        return f"the rule set\n{as_yaml(self.data)}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows a failing example: as the text that a person would load."""
        printer.text(repr(self))


@frozen
class Builder:
    """The parts of a rule set while it is drawn; the names of the case stand under ``None``."""

    draw: Draw
    closed: bool
    names: dict[str | None, list[Name]] = field(factory=dict)
    values: dict[str, Any] = field(factory=dict)

    def place(self, scope: str | None, *, grows: bool) -> Place:
        """What a value of this scope can read and ask.

        Only the groups ask a collection whose missing groups are unknown: to everything else its rows would be known.
        """
        outer = {"inner_items": ["items"]}.get(scope or "", [])
        seen = [name for one in dict.fromkeys([scope, *outer, None]) for name in self.names[one]]
        asked = {"items", "teams", "by_team", "rows"} & {name for name in self.names if name is not None}
        if scope == "rows":
            asked.discard("by_team")
        if grows and scope != "by_team":
            asked.discard("rows")
        if scope == "items" and "inner_items" in self.names:
            asked.add("inner_items")
        return Place(tuple(seen), {name: tuple(self.names[name]) for name in sorted(asked)}, self.closed)

    def fields(self, prefix: str, fewest: int, most: int) -> tuple[tuple[Name, ...], dict[str, Any], dict[str, Any]]:
        """Inputs: their names, how they are declared, and what the absence of the closed ones means."""
        names: list[Name] = []
        declared: dict[str, Any] = {}
        closed: dict[str, Any] = {}
        for place in range(self.draw(st.integers(fewest, most))):
            kind = one_of(self.draw, sorted(KINDS))
            name = Name(f"{prefix}{place}", kind, KINDS[kind], sometimes(self.draw))
            names.append(name)
            declared[name.name] = dict(name.type)
            if name.may_be_not_applicable:
                declared[name.name]["may_be"] = "not applicable"
            if sometimes(self.draw, 6):
                closed[name.name] = one_of(
                    self.draw, [*name.domain, *(["not applicable"] if name.may_be_not_applicable else [])]
                )
                declared[name.name]["absent"] = {"means": closed[name.name], "basis": "assumed"}
        return tuple(names), declared, closed

    def value(self, name: str, scope: str | None, place: Place) -> Name:
        """One derived value, drawn whole."""
        draw = self.draw
        body = one_of(
            draw,
            [
                "choose",
                "choose",
                "choose",
                "is",
                "calc",
                "points",
                *(["judged"] if scope is None and not self.closed else []),
            ],
        )
        written: dict[str, Any] = {} if scope is None else {"each": scope}
        gap = False
        kind, whole = "number", False
        domain: tuple[Any, ...] = ()
        if body == "choose":
            kind = one_of(draw, sorted(KINDS))
            domain, whole = KINDS[kind], True
            gap = self.choose(written, Name(name, kind, domain), place)
        elif body == "judged":
            kind = one_of(draw, sorted(SCALES))
            domain = KINDS[kind]
            written |= {"scale": kind, "judged": True}
        elif body == "is":
            kind, domain = "boolean", (False, True)
            written["is"] = condition(draw, place)
        elif body == "calc":
            written["calc"] = calculation(draw, place)
            if sometimes(draw, 4):
                written = {**written, "type": "decimal", "min": -1, "max": 3}
        else:
            written["points"] = [
                {
                    "id": f"p{number}",
                    "worth": one_of(draw, [1, 2, -1, "1/2"]),
                    "when": condition(draw, place),
                    "basis": "assumed",
                }
                for number in range(draw(st.integers(1, 3)))
            ]
        if (kind in SCALES or kind == "number") and not (gap and self.closed):
            self.limits(written, Name(name, kind, domain), place)
        applies = sometimes(draw, 5)
        if applies:
            written["applies"] = condition(draw, place, 1)
        written["outcome"] = True
        self.values[name] = written
        return Name(name, kind, domain, applies or body == "calc", gap, whole)

    def choose(self, written: dict[str, Any], name: Name, place: Place) -> bool:
        """Rules and their hit policy; whether they can leave a gap."""
        draw = self.draw
        ordered = name.kind in SCALES or name.kind == "number"
        written |= {**name.type, "choose": one_of(draw, POLICIES if ordered else POLICIES[:2])}
        written["rules"] = [
            {"id": f"r{number}", "then": one_of(draw, name.domain), "when": condition(draw, place), "basis": "assumed"}
            for number in range(draw(st.integers(1, 4)))
        ]
        if sometimes(draw, 2):
            written["otherwise"] = one_of(draw, name.domain)
        return "otherwise" not in written

    def limits(self, written: dict[str, Any], name: Name, place: Place) -> None:
        draw = self.draw
        same = [other.name for other in place.readable if other.kind == name.kind]
        found = []
        for number in range(one_of(draw, [1, 2] if "judged" in written else [0, 0, 1, 2, 3])):
            literal = one_of(draw, name.domain or (0, 1, 2, 3))
            bound = {"value": one_of(draw, same)} if same and sometimes(draw) else literal
            limit = {"id": f"l{number}", one_of(draw, ["at_most", "at_least"]): bound, "basis": "assumed"}
            if sometimes(draw, 2):
                limit["when"] = condition(draw, place)
            found.append(limit)
        if found:
            written |= {"limits": found, "if_limits_cross": one_of(draw, ["lowest", "highest"])}


def collection(build: Builder, name: str, *, inner: bool, fixed: bool) -> tuple[Items, dict[str, Any]]:
    """A collection with fields of its own; and how it is declared."""
    fields, declared, closed = build.fields(f"{name}_", 1, 3)
    if fixed:
        items = tuple(f"{name}{number}" for number in range(build.draw(st.integers(2, 3))))
        return Items(name, fields, closed, items), {"items": list(items), "fields": declared}
    own: dict[str, Any] = {"id": {"type": "text"}, **declared}
    within = None
    if inner:
        within, own[f"inner_{name}"] = collection(build, f"inner_{name}", inner=False, fixed=False)
    at_least = one_of(build.draw, [0, 0, 1])
    written = {"collection": own, "key": "id", **({"size": {"at_least": at_least}} if at_least else {})}
    return Items(name, fields, closed, (), within, at_least), written


def rows_and_teams(build: Builder, declared: dict[str, Any]) -> tuple[Items, Items, Name | None]:
    """Two collections, of which the second names items of the first; and that name, where rules can test it."""
    teams, declared["teams"] = collection(build, "teams", inner=False, fixed=sometimes(build.draw, 2))
    rows, declared["rows"] = collection(build, "rows", inner=False, fixed=False)
    declared["rows"]["collection"]["team"] = {"choice": list(teams.fixed)} if teams.fixed else {"type": "text"}
    key = Name("team", "choice", teams.fixed) if teams.fixed else None
    return teams, evolve(rows, refers_to="team"), key


@st.composite
def written_rulesets(draw: Draw, shapes: tuple[str, ...] = SHAPES, closed: bool | None = None) -> Written:
    """A rule set of one of the shapes. With ``closed``, a case whose facts are all known has exactly one result."""
    shape = one_of(draw, shapes)
    build = Builder(draw, sometimes(draw) if closed is None else closed)
    inputs, declared, absent = build.fields("f", 1, 4 if shape == "record" else 2)
    build.names[None] = list(inputs)
    collections: list[Items] = []
    groups: dict[str, Any] = {}
    grows = False
    if shape == "groups":
        teams, rows, key = rows_and_teams(build, declared)
        collections += [teams, rows]
        missing = "empty" if build.closed else one_of(draw, ["unknown", "empty"])
        grows = missing == "unknown"
        groups["by_team"] = {"group": "rows", "by": ["team"], "expected": {"team": "teams"}, "missing": missing}
        keys = [] if key is None else [key]
        build.names.update(
            {"teams": list(teams.fields), "rows": [*rows.fields, *keys], "by_team": [*keys, *teams.fields]}
        )
    elif shape != "record":
        items, declared["items"] = collection(build, "items", inner=shape == "nested", fixed=shape == "fixed")
        collections.append(items)
        build.names["items"] = list(items.fields)
        if items.inner is not None:
            build.names[items.inner.name] = list(items.inner.fields)
    for number in range(draw(st.integers(2, 5))):
        scope = one_of(draw, [None, None, None, *build.names])
        build.names[scope].append(build.value(f"v{number}", scope, build.place(scope, grows=grows)))
    data = {
        "ruleset": "generated",
        "edition": "1",
        "title": "a generated rule set",
        "scales": SCALES,
        "terms": TERMS,
        "inputs": declared,
        "values": {**groups, **build.values},
    }
    judged = tuple(name for name in build.names[None] if build.values.get(name.name, {}).get("judged"))
    return Written(data, inputs, absent, tuple(collections), judged, build.closed, grows)


def rulesets(*, shapes: tuple[str, ...] = SHAPES, settled: bool | None = None) -> st.SearchStrategy[Ruleset]:
    """Whole rule sets, loaded, for tests of what takes any rule set; each is small and called ``generated``.

    Args:
        shapes: which of them: ``record`` has inputs of the case only, ``collection`` items, ``fixed`` named items, ``nested`` items with items
            of their own, ``groups`` rows sorted by items that expect them.
        settled: whether a case of which everything is known has exactly one result in every rule set; both kinds where it is not said.

    Returns:
        A strategy; :func:`hmic_rules.testing.cases` draws cases of what it gives. What was written is in :func:`written_rulesets`.

    Raises:
        ValueError: there is no such shape.

    """
    wrong = [shape for shape in shapes if shape not in SHAPES]
    if wrong or not shapes:
        said = f"{quoted(wrong[0])} is not a shape of rule set" if wrong else "no shape of rule set is asked for"
        raise ValueError(f"`shapes`: {said}: {choices(wrong[0] if wrong else '', SHAPES)}")
    return written_rulesets(shapes, settled).map(lambda written: loaded(written.data))
