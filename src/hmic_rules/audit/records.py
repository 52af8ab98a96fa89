"""Records: a decision with all that it was computed from and its whole reason, as canonical JSON under its own hash."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

import hmic_rules
from hmic_rules.arguments import instance_given, name_given, names_given
from hmic_rules.audit.canonical import SEAL, canonical, parsed, sealed, sha256_without_seal, written
from hmic_rules.audit.hiding import ALGORITHM, Hidden, hidden_of, key_id
from hmic_rules.audit.inputs import inputs_of
from hmic_rules.audit.judged import JUDGEMENTS, are_members, judgement_members
from hmic_rules.audit.reasons import outcome_member, trace_members
from hmic_rules.binding import program_for
from hmic_rules.cases import LINE, case_row
from hmic_rules.decisions import Decision
from hmic_rules.departing import depart
from hmic_rules.editions import picked_data
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.evaluation import KEY
from hmic_rules.judgements import Judgement
from hmic_rules.lineage import ancestors_data
from hmic_rules.outcomes import key_of
from hmic_rules.possible import Known
from hmic_rules.programs import Program
from hmic_rules.rereading import program_with

__all__ = [
    "FORMAT",
    "MEMBERS",
    "PICKED",
    "Record",
    "checked_record",
    "library",
    "read_record",
    "record_of",
    "sealed_record",
]

FORMAT: Final = "hmic-rules-record/1"
PICKED: Final = "picked"
SALT: Final = 16


@frozen(repr=False)
class Record:
    """One decision, put down.

    Attributes:
        data: its members, as plain data (docs/records.md says what each is); not to be changed.
        text: its bytes; where it was made here, canonical JSON.

    """

    data: Mapping[str, Any] = field(eq=False)
    text: bytes

    @property
    def sha256(self) -> str:
        """The hash that it states."""
        return str(self.data[SEAL])

    @property
    def is_sealed(self) -> bool:
        """Whether it is as it was made: canonical to the byte, with the hash of its contents."""
        return self.text == canonical(self.data) and self.data[SEAL] == sha256_without_seal(self.data)

    @property
    def hides(self) -> tuple[str, ...]:
        """The inputs in whose place it holds digests."""
        return () if self.data["redaction"] is None else tuple(self.data["redaction"]["inputs"])

    def __repr__(self) -> str:
        ruleset = self.data["ruleset"]
        return f"<Record of {ruleset['name']}, edition {ruleset['edition']}, sha256 {self.sha256[:12]}…>"


def record_of(
    decision: Decision,
    *,
    case: str | None = None,
    date: datetime.date | None = None,
    redact: Iterable[str] = (),
    key: bytes | None = None,
) -> Record:
    """The record of a decision. No clock is read, and nothing of this machine goes into it.

    Args:
        decision: the decision.
        case: what the case is called; it stands in the record as it is, and so should name nobody.
        date: the date to be put down.
        redact: inputs that the record must not tell: by name, fields of rows as ``collection.field``, or whole collections. Keyed digests stand in
            their place, and in place of all that is computed from them save what the outcomes came to.
        key: the secret of these digests, at least 32 random bytes; who has it and the inputs can replay the record.

    Raises:
        InputError: a name to be left out is no input; the key is missing or too short; something cannot be said in canonical JSON.

    """
    names = names_given(redact, "redact")
    key = None if key is None else instance_given(key, bytes, "key", "give the bytes of the key")
    date = None if date is None else instance_given(date, datetime.date, "date", "give a `datetime.date`")
    case = None if case is None else name_given(case, "case")
    if names and key is None:
        help = "give at least 32 random bytes that are kept elsewhere"
        raise InputError([Diagnostic("key", "digests in place of inputs need a key", help)])
    if names and decision.program.departures:
        problem = "judgements stand in this decision, and their reasons may tell what is left out"
        raise InputError([Diagnostic("redact", problem, "record the decision that was computed without them")])
    decision = _without_lines(decision)
    hidden = hidden_of(decision.program, names, key, secrets.token_bytes(SALT)) if names and key is not None else None
    day = None if date is None else datetime.date(date.year, date.month, date.day).isoformat()
    return sealed_record(decision, hidden, case, day, decision.engines, library())


def _without_lines(decision: Decision) -> Decision:
    """The decision of the same facts as the record gives them: rows that are known by their lines in a table are known by their place there."""
    without_key = [one.name for one in decision.ruleset.collections.values() if one.key is None and one.items is None]
    rows = (frames[-1] for name in without_key for frames in decision.program.frames(decision.case, name))
    if not any(str(row[KEY]).startswith(LINE) for row in rows):
        return decision
    program = program_with(decision.program, {})
    case = case_row(program, inputs_of(decision), ("inputs",))
    found = Decision(program, case, program.run(case), decision.engines)
    if not decision.program.departures:
        return found
    judged: list[Judgement] = []
    for one in decision.program.departures:
        scope = decision.step(one.judgement.value).value.scope
        keys = (map(key_of, each.program.frames(each.case, scope)) for each in (decision, found))
        judged.append(evolve(one.judgement, item=dict(zip(*keys, strict=True)).get(one.judgement.item)))
    return depart(found, judged)


def library() -> dict[str, str]:
    """What computed it."""
    return {"name": "hmic_rules", "version": hmic_rules.__version__}


def sealed_record(
    decision: Decision, hidden: Hidden | None, case: Any, date: Any, engines: Iterable[str], library: Any
) -> Record:
    """A record from all that goes into it."""
    program, ruleset = decision.program, decision.ruleset
    usual = program_for(ruleset, program.framework, program.profile, None)
    terms = program.compiler.settings.words
    outcomes = [(outcome_member(one), ruleset.values[one.name].scope) for one in decision.outcomes]
    trace = trace_members(decision)
    judgements = {JUDGEMENTS: judgement_members(decision)} if program.departures else {}
    picked = {} if ruleset.picked is None else {PICKED: picked_data(ruleset.picked)}
    extends = {"extends": ancestors_data(ruleset)} if ruleset.ancestors else {}
    data = sealed(
        {
            "format": FORMAT,
            "ruleset": {
                "name": ruleset.name,
                "edition": ruleset.edition,
                "fingerprint": ruleset.fingerprint,
                **extends,
            },
            "framework": program.framework,
            "profile": program.profile,
            "parameters": {
                name: _setting(one) for name, one in program.settings.items() if one != usual.settings[name]
            },
            "terms": {name: written(value) for name, value in terms.items() if value != _term(usual, name)},
            "settings": {
                "parameters": {name: _setting(one) for name, one in program.settings.items()},
                "terms": {name: written(terms.get(name, term.value)) for name, term in ruleset.terms.items()},
            },
            "inputs": inputs_of(decision, hidden),
            "outcomes": [_outcome(*one, f"$.outcomes[{place}]", hidden) for place, one in enumerate(outcomes)],
            "trace": [one for one in trace if hidden is None or one["outcome"]["name"] not in hidden.values],
            "redaction": None if hidden is None else _redaction(hidden, trace),
            "engines": list(engines),
            "library": library,
            "case": case,
            "date": date,
            **judgements,
            **picked,
        }
    )
    return Record(data, canonical(data))


def _setting(value: Known | tuple[Known, ...] | None) -> Any:
    if isinstance(value, tuple):
        return [written(one) for one in value]
    return None if value is None else written(value)


def _term(program: Program, name: str) -> Any:
    return program.compiler.settings.words.get(name, program.ruleset.terms[name].value)


def _outcome(data: dict[str, Any], scope: str, path: str, hidden: Hidden | None) -> dict[str, Any]:
    """An outcome; where it is computed from what is hidden, without what would tell more than its result."""
    if hidden is None or data["name"] not in hidden.values:
        return data
    telling = {name: data[name] for name in ("rule", "limits", "judgement")}
    shown = {name: value for name, value in data.items() if name not in telling}
    if scope in hidden.scopes:
        shown["item"] = hidden.digest(f"{path}.item", data["item"])
    return {**shown, "because": hidden.digest(f"{path}.because", telling)}


def _redaction(hidden: Hidden, trace: list[dict[str, Any]]) -> dict[str, Any]:
    kept_out = [one for one in trace if one["outcome"]["name"] in hidden.values]
    return {
        "algorithm": ALGORITHM,
        "key": key_id(hidden.key),
        "salt": hidden.salt.hex(),
        "inputs": list(hidden.names),
        "values": sorted(hidden.values),
        "trace": hidden.digest("$.redaction.trace", kept_out),
    }


def _text(found: Any) -> bool:
    return isinstance(found, str)


def _text_or_nothing(found: Any) -> bool:
    return found is None or isinstance(found, str)


def _mapping(found: Any) -> bool:
    return isinstance(found, dict)


def _texts(found: Any) -> bool:
    return isinstance(found, list) and all(map(_text, found))


def _named(*names: str) -> Callable[[Any], bool]:
    return lambda found: isinstance(found, dict) and all(_text(found.get(name)) for name in names)


def _redacted(found: Any) -> bool:
    return found is None or (
        _named("algorithm", "key", "salt")(found)
        and _texts(found.get("inputs"))
        and found["algorithm"] == ALGORITHM
        and len(found["salt"]) % 2 == 0
        and set(found["salt"]) <= set("0123456789abcdef")
    )


def _picked(found: Any) -> bool:
    return (
        _named("on", "from")(found) and found.keys() == {"series", "on", "from", "to"} and _text_or_nothing(found["to"])
    )


MEMBERS: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "format": (f"the text {FORMAT}", lambda found: found == FORMAT),
    "ruleset": ("an object with the texts name, edition and fingerprint", _named("name", "edition", "fingerprint")),
    "framework": ("a text or null", _text_or_nothing),
    "profile": ("a text or null", _text_or_nothing),
    "parameters": ("an object", _mapping),
    "terms": ("an object with a text or a whole number for each name", _mapping),
    "settings": ("an object", _mapping),
    "inputs": ("an object", _mapping),
    "outcomes": ("a list", lambda found: isinstance(found, list)),
    "trace": ("a list", lambda found: isinstance(found, list)),
    "redaction": ("null, or an object with algorithm, key, salt, inputs, values and trace", _redacted),
    "engines": ("a list of texts", _texts),
    "library": ("an object with the texts name and version", _named("name", "version")),
    "case": ("a text or null", _text_or_nothing),
    "date": ("a text or null", _text_or_nothing),
    SEAL: ("a text", _text),
}
OPTIONAL: Final = {
    JUDGEMENTS: ("a list of judgements", are_members),
    PICKED: ("an object with series, on, from and to", _picked),
}


def read_record(data: bytes, shown_as: str = "record") -> Record:
    """A record from its bytes, whether or not it is still as it was made: ask :attr:`Record.is_sealed`.

    Raises:
        InputError: it is not JSON, or no record of this format; every problem.

    """
    shown_as = name_given(shown_as, "shown_as")
    data = instance_given(data, bytes, "record", "give the bytes of its file")
    found = checked_record(parsed(data, shown_as), data, shown_as)
    canonical(found.data, shown_as)
    return found


def checked_record(found: Any, text: bytes, shown_as: str) -> Record:
    """A record from its members and its bytes.

    Raises:
        InputError: it is no record of this format; every problem.

    """
    if not isinstance(found, dict) or "format" not in found:
        raise InputError([Diagnostic(f"{shown_as}: $.format", "is missing, so it is no record", _help())])
    if found["format"] != FORMAT:
        problem = f"it is a record of the format {quoted(found['format'])}"
        raise InputError([Diagnostic(f"{shown_as}: $.format", problem, f"this library reads {quoted(FORMAT)}")])
    problems = [
        Diagnostic(f"{shown_as}: $.{name}", "is missing" if name not in found else f"is not {wanted}", None, "record")
        for name, (wanted, holds) in MEMBERS.items()
        if name not in found or not holds(found[name])
    ]
    problems += [
        Diagnostic(f"{shown_as}: $.{name}", f"is not {wanted}", None, "record")
        for name, (wanted, holds) in OPTIONAL.items()
        if name in found and not holds(found[name])
    ]
    if problems:
        raise InputError(problems)
    return Record(found, text)


def _help() -> str:
    return "records are made by `decision.record()`, or by hmic-rules decide RULESET CASE --record FILE"
