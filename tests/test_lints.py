"""Lints: each is found in a smallest rule set and not in its mended twin, and an overlap that is shown is one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.conditions import CASE, Truth
from hmic_rules.errors import Diagnostic
from hmic_rules.linting.disjoint import demands_of
from hmic_rules.linting.lints import lint
from hmic_rules.linting.reachability import overlaps
from hmic_rules.linting.situations import Space
from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.rules import RuleList
from hmic_rules.rulesets import Ruleset

HEAD = 'ruleset: invented\nedition: "1"\ntitle: an invented rule set\n'
UNORDERED = """
inputs:
  a: {type: boolean}
  b: {choice: [low, middle, high]}
values:
  v:
    choice: [x, y, z]
    outcome: true
"""
CRITERIA = """
inputs:
  criteria:
    key: id
    SIZE
    collection:
      id: {type: text}
      standard: {choice: [fair, good]}
      status: {choice: [met, not met]}
      noted: {choice: [seen, unseen], may_be: not applicable}
  a: {type: boolean}
values:
  ready: {is: {some: {of: criteria, among: {standard: fair}, where: {noted: seen}}}}
  v: {outcome: true, is: {any: [IS, {a: true, ready: true, some: {of: criteria, among: {standard: good}, where: {status: met}}}]}}
"""


def loaded(text: str) -> Ruleset:
    return read_ruleset(lambda file: (HEAD + text).encode(), "invented.yaml", str)


def found(text: str, code: str) -> list[Diagnostic]:
    return [one for one in lint(loaded(text)) if one.code == code]


def listed(rules: str, *, choose: str = "first", inputs: str = UNORDERED, otherwise: str = "z") -> str:
    """A rule set with one list; each rule is `ID RESULT CONDITION` on a line."""
    lines = [line.split(maxsplit=2) for line in rules.strip().splitlines()]
    written = "".join(f"      - {{id: {id}, then: {then}, when: {when}, basis: assumed}}\n" for id, then, when in lines)
    last = f"    otherwise: {otherwise}\n" if otherwise else ""
    return f"{inputs}    choose: {choose}\n    rules:\n{written}{last}"


def asked(condition: str, *, size: str = "") -> str:
    return CRITERIA.replace("SIZE", size).replace("IS", condition)


def test_an_overlap_of_two_rules_with_different_results_is_shown_with_an_example():
    (one,) = found(listed("p x {a: true}\nq y {b: high}"), "overlap")
    assert "the rules `p` and `q` of `v`" in one.problem
    assert one.problem.endswith("both hold where `a` is true and `b` is high")
    assert one.place.line == 15


@pytest.mark.parametrize(
    "rules",
    [
        "p x {a: true}\nq y {a: false, b: high}",
        "p x {b: [low, middle]}\nq y {b: high}",
        "p x {a: true}\nq x {b: high}",
        "p x {any: [{a: true}, {b: low}]}\nq y {a: false, not: {b: low}}",
    ],
)
def test_rules_that_exclude_each_other_or_agree_are_no_overlap(rules):
    assert found(listed(rules), "overlap") == []


def test_an_overlap_under_highest_is_none():
    inputs = "\nscales: {s: [x, y, z]}" + UNORDERED.replace("choice: [x, y, z]", "scale: s")
    rules = "p x {a: true}\nq y {b: high}"
    assert found(listed(rules, choose="highest", inputs=inputs), "overlap") == []
    (one,) = found(listed(rules, inputs=inputs), "overlap")
    assert "`highest`" in one.help


def test_rules_of_a_unique_list_that_can_hold_together_are_an_overlap_even_with_one_result():
    (one,) = found(listed("p x {a: true}\nq x {b: high}", choose="unique"), "overlap")
    assert "at most one may" in one.problem


@pytest.mark.parametrize(
    ("type", "rules", "count"),
    [
        ("integer, min: 0", "p x {n: {at_least: 5}}\nq y {n: {at_least: 3}}", 1),
        ("integer, min: 0", "p x {n: {at_least: 5}}\nq y {n: {at_least: 3, below: 5}}", 0),
        ("integer", "p x {n: {above: 4}}\nq y {n: {below: 5}}", 0),
        ("decimal", "p x {n: {above: 4}}\nq y {n: {below: 5}}", 1),
        ("share", "p x {n: {above: 1/2}}\nq y {n: {at_most: 50%}}", 0),
        ("date", "p x {n: {above: 2007-06-01}}\nq y {n: {below: 2007-06-02}}", 0),
        ("date", "p x {n: {at_least: 2007-06-01}}\nq y {n: {below: 2007-06-02}}", 1),
        ("month", "p x {n: {above: 2007-12}}\nq y {n: {below: 2008-01}}", 0),
        ("text", "p x {n: {not: [one, two]}}\nq y {n: [one, two]}", 0),
        ("text", "p x {n: {not: one}}\nq y {n: {not: two}}", 1),
    ],
)
def test_lines_are_cut_at_the_constants_they_are_compared_with(type, rules, count):
    inputs = UNORDERED.replace("a: {type: boolean}", f"n: {{type: {type}}}\n  a: {{type: boolean}}")
    assert len(found(listed(rules, inputs=inputs), "overlap")) == count


def test_two_names_are_one_of_below_the_same_and_above():
    inputs = UNORDERED.replace("a: {type: boolean}", "m: {type: integer}\n  n: {type: integer}")
    apart = "p x {n: {at_least: {value: m}}}\nq y {n: {below: {value: m}}}"
    assert found(listed(apart, inputs=inputs), "overlap") == []
    (one,) = found(listed(apart.replace("below", "at_most"), inputs=inputs), "overlap")
    assert "both hold where `n` is the same as `m`" in one.problem


def test_a_parameter_is_a_name_like_others():
    inputs = "\nparameters: {p: {type: boolean}}" + UNORDERED
    (one,) = found(listed("one x {p: true}\ntwo y {b: high}", inputs=inputs), "overlap")
    assert "`p` is true" in one.problem
    assert found(listed("one x {p: true}\ntwo y {p: false, b: high}", inputs=inputs), "overlap") == []


def test_derived_values_are_followed_to_the_facts_they_come_from():
    inputs = UNORDERED.replace("values:", "values:\n  d: {is: {b: [low, middle]}}")
    assert found(listed("p x {d: true}\nq y {b: high}", inputs=inputs), "overlap") == []
    (one,) = found(listed("p x {d: true}\nq y {b: [middle, high]}", inputs=inputs), "overlap")
    assert "both hold where `b` is middle" in one.problem


QUERIED = """
inputs:
  items:
    key: id
    collection: {id: {type: text}, good: {type: boolean}, kind: {choice: [k, l]}}
  a: {type: boolean}
