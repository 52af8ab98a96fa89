"""A decided case on one screen: what came out, why, and what nobody gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hmic_rules.assumptions import assumptions
from hmic_rules.decisions import Decision
from hmic_rules.editions import picked_in_words
from hmic_rules.explanations import explain_decision, unknown_facts
from hmic_rules.judgement_reasons import judgement_reasons
from hmic_rules.lineage import extends_in_words
from hmic_rules.missing import Missing, missing
from hmic_rules.outcomes import Outcome
from hmic_rules.phrases import every_result, few
from hmic_rules.screens.judgements import judgement_tree
from hmic_rules.screens.outcomes import assumption_tree, outcome_tree
from hmic_rules.wording import name_in_words

__all__ = ["decision_screen"]

RESULTS_SHOWN = 8
TREES_SHOWN = 4
UNKNOWN_SHOWN = 12
ASSUMPTIONS_SHOWN = 6


def decision_screen(decision: Decision, title: str, full: bool = False) -> RenderableType:
    """A case: its outcomes first, then the rules behind them, then what outcomes without a result wait for.

    Args:
        decision: the decided case.
        title: the sentence that names it.
        full: every rule of every item; otherwise those that made the results, once for items that came out alike.

    """
    head = [f"{decision.ruleset.title}, edition {decision.ruleset.edition}"]
    if decision.framework is not None:
        head.append(decision.framework)
    if decision.profile is not None:
        head.append(f"reading {decision.profile}")
    if decision.ruleset.picked is not None:
        head.append(picked_in_words(decision.ruleset.picked))
    extends = extends_in_words(decision.ruleset)
    outcomes = list(decision.outcomes)
    parts: list[RenderableType] = [
        Text.assemble((title, "bold"), f"\nby {', '.join(head)}\n", f"it extends {extends}\n" if extends else ""),
        *((judgement_tree(judged), Text()) if (judged := judgement_reasons(decision)) else ()),
        _results(decision, outcomes),
        Text(),
        *_trees(decision, outcomes, full),
    ]
    lacking = missing(decision)
    if lacking:
        parts.append(_missing_tree(lacking, full))
    named = {one.name if one.item is None else f"{one.name} of {one.item}" for one in lacking}
    others = [name_in_words(name) for name in unknown_facts(decision) if name not in named]
    if others:
        listed = ", ".join(others) if full else few(others, UNKNOWN_SHOWN)
        parts.append(Text(f"Not known either, and not waited for: {listed}."))
    assumed = assumptions(decision)
    if assumed:
        parts.append(assumption_tree(assumed, full or len(assumed) <= ASSUMPTIONS_SHOWN))
    return Group(*parts)


def _missing_tree(lacking: Iterable[Missing], full: bool) -> Tree:
    """What undetermined outcomes wait for, by the name under which it is given."""
    tree = Tree(Text("Undetermined until it is given", style="bold"))
    alike: dict[tuple[str, str, str | None], list[Missing]] = {}
    for one in lacking:
        alike.setdefault((one.kind, one.name, one.scope), []).append(one)
    for (kind, name, scope), found in alike.items():
        items = [one.item for one in found if one.item is not None]
        of = f" of {', '.join(items) if full else few(items)}" if scope is not None else ""
        how = f" (--set {name}=…)" if kind == "setting" else ""
        says = f": {found[0].says}" if found[0].says else ""
        tree.add(Text.assemble(f"the {kind} ", (name, "bold"), f"{how}{of}{says}"))
    return tree


def _results(decision: Decision, outcomes: Iterable[Outcome]) -> Table:
    """Every outcome in a line; those of items by result, with the items that have it."""
    table = Table.grid(padding=(0, 2))
    by_name: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_name.setdefault(outcome.name, []).append(outcome)
    for name, found in by_name.items():
        heading, type = Text(name_in_words(name), style="bold"), decision.ruleset.values[name].type
        if found[0].item is None:
            table.add_row(heading, Text(every_result(found[0], type), style="cyan"))
            continue
        results: dict[str, list[str]] = {}
        for outcome in found:
            results.setdefault(every_result(outcome, type), []).append(outcome.item or "")
        for place, (result, items) in enumerate(list(results.items())[:RESULTS_SHOWN]):
            line = Text.assemble((result, "cyan"), f": {few(items)}")
            table.add_row(Text() if place else heading, line)
        if len(results) > RESULTS_SHOWN:
            table.add_row(Text(), Text(f"and {len(results) - RESULTS_SHOWN} more results (--json)", style="dim"))
    return table


def _trees(decision: Decision, outcomes: Iterable[Outcome], full: bool) -> Iterator[Tree]:
    if full:
        for outcome in outcomes:
            yield outcome_tree(explain_decision(decision, outcome.name, outcome.item), say=every_result)
        return
    alike: dict[tuple[str, str, str | None], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.status != "not applicable":
            alike.setdefault((outcome.name, every_result(outcome), outcome.rule), []).append(outcome)
    shown: dict[str, int] = {}
    for (name, _, _), found in alike.items():
        reason = explain_decision(decision, name, found[0].item)
        if found[0].item is not None:
            shown[name] = shown.get(name, 0) + 1
            if shown[name] > TREES_SHOWN or not (reason.rules or reason.limits):
                continue
        of = few([one.item or "" for one in found]) if found[0].item is not None else None
        yield outcome_tree(reason, say=every_result, of=of, telling=True)
    left = {name: count - TREES_SHOWN for name, count in shown.items() if count > TREES_SHOWN}
    for name, count in left.items():
        more = f"{count} more way{'s' if count > 1 else ''} in which it came out (--full)"
        yield Tree(Text(f"{name_in_words(name)}: {more}", style="dim"))
