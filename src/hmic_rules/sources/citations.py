"""Every citation in the files of a rule set or an inspection: where it stands, who cites, and whether an index knows the passage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingType
from collections.abc import Sequence as Sequences
from typing import Final

from attrs import frozen

from hmic_rules.errors import Diagnostic, InputError, Span, choices, did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.sources.indexes import INDEX, Index, read_index

__all__ = [
    "Citation",
    "Titles",
    "citations_of",
    "hold_to_index",
    "keys_of_cases",
    "titles_of",
    "unknown_addresses",
]

CITE: Final = "cite"
FACTS: Final = frozenset({"facts", "expect"})
_IN_WORDS: Final = re.compile(
    r"(?<![\w/:.-])(?:([a-z0-9][a-z0-9-]*):)?([a-z][a-z0-9-]*/[a-z][a-z0-9-]*/[0-9]+)(?![\w/-])"
)
Titles = MappingType[str, str]


@frozen
class Citation:
    """One citation.

    Attributes:
        address: ``section/kind/ordinal``.
        document: the id of the document that stands before the address; ``None`` means the first that the file lists.
        by: who cites: the keys and ids that lead to the place.
        in_words: whether it stands in a sentence, and not under ``cite``.

    """

    address: str
    document: str | None
    by: str
    span: Span
    in_words: bool = False


def keys_of_cases(tree: Tree) -> frozenset[str]:
    """The keys in a file under which the facts of cases stand. An inspection has none: its facts are its own, and cite."""
    is_inspection = isinstance(tree, Mapping) and "inspection" in tree.entries
    return frozenset() if is_inspection else FACTS


def citations_of(tree: Tree) -> Iterator[Citation]:
    """The citations in one file, in its order; what stands in sentences too. Facts of cases are nobody's citations."""
    left_out = {CITE, *keys_of_cases(tree)}
    pending: list[tuple[Tree, tuple[str, ...]]] = [(tree, ())]
    while pending:
        node, path = pending.pop()
        if isinstance(node, Scalar):
            yield from _in_words(node, path)
        elif isinstance(node, Sequence):
            named = [(child, (*path, _called(child, place))) for place, child in enumerate(node.items, start=1)]
            pending += reversed(named)
        else:
            yield from _under_cite(node, path)
            rest = [(child, (*path, key)) for key, child in node.entries.items() if key not in left_out]
            pending += reversed(rest)


def _called(tree: Tree, place: int) -> str:
    id = tree.entries.get("id") if isinstance(tree, Mapping) else None
    return id.text if isinstance(id, Scalar) and not id.null else str(place)


def _under_cite(node: Mapping, path: tuple[str, ...]) -> Iterator[Citation]:
    tree = node.entries.get(CITE)
    for item in tree.items if isinstance(tree, Sequence) else () if tree is None else (tree,):
        if isinstance(item, Scalar):
            document, colon, address = item.text.rpartition(":")
            yield Citation(address, document if colon else None, ".".join(path) or CITE, item.span)


def _in_words(scalar: Scalar, path: tuple[str, ...]) -> Iterator[Citation]:
    for found in _IN_WORDS.finditer(scalar.text):
        yield Citation(found[2], found[1], ".".join(path), scalar.span, in_words=True)


def titles_of(tree: Tree) -> dict[str, str]:
    """The documents that a rule set or an inspection lists, each with its title; those that are not written so are left out."""
    found = tree.entries.get("documents") if isinstance(tree, Mapping) else None
    titles: dict[str, str] = {}
    for id, child in found.entries.items() if isinstance(found, Mapping) else ():
        title = child.entries.get("title") if isinstance(child, Mapping) else child
        if isinstance(title, Scalar) and not title.null:
            titles[id] = title.text
    return titles


def unknown_addresses(
    citations: Iterable[Citation], titles: Titles, index_for: Callable[[str], Index | None]
) -> Iterator[Diagnostic]:
    """What is cited and stands in no index of its document, or in a document that is not listed.

    What is said in words is held to an index only where that has the section.

    Args:
        citations: those of one file, or of several.
        titles: the listed documents, the first of them being the one that addresses without a document are in.
        index_for: gives the index of the document of a title, if there is one.

    """
    for one in citations:
        if one.document is not None and one.document not in titles:
            if titles and not one.in_words:
                problem = f"no document is called {quoted(one.document)}"
                yield Diagnostic(one.span, problem, did_you_mean(one.document, titles), "cite")
            continue
        title = titles[one.document] if one.document is not None else next(iter(titles.values()), None)
        index = index_for(title) if title is not None else None
        if index is None or one.address in index.passages:
            continue
        section = one.address.partition("/")[0]
        if not one.in_words or any(known.startswith(f"{section}/") for known in index.passages):
            yield Diagnostic(
                one.span, f"{quoted(index.title)} has no passage {quoted(one.address)}", _help(one, index), "cite"
            )


def hold_to_index(
    reader: Reader, trees: Sequences[Tree], source: Callable[[str], bytes], shown_as: Callable[[str], str]
) -> None:
    """Report what an inspection cites and the index beside it does not know; without an index, nothing.

    Args:
        reader: collects the problems.
        trees: the files of the inspection, its own first.
        source: gives the bytes of a file beside them.
        shown_as: how a file is called in messages.

    """
    try:
        index = read_index(source(INDEX), shown_as(INDEX))
    except FileNotFoundError:
        return
    except InputError as error:
        reader.problems.extend(error.diagnostics)
        return
    titles = titles_of(trees[0])
    if index.title not in titles.values():
        problem = f"`documents` lists nothing of the title {quoted(index.title)}, whose index is beside it"
        reader.error(trees[0].span, problem, "write the title as it is there, so that citations are held to it", "cite")
    citations = (one for tree in trees for one in citations_of(tree))
    reader.problems.extend(unknown_addresses(citations, titles, {index.title: index}.get))


def _help(one: Citation, index: Index) -> str:
    """The nearest address; where the kind is right and the number too high, how many there are."""
    kind = one.address.rpartition("/")[0]
    there = [known for known in index.passages if known.rpartition("/")[0] == kind]
    if there:
        alone = f"it has {quoted(there[0])} alone"
        return alone if len(there) == 1 else f"it has {quoted(there[0])} to {quoted(there[-1])}"
    number = one.address.rpartition("/")[2]
    kinds = dict.fromkeys(known.rpartition("/")[0] for known in index.passages)
    same_number = [known for known in index.passages if known.rpartition("/")[2] == number]
    return did_you_mean(one.address, same_number) or choices(kind, kinds)
