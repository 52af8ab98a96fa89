"""A case from a file of its own, in YAML or JSON: a whole case, or its facts alone."""

from __future__ import annotations

from typing import Any

from hmic_rules.kinds import Kind
from hmic_rules.loading.cases import read_cases
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.recognising import refuse_other_kinds
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree, read_tree
from hmic_rules.rulesets import Case, Ruleset

__all__ = ["plain", "read_case_file"]


def read_case_file(data: bytes, file: str, ruleset: Ruleset) -> Case:
    """Read one case.

    Args:
        data: the file's bytes.
        file: how the file is called in messages.
        ruleset: the rule set that is to decide it.

    Raises:
        InputError: the file is not readable, is of another kind, or is no case.

    """
    tree, problems = read_tree(data, file)
    refuse_other_kinds(tree, Kind.CASE, {*ruleset.inputs, *ruleset.collections})
    reader = Reader(problems)
    if isinstance(tree, Mapping) and "facts" in tree.entries:
        title = Scalar(file, plain=False, span=tree.span)
        entries = tree.entries if "case" in tree.entries else {"case": title, **tree.entries}
        keys = tree.keys if "case" in tree.entries else {"case": title, **tree.keys}
        found = list(
            read_cases(reader, Mapping(entries, keys, tree.span), dict(ruleset.frameworks), dict(ruleset.profiles))
        )
        reader.finish()
        return found[0]
    reader.finish()
    return Case(file, tree, None, None, None, None, tree.span)


def plain(tree: Tree | None) -> Any:
    """A tree as plain Python data, each scalar as the text that was written."""
    if isinstance(tree, Mapping):
        return {key: plain(child) for key, child in tree.entries.items()}
    if isinstance(tree, Sequence):
        return [plain(child) for child in tree.items]
    return None if tree is None or tree.null else tree.text
