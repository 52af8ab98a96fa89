"""What is odd in what a rule set says of the one that it extends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

from hmic_rules.errors import Diagnostic, Span, quoted
from hmic_rules.loading.trees import Mapping, Scalar, Tree
from hmic_rules.rulesets import Ruleset

__all__ = ["INHERITED_CASE", "is_inherited", "of_its_own", "own_patterns", "replaced_by_the_same", "told_as_inherited"]

INHERITED_CASE: Final = "say what it comes to under `replace: {expect: …}`, or take it out under `remove: {cases: …}`"


def replaced_by_the_same(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Everything that is replaced by what says the same."""
    for one in ruleset.changes:
        if one.same and one.by == ruleset.name:
            problem = f"the {one.kind} {quoted(one.name)} says what it says in {one.was}"
            yield Diagnostic(one.span, problem, "take it out: it is inherited", "same")


def of_its_own(found: Iterable[Diagnostic], inherited: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The lints that the rule sets which are extended have not got by themselves."""
    known = {(one.place, one.problem) for one in inherited}
    return tuple(one for one in found if (one.place, one.problem) not in known)


def own_patterns(tree: Tree) -> Tree:
    """The patterns of an extending rule set and the values that could use them, as a rule set that extends none has them."""
    entries = tree.entries if isinstance(tree, Mapping) else {}
    if "extends" not in entries:
        return tree
    added, replaced = entries.get("add"), entries.get("replace")
    patterns = added.entries.get("patterns") if isinstance(added, Mapping) else None
    values: dict[str, Tree] = {}
    for section in (added, replaced):
        part = section.entries.get("values") if isinstance(section, Mapping) else None
        values |= part.entries if isinstance(part, Mapping) else {}
    found: dict[str, Tree] = {"values": Mapping(values, {}, tree.span)}
    if isinstance(patterns, Mapping):
        found["patterns"] = patterns
    return Mapping(found, {key: Scalar(key, plain=True, span=tree.span) for key in found}, tree.span)


def told_as_inherited(ruleset: Ruleset, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The problems of cases; of those that are inherited, by whom."""
    whose = f"in a case that {quoted(ruleset.name)} ({ruleset.file}) inherits"
    return tuple(
        evolve(one, problem=f"{one.problem}, {whose}", help=INHERITED_CASE) if is_inherited(ruleset, one.place) else one
        for one in found
    )


def is_inherited(ruleset: Ruleset, place: Span | str) -> bool:
    """Whether a place lies in a file of a rule set that is extended."""
    return isinstance(place, Span) and any(place.file in one.files for one in ruleset.ancestors)
