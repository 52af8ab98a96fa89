"""What a notebook shows."""

from __future__ import annotations

import pytest

import hmic_rules as hr
from hmic_rules import notebooks

RULESET = """
ruleset: shown
edition: "1"
title: a title with <b>tags</b> & more
inputs:
  held: {type: boolean}
values:
  fine: {is: {held: true}, outcome: true}
"""


def test_a_decision_is_shown_as_the_screen_of_the_terminal_with_its_text_escaped(ruleset_from) -> None:
    decision = ruleset_from(RULESET).decide({"held": True})
    shown = decision._repr_mimebundle_(include=None, exclude=None)
    assert set(shown) == {"text/plain", "text/html"}
    assert shown["text/plain"] == repr(decision)
    assert "a title with &lt;b&gt;tags&lt;/b&gt; &amp; more" in shown["text/html"]
    assert "<b>" not in shown["text/html"]
    assert "fine" in shown["text/html"]


def test_an_inspection_is_shown_as_its_grading() -> None:
    inspection = hr.load_inspection("mps-2007")
    shown = inspection._repr_mimebundle_()
    assert shown["text/plain"] == repr(inspection)
    assert shown["text/html"].count("excellent") >= 2
    assert "Neighbourhood" in shown["text/html"]


def test_without_the_packages_of_the_terminal_the_plain_text_is_shown(
    ruleset_from, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "find_spec", lambda name: None)
    decision = ruleset_from(RULESET).decide({"held": True})
    assert decision._repr_mimebundle_() == {"text/plain": repr(decision)}
