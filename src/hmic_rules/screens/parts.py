"""What screens are built from: a line that is set in, and how many there are of something."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

__all__ = ["line", "number_of"]


def line(text: str, depth: int = 1) -> RenderableType:
    """A line, set in by two columns for each level of depth."""
    return Padding(Text(text), (0, 0, 0, 2 * depth))


def number_of(count: int, what: str) -> str:
    """How many there are: ``1 row``, ``2,000 rows``. What is counted is given in the singular, and takes an *s*."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
