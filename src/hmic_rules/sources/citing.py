"""Who cites: rule sets and inspections with all their citations, held to the indexes of the documents that they list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from hmic_rules.arguments import items_given, path_given
from hmic_rules.catalogue import Place, find, shipped
from hmic_rules.errors import Diagnostic, NotFoundError, quoted
from hmic_rules.figures.facts import FIGURES
from hmic_rules.glossaries.abbreviations import GLOSSARY
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Scalar, Sequence, Tree, read_tree
from hmic_rules.sources.citations import Citation, Titles, citations_of, titles_of, unknown_addresses
from hmic_rules.sources.finding import Source, index_by_title, index_in
from hmic_rules.sources.indexes import Index

__all__ = [
    "Citing",
    "FileRead",
    "Held",
    "citing_at",
    "every_citing",
    "extended_by",
    "files_of",
    "held_to_indexes",
    "unchecked",
    "uncited",
]

DEEPEST: Final = 10


@frozen
class Citing:
    """A rule set or an inspection with its citations, and the titles of the documents that they are in."""

    name: str
    kind: str
    titles: Titles
    citations: tuple[Citation, ...]

    def of(self, index: Index) -> Iterator[Citation]:
        """Its citations of one document; what is said in words only where the document has the section."""
        sections = {address.partition("/")[0] for address in index.passages}
        for one in self.citations:
            if self.title_of(one) == index.title and (not one.in_words or one.address.partition("/")[0] in sections):
                yield one

    def title_of(self, citation: Citation) -> str | None:
        """The title of the document that a citation is of; ``None`` where no such document is listed."""
        if citation.document is None:
            return next(iter(self.titles.values()), None)
        return self.titles.get(citation.document)


def citing_at(place: Place) -> Citing:
    """The citations of a rule set or an inspection: in its main file, in every file that this names, and in what stands beside it.

    Raises:
        InputError: a file cannot be read.

    """
    files = tuple(files_of(place))
    found = [citation for one in files for citation in citations_of(one.tree)]
    return Citing(place.name, place.kind, _titles([place, *extended_by(place)]), tuple(found))


def extended_by(place: Place) -> list[Place]:
    """The rule sets that one extends, the nearest first; as far as they are found.

    Raises:
        InputError: a file cannot be read.

    """
    found: list[Place] = []
    while len(found) < DEEPEST and (name := _extends(place)) is not None:
        try:
            place = place.base(name)
        except NotFoundError:
            break
        found.append(place)
    return found


def _extends(place: Place) -> str | None:
    tree, _ = read_tree(place.read(place.file), place.shown_as(place.file))
    pin = tree.entries.get("extends") if isinstance(tree, TreeMapping) else None
    name = pin.entries.get("ruleset") if isinstance(pin, TreeMapping) else None
    return name.text if isinstance(name, Scalar) else None


def _titles(places: list[Place]) -> Titles:
    """The documents that rule sets list which extend each other: those of the farthest first, as they come together."""
    found: dict[str, str] = {}
    for place in reversed(places):
        tree, _ = read_tree(place.read(place.file), place.shown_as(place.file))
        added = tree.entries.get("add") if isinstance(tree, TreeMapping) else None
        found |= titles_of(added if isinstance(added, TreeMapping) and _extends(place) is not None else tree)
    return found


@frozen
class FileRead:
    """A file of a rule set or an inspection, as it was read."""

    name: str
    data: bytes
    tree: Tree


def files_of(place: Place) -> Iterator[FileRead]:
    """The main file of a rule set or an inspection, every file that this names, and the figures and the glossary beside an inspection.

    Raises:
        InputError: a file cannot be read.

    """
    main, _ = read_tree(data := place.read(place.file), place.shown_as(place.file))
    yield FileRead(place.file, data, main)
    beside = (FIGURES, GLOSSARY) if place.kind == "inspection" else ()
    for name in (*_named_files(main), *beside):
        try:
            data = place.read(name)
        except FileNotFoundError:
            continue
        tree, _ = read_tree(data, place.shown_as(name))
        yield FileRead(name, data, tree)


def _named_files(main: Tree) -> Iterator[str]:
    """The files beside it that a main file names: whatever ends in .yaml, and the files of frameworks."""
    entries = main.entries if isinstance(main, TreeMapping) else {}
    if "extends" in entries:
        for verb in ("add", "replace"):
            if (section := entries.get(verb)) is not None:
                yield from _named_files(section)
        return
    for child in entries.values():
        for item in child.items if isinstance(child, Sequence) else (child,):
            if isinstance(item, Scalar) and item.text.endswith(".yaml"):
                yield item.text
    frameworks = entries.get("frameworks")
    files = frameworks.entries.get("files") if isinstance(frameworks, TreeMapping) else frameworks
    for item in files.items if isinstance(files, Sequence) else ():
        if isinstance(item, Scalar):
            yield f"frameworks/{item.text}.yaml"


def every_citing(source: Source, names: Iterable[str] = ()) -> tuple[Citing, ...]:
    """Those whose citations are to be checked: the named ones, or all that are shipped.

    For a layout of somebody's own these are what stands beside it, and what is shipped and lists its document.

    Raises:
        NotFoundError: there is no rule set or inspection of a name.
        InputError: a file cannot be read.

    """
    named = [_ruleset_or_inspection(path_given(name, "names")) for name in items_given(names, "names", "names")]
    if named:
        return tuple(citing_at(place) for place in named)
    found = tuple(citing_at(place) for kind in ("inspection", "ruleset") for place in shipped(kind).values())
    if source.place.is_shipped:
        return found
    beside = (
        citing_at(Place(source.place.folder, file, source.place.name, kind, False))
        for kind, file in (("inspection", "inspection.yaml"), ("ruleset", "ruleset.yaml"))
        if (source.place.folder / file).is_file()
    )
    return (*(one for one in found if source.layout.title in one.titles.values()), *beside)


def _ruleset_or_inspection(name: str | Path) -> Place:
    try:
        return find("ruleset", name)
    except NotFoundError as error:
        try:
            return find("inspection", name)
        except NotFoundError:
            raise error from None


def uncited(index: Index, citing: Iterable[Citing]) -> tuple[str, ...]:
    """The addresses of an index that nothing cites, in the order of the document."""
    cited = {citation.address for one in citing for citation in one.of(index)}
    return tuple(address for address in index.passages if address not in cited)


def unchecked(citing: Iterable[Citing], index_for: Callable[[str], Index | None]) -> dict[tuple[str, str], int]:
    """How many citations are in documents that have no index, by who cites and the title of the document."""
    counts: dict[tuple[str, str], int] = {}
    for one in citing:
        for citation in one.citations:
            title = one.title_of(citation)
            if not citation.in_words and (title is None or index_for(title) is None):
                key = one.name, title or citation.document or "no document is named"
                counts[key] = counts.get(key, 0) + 1
    return counts


@frozen
class Held:
    """The citations of one rule set or inspection, held to indexes alone.

    Attributes:
        wrong: those that no passage of the index answers to; and an index beside the rule set whose document is not listed, so that nothing is held to it.
        checked: how many an index answers to.
        unchecked: how many are in a document that has no index, by its title.

    """

    wrong: tuple[Diagnostic, ...]
    checked: int
    unchecked: Mapping[str, int]


def held_to_indexes(place: Place) -> Held:
    """Hold the citations of a rule set or an inspection to the indexes of its documents, where these themselves are absent.

    Raises:
        InputError: a file of it, or an index, cannot be read.

    """
    citing, index_for = citing_at(place), index_by_title(place, *extended_by(place))
    in_order = sorted(citing.citations, key=lambda one: (one.span.file, one.span.line, one.span.column))
    wrong = (*_not_listed(place, citing.titles), *unknown_addresses(in_order, citing.titles, index_for))
    counts = {title: count for (_, title), count in unchecked([citing], index_for).items()}
    indexes = [index for title in dict.fromkeys(citing.titles.values()) if (index := index_for(title)) is not None]
    checked = sum(one.address in index.passages for index in indexes for one in citing.of(index))
    return Held(wrong, checked, counts)


def _not_listed(place: Place, titles: Titles) -> Iterator[Diagnostic]:
    """The index beside a rule set, where that lists documents and none of its title: a slip in the title, and nothing would be held to it."""
    index = index_in(place)
    if index is None or not titles or index.title in titles.values():
        return
    tree, _ = read_tree(place.read(place.file), place.shown_as(place.file))
    listed = tree.entries.get("documents") if isinstance(tree, TreeMapping) else None
    problem = f"`documents` lists nothing of the title {quoted(index.title)}, whose index is beside it"
    help = "write the title as it is there, so that citations are held to it"
    yield Diagnostic((listed or tree).span, problem, help, "cite")
