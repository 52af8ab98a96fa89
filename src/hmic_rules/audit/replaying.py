"""Replay: a record computed again from its own inputs, and compared byte by byte."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, frozen

from hmic_rules.arguments import instance_given, name_given
from hmic_rules.audit.canonical import SEAL
from hmic_rules.audit.differing import Difference, differences, first_byte
from hmic_rules.audit.hiding import Hidden, hidden_of, key_id
from hmic_rules.audit.judged import with_judgements
from hmic_rules.audit.records import PICKED, Record, library, read_record, sealed_record
from hmic_rules.binding import program_for
from hmic_rules.cases import case_row
from hmic_rules.catalogue import known, load
from hmic_rules.datatypes import WrongValue, read_number
from hmic_rules.decisions import Decision, decide
from hmic_rules.editions import date_of
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError, NotFoundError, choices, quoted, shortened
from hmic_rules.rulesets import Picked, Ruleset

__all__ = ["Replay", "Verdict", "replay", "replay_data", "rules_of"]

Verdict: TypeAlias = Literal["identical", "altered", "other rules", "refused", "differs"]
NOT_THE_RESULT: Final = (f"$.{SEAL}", "$.ruleset.")


@frozen
class Replay:
    """What a replay found.

    Attributes:
        verdict: ``identical``; ``altered``: the record is not as it was made; ``other rules``: the rule set has other files than that of the
            record; ``refused``: the case is not decided any more; ``differs``: by the same rules, something comes out otherwise. Where several
            hold, the first of them in this order.
        record: the record.
        again: the record as it is computed now, ``None`` where it is not.
        decision: the decision now, ``None`` where there is none.
        differences: every member that differs.
        byte: the offset of the first byte that differs, ``None`` where none does or nothing was computed.
        same_result: whether all but the rule set's own name, edition and fingerprint, and the hash, came out the same.
        refused: why it is not decided, where it is not.
        notes: what is otherwise and no difference: the engines, the version of the library.

    """

    verdict: Verdict
    record: Record
    again: Record | None
    decision: Decision | None
    differences: tuple[Difference, ...]
    byte: int | None
    same_result: bool
    refused: str | None
    notes: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether the same bytes came out."""
        return self.verdict == "identical"

    def to_data(self, shown_as: str = "record") -> dict[str, Any]:
        """The replay as plain data, for JSON; ``shown_as`` is what the record is called."""
        return replay_data(self, shown_as)


def replay(
    record: Record | bytes,
    *,
    ruleset: Ruleset | str | Path | None = None,
    facts: Any = None,
    key: bytes | None = None,
    shown_as: str = "record",
) -> Replay:
    """Compute a record again and compare.

    Args:
        record: the record, or the bytes of its file.
        ruleset: the rules to compute it by, a name or a path; those that the record names where none are given.
        facts: for a record that holds digests in place of inputs, all facts of the case.
        key: and the key of the digests.
        shown_as: what the record is called in messages.

    Raises:
        InputError: it is no record, or one with digests and the key or the facts are missing, or it is another key.
        NotFoundError: there is no such rule set.

    """
    shown_as = name_given(shown_as, "shown_as")
    key = None if key is None else instance_given(key, bytes, "key", "give the bytes of the key")
    found = (
        record
        if isinstance(record, Record)
        else read_record(instance_given(record, bytes, "record", "give a record, or the bytes of its file"), shown_as)
    )
    rules = ruleset if isinstance(ruleset, Ruleset) else rules_of(found, ruleset, shown_as)
    if facts is not None and not found.hides:
        problem = "it holds all of its inputs, and is computed from them alone"
        raise InputError([Diagnostic(shown_as, problem, "leave the facts out")])
    if found.hides:
        _can_be_told(found, facts, key, shown_as)
    try:
        decision = with_judgements(_decided(found, rules, facts), found.data)
        hidden = None if key is None or not found.hides else _hidden(found, decision, key)
    except HmicRulesError as error:
        return _verdict(found, rules, None, None, _in_record(error) if facts is None else str(error))
    engines, by = found.data["engines"], found.data["library"]
    again = sealed_record(decision, hidden, found.data["case"], found.data["date"], engines, by)
    return _verdict(found, rules, decision, again, None)


def rules_of(found: Record, given: str | Path | None = None, shown_as: str = "record") -> Ruleset:
    """The rules that are given by name or path, else those that the record names. A record is not trusted to name a path.

    Raises:
        NotFoundError: there are none.
        InputError: they do not load.

    """
    if given is not None:
        return load(given)
    name = found.data["ruleset"]["name"]
    if name in known("ruleset").places:
        return load(name)
    help = "give the path of its rules: replay(…, ruleset=…), or --ruleset PATH"
    if not found.is_sealed:
        help = "the record has not the hash that it states, so it was changed"
    raise NotFoundError(f"{shown_as}: $.ruleset.name: no rule set that is installed is called {quoted(name)}; {help}")


