"""A page of HTML read by the standard library's parser, for what tests ask of it; and the page of the shipped inspection, made once in a run."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from filelock import FileLock

import hmic_rules as hr

HOSTILE = (
    "</script><script>document.title='run'</script><img src=x onerror=document.title='run'>\"'&amp;<b title=\"x\">"
)
LOADING = frozenset(
    {"src", "srcset", "data", "action", "formaction", "poster", "background", "manifest", "ping", "xlink:href"}
)


class Reader(HTMLParser):
    """What stands in a page.

    Attributes:
        elements: every element with its attributes, in order.
        texts: every text with the elements around it, scripts and style sheets left out.
        open_elements: what was never closed.

    """

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.open_elements: list[str] = []
        self.wrong: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open_elements.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open_elements or self.open_elements[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self.open_elements[-1:]}")
        if self.open_elements:
            self.open_elements.pop()

    def handle_data(self, data: str) -> None:
        around = self.open_elements[-1] if self.open_elements else ""
        if around in self.raw:
            self.raw[around].append(data)
        else:
            self.texts.append((tuple(self.open_elements), data))

    @property
    def words(self) -> str:
        """Everything that a person can read, in one line."""
        return " ".join("".join(text for _, text in self.texts).split())

    @property
    def ids(self) -> list[str]:
        return [one["id"] or "" for _, one in self.elements if "id" in one]

    @property
    def links(self) -> list[str]:
        return [one["href"] or "" for _, one in self.elements if "href" in one]

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def problems_of(text: str) -> list[str]:
    """What is wrong with a page that has to stand by itself: elements left open, ids twice, links to nothing, anything loaded or styled from elsewhere."""
    page = Reader(text)
    found = [*page.wrong, *(f"<{tag}> is never closed" for tag in page.open_elements)]
    found += [
        f"the id {id} stands {page.ids.count(id)} times" for id in sorted(set(page.ids)) if page.ids.count(id) > 1
    ]
    ids = set(page.ids)
    found += [f"{link} leads to nothing" for link in page.links if not link.startswith("#") or link[1:] not in ids]
    keys = {one["data-node"] for _, one in page.elements if "data-node" in one}
    for tag, attributes in page.elements:
        ends = f"{attributes.get('data-to') or ''} {attributes.get('data-names') or ''}".split()
        found += [f"a node leads to {end}, which is none" for end in ends if end not in keys]
        found += [
            f"<{tag}> has {name}" for name in attributes if name in LOADING or name == "style" or name.startswith("on")
        ]
        labels = (attributes.get("aria-labelledby") or "").split()
        found += [f"<{tag}> is labelled by {label}, which is nothing" for label in labels if label not in ids]
    found += [
        f"there is <{tag}>" for tag in ("link", "img", "iframe", "object", "embed", "base", "video") if page.of(tag)
    ]
    found += ["the style sheet loads something" for sheet in page.raw["style"] if "url(" in sheet or "@import" in sheet]
    return found


def shipped_page(folder: Path) -> Path:
    """The page of the shipped inspection, made once however many processes test it."""
    path = folder / "mps-2007.html"
    with FileLock(folder / "mps-2007.lock"):
        if not path.exists():
            path.write_text(hr.load_inspection("mps-2007").report(), encoding="utf-8")
    return path


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of one test run share."""
    base = factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base
