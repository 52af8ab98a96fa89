"""What is said: a clause, or the head of a list with what stands under it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

__all__ = ["Said", "lines_of", "one_line"]


@frozen
class Said:
    """A statement.

    Attributes:
        text: a clause without a full stop; where there are parts, the head of their list, without its colon.
        parts: what the list holds.

    """

    text: str
    parts: tuple[Said, ...] = ()

    def after(self, words: str) -> Said:
        """With words before it."""
        return Said(f"{words} {self.text}", self.parts)

    def __str__(self) -> str:
        return "\n".join(lines_of(self))


def lines_of(said: Said, depth: int = 0) -> Iterator[str]:
    """The lines of a statement, its lists indented."""
    mark = "  " * (depth - 1) + "- " if depth else ""
    yield f"{mark}{said.text}" + (":" if said.parts else "")
    for part in said.parts:
        yield from lines_of(part, depth + 1)


def one_line(said: Said) -> str:
    """All of a statement on one line, its lists in square brackets."""
    if not said.parts:
        return said.text
    return f"{said.text}: [{'; '.join(map(one_line, said.parts))}]"
