"""Answers to questions about an outcome, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from hmic_rules.outcomes import Outcome
from hmic_rules.phrases import said
from hmic_rules.questions.asked import Answers, Asked
from hmic_rules.questions.bounds import Unknown
from hmic_rules.questions.reaching import Robustness, Way
from hmic_rules.questions.reconciling import Implied, Reconciliation
from hmic_rules.questions.sensitivity import Sensitivity
from hmic_rules.questions.space import Change
from hmic_rules.screens.parts import number_of
from hmic_rules.wording import name_in_words

__all__ = ["answers_screen"]

CHANGES_SHOWN = 12
UNKNOWN_SHOWN = 5
NAMED = 4


def answers_screen(answers: Answers, full: bool = False) -> RenderableType:
    """What the rules give, then each question that was asked, with its answer."""
    head = Text.assemble(
        (answers.title, "bold"),
        ": under the ",
        (answers.reading or "only", "bold"),
        " reading ",
        (_given(answers.outcome), "bold cyan"),
        f"; published: {answers.published or 'nothing'}.",
    )
    parts: list[RenderableType] = [head]
    if answers.unknowns:
        parts.append(_unknown_tree(answers.unknowns, full))
    if answers.why_not is not None:
        parts.append(_way_tree(answers.why_not, "criteria and facts of the whole", answers.says, full))
    if answers.to_reach is not None:
        parts.append(_way_tree(answers.to_reach, "facts of findings and of the whole", answers.says, full))
    if answers.robustness is not None:
        parts.append(Text(_robust(answers.robustness)))
    if answers.sensitivity is not None:
        parts.append(_sensitivity_tree(answers.sensitivity, full))
    if answers.reconciliation is not None:
        parts += _reconciliation(answers.reconciliation, answers.says, full)
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _given(outcome: Outcome) -> str:
    given = said(outcome)
    return given if outcome.status == "no rule covers this" else f"the rules give {given}"


def _unknown_tree(unknowns: tuple[Unknown, ...], full: bool) -> Tree:
    tree = Tree("Not known, and still able to change it; the first is the next question to ask")
    shown = unknowns if full else unknowns[:UNKNOWN_SHOWN]
    for one in shown:
        leaves = "; ".join(f"{answer} leaves {', '.join(results)}" for answer, results in one.leaves)
        tree.add(Text(f"{_called(one.name, one.item, {})}: {leaves}"))
    if len(shown) < len(unknowns):
        tree.add(Text(f"and {len(unknowns) - len(shown)} more (--full)"))
    return tree


def _called(name: str, item: str | None, says: Mapping[str, str]) -> str:
    if item is None:
        return name_in_words(name)
    return f"{name_in_words(name)} of {item}" + (f" ({says[item]})" if item in says else "")


def _changes(changes: Iterable[Change], says: Mapping[str, str]) -> Iterator[Text]:
    for one in changes:
        what = _called(one.name, one.item, says)
        yield Text(f"{what}: {'not known now' if one.before is None else one.before} → {one.after}")


def _add_way(tree: Tree, way: Way, says: Mapping[str, str], full: bool) -> None:
    lines = list(_changes((*way.changes, *way.learnt), says))
    for line in lines if full else lines[:CHANGES_SHOWN]:
        tree.add(line)
    if not full and len(lines) > CHANGES_SHOWN:
        tree.add(Text(f"and {len(lines) - CHANGES_SHOWN} more (--full)"))


def _way_tree(asked: Asked, what: str, says: Mapping[str, str], full: bool) -> Tree:
    way = asked.way
    if way is None:
        return Tree(f"{asked.wanted}: no change of {what} reaches it")
    if not way.changes and not way.learnt:
        return Tree(f"{asked.wanted}: nothing stands in its way")
    tree = Tree(f"{asked.wanted}: {_reaches(way, what)}{_others(way)}. Decided anew with them: {way.gives}")
    _add_way(tree, way, says, full)
    return tree


def _reaches(way: Way, what: str) -> str:
    if not way.changes:
        return "no change, but what is not known has to turn out so, and no part of that is enough"
    number = len(way.changes)
    return f"{number_of(number, 'change')} of {what} {'reaches' if number == 1 else 'reach'} it, and no part of {'it' if number == 1 else 'them'}"


def _others(way: Way) -> str:
    if not way.others:
        return "; no other set is as small"
    return "; 1 other set is as small" if way.others == 1 else f"; {way.others:,} other sets are as small"


def _robust(found: Robustness) -> str:
    if found.outcome.startswith("undetermined"):
        return "The outcome is not settled yet, so it can turn out otherwise without any change."
    parts = []
    if found.values is not None:
        parts.append(("1 criterion" if found.values == 1 else f"{found.values} criteria") + _such_as(found.by_values))
    if found.facts is not None:
        parts.append(number_of(found.facts, "finding") + _such_as(found.by_facts))
    if not parts:
        return "No change of criteria or findings alone changes the outcome."
    return f"The fewest that would change the outcome, were they otherwise: {', or '.join(parts)}."


def _such_as(way: Way | None) -> str:
    """Which these are, where they are few enough for a line; and whether others would do it too."""
    if way is None:
        return ""
    items = list(dict.fromkeys(one.item for one in way.changes if one.item is not None))
    if not 0 < len(items) <= NAMED:
        return ""
    return f" ({'such as ' if way.others else ''}{', '.join(items)})"


def _sensitivity_tree(found: tuple[Sensitivity, ...], full: bool) -> Tree:
    tree = Tree("What is assumed, and the outcome over its range")
    moved = [one for one in found if not one.holds]
    for one in (*moved, *(one for one in found if one.holds and full)):
        what = f"“{one.name}”" if one.kind == "term" else name_in_words(one.name)
        node = tree.add(Text(f"{what}, now {one.at}" + (f": {one.says}" if one.says else "")))
        for stretch in one.stretches:
            node.add(Text(str(stretch)))
    same = [f"“{one.name}”" if one.kind == "term" else name_in_words(one.name) for one in found if one.holds]
    if same and not full:
        tree.add(Text("the same over the whole range of: " + ", ".join(same)))
    return tree


def _reconciliation(found: Reconciliation, says: Mapping[str, str], full: bool) -> list[RenderableType]:
    head = Text(
        f"What {found.recorded} implies: the smallest sets of judgements under which the rules give it. They follow from the rules and "
        "from what was coded, and do not say what the inspectors thought."
    )
    return [head, *(_implied_tree(one, found.recorded, says, full) for one in found.readings)]


def _implied_tree(one: Implied, recorded: str, says: Mapping[str, str], full: bool) -> Tree:
    tree = Tree(f"Under the {one.reading or 'only'} reading, which gives {one.computed}")
    levels = (("criteria", one.values, one.number_of_values), ("findings", one.facts, one.number_of_facts))
    for what, ways, number in levels:
        if not ways:
            if what == "findings" or one.facts:
                tree.add(Text(f"by {what}: no set of judgements gives {recorded}"))
            continue
        way = ways[0]
        size = len(way.changes)
        if not size and not way.learnt:
            tree.add(Text("it is what the rules give: nothing is implied"))
            break
        of = "it is the only smallest set" if number == 1 else f"one of {number:,} smallest sets"
        taken = "no judgement otherwise" if not size else f"{number_of(size, 'judgement')} otherwise"
        node = tree.add(Text(f"by {what}: {taken} ({of}); decided anew: {way.gives}"))
        for place, other in enumerate(ways if full else ways[:1], start=1):
            branch = node if not full or len(ways) == 1 else node.add(Text(f"set {place}"))
            _add_way(branch, other, says, full)
    return tree
