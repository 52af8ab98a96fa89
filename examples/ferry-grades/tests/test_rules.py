"""What the board promises of its rules, beyond what the plugin tests of every rule set."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.testing import cases

ORDER = ("laid up", "fair weather only", "passed", "commended")
QUIET = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def lowest_and_highest(decision: hr.Decision) -> tuple[int, int]:
    """Where on the scale the grade can still lie; of a decided one, twice the same."""
    places = [ORDER.index(label) for label in decision["grade"].possible]
    return min(places), max(places)


def test_every_promise_of_the_rules_is_proven(edition: hr.Ruleset) -> None:
    not_proven = [str(one) for one in edition.prove().obligations if one.verdict not in ("proven", "bounded")]
    assert not_proven == []


def test_the_new_edition_is_nowhere_more_lenient(old: hr.Ruleset, new: hr.Ruleset) -> None:
    found = hr.diff(old, new)
    assert found.open == ()
    changes = {(one.before, one.after) for one in found.changed if one.outcome == "grade"}
    assert changes == {
        ("fair weather only", "laid up"),
        ("passed", "fair weather only"),
        ("commended", "fair weather only"),
    }


def test_a_defect_that_is_put_right_never_lowers_the_grade(edition: hr.Ruleset) -> None:
    @QUIET
    @given(facts=cases(edition), data=st.data())
    def held(facts: dict[str, Any], data: st.DataObject) -> None:
        defects = facts.get("defects") or []
        unmended = [place for place, one in enumerate(defects) if one.get("put_right") is False]
        assume(unmended)
        place = data.draw(st.sampled_from(unmended))
        mended = [{**one, "put_right": True} if at == place else one for at, one in enumerate(defects)]
        before = lowest_and_highest(edition.decide({"facts": facts}))
        after = lowest_and_highest(edition.decide({"facts": {**facts, "defects": mended}}))
        assert after[0] >= before[0]
        assert after[1] >= before[1]

    held()


def test_one_lifejacket_more_missing_never_raises_the_grade(edition: hr.Ruleset) -> None:
    @QUIET
    @given(facts=cases(edition), more=st.integers(1, 5))
    def held(facts: dict[str, Any], more: int) -> None:
        missing = facts.get("jackets_missing")
        assume(missing is not None and missing + more <= 1000)
        before = lowest_and_highest(edition.decide({"facts": facts}))
        after = lowest_and_highest(edition.decide({"facts": {**facts, "jackets_missing": missing + more}}))
        assert after[0] <= before[0]
        assert after[1] <= before[1]

    held()


def test_a_fact_that_is_learnt_rules_grades_out_and_brings_none_back(edition: hr.Ruleset) -> None:
    @QUIET
    @given(facts=cases(edition, complete=True), data=st.data())
    def held(facts: dict[str, Any], data: st.DataObject) -> None:
        kept = data.draw(st.sets(st.sampled_from(sorted(facts))))
        known = edition.decide({"facts": facts})["grade"]
        partly = edition.decide({"facts": {name: facts[name] for name in kept}})["grade"]
        assert known.status == "decided"
        assert set(known.possible) <= set(partly.possible)

    held()
