"""A file formatted, and held to what it was: the same entries, the same comments, and the same again if it is formatted twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hmic_rules.errors import Diagnostic, InputError, Span
from hmic_rules.formatting.nodes import comments_of, read_nodes
from hmic_rules.formatting.orders import order_for
from hmic_rules.formatting.printing import printed
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree, read_tree

__all__ = ["formatted"]


def formatted(data: bytes, file: str) -> bytes:
    """The file in the layout of the project.

    Args:
        data: its bytes.
        file: how it is called in messages.

    Raises:
        InputError: it is not readable, with every problem; or its layout cannot be changed without a change of what it says.

    """
    tree, problems = read_tree(data, file)
    if problems:
        raise InputError(problems)
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    keeps_order = not _is_a_ruleset(tree)
    found = _once(text, keeps_order)
    if not (_says_the_same(tree, found, file) and Counter(comments_of(found)) == Counter(comments_of(text))):
        help = "write texts that keep their last blank lines (`|+`, `>+`), and keys of several lines, in another way"
        raise InputError(
            [Diagnostic(Span(file, 1, 1), "this file cannot be formatted without a change", help, "format")]
        )
    again = _once(found, keeps_order)
    if again != found:
        help = "report this file, which is left as it is"
        raise InputError(
            [Diagnostic(Span(file, 1, 1), "formatted twice, this file comes out otherwise", help, "format")]
        )
    return found.encode()


def _once(text: str, keeps_order: bool) -> str:
    root, tail = read_nodes(text)
    return printed(root, tail, (lambda path: ()) if keeps_order else order_for)


def _is_a_ruleset(tree: Tree) -> bool:
    """Whether the keys of a file have an order: those of a rule set, and of a file of cases."""
    if isinstance(tree, Mapping):
        return "ruleset" in tree.entries and "inspection" not in tree.entries
    return isinstance(tree, Sequence) and all(isinstance(one, Mapping) and "facts" in one.entries for one in tree.items)


def _says_the_same(tree: Tree, text: str, file: str) -> bool:
    try:
        other, problems = read_tree(text.encode(), file)
    except InputError:
        return False
    return not problems and _data(tree) == _data(other)


def _data(tree: Tree) -> Any:
    """What a tree says; the order of keys is no part of it."""
    if isinstance(tree, Scalar):
        return tree.text, tree.plain and tree.null
    if isinstance(tree, Sequence):
        return [_data(one) for one in tree.items]
    return {key: _data(child) for key, child in tree.entries.items()}
