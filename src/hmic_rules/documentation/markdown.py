"""A page as Markdown, for a repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hmic_rules.documentation.pages import (
    Block,
    Heading,
    Item,
    Line,
    Listing,
    Page,
    Paragraph,
    Picture,
    Piece,
    Table,
    Written,
)

__all__ = ["demoted", "picture_file", "to_markdown"]

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#~&])")
_START: Final = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_FENCE: Final = re.compile(r"\s{0,3}(```|~~~)")


def picture_file(page: Page, picture: Picture) -> str:
    """The name of the file of a picture, beside the page."""
    return f"{page.name}.{picture.name}.svg"


def to_markdown(page: Page, *, pictures: bool) -> str:
    """The page.

    Args:
        page: the page.
        pictures: whether its pictures stand in files beside it; else it names them and shows none.

    """
    blocks = ("\n".join(_block(page, block, pictures)) + "\n" for block in page.blocks)
    return "\n".join([f"# {_escaped(page.title)}\n", *blocks])


def _block(page: Page, block: Block, pictures: bool) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f'<a id="{block.anchor}"></a>'
        yield ""
        yield f"{'#' * block.level} {_line(block.line)}"
    elif isinstance(block, Paragraph):
        yield f"{'> ' if block.is_note else ''}{_started(_line(block.line))}"
    elif isinstance(block, Listing):
        for item in block.items:
            yield from _item(item, "")
    elif isinstance(block, Table):
        yield f"*{_escaped(block.title)}*"
        yield ""
        yield f"| {' | '.join(map(_line, block.head))} |"
        yield f"|{'---|' * len(block.head)}"
        for row in block.rows:
            yield f"| {' | '.join(map(_line, row))} |"
    elif isinstance(block, Picture):
        yield (
            f"![{_escaped(block.title)}]({picture_file(page, block)})"
            if pictures
            else f"*{_escaped(block.title)}: written to a file beside the page where the page is one.*"
        )
    else:
        yield demoted(block)


def _item(item: Item, indent: str) -> Iterator[str]:
    to = f'<a id="{item.anchor}"></a>' if item.anchor else ""
    yield f"{indent}- {to}{_started(_line(item.line))}"
    for one in item.items:
        yield from _item(one, f"{indent}  ")


def _line(line: Line) -> str:
    return "".join(map(_piece, line)).strip()


def _piece(piece: Piece) -> str:
    if piece.kind == "code":
        fence = "`" * (max(map(len, re.findall("`+", piece.text)), default=0) + 1)
        pad = " " if "`" in piece.text else ""
        return f"{fence}{pad}{piece.text}{pad}{fence}".replace("|", "\\|")
    text = _escaped(piece.text)
    if piece.kind == "strong":
        body = text.strip()
        return text.replace(body, f"**{body}**", 1) if body else text
    return f"[{text}](#{piece.to})" if piece.kind == "link" else text


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))


def _started(text: str) -> str:
    """A line that does not begin like a list."""
    return _START.sub(
        lambda found: f"{found[1]}\\{found[2]}" if found[2] in "-+" else f"{found[1]}{found[2][:-1]}\\{found[2][-1]}",
        text,
    )


def demoted(written: Written, by: int = 2) -> str:
    """What somebody wrote, with its headings lower by some levels."""
    found = []
    fenced = ""
    for text in written.text.rstrip().splitlines():
        fence = _FENCE.match(text)
        if fence is not None and fenced in ("", fence[1]):
            fenced = "" if fenced else fence[1]
        is_heading = not fenced and re.match(r"#{1,6}\s", text)
        found.append(f"{'#' * by}{text}" if is_heading else text)
    return "\n".join(found)
