"""The facts of worked cases held to what a rule set declares, where the rule set does not load and no case can be decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen

from hmic_rules.conditions import CASE
from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.headers import Header
from hmic_rules.loading.scopes import Vocabulary
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Scalar, Sequence, Tree
from hmic_rules.loading.unread import UNREAD
from hmic_rules.rulesets import Case, Collection, Input

__all__ = ["report_facts"]

STATUSES: Final = ("no rule covers this", "not applicable", "undetermined")


def report_facts(
    reader: Reader,
    cases: Iterable[Case],
    inputs: Mapping[str, Input],
    vocabulary: Vocabulary,
    headers: Mapping[str, Header],
) -> None:
    """Report every fact and expectation of a case that does not fit. Names that were reported before are passed over.

    Args:
        reader: takes the problems.
        cases: the cases.
        inputs: the inputs of the case that could be read.
        vocabulary: every name, its collections among them.
        headers: the values whose type could be read.

    """
    build = _Facts(reader, vocabulary, headers)
    for case in cases:
        top = {name: one for name, one in vocabulary.collections.items() if one.parent is None}
        build.row(case.facts, inputs, top, CASE)
        build.expected(case.expect)


@frozen
class _Facts:
    reader: Reader
    vocabulary: Vocabulary
    headers: Mapping[str, Header]

    def judged(self, scope: str) -> dict[str, Header]:
        return {
            name: one for name, one in self.headers.items() if one.scope == scope and "judged" in one.mapping.entries
        }

    def row(
        self, tree: Tree | None, inputs: Mapping[str, Input], collections: Mapping[str, Collection], scope: str
    ) -> None:
        if not isinstance(tree, TreeMapping):
            return
        judged = self.judged(scope)
        known = [*inputs, *collections, *judged]
        for name, child in tree.entries.items():
            if name in collections:
                for item in _items(child):
                    self.row(item, collections[name].fields, collections[name].inner, name)
            elif name in inputs:
                self.fact(child, inputs[name])
            elif (
                name not in judged
                and not self.vocabulary.unsure(name, scope)
                and not (scope != CASE and name == "name")
            ):
                what = "an input" if scope == CASE else f"a field of {quoted(scope)}"
                problem = f"{quoted(name)} is not {what}"
                self.reader.error(tree.keys[name].span, problem, did_you_mean(name, known), "case")

    def fact(self, tree: Tree, one: Input) -> None:
        if one.type is UNREAD:
            return
        if not isinstance(tree, Scalar):
            kind = "list" if isinstance(tree, Sequence) else "mapping"
            help = f"write one value: {{{one.name}: …}}"
            self.reader.error(tree.span, f"a {kind} is not {one.type.described}", help, "case")
        elif not tree.null:
            self.reader.value(tree, one.type, quoted(one.name), not_applicable=one.may_be_not_applicable)

    def expected(self, tree: Tree | None) -> None:
        if not isinstance(tree, TreeMapping):
            return
        for name, child in tree.entries.items():
            header = self.headers.get(name)
            if header is None and not self.vocabulary.unsure(name):
                help = did_you_mean(name, self.headers)
                self.reader.error(tree.keys[name].span, f"no value is called {quoted(name)}", help, "unknown-name")
            elif header is not None and isinstance(child, Scalar) and child.text not in STATUSES:
                self.reader.value(child, header.type, f"what is expected of {quoted(name)}")


def _items(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Sequence):
        yield from tree.items
    elif isinstance(tree, TreeMapping):
        yield from tree.entries.values()
