"""What a person reads of an archive held against the rules: kinds of row, recorded against computed, agreement, and each departure with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Group as Lines
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hmic_rules.concordance.results import NARROWED, OPEN, Concordance, Difference, Group, Kappa, Share, rounded
from hmic_rules.phrases import alternatives, few
from hmic_rules.screens.parts import line, number_of

__all__ = ["concordance_screen", "readings_screen"]

BAR: Final = 30
MOST: Final = 12
DIFFERENCES: Final = 3
SHORT: Final = 20
KINDS: Final = {
    "equal": "decided, and recorded so",
    "different": "decided, and recorded otherwise",
    "inside": "narrowed, and what was recorded is possible",
    "outside": "narrowed, and what was recorded is ruled out",
    "open": "not limited by any rule",
}
APART: Final = {
    "outside the vocabulary": "apart: recorded in no known word",
    "not recorded": "apart: nothing recorded",
    "set aside": "apart: set aside by the check of the table",
}
REASONS: Final = {
    "limit": "a limit changed what the rules gave",
    "not met": "a rule for what was recorded did not hold",
    "outranked": "another result comes before what was recorded",
    "ruled out": "what is known rules it out",
    "no rule gives it": "no rule gives what was recorded",
    "judged": "the facts hold another judgement",
    "computed": "a calculation gave another result",
    "does not apply": "the outcome does not apply",
    "applies": "the outcome applies, and was recorded as not applicable",
}
SHARES: Final = {"decided": "of the rows decided", "compared": "of the rows compared", "all": "of all rows"}
WEIGHTS: Final = {"linear": "weighted by steps", "quadratic": "weighted by steps squared", "none": "not weighted"}
AGREED: Final = ("black on #d9ead9", "black on #b0d5b0", "black on #7fbf7f", "black on #4fa64f")
AWAY: Final = ("black on #f5e6d0", "black on #edcda0", "black on #e3b06c", "black on #d79338")
READ_AS: Final = "A departure is a fact to look at: a professional judgement, an exception, an error of record, or a rule that is written down wrong."


def concordance_screen(found: Concordance, *, full: bool = False) -> RenderableType:
    """One archive; all departures where everything is asked for, else the groups with the most rows."""
    lines: list[RenderableType] = [
        Text(f"{_ruleset(found)}: {found.outcome}, recorded in {found.recorded}"),
        Text(),
        Text(f"Kinds of row, of {number_of(found.rows, 'row')}"),
        *_bars(found),
        Text(),
        Text(f"Recorded (down) against computed (across), {number_of(found.compared, 'row')} compared"),
        _table(found),
        Text("In agreement"),
        *(line(_share(one)) for one in found.shares),
        *(line(_kappa(one)) for one in found.kappas),
    ]
    if found.strangers:
        lines += [Text(), Text(f"Recorded in no known word: {number_of(found.apart['outside the vocabulary'], 'row')}")]
        for one in found.strangers:
            help = f": {one.help}" if one.help else ""
            lines.append(line(f"`{one.written}` in {number_of(one.rows, 'row')}, such as {one.example}{help}"))
        rest = found.number_of_strangers - len(found.strangers)
        lines += [line(f"and {rest:,} more words")] if rest else []
    lines += [Text(), *_departures(found, full)]
    for problem in found.problems[:MOST]:
        column = f", column {problem.column}" if problem.column is not None else ""
        more = "" if problem.rows == 1 else f" ({problem.rows:,} rows)"
        lines.append(Text(f"set aside: {problem.source}: row {problem.row}{column}: {problem.problem}{more}"))
    if len(found.problems) > MOST:
        lines.append(Text(f"set aside: {len(found.problems) - MOST} more kinds of problem"))
    lines.append(Text(f"{number_of(found.confirmed, 'case')} decided again by the reference, with the same outcomes"))
    for what, path in (("departures", found.output), ("set aside", found.rejects)):
        lines += [Text(f"written: {path} ({what})")] if path is not None else []
    return Lines(*lines)


def readings_screen(found: Sequence[Concordance]) -> RenderableType:
    """The same archive under several readings, side by side."""
    first = found[0]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", overflow="fold")
    for one in found:
        table.add_column(str(one.profile), justify="right", overflow="fold")
    for kind, words in KINDS.items():
        table.add_row(words, *(f"{one.kinds[kind]:,}" for one in found))
    for kind, words in APART.items():
        table.add_row(words, *(f"{one.apart[kind]:,}" for one in found))
    table.add_section()
    for place, share in enumerate(first.shares):
        table.add_row(f"in agreement, {SHARES[share.of]}", *(_percent(one.shares[place]) for one in found))
    for place, kappa in enumerate(first.kappas):
        cells = [one.kappas[place].exact for one in found]
        table.add_row(
            f"kappa, {WEIGHTS[kappa.weights]}", *("undefined" if one is None else rounded(one) for one in cells)
        )
    table.add_row("departures", *(f"{one.departures:,}" for one in found))
    head = f"{first.ruleset}, edition {first.edition}: {first.outcome}, recorded in {first.recorded}, {number_of(first.rows, 'row')}"
    return Lines(Text(head), Text(), table, Text(), Text(READ_AS))


def _ruleset(found: Concordance) -> str:
    under = ", ".join(one for one in (found.framework, found.profile) if one is not None)
    return f"{found.ruleset}, edition {found.edition}{f' ({under})' if under else ''}"


def _bars(found: Concordance) -> Iterator[RenderableType]:
    """How many rows are of each kind; together they are all."""
    counts = {KINDS[kind]: count for kind, count in found.kinds.items()}
    counts |= {APART[kind]: count for kind, count in found.apart.items()}
    width, digits = max(map(len, counts)), len(f"{found.rows:,}")
    for words, count in counts.items():
        share = count / found.rows if found.rows else 0
        bar = "█" * int(share * BAR) or ("▏" if count else "")
        yield line(f"{words:<{width}}  {count:>{digits},}  {share:>6.1%}  {bar}".rstrip())


def _table(found: Concordance) -> RenderableType:
    """Recorded against computed, the darker the more of what was recorded so; ``=`` marks agreement where there is no colour."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", overflow="fold")
    for word in (*found.labels, NARROWED, OPEN, "all"):
        table.add_column(word, justify="right", overflow="fold")
    for recorded, counts in found.table.items():
        whole = sum(counts.values())
        cells: list[Text] = []
        for computed, count in counts.items():
            colours = AGREED if computed == recorded else AWAY if computed in found.labels else ()
            mark = " =" if computed == recorded else "  "
            style = colours[min(int(4 * count / whole), 3)] if count and colours else ""
            cells.append(Text(f"{count:,}{mark}" if colours else f"{count:,}", style))
        table.add_row(Text(recorded), *cells, Text(f"{whole:,}"))
    table.add_section()
    columns = (*found.labels, NARROWED, OPEN)
    sums = [sum(counts[one] for counts in found.table.values()) for one in columns]
    table.add_row(
        Text("all"),
        *(Text(f"{one:,}{'  ' if name in found.labels else ''}") for name, one in zip(columns, sums, strict=True)),
        Text(f"{sum(sums):,}"),
    )
    return Padding(table, (0, 0, 1, 2))


