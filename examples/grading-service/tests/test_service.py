"""What a client of the service is told."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

import hmic_rules as hr
from grading_service import create_app

MAPPA = "/rulesets/mappa-2007/decisions"
INVENTED = {"convicted_or_cautioned": "convicted", "registered_sex_offender": True}
JSON = {"content-type": "application/json"}


def post(client: TestClient, body: Any, path: str = MAPPA) -> Any:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(path, content=content, headers=JSON)


def test_what_is_not_known_is_no_error_and_is_asked_for(client: TestClient) -> None:
    answer = post(client, {"facts": INVENTED})
    assert answer.status_code == 200
    found = {one["name"]: one for one in answer.json()["outcomes"]}
    assert (found["category"]["status"], found["category"]["value"]) == ("decided", "1")
    assert (found["level"]["status"], found["level"]["value"]) == ("undetermined", None)
    waits_for = {(one["kind"], one["name"], one["item"]) for one in answer.json()["missing"]}
    assert ("fact", "needed", "probation service") in waits_for
    first = answer.json()["questions"][0]
    assert first["outcome"] == "level"
    assert all(one["possible"] for one in first["leaves"])
    assert answer.json()["explanations"][0]["text"].startswith("category: 1, the rule category-1 gave it")


def test_every_problem_of_a_body_is_told_at_once_with_its_place(client: TestClient) -> None:
    answer = post(
        client,
        {"facts": {"convicted_or_cautioned": 3, "agencys": {}}, "reading": "loose", "date": "2007-02-30", "on": 1},
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["detail"]) == (422, "5 problems in the body")
    assert [one["place"] for one in problem["problems"]] == [
        "$.on",
        "$.reading",
        "$.date",
        "$.facts.convicted_or_cautioned",
        "$.facts.agencys",
    ]
    assert problem["problems"][-1]["help"] == "did you mean `agencies`?"


def test_facts_cannot_set_what_stands_beside_them(client: TestClient) -> None:
    body = {"facts": {"facts": INVENTED, "parameters": {"caution_counts_for_category_3": True}}}
    answer = post(client, body)
    assert answer.status_code == 422
    assert [one["place"] for one in answer.json()["problems"]] == ["$.facts.facts", "$.facts.parameters"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("[1", "this is not JSON: Expecting ',' delimiter", id="no end"),
        pytest.param(b'{"facts": "\xff"}', "byte 11 is not UTF-8", id="no text"),
        pytest.param('{"facts": {}, "facts": {"a": 1}}', "'facts' stands twice in one object", id="a name twice"),
        pytest.param('{"facts": {"a": NaN}}', "`NaN` is no number of JSON", id="NaN"),
        pytest.param("[" * 60000, "this is nested too deeply", id="nested"),
        pytest.param("1" * 5000, "a number has too many digits", id="a number without end"),
        pytest.param("", "this is not JSON: Expecting value", id="nothing"),
    ],
)
def test_what_is_not_json_is_refused_with_a_reason(client: TestClient, body: str | bytes, says: str) -> None:
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["problem"] == says


@pytest.mark.parametrize("body", ['{"facts": {"\\ud800": 1}}', '{"facts": {}, "case": "\\ud800"}', '{"\\udfff": 1}'])
def test_half_a_character_is_a_problem_of_the_client(client: TestClient, body: str) -> None:
    answer = post(client, body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["place"].startswith("$.")


def test_a_body_is_read_no_further_than_it_may_be_long(client: TestClient) -> None:
    read = 0

    def endless() -> Any:
        nonlocal read
        while read < 1000:
            read += 1
            yield b" " * 65536

    answer = client.post(MAPPA, content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["detail"] == "the body is larger than the 65536 bytes that are taken"


def test_a_small_body_is_not_answered_by_megabytes(client: TestClient) -> None:
    teams = [{"team": f"t{number}"} for number in range(300)]
    answer = post(client, {"facts": {"teams": teams, "returns": []}}, "/rulesets/safer-neighbourhoods-2007/decisions")
    assert answer.status_code == 413
    assert answer.json()["detail"].endswith(" outcomes, and at most 2000 are answered at once")


def test_a_record_is_replayed_only_of_a_case_that_could_have_been_posted(client: TestClient) -> None:
    agencies = {"case": "x" * 100}
    data = json.loads(post(client, {"facts": INVENTED}).json()["record"]["text"])
    answer = post(client, {**data, "inputs": {str(number): agencies for number in range(1000)}}, "/replays")
    assert answer.status_code == 413


def test_a_form_is_no_case(client: TestClient) -> None:
    assert client.post(MAPPA, data={"facts": "{}"}).status_code == 415


def test_an_exact_fraction_stays_exact(client: TestClient) -> None:
    path = "/rulesets/safer-neighbourhoods-2007/decisions"
    row = '{"team": "heron", "month": "2007-01", "hours_on_duty": 100, "hours_abstracted": 0.1, "reason": "court"}'
    answer = post(client, f'{{"facts": {{"teams": [{{"team": "heron"}}], "returns": [{row}]}}}}', path)
    assert answer.status_code == 200
    assert json.loads(answer.json()["record"]["text"])["inputs"]["returns"][0]["hours_abstracted"] == "1/10"


# Records


def test_a_record_bears_the_case_and_the_date_that_were_given_and_replays(client: TestClient) -> None:
    record = post(client, {"facts": INVENTED, "case": "an invented person", "date": "2007-11-01"}).json()["record"]
    data = json.loads(record["text"])
    assert (data["case"], data["date"], data["sha256"]) == ("an invented person", "2007-11-01", record["sha256"])
    replayed = post(client, record["text"].encode(), "/replays").json()
    assert (replayed["verdict"], replayed["differences"]) == ("identical", [])


def test_an_altered_record_is_told_and_what_was_altered_is_named(client: TestClient) -> None:
    text = post(client, {"facts": INVENTED}).json()["record"]["text"]
    altered = text.replace('"value":"1"', '"value":"2"', 1)
    replayed = post(client, altered.encode(), "/replays").json()
    assert replayed["verdict"] == "altered"
    assert {"path": "$.outcomes[0].value", "recorded": '"2"', "now": '"1"'} in replayed["differences"]


def test_a_record_names_no_rules_but_those_that_are_served(client: TestClient) -> None:
    text = hr.load("mappa-2019").decide({}).record().text
    answer = post(client, text, "/replays")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["place"] == "record: $.ruleset.name"
    assert post(client, '{"format": 1}', "/replays").status_code == 422


# What is served


def test_rule_sets_are_listed_with_where_their_cases_go_and_their_schemas(client: TestClient) -> None:
    listed = {one["name"]: one for one in client.get("/rulesets").json()}
    assert listed["mappa-2007"]["decisions"] == {"": MAPPA}
    assert len(listed["hmic-2007"]["decisions"]) == 6
    assert [one["name"] for one in listed["hmic-2007"]["readings"] if one["is_default"]] == ["plain"]
    schema = client.get("/rulesets/hmic-2007/schema", params={"framework": "child-abuse"}).json()
    assert schema == hr.load("hmic-2007").facts_schema("child-abuse")


def test_an_inspection_is_graded_and_explained_as_the_library_does(client: TestClient) -> None:
    inspection = hr.load_inspection("mps-2007")
    grades = client.get("/inspections/mps-2007/grades", params={"reading": "strict"}).json()
    assert grades == json.loads(json.dumps(inspection.grade("strict").to_data()))
    path = "/inspections/mps-2007/frameworks/domestic-violence/explanation"
    explained = client.get(path).json()
    own = inspection.explain("domestic-violence")
    assert explained.pop("text") == str(own.reason)
    assert explained == json.loads(json.dumps(own.to_data()))


FRAMEWORKS = "`neighbourhood-policing`, `performance-management`, `child-abuse`, `domestic-violence`, `public-protection`, `missing-persons`"
SERVED = "known here: `mappa-2007`, `hmic-2007`, `safer-neighbourhoods-2007`"
NO_RULESET = "no rule set is served here that is called"


@pytest.mark.parametrize(
    ("path", "place", "problem", "help"),
    [
        (
            "/rulesets/mapa-2007/schema",
            "/rulesets/mapa-2007",
            f"{NO_RULESET} `mapa-2007`",
            "did you mean `mappa-2007`?",
        ),
        ("/rulesets/zz/decisions", "/rulesets/zz", f"{NO_RULESET} `zz`", SERVED),
        ("/rulesets/zz/frameworks/fraud/decisions", "/rulesets/zz", f"{NO_RULESET} `zz`", SERVED),
        (
            "/rulesets/hmic-2007/frameworks/child-abuze/decisions",
            "/rulesets/hmic-2007/frameworks/child-abuze",
            "`hmic-2007` has no framework `child-abuze`",
            "did you mean `child-abuse`?",
        ),
        (
            "/rulesets/mappa-2007/frameworks/any/decisions",
            "/rulesets/mappa-2007/frameworks/any",
            "`mappa-2007` has no framework `any`",
            "there are none",
        ),
        (
            "/rulesets/hmic-2007/schema?framework=fraud",
            "?framework",
            "`hmic-2007` has no framework `fraud`",
            f"known here: {FRAMEWORKS}",
        ),
        (
            "/inspections/other/grades",
            "/inspections/other",
            "no inspection is served here that is called `other`",
            "known here: `mps-2007`",
        ),
        (
            "/inspections/mps-2007/grades?reading=loose",
            "?reading",
            "`hmic-2007` has no reading `loose`",
            "known here: `strict`, `plain`, `lenient`",
        ),
        (
            "/inspections/mps-2007/frameworks/fraud/explanation",
            "/inspections/mps-2007/frameworks/fraud",
            "`mps-2007` has no framework `fraud`",
            f"known here: {FRAMEWORKS}",
        ),
        ("/elsewhere", "/elsewhere", "nothing is served here", "GET /openapi.json says what is"),
    ],
)
def test_what_is_not_there_is_told_with_its_place_and_what_there_is(
    client: TestClient, path: str, place: str, problem: str, help: str
) -> None:
    answers = [client.get(path), *([post(client, {"facts": {}}, path)] if path.endswith("/decisions") else [])]
    for answer in answers:
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == problem
        assert answer.json()["problems"] == [{"place": place, "problem": problem, "help": help}]


def test_a_case_of_a_rule_set_with_frameworks_is_sent_to_one_of_them(client: TestClient) -> None:
    answer = post(client, {"facts": {}}, "/rulesets/hmic-2007/decisions")
    [problem] = answer.json()["problems"]
    assert (answer.status_code, problem["place"]) == (404, "/rulesets/hmic-2007/decisions")
    assert problem["problem"] == "`hmic-2007` decides under one of its frameworks"
    assert problem["help"].startswith("post to `/rulesets/hmic-2007/frameworks/neighbourhood-policing/decisions`, ")


def test_of_many_names_that_there_are_some_are_told(client: TestClient) -> None:
    [problem] = post(client, {"facts": {"zzzz": 1}}).json()["problems"]
    assert (problem["place"], problem["problem"]) == ("$.facts.zzzz", "`zzzz` is not an input")
    assert problem["help"].startswith("known here: `agencies`, ")
    assert problem["help"].endswith(" and 4 more")


def test_a_name_that_no_text_can_hold_is_not_there_either(client: TestClient) -> None:
    answer = client.get("/rulesets/%ff%00/schema")
    assert answer.status_code == 404
    assert answer.json()["problems"][0]["help"] == SERVED


def test_where_nothing_is_named_all_that_is_installed_is_served() -> None:
    with TestClient(create_app()) as alone:
        listed = [[one["name"] for one in alone.get(path).json()] for path in ("/rulesets", "/inspections")]
    found = hr.installed()
    assert listed == [list(found.rulesets), list(found.inspections)]


def test_another_method_is_refused_with_those_that_are_allowed(client: TestClient) -> None:
    answer = client.get(MAPPA)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_an_error_of_the_service_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(create_app(["dash"], []), raise_server_exceptions=False) as alone:
        monkeypatch.setattr(hr.Decision, "record", lambda *_, **__: 1 / 0)
        answer = post(alone, {"facts": {}}, "/rulesets/dash/decisions")
    assert answer.status_code == 500
    assert answer.json()["title"] == "Something is wrong with the service"
    assert "Zero" not in answer.text


def test_a_service_does_not_start_without_what_it_is_to_serve() -> None:
    with pytest.raises(hr.NotFoundError, match="no rule set is called `mapa-2007`"):
        create_app(["mapa-2007"])


def test_while_a_case_is_computed_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The computing waits until another request was answered; on the event loop it would wait for ever."""
    answered = threading.Event()
    decide = hr.Ruleset.decide

    def slow(*given: Any, **how: Any) -> hr.Decision:
        assert answered.wait(60)
        return decide(*given, **how)

    monkeypatch.setattr(hr.Ruleset, "decide", slow)
    with TestClient(create_app(["dash"], [], threads=2)) as alone:
        found: list[int] = []
        asking = threading.Thread(
            target=lambda: found.append(post(alone, {"facts": {}}, "/rulesets/dash/decisions").status_code)
        )
        asking.start()
        assert alone.get("/rulesets").status_code == 200
        answered.set()
        asking.join(60)
    assert found == [200]
