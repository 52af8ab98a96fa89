"""Boxes that each ask one thing, drawn from left to right as one SVG text that needs nothing else, for light and dark."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from attrs import field, frozen

from hmic_rules.arranging import Slot, least_crossings, near_neighbours
from hmic_rules.svg import svg_frame, svg_number, svg_text, xml_text

__all__ = ["Answer", "Box", "to_svg"]

ROOT: Final = "rules-picture"
WIDTH: Final = 164
BETWEEN: Final = 46
LINE: Final = 14
PAD: Final = 6
GAP: Final = 14
MARGIN: Final = 10
LETTERS: Final = 22
MOST_LINES: Final = 6
SIZE: Final = 11
LIGHT: Final = {"ground": "#ffffff", "ink": "#1b1f24", "line": "#8a939d", "end": "#e3eefc", "rule": "#c4cad1"}
DARK: Final = {"ground": "#14171b", "ink": "#e8eaed", "line": "#7f8893", "end": "#1f3350", "rule": "#454c55"}


@frozen
class Answer:
    """An answer, and the box that it leads to."""

    words: str
    to: str


@frozen
class Box:
    """One thing that is asked with its answers; or, without answers, a result."""

    id: str
    words: str
    answers: tuple[Answer, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The words, broken to the width of a box; what does not fit is cut."""
        found = textwrap.wrap(self.words, LETTERS) or [""]
        return (
            found
            if len(found) <= MOST_LINES
            else [*found[: MOST_LINES - 1], f"{found[MOST_LINES - 1][: LETTERS - 1]}…"]
        )

    @property
    def height(self) -> float:
        """In pixels."""
        return PAD * 2 + LINE * (len(self.lines) + len(self.answers)) + (4 if self.answers else 0)

    def port(self, place: int) -> float:
        """How far below the top of the box an answer stands."""
        return PAD + LINE * (len(self.lines) + place) + 4 + LINE / 2


def to_svg(boxes: Sequence[Box], title: str) -> str:
    """The picture of boxes, of which the first is where one begins."""
    return _Drawing({box.id: box for box in boxes}, boxes[0].id, title).drawn()