def _percent(one: Share) -> str:
    return "no such row" if one.exact is None else f"{rounded(one.exact * 100, 1)}%"


def _share(one: Share) -> str:
    return f"{SHARES[one.of]}: {one.part:,} of {one.whole:,}, {_percent(one)}"


def _kappa(one: Kappa) -> str:
    over = f"kappa, {WEIGHTS[one.weights]}, over {number_of(one.rows, 'row')} decided with a label on both sides"
    if one.exact is None:
        return f"{over}: undefined, since {one.why}"
    exact = f", rounded from {one.exact}" if len(str(one.exact)) <= SHORT else ", rounded to three places"
    return f"{over}: {rounded(one.exact)}{exact}"


def _departures(found: Concordance, full: bool) -> Iterator[RenderableType]:
    yield Text(f"Departures: {found.departures:,}, in {number_of(len(found.groups), 'group')}")
    yield Text(READ_AS)
    for reason, count in found.reasons.items():
        yield line(f"{count:>{len(f'{found.departures:,}')},}  {REASONS[reason]}")
    shown = found.groups if full else found.groups[:MOST]
    for group in shown:
        yield Text()
        yield from _group(group)
    rest = found.groups[len(shown) :]
    if rest:
        yield Text()
        yield line(
            f"and {number_of(len(rest), 'group')} more, with {number_of(sum(one.rows for one in rest), 'row')}: see `--full`"
        )
    yield Text()
    looked = found.looked
    if looked.rows < looked.of_rows:
        yield Text(
            f"What would have to differ was asked of {looked.patterns:,} of {number_of(looked.of_patterns, 'set')} of facts, "
            f"which {looked.rows:,} of the {looked.of_rows:,} departures have: see `--depth`"
        )
    elif looked.of_rows:
        yield Text(f"What would have to differ was asked of all {number_of(looked.patterns, 'set')} of facts")


def _group(group: Group) -> Iterator[RenderableType]:
    yield line(f"{number_of(group.rows, 'row')}: recorded {group.recorded}, computed {alternatives(group.possible)}")
    yield line(group.says, 2)
    yield line(f"cases: {few(group.examples)}" + (f" of {group.rows:,}" if group.rows > len(group.examples) else ""), 2)
    if group.in_the_way:
        items = [f"{item} ({count:,})" for item, count in group.in_the_way.items()]
        yield line(f"in the way of {' or '.join(group.rules)}: {few(items, 5)}", 2)
    for one in group.differences[:DIFFERENCES]:
        yield line(_difference(one, group), 2)
    if len(group.differences) > DIFFERENCES:
        yield line(
            f"and {number_of(len(group.differences) - DIFFERENCES, 'set')} of facts more that were asked about", 2
        )


def _difference(one: Difference, group: Group) -> str:
    where = f"in {one.example}" + (f" and {one.rows - 1:,} more with the same facts" if one.rows > 1 else "")
    if one.none is not None:
        return f"{where}: {one.none}"
    others = (
        f" (or one of {one.others:,} other such sets)"
        if one.others > 1
        else " (or another such set)"
        if one.others
        else ""
    )
    return f"{where}, for {group.recorded}: {'; '.join(one.changes) or 'nothing'}{others}"
