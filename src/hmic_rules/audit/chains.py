"""What is wrong with a chain of entries: each names the one before it by its hash, so that whatever was taken out, moved or changed shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from hmic_rules.audit.canonical import SEAL, canonical, parsed, sha256_without_seal
from hmic_rules.audit.records import Record, checked_record
from hmic_rules.errors import InputError, quoted

__all__ = ["FIRST", "Fault", "Link", "entry_text", "faults_of", "link_of"]

FIRST: Final = "0" * 64  # what stands in place of the hash of an entry before the first
Kind: TypeAlias = Literal[
    "damaged", "edited", "replaced", "repeated", "forked", "out of order", "missing", "torn", "another head"
]


@frozen
class Fault:
    """Something that is wrong with a journal.

    Attributes:
        kind: ``damaged``: a line that is no entry; ``edited``: an entry that has not the hash it states, or whose record has not; ``replaced``: an
            entry that is not the one that the next was chained to; ``repeated``: an entry that stands before too; ``forked``: a second entry of one
            number; ``out of order``; ``missing``: entries that are not there; ``torn``: a last line that was not written to its end; ``another
            head``: the entry whose hash was kept elsewhere is not in it.
        line: where, counted from 1; for what is missing, the line after which it stood, 0 at the beginning.
        says: the same in words.
        entries: for what is missing, the first and the last number.

    """

    kind: Kind
    line: int
    says: str
    entries: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"line {self.line}: {self.says}"


@frozen
class Link:
    """One line of a journal. ``number`` is ``None`` where the line does not say it."""

    line: int
    number: int | None
    previous: str
    sha256: str
    fault: Fault | None = None
    record: Record | None = field(default=None, eq=False, repr=False)


def entry_text(number: Any, previous: Any, record: bytes) -> tuple[bytes, str]:
    """The line of an entry, without its end, and its hash; ``record`` is canonical, so that what is put around it is."""
    body = canonical({"entry": number, "previous": previous})[:-1] + b',"record":' + record
    sha256 = hashlib.sha256(body + b"}").hexdigest()
    return body + f',"{SEAL}":"{sha256}"}}'.encode(), sha256


def link_of(data: bytes, line: int) -> Link:
    """One line read, with what is wrong with it alone."""
    try:
        found: Any = parsed(data, f"line {line}")
        if not isinstance(found, dict) or set(found) != {"entry", "previous", "record", SEAL}:
            return Link(line, None, "", "", Fault("damaged", line, "it is no entry of a journal"))
        record = checked_record(found["record"], canonical(found["record"]), f"line {line}")
        text, sha256 = entry_text(found["entry"], found["previous"], record.text)
        well_kept = record.sha256 == sha256_without_seal(record.data)
    except InputError as wrong:
        return Link(line, None, "", "", Fault("damaged", line, f"it cannot be read: {wrong.diagnostics[0].problem}"))
    number = found["entry"] if type(found["entry"]) is int and found["entry"] > 0 else None
    fault = None
    if found[SEAL] != sha256 or number is None:
        fault = Fault("edited", line, "it has not the hash that it states, so it was changed")
    elif text != data:
        fault = Fault("edited", line, "it is not written as entries are, so it was changed")
    elif not well_kept:
        fault = Fault("edited", line, "its record has not the hash that it states, so it was changed")
    return Link(line, number, str(found["previous"]), str(found[SEAL]), fault, record)


def faults_of(links: Sequence[Link]) -> tuple[Fault, ...]:
    """Everything that is wrong with the entries of a journal, by line."""
    found = [link.fault for link in links if link.fault is not None]
    repeated, once = _once(links)
    found += repeated
    numbered, forked = _numbered(once)
    found += forked
    found += _out_of_order(numbered)
    found += _missing([number for number, _ in numbered], {number: link.line for number, link in numbered})
    found += _replaced(dict(numbered))
    return tuple(sorted(found, key=lambda one: (one.line, one.kind)))


def _once(links: Sequence[Link]) -> tuple[list[Fault], list[Link]]:
    """The lines without those that stand twice. Of two, the one that follows the entry it names is the first."""
    places: dict[str, list[int]] = {}
    for place, link in enumerate(links):
        if link.fault is None:
            places.setdefault(link.sha256, []).append(place)
    faults: list[Fault] = []
    dropped: set[int] = set()
    for several in places.values():
        if len(several) > 1:
            before = [links[place - 1].sha256 if place else FIRST for place in several]
            fits = [place for place, sha in zip(several, before, strict=True) if links[place].previous == sha]
            kept = (fits or several)[0]
            for place in several:
                if place != kept:
                    says = f"entry {links[place].number} stands here again: it stands on line {links[kept].line}"
                    faults.append(Fault("repeated", links[place].line, says))
                    dropped.add(place)
    return faults, [link for place, link in enumerate(links) if place not in dropped]


def _numbered(links: Sequence[Link]) -> tuple[list[tuple[int, Link]], list[Fault]]:
    """The lines with their numbers. A line that was changed has the number that it states, or the next, where nothing else has.

    A number that only a changed line states is believed where it is no further than the lines and the other numbers reach.
    """
    taken: dict[int, Link] = {}
    faults: list[Fault] = []
    for link in links:
        if link.fault is None and link.number is not None:
            if link.number in taken:
                says = f"another entry {link.number} stands on line {taken[link.number].line}"
                faults.append(Fault("forked", link.line, says))
            else:
                taken[link.number] = link
    forked = {fault.line for fault in faults}
    found: list[tuple[int, Link]] = []
    last, furthest = 0, max(len(links), *taken, 0)
    for link in links:
        if link.line in forked:
            continue
        number = link.number if link.fault is None else None
        if number is None:
            likely = [link.number, last + 1]
            number = next((one for one in likely if one is not None and one not in taken and one <= furthest), None)
        if number is not None:
            taken[number] = link
            found.append((number, link))
            last = number
    return found, faults


def _out_of_order(numbered: Sequence[tuple[int, Link]]) -> Iterator[Fault]:
    for (number, link), wanted in zip(numbered, sorted(number for number, _ in numbered), strict=True):
        if number != wanted:
            yield Fault("out of order", link.line, f"entry {number} stands where entry {wanted} belongs")


def _missing(numbers: Iterable[int], lines: dict[int, int]) -> Iterator[Fault]:
    last = 0
    for number in sorted(numbers):
        if number > last + 1:
            gone = f"entry {last + 1} is" if number == last + 2 else f"entries {last + 1} to {number - 1} are"
            yield Fault("missing", lines.get(last, 0), f"after it, {gone} missing", (last + 1, number - 1))
        last = number


def _replaced(links: dict[int, Link]) -> Iterator[Fault]:
    for number, link in links.items():
        if link.fault is not None:
            continue
        before = links.get(number - 1)
        if number == 1 and link.previous != FIRST:
            yield Fault("replaced", link.line, "it is entry 1, and names an entry before it")
        elif before is not None and before.fault is None and link.previous != before.sha256:
            says = f"it is not the entry that entry {number} was chained to: {quoted(link.previous)}"
            yield Fault("replaced", before.line, says)
