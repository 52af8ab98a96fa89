"""What could not be read, and was reported: a stand-in that lets the rest be read, and of which nothing else is wrong."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from hmic_rules.datatypes import TextType

__all__ = ["ELSEWHERE", "UNREAD", "UnreadType", "name_meant"]

ELSEWHERE: Final = ""  # the scope of what stands on a collection that could not be read


@frozen
class UnreadType(TextType):
    """The type of what declares none that can be read: anything that is written may be of it, and it compares with everything."""

    @property
    def described(self) -> str:
        return "of a type that could not be read"


UNREAD: Final = UnreadType()


def name_meant(written: str) -> str:
    """The name that rules can use and that is most like what is written, such as ``risk_level`` for ``Risk-Level``."""
    return re.sub(r"[^a-z0-9]+", "_", written.casefold()).strip("_")