values:
  v:
    choice: [x, y, z]
    outcome: true
"""


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        ("p x {none: {of: items, where: {good: true}}}\nq y {some: {of: items, where: {good: true}}}", None),
        (
            "p x {every: {of: items, where: {good: true}}}\nq y {some: {of: items, where: {good: true}}}",
            "1 of 1 `items` are as asked (good is true)",
        ),
        (
            "p x {count: {of: items, where: {good: true}, at_least: 3}}\nq y {count: {of: items, where: {good: true}, below: 3}}",
            None,
        ),
        (
            "p x {share: {of: items, where: {good: true}, above: 1/2}}\nq y {every: {of: items, where: {good: true}}}",
            "1 of 1 `items`",
        ),
        (
            "p x {share: {of: items, where: {good: true}, above: 1/2}}\nq y {none: {of: items, where: {good: true}}}",
            None,
        ),
        ("p x {some: {of: items, where: {good: true}}}\nq y {a: true}", "`a` is true"),
        # of two different queries over the same items nothing is guessed
        ("p x {some: {of: items, where: {kind: k}}}\nq y {every: {of: items, where: {kind: l}}}", None),
    ],
)
def test_queries_over_the_same_items_are_tallied_together(rules, shown):
    problems = [one.problem for one in found(listed(rules, inputs=QUERIED), "overlap")]
    assert len(problems) == (shown is not None)
    assert shown is None or shown in problems[0]


@pytest.mark.parametrize(("pairs", "count"), [(4, 1), (20, 0)])
def test_a_contradiction_is_found_where_the_situations_are_few_and_past_the_bound_nothing_is_said(pairs, count):
    """The pair that contradicts itself is asked last, so that the search goes through all the others first."""
    names = "\n".join(f"  m{place}: {{type: boolean}}\n  n{place}: {{type: boolean}}" for place in range(pairs))
    inputs = UNORDERED.replace("  a: {type: boolean}", names)
    either = ", ".join(f"{{any: [{{m{place}: true}}, {{n{place}: true}}]}}" for place in range(pairs))
    condition = f"{{all: [{either}], m{pairs - 1}: false, n{pairs - 1}: false}}"
    assert len(found(listed(f"p x {condition}", inputs=inputs), "dead")) == count


def test_a_rule_that_earlier_ones_always_forestall_is_shadowed():
    rules = "p x {b: [low, middle]}\nq y {b: high, a: true}\nr z {b: high, a: false}\ns x {b: [middle, high]}"
    (one,) = found(listed(rules), "shadowed")
    assert "`s`" in one.problem
    assert found(listed(rules.replace("b: high, a: true", "b: high, a: false")), "shadowed")[0].place.line == 16
    assert found(listed(rules.replace("r z {b: high, a: false}\n", "")), "shadowed") == []


@pytest.mark.parametrize(
    ("dead", "mended"),
    [
        ("{all: [{b: low}, {b: high}]}", "{any: [{b: low}, {b: high}]}"),
        ("{a: true, not: {a: true}}", "{a: true, not: {b: low}}"),
        ("{all: [{b: low}, {not: {b: [low, middle]}}]}", "{all: [{b: high}, {not: {b: [low, middle]}}]}"),
    ],
)
def test_a_condition_that_can_never_hold_is_dead(dead, mended):
    (one,) = found(listed(f"p x {dead}"), "dead")
    assert one.problem == "the rule `p` of `v` can never hold"
    assert found(listed(f"p x {mended}"), "dead") == []


@pytest.mark.parametrize(
    ("always", "mended"),
    [
        ("{b: [low, middle, high]}", "{b: [low, high]}"),
        ("{any: [{a: true}, {not: {a: true}}]}", "{any: [{a: true}, {not: {b: low}}]}"),
    ],
)
def test_a_condition_that_always_holds_is_named(always, mended):
    (one,) = found(listed(f"p x {always}"), "always")
    assert one.problem == "the rule `p` of `v` always holds"
    assert found(listed(f"p x {mended}"), "always") == []


def test_not_applicable_and_unknown_keep_a_condition_from_always_holding():
    inputs = UNORDERED.replace("{choice: [low, middle, high]}", "{choice: [low, middle, high], may_be: not applicable}")
    assert found(listed("p x {b: [low, middle, high]}", inputs=inputs), "always") == []
    share = "{share: {of: items, where: {good: true}, at_least: 0}}"
    assert found(listed(f"p x {share}", inputs=QUERIED), "always") == []
    assert found(listed(f"p x {share.replace('0}', '0, if_none: holds}')}", inputs=QUERIED), "always") != []


def test_a_limit_a_value_and_a_query_that_can_never_hold_are_dead():
    text = """
