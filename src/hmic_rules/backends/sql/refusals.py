"""What cannot be compiled is refused by name, when it is compiled."""

from __future__ import annotations

from typing import NoReturn

from hmic_rules.errors import HmicRulesError

__all__ = ["NotCompiledError", "refuse"]


class NotCompiledError(HmicRulesError):
    """A rule set, or one way to ask it, that has no SQL here; the message names what is in the way."""


def refuse(what: str) -> NoReturn:
    """Say what has no SQL.

    Raises:
        NotCompiledError: always.

    """
    raise NotCompiledError(f"no SQL can be written: {what}")
