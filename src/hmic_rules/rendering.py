"""Gradings, decisions and explanations for a person at a terminal. It reads records and decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hmic_rules.assumptions import Assumption
from hmic_rules.datatypes import LabelType
from hmic_rules.decisions import Decision, Outcome
from hmic_rules.explanations import OutcomeReason
from hmic_rules.inspection_reasons import CriterionReason, Evidence, Explanation, between
from hmic_rules.inspections import FrameworkGrade, Grading
from hmic_rules.possible import NO_RULE
from hmic_rules.traces import Obstacle
from hmic_rules.wording import name_in_words

__all__ = ["decision_screen", "explanation_screen", "grading_screen", "outcome_tree", "reading_range"]

GAP = "no grade follows"
EVIDENCE_SHOWN = 4
CRITERIA_SHOWN = 8
UNKNOWN_SHOWN = 20
READINGS_SHOWN = 4
ALL_READINGS = "*"


def said(outcome: Outcome) -> str:
    """An outcome in a word or two; a gap as what it means for a grade."""
    if outcome.status == "no rule covers this":
        return GAP
    if outcome.status == "undetermined":
        return span(outcome.possible)
    return str(outcome)


def every_result(outcome: Outcome) -> str:
    """An outcome of any rule set: its result, its status, or each result still possible, since not all have an order."""
    *others, last = outcome.possible
    return f"{', '.join(others)} or {last}" if others else str(outcome)


def span(possible: Sequence[str]) -> str:
    """Several results still possible, lowest and highest; that no grade follows is said beside them."""
    labels = [label for label in possible if label not in (GAP, NO_RULE.value)]
    if not labels:
        return GAP
    words = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
    return words if len(labels) == len(possible) else f"{GAP}, or {words}"


def reading_range(grade: FrameworkGrade, outcome: str) -> str:
    """What the rules can give over all readings, lowest to highest."""
    found = {label for decision in grade.decisions.values() for label in decision[outcome].possible}
    step = grade.decision.step(outcome)
    labels = step.value.type.labels if isinstance(step.value.type, LabelType) else tuple(sorted(found))
    return span([label for label in (NO_RULE.value, *labels) if label in found])


def grading_screen(grading: Grading) -> RenderableType:
    """The frameworks of an inspection on one screen: what the rules give, what was published, and what stands between the two."""
    inspection = grading.inspection
    statuses = inspection.ruleset.values[inspection.status_value].type
    labels = statuses.labels if isinstance(statuses, LabelType) else ()
    by_reading = " under each reading" if grading.profile is not None else ""
    under = f", under the reading {grading.profile}" if grading.profile is not None else ""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    table.add_column("framework", overflow="fold")
    for name, shown_as in (readings := _reading_columns(grading)):
        table.add_column(shown_as, style="bold" if name == grading.profile else "")
    for heading in ("published", "nationally", "criteria*"):
        table.add_column(heading, overflow="fold")
    differences = Table.grid(padding=(0, 1))
    for grade in grading.frameworks.values():
        decision = grade.decision
        counts = Counter(str(one) for one in decision.items(inspection.status_value).values())
        table.add_row(
            Text(grade.title, style="bold"),
            *(_under(grade, inspection.outcome, name) for name, _ in readings),
            grade.record.published or "–",
            _place(grade),
            "/".join(str(counts[label]) for label in labels),
        )
        differences.add_row(Text(grade.title, style="bold"), between(inspection, grade))
    return Group(
        Text.assemble(
            (inspection.title, "bold"),
            f": what the rules {inspection.ruleset.name} give{by_reading}, and what was published",
        ),
        table,
        Text("What stands between what the rules give and what was published:", style="bold"),
        differences,
        Text(
            f"* {' / '.join(labels)}{under}. What the rules give is for the facts as they were coded here, and "
            "nobody's grade: the criteria are derived and the readings assumed. “Published” is the inspectors' judgement. “Nationally” counts "
            "the bodies above / level with / below the published grade.",
            style="italic",
        ),
    )


def _reading_columns(grading: Grading) -> list[tuple[str | None, str]]:
    """Each reading with its heading: all of them while there is room, else the one that was asked for and the range over all."""
    readings = list(next(iter(grading.frameworks.values())).decisions) if grading.frameworks else []
    if len(readings) <= READINGS_SHOWN:
        return [(name, name or "rules") for name in readings]
    return [(grading.profile, grading.profile or "rules"), (ALL_READINGS, "all readings")]


def _under(grade: FrameworkGrade, outcome: str, reading: str | None) -> str:
    return reading_range(grade, outcome) if reading == ALL_READINGS else said(grade.decisions[reading][outcome])


def _place(grade: FrameworkGrade) -> str:
    distribution = grade.record.distribution
    if distribution is None or grade.record.published is None:
        return "–"
    below, level, above = distribution.place(grade.record.published)
    return f"{above}/{level}/{below}"


def decision_screen(
    decision: Decision, title: str, reasons: Iterable[OutcomeReason], unknown: Sequence[str]
) -> RenderableType:
    """The outcomes of a case, each with its rules, and the facts that are not known."""
    head = [f"{decision.ruleset.title}, edition {decision.ruleset.edition}"]
    if decision.framework is not None:
        head.append(decision.framework)
    if decision.profile is not None:
        head.append(f"reading {decision.profile}")
    parts: list[RenderableType] = [Text.assemble((title, "bold"), f"\nby {', '.join(head)}")]
    parts.extend(outcome_tree(reason, say=every_result) for reason in reasons)
    if unknown:
        listed = ", ".join(name_in_words(name) for name in unknown[:UNKNOWN_SHOWN])
        more = f" and {len(unknown) - UNKNOWN_SHOWN} more" if len(unknown) > UNKNOWN_SHOWN else ""
        parts.append(Text(f"Not known: {listed}{more}."))
    return Group(*parts)


def outcome_tree(reason: OutcomeReason, full: bool = True, say: Callable[[Outcome], str] = said) -> Tree:
    """One outcome as a tree: how it came about, its rules, its limits; in full, what kept each rule from holding."""
    outcome = reason.outcome
    where = f" of {outcome.item}" if outcome.item is not None else ""
    name = f"{name_in_words(outcome.name)}{where}: "
    tree = Tree(Text.assemble((name, "bold"), (say(outcome), "bold cyan"), f", {reason.how}"))
    for rule in reason.rules:
        source = f"  [{rule.id}; {_source(rule.basis, rule.cite)}]"
        held = f": {_few(rule.because_of)}" if rule.because_of else ""
        line = Text.assemble(
            _mark(rule.truth), (rule.then, "bold"), f" if {rule.says or rule.words}{held}", (source, "dim")
        )
        branch = tree.add(line)
        for obstacle in rule.obstacles if full else ():
            branch.add(Text.assemble(_mark(str(obstacle.truth)), _missing(obstacle)))
    for limit in reason.limits:
        held = f": {_few(limit.because_of)}" if limit.because_of else ""
        words = f"{limit.kind} {limit.bound} if {limit.says or limit.words}{held}"
        state = {"yes": "in force", "no": "not in force", "unknown": "not known"}[limit.in_force]
        state = "in force, and it changed the result" if limit.binding == "yes" else state
        source = f"  [limit {limit.id}, {state}; {_source(limit.basis, limit.cite)}]"
        tree.add(Text.assemble(_mark(limit.in_force), words, (source, "dim")))
    return tree


def _missing(obstacle: Obstacle) -> str:
    """What keeps a rule from holding, with the number found and the first items."""
    found = "" if obstacle.found is None or obstacle.name is not None else f"; it is {obstacle.found}"
    return f"{obstacle.words}{found}" + (f": not so of {_few(obstacle.items)}" if obstacle.items else "")


def _few(items: tuple[str, ...], most: int = 3) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def _mark(truth: str) -> tuple[str, str]:
    return {"yes": ("yes  ", "green"), "no": ("no   ", "red"), "unknown": ("?    ", "yellow")}[truth]


def _source(basis: str, cite: tuple[str, ...]) -> str:
    return ", ".join([basis, *cite])


def explanation_screen(explanation: Explanation, full: bool = False) -> RenderableType:
    """Why a framework came out as it did: what decides first, then the rules, then what it assumes."""
    outcome = explanation.reason.outcome
    given = said(outcome)
    head = Text.assemble(
        (explanation.title, "bold"),
        ": under the ",
        (explanation.reading or "only", "bold"),
        " reading ",
        "" if given == GAP else "the rules give ",
        (given, "bold cyan"),
        f"; published: {explanation.published or 'nothing'}.",
    )
    nearest = explanation.deciding[0].in_the_way_of[0] if explanation.deciding else ""
    deciding = [one for one in explanation.deciding if nearest in one.in_the_way_of]
    beyond = [one for one in explanation.deciding if nearest not in one.in_the_way_of]
    parts: list[RenderableType] = [
        head,
        Text(f"Why: {_sentence(explanation)}"),
        Text(f"Beside what was published: {explanation.between}."),
        _criteria_tree(_way(explanation, nearest), deciding, full, 0 if full else len(beyond)),
    ]
    if full and beyond:
        parts.append(_criteria_tree("What stands in the way of better outcomes", beyond, full, 0))
    parts.append(outcome_tree(explanation.reason, full))
    if full:
        parts.append(_criteria_tree("Criteria that stand in the way of nothing", explanation.others, full, 0))
    parts.append(Text(_known(explanation)))
    parts.append(_turning_tree(explanation))
    parts.append(_assumption_tree(explanation.assumptions, full))
    if explanation.reading_says is not None:
        parts.append(Text(f"The reading {explanation.reading}: {explanation.reading_says}", style="italic"))
    if explanation.source:
        source = "; ".join(explanation.source)
        words = f"Addresses such as {explanation.deciding[0].cite[0]} are" if explanation.deciding else "Addresses are"
        parts.append(Text(f"{words} section, kind and place of a passage of: {source}.", style="italic"))
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
        f"{reading}: {span(_labels(words))}"
        for reading, words in explanation.readings.items()
        if reading != explanation.reading
    )
    tree = Tree(
        Text.assemble(("What the result turns on", "bold"), f" (other readings give {others})" if others else "")
    )
    for one in explanation.turning:
        says = f" ({one.says})" if one.says else ""
        words = f"{name_in_words(one.parameter)} is {one.setting}{says}; were it {one.instead}: {span(_labels(one.outcome))}"
        tree.add(Text(words))
    tree.add(
        Text(
            "every other assumed setting, changed alone, changes nothing"
            if explanation.turning
            else "no assumed setting, changed alone, changes it"
        )
    )
    return tree


def _labels(outcome: str) -> list[str]:
    return outcome.removeprefix("undetermined: ").split(", ")


def _way(explanation: Explanation, nearest: str) -> str:
    if nearest and nearest == said(explanation.reason.outcome):
        return f"What keeps the stated rule for {nearest} from giving it"
    return f"What stands in the way of {nearest or 'a better outcome'}"


def _sentence(explanation: Explanation) -> str:
    reason = explanation.reason
    given = next((rule for rule in reason.rules if rule.id == reason.outcome.rule), None)
    if given is None:
        return f"{reason.how}."
    assumed = ", a rule that is assumed" if given.basis == "assumed" else ""
    return f"{given.says or given.words} ({given.id}{assumed}; {', '.join(given.cite)})."


def _criteria_tree(title: str, criteria: Sequence[CriterionReason], full: bool, further: int) -> Tree:
    tree = Tree(Text(f"{title}: {len(criteria)} criteria" if criteria else f"{title}: nothing", style="bold"))
    listed = criteria if full else criteria[:CRITERIA_SHOWN]
    for reason in listed:
        source = f"  [{reason.id}; {', '.join(reason.marks)}; {_source(reason.basis, reason.cite)}]"
        branch = tree.add(Text.assemble((reason.status, "bold"), f": {reason.says}", (source, "dim")))
        evidence = reason.evidence if full else _telling(reason.evidence)
        for place, one in enumerate(evidence):
            branch.add(_evidence(one, again=any(before.finding == one.finding for before in evidence[:place])))
        if len(reason.evidence) > len(evidence):
            branch.add(Text(_more(reason.evidence, evidence), style="dim"))
    if len(criteria) > len(listed) or further:
        tree.add(
            Text(
                f"and {len(criteria) - len(listed) + further} more criteria in the way of better outcomes (--full)",
                style="dim",
            )
        )
    return tree


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


def _assumption_tree(found: Sequence[Assumption], full: bool) -> Tree:
    tree = Tree(
        Text(
            f"It assumes {len(found)} things that no source states" + ("" if full else " (each with --full)"),
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
