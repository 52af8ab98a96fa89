"""One outcome for a person: its result in words, and its rules and limits as a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from rich.tree import Tree

from hmic_rules.assumptions import Assumption
from hmic_rules.conditions import Truth
from hmic_rules.explanations import LimitReason, OutcomeReason, RuleReason, source
from hmic_rules.lineage import change_in_words
from hmic_rules.outcomes import Outcome
from hmic_rules.phrases import few, said
from hmic_rules.traces import Obstacle
from hmic_rules.wording import name_in_words

__all__ = ["assumption_tree", "outcome_tree"]

COUNTED_SHOWN = 8


def outcome_tree(
    reason: OutcomeReason,
    full: bool = True,
    say: Callable[[Outcome], str] = said,
    *,
    of: str | None = None,
    telling: bool = False,
) -> Tree:
    """One outcome as a tree: how it came about, its rules, its limits.

    Args:
        reason: the outcome with its rules and limits.
        full: with what kept each rule from holding.
        say: puts the outcome into words.
        of: what the outcome stands on, where it is not the item of the reason alone.
        telling: without the rules and limits that have no part in the result; they are only named.

    """
    outcome = reason.outcome
    item = of or outcome.item
    name = f"{name_in_words(outcome.name)}{'' if item is None else f' of {item}'}: "
    counted = f": {few(reason.because_of, COUNTED_SHOWN)}" if reason.because_of else ""
    where = (f"  [{source(reason.basis, reason.cite)}]", "dim") if reason.basis is not None else ""
    tree = Tree(Text.assemble((name, "bold"), (say(outcome), "bold cyan"), f", {reason.how}{counted}", where))
    silent = _silent(reason) if telling else []
    for rule in reason.rules:
        if rule not in silent:
            branch = tree.add(_rule_line(rule))
            for obstacle in rule.obstacles if full else ():
                branch.add(Text.assemble(_mark(str(obstacle.truth)), _missing(obstacle)))
    for limit in reason.limits:
        if limit not in silent:
            tree.add(_limit_line(limit, beside_judgement=outcome.judgement is not None))
    for change in reason.taken_out:
        tree.add(Text(change_in_words(change), style="dim"))
    if silent:
        tree.add(Text(f"no part in it: {few([one.id for one in silent], 8)} (--full)", style="dim"))
    return tree


def _silent(reason: OutcomeReason) -> list[RuleReason | LimitReason]:
    """The rules and limits that have no part in the result."""
    limits = [limit for limit in reason.limits if limit.in_force == "no"]
    outcome = reason.outcome
    if outcome.status == "no rule covers this" or outcome.rule == "otherwise":
        return list(limits)
    telling = ("yes",) if outcome.status == "decided" else ("yes", "unknown")
    return [*(rule for rule in reason.rules if rule.truth not in telling), *limits]


def _rule_line(rule: RuleReason) -> Text:
    held = f": {few(rule.because_of)}" if rule.because_of else ""
    words = f" if {rule.says or rule.words}{held}"
    return Text.assemble(
        _mark(rule.truth),
        (rule.then, "bold"),
        words,
        (f"  [{rule.id}; {source(rule.basis, rule.cite, rule.origin)}]", "dim"),
    )


def _limit_line(limit: LimitReason, *, beside_judgement: bool) -> Text:
    """A limit; a judgement is never moved by one, so that the line tells what it would allow."""
    held = f": {few(limit.because_of)}" if limit.because_of else ""
    words = f"{limit.kind} {limit.bound} if {limit.says or limit.words}{held}"
    state = {"yes": "in force", "no": "not in force", "unknown": "not known"}[limit.in_force]
    if limit.binding == "yes":
        state = (
            "in force, and the judgement lies beyond it" if beside_judgement else "in force, and it changed the result"
        )
    where = f"  [limit {limit.id}, {state}; {source(limit.basis, limit.cite, limit.origin)}]"
    return Text.assemble(_mark(limit.in_force), words, (where, "dim"))


def _missing(obstacle: Obstacle) -> str:
    """What keeps a rule from holding, with the number found and the first items."""
    found = "" if obstacle.found is None or obstacle.name is not None else f"; it is {obstacle.found}"
    return f"{obstacle.words}{found}" + (
        f": {_in_the_way(obstacle)} of {few(obstacle.items)}" if obstacle.items else ""
    )


def _in_the_way(obstacle: Obstacle) -> str:
    return "not so" if obstacle.truth is Truth.NO else "not surely so"


def _mark(truth: str) -> tuple[str, str]:
    return {"yes": ("yes  ", "green"), "no": ("no   ", "red"), "unknown": ("?    ", "yellow")}[truth]


def assumption_tree(found: Sequence[Assumption], full: bool) -> Tree:
    """What a result assumes: how much of each kind, or each with its words."""
    tree = Tree(
        Text(
            f"It assumes {len(found)} thing{'s' if len(found) > 1 else ''} that no source states"
            + ("" if full else " (each with --full)"),
            style="bold",
        )
    )
    for kind in dict.fromkeys(one.kind for one in found):
        of_kind = [one for one in found if one.kind == kind]
        if full:
            branch = tree.add(Text(f"{kind}: {len(of_kind)}"))
            for one in of_kind:
                branch.add(Text(one.words))
        else:
            tree.add(Text(f"{kind}: " + ", ".join(name_in_words(one.name) for one in of_kind)))
    return tree
