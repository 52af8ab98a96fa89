"""What others call stays as it is, or the change is written down: `public_api.py` says how."""

from __future__ import annotations

import pytest
from public_api import STUB, broken, stub

KEPT = STUB.read_text(encoding="utf-8")


def test_the_public_interface_is_the_one_that_is_written_down():
    now = stub()
    assert broken(KEPT, now) == []
    assert now == KEPT, (
        "the interface has grown: `python tests/quality/public_api.py --write`, and a line in CHANGELOG.md"
    )


def test_an_interface_breaks_nothing_of_itself_and_more_of_it_breaks_nothing():
    more = KEPT.replace("def prove(ruleset: Ruleset)", "def prove(ruleset: Ruleset, *, quick: bool = False)")
    assert more != KEPT
    assert broken(KEPT, KEPT) == broken(KEPT, more) == []


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        pytest.param(
            "def prove(ruleset: Ruleset)",
            "def prove(rules: Ruleset)",
            "prove(ruleset): Parameter was removed",
            id="a parameter has another name",
        ),
        pytest.param(
            "def diff(old: Ruleset, new: Ruleset)",
            "def diff(new: Ruleset, old: Ruleset)",
            "diff(new): Positional parameter was moved",
            id="two change places",
        ),
        pytest.param(
            "def coverage(ruleset: Ruleset)",
            "def coverage(ruleset: Ruleset, engine: str)",
            "coverage(engine): Parameter was added as required",
            id="one more is asked for",
        ),
        pytest.param(
            "engine: EngineName | None = None",
            "engine: EngineName",
            "decide(engine): Parameter is now required",
            id="one has no default any more",
        ),
        pytest.param(
            "def load_series(", "def load_all(", "load_series: Public object was removed", id="a function is gone"
        ),
        pytest.param(
            "    def to_data(self)",
            "    def data(self)",
            "Decision.to_data: Public object was removed",
            id="a method is gone",
        ),
        pytest.param(
            "class InputError(HmicRulesError)",
            "class InputError",
            "InputError: Base class was removed",
            id="an error is caught no more",
        ),
    ],
)
def test_what_would_break_a_caller_is_found(was, becomes, says):
    changed = KEPT.replace(was, becomes)
    assert changed != KEPT
    assert any(says in line for line in broken(KEPT, changed)), broken(KEPT, changed)
