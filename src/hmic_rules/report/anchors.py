"""The ids of the elements of the page, which are also what links name: the same for the same record on every page."""

from __future__ import annotations

import hashlib
import re
from typing import Final

__all__ = ["anchor"]

PLAIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
DIGITS: Final = 10


def anchor(kind: str, *names: str) -> str:
    """The id of a record: its kind and names with dots between, such as ``finding.roads-strength-1``.

    A name that has other characters than small letters, digits and hyphens, or that is long, is written with a part of its hash, so that two names
    never share an id.

    >>> anchor("criterion", "roads", "roads-lit")
    'criterion.roads.roads-lit'
    >>> anchor("finding", "A <b>")
    'finding.a-b_08d4776f63'
    """
    return ".".join([kind, *map(_plain, names)])


def _plain(name: str) -> str:
    if PLAIN.fullmatch(name):
        return name
    words = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:40].strip("-")
    return f"{words}_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:DIGITS]}"
