"""Answers to questions about an outcome, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from hmic_rules.outcomes import Outcome, in_a_row
from hmic_rules.phrases import every_result, said
from hmic_rules.questions.asked import Answers, Asked, OutcomeAnswers
from hmic_rules.questions.bounds import Unknown
from hmic_rules.questions.reaching import COUNTED, Robustness, Way
from hmic_rules.questions.reconciling import Implied, Reconciliation
from hmic_rules.questions.sensitivity import Sensitivity
from hmic_rules.questions.space import Change
from hmic_rules.screens.parts import number_of
from hmic_rules.wording import name_in_words

__all__ = ["answers_screen", "outcomes_screen"]

CHANGES_SHOWN = 12
UNKNOWN_SHOWN = 5
NAMED = 4
NOTHING = "on no vague word, and on no assumed setting that has a range"


@frozen
class _Nouns:
    """What changes are of, and what is counted where few would change an outcome."""

    values: str
    facts: str
    value: tuple[str, str]
    fact: tuple[str, str]
    people: str


CODED = _Nouns(
    "criteria and facts of the whole",
    "facts of findings and of the whole",
    ("criterion", "criteria"),
    ("finding", "findings"),
    "the inspectors",
)
GROUPED = _Nouns(
    "values of groups and facts of the whole",
    "facts of items and of the whole",
    ("value of a group", "values of groups"),
    ("item", "items"),
    "anybody",
)
PLAIN = _Nouns("facts", "facts", ("value", "values"), ("fact or item", "facts or items"), "anybody")


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
    parts += _answered(answers, CODED, answers.says, full)
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def outcomes_screen(
    answers: Sequence[OutcomeAnswers],
    reading: str | None,
    says: Mapping[str, str],
    *,
    coded: bool = False,
    full: bool = False,
) -> RenderableType:
    """What the rules give for outcomes of a decision, then each question that was asked about them, with its answer.

    Args:
        answers: the answers, for each outcome that is asked about.
        reading: the reading of the decision.
        says: what is said of items, by their id.
        coded: whether its groups and rows are criteria and findings, as of an inspection.
        full: every change, every set that is as small, everything that is not known; and each outcome that rests on nothing that is assumed.

    """
    firm = [] if full or len(answers) == 1 else [one for one in answers if _rests_on_nothing(one)]
    parts: list[RenderableType] = []
    for one in answers:
        if one in firm:
            continue
        parts.append(_given_by(one, reading, says))
        if one.unknowns:
            parts.append(_unknown_tree(one.unknowns, full))
        parts += _answered(one, PLAIN if not one.on_groups else CODED if coded else GROUPED, says, full)
        if one.not_analysed is not None:
            parts.append(Text(one.not_analysed))
    if firm:
        called = ", ".join(_called(one.name, one.item, {}) for one in firm)
        parts.append(Text(f"{called}: {'rests' if len(firm) == 1 else 'each rests'} {NOTHING}."))
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _given_by(answers: OutcomeAnswers, reading: str | None, says: Mapping[str, str]) -> Text:
    called = _called(answers.name, answers.item, says)
    under = "" if reading is None else f"under the {reading} reading "
    if answers.outcome.status in ("not applicable", "no rule covers this"):
        return Text.assemble((called, "bold"), f": {under}", (str(answers.outcome), "bold cyan"), ".")
    return Text.assemble(
        (called, "bold"), f": {under}the rules give ", (every_result(answers.outcome), "bold cyan"), "."
    )


def _rests_on_nothing(answers: OutcomeAnswers) -> bool:
    others = (answers.why_not, answers.to_reach, answers.reconciliation, answers.not_analysed)
    return answers.sensitivity == () and all(one is None for one in others)


def _answered(
    answers: Answers | OutcomeAnswers, nouns: _Nouns, says: Mapping[str, str], full: bool
) -> Iterator[RenderableType]:
    of = " that was looked for" if answers.unmoved else ""
    if answers.why_not is not None:
        yield _way_tree(answers.why_not, nouns.values + of, says, full)
    if answers.to_reach is not None:
        yield _way_tree(answers.to_reach, nouns.facts + of, says, full)
    if answers.robustness is not None:
        yield Text(_robust(answers.robustness, nouns, of))
    if answers.unmoved:
        left = ", ".join(map(name_in_words, answers.unmoved))
        yield Text(f"It is calculated from {left}, of which no change was looked for: others, or fewer, may do it.")
    if answers.sensitivity is not None:
        yield _sensitivity_tree(answers.sensitivity, full)
    if answers.reconciliation is not None:
        yield from _reconciliation(answers.reconciliation, nouns, says, full)


def _given(outcome: Outcome) -> str:
    given = said(outcome)
    return given if outcome.status == "no rule covers this" else f"the rules give {given}"


def _unknown_tree(unknowns: tuple[Unknown, ...], full: bool) -> Tree:
    tree = Tree("Not known, and still able to change it; the first is the next question to ask")
    shown = unknowns if full else unknowns[:UNKNOWN_SHOWN]
    for one in shown:
        leaves = "; ".join(f"{answer} leaves {in_a_row(results)}" for answer, results in one.leaves)
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
    tree = Tree(f"{asked.wanted}: {_reaches(way, what)}{_others(way, full)}. Decided anew with them: {way.gives}")
    if not full or not asked.others:
        _add_way(tree, way, says, full)
        return tree
    for place, one in enumerate((way, *asked.others), start=1):
        anew = "" if one.gives == way.gives else f", decided anew with it: {one.gives}"
        _add_way(tree.add(Text(f"set {place}{anew}")), one, says, full)
    more = way.others - len(asked.others)
    if more:
        tree.add(Text(f"and {more:,} more sets"))
    return tree


def _reaches(way: Way, what: str) -> str:
    if not way.changes:
        return "no change, but what is not known has to turn out so, and no part of that is enough"
    number = len(way.changes)
    return f"{number_of(number, 'change')} of {what} {'reaches' if number == 1 else 'reach'} it, and no part of {'it' if number == 1 else 'them'}"


def _others(way: Way, full: bool) -> str:
    if not way.others:
        return "; no other set is as small"
    most = "up to " if way.learnt and way.others >= COUNTED else ""
    number = "1 other set is" if way.others == 1 else f"{most}{way.others:,} other sets are"
    return f"; {number} as small{'' if full else ' (--full)'}"


def _robust(found: Robustness, nouns: _Nouns, of: str) -> str:
    if found.outcome.startswith("undetermined: "):
        return "The outcome is not settled yet, so it can turn out otherwise without any change."
    parts = []
    if found.values is not None:
        parts.append(f"{found.values:,} {nouns.value[found.values != 1]}" + _such_as(found.by_values, nouns))
    if found.facts is not None:
        parts.append(f"{found.facts:,} {nouns.fact[found.facts != 1]}" + _such_as(found.by_facts, nouns))
    if not parts:
        several = nouns.fact[1] if nouns is PLAIN else f"{nouns.value[1]} or {nouns.fact[1]}"
        return f"No change of {several}{of or ' alone'} changes the outcome."
    return f"The fewest that would change the outcome, were they otherwise: {', or '.join(parts)}."


def _such_as(way: Way | None, nouns: _Nouns) -> str:
    """Which these are, where they are few enough for a line; and whether others would do it too."""
    if way is None:
        return ""
    on_case = [name_in_words(one.name) for one in way.changes if one.item is None] if nouns is PLAIN else []
    items = list(dict.fromkeys([*on_case, *(one.item for one in way.changes if one.item is not None)]))
    if not 0 < len(items) <= NAMED:
        return ""
    return f" ({'such as ' if way.others else ''}{', '.join(items)})"


def _sensitivity_tree(found: tuple[Sensitivity, ...], full: bool) -> Tree:
    if not found:
        return Tree(f"It rests {NOTHING}")
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


def _reconciliation(found: Reconciliation, nouns: _Nouns, says: Mapping[str, str], full: bool) -> list[RenderableType]:
    head = Text(
        f"What {found.recorded} implies: the smallest sets of judgements under which the rules give it. They follow from the rules and "
        f"from what was coded, and do not say what {nouns.people} thought."
    )
    return [head, *(_implied_tree(one, found.recorded, nouns, says, full) for one in found.readings)]


def _implied_tree(one: Implied, recorded: str, nouns: _Nouns, says: Mapping[str, str], full: bool) -> Tree:
    tree = Tree(f"Under the {one.reading or 'only'} reading, which gives {one.computed}")
    values, facts = nouns.value[1], nouns.fact[1]
    levels = ((values, one.values, one.number_of_values), (facts, one.facts, one.number_of_facts))
    for what, ways, number in levels:
        if not ways:
            if what == facts or (one.facts and nouns is not PLAIN):
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
