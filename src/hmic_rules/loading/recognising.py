"""Which kind of file a tree looks like, for those who name one where another is wanted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.kinds import Kind, mistaken
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree, read_tree

__all__ = ["looks_like", "refuse_data_of_another_kind", "refuse_other_kinds", "series_of"]

SIGNS: Final = (
    (Kind.INSPECTION, ("inspection",)),
    (Kind.INSPECTION, ("ruleset", "bearings")),
    (Kind.RULESET, ("ruleset",)),
    (Kind.RULESET, ("inputs", "values")),
    (Kind.CASE, ("facts",)),
    (Kind.FRAMEWORK, ("framework", "title")),
    (Kind.FINDINGS, ("section", "findings")),
    (Kind.FIGURES, ("figures", "relations")),
    (Kind.GLOSSARY, ("abbreviations",)),
    (Kind.CASES, ("cases",)),
)


def refuse_other_kinds(tree: Tree, wanted: Kind, names: Collection[str] = ()) -> None:
    """Refuse a file that looks like another kind than the wanted one.

    Args:
        tree: the file.
        wanted: the kind that is wanted.
        names: what may stand in a file of the wanted kind and says nothing about another.

    Raises:
        InputError: one problem, which says what the file looks like and what takes it.

    """
    found = _kind_of(tree, names)
    if found is None or found is wanted:
        return
    problem, help = mistaken(found, wanted)
    raise InputError([Diagnostic(tree.span, f"this looks like {problem}", help, "kind")]) from None


def looks_like(data: bytes, file: str) -> Kind | None:
    """Which kind of file some bytes look like, if any.

    Raises:
        InputError: they cannot be read.

    """
    tree, _ = read_tree(data, file)
    return _kind_of(tree, ())


def series_of(data: bytes, file: str) -> str | None:
    """The series that a rule set says it is an edition of, where its file can be read at all."""
    try:
        tree, _ = read_tree(data, file)
    except InputError:
        return None
    series = tree.entries.get("series") if isinstance(tree, Mapping) else None
    return series.text if isinstance(series, Scalar) else None


def refuse_data_of_another_kind(data: bytes, file: str, wanted: Kind) -> None:
    """The same for the bytes of a file, where it can be read at all."""
    try:
        tree, _ = read_tree(data, file)
    except InputError:
        return
    refuse_other_kinds(tree, wanted)


def _kind_of(tree: Tree, names: Collection[str]) -> Kind | None:
    if isinstance(tree, Sequence):
        cases = [isinstance(item, Mapping) and "facts" in item.entries for item in tree.items]
        return Kind.CASES if cases and all(cases) else None
    if not isinstance(tree, Mapping):
        return None
    known = tree.entries.keys() - set(names)
    return next((kind for kind, signs in SIGNS if known.issuperset(signs)), None)
