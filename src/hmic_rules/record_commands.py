"""What `explain` does with a record: computed again, told in words, and asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from hmic_rules.audit_commands import facts_from, key_from
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.files import read_named
from hmic_rules.terminal import show, show_json

if TYPE_CHECKING:
    from hmic_rules.audit.replaying import Replay
    from hmic_rules.decisions import Decision
    from hmic_rules.questions.wanted import Wanted

__all__ = ["AskedOfRecord", "explain_record"]

DIFFERENCES_SHOWN: Final = 3


@frozen
class AskedOfRecord:
    """What is asked of a record, and by what it is computed again.

    Attributes:
        ruleset: a name or path, instead of what the record names.
        facts: all facts, for a record with digests in their place.
        key: the key of these digests.
        why_not: an outcome as it was written: what stands in its way.
        to_reach: the same: the fewest facts after which it follows.
        sensitivity: the outcome over the range of what is assumed.
        reconcile: what the recorded outcome implies.

    """

    ruleset: str | None
    facts: Path | None
    key: Path | None
    why_not: str | None
    to_reach: str | None
    sensitivity: bool
    reconcile: bool

    @property
    def questions(self) -> bool:
        """Whether a question was asked."""
        return self.why_not is not None or self.to_reach is not None or self.sensitivity or self.reconcile


def explain_record(name: str, full: bool, as_json: bool, asked: AskedOfRecord, refused: Sequence[str]) -> int | None:
    """Explain a record, or answer what is asked of it, where a name is that of the file of one.

    Args:
        name: what was named.
        full: everything.
        as_json: one JSON document.
        asked: what is asked.
        refused: options that were given and are about inspections.

    Returns:
        The exit code: 1 where the record does not come out again; ``None`` where it is no record.

    Raises:
        InputError: an option is about inspections; the record holds digests in place of inputs, and the facts or the key are missing; or a
            question cannot be answered of it.

    """
    try:
        data = read_named(name)
    except InputError:  # the name of an inspection, or of a folder
        return None
    if b'"hmic-rules-record/' not in data:
        return None
    from hmic_rules.audit.records import read_record
    from hmic_rules.audit.replaying import replay, rules_of

    if refused:
        raise InputError([Diagnostic(option, "is asked of inspections, and this is a record") for option in refused])
    read = read_record(data, name)
    if read.hides and (asked.facts is None or asked.key is None):
        hidden = ", ".join(map(quoted, read.hides))
        problem = f"it holds digests in place of {hidden}, and without these nothing is told in words or answered"
        help = f"who has the facts and the key: hmic-rules explain {name} --facts CASE --key FILE"
        raise InputError([Diagnostic(name, problem, help)])
    rules = rules_of(read, asked.ruleset, name)
    facts = None if asked.facts is None else facts_from(asked.facts, rules)
    found = replay(read, ruleset=rules, facts=facts, key=key_from(asked.key), shown_as=name)
    if asked.questions:
        _answer(found, name, asked, full, as_json)
    else:
        _tell(found, name, full, as_json)
    return 0 if found.identical else 1


def _tell(found: Replay, name: str, full: bool, as_json: bool) -> None:
    """What the replay found, and the decision with its reason."""
    from hmic_rules.audit.replaying import replay_data
    from hmic_rules.explanations import explain_decision, explanation_data
    from hmic_rules.judgement_reasons import judgement_reasons

    decision = found.decision
    if as_json:
        reasons = (
            [] if decision is None else [explain_decision(decision, one.name, one.item) for one in decision.outcomes]
        )
        judged = [explanation_data(one) for one in judgement_reasons(decision)]
        show_json(
            {**replay_data(found, name), "reasons": [explanation_data(one) for one in reasons], "judgements": judged}
        )
        return
    from hmic_rules.screens.decisions import decision_screen
    from hmic_rules.screens.records import replay_screen

    show(replay_screen(found, name, full))
    if decision is not None:
        sys.stdout.write("\n")
        show(decision_screen(decision, str(found.record.data["case"] or name), full))


def _answer(found: Replay, name: str, asked: AskedOfRecord, full: bool, as_json: bool) -> None:
    """Answers of what the rules give from the facts: judgements that stand in the record are set aside."""
    from hmic_rules.audit.replaying import replay_data
    from hmic_rules.explanations import explanation_data
    from hmic_rules.judgement_reasons import judgement_reasons
    from hmic_rules.questions.asked import LISTED, ask_outcomes, asked_data
    from hmic_rules.questions.wanted import read_wanted
    from hmic_rules.rereading import without_judgements

    decision = _surely(found, name, asked.ruleset)
    computed = without_judgements(decision)
    wanted: dict[str, Wanted] = {}
    problems: list[Diagnostic] = []
    for option, written in (("--why-not", asked.why_not), ("--to-reach", asked.to_reach)):
        try:
            if written is not None:
                wanted[option] = read_wanted(computed, written, option)
        except InputError as wrong:
            helped = {one.help for one in problems}
            problems += [evolve(one, help=None) if one.help in helped else one for one in wrong.diagnostics]
    recorded: Mapping[tuple[str, str | None], str] = {}
    try:
        if asked.reconcile:
            recorded = _recorded(decision, [(one.name, one.item) for one in wanted.values()])
    except InputError as wrong:
        problems += wrong.diagnostics
    if problems:
        raise InputError(problems)
    answers = ask_outcomes(
        computed,
        why_not=wanted.get("--why-not"),
        to_reach=wanted.get("--to-reach"),
        sensitivity=asked.sensitivity,
        recorded=recorded,
        listed=LISTED if full or as_json else 1,
    )
    judged = judgement_reasons(decision)
    if as_json:
        told = {
            "answers": [asked_data(one) for one in answers],
            "judgements": [explanation_data(one) for one in judged],
        }
        show_json({**replay_data(found, name), **told})
        return
    from hmic_rules.screens.questions import outcomes_screen
    from hmic_rules.screens.records import asked_screen

    show(asked_screen(found, name, [one.id for one in judged]))
    framework = None if decision.framework is None else decision.ruleset.frameworks[decision.framework]
    says = {} if framework is None else {id: note["says"] for id, note in framework.notes.items()}
    show(outcomes_screen(answers, decision.profile, says, coded=framework is not None, full=full))


def _surely(found: Replay, name: str, ruleset: str | None) -> Decision:
    """The decision of a record that comes out again to the byte.

    Raises:
        InputError: it does not, with what differs.

    """
    if found.identical and found.decision is not None:
        return found.decision
    from hmic_rules.screens.records import HEADS, difference_in_words

    lines = [] if found.refused is None else found.refused.splitlines()
    first = sorted(found.differences, key=lambda one: not one.path.startswith("$.ruleset."))
    lines += [difference_in_words(one) for one in first[:DIFFERENCES_SHOWN]]
    more = len(found.differences) - DIFFERENCES_SHOWN
    lines += [f"and {more} more"] if more > 0 else []
    problem = "\n      ".join([f"{HEADS[found.verdict]}; so no question about it is answered", *lines])
    help = f"all that differs: hmic-rules replay {name}{'' if ruleset is None else f' --ruleset {ruleset}'} --full"
    if found.verdict == "other rules":
        help = f"give the rules of the record: --ruleset PATH; {help}"
    raise InputError([Diagnostic(name, problem, help)])


def _recorded(decision: Decision, asked: Sequence[tuple[str, str | None]]) -> Mapping[tuple[str, str | None], str]:
    """What stands in a record beside what the rules give: each outcome as it is with the judgements of persons.

    Raises:
        InputError: nobody judged anything, or no outcome has a result that could be reconciled.

    """
    from hmic_rules.datatypes import shown
    from hmic_rules.possible import members

    if not decision.program.departures:
        problem = (
            "a record holds what the rules gave, and nothing that was published; and no judgement stands in this one"
        )
        help = "ask with `--why-not` or `--to-reach` instead"
        if decision.framework is not None:
            help = f"what was published stands in the inspection: hmic-rules explain INSPECTION --framework {decision.framework} --reconcile"
        raise InputError([Diagnostic("--reconcile", problem, help)])
    found = {}
    for name, item in asked or [(name, None) for name in decision.case_outcomes]:
        outcome = decision.at(name, item)
        if outcome.value is not None and members(decision.step(name).value.type.whole) is not None:
            found[name, item] = shown(outcome.value)
    if not found:
        problem = "no outcome of the whole that is decided in this record can be reconciled"
        raise InputError([Diagnostic("--reconcile", problem, "ask with `--why-not` or `--to-reach` instead")])
    return found
