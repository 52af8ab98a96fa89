"""How the site is made: `python -m sphinx --fail-on-warning --keep-going -q -c docs . site`.

The source is the whole checkout, so that a link between files holds on the site as it does in the repository.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

import hmic_rules

project = "hmic_rules"
author = "The authors of hmic_rules"
version = release = hmic_rules.__version__
language = "en-GB"
default_role = "code"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/**.md",
    "benchmarks/README.md",
    "examples/**/README.md",
    "tests/*/README.md",
    "rulesets/mps-2007/changes.md",
]
exclude_patterns = [".*", "build", "dist", "mutants", "src", "site"]

myst_enable_extensions = ["attrs_block"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
suppress_warnings = ["myst.header"]  # what is included may begin at a lower heading

autodoc_default_options = {"members": True, "undoc-members": True, "exclude-members": "__init__"}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
maximum_signature_line_length = 90

copybutton_selector = "div.highlight-sh pre, div.highlight-python pre, div.highlight-yaml pre"

html_theme = "furo"
html_title = "hmic_rules"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_extra_path = ["site/index.html"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False

ATTRIBUTES = re.compile(r"^Attributes:\n((?: .*\n|\n)*)", re.MULTILINE)
MADE_BY_USERS = {"Journal", "Judgement", "Series"}
WRITTEN_ID = re.compile(r'<a id="([^"]+)">')


class WrittenAnchors(SphinxTransform):
    """Links within a page to an `<a id>` of it: the pages of rule sets are written so, for repositories."""

    default_priority: ClassVar[int] = 870  # before MyST looks for the heading

    def apply(self, **_: Any) -> None:
        """Leave a link to such an id as it is."""
        ids = {id for raw in self.document.findall(nodes.raw) for id in WRITTEN_ID.findall(raw.astext())}
        for reference in self.document.findall(nodes.reference):
            if reference.get("id_link") and reference["refuri"][1:] in ids:
                del reference["id_link"]


def attributes_said(cls: object) -> dict[str, str]:
    """What the text of a class says of each attribute."""
    found = ATTRIBUTES.search(f"{inspect.getdoc(cls)}\n")
    entries = re.split(r"^    (?=\w+: )", found[1], flags=re.MULTILINE)[1:] if found else []
    return {name: " ".join(said.split()) for name, _, said in (entry.partition(": ") for entry in entries)}


def drop_attributes(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Take what a class says of its attributes out of its text: it is said where their types stand."""
    if what in {"class", "exception"}:
        lines[:] = ATTRIBUTES.sub("", "\n".join([*lines, ""])).splitlines()


def say_attribute(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Say of an attribute what its class says of it."""
    if what == "attribute":
        *path, attribute = name.split(".")
        said = attributes_said(getattr(hmic_rules, path[-1], None)).get(attribute)
        lines[:] = [said] if said else lines


def drop_signature(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Show how something is made only where users make it."""
    return (signature, returns) if what != "class" or name.rsplit(".", maxsplit=1)[-1] in MADE_BY_USERS else ("", None)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add what these pages need beside the extensions."""
    app.add_transform(WrittenAnchors)
    app.connect("autodoc-process-docstring", drop_attributes, priority=400)  # before napoleon reads the sections
    app.connect("autodoc-process-docstring", say_attribute, priority=600)  # and after
    app.connect("autodoc-process-signature", drop_signature)
    return {"parallel_read_safe": True}
