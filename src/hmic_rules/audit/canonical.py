"""Canonical JSON by RFC 8785: one text for one content, its hash, and reading it back."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from hmic_rules.datatypes import shown
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError, quoted
from hmic_rules.possible import Known, Value, is_known

try:
    import rfc8785
except ModuleNotFoundError as error:  # pragma: no cover - the tests run with every extra
    raise HmicRulesError('records are an extra: pip install "hmic-rules[audit]"') from error

__all__ = ["SEAL", "canonical", "parsed", "sealed", "sha256_without_seal", "written", "written_as_found"]

SEAL: Final = "sha256"
MOST: Final = 2**53 - 1  # what every reader of JSON takes for the same whole number


def canonical(found: Any, place: str = "$") -> bytes:
    """The canonical text of plain data.

    Raises:
        InputError: it holds something that canonical JSON cannot say, such as half a character or a whole number beyond 2^53 - 1.

    """
    try:
        return rfc8785.dumps(found)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise InputError([Diagnostic(place, f"canonical JSON cannot hold it: {error}", None, "json")]) from None
    except RecursionError:
        raise InputError([Diagnostic(place, "it is nested too deeply for a record", None, "json")]) from None


def sha256_without_seal(found: Mapping[str, Any]) -> str:
    """SHA-256, in lower-case hexadecimal digits, over the canonical text of an object without its member ``sha256``."""
    return hashlib.sha256(canonical({name: value for name, value in found.items() if name != SEAL})).hexdigest()


def sealed(found: Mapping[str, Any]) -> dict[str, Any]:
    """The object with its hash in it."""
    return {**found, SEAL: sha256_without_seal(found)}


def written(value: Known) -> bool | int | str:
    """A known value in JSON: truth values and whole numbers up to 2^53 - 1 as themselves, all else as it is written in a case."""
    if isinstance(value, bool | str) or (isinstance(value, int) and abs(value) <= MOST):
        return value
    if isinstance(value, Fraction) and value.denominator == 1:
        return written(int(value))
    return shown(value)


def written_as_found(value: Value | None) -> Any:
    """What something was found to be: a known value as it is written, what is not known as ``{"possible": …}``, nothing as ``None``."""
    if value is None or is_known(value):
        return None if value is None else written(value)  # type: ignore[arg-type]
    return {"possible": shown(value)}


def parsed(data: bytes, shown_as: str) -> Any:
    """Plain data from JSON.

    Raises:
        InputError: it is no JSON, or a member stands twice in one object; with the byte where that shows.

    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _unreadable(shown_as, error.start, "it is not text in UTF-8") from None
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _unreadable(shown_as, len(text[: error.pos].encode()), f"it is not JSON: {error.msg}") from None
    except ValueError as error:  # a member that stands twice, a number that is none or has thousands of digits
        raise _unreadable(shown_as, None, str(error)) from None
    except RecursionError:
        raise _unreadable(shown_as, None, "it is nested too deeply") from None


def _unreadable(shown_as: str, offset: int | None, problem: str) -> InputError:
    return InputError([Diagnostic(shown_as if offset is None else f"{shown_as}, byte {offset}", problem, None, "json")])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the member {quoted(twice)} stands twice in one object")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{quoted(name)} is no number")
