"""What a rule set promises, with the verdicts of its certificate; and which rules a second engine computes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from hmic_rules.backends.coverage import coverage
from hmic_rules.backends.prose.conditions import condition_said
from hmic_rules.backends.prose.grammar import listed, words_of
from hmic_rules.documentation.pages import (
    Block,
    Heading,
    Item,
    Line,
    Listing,
    Paragraph,
    Table,
    code,
    faint,
    item_of,
    line,
    strong,
)
from hmic_rules.documentation.speaking import Speaker, from_where, remark
from hmic_rules.rulesets import Claim
from hmic_rules.verification.certificates import CERTIFICATE, stale
from hmic_rules.verification.obligations import KINDS

__all__ = ["promises", "second_opinion"]

VERDICTS: Final = {
    "proven": "proven of every complete case",
    "bounded": "proven of every case up to a size",
    "gap": "some cases have no outcome",
    "idle": "holds in some case, and changes nothing",
    "refuted": "refuted: there is a case against it",
    "open": "not analysed",
}


def promises(speaker: Speaker, certificate: bytes | None) -> Iterator[Block]:
    """The claims, each with its verdict, and what else was proven.

    Args:
        speaker: the rule set.
        certificate: the certificate that stands beside it.

    """
    ruleset = speaker.ruleset
    yield Heading(2, line("What it promises, and what is proven"), "promises")
    why = None
    if certificate is None:
        why = line("No certificate stands beside the rule set, so nothing is said here of what is proven.")
    else:
        wrong = stale(certificate, CERTIFICATE, ruleset.fingerprint)
        if wrong is not None:
            why = line(strong("The certificate is stale"), f": {wrong.problem}. Its verdicts are not shown.")
    obligations = [] if certificate is None or why is not None else json.loads(certificate)["obligations"]
    if why is not None:
        yield Paragraph(
            (*why, *line(" To prove it: ", code(f"hmic-rules prove {ruleset.name} --certificate {CERTIFICATE}"), ".")),
            is_note=True,
        )
    verdicts = {one["about"]: one for one in obligations if one["kind"] == "claim"}
    if ruleset.claims:
        yield Paragraph(line("It claims of every case:"))
        yield Listing(tuple(_claim(speaker, claim, verdicts.get(claim.id)) for claim in ruleset.claims))
    else:
        yield Paragraph(line("It makes no claims of its own."))
    if obligations:
        yield from _others(obligations)


def _claim(speaker: Speaker, claim: Claim, found: dict[str, Any] | None) -> Item:
    start = "it never happens that" if claim.kind == "never" else "it is always so that"
    whole = item_of(condition_said(claim.condition, speaker.voice).after(start))
    verdict = () if found is None else line(faint(f" ({_verdict(found)})"))
    source = from_where(None, claim.cite)
    lead = line(strong(claim.id), *source, *verdict, ":", *remark(claim.says), " ")
    return Item((*lead, *whole.line), whole.items)


def _verdict(found: dict[str, Any]) -> str:
    within = f": {listed(found['within'])}" if found["within"] else ""
    parts = f", under {listed(found['parts'])}" if found["parts"] else ""
    return f"{VERDICTS[found['verdict']]}{within}{parts}"


def _others(obligations: list[dict[str, Any]]) -> Iterator[Block]:
    kinds = [kind for kind in KINDS if any(one["kind"] == kind for one in obligations)]
    rows: list[tuple[Line, ...]] = []
    for kind in kinds:
        own = [one["verdict"] for one in obligations if one["kind"] == kind]
        counts = [f"{own.count(verdict)} {verdict}" for verdict in VERDICTS if verdict in own]
        rows.append((line(KINDS[kind].capitalize()), line(listed(counts))))
    yield Paragraph(
        line("The certificate beside it is about exactly these files. Its verdicts, by what was to be proven:")
    )
    yield Table((line("To be proven"), line("Verdicts")), tuple(rows), "What was proven")
    odd = [one for one in obligations if one["verdict"] not in ("proven", "bounded")]
    if odd:
        yield Paragraph(line("What is not simply proven, which may be what the source says:"))
        yield Listing(tuple(map(_odd, odd)))


def _odd(one: dict[str, Any]) -> Item:
    under = f" (under {listed(one['parts'])})" if one["parts"] else ""
    return Item(
        line(
            strong(one["verdict"].capitalize()),
            ": ",
            code(one["about"]),
            faint(f", {one['kind']}"),
            f": {one['says']}{under}.",
        )
    )


def second_opinion(speaker: Speaker) -> Iterator[Block]:
    """Which rules durable_rules computes besides."""
    found = coverage(speaker.ruleset)
    yield Heading(2, line("A second opinion"), "second-opinion")
    if not found.rules:
        yield Paragraph(line("The rule set has calculations only, and no rule that a second engine would compute."))
        return
    text = f"Where durable_rules is installed it computes {found.taking_part} of the {found.rules} rules and limits a second time, and makes {found.compared} comparisons itself; a disagreement is an error."
    yield Paragraph(line(text))
    refused: dict[str, list[str]] = {}
    for value in found.values:
        if value.refused is not None:
            refused.setdefault(value.refused, []).append(words_of(value.name))
    if refused:
        yield Paragraph(line("What it does not compute, and why:"))
        yield Listing(tuple(Item(line(f"{listed(names)}: {why}.")) for why, names in refused.items()))