def _in_record(error: HmicRulesError) -> str:
    """What is wrong with a case, by its place in the record."""
    if not isinstance(error, InputError):
        return str(error)
    placed = [(str(one.place), one) for one in error.diagnostics]
    return str(InputError([evolve(one, place=place.replace("$.facts", "$.inputs", 1)) for place, one in placed]))


def _can_be_told(found: Record, facts: Any, key: bytes | None, shown_as: str) -> None:
    """Refuse where what a record with digests needs is not there."""
    names = ", ".join(map(quoted, found.hides))
    problems = []
    if facts is None:
        help = "give all facts of the case: replay(…, facts=…), or --facts CASE"
        problems.append(Diagnostic(shown_as, f"it holds digests in place of {names}", help))
    if key is None:
        problems.append(Diagnostic(shown_as, "its digests are keyed", "give the key: replay(…, key=…), or --key FILE"))
    elif key_id(key) != found.data["redaction"]["key"]:
        problem = f"its digests were made with the key {quoted(found.data['redaction']['key'])}"
        problems.append(Diagnostic(shown_as, problem, f"this key is {quoted(key_id(key))}"))
    if problems:
        raise InputError(problems)


def _decided(found: Record, rules: Ruleset, facts: Any) -> Decision:
    """The case of a record decided by these rules, under the settings that it says."""
    data = found.data
    rules = _as_picked(rules, data)
    given = {"facts": data["inputs"] if facts is None else facts}
    if not data["terms"]:
        return decide(rules, given, framework=data["framework"], profile=data["profile"], parameters=data["parameters"])
    problems, terms = [], {}
    for name, value in data["terms"].items():
        try:
            terms[name] = read_number(str(value))
        except WrongValue as wrong:
            problems.append(Diagnostic(f"$.terms.{shortened(name)}", wrong.problem, wrong.help))
        if name not in rules.terms:
            problems.append(
                Diagnostic(f"$.terms.{shortened(name)}", "there is no such term", choices(name, rules.terms))
            )
    if problems:
        raise InputError(problems)
    program = program_for(rules, data["framework"], data["profile"], data["parameters"], terms)
    row = case_row(program, given["facts"], ("inputs",))
    return Decision(program, row, program.run(row))


def _as_picked(rules: Ruleset, data: Mapping[str, Any]) -> Ruleset:
    """The edition that the record names, with the date by which it was picked. No other edition is looked for."""
    picked = data.get(PICKED)
    if picked is None:
        return rules
    start = rules.effective_from or date_of(picked["from"], "$.picked.from")
    day = date_of(picked["on"], "$.picked.on")
    return evolve(rules, programs={}, picked=Picked(rules.series, day, start, rules.effective_to))


def _hidden(found: Record, decision: Decision, key: bytes) -> Hidden:
    return hidden_of(decision.program, found.hides, key, bytes.fromhex(found.data["redaction"]["salt"]))


def _verdict(
    found: Record, rules: Ruleset, decision: Decision | None, again: Record | None, refused: str | None
) -> Replay:
    data = found.data
    whole = found.is_sealed
    equal = (
        again is not None and whole and again.text == found.text
    )  # both canonical: what is in them need not be looked at
    differ = () if again is None or equal else tuple(differences(data, again.data))
    same_rules = data["ruleset"]["fingerprint"] == rules.fingerprint
    verdict: Verdict = "identical"
    if not whole:
        verdict = "altered"
    elif not same_rules:
        verdict = "other rules"
        if again is None:
            now = {"fingerprint": rules.fingerprint}
            differ = tuple(differences({"fingerprint": data["ruleset"]["fingerprint"]}, now, "$.ruleset"))
    elif refused is not None:
        verdict = "refused"
    elif again is not None and again.text != found.text:
        verdict = "differs"
    same = again is not None and all(one.path.startswith(NOT_THE_RESULT) for one in differ)
    byte = None if again is None else first_byte(found.text, again.text)
    return Replay(verdict, found, again, decision, differ, byte, same, refused, _notes(found, decision))


def _notes(found: Record, decision: Decision | None) -> tuple[str, ...]:
    said: list[str] = []
    by, here = found.data["library"], library()
    if by != here:
        said.append(f"recorded by {by['name']} {by['version']}, computed again by {here['name']} {here['version']}")
    if decision is not None and list(decision.engines) != found.data["engines"]:
        said.append(
            f"recorded by {' and '.join(found.data['engines'])}, computed again by {' and '.join(decision.engines)}"
        )
    return tuple(said)


def replay_data(found: Replay, shown_as: str) -> dict[str, Any]:
    """A replay as plain data, for JSON. Keys: docs/records.md."""
    return {
        "record": shown_as,
        "sha256": found.record.sha256,
        "verdict": found.verdict,
        "ruleset": dict(found.record.data["ruleset"]),
        "differences": [{"path": one.path, "recorded": one.recorded, "now": one.now} for one in found.differences],
        "byte": found.byte,
        "same_result": found.same_result,
        "refused": found.refused,
        "notes": list(found.notes),
    }
