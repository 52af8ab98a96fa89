"""What callers hand over: names, paths and objects, held to what they have to be before anything is done with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from hmic_rules.errors import Diagnostic, InputError, quoted, text_of

__all__ = [
    "PLAINLY",
    "fails_to_read",
    "file_given",
    "instance_given",
    "items_given",
    "mapping_given",
    "name_given",
    "names_given",
    "path_given",
]

PLAINLY: Final = "give plain mappings, lists and values"

T = TypeVar("T")


def name_given(value: object, place: str) -> str:
    """A name, as plain text.

    Raises:
        InputError: it is no text.

    """
    if isinstance(value, str):
        return str.__str__(value)
    raise InputError([Diagnostic(place, f"{quoted(value)} is not a name", "give a text", "type")])


def names_given(values: object, place: str) -> tuple[str, ...]:
    """Several names.

    Raises:
        InputError: it is no list of texts; a single text is none either.

    """
    return tuple(name_given(one, place) for one in items_given(values, place, "names"))


def items_given(values: object, place: str, what: str) -> tuple[object, ...]:
    """What a list, or anything else that can be iterated over, holds.

    Raises:
        InputError: it is no such thing, or reading it fails.

    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InputError(
            [
                Diagnostic(
                    place,
                    f"{quoted(values)} is not a list of {what}",
                    f"give [{quoted(values)}]" if isinstance(values, str) else None,
                    "type",
                )
            ]
        )
    try:
        return tuple(values)
    except Exception as error:  # noqa: BLE001 - somebody else's object
        raise InputError([Diagnostic(place, fails_to_read(error), "give a plain list", "type")]) from None


def path_given(value: object, place: str) -> str | Path:
    """A name or a path.

    Raises:
        InputError: it is neither a text nor a path.

    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, os.PathLike):
        try:
            return Path(value)
        except Exception as error:  # noqa: BLE001 - somebody else's object
            raise InputError([Diagnostic(place, fails_to_read(error), "give a path", "type")]) from None
    raise InputError(
        [Diagnostic(place, f"{quoted(value)} is neither a name nor a path", "give a text or a `Path`", "type")]
    )


def file_given(value: object, place: str) -> Path:
    """A path that the system can take: without a byte of zero, and in characters that names have.

    Raises:
        InputError: it is none.

    """
    path = Path(path_given(value, place))
    try:
        is_name = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        raise InputError([Diagnostic(place, f"{quoted(str(path))} is no name of a file", None, "io")])
    return path


def mapping_given(value: object, place: str, what: str) -> Mapping[Any, Any]:
    """A mapping, read once, even where it is of a class of somebody's own.

    Raises:
        InputError: it is none, or reading it fails.

    """
    if not isinstance(value, Mapping):
        raise InputError([Diagnostic(place, f"{quoted(value)} is not a mapping from {what}", None, "type")])
    try:
        return value if value.__class__ is dict else dict(value)
    except Exception as error:  # noqa: BLE001 - somebody else's object
        raise InputError([Diagnostic(place, fails_to_read(error), PLAINLY, "type")]) from None


def instance_given(value: object, kind: type[T], place: str, help: str) -> T:
    """An object of one of our own classes.

    Raises:
        InputError: it is something else.

    """
    if isinstance(value, kind):
        return value
    raise InputError([Diagnostic(place, f"{quoted(value)} is not a {kind.__name__}", help, "type")])


def fails_to_read(error: Exception) -> str:
    """What is said of an object of somebody's own that cannot be read."""
    return f"reading it fails: {quoted(f'{type(error).__name__}: {text_of(error)}')}"
