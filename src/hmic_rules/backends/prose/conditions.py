"""Conditions in words: clauses, and lists of clauses where there are several."""

from __future__ import annotations

import re

from attrs import frozen

from hmic_rules.backends.prose.nouns import Voice
from hmic_rules.backends.prose.phrases import NUMBERS, Verb, amount, checked, clause, picked, verb
from hmic_rules.backends.prose.statements import Said
from hmic_rules.conditions import (
    All,
    Any,
    Check,
    Compare,
    Condition,
    CountTest,
    Not,
    Op,
    Quantified,
    Query,
    ShareTest,
    Test,
    Truth,
)
from hmic_rules.datatypes import INTEGER, SHARE
from hmic_rules.structure import conjuncts

__all__ = ["Asked", "asked", "condition_said"]

MOST_IN_LINE = 3
_HOLDS = re.compile(r"is one for which (“[^”]*”) holds")
OF_OWN = {"every": "every one", "no": "none"}
WHERE_NONE = {Truth.YES: ", or there are none of these", Truth.NO: ", and there are some of these", Truth.UNKNOWN: ""}


def condition_said(node: Condition, voice: Voice) -> Said:
    """What must hold."""
    if isinstance(node, Test):
        return Said(clause(node, voice))
    if isinstance(node, All):
        return _listed(
            [condition_said(part, voice) for part in conjuncts(node)], "all of these hold", "nothing is asked"
        )
    if isinstance(node, Any):
        parts = [condition_said(part, voice) for part in node.parts]
        return _listed(parts, "at least one of these holds", "one of no things holds, which never happens")
    if isinstance(node, Not):
        return _denied(node.part, voice)
    if isinstance(node, Quantified):
        return _quantified(node, voice)
    return _counted(node, voice) if isinstance(node, CountTest) else _shared(node, voice)


def _listed(parts: list[Said], head: str, empty: str) -> Said:
    if not parts:
        return Said(empty)
    return parts[0] if len(parts) == 1 else Said(head, tuple(parts))


def _denied(node: Condition, voice: Voice) -> Said:
    said = condition_said(node, voice)
    if isinstance(node, All) and said.text == "all of these hold":
        return Said("not all of these hold", said.parts)
    if isinstance(node, Any) and said.text == "at least one of these holds":
        return Said("none of these holds", said.parts)
    return said.after("it is not so that")


@frozen
class Asked:
    """What a query asks.

    Attributes:
        one: one of the items that belong; of what is an item's own, all of them, as in `every one of its findings`.
        several: all of them.
        own: whether they are the own ones of what is spoken of.
        verb: what is asked of them; ``None`` where nothing is.
        parts: the lists under the statement: who belongs, or what is asked.

    """

    one: str
    several: str
    own: bool
    verb: Verb | None
    parts: tuple[Said, ...] = ()

    def with_(self, number: str) -> str:
        """Some number of them: `every criterion`, `every one of its findings`."""
        return f"{number} {self.one}" if not self.own else f"{OF_OWN.get(number, number)} of {self.several}"

    @property
    def of_them(self) -> str:
        """What stands after a share of them."""
        return f"of {self.several}" if self.own else f"of the {self.several}"


def asked(query: Query, voice: Voice) -> Asked:
    """A query in words."""
    inside = voice.inside(query.collection)
    noun = voice.noun(query.collection)
    owner = voice.owner(query.collection)
    own = owner is not None and owner == voice.it
    its, whose = ("its ", "") if own else ("", "" if owner is None else f" of the {voice.noun(owner).one}")
    one, several, belongs = _picking(query.among, inside)
    doing, done = _doing(query.where, inside)
    if belongs is not None:
        found = belongs.after(f"of these {noun.several}, those belong of which it is so that")
        parts: tuple[Said, ...] = (found,)
        if done and query.where is not None:
            parts = (found, condition_said(query.where, inside).after("what is asked of each:"))
            doing = Verb("is as asked", "are as asked")
        one, several, done = " that belongs", " that belong", parts
    return Asked(f"{noun.one}{whose}{one}", f"{its}{noun.several}{whose}{several}", own, doing, done)


