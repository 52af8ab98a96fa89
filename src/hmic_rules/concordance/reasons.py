"""Why a recorded outcome is not the computed one: departures grouped by what gave the result and what kept the recorded one out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen

from hmic_rules.batch.quoting import literal, name
from hmic_rules.concordance.counting import Rows
from hmic_rules.concordance.results import Group, Reason
from hmic_rules.datatypes import shown
from hmic_rules.errors import quoted
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.rules import Judged, Rule, RuleList, ValueRule

__all__ = ["DEPARTURES", "KEY", "grouped"]

EXAMPLES: Final = 5
ITEMS: Final = 10
KEY: Final = ("recorded", "kind", "possible", "rule", "limits")
DEPARTURES: Final = "kind IN ('different', 'outside')"


@frozen(eq=False)
class _Why:
    """What is asked of one outcome: why what was recorded is not among these results."""

    value: ValueRule
    labels: Sequence[str]
    recorded: str
    possible: tuple[str, ...]
    rule: str | None
    limits: tuple[str, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that give the recorded outcome."""
        body = self.value.body
        return (
            tuple(one for one in body.rules if shown(one.then) == self.recorded) if isinstance(body, RuleList) else ()
        )

    @property
    def falls_back(self) -> bool:
        """Whether the recorded outcome is what the rule set gives where no rule holds."""
        body = self.value.body
        return isinstance(body, RuleList) and body.otherwise is not None and shown(body.otherwise.then) == self.recorded

    def reason(self) -> Reason:
        if NOT_APPLICABLE.value in self.possible and len(self.possible) == 1:
            return "does not apply"
        if self.recorded == NOT_APPLICABLE.value:
            return "applies"
        if self.limits:
            return "limit"
        body = self.value.body
        if isinstance(body, Judged):
            return "judged" if len(self.possible) == 1 else "limit"
        if not isinstance(body, RuleList):
            return "computed"
        if not self.rules and not self.falls_back:
            return "no rule gives it"
        return self._among(body) if self.rules else "outranked"

    def _among(self, body: RuleList) -> Reason:
        """How it went among rules that combine."""
        if body.policy in ("highest", "lowest"):
            ranks = [self.labels.index(one) for one in self.possible if one in self.labels]
            own = self.labels.index(self.recorded)
            worse = own < min(ranks) if body.policy == "highest" else own > max(ranks)
            better = own > max(ranks) if body.policy == "highest" else own < min(ranks)
            if worse:
                return "outranked"
            return "not met" if better or self.rule is not None else "ruled out"
        if self.rule is None:
            return "ruled out"
        if self.rule == "otherwise" or body.policy == "unique":
            return "not met"
        order = [one.id for one in body.rules]
        before = order.index(self.rule) if self.rule in order else len(order)
        later = any(order.index(one.id) > before for one in self.rules)
        return "outranked" if later else "not met"

    def sentence(self, reason: Reason) -> str:
        """The reason in words."""
        recorded, name = quoted(self.recorded), quoted(self.value.name)
        came = _listed(self.possible, "or")
        comes = "come" if len(self.possible) > 1 else "comes"
        gave = (
            "no rule held"
            if self.rule == "otherwise"
            else f"the rule {quoted(self.rule)} gave {came}"
            if self.rule is not None
            else f"what is known leaves {came}"
        )
        ids = [one.id for one in self.rules]
        own = f"the {_rules(ids)} for {recorded}" if ids else f"{recorded} follows where no rule holds"
        limits = f"the limit{'s' if len(self.limits) > 1 else ''} {_listed(self.limits)}"
        said: dict[Reason, str] = {
            "limit": f"{limits} brought it to {came}"
            if self.limits
            else f"nobody has judged it in the facts, and the limits leave {came}",
            "not met": f"{gave}; {own} did not hold",
            "outranked": f"{gave}, which {comes} before {own}" if ids else f"{gave}; {own}",
            "ruled out": f"{gave}; {own} cannot give it",
            "no rule gives it": f"{gave}; no rule gives {recorded}",
            "judged": f"the facts hold a judgement of their own, and it is {came}",
            "computed": f"{name} is worked out, and came to {came}",
            "does not apply": f"{name} does not apply",
            "applies": f"{name} applies, and came to {came}",
        }
        return said[reason]


