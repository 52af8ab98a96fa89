"""Finding layouts and indexes: those that are shipped, and those that stand beside a rule set or an inspection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from hmic_rules.arguments import path_given
from hmic_rules.catalogue import Place, shipped
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, did_you_mean, quoted
from hmic_rules.files import read_named
from hmic_rules.sources.indexes import INDEX, LAYOUT, Index, read_index
from hmic_rules.sources.layouts import Layout, read_layout
from hmic_rules.sources.passages import Copy, cut

__all__ = [
    "Source",
    "cut_by",
    "find_source",
    "index_by_title",
    "index_in",
    "load_document",
    "read_copy",
    "shipped_sources",
    "source_beside",
]


@frozen
class Source:
    """A document that citations can be held to: its layout, its index if there is one, and the folder where they stand."""

    place: Place
    layout: Layout
    index: Index | None

    def index_needed(self) -> Index:
        """The index.

        Raises:
            InputError: there is none.

        """
        if self.index is None:
            own = "" if self.place.is_shipped else f" --layout {self.place.folder}"
            help = f"write it with `hmic-rules sources index DOCUMENT{own}`"
            raise InputError(
                [Diagnostic(self.place.shown_as(INDEX), "there is no index of passages", help, "missing-file")]
            )
        return self.index


def index_in(place: Place) -> Index | None:
    """The index in a folder, if there is one.

    Raises:
        InputError: it cannot be read.

    """
    try:
        data = place.read(INDEX)
    except FileNotFoundError:
        return None
    return read_index(data, place.shown_as(INDEX))


def source_beside(place: Place) -> Source | None:
    """The document whose layout stands in the folder of a rule set or an inspection.

    Raises:
        InputError: its layout or its index cannot be read.

    """
    try:
        data = place.read(LAYOUT)
    except FileNotFoundError:
        return None
    return Source(place, read_layout(data, place.shown_as(LAYOUT)), index_in(place))


def _folders() -> Iterator[Place]:
    """Every shipped folder, once."""
    yield from {place.name: place for kind in ("ruleset", "inspection") for place in shipped(kind).values()}.values()


def shipped_sources() -> dict[str, Source]:
    """Every document whose layout is shipped, by the name of the folder."""
    return {place.name: source for place in _folders() if (source := source_beside(place)) is not None}


def find_source(name_or_path: str | Path) -> Source:
    """The document of a layout.

    Args:
        name_or_path: the name of a shipped folder that has a layout, the path of a folder, or of its ``layout.yaml``.

    Raises:
        NotFoundError: there is no such layout.
        InputError: the layout or its index cannot be read.

    """
    name_or_path = path_given(name_or_path, "layout")
    known = {place.name: place for place in _folders() if (place.folder / LAYOUT).is_file()}
    place = known.get(str(name_or_path))
    if place is None:
        path = Path(name_or_path)
        folder = path.parent if path.name == LAYOUT else path
        place = Place(folder, LAYOUT, folder.name, "source", False)
    try:
        found = source_beside(place)
    except (OSError, ValueError):  # such as a name with a byte of zero
        found = None
    if found is None:
        help = did_you_mean(str(name_or_path), known)
        raise NotFoundError(
            f"no layout is called {quoted(str(name_or_path))}, and there is no folder of that name with a `{LAYOUT}`"
            + (f": {help}" if help else "")
        )
    return found


def index_by_title(*beside: Place) -> Callable[[str], Index | None]:
    """What gives the index of the document of a title: one beside a rule set or what it extends, or a shipped one; each is read once."""
    indexes: dict[str, Index] = {}
    read: list[bool] = []

    def index_for(title: str) -> Index | None:
        if not read:
            read.append(True)
            for place in (*beside, *_folders()):
                found = index_in(place)
                if found is not None:
                    indexes.setdefault(found.title, found)
        return indexes.get(title)

    return index_for


def load_document(path: str | Path, layout: str | Path | None = None) -> Copy:
    """Read somebody's copy of a document and cut it into its passages.

    Args:
        path: a plain-text file.
        layout: the name of a shipped folder that has a layout, or the path of one; where none is named, the shipped one that fits best.

    Returns:
        The copy; ``copy.passages["np/strength/1"].text`` is a passage. Nothing of it is kept elsewhere.

    Raises:
        InputError: the file cannot be read, is no text, or no layout fits it.
        NotFoundError: there is no such layout.

    """
    return cut_by(*read_copy(path), layout)[0]


def read_copy(path: str | Path) -> tuple[bytes, str]:
    """The bytes of a file, and what it is called in messages.

    They are at most 64 MB, more than the 8 MB that the text of a document may have: what is no text, such as a PDF, is then told as what it is.

    Raises:
        InputError: it cannot be read, or is larger.

    """
    path = path_given(path, "document")
    return read_named(path), str(path)


def cut_by(data: bytes, file: str, layout: str | Path | None = None) -> tuple[Copy, Source]:
    """Cut a document by the named layout, or by the shipped one under which most passages are found.

    Raises:
        InputError: the file is no text, or no layout fits it.
        NotFoundError: there is no such layout.

    """
    sources = [find_source(layout)] if layout is not None else list(shipped_sources().values())
    cuts = [(cut(data, file, source.layout), source) for source in sources]
    best = max(cuts, key=lambda one: len(one[0].passages), default=None)
    if best is None or not best[0].passages:
        titles = ", ".join(quoted(source.layout.title) for source in sources) or "none that is shipped"
        problem = f"none of its lines is the heading of a section in the layout of {titles}"
        help = "is it another document, or a copy without its page breaks?" if layout is not None else _which(file)
        raise InputError([Diagnostic(file, problem, help, "no-section")])
    return best


def _which(file: str) -> str:
    """Which layout to name for a document that none of the shipped ones fits."""
    folder = Path(file).parent
    if (folder / LAYOUT).is_file():
        return f"name the layout that stands beside it: `--layout {folder}`"
    return f"a document of your own needs a `{LAYOUT}`, which says how it is laid out; name its folder with `--layout`"
