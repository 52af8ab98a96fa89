"""How a page speaks of one rule set: what its items are called, where it says things, and where that comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from hmic_rules.backends.prose.grammar import in_quotes, words_of
from hmic_rules.backends.prose.nouns import Voice, voice_of
from hmic_rules.backends.prose.rules import voice_at
from hmic_rules.conditions import CASE, Compare, ShareTest, Symbol, SymbolKind, Term
from hmic_rules.datatypes import NumberType
from hmic_rules.documentation.pages import Item, Line, Piece, anchor, code, faint, line, link
from hmic_rules.rules import Basis, Calculation, ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import conditions_of, nodes, symbols_in, terms_in

__all__ = ["Speaker", "cited", "from_where", "remark", "speaker_of", "spoken"]


@frozen(eq=False)
class Speaker:
    """A rule set and how it is spoken of."""

    ruleset: Ruleset
    voice: Voice

    def at(self, value: ValueRule) -> Voice:
        """Where the items of a value's scope are spoken of."""
        return voice_at(self.voice, value.scope)

    def each(self, scope: str) -> str:
        """For what a value is worked out: `each criterion`; nothing for the case."""
        return "" if scope == CASE else f"each {self.voice.noun(scope).one}"

    def place(self, symbol: Symbol) -> tuple[str, str | None, str]:
        """Of a name: where the page says what it is, what it says of it, and what kind of thing it is."""
        ruleset, name = self.ruleset, symbol.name
        if symbol.kind is SymbolKind.PARAMETER:
            return anchor("setting", name), ruleset.parameters[name].says, "a setting"
        if symbol.kind is SymbolKind.VALUE and name in ruleset.values:
            return anchor("value", name), ruleset.values[name].says, "worked out on this page"
        if name in ruleset.inputs and (symbol.on_case or symbol.scope == CASE):
            return anchor("fact", name), ruleset.inputs[name].says, "a fact"
        for collection in ruleset.collections.values():
            if name in collection.fields and collection.name in self.sources(symbol.scope):
                noun = self.voice.noun(symbol.scope).one
                return anchor("fact", collection.name, name), collection.fields[name].says, f"a fact of the {noun}"
        return "", None, "what its items are named by"

    def sources(self, scope: str) -> tuple[str, ...]:
        """The collections whose fields the items of a scope have."""
        group = self.ruleset.groups.get(scope)
        if group is None:
            return (scope,)
        keys = [] if group.expected is None else [one for one in group.expected.keys.values() if isinstance(one, str)]
        return tuple(dict.fromkeys([*keys, *self.sources(group.source)]))

    def is_of_shares(self, word: str) -> bool:
        """Whether a vague word stands for a share, and not for a number of things."""
        compared: list[tuple[Term, bool]] = []
        conditions = [node for value in self.ruleset.values.values() for node in conditions_of(value)]
        for condition in [*conditions, *(claim.condition for claim in self.ruleset.claims)]:
            for node in nodes(condition):
                type = getattr(getattr(node, "subject", None), "type", None)
                share = isinstance(node, ShareTest) or (isinstance(type, NumberType) and type.kind == "share")
                checks = [one for one in getattr(node, "checks", ()) if isinstance(one, Compare)]
                compared += [(one.operand, share) for one in checks if isinstance(one.operand, Term)]
        return any(share for term, share in compared if term.name == word)

    def words_read(self, value: ValueRule) -> list[Item]:
        """What each name means that the rules of a value read, where the rule set says so."""
        found_in = list(conditions_of(value))
        symbols = [symbol for node in found_in for symbol in symbols_in(node)]
        if isinstance(value.body, Calculation):
            symbols += symbols_in(value.body.expression)
        symbols += [limit.bound for limit in value.limits if isinstance(limit.bound, Symbol)]
        found: dict[tuple[str, str], Item] = {}
        for symbol in symbols:
            to, says, kind = self.place(symbol)
            if says is not None and symbol.name != value.name:
                name = in_quotes(words_of(symbol.name))
                shown = link(name, to) if to else Piece(name)
                found.setdefault(
                    (symbol.scope, symbol.name), Item(line(shown, ": ", *spoken(says), faint(f" ({kind})")))
                )
        for word in dict.fromkeys(word for node in found_in for word in terms_in(node)):
            term = self.ruleset.terms[word]
            if term.says is not None:
                found["term", word] = Item(line(link(in_quotes(word), anchor("word", word)), ": ", *spoken(term.says)))
        return list(found.values())


def speaker_of(ruleset: Ruleset) -> Speaker:
    """How a rule set is spoken of."""
    return Speaker(ruleset, voice_of(ruleset))


def cited(cite: Iterable[str]) -> Line:
    """Addresses of passages."""
    found: list[Piece] = []
    for address in cite:
        found += [Piece(", "), code(address)] if found else [code(address)]
    return tuple(found)


def from_where(basis: Basis | str | None, cite: Sequence[str], *, brackets: bool = True) -> Line:
    """Where something comes from: `(stated: grading/good/1)`."""
    if basis is None and not cite:
        return ()
    word = basis or "see"
    inner = line(faint(f"{word}: " if cite else word), *cited(cite))
    return line(faint(" ("), *inner, faint(")")) if brackets else inner


def remark(says: str | None) -> Line:
    """What the rule set says of something, as a sentence that follows another one; what stands in backticks is code."""
    if not says:
        return ()
    start = says if says.startswith("`") else says[0].upper() + says[1:]
    return line(" ", *spoken(start), "" if says.endswith((".", "?", "!")) else ".")


def spoken(says: str) -> Line:
    """What the rule set says of something; what stands in backticks is code."""
    parts = says.split("`")
    if len(parts) % 2 == 0:  # one backtick has no other
        return line(says)
    return tuple(code(part) if place % 2 else Piece(part) for place, part in enumerate(parts) if part)