scales: {s: [x, y]}
inputs:
  n: {type: integer, min: 0}
  items: {key: id, collection: {id: {type: text}, n_of: {type: integer, min: 0}}}
values:
  d: {is: {n: {below: 0}}}
  g:
    scale: s
    outcome: true
    applies: {n: {at_least: 1}}
    choose: first
    rules: [{id: r, then: y, when: {some: {of: items, where: {n_of: {below: 0}}}}, basis: assumed}]
    otherwise: x
    limits: [{id: cap, at_most: x, when: {any: [{n: 0}, {d: true}]}, basis: assumed}]
"""
    assert [one.problem for one in found(text, "dead")] == [
        "`d` can never be true",
        "`where` over `items` can never hold",
        "the limit `cap` of `g` can never be in force",
    ]
    mended = text.replace("below: 0", "below: 2")
    assert found(mended, "dead") == []


@pytest.mark.parametrize(
    ("condition", "size"),
    [
        ("{every: {of: criteria, where: {status: met}}}", ""),
        ("{every: {of: criteria, among: {standard: fair}, where: {status: met}}}", "size: {at_least: 1}"),
        ("{every: {of: criteria, where: {noted: seen}}}", "size: {at_least: 1}"),
        ("{none: {of: criteria, among: {standard: fair}, where: {status: met}}}", "size: {at_least: 1}"),
        (
            "{every: {of: criteria, among: {standard: fair}, where: {status: met}}, some: {of: criteria, among: {standard: good}, where: {status: met}}}",
            "",
        ),
        ("{not: {not: {every: {of: criteria, where: {status: met}}}}}", ""),
    ],
)
def test_every_that_would_hold_over_nothing_is_vacuous(condition, size):
    (one,) = found(asked(condition, size=size), "vacuous")
    assert "`criteria`" in one.problem
    assert one.help is not None


@pytest.mark.parametrize(
    ("condition", "size"),
    [
        ("{every: {of: criteria, where: {status: met}}}", "size: {at_least: 1}"),
        ("{every: {of: criteria, where: {status: met}}, some: {of: criteria, where: {status: met}}}", ""),
        (
            "{every: {of: criteria, among: {standard: fair}, where: {status: met}}, count: {of: criteria, where: {standard: fair}, at_least: 1}}",
            "",
        ),
        ("{every: {of: criteria, among: {standard: fair}, where: {status: met}}, ready: true}", ""),
        (
            "{every: {of: criteria, among: {standard: fair}, where: {status: met}}, share: {of: criteria, among: {standard: fair}, where: {status: met}, above: 1/2}}",
            "",
        ),
        ("{none: {of: criteria, where: {status: met}}}", ""),
        ("{not: {every: {of: criteria, where: {status: met}}}}", ""),
    ],
)
def test_every_beside_something_that_asks_for_one_is_not_vacuous(condition, size):
    assert found(asked(condition, size=size), "vacuous") == []


def test_queries_inside_queries_are_gone_through_too():
    text = """
