"""What a rule set extends and what it changes there, and where each of its parts comes from."""

from __future__ import annotations

from collections import Counter

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from hmic_rules.editions import time_in_words
from hmic_rules.lineage import change_in_words, extends_in_words, origins
from hmic_rules.rulesets import Ruleset

__all__ = ["lineage_screen"]


def lineage_screen(ruleset: Ruleset) -> RenderableType:
    """The series of a rule set, what it extends, every change on the way, and how many of its parts come from where."""
    parts: list[RenderableType] = []
    if ruleset.series is not None:
        when = time_in_words(ruleset.effective_from, ruleset.effective_to)
        parts.append(Text.assemble(("an edition of ", "bold"), f"{ruleset.series}, {when}"))
    if ruleset.ancestors:
        tree = Tree(Text.assemble(("extends ", "bold"), extends_in_words(ruleset)))
        for one in ruleset.ancestors:
            tree.add(Text(f"fingerprint of {one.name}: {one.fingerprint}"))
        for change in ruleset.changes:
            tree.add(Text(change_in_words(change)))
        counts = Counter((one.ruleset, one.kind) for one in origins(ruleset))
        for name in (ruleset.name, *(one.name for one in ruleset.ancestors)):
            kinds = [
                f"{count} {kind if count == 1 else kind + 's'}" for (of, kind), count in counts.items() if of == name
            ]
            tree.add(Text(f"written in {name}: {', '.join(kinds) or 'nothing'}"))
        parts.append(tree)
    return Group(*parts)
