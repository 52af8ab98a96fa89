"""What a notebook shows."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import hmic_rules as hr
from hmic_rules import notebooks

NOTEBOOK = Path(__file__).parents[1] / "examples" / "grading.ipynb"

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


def test_a_rule_set_is_shown_as_what_it_answers_and_takes_with_its_text_escaped(ruleset_from) -> None:
    ruleset = ruleset_from(RULESET)
    shown = ruleset._repr_mimebundle_(include=None, exclude=None)
    assert set(shown) == {"text/plain", "text/markdown", "text/html"}
    assert shown["text/plain"] == repr(ruleset)
    assert "a title with &lt;b&gt;tags&lt;/b&gt; &amp; more" in shown["text/html"]
    assert "<b>" not in shown["text/html"]
    assert 'href="#' not in shown["text/html"]
    assert "\\<b\\>" in shown["text/markdown"]
    assert "held" in shown["text/markdown"]


def test_a_rule_set_is_shown_as_markdown_without_the_packages_for_html(
    ruleset_from, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "find_spec", lambda name: None)
    assert set(ruleset_from(RULESET)._repr_mimebundle_()) == {"text/plain", "text/markdown"}


@pytest.mark.parametrize("package", ["jinja2", "markdown_it"])
def test_a_rule_set_is_shown_as_markdown_where_one_of_the_packages_for_html_is_missing(
    ruleset_from, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert set(ruleset_from(RULESET)._repr_mimebundle_()) == {"text/plain", "text/markdown"}


def test_a_graph_is_shown_as_its_picture() -> None:
    picture = hr.load_inspection("mps-2007").picture("child-abuse")
    shown = picture._repr_mimebundle_(include=None, exclude=None)
    assert shown == {"text/plain": "<GraphPicture of mps-2007, child-abuse>", "image/svg+xml": str(picture)}
    assert str(picture).startswith("<svg ")
    with pytest.raises(hr.NotFoundError, match="there is no framework `child`"):
        hr.load_inspection("mps-2007").picture("child")


# The notebook among the examples


def test_the_notebook_of_the_examples_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_the_notebook_of_the_examples_runs_and_shows_what_its_words_promise() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    done = NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown: dict[str, str] = {}
    for cell in done.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            data = output.get("data", {"text/plain": output.get("text", "")})
            shown[cell.source.splitlines()[-1]] = "\n".join(data.values())
    assert "What it answers" in shown["ruleset"]
    assert "Neighbourhood Policing" in shown["inspection"]
    assert "fair" in shown["print(decision.why())"]
    assert "'poor', 'fair', 'good', 'excellent'" in shown["unknown.bounds"]
    assert "→ met" in shown['print(decision.to_reach("good"))']
    assert "<svg " in shown['inspection.picture("child-abuse")']
    assert "gap: total: review" in shown["    print(obligation)"]
