"""What a person reads of a document: citations held to a copy of it, its addresses, and the passages beside a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from hmic_rules.sources.differences import Change
from hmic_rules.sources.passages import Copy, Passage
from hmic_rules.sources.quoting import Quotation, Quotations
from hmic_rules.sources.verifying import ChangedPassage, SourceCheck, Verdict

__all__ = ["Quotes", "addresses_screen", "check_screen", "runs"]

LISTED = 12
PLACES = 4
OPENING = 60


def check_screen(found: SourceCheck, full: bool = False) -> RenderableType:
    """Which citations hold in a copy, what changed and who cites it, and what nothing cites."""
    encoding = "" if found.encoding == "utf-8" else f", read as {found.encoding}"
    parts: list[RenderableType] = [Text(f"{found.file}: a copy of {found.title}{encoding}", style="bold")]
    parts += [Text(f"{one.problem}{f' ({one.help})' if one.help else ''}", style="yellow") for one in found.problems]
    if found.same_document:
        parts.append(Text("Its text is the one that the index was made from."))
    parts.append(Text(_verdict(found)))
    changed = [one for one in found.changed if one.status != "moved"]
    moved = [one for one in found.changed if one.status == "moved"]
    parts += [_changed(one, full) for one in (changed if full else changed[:LISTED])]
    if len(changed) > LISTED and not full:
        parts.append(Text(f"and {len(changed) - LISTED} more changed or missing passages (--full)"))
    if moved:
        parts.append(_moved(moved))
    unknown = [one for one in found.failed if one.status == "unknown"]
    if unknown:
        parts.append(_unknown(unknown))
    if found.new:
        parts.append(Text(f"New in this copy: {', '.join(runs(found.new))}."))
    parts.append(Text(f"Cited by nothing: {len(found.uncited)} passages: {', '.join(runs(found.uncited))}."))
    for (name, title), count in found.unchecked.items():
        citations = "1 citation" if count == 1 else f"{count} citations"
        parts.append(Text(f"Not checked: {citations} by {name} of: {title} (it has no index).", style="italic"))
    return Group(*parts)


def _verdict(found: SourceCheck) -> str:
    if not found.verdicts:
        return f"Nothing here cites any of its {found.passages} passages."
    held = len(found.verdicts) - len(found.failed)
    words = "every one holds" if found.passed else f"{held} hold, {len(found.failed)} fail"
    return f"{len(found.verdicts)} citations of {found.passages} passages: {words}."


def _changed(one: ChangedPassage, full: bool) -> Tree:
    where = f", now {one.now}" if one.now not in (None, one.address) else ""
    tree = Tree(Text.assemble((f"{one.address} {one.status}{where}", "bold"), f": {_by(one.cited_by, full)}"))
    if one.difference:
        tree.add(_difference_text(one.difference))
    return tree


def _by(cited_by: Sequence[str], full: bool) -> str:
    """Who cites, by name; the places of those who cite often are cut short."""
    places: dict[str, list[str]] = {}
    for name, _, place in (one.partition(": ") for one in cited_by):
        places.setdefault(name, []).append(place)
    listed = {name: found if full else found[:PLACES] for name, found in places.items()}
    more = {name: len(found) - len(listed[name]) for name, found in places.items()}
    told = [
        f"{name} ({', '.join(found)}{f' and {more[name]} more' if more[name] else ''})"
        for name, found in listed.items()
    ]
    return f"cited by {'; '.join(told)}" if told else "cited by nothing"


def _difference_text(changes: Sequence[Change]) -> Text:
    """A difference in marks that need no colour: ``{+…+}`` is here, ``[-…-]`` was there."""
    text = Text()
    for place, change in enumerate(changes):
        text.append(" " if place else "")
        if change.kind == "gone":
            pieces = "piece" if change.count == 1 else "pieces"
            text.append(f"[-{change.count} {pieces} of the indexed passage-]", style="red")
        elif change.kind == "before":
            text.append(f"[-{change.text}-]", style="red")
        elif change.kind == "now":
            text.append(f"{{+{change.text}+}}", style="green")
        else:
            text.append(change.text or "", style="dim")
    return text


def _moved(moved: Sequence[ChangedPassage]) -> Tree:
    cited = [one for one in moved if one.cited_by]
    tree = Tree(
        Text(f"{len(moved)} passages stand whole at another address; {len(cited)} of them are cited", style="bold")
    )
    for words in _shifts(moved):
        tree.add(Text(words))
    return tree


def _shifts(moved: Sequence[ChangedPassage]) -> Iterator[str]:
    """Moves told together where one after the other went the same way."""
    groups: dict[tuple[str, str, int], list[str]] = {}
    for one in moved:
        (kind, number), (now_kind, now) = (text.rsplit("/", 1) for text in (one.address, one.now or one.address))
        groups.setdefault((kind, now_kind, int(now) - int(number)), []).append(number)
    for (kind, now_kind, by), numbers in groups.items():
        for run in runs([f"{kind}/{number}" for number in numbers]):
            yield f"{run} moved by {by:+d}" if kind == now_kind else f"{run} moved to {now_kind}, by {by:+d}"


def _unknown(verdicts: Sequence[Verdict]) -> Tree:
    tree = Tree(Text("Citations of addresses that the index does not have", style="bold"))
    for one in verdicts:
        tree.add(Text(f"{one.citation.span}: {one.citation.address}, cited by {one.citing}: {one.citation.by}"))
    return tree


def runs(addresses: Iterable[str]) -> tuple[str, ...]:
    """Addresses with those that follow each other told together: ``np/strength/1-3``."""
    found: list[tuple[str, int, int]] = []
    for address in addresses:
        kind, _, number = address.rpartition("/")
        if found and found[-1][0] == kind and found[-1][2] + 1 == int(number):
            found[-1] = kind, found[-1][1], int(number)
        else:
            found.append((kind, int(number), int(number)))
    return tuple(f"{kind}/{start}" if start == end else f"{kind}/{start}-{end}" for kind, start, end in found)


def addresses_screen(copy: Copy, passages: Sequence[Passage], whole: bool) -> RenderableType:
    """Addresses with how each passage starts, or with its whole text."""
    if whole:
        return Group(*(Padding(_whole(one.address, one.paragraphs), (0, 0, 1, 0)) for one in passages))
    width = max((len(one.address) for one in passages), default=0)
    lines = [Text(f"{one.address:<{width}}  {_opening(one)}") for one in passages]
    counts = Counter(leftover.reason for leftover in copy.leftovers)
    rest = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
    return Group(
        *lines, Text(f"{len(passages)} passages" + (f"; lines in none: {rest}" if rest else ""), style="italic")
    )


def _opening(passage: Passage) -> str:
    text = " ".join(passage.paragraphs)
    return text if len(text) <= OPENING else f"{text[:OPENING].rsplit(' ', 1)[0]} …"


def _whole(head: str, paragraphs: Iterable[str]) -> Group:
    return Group(Text(head, style="bold"), *(Padding(Text(one), (0, 0, 0, 2)) for one in paragraphs))


@frozen
class Quotes:
    """The passages to print beside reasons, each once: for citations of the inspection, and for those of its rule set."""

    inspection: Quotations
    ruleset: Quotations
    printed: set[str] = field(factory=set)

    def of_findings(self, tree: Tree, cites: Iterable[str]) -> None:
        """Add the passages that the inspection cites to a branch."""
        self._add(tree, (self.inspection[cite] for cite in cites))

    def of_rules(self, tree: Tree, cites: Iterable[str]) -> None:
        """Add the passages that the rule set cites to a branch."""
        self._add(tree, (self.ruleset[cite] for cite in cites))

    def _add(self, tree: Tree, found: Iterable[Quotation | None]) -> None:
        for one in found:
            if one is not None and one.address not in self.printed:
                self.printed.add(one.address)
                tree.add(_quotation(one))


def _quotation(found: Quotation) -> RenderableType:
    remarks = {
        "same": "",
        "changed": f" as it reads in this copy{_at(found)}: not the passage that was cited",
        "moved": f", which stands in this copy at {found.now}",
        "missing": " is not in this copy",
    }
    style = "bold" if found.status == "same" else "bold yellow"
    head = Text(f"{found.address}{remarks[found.status]}", style=style)
    return Group(head, *(Text(one, style="italic") for one in found.paragraphs))


def _at(found: Quotation) -> str:
    return "" if found.now == found.address else f" at {found.now}"
