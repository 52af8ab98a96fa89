"""What a rule set takes and gives, for a person who writes a case."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from hmic_rules.vocabularies import Vocabulary

__all__ = ["vocabulary_screen"]

HEADINGS = {
    "facts": "facts of a case",
    "settings": "settings (--set NAME=VALUE, or `parameters` of a case)",
    "readings": "readings (--reading NAME, or `profile` of a case)",
    "frameworks": "frameworks (--framework NAME)",
    "outcomes": "outcomes",
    "departures": "who may judge otherwise than is computed",
}


def vocabulary_screen(found: Vocabulary) -> RenderableType:
    """Every name that a rule set takes and gives, with what may be written there."""
    parts: list[RenderableType] = [
        Text.assemble((found.ruleset, "bold"), f": {found.title}, edition {found.edition}\n")
    ]
    for part in found.parts:
        heading = HEADINGS.get(part.kind) or f"{part.kind} {part.name}, {part.takes}"
        tree = Tree(Text.assemble((heading, "bold"), f": {part.says}" if part.says else ""))
        for entry in part.entries:
            says = f"\n{entry.says}" if entry.says else ""
            tree.add(Text.assemble((entry.name, "bold"), f": {entry.takes}", (says, "dim")))
        parts.append(tree)
    return Group(*parts)
