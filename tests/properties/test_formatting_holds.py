"""Whatever the layout of a rule set and wherever comments stand in it: formatted, it says the same, has the same comments, and stays as it is."""

from __future__ import annotations

import json
import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from hmic_rules.formatting.files import formatted
from hmic_rules.formatting.nodes import comments_of
from hmic_rules.loading.trees import Mapping, Scalar, Tree, read_tree
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import as_yaml


def plain(tree: Tree) -> object:
    if isinstance(tree, Scalar):
        return tree.text
    if isinstance(tree, Mapping):
        return {key: plain(child) for key, child in tree.entries.items()}
    return [plain(item) for item in tree.items]


def in_another_layout(written: Written, draw: st.DataObject) -> str:
    """The text of a rule set in lines or in brackets, with comments and blank lines in places where they may stand."""
    if draw.draw(st.booleans()):
        text = json.dumps(written.data, indent=draw.draw(st.sampled_from([1, 2, 3, 4])), default=str)
    else:
        text = as_yaml(written.data)
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        kind = draw.draw(st.sampled_from(["", "", "", "", "above", "behind", "blank"]))
        if kind == "above":
            lines.append(f"{re.match(' *', line)[0]}# above {number}")  # type: ignore[index]
        lines += [""] * (2 if kind == "blank" else 0)
        lines.append(f"{line}   # behind {number}" if kind == "behind" else line)
    return "\n".join(lines) + "\n"


@given(written_rulesets(), st.data())
@settings(max_examples=150)
def test_a_formatted_rule_set_says_the_same_with_the_same_comments_and_stays_as_it_is(
    written: Written, draw: st.DataObject
) -> None:
    text = in_another_layout(written, draw)
    found = formatted(text.encode(), "x")
    assert plain(read_tree(found, "x")[0]) == plain(read_tree(text.encode(), "x")[0])
    assert Counter(comments_of(found.decode())) == Counter(comments_of(text))
    assert formatted(found, "x") == found
    assert all(line == line.rstrip() for line in found.decode().splitlines())