inputs:
  teams:
    key: id
    size: {at_least: 1}
    collection:
      id: {type: text}
      open: {type: boolean}
      members: {key: id, collection: {id: {type: text}, sick: {type: boolean}}}
values:
  v: {outcome: true, is: {every: {of: teams, where: {any: [{open: false}, {every: {of: members, where: {sick: false}}}]}}}}
  n: {outcome: true, calc: {count: {of: teams, where: {some: {of: members, where: {all: [{sick: true}, {sick: false}]}}}}}}
"""
    (vacuous,) = found(text, "vacuous")
    assert "over `members`" in vacuous.problem
    assert [one.problem for one in found(text, "dead")] == ["`where` over `members` can never hold"]


GROUPED = """
inputs:
  criteria: {key: id, SIZE collection: {id: {type: text}, standard: {choice: [fair, good]}}}
  findings: {key: id, collection: {id: {type: text}, criterion: {type: text}, sound: {type: boolean}}}
values:
  evidence: {group: findings, by: [criterion], expected: {criterion: criteria}, missing: MISSING}
  status: {each: evidence, is: {every: {of: findings, where: {sound: true}}}}
  v: {outcome: true, is: {every: {of: evidence, AMONG where: {status: true}}}}
"""


@pytest.mark.parametrize(
    ("size", "missing", "among", "count"),
    [
        ("size: {at_least: 1},", "unknown", "", 0),
        ("", "unknown", "", 1),
        ("size: {at_least: 1},", "empty", "", 1),
        ("size: {at_least: 1},", "unknown", "among: {standard: fair},", 1),
    ],
)
def test_expected_groups_are_there_and_among_may_still_select_nothing(size, missing, among, count):
    text = GROUPED.replace("SIZE", size).replace("MISSING", missing).replace("AMONG", among)
    assert len(found(text, "vacuous")) == count


def test_not_over_what_may_be_not_applicable_is_named():
    inputs = UNORDERED.replace("[low, middle, high]}", "[low, middle, high], may_be: not applicable}")
    (one,) = found(listed("p x {not: {b: low}}", inputs=inputs), "not-applicable")
    assert one.problem == "`not` over `b` also holds where it is not applicable"
    assert one.help == "write `b: {not: …}`, or add `b: applicable` beside it"
    for mended in ("{b: {not: low}}", "{not: {b: low}, b: applicable}", "{not: {b: not applicable}}"):
        assert found(listed(f"p x {mended}", inputs=inputs), "not-applicable") == []
    assert found(listed("p x {not: {b: low}}"), "not-applicable") == []


def test_what_is_asked_of_items_is_only_asked_where_it_is_applicable():
    assert found(asked("{some: {of: criteria, where: {not: {noted: seen}}}}"), "not-applicable") == []
    assert (
        len(found(asked("{some: {of: criteria, among: {not: {noted: seen}}, where: {status: met}}}"), "not-applicable"))
        == 1
    )


UNREAD = """
scales: {s: [low, high], t: [low, high]}
terms: {most: {above: 1/2, basis: assumed}, few: {below: 1/4, basis: assumed}}
parameters:
  p: {type: boolean, default: true, basis: assumed}
  q: {type: boolean, default: true, basis: assumed}
