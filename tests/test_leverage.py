"""The leverage of recommendations: on a small inspection reckoned by hand, on the shipped one, and that a slip of ours would be caught."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from ruamel.yaml import YAML

import hmic_rules as hr
from hmic_rules.leverage import changed, recommendations, regrading, searching
from hmic_rules.leverage.changed import answered_by, put_right, shortfalls
from hmic_rules.leverage.recommendations import leverage_data
from hmic_rules.leverage.regrading import Regrading
from hmic_rules.leverage.searching import smallest_sets
from hmic_rules.leverage.turns import is_lift, turns
from hmic_rules.outcomes import Outcome
from regraded import Regrades, held_to_regrades
from small_inspection import small_inspection, text_of

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def shipped():
    inspection = hr.load_inspection("mps-2007")
    return inspection, inspection.leverage()


def alone(leverage, id, framework, reading):
    [one] = [one for one in leverage.recommendations if one.recommendation == id]
    [effect] = [one for one in one.alone if (one.framework, one.reading) == (framework, reading)]
    return effect


def moves(effect):
    return {one.criterion: f"{one.before} → {one.after}" for one in effect.criteria}


def test_only_what_falls_short_in_an_answered_finding_is_put_right():
    inspection = small_inspection()
    assert [one.id for one in shortfalls(inspection, ["roads-strength-1"])] == ["roads-strength-1.2"]
    changed_ = put_right(inspection, ["roads-strength-1"])
    first, second = changed_.findings["roads-strength-1"].bears
    assert first == inspection.findings["roads-strength-1"].bears[0]
    assert second.facts == {"state": "done", "reach": "all", "weight": "central"}
    assert {id: one for id, one in changed_.findings.items() if id != "roads-strength-1"} == {
        id: one for id, one in inspection.findings.items() if id != "roads-strength-1"
    }


def test_a_fact_that_was_not_coded_fits_no_description_and_is_known_once_put_right():
    inspection = small_inspection()
    [short] = [one for one in shortfalls(inspection, ["roads-improvement-2"]) if one.criterion == "roads-lit"]
    assert "reach" not in short.facts
    assert (
        put_right(inspection, ["roads-improvement-2"]).findings["roads-improvement-2"].bears[0].facts["reach"] == "all"
    )
    written = text_of("findings").replace("state: missing, weight: central", "reach: all, weight: central")
    assert [one.id for one in shortfalls(small_inspection(findings=written), ["roads-improvement-2"])] == [
        "roads-improvement-2.2"
    ]


def test_a_recommendation_that_lifts_nothing_alone_still_shows_the_criteria_that_it_moves():
    effect = alone(small_inspection().leverage(), "mend", "roads", "exacting")
    assert (str(effect.before), str(effect.after), effect.lifts) == ("low", "low", False)
    assert moves(effect) == {"roads-mended": "short → full"}


def test_the_smallest_sets_are_found_where_more_put_right_gives_less():
    leverage = small_inspection().leverage("roads", "exacting")
    [lifting] = leverage.sets
    assert {str(one.outcome): one.sets for one in lifting.reached} == {
        "high": (("mend", "light"),),
        "middle": (("mend", "sweep"),),
    }
    assert str(leverage.together[0].after) == "middle", "all three together give less than two of them"
    assert lifting.complete
    assert lifting.searched == 3


def test_what_a_recommendation_adds_beside_all_others_is_what_is_lost_without_it():
    [one] = small_inspection().leverage("roads", "exacting", "light").recommendations
    assert [moves(effect) for effect in one.beside_others] == [{}], "another recommendation answers the same finding"
    [one] = small_inspection().leverage("roads", "exacting", "mend").recommendations
    [effect] = one.beside_others
    assert (str(effect.before), str(effect.after)) == ("low", "middle")
    assert moves(effect) == {"roads-mended": "short → full", "roads-lit": "half → full"}


def test_a_framework_that_no_recommendation_touches_has_no_effect_of_one_and_no_set():
    leverage = small_inspection().leverage("parks")
    assert all(not one.alone and not one.beside_others and not one.put_right for one in leverage.recommendations)
    assert all(not one.reached and one.recommendations == () and one.complete for one in leverage.sets)


def test_all_sets_are_counted_and_as_many_as_are_asked_for_are_listed():
    many = "\n".join(
        f"  - {{id: mend-{n}, cite: roads/recommendation/{n}, says: x, answers: [roads-improvement-1]}}"
        for n in range(4, 9)
    )
    inspection = small_inspection(findings=text_of("findings").replace("practices:", f"{many}\npractices:"))
    [high] = [one for one in smallest_sets(Regrading(inspection, "roads", "exacting"), 2).reached if one.size == 2][:1]
    assert (high.number, high.sets) == (6, (("mend", "light"), ("light", "mend-4")))


def test_where_there_are_more_sets_than_are_looked_at_it_is_said_up_to_which_size(monkeypatch):
    monkeypatch.setattr(searching, "MOST_SETS", 5)
    lifting = smallest_sets(Regrading(small_inspection(), "roads", "exacting"))
    assert (lifting.searched, lifting.complete, lifting.reached) == (1, False, ())


def outcome(*possible):
    return Outcome("grade", None, "undetermined", None, possible, None, (), None, exact=True)


GAP = "no rule covers this"


@pytest.mark.parametrize(
    ("before", "after", "said", "lift"),
    [
        (["low"], ["middle"], ["the worse end rises", "the better end rises"], True),
        (["low", "middle"], ["middle"], ["the worse end rises"], True),
        (["low"], ["low", "high"], ["the better end rises"], True),
        (["middle"], ["low", "high"], ["the worse end falls", "the better end rises"], False),
        (["high"], ["low"], ["the worse end falls", "the better end falls"], False),
        ([GAP], ["low"], ["a result follows"], True),
        ([GAP], [GAP, "low"], ["a result can follow"], True),
        ([GAP, "low"], ["low"], ["a result follows"], True),
        (["low"], [GAP, "middle"], ["no result may follow", "the worse end rises", "the better end rises"], False),
        (["low"], [GAP], ["no result follows"], False),
        (["low"], ["low"], [], False),
    ],
)
def test_a_lift_is_that_an_end_rises_or_a_result_comes_to_follow_and_nothing_falls(before, after, said, lift):
    value = small_inspection().ruleset.values["grade"]
    found = turns(outcome(*before), outcome(*after), value)
    assert list(found) == said
    assert is_lift(found) is lift


def test_labels_without_a_place_in_the_order_are_no_result():
    value = small_inspection().ruleset.values["standing"]
    assert turns(outcome("open"), outcome("half"), value) == ("a result follows",)
    unordered = evolve(value, better=())
    assert turns(outcome("open"), outcome("half"), unordered) == ()


def test_each_recommendation_and_together_with_all_others_is_one_table_in_the_documentation(shipped):
    _, leverage = shipped
    text = (ROOT / "docs" / "leverage.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| Recommendation ")]
    expected = []
    for one in leverage.recommendations:
        cells = [
            f"{sum(len(e.criteria) for e in one.alone if e.reading == reading)} "
            f"({sum(len(e.criteria) for e in one.beside_others if e.reading == reading)})"
            for reading in leverage.readings
        ]
        lifts = ", ".join(f"{leverage.frameworks[e.framework]} ({e.reading})" for e in one.alone if e.lifts)
        expected.append([one.title, str(len(one.findings)), str(len(one.put_right)), *cells, lifts or "–"])
    assert rows == expected
    together = [line.strip("| ").split(" | ") for line in text.split("## All together")[1].splitlines()]
    found = {row[0]: row[1:] for row in together if len(row) == 4}
    for framework, title in leverage.frameworks.items():
        cells = [one for one in leverage.together if one.framework == framework]
        assert found[title] == [f"{_words(one)}, {len(one.criteria)}" for one in cells]


def _words(effect):
    before, after = (
        "–" if GAP in one.possible else " to ".join(dict.fromkeys((one.possible[0], one.possible[-1])))
        for one in (effect.before, effect.after)
    )
    return before if before == after else f"{before} → {after}"


def test_two_recommendations_alone_each_raise_the_better_end_of_public_protection_and_no_set_lifts_anything_else(
    shipped,
):
    _, leverage = shipped
    found = {(one.framework, one.reading): [two.sets for two in one.reached] for one in leverage.sets if one.reached}
    assert found == {("public-protection", "lenient"): [(("recommendation-8",), ("recommendation-9",))]}
    effect = alone(leverage, "recommendation-8", "public-protection", "lenient")
    assert effect.turns == ("the better end rises",)
    assert effect.after.possible == ("good", "excellent")


def test_how_much_of_what_falls_short_the_recommendations_put_right_is_as_documented(shipped):
    inspection, _ = shipped
    short = shortfalls(inspection, inspection.findings)
    answered = shortfalls(inspection, answered_by(inspection, inspection.recommendations))
    text = (ROOT / "docs" / "leverage.md").read_text(encoding="utf-8")
    assert f"Of {len(short)} bearings that fall short, the recommendations put {len(answered)} right" in text
    assert f"the other {len(short) - len(answered)} stand" in text


def test_the_data_has_the_documented_keys(shipped):
    _, leverage = shipped
    data = json.loads(json.dumps(leverage_data(leverage)))
    documented = (ROOT / "docs" / "leverage.md").read_text(encoding="utf-8")

    def keys(found):
        if isinstance(found, dict):
            yield from found
            for child in found.values():
                yield from keys(child)
        elif isinstance(found, list):
            for child in found:
                yield from keys(child)

    assert [key for key in dict.fromkeys(keys(data)) if f"`{key}`" not in documented] == []
    assert set(data) == {"inspection", "frameworks", "readings", "put_right", "recommendations", "together", "sets"}
    assert set(data["recommendations"][0]) == {
        *("recommendation", "title", "wider", "findings", "put_right", "criteria", "names", "alone", "beside_others")
    }
    assert set(data["together"][0]) == {"framework", "reading", "before", "after", "turns", "lifts", "criteria"}
    assert set(data["sets"][0]) == {
        *("framework", "reading", "before", "recommendations", "searched", "complete", "reached")
    }


def test_the_files_of_the_shipped_inspection_changed_on_disk_give_what_all_together_gives(shipped, tmp_path):
    inspection, leverage = shipped
    yaml = YAML()
    source = ROOT / "rulesets" / "mps-2007"
    for path in source.rglob("*.yaml"):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    answered = answered_by(inspection, inspection.recommendations)
    changed_ = 0
    for path in (tmp_path / "findings").glob("*.yaml"):
        found = yaml.load(path)
        for finding in found["findings"]:
            for bearing in finding["bears"] if finding["id"] in answered else ():
                if (
                    bearing["stage"] != "in place"
                    or bearing["quality"] != "as required"
                    or bearing["extent"] in ("some", "one")
                ):
                    bearing.update({"extent": "everywhere", "stage": "in place", "quality": "as required"})
                    changed_ += 1
        yaml.dump(found, path)
    assert changed_ == len(shortfalls(inspection, answered))
    again = hr.load_inspection(tmp_path)
    for effect in leverage.together:
        decision = again.decide(effect.framework, effect.reading)
        assert decision.bounds == effect.after.possible
        stands = {id: str(one) for id, one in decision.items("status").items()}
        assert stands | {one.criterion: str(one.after) for one in effect.criteria} == stands


def _slips():
    """Slips that an implementation could make, each as what it puts in place of what."""

    def without_shared(inspection, chosen):
        found = [finding for id in chosen for finding in inspection.recommendations[id].answers]
        return frozenset(finding for finding in found if found.count(finding) == 1)

    def the_first_only(inspection, chosen):
        return frozenset(inspection.recommendations[id].answers[0] for id in chosen)

    def without_the_last(inspection, findings):
        return shortfalls(inspection, findings)[:-1]

    def everything_that_bears(inspection, findings):
        wanted = set(findings)
        return tuple(one for finding in inspection.findings.values() if finding.id in wanted for one in finding.bears)

    yield "findings that two recommendations share are forgotten", "answered_by", without_shared
    yield "only the first finding of each is put right", "answered_by", the_first_only
    yield "the last shortfall is left as it was", "shortfalls", without_the_last
    yield "what does not fall short is changed too", "shortfalls", everything_that_bears


SLIPS = tuple(_slips())
STRONG = """
  - id: roads-strength-3
    kind: strength
    cite: roads/strength/3
    says: One lamp is in hand where nobody asked, and is put right only by mistake.
    bears:
      - {criterion: roads-mended, state: done, weight: central}
