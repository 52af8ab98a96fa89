"""YAML as an editor sees it: the data that a JSON Schema is held to, by the core schema of YAML 1.2."""

from __future__ import annotations

import re
from typing import Any

from hmic_rules.loading.trees import Mapping, Sequence, Tree, read_tree

INTEGER = re.compile(r"[-+]?[0-9]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def instance_of(tree: Tree) -> Any:
    if isinstance(tree, Mapping):
        return {key: instance_of(child) for key, child in tree.entries.items()}
    if isinstance(tree, Sequence):
        return [instance_of(item) for item in tree.items]
    if not tree.plain:
        return tree.text
    if tree.null:
        return None
    if tree.text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return tree.text.casefold() == "true"
    if INTEGER.fullmatch(tree.text):
        return int(tree.text)
    return float(tree.text) if FLOAT.fullmatch(tree.text) else tree.text


def instance(data: bytes | str, file: str = "x.yaml") -> Any:
    tree, problems = read_tree(data.encode() if isinstance(data, str) else data, file)
    assert problems == []
    return instance_of(tree)
