"""What does not fit any more in what is inherited, told where it was altered: a file that loads by itself is not to blame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from collections.abc import Sequence as Sequences
from typing import Final

from hmic_rules.errors import Diagnostic, Span, capped, quoted
from hmic_rules.loading.alterations import Alteration
from hmic_rules.loading.trees import by_place

__all__ = ["blamed"]

MOST_TRIED: Final = 200
PLACES_SHOWN: Final = 3
DONE: Final = {"add": "once {what} is added", "replace": "with {what} replaced", "remove": "without {what}"}
Attempt = Callable[[Sequences[Alteration]], frozenset[Diagnostic] | None]


def blamed(
    problems: Iterable[Diagnostic],
    own: Collection[str],
    alterations: Sequences[Alteration],
    attempt: Attempt,
    otherwise: Span,
) -> list[Diagnostic]:
    """The problems of an extending rule set, those in inherited files at the alteration without which they are not there.

    Args:
        problems: all of them.
        own: the files of the rule set itself.
        alterations: what it says of the one that it extends.
        attempt: gives the problems that are left with these alterations only; ``None`` where that cannot be said.
        otherwise: the place of a problem that no single alteration makes.

    """
    found: list[Diagnostic] = []
    inherited: list[Diagnostic] = []
    for one in problems:
        elsewhere = isinstance(one.place, Span) and one.place.file not in own
        (inherited if elsewhere else found).append(one)
    if not inherited:
        return found
    left: dict[Diagnostic, Alteration | None] = dict.fromkeys(inherited)
    for tried in alterations if len(alterations) <= MOST_TRIED else ():
        if all(cause is not None for cause in left.values()):
            break
        problems_left = attempt([one for one in alterations if one is not tried])
        without = None if problems_left is None else set(map(_what, problems_left))
        for problem, cause in left.items():
            if without is not None and cause is None and _what(problem) not in without:
                left[problem] = tried
    causes = dict.fromkeys(left.values())
    for cause in causes:
        of = [problem for problem, one in left.items() if one is cause]
        found.append(_told(cause, of, otherwise))
    return capped(sorted(found, key=by_place))


def _what(found: Diagnostic) -> tuple[Span | str, str]:
    """A problem without its help, which names what else there is."""
    return found.place, found.problem


def _told(cause: Alteration | None, problems: Sequences[Diagnostic], otherwise: Span) -> Diagnostic:
    listed = "; ".join(f"{one.place}: {one.problem}" for one in problems[:PLACES_SHOWN])
    rest = len(problems) - PLACES_SHOWN
    listed += f"; and {rest} more" if rest > 0 else ""
    if cause is None:
        problem = f"with all that is altered here, what is inherited does not load: {listed}"
        return Diagnostic(otherwise, problem, "alter what stands there too", "inherited")
    done = DONE[cause.verb].format(what=cause.what)
    help = f"alter what stands there too, or leave {quoted(cause.address)} as it is"
    return Diagnostic(cause.key.span, f"{done}, what is inherited does not load: {listed}", help, "inherited")