"""


@pytest.mark.parametrize(("slip", "name", "instead"), SLIPS, ids=[slip for slip, *_ in SLIPS])
def test_a_slip_is_caught_by_the_comparison_with_a_full_regrade(slip, name, instead, monkeypatch):
    text = text_of("findings").replace("recommendations:", f"{STRONG.lstrip(chr(10))}recommendations:")
    inspection = small_inspection(findings=text.replace("roads-strength-1]", "roads-strength-1, roads-strength-3]"))
    held_to_regrades(Regrades(inspection), inspection.leverage())
    for module in (changed, recommendations, regrading, searching):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, instead)
    with pytest.raises(AssertionError):
        held_to_regrades(Regrades(inspection), inspection.leverage())


def test_a_diagram_that_gave_another_result_than_grading_again_would_be_an_error_that_says_so(monkeypatch):
    class Wrong:
        def possible(self, short):
            return ("high",) if len(short) > 3 else ("low",)

    monkeypatch.setattr(searching, "projection_of", lambda *_: Wrong())
    regrading = Regrading(small_inspection(), "roads", "exacting")
    with pytest.raises(hr.HmicRulesError, match="this is a mistake in hmic_rules"):
        smallest_sets(regrading)


def test_an_inspection_that_does_not_say_what_put_right_is_has_no_leverage():
    text = text_of("inspection")
    without = re.sub(r"put_right:\n(  .*\n)+", "", text)
    inspection = small_inspection(inspection=without)
    with pytest.raises(
        hr.InputError, match="does not say what putting a finding right makes of it\n    help: add `put_right"
    ):
        inspection.leverage()


@pytest.mark.parametrize(
    ("what", "asked", "said"),
    [
        ("framework", {"framework": "road"}, "there is no framework `road`: did you mean `roads`"),
        ("reading", {"profile": "exact"}, "there is no reading `exact`"),
        ("recommendation", {"recommendation": "mand"}, "there is no recommendation `mand`: did you mean `mend`"),
    ],
)
def test_a_name_that_is_not_there_is_said(what, asked, said):
    with pytest.raises(hr.NotFoundError, match=said):
        small_inspection().leverage(**asked)


def test_every_problem_of_put_right_is_named_with_its_place():
    text = text_of("inspection")
    wrong = (
        text.replace("state: [begun, missing]", "stat: [begun]")
        .replace("{state: done, reach: some}", "{weight: [asid]}")
        .replace("becomes: {state: done, reach: all}", "becomes: {state: finished}")
        .replace("[improvement]", "[improvment]")
    )
    with pytest.raises(hr.InputError) as caught:
        small_inspection(inspection=wrong)
    said = str(caught.value)
    assert (
        "small/inspection.yaml:11:8: `stat` is no field of a bearing that has labels\n    help: did you mean `state`?"
        in said
    )
    assert (
        "small/inspection.yaml:12:17: `asid` is not one of the labels of this choice\n    help: did you mean `aside`?"
        in said
    )
    assert "small/inspection.yaml:13:20: `finished` is not one of the labels" in said
    assert "no finding is of the kind `improvment`\n    help: did you mean `improvement`?" in said


def test_what_would_still_fall_short_once_put_right_is_an_error():
    text = text_of("inspection").replace("becomes: {state: done, reach: all}", "becomes: {state: begun, reach: all}")
    with pytest.raises(hr.InputError, match="11:7: what was put right would still fall short by this description"):
        small_inspection(inspection=text)


@pytest.mark.parametrize("key", ["says", "basis", "falls_short", "becomes"])
def test_put_right_says_all_of_it(key):
    lines = text_of("inspection").splitlines(keepends=True)
    start = next(place for place, line in enumerate(lines) if line.startswith(f"  {key}:"))
    end = start + 1
    while lines[end].startswith("    "):
        end += 1
    with pytest.raises(hr.InputError, match=f"`put_right` has no `{key}`"):
        small_inspection(inspection="".join(lines[:start] + lines[end:]))


def test_leverage_is_imported_when_it_is_asked_for():
    code = "import sys, hmic_rules as hr; hr.load_inspection('mps-2007'); print('hmic_rules.leverage' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
