"""The example of a document of one's own is what its page makes, and its citations hold."""

from __future__ import annotations

from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from printed import steps

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "own-document"
PAGE = (ROOT / "docs" / "own-document.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["layout.yaml", "ruleset.yaml"])
def test_the_files_of_the_page_are_those_of_the_example(name: str) -> None:
    (shown,) = [one.text for one in steps(PAGE) if one.name == f"hut/{name}"]
    assert shown == f"# hut/{name}\n{(EXAMPLE / name).read_text(encoding='utf-8')}"


def test_every_citation_of_the_example_holds_and_its_index_is_of_its_text() -> None:
    found = hr.check_document(EXAMPLE / "standards.txt", layout=EXAMPLE)
    assert (found.passed, found.same_document, found.unchecked, found.problems) == (True, True, {}, ())
    assert {one.citing for one in found.verdicts} == {"own-document"}
    assert found.uncited == ("introduction/text/1", "advice/recommendation/1")
    assert check(EXAMPLE).lints == ()


def test_the_example_decides_what_the_standards_say() -> None:
    ruleset = hr.load(EXAMPLE)
    assert ruleset.decide({"last_test_passed": False})["state"].value == "closed"
    assert ruleset.decide({"last_test_passed": True, "missing": 1})["state"].value == "open with care"
    assert ruleset.decide({"last_test_passed": True, "missing": 0})["state"].value == "open"
    assert ruleset.decide({"last_test_passed": True})["state"].status == "undetermined"
