"""What a notebook shows of a decision and of an inspection: the screens of the terminal as HTML.

The method is IPython's: an object's ``_repr_mimebundle_`` gives what it looks like in several formats, by their media types. Where the packages of
the extra ``cli`` are missing, the plain text alone is given.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hmic_rules.decisions import Decision
    from hmic_rules.inspections import Inspection

__all__ = ["Bundle", "of_decision", "of_inspection"]

Bundle: TypeAlias = dict[str, str]
WIDTH: Final = 100
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


def _bundle(shown: Any, screen: Callable[[], RenderableType]) -> Bundle:
    """A screen as HTML, with all text escaped by what renders it."""
    plain = {"text/plain": repr(shown)}
    if find_spec("rich") is None:
        return plain
    from rich.console import Console

    console = Console(file=StringIO(), record=True, width=WIDTH, highlight=False, force_jupyter=False)
    console.print(screen())
    return {**plain, "text/html": console.export_html(inline_styles=True, code_format=PAGE)}
