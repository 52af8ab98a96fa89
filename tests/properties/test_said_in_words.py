"""Every rule set that can be written can be said, and what is different is said differently."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import evolve
from hypothesis import event, given

import hmic_rules as hr
from hmic_rules.backends.prose.calculations import calculation_said
from hmic_rules.backends.prose.conditions import condition_said
from hmic_rules.backends.prose.nouns import voice_of
from hmic_rules.documentation.making import Beside, page_of
from hmic_rules.documentation.markdown import to_markdown
from hmic_rules.rules import Calculation
from hmic_rules.structure import conditions_of, nodes, structure_of
from hmic_rules.testing.drawn_rulesets import written_rulesets
from hmic_rules.testing.writing import loaded


def from_quality(name: str) -> ModuleType:
    """The module that makes every small change of a condition, from the tests of worked cases."""
    path = Path(__file__).parents[1] / "quality" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"said_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHANGES = from_quality("changed_conditions").changes


def said(ruleset: hr.Ruleset) -> Iterator[tuple[Any, str, Any]]:
    """Every condition and calculation of the values, with its text and what puts another one in its place into words."""
    for value in ruleset.values.values():
        voice = evolve(voice_of(ruleset), it=value.scope)
        for node in conditions_of(value):
            yield node, str(condition_said(node, voice)), lambda other, voice=voice: str(condition_said(other, voice))
        if isinstance(value.body, Calculation):
            node = value.body.expression
            yield (
                node,
                str(calculation_said(node, voice)),
                lambda other, voice=voice: str(calculation_said(other, voice)),
            )


@given(written_rulesets())
def test_conditions_that_ask_something_else_are_said_differently(written):
    ruleset = loaded(written.data)
    for value in ruleset.values.values():
        voice = evolve(voice_of(ruleset), it=value.scope)
        texts: dict[str, Any] = {}
        for node in conditions_of(value):
            text = str(condition_said(node, voice))
            assert text.strip()
            assert texts.setdefault(text, structure_of(node)) == structure_of(node)


@given(written_rulesets())
def test_one_change_of_a_condition_or_a_calculation_changes_what_is_said(written):
    for node, text, say in said(loaded(written.data)):
        event(type(node).__name__)
        for inner in nodes(node):
            event(f"holds {type(inner).__name__}")
        for change in CHANGES(node):
            assert say(change.node) != text, change.what


@given(written_rulesets())
def test_every_rule_set_has_a_page_that_names_all_of_its_values_and_rules(written):
    ruleset = loaded(written.data)
    text = to_markdown(page_of(ruleset, Beside()), pictures=True)
    assert text == to_markdown(page_of(loaded(written.data), Beside()), pictures=True)
    for value in ruleset.values.values():
        assert f'id="value-{value.name}"' in text
        for rule in getattr(value.body, "rules", ()):
            assert f"**{rule.id}**" in text
        for limit in value.limits:
            assert f"**{limit.id}**" in text
