"""The routes.

What a route computes runs in a thread (its function is no coroutine), so that the event loop goes on taking requests meanwhile; only the reading of
a body, which is bounded, runs on the loop.
"""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import anyio.to_thread
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

import hmic_rules as hr
from grading_service.answers import Answer, Grades, Inspection, InspectionReason, Replay, Ruleset
from grading_service.bodies import bounded, parsed
from grading_service.problems import Problem, answers_with, handle_problems
from grading_service.requests import RECORD, Request, facts_name, facts_of, request_of
from grading_service.served import Scheme, Served

__all__ = ["create_app"]

LIMIT = 64 * 1024
RECORD_LIMIT = 8 * 1024 * 1024
OUTCOMES = 2000  # of one case; a record of more would be many times larger than the case
Named = Annotated[str | None, Query(description="a reading; the default one where none is named")]


def create_app(
    rulesets: Iterable[str] | None = None,
    inspections: Iterable[str] | None = None,
    *,
    limit: int = LIMIT,
    threads: int | None = None,
) -> FastAPI:
    """The service.

    Args:
        rulesets: names or paths of what is served, and nothing else can be asked for; all that are installed where none are named.
        inspections: the same, of inspections.
        limit: how many bytes the body of a case may have.
        threads: how many requests are computed at once; as many as there are processors where nothing is said.

    Raises:
        HmicRulesError: a rule set or an inspection does not load.

    """
    served = Served.load(rulesets, inspections)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads or os.cpu_count() or 1
        yield

    app = FastAPI(title="Grading service", version="1.0", lifespan=lifespan, redoc_url=None)
    handle_problems(app, served)
    _add_rulesets(app, served)
    for scheme in served.schemes:
        _add_decisions(app, scheme, limit)
    _add_replays(app, served, limit)
    _add_inspections(app, served)
    app.openapi = _openapi(app, served)  # type: ignore[method-assign]
    return app


def _json(found: BaseModel) -> Response:
    """Written here, in the thread, and not on the event loop."""
    return Response(found.model_dump_json(), media_type="application/json")


def _add_rulesets(app: FastAPI, served: Served) -> None:
    paths: dict[str, dict[str, str]] = {}
    for scheme in served.schemes:
        paths.setdefault(scheme.ruleset.name, {})[scheme.framework or ""] = scheme.path

    @app.get("/rulesets")
    def list_rulesets() -> list[Ruleset]:
        """The rule sets that are served."""
        return [Ruleset.of(one, paths[name]) for name, one in served.rulesets.items()]

    @app.get("/rulesets/{ruleset}/schema", responses=answers_with(404, 422))
    def schema(ruleset: str, framework: str | None = None) -> dict[str, Any]:
        """The JSON Schema of the facts that a rule set takes."""
        found = served.ruleset(ruleset)
        return found.facts_schema(None if framework is None else served.under(found, framework, "?framework"))


def _add_decisions(app: FastAPI, scheme: Scheme, limit: int) -> None:
    content = {"application/json": {"schema": request_of(scheme)}}

    @app.post(
        scheme.path,
        response_model=Answer,
        responses=answers_with(400, 409, 413, 415, 422),
        operation_id=f"decide by {scheme.called}",
        summary=f"Decide a case by {scheme.called}",
        openapi_extra={"requestBody": {"required": True, "content": content}},
    )
    def decide(body: Annotated[bytes, Depends(bounded(limit))]) -> Response:
        """Facts to outcomes, with bounds, what is missing, the reason and a record. What is left out is unknown."""
        asked, wrong = Request.of(parsed(body), scheme)
        reading = None if wrong else asked.reading
        try:
            # Facts go in as the `facts` of a case: a bare mapping could set a framework, a reading and parameters beside them.
            decision = scheme.ruleset.decide({"facts": asked.facts}, framework=scheme.framework, profile=reading)
        except hr.InputError as error:
            raise hr.InputError([*wrong, *error.diagnostics]) from None
        if wrong:
            raise hr.InputError(wrong)
        count = sum(1 for _ in decision.outcomes)
        if count > OUTCOMES:
            raise HTTPException(413, f"the case has {count} outcomes, and at most {OUTCOMES} are answered at once")
        record = decision.record(case=asked.case, date=asked.date)
        if len(record.text) > RECORD_LIMIT:
            raise HTTPException(413, f"the record of this case is larger than the {RECORD_LIMIT} bytes that are taken")
        return _json(Answer.of(decision, record))


def _add_replays(app: FastAPI, served: Served, limit: int) -> None:
    @app.post(
        "/replays",
        response_model=Replay,
        responses=answers_with(413, 415, 422),
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": RECORD}}}},
    )
    def replay(body: Annotated[bytes, Depends(bounded(RECORD_LIMIT))]) -> Response:
        """A record computed again by the rules that are served, and compared to the byte."""
        record = hr.read_record(body)
        if len(json.dumps(record.data["inputs"], ensure_ascii=False).encode()) > limit:
            raise HTTPException(413, f"the inputs are larger than the {limit} bytes of which a case is decided")
        name = record.data["ruleset"]["name"]
        if name not in served.rulesets:
            place, known = "record: $.ruleset.name", ", ".join(served.rulesets)
            raise hr.InputError([hr.Diagnostic(place, "no rule set of this name is served", f"known here: {known}")])
        return _json(Replay.model_validate(hr.replay(record, ruleset=served.rulesets[name]).to_data()))


def _add_inspections(app: FastAPI, served: Served) -> None:
    @app.get("/inspections")
    def list_inspections() -> list[Inspection]:
        """The inspections that are served."""
        return [
            Inspection(
                name=one.name,
                title=one.title,
                body=one.body,
                ruleset=one.ruleset.name,
                frameworks=list(one.frameworks),
                readings=list(one.ruleset.profiles),
            )
            for one in served.inspections.values()
        ]

    @app.get("/inspections/{inspection}/grades", response_model=Grades, responses=answers_with(404, 422))
    def grades(inspection: str, reading: Named = None) -> Response:
        """Every framework graded under every reading, beside what was published."""
        found = served.inspection(inspection)
        reading = served.reading(found.ruleset, reading)
        return _json(Grades.model_validate(found.grade(reading).to_data()))

    @app.get(
        "/inspections/{inspection}/frameworks/{framework}/explanation",
        response_model=InspectionReason,
        responses=answers_with(404, 422),
    )
    def explanation(inspection: str, framework: str, reading: Named = None) -> Response:
        """Why one framework came out as it did, down to criteria, findings and passages."""
        asked = served.inspection(inspection)
        framework = served.under(asked, framework, f"/inspections/{inspection}/frameworks/{framework}")
        found = asked.explain(framework, served.reading(asked.ruleset, reading))
        return _json(InspectionReason.model_validate({**found.to_data(), "text": str(found.reason)}))


def _openapi(app: FastAPI, served: Served) -> Callable[[], dict[str, Any]]:
    """The description of the service, with the schemas of the facts as the rule sets have them."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0")
            schemas = found["components"]["schemas"]
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs")
            schemas["Problem"] = problem
            schemas |= {facts_name(scheme): facts_of(scheme) for scheme in served.schemes}
            app.openapi_schema = found
        return app.openapi_schema

    return made
