"""Where two pieces of JSON differ: every member by its path, and the first byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from hmic_rules.audit.canonical import canonical

__all__ = ["Difference", "differences", "first_byte", "within"]

SHOWN: Final = 200
ABSENT: Final = object()


@frozen
class Difference:
    """A member that is not the same in both.

    Attributes:
        path: where it stands, such as ``$.outcomes[0].value``.
        recorded: what the record says there, as JSON, cut where it is long; ``None`` where the record has nothing there.
        now: what is computed now; ``None`` where that has nothing there.

    """

    path: str
    recorded: str | None
    now: str | None


def differences(recorded: Any, now: Any, path: str = "$") -> Iterator[Difference]:
    """Every innermost member that differs, by path, in the order of the canonical text."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        for name in sorted({*recorded, *now}, key=lambda name: name.encode("utf-16be")):
            yield from differences(recorded.get(name, ABSENT), now.get(name, ABSENT), path + within(name))
    elif isinstance(recorded, list) and isinstance(now, list):
        for place in range(max(len(recorded), len(now))):
            one, other = (found[place] if place < len(found) else ABSENT for found in (recorded, now))
            yield from differences(one, other, f"{path}[{place}]")
    elif _text(recorded) != _text(now):
        yield Difference(path, _cut(_text(recorded)), _cut(_text(now)))


def within(name: str) -> str:
    """The step of a path into a member."""
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name, ensure_ascii=False)}]"


def first_byte(one: bytes, other: bytes) -> int | None:
    """The offset of the first byte that differs, ``None`` where all are equal."""
    if one == other:
        return None
    pairs = zip(one, other, strict=False)
    return next((place for place, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


def _text(found: Any) -> str | None:
    return None if found is ABSENT else canonical(found).decode()


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHOWN else f"{text[:SHOWN]}…"
