"""What is to be proven of a rule set, and what came of it."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from hmic_rules.verification.witnesses import Witness

__all__ = ["KINDS", "Kind", "Obligation", "Verdict", "obligation_data"]

Verdict: TypeAlias = Literal["proven", "bounded", "gap", "idle", "open", "refuted"]
Kind: TypeAlias = Literal[
    "total",
    "determined",
    "single-valued",
    "monotone",
    "claim",
    "reachable",
    "rule decides",
    "limit binds",
    "input matters",
    "item matters",
    "term matters",
]
KINDS: Final[dict[Kind, str]] = {
    "total": "every complete case has an outcome",
    "determined": "what is known in full is decided",
    "single-valued": "no case makes rules conflict",
    "monotone": "what gets better makes no outcome worse",
    "claim": "what the rule set claims of every case holds",
    "reachable": "some case gives it",
    "rule decides": "some case would come out otherwise without the rule",
    "limit binds": "some case would come out otherwise without the limit",
    "input matters": "some outcome hangs on it",
    "item matters": "some outcome hangs on it",
    "term matters": "another value in its range changes some outcome",
}


@frozen(eq=False)
class Obligation:
    """One thing that is to be proven, and the verdict.

    Attributes:
        kind: what sort of thing; :data:`KINDS` says it in words.
        about: the outcome, rule, input or claim.
        verdict: ``proven``: of every complete case, of any size. ``bounded``: of every case up to ``within``. ``gap``: some cases have no
            outcome; they are named, and that may be what the source says. ``idle``: a rule or limit holds in some case, and nothing would come
            out otherwise without it; that may be meant, too. ``refuted``: there is a case against it, decided again before it
            was shown. ``open``: not analysed, which is no verdict.
        says: a sentence that says what was found.
        parts: the frameworks and readings that the sentence is about; all of them where it is empty.
        within: how far a bounded proof reaches.
        witness: a smallest case that shows it.

    """

    kind: Kind
    about: str
    verdict: Verdict
    says: str
    parts: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    witness: Witness | None = None

    def __str__(self) -> str:
        return f"{self.verdict}: {self.kind}: {self.about}: {self.says}"


def obligation_data(obligation: Obligation) -> dict[str, Any]:
    """An obligation as plain data."""
    witness = obligation.witness
    return {
        "kind": obligation.kind,
        "about": obligation.about,
        "verdict": obligation.verdict,
        "says": obligation.says,
        "parts": list(obligation.parts),
        "within": list(obligation.within),
        "witness": None
        if witness is None
        else {
            "framework": witness.framework,
            "profile": witness.profile,
            "parameters": dict(witness.parameters),
            "unusual": list(witness.unusual),
            "facts": witness.facts,
        },
    }