def _rules(ids: Sequence[str]) -> str:
    return f"rule{'s' if len(ids) > 1 else ''} {_listed(ids)}"


def _listed(words: Sequence[str], joint: str = "and") -> str:
    *others, last = map(quoted, words or ("",))
    return f"{', '.join(others)} {joint} {last}" if others else last


def grouped(rows: Rows) -> tuple[Group, ...]:
    """Every departure in one group, the largest first; their kinds of reason are put beside the rows in ``concord.reasons``."""
    engine, value = rows.staged.engine, rows.vocabulary.value
    found = engine.run(
        f"SELECT {', '.join(KEY)}, count(*) AS rows, min(case_id, {EXAMPLES}) AS first FROM concord.seen WHERE {DEPARTURES} "
        f"GROUP BY {', '.join(KEY)} ORDER BY rows DESC, first[1]",
        "grouping",
    )
    hindering = _hindering(rows)
    names = rows.names([case for row in found for case in row[-1]])
    groups: list[Group] = []
    keys: list[str] = []
    for recorded, kind, mask, rule, limits, count, first in found:
        masked = tuple(id for place, id in enumerate(rows.columns.limit_ids) if limits >> place & 1)
        why = _Why(value, rows.vocabulary.labels, recorded, rows.written(mask), rule, masked)
        reason = why.reason()
        ids = tuple(one.id for one in why.rules)
        examples = tuple(names[case] for case in first)
        groups.append(
            Group(
                reason,
                why.sentence(reason),
                kind,
                recorded,
                why.possible,
                rule,
                masked,
                ids,
                count,
                examples,
                hindering.get((recorded, kind, mask, rule, limits), {}),
            )
        )
        keys.append(
            f"({_key([recorded, kind, mask, rule, limits])}, {literal(reason)}, {literal(why.sentence(reason))})"
        )
    engine.run(
        "CREATE TABLE concord.reasons (recorded VARCHAR, kind VARCHAR, possible BIGINT, rule VARCHAR, limits BIGINT, reason VARCHAR, says VARCHAR)"
    )
    if keys:
        engine.run(f"INSERT INTO concord.reasons VALUES {', '.join(keys)}")
    return tuple(groups)


def _key(cells: Sequence[Any]) -> str:
    return ", ".join("NULL" if one is None else str(one) if isinstance(one, int) else literal(one) for one in cells)


def _hindering(rows: Rows) -> dict[tuple[Any, ...], dict[str, int]]:
    """By group, the items in the way of the rules for the recorded outcome, and in how many rows each of them is."""
    value, unmet = rows.vocabulary.value, rows.columns.unmet
    if not isinstance(value.body, RuleList) or not unmet:
        return {}
    parts = [
        f"WHEN {literal(word)} THEN list_distinct(flatten([{', '.join(f'coalesce(q.{name(unmet[id])}, [])' for id in ids)}]))"
        for word in rows.vocabulary.labels
        if (ids := [one.id for one in value.body.rules if shown(one.then) == word and one.id in unmet])
    ]
    if not parts:
        return {}
    keys = ", ".join(KEY)
    found = rows.staged.engine.run(
        f"SELECT {keys}, item, count(*) AS rows FROM (SELECT {', '.join(f's.{one}' for one in KEY)}, unnest(CASE s.recorded {' '.join(parts)} END) AS item "
        f"FROM concord.seen AS s JOIN {rows.relation} AS q ON s.case_id = q.case_id WHERE s.{DEPARTURES}) GROUP BY {keys}, item "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY rows DESC, item) <= {ITEMS} ORDER BY rows DESC, item",
        "looking what is in the way",
    )
    by_group: dict[tuple[Any, ...], dict[str, int]] = {}
    for *group, item, count in found:
        by_group.setdefault(tuple(group), {})[item] = count
    return by_group
