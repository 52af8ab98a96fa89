"""What a person reads of a proof."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from hmic_rules.screens.parts import line
from hmic_rules.verification.obligations import KINDS, Obligation
from hmic_rules.verification.proving import Counted, Proof
from hmic_rules.verification.witnesses import Witness

__all__ = ["proof_screen", "witness_lines"]

ORDER: Final = ("refuted", "gap", "open", "idle", "bounded", "proven")
HEADS: Final = {
    "refuted": "Refuted: a case speaks against it",
    "gap": "Gaps: cases without an outcome, named; the source may leave them",
    "open": "Open: not analysed, which is no verdict",
    "idle": "Idle: it holds in some cases, and changes nothing",
    "bounded": "Proven up to a number of rows",
    "proven": "Proven of every case",
}
MOST_PARTS: Final = 3
MOST_FACTS: Final = 8


def proof_screen(proof: Proof, full: bool) -> RenderableType:
    """The verdicts, the worst first; what is proven is counted by kind unless everything is asked for."""
    counts = Counter(one.verdict for one in proof.obligations)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in reversed(ORDER) if counts[verdict])
    lines: list[RenderableType] = [
        Text(f"{proof.ruleset}, edition {proof.edition}: {summary}"),
        Text(f"looked at: {_parts(proof.parts, proof.parts, full)}"),
    ]
    for verdict in ORDER:
        found = proof.by_verdict(verdict)
        if not found:
            continue
        lines += [Text(), Text(HEADS[verdict])]
        if verdict in ("proven", "bounded") and not full:
            lines += [line(text) for text in _by_kind(found)]
        else:
            lines += [line(text, depth) for one in found for depth, text in _obligation(one, proof, full)]
    if proof.counts:
        lines += [Text(), Text("Complete assessments that give each outcome, exactly")]
        lines += [line(text) for text in _counts(proof.counts, full)]
    return Group(*lines)


def _by_kind(found: Sequence[Obligation]) -> Iterator[str]:
    for kind, words in KINDS.items():
        listed = [one for one in found if one.kind == kind]
        if listed:
            within = dict.fromkeys(limit for one in listed for limit in one.within)
            reach = f" ({', '.join(within)})" if within else ""
            yield f"{kind}, {len(listed)}: {words}{reach}"


def _obligation(one: Obligation, proof: Proof, full: bool) -> Iterator[tuple[int, str]]:
    yield 1, f"{one.kind}: {one.about}"
    parts = "" if not one.parts else f" ({_parts(one.parts, proof.parts, full)})"
    within = f" ({', '.join(one.within)})" if one.within else ""
    yield 2, f"{one.says}{within}{parts}"
    if one.witness is not None and (full or one.verdict in ("refuted", "gap")):
        yield from ((2, text) for text in witness_lines(one.witness, full))


def _parts(parts: Sequence[str], every: Sequence[str], full: bool) -> str:
    if len(parts) <= MOST_PARTS or full:
        return "; ".join(parts)
    return f"{'; '.join(parts[:MOST_PARTS])} and {len(parts) - MOST_PARTS} more" + (
        f" of {len(every)}" if len(parts) < len(every) else ""
    )


def witness_lines(witness: Witness, full: bool) -> Iterator[str]:
    """A case: what it turns on; and its facts, where every one is asked for, or nothing of it is unusual and they are few."""
    where = ", ".join(one for one in (witness.framework, witness.profile) if one is not None)
    yield f"a smallest case{f' under {where}' if where else ''}: {witness}"
    given = {**witness.parameters, **witness.facts}
    if full or (not witness.unusual and len(given) <= MOST_FACTS):
        yield from (f"  {name}: {_written(fact)}" for name, fact in given.items())


def _written(fact: Any) -> str:
    return "none" if fact in ([], {}) else json.dumps(fact, ensure_ascii=False)


def _counts(counts: Sequence[Counted], full: bool) -> Iterator[str]:
    shown = counts if full else counts[: 2 * MOST_PARTS]
    for one in shown:
        numbers = ", ".join(f"{result}: {number:,}" for result, number in one.numbers.items())
        yield f"{one.outcome} ({one.part}; {one.of} things assessed): {numbers}"
    if len(shown) < len(counts):
        yield f"and {len(counts) - len(shown)} more: --full"
