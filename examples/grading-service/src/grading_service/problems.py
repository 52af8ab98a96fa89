"""What goes wrong, as problem details (RFC 9457): every problem at once, each with its place in the body."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

import hmic_rules as hr
from grading_service.bodies import NotJSONError
from grading_service.served import NotServedError, Served

__all__ = ["MEDIA_TYPE", "Problem", "answers_with", "handle_problems"]

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The body is not JSON",
    404: "There is no such thing here",
    405: "This cannot be done here",
    409: "The rules contradict each other on this case",
    413: "This is more than the service takes at once",
    415: "The body is of another kind",
    422: "The body cannot be accepted",
    500: "Something is wrong with the service",
}


class One(BaseModel):
    """One problem."""

    place: str = Field(
        description="where: `$.facts.name`, as a path into the body; `/rulesets/name` in the path, `?reading` in the query"
    )
    problem: str = Field(description="what is wrong")
    help: str | None = Field(description="what to do: what was probably meant, or what there is")


class Problem(BaseModel):
    """Problem details by RFC 9457; `problems` lists all that is wrong."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[One]


def answers_with(*statuses: int) -> dict[int | str, dict[str, object]]:
    """What a route can answer beside its result, for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}


def _answer(
    status: int, detail: str, problems: Iterable[hr.Diagnostic] = (), headers: Mapping[str, str] | None = None
) -> Response:
    listed = [
        One(place=_plain(str(one.place)), problem=_plain(one.problem), help=one.help and _plain(one.help))
        for one in problems
    ]
    title = TITLES.get(status, "The request was not carried out")
    kind = f"tag:example.org,2026:grading-service/{status}"
    found = Problem(type=kind, title=title, status=status, detail=detail, problems=listed)
    return Response(found.model_dump_json(), status, headers, MEDIA_TYPE)


def _input(request: Request, error: hr.InputError) -> Response:
    count = len(error.diagnostics)
    return _answer(422, f"{count} problem{'s' if count > 1 else ''} in the body", error.diagnostics)


def _not_json(request: Request, error: NotJSONError) -> Response:
    return _answer(400, "the body could not be read", error.problems)


def _not_found(request: Request, error: hr.NotFoundError) -> Response:
    return _answer(404, _plain(str(error)), [hr.Diagnostic(request.scope["path"], str(error))])


def _not_served(request: Request, error: NotServedError) -> Response:
    return _answer(404, _plain(error.problem.problem), [error.problem])


def _conflict(request: Request, error: hr.ConflictError) -> Response:
    return _answer(409, _plain(str(error)))


def _http(request: Request, error: HTTPException) -> Response:
    return _answer(error.status_code, str(error.detail), headers=error.headers)


def _ours(request: Request, error: Exception) -> Response:
    logging.getLogger(__name__).error("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(500, "it was written to the log")


def _plain(text: str) -> str:
    """Text that UTF-8 can say: a path may bring lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode()


def handle_problems(app: FastAPI, served: Served) -> None:
    """Have every error of the library, and every other, answered by problem details."""

    def nowhere(request: Request, _: HTTPException) -> Response:
        return _not_served(request, served.nowhere(request.scope["path"]))

    app.exception_handler(NotServedError)(_not_served)
    app.exception_handler(404)(nowhere)
    app.exception_handler(hr.InputError)(_input)
    app.exception_handler(NotJSONError)(_not_json)
    app.exception_handler(hr.NotFoundError)(_not_found)
    app.exception_handler(hr.ConflictError)(_conflict)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_ours)
