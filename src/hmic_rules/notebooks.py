"""What a notebook shows: of a decision and of an inspection the screens of the terminal as HTML, of a rule set a short page, of a graph its picture.

The method is IPython's: an object's ``_repr_mimebundle_`` gives what it looks like in several formats, by their media types. Where the packages of
the extras ``cli`` and ``report`` are missing, what needs them is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

from hmic_rules.arguments import name_given

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hmic_rules.decisions import Decision
    from hmic_rules.inspections import Inspection
    from hmic_rules.rulesets import Ruleset

__all__ = ["Bundle", "GraphPicture", "of_decision", "of_inspection", "of_ruleset", "picture_of"]

Bundle: TypeAlias = dict[str, str]
WIDTH: Final = 100
FOR_PAGES: Final = ("jinja2", "markdown_it")  # a notebook brings the first along, and not the second
PAGE: Final = '<pre style="font-family: monospace; line-height: 1.3; white-space: pre">{code}</pre>'


def of_decision(decision: Decision) -> Bundle:
    """What was decided, and why."""

    def screen() -> RenderableType:
        from hmic_rules.screens.decisions import decision_screen

        return decision_screen(decision, decision.ruleset.title)

    return _bundle(decision, screen)


def of_inspection(inspection: Inspection) -> Bundle:
    """What the rules give under each reading, beside what was published."""

    def screen() -> RenderableType:
        from hmic_rules.screens.gradings import grading_screen

        return grading_screen(inspection.grade())

    return _bundle(inspection, screen)


def of_ruleset(ruleset: Ruleset) -> Bundle:
    """What a rule set answers and takes; the whole page is what `hmic-rules docs` writes."""
    from hmic_rules.documentation.html import to_html
    from hmic_rules.documentation.making import short_page_of
    from hmic_rules.documentation.markdown import to_markdown

    page = short_page_of(ruleset)
    found = {"text/plain": repr(ruleset), "text/markdown": to_markdown(page, pictures=False)}
    if any(find_spec(package) is None for package in FOR_PAGES):
        return found
    return {**found, "text/html": to_html(page, whole=False)}


@frozen(repr=False)
class GraphPicture:
    """The picture of an inspection's graph: what it shows, and the SVG itself."""

    title: str
    svg: str

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<GraphPicture of {self.title}>"

    def _repr_mimebundle_(self, **_: Any) -> Bundle:
        return {"text/plain": repr(self), "image/svg+xml": self.svg}


def picture_of(inspection: Inspection, framework: str | None = None) -> GraphPicture:
    """The picture of an inspection's graph.

    Args:
        inspection: the inspection.
        framework: the id of the one framework to show; all of them where none is named.

    Raises:
        NotFoundError: there is no such framework.

    """
    from hmic_rules.drawing import to_svg
    from hmic_rules.graph import graph_of

    framework = None if framework is None else name_given(framework, "framework")
    title = inspection.name if framework is None else f"{inspection.name}, {framework}"
    return GraphPicture(title, to_svg(graph_of(inspection), framework))


def _bundle(shown: Any, screen: Callable[[], RenderableType]) -> Bundle:
    """A screen as HTML, with all text escaped by what renders it."""
    plain = {"text/plain": repr(shown)}
    if find_spec("rich") is None:
        return plain
    from rich.console import Console

    console = Console(file=StringIO(), record=True, width=WIDTH, highlight=False, force_jupyter=False)
    console.print(screen())
    return {**plain, "text/html": console.export_html(inline_styles=True, code_format=PAGE)}
