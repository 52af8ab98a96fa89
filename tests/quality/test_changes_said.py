"""Every small change of a shipped rule set changes its page, and no two changes make the same one: nothing that matters is left unsaid."""

from __future__ import annotations

from collections import defaultdict

import pytest
from mutants import mutants

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.documentation.pages import Picture
from hmic_rules.documentation.rules import rules
from hmic_rules.documentation.speaking import speaker_of
from hmic_rules.documentation.taking import takes


def told(ruleset: hr.Ruleset) -> str:
    """What the page says of the rules and of what they take, without its pictures."""
    speaker = speaker_of(ruleset)
    blocks = [*takes(speaker), *rules(speaker)]
    return repr([block for block in blocks if not isinstance(block, Picture)])


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_every_small_change_of_a_rule_set_is_said_and_no_two_are_said_alike(name, monkeypatch):
    monkeypatch.setattr("hmic_rules.documentation.rules.picture_of", lambda speaker, value: iter(()))
    ruleset = hr.load(name)
    texts: defaultdict[str, set[str]] = defaultdict(set)
    texts[told(ruleset)].add("as it is")
    for mutant in mutants(ruleset):
        texts[told(mutant.ruleset)].add(mutant.sentence)  # one change can be made in two ways
    assert [sentences for sentences in texts.values() if len(sentences) > 1] == []
    assert len(texts) > 10
