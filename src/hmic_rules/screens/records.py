"""What a person reads of a replayed record, and of a journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from hmic_rules.audit.differing import Difference
from hmic_rules.audit.journals import Checked
from hmic_rules.audit.replaying import Replay

__all__ = ["HEADS", "asked_screen", "difference_in_words", "journal_screen", "replay_screen"]

MOST: Final = 12
HEADS: Final = {
    "identical": "identical: the same bytes come out",
    "altered": "altered: the record is not as it was made, its hash or its form is not that of its contents",
    "other rules": "other rules: the rule set's files are not those by which the record was made",
    "refused": "refused: the case of the record is not decided any more",
    "differs": "differs: by the same rules, something comes out otherwise",
}


def replay_screen(found: Replay, title: str, full: bool = False) -> RenderableType:
    """The verdict, what differs, and what is otherwise without being a difference."""
    ruleset = found.record.data["ruleset"]
    lines: list[RenderableType] = [
        Text(f"{title}: {ruleset['name']}, edition {ruleset['edition']}", "bold"),
        Text(HEADS[found.verdict]),
    ]
    if found.verdict == "other rules" and found.again is not None:
        lines.append(Text("the result is the same" if found.same_result else "the result is another"))
    if found.refused is not None:
        lines += [Padding(Text(line), (0, 0, 0, 2)) for line in found.refused.splitlines()]
    lines += [Padding(Text(line), (0, 0, 0, 2)) for line in _differences(found, full)]
    if found.byte is not None:
        lines.append(Text(f"the first byte that differs is byte {found.byte}"))
    lines += [Text(f"note: {note}") for note in found.notes]
    lines.append(Text(f"sha256 {found.record.sha256}"))
    return Group(*lines)


def _differences(found: Replay, full: bool) -> Iterator[str]:
    shown = found.differences if full else found.differences[:MOST]
    yield from map(difference_in_words, shown)
    if len(found.differences) > len(shown):
        yield f"and {len(found.differences) - len(shown)} more: --full"


def difference_in_words(one: Difference) -> str:
    """One member that differs."""
    recorded, now = (text if text is not None else "nothing" for text in (one.recorded, one.now))
    return f"{one.path}: recorded {recorded}, now {now}"


def asked_screen(found: Replay, title: str, judgements: Sequence[str]) -> RenderableType:
    """What stands above answers about a record that came out again: which it is, and the judgements that are set aside."""
    case = found.record.data["case"]
    parts: list[RenderableType] = [replay_screen(found, title), Text()]
    if case is not None:
        parts.append(Text(case, "bold"))
    if judgements:
        stand, without = ("A judgement stands", "it") if len(judgements) == 1 else ("Judgements stand", "them")
        named = ", ".join(judgements)
        parts.append(Text(f"{stand} in it: {named}. The answers are of what the rules give without {without}."))
    if case is not None or judgements:
        parts.append(Text())
    return Group(*parts)


def journal_screen(found: Checked, title: str, head: str | None) -> RenderableType:
    """How many entries, what is wrong with them, and the hash to be kept elsewhere."""
    sound = "" if found.faults else ", each chained to the one before"
    lines = [title, f"{found.entries} {'entry' if found.entries == 1 else 'entries'}{sound}"]
    lines += [f"  {one}  [{one.kind}]" for one in found.faults]
    if found.after_head is not None:
        lines.append(f"the entry of that head is there, with {found.after_head} after it")
    lines.append(f"head {found.head}")
    if head is None and not found.faults:
        lines.append(
            "Entries that were taken away at the end do not show; keep the head elsewhere, and ask with --head."
        )
    return Group(*map(Text, lines))
