"""What a person reads of the difference of two editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from hmic_rules.diagrams.variables import called
from hmic_rules.screens.parts import line
from hmic_rules.screens.proofs import witness_lines
from hmic_rules.verification.archives import Archived
from hmic_rules.verification.differences import Changed, Difference

__all__ = ["difference_screen"]

MOST: Final = 8


def difference_screen(found: Difference, archived: tuple[Archived, ...] | None, full: bool) -> RenderableType:
    """Who gets another outcome, by outcome; what is the same; what changed on paper alone."""
    lines: list[RenderableType] = [Text(f"{found.old} → {found.new}")]
    if found.equivalent:
        lines.append(Text("Every outcome is the same in every case."))
    for head, names in (("only in the old one", found.only_old), ("only in the new one", found.only_new)):
        if names:
            lines.append(Text(f"{head}: {', '.join(names)}"))
    for outcome in dict.fromkeys(one.outcome for one in found.changed):
        classes = [one for one in found.changed if one.outcome == outcome]
        lines += [
            Text(),
            Text(f"{outcome}: {len(classes)} {'class' if len(classes) == 1 else 'classes'} of case come out otherwise"),
        ]
        for one in sorted(classes, key=lambda each: -(each.number or 0))[: None if full else MOST]:
            lines += [line(text, depth) for depth, text in _changed(one, full)]
        if len(classes) > MOST and not full:
            lines.append(line(f"and {len(classes) - MOST} more: --full"))
    for head, texts in (
        ("The same in every case", [_reaching(name, within) for name, within in found.same]),
        ("Changed on paper, and not in effect", found.on_paper),
        ("Open: not analysed, or no case was found", found.open),
    ):
        if texts:
            lines += [Text(), Text(head), *map(line, texts)]
    if archived is not None:
        lines += [Text(), *_archived(archived)]
    return Group(*lines)


def _reaching(name: str, within: tuple[str, ...]) -> str:
    return f"{name} ({', '.join(within)})" if within else name


def _changed(one: Changed, full: bool) -> Iterator[tuple[int, str]]:
    many = "" if one.number is None or one.of is None else f", {one.number:,} of {one.of:,}"
    where = "" if one.part == "every case" else f" ({one.part})"
    way = "" if one.direction == "other" else f", {one.direction}"
    name = "" if one.item is None else f"{called(one.outcome, one.item)}: "
    yield 1, f"{name}{one.before} → {one.after}{way}{many}{where}"
    if one.witness is not None:
        yield from ((2, text) for text in witness_lines(one.witness, full))


def _archived(archived: Sequence[Archived]) -> Iterator[RenderableType]:
    changed = [one for one in archived if one.changes or one.refused]
    yield Text(f"Of {len(archived)} archived cases {len(changed)} come out otherwise")
    for one in changed:
        yield line(f"{one.file}: {one.title}")
        yield from (line(f"{name}: {before} → {after}", 2) for name, before, after in one.changes)
        if one.refused is not None:
            yield line(f"the new edition refuses it: {one.refused}", 2)
        if one.left_out:
            yield line(f"not asked by the new edition: {', '.join(one.left_out)}", 2)
