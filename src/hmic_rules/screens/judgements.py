"""Judgements that persons recorded, beside what the rules give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hmic_rules.explanations import OutcomeReason, source
from hmic_rules.judgement_reasons import JudgementReason
from hmic_rules.phrases import every_result, said
from hmic_rules.screens.outcomes import outcome_tree
from hmic_rules.wording import name_in_words

__all__ = ["judged_table", "judgement_parts", "judgement_tree", "where_judged"]


def judgement_parts(
    judgements: Sequence[JudgementReason], judged: OutcomeReason | None, computed: OutcomeReason, full: bool
) -> list[RenderableType]:
    """What was judged, each with its reason, and the outcome with it; nothing where nothing was.

    Args:
        judgements: those that stand under the reading.
        judged: the outcome with them.
        computed: the outcome without them.
        full: with what kept each rule from holding.

    """
    if judged is None:
        return []
    moved = said(judged.outcome) != said(computed.outcome)
    result = Text.assemble(
        f"With {'this' if len(judgements) == 1 else 'these'}: {name_in_words(judged.outcome.name)} ",
        (said(judged.outcome), "bold cyan"),
        f"; from the facts alone: {said(computed.outcome)}." if moved else ", the same as from the facts alone.",
    )
    parts: list[RenderableType] = [judgement_tree(judgements), result]
    if moved and judged.outcome.judgement is None:
        parts.append(outcome_tree(judged, full, telling=not full))
    return [*parts, Text("What follows is told of what the rules give from the facts alone.", style="italic")]


def judgement_tree(judgements: Sequence[JudgementReason]) -> Tree:
    """Each judgement with who made it, when, why and on what, and what the rules give in its place."""
    tree = Tree(Text("Judged by persons, and what the rules give in its place", style="bold"))
    for one in judgements:
        branch = tree.add(
            Text.assemble(_what(one), (one.judged, "bold cyan"), f"; {_beside(one)}", (f"  [{one.id}]", "dim"))
        )
        branch.add(Text(f"{one.by}, {one.date}: {one.reason}"))
        for finding in one.findings:
            if finding.says is None:
                branch.add(Text(f"rests on: {finding.finding}"))
            else:
                where = f"  [{finding.finding}; {finding.cite}]"
                branch.add(Text.assemble(f"rests on: {finding.says}", (where, "dim")))
        if one.passages:
            branch.add(Text(f"rests on: {', '.join(one.passages)}"))
        branch.add(Text(f"that it may be judged so: {source(one.allowed_by, one.allowed_cite)}", style="dim"))
    return tree


def _what(one: JudgementReason) -> str:
    return f"{name_in_words(one.value)}{'' if one.criterion is None else f' of {one.criterion}'}: "


def _beside(one: JudgementReason) -> str:
    """What the rules give where something was judged."""
    given = every_result(one.beside)
    alone = every_result(one.computed)
    further = "" if given == alone else f" (from the facts alone {alone})"
    if one.moved:
        further += (
            f". When it was judged they gave {one.gave}: what is computed has moved since, and the judgement stands"
        )
    if one.standing == "agrees":
        return f"the rules give the same and it changes nothing{further}"
    if one.beside.status == "undetermined":
        lies = "one of" if one.standing == "settles" else "none of"
        return f"{lies} what the rules leave possible: {given}{further}"
    return f"the rules give {given}{further}"


def where_judged(one: JudgementReason) -> str:
    """A judgement in one line."""
    return f"{_what(one)}{one.judged}; {_beside(one)} [{one.id}; {one.by}, {one.date}]"


def judged_table(found: Iterable[tuple[str, Sequence[JudgementReason]]]) -> Table:
    """The judgements of several frameworks, a line for each.

    Args:
        found: the title of each framework, and its judgements.

    """
    table = Table.grid(padding=(0, 1))
    for title, judgements in found:
        for one in judgements:
            table.add_row(Text(title, style="bold"), Text(where_judged(one)))
    return table