profiles: {one: {says: a reading, basis: assumed, parameters: {q: false}}}
inputs:
  a: {scale: s}
  b: {type: boolean}
  items: {key: id, collection: {id: {type: text}, good: {type: boolean}, remark: {type: text}}}
  others: {key: id, collection: {id: {type: text}}}
values:
  d: {is: {a: high}}
  v: {outcome: true, is: {p: true, share: {of: items, where: {good: true}, is: most}}}
"""


def test_what_nothing_reads_is_named_each_by_its_kind():
    assert {one.problem for one in found(UNREAD, "unread")} == {
        "nothing reads the scale `t`",
        "nothing reads the term `few`",
        "nothing reads the parameter `q`",
        "nothing reads the input `b`",
        "nothing reads the field `remark` of `items`",
        "nothing reads the collection `others`",
        "nothing reads the value `d`",
    }
    (parameter,) = [one for one in found(UNREAD, "unread") if "`q`" in one.problem]
    assert "the profiles that set it: `one`" in parameter.help


def test_claims_limits_groups_and_expected_ranges_read():
    text = """
scales: {s: [low, high]}
inputs:
  a: {type: boolean}
  cap: {scale: s}
  start: {type: month}
  returns: {key: id, collection: {id: {type: text}, team: {type: text}, month: {type: month}}}
  teams: {key: name, collection: {name: {type: text}}}
values:
  team_month: {group: returns, by: [team, month], expected: {team: teams, month: {from: start, to: 2007-12}}}
  v: {scale: s, judged: true, outcome: true, applies: {some: {of: team_month, where: {month: {above: 2007-06}}}},
    limits: [{id: l, at_most: {value: cap}, basis: assumed}]}
claims: [{id: c, never: {a: true, v: low}}]
"""
    assert found(text, "unread") == []
    assert "nothing reads the input `a`" in found(text.split("claims", maxsplit=1)[0], "unread")[0].problem


def test_an_outcome_without_otherwise_that_leaves_a_gap_is_shown_with_an_example():
    (one,) = found(listed("p x {a: true}\nq y {b: [low, middle], a: false}", otherwise=""), "no-otherwise")
    assert one.problem == "no rule of `v` covers a case where `a` is false and `b` is high"
    assert found(listed("p x {a: true}\nq y {a: false}", otherwise=""), "no-otherwise") == []
    assert found(listed("p x {a: true}"), "no-otherwise") == []


def test_a_parameter_that_some_profile_leaves_unknown_is_named():
    text = """
