"""The service held to its own description, by requests that are drawn from it; and its answers to those of the library."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS

import hmic_rules as hr
from conftest import APP
from hmic_rules.testing import cases


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: Any) -> None:
    """Texts of 100,000 characters are not drawn: a body may not be so long, which is tested by itself."""
    if isinstance(raw_schema, dict):
        if isinstance(raw_schema.get("maxLength"), int) and raw_schema["maxLength"] > 1000:
            del raw_schema["maxLength"]
        for child in raw_schema.values():
            before_load_schema(context, child)
    elif isinstance(raw_schema, list):
        for child in raw_schema:
            before_load_schema(context, child)


# Every value of a schema that can be told apart is sent, some hundreds of requests, except where the schema is large: there requests are drawn at random only.
LARGE = {"include-path": ["/rulesets/mappa-2007/decisions", "/rulesets/hmic-2007/frameworks/child-abuse/decisions"]}
CONFIG = schemathesis.Config.from_dict({"operations": [{**LARGE, "phases": {"coverage": {"enabled": False}}}]})
DESCRIPTION = schemathesis.openapi.from_asgi("/openapi.json", APP, config=CONFIG)
# One framework of six, since they differ in their criteria only.
DRAWN = DESCRIPTION.exclude(path_regex="/frameworks/(?!child-abuse).*/decisions")
SCHEMES = [("mappa-2007", None), ("safer-neighbourhoods-2007", None), ("hmic-2007", "child-abuse")]
JSON = {"content-type": "application/json"}

# Three things are beyond a schema of facts: keys that differ, groups that are expected, rules that conflict. So what fits it may be refused.
NOT_PROMISED = CHECKS.get_by_names(["positive_data_acceptance"])


def path_of(ruleset: str, framework: str | None) -> str:
    under = "" if framework is None else f"/frameworks/{framework}"
    return f"/rulesets/{ruleset}{under}/decisions"


@DRAWN.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_no_drawn_request_is_answered_otherwise_than_the_description_says(case: schemathesis.Case) -> None:
    case.call_and_validate(excluded_checks=NOT_PROMISED)


@pytest.mark.parametrize(("name", "framework"), SCHEMES)
def test_the_answer_is_the_librarys_own_and_its_record_replays(
    client: TestClient, name: str, framework: str | None
) -> None:
    ruleset = hr.load(name)
    path = path_of(name, framework)
    described = DESCRIPTION[path]["POST"]
    readings = st.sampled_from([None, *ruleset.profiles])

    @settings(max_examples=10, deadline=None, derandomize=True, database=None)
    @given(facts=cases(ruleset, framework=framework), reading=readings)
    def held(facts: dict[str, Any], reading: str | None) -> None:
        asked = {"facts": facts, **({} if reading is None else {"reading": reading})}
        answer = client.post(path, content=json.dumps(asked, default=str), headers=JSON)
        try:
            decision = ruleset.decide({"facts": facts}, framework=framework, profile=reading)
        except hr.ConflictError:
            assert answer.status_code == 409
            return
        assert answer.status_code == 200, answer.text
        described.validate_response(answer)
        found = answer.json()
        assert found["outcomes"] == decision.to_data()["outcomes"]
        assert [one["possible"] for one in found["bounds"]] == [
            list(decision.exact(one).possible) for one in decision.case_outcomes
        ]
        assert [one["name"] for one in found["missing"]] == [one.name for one in decision.missing()]
        assert [one["text"] for one in found["explanations"]] == [
            str(decision.why(one.name, one.item)) for one in decision.outcomes
        ]
        assert found["record"]["text"].encode() == decision.record().text
        replayed = client.post("/replays", content=found["record"]["text"].encode(), headers=JSON).json()
        assert (replayed["verdict"], replayed["sha256"]) == ("identical", found["record"]["sha256"])

    held()


@pytest.mark.parametrize(("name", "framework"), SCHEMES)
def test_the_body_of_each_rule_set_is_described_by_the_rule_sets_own_schema(name: str, framework: str | None) -> None:
    described = APP.openapi()
    body = described["paths"][path_of(name, framework)]["post"]["requestBody"]["content"]["application/json"]["schema"]
    facts = described["components"]["schemas"][body["properties"]["facts"]["$ref"].rpartition("/")[2]]
    own = hr.load(name).facts_schema(framework)
    assert facts == {name: one for name, one in own.items() if name != "$schema"}
