"""The graph of an inspection as a picture: one SVG text that needs nothing else, for light and dark.

From left to right stand recommendations, findings by section, criteria by framework, and frameworks. Practices and
passages are left out. Within the columns the order keeps crossings few, and every box stands near what it is joined to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate, takewhile
from math import fsum
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from attrs import field, frozen

from hmic_rules.arranging import Slot, least_crossings, near_neighbours
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.graph import (
    ANSWERS,
    BEARS_ON,
    BELONGS_TO,
    CRITERION,
    FINDING,
    FRAMEWORK,
    RECOMMENDATION,
    WOULD_IMPROVE,
    node_id,
)
from hmic_rules.svg import svg_frame, svg_number, svg_text, xml_text

if TYPE_CHECKING:
    from hmic_rules.graph import Graph

__all__ = ["to_svg"]


@frozen
class _Column:
    """A column of the picture: its place and its boxes, in pixels."""

    kind: str
    heading: str
    left: int
    width: int
    height: int
    gap: int

    @property
    def right(self) -> int:
        return self.left + self.width


COLUMNS: Final = (
    _Column(RECOMMENDATION, "Recommendations", 20, 230, 32, 6),
    _Column(FINDING, "Findings", 350, 370, 14, 1),
    _Column(CRITERION, "Criteria", 880, 220, 14, 1),
    _Column(FRAMEWORK, "Frameworks", 1190, 170, 32, 6),
)
WIDTH: Final = 1380
TOP: Final = 100
HEADING: Final = 20
BETWEEN_GROUPS: Final = 8
EDGES: Final = (ANSWERS, WOULD_IMPROVE, BEARS_ON, BELONGS_TO)

SIZE: Final = 10
SIZES: Final = {"head": 17, "column": 12.5, "group": 11}
"""The sizes of text in pixels: of nearly all, and of headings."""

ROOT: Final = "inspection-graph"
LIGHT: Final = {"ground": "#ffffff", "ink": "#1b1f24", "faint": "#5c6570", "line": "#c4cad1"}
DARK: Final = {"ground": "#14171b", "ink": "#e8eaed", "faint": "#a0a8b2", "line": "#454c55"}
HUES: Final = (
    ("#0072b2", "#56b4e9"),
    ("#c04a00", "#f08a3c"),
    ("#00805c", "#2fc79a"),
    ("#7a7f87", "#9aa1aa"),
    ("#a8487f", "#e08dbb"),
    ("#8a6d00", "#e0c040"),
)
"""The colours of the kinds of findings, in light and in dark; they begin again where there are more kinds."""
STROKES: Final = {
    ANSWERS: ("#7a3db8", "#b98ce6", "1.3", "0.75", None),
    WOULD_IMPROVE: ("#7a3db8", "#b98ce6", "0.9", "0.4", "4 3"),
    BEARS_ON: ("#3f6f8f", "#8fb8d4", "0.9", "0.45", None),
    BELONGS_TO: ("#7a828c", "#7f8893", "0.9", "0.45", None),
}
_SHARES: Final = {0.3: "ijlI'|", 0.36: " .,:;!-/()[]", 0.42: "ftr", 0.85: "w", 1.0: "mMW%@—…"}
"""How wide characters are, as shares of the size of the text, in a wide sans-serif font."""
SHAPES: Final = ("circle", "diamond", "square", "triangle")


def to_svg(graph: Graph, framework: str | None = None) -> str:
    """The picture of an inspection's graph.

    Args:
        graph: an inspection's graph.
        framework: the id of the one framework to show, with its criteria, the findings that bear on them and the
            recommendations that answer those findings or would improve those criteria; all of them where none is named.

    Raises:
        NotFoundError: there is no such framework.

    """
    shown = _shown(graph, framework)
    title = graph.graph["title"]
    if framework is not None:
        title = f"{title}: {graph.nodes[node_id(FRAMEWORK, framework)]['label']}"
    return _Picture(graph, shown, title).drawn()


def _shown(graph: Graph, framework: str | None) -> set[str]:
    kinds = {column.kind for column in COLUMNS}
    if framework is None:
        return {node for node, kind in graph.nodes(data="kind") if kind in kinds}
    root = node_id(FRAMEWORK, framework)
    if root not in graph:
        names = [own["name"] for _, own in graph.nodes(data=True) if own["kind"] == FRAMEWORK]
        help = did_you_mean(framework, names)
        raise NotFoundError(f"there is no framework {quoted(framework)}" + (f": {help}" if help else ""))
    criteria = {start for start, _, kind in graph.in_edges(root, data="kind") if kind == BELONGS_TO}
    touching = {start for start, _, kind in graph.in_edges(criteria, data="kind") if kind in (BEARS_ON, WOULD_IMPROVE)}
    answering = {start for start, _, kind in graph.in_edges(touching, data="kind") if kind == ANSWERS}
    return {root} | criteria | touching | answering


@frozen
class _Box:
    """Where one node stands."""

    column: _Column
    top: float

    @property
    def middle(self) -> float:
        return self.top + self.column.height / 2


@frozen(eq=False)
class _Picture:
    graph: Graph
    shown: set[str]
    title: str
    hues: dict[str, int] = field(factory=dict)
    shapes: dict[str, str] = field(factory=dict)

    def drawn(self) -> str:
        nodes = {node: own for node, own in self.graph.nodes(data=True) if node in self.shown}
        for own in nodes.values():
            if own["kind"] == FINDING:
                self.hues.setdefault(own["finding_kind"], len(self.hues) % len(HUES))
        for name in dict.fromkeys(name for own in nodes.values() for name in _flags(own)):
            self.shapes[name] = SHAPES[len(self.shapes) % len(SHAPES)]
        edges = [
            (start, end, own)
            for start, end, own in self.graph.edges(data=True)
            if start in nodes and end in nodes and own["kind"] in EDGES
        ]
        boxes, headings, height = self.placed(nodes, edges)
        svg = svg_frame(ROOT, self.title, WIDTH, height, _style(len(HUES)))
        _text(svg, COLUMNS[0].left, 30, self.title, "head")
        self.legend(svg)
        for column in COLUMNS:
            _text(svg, column.left, TOP - 12, column.heading, "column")
        for start, end, own in sorted(edges, key=lambda edge: EDGES.index(edge[2]["kind"]), reverse=True):
            self.edge(svg, boxes, start, end, own)
        for node, heading in headings.items():
            _text(svg, boxes[node].column.left, boxes[node].top - 5, heading, "group")
        names = max((_width(own["label"], SIZE) for own in nodes.values() if own["kind"] == FINDING), default=0)
        for node, box in boxes.items():
            self.box(svg, nodes[node], box, min(names, COLUMNS[1].width / 2))
        return tostring(svg, encoding="unicode") + "\n"

    def placed(
        self, nodes: Mapping[str, Mapping[str, Any]], edges: Sequence[tuple[str, str, Any]]
    ) -> tuple[dict[str, _Box], dict[str, str], float]:
        """The box of every node, the headings of groups by their first nodes, and the height of it all."""
        groups: list[dict[str, list[str]]] = []
        for column in COLUMNS:
            groups.append({})
            for node, own in nodes.items():
                if own["kind"] == column.kind:
                    groups[-1].setdefault(self.group(own), []).append(node)
        pairs = [(start, end) for start, end, _ in edges]
        ordered = least_crossings([list(found.values()) for found in groups], pairs)
        slots: list[list[Slot]] = []
        headings: dict[str, str] = {}
        for column, titles, found in zip(COLUMNS, groups, ordered, strict=True):
            slots.append([])
            for title, group in zip(titles, found, strict=True):
                headings |= {group[0]: title} if title else {}
                above = (HEADING if title else 0) + (BETWEEN_GROUPS if slots[-1] else 0)
                slots[-1] += [
                    Slot(node, above if node == group[0] else 0, column.height + column.gap) for node in group
                ]
        tops = near_neighbours(slots, pairs, anchor=1)
        boxes = {
            slot.node: _Box(column, TOP + tops[slot.node])
            for column, found in zip(COLUMNS, slots, strict=True)
            for slot in found
        }
        height = max((box.top + box.column.height for box in boxes.values()), default=TOP) + 20
        return boxes, headings, height

    def group(self, own: Mapping[str, Any]) -> str:
        """The heading that a node stands under, if any: criteria need none where there is one framework."""
        if own["kind"] == FINDING:
            return str(own["section_title"])
        frameworks = [node for node in self.shown if self.graph.nodes[node]["kind"] == FRAMEWORK]
        if own["kind"] == CRITERION and len(frameworks) > 1:
            return str(self.graph.nodes[node_id(FRAMEWORK, own["framework"])]["label"])
        return ""

    def legend(self, svg: Element) -> None:
        across: float = COLUMNS[0].left
        down = 58
        for kind, hue in self.hues.items():
            SubElement(
                svg,
                "rect",
                {"class": f"bar hue-{hue}", "x": str(across), "y": str(down - 9), "width": "10", "height": "10"},
            )
            across = _text(svg, across + 15, down, kind, "key") + 22
        for kind in EDGES:
            path = {"class": f"edge {_slug(kind)} shown", "d": f"M{across} {down - 4}h26"}
            SubElement(svg, "path", path)
            across = _text(svg, across + 31, down, kind, "key") + 22
        for name, shape in self.shapes.items():
            _mark(svg, shape, across + 4, down - 4)
            across = _text(svg, across + 13, down, name, "key") + 22

    def edge(self, svg: Element, boxes: Mapping[str, _Box], start: str, end: str, own: Mapping[str, Any]) -> None:
        left, right = boxes[start], boxes[end]
        x1, x2 = left.column.right, right.column.left
        y1, y2 = svg_number(left.middle), svg_number(right.middle)
        middle = svg_number((x1 + x2) / 2)
        path = SubElement(
            svg,
            "path",
            {"class": f"edge {_slug(own['kind'])}", "d": f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"},
        )
        names = (self.graph.nodes[start]["label"], own["kind"], self.graph.nodes[end]["label"])
        coded = [f"{name}: {value}" for name, value in own.items() if name not in ("kind", "bearing")]
        SubElement(path, "title").text = xml_text("\n".join([" ".join(names), *coded]))

    def box(self, svg: Element, own: Mapping[str, Any], box: _Box, names: float) -> None:
        column = box.column
        finding_kind = own.get("finding_kind")
        hue = "" if finding_kind is None else f" hue-{self.hues[finding_kind]}"
        group = SubElement(svg, "g", {"class": f"node {column.kind}"})
        SubElement(group, "title").text = xml_text(_tooltip(own))
        frame = {
            "x": str(column.left),
            "y": svg_number(box.top),
            "width": str(column.width),
            "height": str(column.height),
        }
        SubElement(group, "rect", {"class": "box", **frame, "rx": "2"})
        inner: float = column.left + 7
        if hue:
            SubElement(group, "rect", {"class": f"tint{hue}", **frame, "rx": "2"})
            SubElement(group, "rect", {"class": f"bar{hue}", **frame, "width": "4"})
            inner += 3
        right = column.right - 7
        for name in reversed(self.shapes):
            if own.get(name) is True and column.kind == CRITERION:
                _mark(group, self.shapes[name], right - 3, box.middle)
                right -= 12
        middle = box.middle
        if column.kind == FINDING:
            _text(group, inner, middle + 3.5, own["label"], "name", names)
            inner += names + 6
            _text(group, inner, middle + 3.5, own["says"], "hint", right - inner)
        elif column.kind == RECOMMENDATION:
            _text(group, inner, middle - 3, own["label"], "name", right - inner)
            _text(group, inner, middle + 10, own["says"], "hint", right - inner)
        else:
            _text(group, inner, middle + 3.5, own["label"], "name", right - inner)


def _flags(own: Mapping[str, Any]) -> list[str]:
    """What is marked on a criterion: the truth values among its fields."""
    return [name for name, value in own.items() if own["kind"] == CRITERION and isinstance(value, bool)]


def _tooltip(own: Mapping[str, Any]) -> str:
    hidden = {"kind", "name", "label", "says", "section", "framework"}
    rest = [f"{name}: {_plain(value)}" for name, value in own.items() if name not in hidden]
    return "\n".join(filter(None, [own["label"], own.get("says"), *rest]))


def _plain(value: str | int | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _text(parent: Element, x: float, y: float, text: str, style: str, room: float | None = None) -> float:
    """One line of text, cut where the room ends; where it ends, by estimate."""
    size = SIZES.get(style, SIZE)
    line = xml_text(" ".join(text.split()))
    if room is not None and _width(line, size) > room:
        ends = accumulate(size * _share(character) for character in "…" + line)
        line = line[: sum(1 for end in takewhile(lambda end: end <= room, ends)) - 1].rstrip() + "…"
    svg_text(parent, x, y, line, style)
    return x + _width(line, size)


def _width(text: str, size: float) -> float:
    """How wide a text is, on the wide side: no font is at hand to measure it."""
    return size * fsum(_share(character) for character in text)


def _share(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    for width, characters in _SHARES.items():
        if character in characters:
            return width
    return 0.76 if character.isupper() else 0.62


def _mark(parent: Element, shape: str, x: float, y: float) -> None:
    paths = {
        "circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
        "diamond": "m0 -5l5 5l-5 5l-5 -5z",
        "square": "m-4 -4h8v8h-8z",
        "triangle": "m0 -5l5 9h-10z",
    }
    SubElement(parent, "path", {"class": f"mark {shape}", "d": f"M{svg_number(x)} {svg_number(y)}{paths[shape]}"})


def _slug(kind: str) -> str:
    return kind.replace(" ", "-")


def _style(hues: int) -> str:
    rules = [
        f".{ROOT}{{max-width:100%;height:auto;font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:{SIZE}px}}",
        *(f".{ROOT} .{style}{{font-size:{size}px;font-weight:600}}" for style, size in SIZES.items()),
        f".{ROOT} .tint{{opacity:.13}}",
        f".{ROOT} .edge{{fill:none}}",
        f".{ROOT} .edge:hover{{stroke-width:3;opacity:1}}",
        *(
            f".{ROOT} .{_slug(kind)}{{stroke-width:{width};opacity:{opacity}"
            + (f";stroke-dasharray:{dashes}}}" if dashes else "}")
            for kind, (_, _, width, opacity, dashes) in STROKES.items()
        ),
        f".{ROOT} .shown{{opacity:1;stroke-width:1.6}}",
        *_colours(LIGHT, 0, hues),
        "@media (prefers-color-scheme:dark){",
        *_colours(DARK, 1, hues),
        "}",
    ]
    return "\n".join(rules)


def _colours(base: Mapping[str, str], scheme: int, hues: int) -> list[str]:
    return [
        f".{ROOT} .ground{{fill:{base['ground']}}}",
        f".{ROOT} .box{{fill:{base['ground']};stroke:{base['line']}}}",
        f".{ROOT} .node:hover .box{{stroke:{base['ink']}}}",
        f".{ROOT} text{{fill:{base['ink']}}}",
        f".{ROOT} .hint,.{ROOT} .key,.{ROOT} .group{{fill:{base['faint']}}}",
        f".{ROOT} .mark{{fill:{base['ink']}}}",
        *(f".{ROOT} .hue-{place}{{fill:{HUES[place][scheme]}}}" for place in range(hues)),
        *(f".{ROOT} .{_slug(kind)}{{stroke:{stroke[scheme]}}}" for kind, stroke in STROKES.items()),
    ]
