"""What pictures are made of: the frame of an SVG, lines of text in it, numbers, and text that XML can hold."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement

__all__ = ["svg_frame", "svg_number", "svg_text", "xml_text"]

_NOT_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_frame(name: str, title: str, width: int, height: float, style: str) -> Element:
    """A picture with its ground, and with nothing on it yet.

    Args:
        name: the class of the picture, under which its style sheet speaks of it.
        title: what it shows, for whoever does not see it.
        width: in pixels.
        height: in pixels.
        style: its style sheet.

    """
    size = {"width": str(width), "height": svg_number(height)}
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": name,
            **size,
            "viewBox": f"0 0 {width} {svg_number(height)}",
            "role": "img",
            "aria-label": xml_text(title),
        },
    )
    SubElement(svg, "title").text = xml_text(title)
    SubElement(svg, "style").text = style
    SubElement(svg, "rect", {"class": "ground", **size})
    return svg


def svg_text(parent: Element, x: float, y: float, words: str, style: str) -> None:
    """A line of text whose baseline begins at a point, in pixels."""
    SubElement(parent, "text", {"class": style, "x": svg_number(x), "y": svg_number(y)}).text = xml_text(words)


def svg_number(value: float) -> str:
    """Pixels with one decimal place at most, so that the same picture is the same bytes everywhere."""
    return f"{value:.1f}".removesuffix(".0")


def xml_text(text: str) -> str:
    r"""Text that XML can hold and gives back: every other character becomes its escape, such as ``\x07``.

    A carriage return is one of them, since readers of XML turn it into a line feed.
    """
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
