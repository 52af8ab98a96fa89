"""Why a framework came out as it did, on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from hmic_rules.explanations import source
from hmic_rules.inspection_reasons import CriterionReason, Evidence, Explanation
from hmic_rules.outcomes import results_in
from hmic_rules.phrases import GAP, said, span
from hmic_rules.screens.judgements import judgement_parts
from hmic_rules.screens.outcomes import assumption_tree, outcome_tree
from hmic_rules.screens.sources import Quotes
from hmic_rules.standing import OTHERWISE
from hmic_rules.wording import name_in_words

__all__ = ["explanation_screen"]

EVIDENCE_SHOWN = 4
CRITERIA_SHOWN = 8


def explanation_screen(explanation: Explanation, full: bool = False, quotes: Quotes | None = None) -> RenderableType:
    """Why a framework came out as it did: what decides first, then the rules, then what it assumes.

    Args:
        explanation: the reasons.
        full: every criterion, finding and assumption.
        quotes: prints the passages of somebody's copy beside what cites them.

    """
    outcome = explanation.reason.outcome
    given = said(outcome)
    head = Text.assemble(
        (explanation.title, "bold"),
        ": under the ",
        (explanation.reading or "only", "bold"),
        " reading ",
        "" if given == GAP else "the rules give ",
        (given, "bold cyan"),
        "" if explanation.judged is None else f"; with what was judged: {said(explanation.judged.outcome)}",
        f"; published: {explanation.published or 'nothing'}.",
    )
    nearest = explanation.deciding[0].in_the_way_of[0] if explanation.deciding else ""
    deciding = [one for one in explanation.deciding if nearest in one.in_the_way_of]
    beyond = [one for one in explanation.deciding if nearest not in one.in_the_way_of]
    parts: list[RenderableType] = [
        head,
        *judgement_parts(explanation.judgements, explanation.judged, explanation.reason, full),
        Text(f"Why: {_sentence(explanation)}"),
        Text(f"Beside what was published: {explanation.between}."),
        _criteria_tree(_way(explanation, nearest), deciding, full, 0 if full else len(beyond), quotes),
    ]
    if full and beyond:
        parts.append(_criteria_tree("What stands in the way of better outcomes", beyond, full, 0, quotes))
    parts.append(outcome_tree(explanation.reason, full))
    if quotes is not None:
        parts.append(_cited_by_the_rules(explanation, quotes))
    if full:
        parts.append(_criteria_tree("Criteria that stand in the way of nothing", explanation.others, full, 0, quotes))
    parts.append(Text(_known(explanation)))
    parts.append(_turning_tree(explanation))
    parts.append(assumption_tree(explanation.assumptions, full))
    if explanation.reading_says is not None:
        parts.append(Text(f"The reading {explanation.reading}: {explanation.reading_says}", style="italic"))
    if explanation.source:
        published = "; ".join(explanation.source)
        words = f"Addresses such as {explanation.deciding[0].cite[0]} are" if explanation.deciding else "Addresses are"
        parts.append(Text(f"{words} section, kind and place of a passage of: {published}.", style="italic"))
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _known(explanation: Explanation) -> str:
    """The facts of the whole framework: those that are known, each with its passage, and those that are not."""
    known = [f"{name_in_words(name)} is {value} [{', '.join(cite)}]" for name, value, cite in explanation.facts]
    unknown = ", ".join(map(name_in_words, explanation.unknown))
    parts = [
        "Known of the whole: " + "; ".join(known) + "." if known else "",
        f"Not known: {unknown}." if unknown else "",
    ]
    return " ".join(part for part in parts if part) or "Everything that was asked is known."


def _turning_tree(explanation: Explanation) -> Tree:
    others = ", ".join(
        f"{reading}: {span(results_in(words))}"
        for reading, words in explanation.readings.items()
        if reading != explanation.reading
    )
    tree = Tree(
        Text.assemble(("What the result turns on", "bold"), f" (other readings give {others})" if others else "")
    )
    for one in explanation.turning:
        says = f" ({one.says})" if one.says else ""
        words = f"{name_in_words(one.parameter)} is {one.setting}{says}; were it {one.instead}: {span(results_in(one.outcome))}"
        tree.add(Text(words))
    tree.add(
        Text(
            "every other assumed setting, changed alone, changes nothing"
            if explanation.turning
            else "no assumed setting, changed alone, changes it"
        )
    )
    return tree


def _way(explanation: Explanation, nearest: str) -> str:
    if nearest and nearest == said(explanation.reason.outcome):
        return f"What keeps the stated rule for {nearest} from giving it"
    return f"What stands in the way of {nearest or 'a better outcome'}"


def _sentence(explanation: Explanation) -> str:
    reason = explanation.reason
    given = next((rule for rule in reason.rules if rule.id == reason.outcome.rule), None)
    if reason.perhaps:
        able = [rule for rule in reason.rules if rule is given or rule.id in reason.perhaps]
        told = [f"{one.says or one.words} ({one.id}; {source(one.basis, one.cite)})" for one in able]
        none = ["no rule holds"] if OTHERWISE in reason.perhaps else []
        return f"{'; or '.join([*told, *none])}: it is not known which."
    if given is None:
        return f"{reason.how}."
    assumed = ", a rule that is assumed" if given.basis == "assumed" else ""
    return f"{given.says or given.words} ({given.id}{assumed}; {', '.join(given.cite)})."


def _cited_by_the_rules(explanation: Explanation, quotes: Quotes) -> Tree:
    """The passages that the rules, the limits and the facts of the whole framework cite, and that are not printed yet."""
    tree = Tree(Text("Passages that the rules cite, and the facts of the whole", style="bold"))
    reason = explanation.reason
    quotes.of_rules(tree, reason.cite)
    for rule in reason.rules:
        quotes.of_rules(tree, rule.cite)
    for limit in reason.limits:
        quotes.of_rules(tree, limit.cite)
    for _, _, cites in explanation.facts:
        quotes.of_findings(tree, cites)
    return tree


def _criteria_tree(
    title: str, criteria: Sequence[CriterionReason], full: bool, further: int, quotes: Quotes | None
) -> Tree:
    tree = Tree(Text(f"{title}: {_counted(len(criteria))}" if criteria else f"{title}: nothing", style="bold"))
    listed = criteria if full else criteria[:CRITERIA_SHOWN]
    for reason in listed:
        marks = f"  [{reason.id}; {', '.join(reason.marks)}; {source(reason.basis, reason.cite)}]"
        judged = "" if reason.judged is None else f", judged {reason.judged}"
        branch = tree.add(Text.assemble((reason.status, "bold"), f"{judged}: {reason.says}", (marks, "dim")))
        evidence = reason.evidence if full else _telling(reason.evidence)
        for place, one in enumerate(evidence):
            leaf = branch.add(_evidence(one, again=any(before.finding == one.finding for before in evidence[:place])))
            if quotes is not None:
                quotes.of_findings(leaf, [one.cite])
        if len(reason.evidence) > len(evidence):
            branch.add(Text(_more(reason.evidence, evidence), style="dim"))
        if quotes is not None:
            quotes.of_rules(branch, reason.cite)
    left = len(criteria) - len(listed) + further
    if left:
        tree.add(Text(f"and {_counted(left, 'more ')} in the way of better outcomes (--full)", style="dim"))
    return tree


def _counted(number: int, more: str = "") -> str:
    return f"{number} {more}criterion" if number == 1 else f"{number} {more}criteria"


def _telling(evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The findings that make the criterion stand as it does: those that show the least, or the first one."""
    weighed = [one for one in evidence if one.counts]
    least = [one for one in weighed if one.shows == weighed[0].shows]
    return least[:EVIDENCE_SHOWN] or evidence[:1]


def _more(evidence: Sequence[Evidence], listed: Sequence[Evidence]) -> str:
    rest = [one for one in evidence if one not in listed]
    counts = Counter(f"showing {one.shows}" if one.counts else "not weighed" for one in rest)
    return "further evidence: " + ", ".join(f"{count} {words}" for words, count in counts.items()) + " (--full)"


def _evidence(one: Evidence, again: bool) -> Text:
    weighed = "" if one.counts else ", not weighed"
    facts = ", ".join(f"{name_in_words(name)} {value}" for name, value in one.facts.items())
    answered = f"; answered by {', '.join(one.recommendations)}" if one.recommendations else ""
    says = "the same finding, in another respect" if again else one.says
    return Text.assemble((f"shows {one.shows}{weighed}: ", "bold"), says, (f"  [{one.cite}; {facts}{answered}]", "dim"))
