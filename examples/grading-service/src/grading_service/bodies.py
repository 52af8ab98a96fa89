"""Bodies of requests: bounded, JSON and nothing looser, numbers kept as they were written."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, NoReturn

from fastapi import HTTPException, Request

import hmic_rules as hr

__all__ = ["NotJSONError", "bounded", "parsed"]


class NotJSONError(Exception):
    """A body that is not JSON, with every problem that was found in it."""

    def __init__(self, *problems: hr.Diagnostic) -> None:
        super().__init__(problems)
        self.problems = problems


def bounded(limit: int) -> Callable[[Request], Awaitable[bytes]]:
    """What reads the body of a request, and no more than ``limit`` bytes of it, whatever its header says of its length."""

    async def body(request: Request) -> bytes:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise HTTPException(415, "the body has to be sent as application/json")
        read = bytearray()
        async for chunk in request.stream():
            read += chunk
            if len(read) > limit:
                raise HTTPException(413, f"the body is larger than the {limit} bytes that are taken")
        return bytes(read)

    return body


def parsed(body: bytes) -> Any:
    """The JSON of a body.

    Raises:
        NotJSONError: it is not JSON, is nested too deeply, or gives a name twice in one object.

    """
    twice: list[hr.Diagnostic] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            again = sorted({name for name in names if names.count(name) > 1} if len(names) < 1000 else {"a name"})
            twice.extend(hr.Diagnostic("body", f"{name!a} stands twice in one object", "keep one") for name in again)
        return found

    try:
        found = json.loads(body.decode(), object_pairs_hook=members, parse_float=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = f"body:{error.lineno}:{error.colno}"
        raise NotJSONError(hr.Diagnostic(place, f"this is not JSON: {error.msg}")) from None
    except UnicodeDecodeError as error:
        raise NotJSONError(hr.Diagnostic("body", f"byte {error.start} is not UTF-8")) from None
    except RecursionError:
        raise NotJSONError(hr.Diagnostic("body", "this is nested too deeply")) from None
    except ValueError:  # Python reads no whole number of thousands of digits
        raise NotJSONError(hr.Diagnostic("body", "a number has too many digits")) from None
    if twice:
        raise NotJSONError(*twice)
    return found


def _no_number(text: str) -> NoReturn:
    raise NotJSONError(hr.Diagnostic("body", f"`{text}` is no number of JSON"))
