"""What the items of collections and groups are called: `criterion`, `criteria`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from hmic_rules.backends.prose.grammar import in_quotes, listed, plural, singular, words_of
from hmic_rules.conditions import CASE
from hmic_rules.rulesets import Group, Ruleset
from hmic_rules.structure import queries_in, queries_of

__all__ = ["Noun", "Voice", "voice_of"]


@frozen
class Noun:
    """One item and several, and whose item it is."""

    one: str
    several: str
    within: frozenset[str] = frozenset()


@frozen
class Voice:
    """How things are called where a statement stands.

    Attributes:
        nouns: the nouns of collections and groups.
        it: the collection or group whose item is spoken of as ``it``; the case where none is.
        around: the collections and groups whose items are spoken of besides.

    """

    nouns: Mapping[str, Noun] = field(factory=dict)
    it: str = CASE
    around: tuple[str, ...] = ()

    def noun(self, scope: str) -> Noun:
        """What the items of a collection or group are called."""
        found = self.nouns.get(scope)
        if found is None:
            words = words_of(scope)
            return Noun(singular(words), plural(words))
        return found

    def inside(self, scope: str) -> Voice:
        """Where the items of a collection or group are spoken of."""
        around = self.around if self.it == CASE else (*self.around, self.it)
        return Voice(self.nouns, scope, around)

    def owner(self, scope: str) -> str | None:
        """Whose items the items of a collection are, where such an owner is spoken of."""
        within = self.noun(scope).within
        return next((one for one in (self.it, *reversed(self.around)) if one in within), None)


def voice_of(ruleset: Ruleset) -> Voice:
    """How the items of a rule set are called: by the names of its collections; those of a group by what they are grouped by.

    Where two would be called alike, the group has its own name beside the noun.
    """
    asked = {query.collection for value in ruleset.values.values() for query in queries_of(value)}
    asked |= {query.collection for claim in ruleset.claims for query in queries_in(claim.condition)}
    asked |= {value.scope for value in ruleset.values.values()}
    found: dict[str, Noun] = {}
    for name, collection in ruleset.collections.items():
        words = words_of(name)
        within = frozenset() if collection.parent is None else frozenset({collection.parent})
        found[name] = Noun(singular(words), plural(words), within)
    sources: dict[str, set[str]] = {}
    for group in ruleset.groups.values():
        sources.setdefault(group.source, set()).add(group.name)
    for name, groups in sources.items():
        if name in found:
            found[name] = Noun(found[name].one, found[name].several, found[name].within | groups)
    taken = {found[name].one for name in found if name in asked}
    for name, group in ruleset.groups.items():
        one, several = _grouped(group)
        if one in taken:
            one, several = f"{one} ({in_quotes(words_of(name))})", f"{several} ({in_quotes(words_of(name))})"
        taken.add(one)
        found[name] = Noun(one, several, frozenset(sources.get(name, ())))
    return Voice(found)


def _grouped(group: Group) -> tuple[str, str]:
    keys = [words_of(name) for name in group.by]
    if len(keys) == 1:
        one = singular(keys[0])
        return one, plural(one)
    joined = listed(keys)
    return f"combination of {joined}", f"combinations of {joined}"
