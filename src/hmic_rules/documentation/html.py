"""A page as HTML that needs nothing else: all text escaped, readable on a narrow screen, in print, in light and in dark."""

from __future__ import annotations

from importlib import resources
from typing import Final

from hmic_rules.documentation.markdown import demoted
from hmic_rules.documentation.pages import Heading, Page, Picture, Written
from hmic_rules.errors import HmicRulesError

__all__ = ["to_html"]

TEMPLATES: Final = "templates"


def to_html(page: Page, *, whole: bool = True) -> str:
    """The page.

    Args:
        page: the page.
        whole: whether it is a page of its own; else the part of it that can stand in another one, such as a notebook.

    Raises:
        HmicRulesError: the packages of the extra `report` are not installed.

    """
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
        from markdown_it import MarkdownIt
        from markupsafe import Markup
    except ModuleNotFoundError as error:
        help = "--format markdown needs none of it"
        raise HmicRulesError(f'HTML is an extra: pip install "hmic-rules[report]"; {help}') from error
    folder = resources.files(__package__) / TEMPLATES
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")

    def svg(picture: Picture) -> Markup:
        return Markup(picture.svg)  # noqa: S704 - our own drawing, whose texts were escaped when it was made

    def markdown(written: Written) -> Markup:
        return Markup(reader.render(demoted(written)))  # noqa: S704 - the reader escapes all HTML

    environment.filters["svg"] = svg
    environment.filters["markdown"] = markdown
    contents = [block for block in page.blocks if isinstance(block, Heading) and block.level == 2]
    template = environment.get_template("page.html" if whole else "part.html")
    return template.render(page=page, contents=contents)