@frozen(eq=False)
class _Drawing:
    boxes: Mapping[str, Box]
    first: str
    title: str
    depth: dict[str, int] = field(factory=dict)

    def drawn(self) -> str:
        self.deepen(self.first, 0)
        last = max(self.depth.values()) if self.depth else 0
        for id, box in self.boxes.items():
            if not box.answers:
                self.depth[id] = last
        tops = self.placed(last)
        heights = [tops[id] + (self.boxes[id].height if id in self.boxes else 0) for id in tops]
        high, wide = MARGIN * 2 + max(heights), MARGIN * 2 + (last + 1) * WIDTH + last * BETWEEN
        svg = svg_frame(ROOT, self.title, wide, high, _style())
        for box in self.boxes.values():
            for place, answer in enumerate(box.answers):
                self.edge(svg, tops, box, place, answer)
        for id, box in self.boxes.items():
            self.box(svg, box, MARGIN + self.depth[id] * (WIDTH + BETWEEN), MARGIN + tops[id])
        return tostring(svg, encoding="unicode") + "\n"

    def deepen(self, id: str, depth: int) -> None:
        """The column of each box: the most boxes that can stand before it."""
        if self.depth.get(id, -1) < depth:
            self.depth[id] = depth
            for answer in self.boxes[id].answers:
                self.deepen(answer.to, depth + 1)

    def placed(self, last: int) -> dict[str, float]:
        """The tops of boxes, and of the points at which edges pass through the columns between."""
        columns: list[list[str]] = [[] for _ in range(last + 1)]
        for id in self.boxes:
            columns[self.depth[id]].append(id)
        pairs: dict[tuple[str, str], None] = {}
        for id, box in self.boxes.items():
            for answer in box.answers:
                path = self.path(id, answer.to)
                for point, column in zip(path[1:-1], range(self.depth[id] + 1, last + 1), strict=False):
                    if point not in columns[column]:
                        columns[column].append(point)
                pairs.update(dict.fromkeys(pairwise(path)))
        ordered = least_crossings([[column] for column in columns], list(pairs))
        slots = [[Slot(id, 0, self.room(id)) for id in column] for (column,) in ordered]
        fullest = max(range(len(slots)), key=lambda place: (sum(slot.height for slot in slots[place]), -place))
        return near_neighbours(slots, list(pairs), anchor=fullest)

    def room(self, id: str) -> float:
        """The height of a box, or of a point that an edge goes through, with the gap below."""
        return (self.boxes[id].height if id in self.boxes else 0) + GAP

    def path(self, start: str, end: str) -> list[str]:
        """A box, the points on the way, and the box at the end; ways to one box share their points."""
        between = range(self.depth[start] + 1, self.depth[end])
        return [start, *(f"{end}@{column}" for column in between), end]

    def edge(self, svg: Element, tops: Mapping[str, float], box: Box, place: int, answer: Answer) -> None:
        x = MARGIN + self.depth[box.id] * (WIDTH + BETWEEN) + WIDTH
        y = MARGIN + tops[box.id] + box.port(place)
        words = [f"M{x} {svg_number(y)}"]
        path = self.path(box.id, answer.to)
        for point in path[1:]:
            end = self.boxes.get(point)
            lower = MARGIN + tops[point] + (self.room(point) / 2 if end is None else end.height / 2)
            middle, after = x + BETWEEN / 2, x + BETWEEN
            words.append(
                f"C{svg_number(middle)} {svg_number(y)} {svg_number(middle)} {svg_number(lower)} {after} {svg_number(lower)}"
            )
            x, y = after, lower
            if end is None:
                x += WIDTH
                words.append(f"H{x}")
        SubElement(svg, "path", {"class": "edge", "d": "".join(words)})

    def box(self, svg: Element, box: Box, left: float, top: float) -> None:
        group = SubElement(svg, "g", {"class": "ask" if box.answers else "end"})
        SubElement(group, "title").text = xml_text(box.words)
        frame = {
            "x": svg_number(left),
            "y": svg_number(top),
            "width": str(WIDTH),
            "height": svg_number(box.height),
            "rx": "4",
        }
        SubElement(group, "rect", {"class": "box", **frame})
        for place, words in enumerate(box.lines):
            style = "head" if box.answers else "result"
            svg_text(group, left + PAD, top + PAD + LINE * place + 11, words, style)
        if box.answers:
            y = svg_number(top + PAD + LINE * len(box.lines) + 2)
            SubElement(group, "path", {"class": "rule", "d": f"M{svg_number(left)} {y}h{WIDTH}"})
        for place, answer in enumerate(box.answers):
            words = answer.words if len(answer.words) <= LETTERS else f"{answer.words[: LETTERS - 1]}…"
            svg_text(group, left + WIDTH - PAD, top + box.port(place) + 4, words, "answer")


def _style() -> str:
    return "\n".join(
        [
            f".{ROOT}{{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:{SIZE}px}}",
            f".{ROOT} .head{{font-weight:600}}",
            f".{ROOT} .answer{{text-anchor:end}}",
            f".{ROOT} .edge{{fill:none;stroke-width:1.3}}",
            *_colours(LIGHT),
            "@media (prefers-color-scheme:dark){",
            *_colours(DARK),
            "}",
        ]
    )


def _colours(base: Mapping[str, str]) -> list[str]:
    return [
        f".{ROOT} .ground{{fill:{base['ground']}}}",
        f".{ROOT} text{{fill:{base['ink']}}}",
        f".{ROOT} .box{{fill:{base['ground']};stroke:{base['line']}}}",
        f".{ROOT} .end .box{{fill:{base['end']}}}",
        f".{ROOT} .edge{{stroke:{base['line']}}}",
        f".{ROOT} .rule{{stroke:{base['rule']}}}",
    ]
