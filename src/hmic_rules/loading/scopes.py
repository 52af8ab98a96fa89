"""Which names can be seen from where: the case, the items of a collection, and the groups of a collection's rows."""

from __future__ import annotations

from attrs import evolve, field, frozen

from hmic_rules.conditions import CASE, Symbol, SymbolKind, Term
from hmic_rules.loading.unread import ELSEWHERE
from hmic_rules.rulesets import Collection

__all__ = ["Scope", "Vocabulary"]


@frozen
class Vocabulary:
    """Every name of a rule set, by the scope in which it stands.

    ``failed`` are the names that were reported as wrong, and ``partly`` the scopes of which not every name could be read.
    """

    symbols: dict[str, dict[str, Symbol]] = field(factory=lambda: {CASE: {}})
    parents: dict[str, str] = field(factory=dict)
    sources: dict[str, str] = field(factory=dict)
    scales: dict[str, tuple[str, ...]] = field(factory=dict)
    terms: dict[str, Term] = field(factory=dict)
    collections: dict[str, Collection] = field(factory=dict)
    failed: set[str] = field(factory=set)
    partly: set[str] = field(factory=set)

    def add(self, symbol: Symbol) -> None:
        self.symbols.setdefault(symbol.scope, {})[symbol.name] = symbol

    def add_scope(self, name: str, parent: str, source: str | None = None) -> None:
        """A collection on its parent's items, or a group of the rows of ``source``."""
        self.symbols.setdefault(name, {})
        self.parents[name] = parent
        if source is not None:
            self.sources[name] = source

    def add_spelling(self, scope: str, written: str, meant: str) -> None:
        """Let what was written with a name that cannot be one be found by the name that is meant, too."""
        names = self.symbols.get(scope, {})
        if written in names:
            names[meant] = evolve(names[written], name=meant)
        if written in self.parents:
            self.symbols[meant], self.parents[meant] = self.symbols[written], self.parents[written]
        if written in self.sources:
            self.sources[meant] = self.sources[written]
        if written in self.collections:
            self.collections[meant] = self.collections[written]
        if written in self.failed:
            self.failed.add(meant)

    def unsure(self, name: str, scope: str = CASE) -> bool:
        """Whether a name that is not there, or what its scope has, could not be read, which was reported."""
        return name in self.failed or not self.partly.isdisjoint((CASE, scope))

    def chain(self, scope: str) -> tuple[str, ...]:
        """The scopes from the case down to this one."""
        found = [scope]
        while found[-1] != CASE:
            found.append(self.parents.get(found[-1], CASE))
        return tuple(reversed(found))


@frozen
class Scope:
    """A place from which names are looked up: innermost scope last. ``own`` is the value whose rules stand there."""

    vocabulary: Vocabulary
    chain: tuple[str, ...]
    reads: set[str] = field(factory=set)
    own: str | None = None

    def inside(self, collection: str) -> Scope:
        """The scope of an item met by a query that starts here."""
        return Scope(self.vocabulary, (*self.chain, collection), self.reads, self.own)

    def find(self, name: str) -> Symbol | None:
        """The symbol that a name means here; ``case.NAME`` skips the items. What is found is noted as read."""
        chain = self.chain
        if name.startswith("case."):
            chain, name = (CASE,), name.removeprefix("case.")
        for scope in reversed(chain):
            symbol = self.vocabulary.symbols.get(scope, {}).get(name)
            if symbol is not None:
                self.reads.add(f"{symbol.scope}.{symbol.name}")
                if symbol.kind is SymbolKind.VALUE:
                    self.reads.add(symbol.name)
                return symbol
        return None

    def failed(self, name: str) -> bool:
        """Whether the name, or the place itself, was reported as wrong, so that what follows from it is not reported again."""
        unsure = {*self.vocabulary.failed, *self.vocabulary.partly}
        return name.removeprefix("case.") in unsure or any(
            scope in unsure or scope == ELSEWHERE for scope in self.chain
        )

    def names(self) -> set[str]:
        """Every name that can be seen from here, save that of the value itself, which it cannot read."""
        return {name for scope in self.chain for name in self.vocabulary.symbols.get(scope, {})} - {self.own or ""}

    def holders(self, name: str) -> list[str]:
        """The collections and groups, in sight or not, whose items have a field of this name."""
        return [scope for scope, symbols in self.vocabulary.symbols.items() if scope != CASE and name in symbols]

    def collection(self, name: str) -> bool:
        """Whether a query from here can go over this collection or group."""
        vocabulary = self.vocabulary
        reachable = name in vocabulary.symbols and (
            vocabulary.parents.get(name) in self.chain
            or any(vocabulary.sources.get(scope) == name for scope in self.chain)
        )
        if reachable:
            self.reads.add(name)
        return reachable

    def collections(self) -> set[str]:
        vocabulary = self.vocabulary
        return {name for name in vocabulary.parents if vocabulary.parents[name] in self.chain} | {
            vocabulary.sources[scope] for scope in self.chain if scope in vocabulary.sources
        }
