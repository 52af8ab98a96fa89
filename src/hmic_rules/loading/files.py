"""The files of a rule set: read with their places, and covered by its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from collections.abc import Mapping as Names
from typing import Any, Final, Protocol, cast

from attrs import field, frozen

from hmic_rules.loading.extending import Written
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.frameworks import framework_file
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree, read_tree
from hmic_rules.rulesets import Ruleset

__all__ = ["FACTS", "Files", "Folder", "Source"]

FACTS: Final = frozenset({"facts", "expect"})
Source = Callable[[str], bytes]


class Folder(Protocol):
    """Where a rule set stands, and what it extends by name or by a path from there."""

    @property
    def file(self) -> str: ...

    def read(self, file: str) -> bytes: ...

    def shown_as(self, file: str) -> str: ...

    def base(self, name: str) -> Folder: ...


@frozen(eq=False)
class Files:
    """The files of one rule set, as they are read; their fingerprint covers all of them, and what the rule set extends."""

    source: Source
    file: str
    shown_as: Callable[[str], str]
    base: Callable[[str], Folder] | None
    under: tuple[str, ...]
    reader: Reader = field(factory=Reader)
    digest: Any = field(factory=hashlib.sha256)
    trees: dict[str, Tree] = field(factory=dict)

    def tree(self, name: str) -> Tree:
        data = self.source(name)
        self.digest.update(len(data).to_bytes(8, "big") + data)
        tree, problems = read_tree(data, self.shown_as(name))
        self.trees[name] = tree
        self.reader.problems.extend(problems)
        self.reader.refuse_nulls(tree, FACTS)
        return tree

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(self.shown_as, self.trees))

    def written(self, ruleset: Ruleset, mapping: Mapping, inherited: Names[str, Mapping]) -> Written:
        """The rule set with its trees, for who extends it."""
        cases = mapping.entries.get("cases")
        listed: list[Tree] = []
        for item in cases.items if isinstance(cases, Sequence) else ():
            found = self.trees[item.text] if isinstance(item, Scalar) else item
            listed += found.items if isinstance(found, Sequence) else [found]
        own = {name: self.trees.get(framework_file(name)) for name in ruleset.frameworks}
        frameworks = {name: cast("Mapping", inherited.get(name) or own[name]) for name in own}
        return Written(ruleset, mapping, cast("tuple[Mapping, ...]", tuple(listed)), frameworks, self.names)
