"""What carrying recommendations out would change, on one screen; and one recommendation by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hmic_rules.inspections import Inspection
from hmic_rules.leverage.recommendations import Leverage, RecommendationLeverage
from hmic_rules.leverage.regrading import Effect, number_moved
from hmic_rules.leverage.searching import Lifting
from hmic_rules.phrases import few, said

__all__ = ["leverage_screen"]

SETS_SHOWN = 3
COUNTING = (
    "* Criteria that stand otherwise where the recommendation alone is carried out; in brackets, those that it adds where all others are "
    "carried out too."
)
CAUTION = (
    "It is what the rules give for facts that are supposed, and no forecast: what nobody found or coded is not supposed to get better. A "
    "recommendation marked + goes beyond its findings, and what goes beyond them is not counted."
)


def leverage_screen(leverage: Leverage, inspection: Inspection, *, alone: bool = False) -> RenderableType:
    """What recommendations would change.

    Args:
        leverage: the answer.
        inspection: what it was asked of.
        alone: whether each recommendation is shown by itself, with its findings and criteria; the table of all of them otherwise.

    """
    parts: list[RenderableType] = [
        Text.assemble((leverage.title, "bold"), ": what would change, were recommendations carried out"),
        Text(f"{leverage.remedy.says} [{leverage.remedy.basis}]", style="dim"),
    ]
    if alone:
        for one in leverage.recommendations:
            parts += _by_itself(leverage, one, inspection)
        parts.append(Text(CAUTION, style="italic"))
        return _spaced(parts)
    parts.append(_table(leverage))
    idle = [one.title for one in leverage.recommendations if not one.put_right]
    if idle:
        parts.append(Text(f"These put nothing right here: {few(idle, 20)}."))
    parts += _lifting_alone(leverage)
    parts.append(_together(leverage))
    parts.append(_smallest(leverage))
    parts.append(Text(f"{COUNTING} {CAUTION}", style="italic"))
    return _spaced(parts)


def _spaced(parts: Iterable[RenderableType]) -> RenderableType:
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _table(leverage: Leverage) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    table.add_column("recommendation", overflow="fold")
    table.add_column("answers", justify="right")
    table.add_column("puts right", justify="right")
    for reading in leverage.readings:
        table.add_column(f"{reading or 'moves'}*", justify="right")
    for one in leverage.recommendations:
        if not one.put_right:
            continue
        counts = [
            f"{number_moved(one.alone, reading)} ({number_moved(one.beside_others, reading)})"
            for reading in leverage.readings
        ]
        title = Text(one.title + (" +" if one.wider else ""), style="bold")
        table.add_row(title, str(len(one.findings)), str(len(one.put_right)), *counts)
    return table


def _lifting_alone(leverage: Leverage) -> Iterator[RenderableType]:
    """What lifts, or turns otherwise, where one recommendation alone is carried out."""
    for heading, wanted in (
        ("Alone, these lift an outcome", True),
        ("Alone, these turn one, and not for the better", False),
    ):
        tree = Tree(Text(heading, style="bold"))
        for one in leverage.recommendations:
            for effect in one.alone:
                if effect.turned and effect.lifts is wanted:
                    where = f"{leverage.frameworks[effect.framework]}{_under(effect.reading)}"
                    tree.add(Text.assemble((one.title, "bold"), f": {where}: {_change(effect)}"))
        if tree.children:
            yield tree
        elif wanted:
            yield Text("No recommendation lifts an outcome alone.", style="bold")


def _change(effect: Effect) -> str:
    before, after = said(effect.before), said(effect.after)
    return before if not effect.turned else f"{before} → {after}"


def _under(reading: str | None) -> str:
    return "" if reading is None else f" ({reading})"


def _together(leverage: Leverage) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    table.add_column("all of them together", overflow="fold")
    for reading in leverage.readings:
        table.add_column(reading or "rules")
    for framework, title in leverage.frameworks.items():
        found = [one for one in leverage.together if one.framework == framework]
        cells = [f"{_change(one)}; {_criteria(len(one.criteria))}" for one in found]
        table.add_row(Text(title, style="bold"), *cells)
    return table


def _criteria(number: int) -> str:
    return "1 criterion moves" if number == 1 else f"{number or 'no'} criteria move"


def _smallest(leverage: Leverage) -> Tree:
    tree = Tree(Text("The smallest sets of recommendations that lift an outcome", style="bold"))
    titles = {one.recommendation: one.title for one in leverage.recommendations}
    for lifting in leverage.sets:
        for one in lifting.reached:
            where = f"{leverage.frameworks[lifting.framework]}{_under(lifting.reading)}"
            line = f"{where}: {said(lifting.before)} → {said(one.outcome)}, with {one.size}"
            branch = tree.add(Text(line if one.number == 1 else f"{line}, in {one.number} ways"))
            for chosen in one.sets[:SETS_SHOWN]:
                branch.add(Text(", ".join(titles.get(id, id) for id in chosen)))
            rest = one.number - len(one.sets[:SETS_SHOWN])
            if rest > 0:
                branch.add(Text(f"and {rest} more"))
    none = [one for one in leverage.sets if not one.reached]
    for framework, title in leverage.frameworks.items():
        found = [one for one in none if one.framework == framework]
        if found:
            tree.add(Text(f"{title}: {_no_set(found)}", style="dim"))
    return tree


def _no_set(found: Sequence[Lifting]) -> str:
    readings = [one.reading for one in found if one.reading is not None]
    where = f" under {', '.join(readings)}" if readings else ""
    size = min(one.searched for one in found)
    whole = all(one.complete for one in found)
    return f"no set lifts it{where}" + ("" if whole else f"; larger sets than of {size} were not looked at")


def _by_itself(leverage: Leverage, one: RecommendationLeverage, inspection: Inspection) -> Iterator[RenderableType]:
    recommendation = inspection.recommendations[one.recommendation]
    beyond = " It goes beyond the findings that it answers." if one.wider else ""
    yield Text.assemble((one.title, "bold"), f": {recommendation.says}{beyond}")
    findings = Tree(
        Text(f"It answers {len(one.findings)} finding{'s' if len(one.findings) != 1 else ''}", style="bold")
    )
    for id in one.findings:
        finding = inspection.findings[id]
        short = [bearing.criterion for bearing in finding.bears if bearing.id in one.put_right]
        says = few(list(dict.fromkeys(short)), 8) if short else "nothing of it is put right here"
        findings.add(Text.assemble((id, "bold"), f" [{finding.cite}]: {says}"))
    yield findings
    yield _moves(leverage, one.alone, "Carried out alone, it moves")
    yield _moves(leverage, one.beside_others, "Beside all others, it adds")
    moved = {moved.criterion for effect in (*one.alone, *one.beside_others) for moved in effect.criteria}
    still = [id for id in dict.fromkeys((*one.criteria, *one.names)) if id not in moved]
    if still:
        yield Text(f"Put right or named by it, and not moved: {few(still, 12)}.")


def _moves(leverage: Leverage, effects: Sequence[Effect], heading: str) -> RenderableType:
    """The criteria that move, by framework, with how they stand under each reading; and the outcomes."""
    rows: dict[tuple[str, str], dict[str | None, str]] = {}
    for effect in effects:
        for one in effect.criteria:
            rows.setdefault((effect.framework, one.criterion), {})[effect.reading] = (
                f"{said(one.before)} → {said(one.after)}"
            )
    touched = list(dict.fromkeys(effect.framework for effect in effects))
    if not touched:
        return Text(f"{heading} nothing: none of its findings falls short in a framework that was asked for.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    table.add_column(heading, overflow="fold")
    for reading in leverage.readings:
        table.add_column(reading or "rules")
    for framework in touched:
        own = {effect.reading: _change(effect) for effect in effects if effect.framework == framework}
        table.add_row(
            Text(leverage.frameworks[framework], style="bold"),
            *(Text(own.get(reading, ""), style="bold") for reading in leverage.readings),
        )
        for (where, criterion), cells in rows.items():
            if where == framework:
                table.add_row(f"  {criterion}", *(cells.get(reading, "–") for reading in leverage.readings))
        if all(where != framework for where, _ in rows):
            table.add_row("  no criterion", *("–" for _ in leverage.readings))
    return table
