"""The page as HTML: templates that escape whatever is put into them, one style sheet, one script, and nothing from elsewhere."""

from __future__ import annotations

import base64
import datetime
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

from attrs import evolve

from hmic_rules.arguments import instance_given
from hmic_rules.errors import HmicRulesError
from hmic_rules.phrases import plainly
from hmic_rules.questions.sensitivity import Stretch
from hmic_rules.report.abbreviating import Abbreviating
from hmic_rules.report.links import Links
from hmic_rules.report.pages import Page, page_of
from hmic_rules.report.registers import coded
from hmic_rules.wording import name_in_words

try:
    import jinja2
    from markupsafe import Markup
except ModuleNotFoundError as error:  # pragma: no cover - the tests run with every extra
    raise HmicRulesError('the report page is an extra: pip install "hmic-rules[report]"') from error

if TYPE_CHECKING:
    from hmic_rules.inspections import Inspection

__all__ = ["page_html", "report_html"]

_FILES: Final = resources.files("hmic_rules") / "report"


def report_html(inspection: Inspection, reading: str | None = None, date: datetime.date | None = None) -> str:
    """An inspection as one page of HTML that opens from disk and loads nothing; the same text on every run.

    Args:
        inspection: the inspection.
        reading: the reading under which it is told; the rule set's default where none is named. Every other one stands beside it.
        date: a date to be put on it; no clock is read.

    Raises:
        NotFoundError: there is no such reading.
        InputError: the glossary or the figures beside it have problems; all of them, each with its place.

    """
    date = None if date is None else instance_given(date, datetime.date, "date", "give a `datetime.date`")
    return page_html(page_of(inspection, reading, date))


def page_html(page: Page) -> str:
    """A page as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hmic_rules", "report/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = _read("report.css") + _columns(max((one.glance.scale.number for one in page.frameworks), default=0))
    script = _read("report.js")
    environment.filters.update(words=name_in_words, capfirst=_capitalised, plainly=plainly, stretched=_stretched)
    environment.globals.update(t=Abbreviating(page.glossary), page_links=Links(page.inspection), coded=coded)
    return environment.get_template("page.html").render(
        page=page,
        inspection=page.inspection,
        overview=page.overview,
        # Both are files of this package: no text of an inspection stands in them.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
    )


def _capitalised(text: str) -> str:
    """A text that begins a sentence; what is HTML already stays so."""
    start = str(text)
    first = type(text)(start[:1].upper())
    return text if start.startswith("<") else first + type(text)(start[1:])


def _stretched(stretch: Stretch) -> str:
    return str(evolve(stretch, outcome=plainly(stretch.outcome)))


def _read(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _columns(number: int) -> str:
    """Where the marks of a scale of so many columns stand: the policy lets no element have a style of its own."""
    rules = [f".of-{number}{{grid-template-columns:repeat({number},minmax(0,1fr))}}"] if number else []
    for place in range(1, number + 1):
        rules += [f".from-{place}{{grid-column-start:{place}}}", f".to-{place}{{grid-column-end:{place + 1}}}"]
    return "\n".join(rules) + "\n"


def _policy(style: str, script: str) -> str:
    """What a browser may run and load here: this style and this script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