parameters: {p: {type: boolean}, q: {type: boolean, default: true, basis: assumed}}
profiles:
  one: {says: a reading, basis: assumed, parameters: {p: true}}
  two: {says: another, basis: assumed, parameters: {}}
values:
  v: {outcome: true, is: {p: true, q: true}}
"""
    (one,) = found(text, "unsettled-parameter")
    assert one.problem == "the parameter `p` has no default, and is unknown under `two`"
    assert found(text.replace("parameters: {}", "parameters: {p: false}"), "unsettled-parameter") == []


def test_lints_come_in_the_order_of_their_places():
    places = [(one.place.line, one.place.column) for one in lint(loaded(UNREAD))]
    assert places == sorted(places)
    assert len(places) == len(set(places))


def drawn_condition(draw: random.Random, depth: int = 2) -> str:
    kind = draw.randrange(7 if depth else 4)
    if kind == 0:
        return f"{{{draw.choice(['a', 'c'])}: {draw.choice(['true', 'false'])}}}"
    if kind == 1:
        return f"{{b: [{', '.join(draw.sample(['low', 'middle', 'high'], draw.randint(1, 2)))}]}}"
    if kind == 2:
        return f"{{n: {{{draw.choice(['at_least', 'at_most', 'above', 'below', 'is'])}: {draw.randint(0, 6)}}}}}"
    if kind == 3:
        return f"{{d: {draw.choice(['true', 'false'])}}}"
    parts = [drawn_condition(draw, depth - 1) for _ in range(draw.randint(1, 3))]
    return f"{{not: {parts[0]}}}" if kind == 4 else f"{{{draw.choice(['all', 'any'])}: [{', '.join(parts)}]}}"


def drawn(seed: int) -> Ruleset:
    """A rule set over inputs of the case only, with a derived value between."""
    draw = random.Random(seed)  # noqa: S311 - drawn cases are no secret
    inputs = f"""
inputs:
  a: {{type: boolean}}
  c: {{type: boolean, may_be: not applicable}}
  b: {{choice: [low, middle, high]}}
  n: {{type: integer, min: 0, max: 8}}
values:
  d: {{is: {{any: [{drawn_condition(draw, 0).replace("d:", "a:")}, {{n: {draw.randint(0, 6)}}}]}}}}
  v:
    choice: [x, y, z]
    outcome: true
