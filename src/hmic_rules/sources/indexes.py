"""The index of a document: the address and the fingerprints of each passage, so that citations can be held to it where the document is absent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, cast

from attrs import frozen

from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Tree, read_tree
from hmic_rules.sources.normalising import PIECE_DIGITS, pieces
from hmic_rules.sources.passages import Copy

__all__ = ["INDEX", "LAYOUT", "Entry", "Index", "index_of", "index_text", "read_index"]

INDEX: Final = "passages.json"
LAYOUT: Final = "layout.yaml"
KEYS: Final = ("layout", "title", "layout_fingerprint", "document_fingerprint", "passages")
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_PIECES: Final = re.compile(rf"[0-9a-f]{{{PIECE_DIGITS}}}(?: [0-9a-f]{{{PIECE_DIGITS}}})*")
_ADDRESS: Final = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*/[0-9]+")


@frozen
class Entry:
    """What an index knows of one passage: its fingerprint, and the starts of those of its pieces."""

    fingerprint: str
    pieces: tuple[str, ...]


@frozen
class Index:
    """What is known of a document without its text.

    Attributes:
        layout: the name of its layout.
        title: the document's title.
        layout_fingerprint: that of the layout with which the index was made.
        document_fingerprint: that of the whole text.
        passages: what is known of each, by address, in the order of the document.

    """

    layout: str
    title: str
    layout_fingerprint: str
    document_fingerprint: str
    passages: Mapping[str, Entry]


def index_of(copy: Copy) -> Index:
    """The index of a document, from a copy of it."""
    passages = {
        address: Entry(passage.fingerprint, tuple(digits for _, digits in pieces(passage.text)))
        for address, passage in copy.passages.items()
    }
    return Index(copy.layout.name, copy.layout.title, copy.layout.fingerprint, copy.fingerprint, passages)


def index_text(index: Index) -> str:
    """The index as a JSON file, one passage in a line; the text is ASCII."""
    head = {"layout": index.layout, "title": index.title}
    head |= {"layout_fingerprint": index.layout_fingerprint, "document_fingerprint": index.document_fingerprint}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    passages = [
        f"  {json.dumps(address)}: {json.dumps({'fingerprint': entry.fingerprint, 'pieces': ' '.join(entry.pieces)})}"
        for address, entry in index.passages.items()
    ]
    return "{\n" + ",\n".join([*lines, ' "passages": {\n' + ",\n".join(passages) + "\n }"]) + "\n}\n"


def read_index(data: bytes, file: str) -> Index:
    """Read an index.

    Raises:
        InputError: with every problem found.

    """
    tree, problems = read_tree(data, file)
    reader = Reader(list(problems))
    mapping = reader.mapping(tree, "an index of passages", KEYS, KEYS)
    if mapping is None:
        reader.finish()
    entries = cast("TreeMapping", mapping).entries
    texts = {key: reader.text(entries.get(key), f"`{key}`") or "" for key in KEYS[:-1]}
    for key in KEYS[2:4]:
        if texts[key]:
            _fits(reader, entries[key], texts[key], _SHA, "a SHA-256 in hexadecimal digits")
    found: dict[str, Entry] = {}
    passages = reader.mapping(entries.get("passages"), "`passages`")
    for address, child in passages.entries.items() if passages is not None else ():
        _fits(reader, cast("TreeMapping", passages).keys[address], address, _ADDRESS, "the address of a passage")
        entry = reader.mapping(child, f"the passage `{address}`", ("fingerprint", "pieces"), ("fingerprint", "pieces"))
        if entry is None:
            continue
        whole = reader.text(entry.entries.get("fingerprint"), "`fingerprint`") or ""
        parts = reader.text(entry.entries.get("pieces"), "`pieces`") or ""
        if whole:
            _fits(reader, entry.entries["fingerprint"], whole, _SHA, "a SHA-256 in hexadecimal digits")
        if parts:
            _fits(reader, entry.entries["pieces"], parts, _PIECES, f"groups of {PIECE_DIGITS} hexadecimal digits")
        found[address] = Entry(whole, tuple(parts.split()))
    reader.finish()
    return Index(texts["layout"], texts["title"], texts["layout_fingerprint"], texts["document_fingerprint"], found)


def _fits(reader: Reader, tree: Tree, text: str, wanted: re.Pattern[str], what: str) -> None:
    if not wanted.fullmatch(text):
        help = "write the index anew with `hmic-rules sources index DOCUMENT`"
        reader.error(tree.span, f"`{text[:20]}` is not {what}", help, "value")
