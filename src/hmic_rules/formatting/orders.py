"""The order in which keys are written, where it makes no difference."""

from __future__ import annotations

from typing import Final

from hmic_rules.loading.rulesets import EXTENDING, KEYS

__all__ = ["order_for"]

RULESET: Final = tuple(dict.fromkeys((*EXTENDING[:4], *KEYS, *EXTENDING)))
VALUE: Final = (
    *("use", "with", "group", "by", "expected", "missing"),
    *("each", "type", "choice", "scale", "min", "max", "unit", "better", "outcome", "safe_side", "applies"),
    *("says", "basis", "cite", "choose", "rules", "points", "otherwise", "is", "calc", "judged"),
    *("limits", "if_limits_cross", "may_depart"),
)
CASE: Final = ("case", "says", "framework", "profile", "parameters", "facts", "expect")
LISTED: Final = {
    "rules": ("id", "then", "worth", "when", "basis", "cite", "says"),
    "points": ("id", "worth", "when", "basis", "cite", "says"),
    "limits": ("id", "at_most", "at_least", "when", "basis", "cite", "says"),
    "claims": ("id", "never", "always", "says", "cite"),
    "cases": CASE,
}
QUERY: Final = ("of", "among", "where")
QUERIES: Final = ("every", "some", "none", "count", "share", "add", "max", "min", "points", "longest_run")
GIVEN: Final = frozenset({"facts", "expect", "parameters", "with", "replace", "remove", "add"})
Path = tuple[str | int, ...]


def order_for(path: Path) -> tuple[str, ...]:
    """The keys of the mapping at a path, in their order; nothing where their order is the author's."""
    if not path:
        return RULESET
    if GIVEN & set(path[:-1]) or path[-1] in GIVEN:
        return ()
    if path[0] == "values" and len(path) == 2:
        return VALUE
    if len(path) == 1 and isinstance(path[0], int):  # a file that is a list: cases
        return CASE
    if isinstance(path[-1], int) and len(path) > 1 and path[-2] in LISTED:
        return LISTED[str(path[-2])]
    return QUERY if path[0] in ("values", "claims") and path[-1] in QUERIES else ()
