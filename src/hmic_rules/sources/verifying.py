"""Citations held to somebody's own copy of a document: which hold, what changed and who cites it, and which passages nothing cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import frozen

from hmic_rules.errors import Diagnostic, Span
from hmic_rules.sources.citations import Citation
from hmic_rules.sources.citing import Citing, every_citing, unchecked, uncited
from hmic_rules.sources.differences import Change, by_pieces, by_words
from hmic_rules.sources.finding import Source, cut_by, index_by_title, read_copy
from hmic_rules.sources.indexes import INDEX, Index
from hmic_rules.sources.normalising import pieces
from hmic_rules.sources.passages import Copy, Passage, cut

__all__ = [
    "ChangedPassage",
    "SourceCheck",
    "Status",
    "Verdict",
    "check_data",
    "check_document",
    "check_source",
    "states_of",
]

Status: TypeAlias = Literal["same", "changed", "moved", "missing"]


@frozen
class Verdict:
    """One citation and its passage in the copy.

    ``status`` is ``same``, ``changed``, ``moved`` (it stands whole at another address, ``now``), ``missing``, or ``unknown`` (the index has no
    such address).
    """

    citation: Citation
    citing: str
    status: Status | Literal["unknown"]
    now: str | None = None


@frozen
class ChangedPassage:
    """A passage that is not in the copy as the index has it, and who cites it.

    Attributes:
        status: ``changed``, ``moved`` or ``missing``.
        now: the address of what stands for it in the copy; ``None`` where it is missing.
        difference: what changed, by pieces or, against another copy, by words; empty where it moved or is missing.
        cited_by: who cites it, as ``name: place in its file``.

    """

    address: str
    status: Status
    now: str | None
    difference: tuple[Change, ...]
    cited_by: tuple[str, ...]


@frozen
class SourceCheck:
    """What holding citations to a copy found.

    Attributes:
        file: the copy.
        same_document: whether the whole text is the one that the index was made from.
        passages: how many the index knows.
        verdicts: every citation of the document.
        changed: the passages that are not as the index has them.
        new: addresses of the copy that are neither in the index nor a passage of it that moved or changed.
        uncited: the addresses of the index that nothing cites.
        unchecked: for each rule set or inspection and each of its documents that has no index, how many citations nobody checked.
        problems: what the layout expects and the copy has not; an index that was made with another layout.

    """

    file: str
    encoding: str
    layout: str
    title: str
    same_document: bool
    passages: int
    verdicts: tuple[Verdict, ...]
    changed: tuple[ChangedPassage, ...]
    new: tuple[str, ...]
    uncited: tuple[str, ...]
    unchecked: Mapping[tuple[str, str], int]
    problems: tuple[Diagnostic, ...]

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The citations that do not hold: whatever became of their passage, it is not the one that was cited, or not where it was."""
        return tuple(one for one in self.verdicts if one.status != "same")

    @property
    def passed(self) -> bool:
        """Whether every citation holds."""
        return not self.failed


def check_source(copy: Copy, source: Source, citing: Iterable[Citing], against: Copy | None = None) -> SourceCheck:
    """Hold citations to a copy of a document.

    Args:
        copy: the copy, cut by the layout of the source.
        source: the layout and the index.
        citing: those whose citations are held to it.
        against: another copy, to show changes word by word.

    Raises:
        InputError: the document has no index.

    """
    index = source.index_needed()
    citing = tuple(citing)
    states = states_of(copy, index)
    cited: dict[str, list[str]] = {}
    verdicts: list[Verdict] = []
    for one in citing:
        for citation in one.of(index):
            cited.setdefault(citation.address, []).append(f"{one.name}: {citation.by}")
            state = states.get(citation.address)
            verdict = Verdict(citation, one.name, "unknown") if state is None else Verdict(citation, one.name, *state)
            verdicts.append(verdict)
    changed = tuple(
        ChangedPassage(
            address, status, now, _difference(copy, index, address, now, status, against), tuple(cited.get(address, ()))
        )
        for address, (status, now) in states.items()
        if status != "same"
    )
    stand_for = {now for _, now in states.values()}
    return SourceCheck(
        copy.file,
        copy.encoding,
        copy.layout.name,
        index.title,
        copy.fingerprint == index.document_fingerprint,
        len(index.passages),
        tuple(verdicts),
        changed,
        tuple(address for address in copy.passages if address not in stand_for),
        uncited(index, citing),
        unchecked(citing, index_by_title(source.place)),
        (*_stale(source, index), *copy.problems),
    )