def _picking(among: Condition | None, voice: Voice) -> tuple[str, str, Said | None]:
    """What picks items out, for one and for several; or, where that takes a list, the list."""
    if among is None:
        return "", "", None
    tests = conjuncts(among)
    if len(tests) <= MOST_IN_LINE and all(isinstance(one, Test) for one in tests):
        found = [picked(one, voice) for one in tests if isinstance(one, Test)]
        return _strung([one for one, _ in found]), _strung([several for _, several in found]), None
    said = condition_said(among, voice)
    if said.parts:
        return "", "", said
    return f" such that {said.text}", f" such that {said.text}", None


def _strung(parts: list[str]) -> str:
    """Several such pieces, those with `of` before the others."""
    kinds = [part for part in parts if part.startswith("of ")]
    others = [part for part in parts if not part.startswith("of ")]
    loose = any(" or " in part or " and " in part or ", " in part for part in others)
    found = [" and ".join(kinds)] if kinds else []
    found += [(", and " if loose else " and ").join(others) + ("," if loose else "")] if others else []
    return "".join(f" {part}" for part in found)


def _doing(where: Condition | None, voice: Voice) -> tuple[Verb | None, tuple[Said, ...]]:
    """What is asked of each item, and the list that it takes, if any."""
    if where is None:
        return None, ()
    tests = conjuncts(where)
    if len(tests) <= MOST_IN_LINE and all(isinstance(one, Test) for one in tests):
        verbs = [verb(one, voice) for one in tests if isinstance(one, Test)]
        loose = any(" or " in one.one or " and " in one.one or ", " in one.one for one in verbs)
        word = ", and " if loose else " and "
        if verbs:
            return Verb(word.join(one.one for one in verbs), word.join(one.several for one in verbs)), ()
    said = condition_said(where, voice)
    return Verb(f"is such that {said.text}", f"are such that {said.text}"), said.parts


def _quantified(node: Quantified, voice: Voice) -> Said:
    found = asked(node.query, voice)
    who = found.with_({"every": "every", "some": "at least one", "none": "no"}[node.kind])
    doing = "is there" if found.verb is None else found.verb.one
    holds = _HOLDS.fullmatch(doing)
    if holds is not None:
        return Said(f"{holds[1]} holds of {who}", found.parts)
    if node.kind == "every":  # "every one is not" could be heard as "not every one is"
        doing = doing.replace("is not ", "is one that is not ", 1) if doing.startswith("is not ") else doing
    return Said(f"{who} {doing}", found.parts)


def _plain_check(checks: tuple[Check, ...]) -> Compare | None:
    """The one comparison with a whole number, a share or a word."""
    check = checks[0]
    return check if len(checks) == 1 and isinstance(check, Compare) else None


def _counted(node: CountTest, voice: Voice) -> Said:
    found = asked(node.query, voice)
    check = _plain_check(node.checks)
    if check is not None and type(check.operand) is int and not check.negated:
        few = check.operand == 1
        much = {**NUMBERS, Op.BELOW: "fewer than", Op.IS: "exactly"}[check.op]
        who = f"{much} {check.operand:,} {'of ' if found.own else ''}{found.one if few and not found.own else found.several}"
        if found.verb is None and found.own:
            return Said(
                f"it has {much} {check.operand:,} {found.one if few else found.several.removeprefix('its ')}",
                found.parts,
            )
        if found.verb is None:
            return Said(f"there {'is' if few else 'are'} {who}", found.parts)
        return Said(f"{who} {found.verb.one if few else found.verb.several}", found.parts)
    which = "" if found.verb is None else f" which {found.verb.several}"
    return Said(f"the number of {found.several}{which} is {checked(node.checks, INTEGER, voice)}", found.parts)


def _shared(node: ShareTest, voice: Voice) -> Said:
    found = asked(node.query, voice)
    check = _plain_check(node.checks)
    much = None if check is None else amount(check, voice)
    doing = found.verb or Verb("is there", "are there")
    if much is not None:
        text = f"{much} {found.of_them} {doing.several}"
    else:
        who = found.of_them.removeprefix("of ").removesuffix(",")
        text = f"among {who}, the share that {doing.several} is {checked(node.checks, SHARE, voice)}"
    return Said(text + WHERE_NONE[node.if_none], found.parts)