"""
    rules = "\n".join(f"r{place} {draw.choice('xyz')} {drawn_condition(draw)}" for place in range(draw.randint(2, 5)))
    return loaded(listed(rules, inputs=inputs, otherwise=draw.choice(["", "z"])))


def truths(ruleset: Ruleset, facts: Mapping[str, Any]) -> dict[str, Truth]:
    """Whether each rule of `v` holds, by the decision itself."""
    decision = ruleset.decide(facts)
    body = ruleset.values["v"].body
    assert isinstance(body, RuleList)
    return {rule.id: holds([decision.case]) for rule, holds in zip(body.rules, decision.step("v").rules, strict=True)}


def all_cases() -> list[dict[str, Any]]:
    return [
        {"a": a, "b": b, "c": c, "n": n}
        for a in (True, False)
        for b in ("low", "middle", "high")
        for c in (True, False, "not applicable")
        for n in range(9)
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_shown_overlap_is_one_and_none_is_left_out(seed):
    ruleset = drawn(seed)
    body = ruleset.values["v"].body
    assert isinstance(body, RuleList)
    demands = demands_of(ruleset, (CASE,), tuple(rule.when for rule in body.rules))
    shown = list(overlaps(ruleset, ruleset.values["v"], demands))
    for overlap in shown:
        facts = {key[2]: value for key, value in overlap.situation.items() if key[:2] == ("name", CASE)}
        assert len(facts) == len(overlap.situation)
        held = truths(ruleset, {name: as_fact(value) for name, value in facts.items()})
        assert (held[overlap.earlier.id], held[overlap.later.id]) == (Truth.YES, Truth.YES)
        assert overlap.earlier.then != overlap.later.then
    results = {rule.id: rule.then for rule in ruleset.values["v"].body.rules}
    wanted = set()
    for facts in all_cases():
        held = [id for id, truth in truths(ruleset, facts).items() if truth is Truth.YES]
        wanted |= {
            other for place, other in enumerate(held) if any(results[one] != results[other] for one in held[:place])
        }
    assert {overlap.later.id for overlap in shown} == wanted


def as_fact(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


@pytest.mark.parametrize("seed", range(40))
def test_dead_always_shadowed_and_gaps_agree_with_every_case(seed):
    ruleset = drawn(seed)
    held = [truths(ruleset, facts) for facts in all_cases()]
    ids = list(held[0])
    said = lint(ruleset)

    def named(code: str) -> set[str]:
        return {id for id in ids for one in said if one.code == code and f"the rule `{id}` of `v`" in one.problem}

    dead = {id for id in ids if all(truth[id] is Truth.NO for truth in held)}
    assert named("dead") == dead
    assert named("always") == {id for id in ids if all(truth[id] is Truth.YES for truth in held)}
    assert named("shadowed") == {
        id
        for place, id in enumerate(ids)
        if id not in dead
        and all(truth[id] is Truth.NO or any(truth[one] is Truth.YES for one in ids[:place]) for truth in held)
    }
    has_gap = ruleset.values["v"].body.otherwise is None and any(
        all(truth is Truth.NO for truth in one.values()) for one in held
    )
    assert any(one.code == "no-otherwise" for one in said) == has_gap


@pytest.mark.parametrize("name", ["hmic-2007"])
def test_a_shipped_rule_set_gives_few_lints_and_none_of_what_can_never_hold(name):
    codes = [one.code for one in lint(hr.load(name))]
    assert len(codes) <= 5
    assert {"dead", "always", "shadowed", "vacuous", "unsettled-parameter"}.isdisjoint(codes)


REACH = """
inputs:
  n: {type: integer, min: 0, max: 10}
  free: {type: integer}
  a: {type: boolean}
  b: {choice: [low, middle, high]}
  items: {key: id, collection: {id: {type: text}, m: {type: integer, min: 1}, mark: {choice: [x, y]}}}
values:
  score: {points: [{id: one, worth: 20, when: {a: true}, basis: assumed}, {id: two, worth: 5, when: {b: high}, basis: assumed}]}
  total: {calc: {add: [score, n]}}
  most: {calc: {max: [total, free]}}
  own: {each: items, points: [{id: x, worth: 2, when: {mark: x}, basis: assumed}, {id: y, worth: -1, when: {a: true}, basis: assumed}]}
  number: {calc: {count: {of: items, where: {mark: x}}}}
  sum: {calc: {add: {of: items, field: m}}}
  spread: {calc: {points: {of: items, worth: 3}}}
  v: {outcome: true, choose: first, type: boolean, rules: [{id: r, then: true, when: WHEN, basis: assumed}], otherwise: false}
"""


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("{score: {at_least: 26}}", "`score` is at most 25 in every case, and never `at_least: 26`"),
        ("{total: {above: 35}}", "`total` is at most 35 in every case, and never `above: 35`"),
        ("{total: {at_least: 20, at_most: -1}}", "`total` is at least 0 in every case, and never `at_most: -1`"),
        ("{total: {below: 0}}", "`total` is at least 0 in every case, and never `below: 0`"),
        ("{total: 40}", "`total` is at most 35 in every case, and never `is: 40`"),
        ("{most: {below: -1}}", "`most` is at least 0 in every case, and never `below: -1`"),
        (
            "{any: [{a: true}, {total: {at_least: 40}}]}",
            "`total` is at most 35 in every case, and never `at_least: 40`",
        ),
        ("{number: {below: 0}}", "`number` is at least 0 in every case, and never `below: 0`"),
        (
            "{some: {of: items, where: {own: {at_least: 3}}}}",
            "`own` is at most 2 in every case, and never `at_least: 3`",
        ),
    ],
)
def test_a_bound_that_a_computed_number_never_reaches_is_named_and_nothing_else_is_said_of_its_rule(when, problem):
    said = [one for one in lint(loaded(REACH.replace("WHEN", when))) if one.code in ("out-of-reach", "dead")]
    assert [one.problem for one in said] == [problem]
    assert said[0].place.line > 15


@pytest.mark.parametrize(
    "when",
    [
        "{score: {at_least: 25}}",
        "{total: {at_least: 35}}",
        "{total: {above: 34}}",
        "{total: {at_most: 0}}",
        "{total: {not: 40}}",
        "{most: {above: 1000}}",
        "{number: {at_least: 1000}}",
        "{sum: {above: 1000}}",
        "{spread: {above: 1000}}",
        "{score: {at_least: {value: n}}}",
        "{some: {of: items, where: {own: {at_most: -1}}}}",
    ],
)
def test_a_bound_that_some_case_may_reach_is_not_named(when):
    assert found(REACH.replace("WHEN", when), "out-of-reach") == []


def test_a_judged_number_a_parameter_and_a_word_that_a_profile_sets_can_be_anything():
    text = """