def check_document(
    path: str | Path,
    *,
    layout: str | Path | None = None,
    names: Iterable[str] = (),
    against: str | Path | None = None,
) -> SourceCheck:
    """Hold citations to somebody's own copy of a document.

    Args:
        path: a plain-text file.
        layout: the name of a shipped folder that has a layout, or the path of one; where none is named, the shipped one that fits best.
        names: the rule sets and inspections whose citations are held to it, by name or path; where none is named, all that are shipped. For a
            layout of your own these are what stands beside it, and what is shipped and lists its document.
        against: another copy, to show changes word by word.

    Raises:
        InputError: a copy cannot be read, is no text, or no layout fits it; or the document has no index.
        NotFoundError: there is no such layout, rule set or inspection.

    """
    copy, source = cut_by(*read_copy(path), layout)
    other = cut(*read_copy(against), source.layout) if against is not None else None
    return check_source(copy, source, every_citing(source, names), other)


def states_of(copy: Copy, index: Index) -> dict[str, tuple[Status, str | None]]:
    """What became of each indexed passage: whole ones are found by their fingerprints, wherever they stand, and changed ones by their pieces."""
    states: dict[str, tuple[Status, str | None]] = {}
    free = dict(copy.passages)
    for address, entry in index.passages.items():
        if address in free and free[address].fingerprint == entry.fingerprint:
            states[address] = "same", address
            del free[address]
    whole: dict[str, list[str]] = {}
    for address, passage in free.items():
        whole.setdefault(passage.fingerprint, []).append(address)
    for address, entry in index.passages.items():
        if address not in states and whole.get(entry.fingerprint):
            now = min(whole[entry.fingerprint], key=lambda other: _distance(address, other))
            whole[entry.fingerprint].remove(now)
            states[address] = "moved", now
            del free[now]
    left = [address for address in index.passages if address not in states]
    wanted = {_kind(address) for address in left}
    parts = {now: {digits for _, digits in pieces(one.text)} for now, one in free.items() if _kind(now) in wanted}
    for address in left:
        known = set(index.passages[address].pieces)
        alike = {now: len(known & parts[now]) for now in free if now in parts and _kind(now) == _kind(address)}
        best = max(alike, key=lambda now: (alike[now], now == address), default=None)
        if best is not None and alike[best]:
            states[address] = "changed", best
            del free[best]
    for address in left:
        if address not in states:
            states[address] = ("changed", address) if free.pop(address, None) is not None else ("missing", None)
    return {address: states[address] for address in index.passages}


def _kind(address: str) -> str:
    return address.rpartition("/")[0]


def _distance(address: str, other: str) -> tuple[bool, int]:
    return _kind(address) != _kind(other), abs(int(address.rpartition("/")[2]) - int(other.rpartition("/")[2]))


def _difference(
    copy: Copy, index: Index, address: str, now: str | None, status: Status, against: Copy | None
) -> tuple[Change, ...]:
    if status != "changed" or now is None:
        return ()
    before = _before(against, index, address)
    words = by_words(before, copy.passages[now]) if before is not None else None
    return words if words is not None else by_pieces(index.passages[address].pieces, copy.passages[now])


def _before(against: Copy | None, index: Index, address: str) -> Passage | None:
    """The passage in another copy: the one with its fingerprint, or else what stands at its address."""
    if against is None:
        return None
    wanted = index.passages[address].fingerprint
    whole = (one for one in against.passages.values() if one.fingerprint == wanted)
    return next(whole, against.passages.get(address))


def _stale(source: Source, index: Index) -> Iterator[Diagnostic]:
    if index.layout_fingerprint != source.layout.fingerprint:
        problem = "the index was made with another layout than this one"
        help = "write it anew with `hmic-rules sources index DOCUMENT`, from the copy that it was made from"
        yield Diagnostic(source.place.shown_as(INDEX), problem, help, "stale")


def check_data(found: SourceCheck) -> dict[str, Any]:
    """The check as plain data, for JSON; the keys are in docs/sources.md. The only text in it is that of changed passages."""
    return {
        "file": found.file,
        "encoding": found.encoding,
        "layout": found.layout,
        "title": found.title,
        "passed": found.passed,
        "same_document": found.same_document,
        "passages": found.passages,
        "citations": len(found.verdicts),
        "failed": [
            {
                "address": one.citation.address,
                "status": one.status,
                "now": one.now,
                "citing": one.citing,
                "by": one.citation.by,
                **_place_data(one.citation.span),
            }
            for one in found.failed
        ],
        "changed": [
            {
                "address": one.address,
                "status": one.status,
                "now": one.now,
                "difference": [
                    {"kind": change.kind, "text": change.text, "count": change.count} for change in one.difference
                ],
                "cited_by": list(one.cited_by),
            }
            for one in found.changed
        ],
        "new": list(found.new),
        "uncited": list(found.uncited),
        "unchecked": [
            {"citing": name, "document": title, "citations": count} for (name, title), count in found.unchecked.items()
        ],
        "problems": [
            {"code": one.code, "place": str(one.place), "problem": one.problem, "help": one.help}
            for one in found.problems
        ],
    }


def _place_data(span: Span) -> dict[str, Any]:
    return {"file": span.file, "line": span.line, "column": span.column}
