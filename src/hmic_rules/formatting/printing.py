"""Nodes as text: two spaces for each level, flow collections in one line where they fit, and every comment where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hmic_rules.formatting.nodes import Collection, Entry, Node, Text

__all__ = ["WIDTH", "printed"]

WIDTH: Final = 120
Path = tuple[str | int, ...]
Order = Callable[[Path], tuple[str, ...]]


def printed(root: Node, tail: Sequence[str | None], order: Order) -> str:
    """The text of a file.

    Args:
        root: what it holds.
        tail: the comments behind the last entry.
        order: gives the keys of the mapping at a path in their order.

    """
    printer = _Printer(order)
    if isinstance(root, Collection):
        lines = printer.block(root, 0, ()) if root.entries else [printer.inline(root, ()) or ""]
    else:
        lines = [root.written]
    lines += _comments(tail, 0)
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Printer:
    def __init__(self, order: Order) -> None:
        self.order = order

    def block(self, node: Collection, indent: int, path: Path) -> list[str]:
        """The lines of a collection, each entry in lines of its own."""
        lines: list[str] = []
        for place, entry in enumerate(self.ordered(node, path)):
            key = place if node.is_list else _plain(entry.key)
            before = entry.before if place or not path else entry.before[_blanks(entry.before) :]
            lines += _comments(before, indent)
            lines += self.item(entry, indent, (*path, key)) if node.is_list else self.pair(entry, indent, (*path, key))
            lines += _comments(entry.after, indent)
        return lines

    def ordered(self, node: Collection, path: Path) -> list[Entry]:
        known = () if node.is_list else self.order(path)
        if not known:
            return node.entries
        place = {key: number for number, key in enumerate(known)}
        return sorted(node.entries, key=lambda entry: place.get(_plain(entry.key), len(known)))

    def pair(self, entry: Entry, indent: int, path: Path) -> list[str]:
        key = "" if entry.key is None else _scalar(entry.key)
        return self.valued(entry, f"{' ' * indent}{key}:", indent, path)

    def item(self, entry: Entry, indent: int, path: Path) -> list[str]:
        """An entry of a list; a collection starts in the line of its dash."""
        value, dash = entry.value, f"{' ' * indent}-"
        inline = self.inline(value, path) if not isinstance(value, Text) else None
        if isinstance(value, Text) or not value.entries or self.fits(inline, dash, entry, value):
            return self.valued(entry, dash, indent, path)
        lines = self.block(value, indent + 2, path)
        first = next(place for place, line in enumerate(lines) if line and not line.lstrip().startswith("#"))
        above = [line.strip() for line in lines[:first] if line]
        above += [] if entry.behind is None else [entry.behind]
        return [*_comments(above, indent), f"{dash} {lines[first].lstrip()}", *lines[first + 1 :]]

    def valued(self, entry: Entry, start: str, indent: int, path: Path) -> list[str]:
        """What a line starts with, and the value behind it or below it."""
        value = entry.value
        behind = "" if entry.behind is None else f"  {entry.behind}"
        if isinstance(value, Text):
            first, *more = _lines(value, indent + 2)
            found = [f"{start}{' ' * bool(first)}{first}", *more]
            return [*found[:-1], f"{found[-1]}{behind}"]
        inline = self.inline(value, path)
        if not value.entries or self.fits(inline, start, entry, value):
            return [f"{start} {inline or ('[]' if value.is_list else '{}')}{behind}"]
        return [f"{start}{behind}", *self.block(value, indent + 2, path)]

    def fits(self, inline: str | None, start: str, entry: Entry, value: Collection) -> bool:
        if inline is None or not value.flow:
            return False
        behind = 0 if entry.behind is None else len(entry.behind) + 2
        return len(start) + 1 + len(inline) + behind <= WIDTH or not value.entries

    def inline(self, node: Node, path: Path) -> str | None:
        """The node in one line; ``None`` where a comment or a text of several lines stands in it, or it was written as a block."""
        if isinstance(node, Text):
            return None if "\n" in node.written or node.style in ("|", ">") else _scalar(node)
        if not node.flow and node.entries:
            return None
        parts: list[str] = []
        for place, entry in enumerate(self.ordered(node, path)):
            if entry.behind is not None or entry.after or any(one is not None for one in entry.before):
                return None
            value = self.inline(entry.value, (*path, place if node.is_list else _plain(entry.key)))
            if value is None:
                return None
            parts.append(value if node.is_list else f"{_scalar(entry.key)}: {value}".rstrip() if entry.key else value)
        return f"[{', '.join(parts)}]" if node.is_list else f"{{{', '.join(parts)}}}"


def _plain(key: Text | None) -> str:
    """A key without its quotes."""
    return "" if key is None else key.written.strip("'\"")


def _scalar(node: Text | None) -> str:
    """A scalar in one line; double quotes, where nothing in it has to be escaped."""
    if node is None:
        return ""
    inner = node.written[1:-1]
    if node.style == "'" and not set(inner) & set("\"\\'\n"):
        return f'"{inner}"'
    return node.written


def _lines(node: Text, indent: int) -> list[str]:
    """A scalar of one or several lines, the further ones at an indentation."""
    if "\n" not in node.written:
        return [_scalar(node)]
    first, *rest = node.written.split("\n")
    if node.style not in ("|", ">"):
        return [first.rstrip(), *(" " * indent + line.strip() if line.strip() else "" for line in rest)]
    own = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    return [first, *(" " * indent + line[own:] if line.strip() else "" for line in rest)]


def _blanks(before: list[str | None]) -> int:
    """How many blank lines stand first."""
    return next((place for place, one in enumerate(before) if one is not None), len(before))


def _comments(comments: Sequence[str | None], indent: int) -> list[str]:
    """Lines of comments, with one blank line where several stood."""
    kept = (
        one for place, one in enumerate(comments) if one is not None or place == 0 or comments[place - 1] is not None
    )
    return ["" if one is None else " " * indent + one for one in kept]