parameters: {extra: {type: integer}}
terms: {many: {at_least: 50, range: [3, 100], basis: assumed}}
profiles: {few: {says: an invented reading, basis: assumed, terms: {many: 3}}}
inputs: {n: {type: integer, min: 0, max: 10}, a: {type: boolean}}
values:
  judged: {type: integer, min: 0, judged: true, limits: [{id: cap, at_most: 5, basis: assumed}]}
  score: {points: [{id: one, worth: 20, when: {a: true}, basis: assumed}]}
  shifted: {calc: {add: [score, extra]}}
  worded: {points: [{id: two, worth: 20, when: {n: many}, basis: assumed}]}
  v: {outcome: true, is: {any: [{judged: {above: 5}}, {shifted: {above: 100}}, {worded: 20}]}}
"""
    assert found(text, "out-of-reach") == []
    settled = "\n".join(line for line in text.splitlines() if not line.startswith("profiles"))
    (one,) = found(settled, "out-of-reach")
    assert one.problem == "`worded` is at most 0 in every case, and never `is: 20`"


def test_a_scale_that_nothing_has_is_named_at_its_own_place():
    (one,) = found(
        "scales:\n  s: [x, y]\n  t: [x, y]\ninputs: {a: {scale: s}}\nvalues: {v: {outcome: true, is: {a: x}}}\n",
        "unread",
    )
    assert one.problem == "nothing reads the scale `t`"
    assert (one.place.line, one.place.column) == (6, 3)


def test_labels_of_a_scale_are_listed_in_its_order_in_what_a_query_asks():
    text = """
scales: {s: [poor, fair, good]}
inputs: {items: {key: id, size: {at_least: 1}, collection: {id: {type: text}, mark: {scale: s}}}}
values: {v: {outcome: true, choose: first, type: boolean, rules: [{id: r, then: true, basis: assumed,
  when: {every: {of: items, where: {mark: [fair, poor]}}}}]}}
"""
    (one,) = found(text, "no-otherwise")
    assert "poor or fair" in one.problem


def test_rules_about_bands_of_one_number_are_held_against_each_other_without_a_search(monkeypatch):
    bands = [
        f"{{id: b{n}, when: {{n: {{at_least: {3 * n}, at_most: {3 * n + 2 + (n == 7)}}}}}, then: {n}, basis: assumed}}"
        for n in range(60)
    ]
    text = f"inputs: {{n: {{type: integer}}}}\nvalues:\n  band:\n    type: integer\n    outcome: true\n    choose: first\n    rules: [{', '.join(bands)}]\n"
    searches = []
    search = Space.search
    monkeypatch.setattr(
        Space, "search", lambda space, *rest, **named: searches.append(space) or search(space, *rest, **named)
    )
    said = {one.code: one.problem for one in lint(loaded(text))}
    assert said == {
        "overlap": "only the order of the rules `b7` and `b8` of `band` decides: both hold where `n` is 24",
        "no-otherwise": "no rule of `band` covers a case where `n` is -1",
    }
    assert len(searches) < 5 * 60  # of 1,770 pairs
