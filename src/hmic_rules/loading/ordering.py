"""The order in which values are computed: each after what it reads. There is one, or there is a circle."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator, Mapping

from hmic_rules.conditions import Symbol
from hmic_rules.errors import Span, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Group

__all__ = ["order_of"]


def order_of(reader: Reader, values: Mapping[str, ValueRule], groups: Mapping[str, Group]) -> tuple[str, ...]:
    """Values and groups so that each comes after what it reads; every circle among them is reported."""
    graph: dict[str, set[str]] = {}
    for name, value in values.items():
        graph[name] = {read for read in value.reads if read in values or read in groups}
        if value.scope in groups:
            graph[name].add(value.scope)
    for name, group in groups.items():
        graph[name] = {key for key in group.by if key in values}
        if group.source in groups:
            graph[name].add(group.source)
        for keys in group.expected.keys.values() if group.expected is not None else ():
            if not isinstance(keys, str):
                graph[name] |= {
                    end.name for end in (keys.start, keys.end) if isinstance(end, Symbol) and end.name in values
                }
    for wanted in sorted({read for found in graph.values() for read in found} - set(graph)):
        graph[wanted] = set()
    try:
        return tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError:
        spans = {name: value.span for name, value in values.items()} | {
            name: group.span for name, group in groups.items()
        }
        for circle in _circles(graph, spans):
            shown = " → ".join(map(quoted, [*circle, circle[0]]))
            problem, help = f"values depend on each other in a circle: {shown}", "let one of them read inputs only"
            if len(circle) == 1:
                problem, help = f"{quoted(circle[0])} depends on itself", "let it read inputs, or other values"
            reader.error(spans[circle[0]], problem, help, "cycle")
        return ()


def _circles(graph: Mapping[str, set[str]], spans: Mapping[str, Span]) -> Iterator[list[str]]:
    """Circles that share no name, each from its first name by place on: a walk in depth meets them where it comes back to its own path."""

    def place(name: str) -> tuple[int, int]:
        return spans[name].line, spans[name].column

    left = {name: iter(sorted(graph[name], key=place)) for name in graph}
    done: set[str] = set()
    told: set[str] = set()
    for start in sorted(graph, key=place):
        path = [] if start in done else [start]
        on_path = {start: 0}
        while path:
            read = next(left[path[-1]], None)
            if read is None:
                done.add(path[-1])
                del on_path[path.pop()]
            elif read in on_path:
                circle = path[on_path[read] :]
                if told.isdisjoint(circle):
                    told.update(circle)
                    first = circle.index(min(circle, key=place))
                    yield [*circle[first:], *circle[:first]]
            elif read not in done:
                on_path[read] = len(path)
                path.append(read)
