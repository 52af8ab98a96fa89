"""Rule sets from memory that extend each other."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from hmic_rules import NotFoundError, Ruleset
from hmic_rules.loading.rulesets import read_ruleset

__all__ = ["Memory", "from_memory"]


@frozen
class Memory:
    """A folder of texts, one of which is a rule set's own file; the others are what it names."""

    texts: Mapping[str, str]
    file: str

    def read(self, file: str) -> bytes:
        if file not in self.texts:
            raise FileNotFoundError(file)
        return self.texts[file].encode()

    def shown_as(self, file: str) -> str:
        return file

    def base(self, name: str) -> Memory:
        file = f"{name}.yaml"
        if file not in self.texts:
            raise NotFoundError(f"there is no {name}")
        return Memory(self.texts, file)


def from_memory(name: str, texts: Mapping[str, str]) -> Ruleset:
    """The rule set of a name, among texts by the names of their files."""
    folder = Memory(texts, f"{name}.yaml")
    return read_ruleset(folder.read, folder.file, folder.shown_as, folder.base)
