"""Writes what is made from the code and the rule sets: the command-line reference, what is assumed, the picture of the modules.

`python docs/made.py` writes them anew; `tests/test_pages.py` says when one of them is stale.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.rules import Points, RuleList, ValueRule

DOCS = Path(__file__).parent

COMMANDS = """# Command-line reference

Made from the program itself. Exit codes: 0 done, 1 the answer is no (a check fails, a promise is refuted, a record differs), 2 the input is bad, or something cannot be read or written;
130 after Ctrl-C. Answers go to standard output, messages to standard error. `--json` prints one document whose keys stand on the page about the command. No file is left half-written ([surroundings](surroundings.md)).

"""

ASSUMED = """# What is assumed

Every rule, limit, word and setting of a rule set has a basis. *Stated*: a source says so. *Derived*: it follows from one. *Assumed*: neither; whoever wrote the rule set put it there, because without it there would be no answer.
An explanation names the assumptions that its result rests on, and `explain --sensitivity` moves them over their range. This page is all of them, of every shipped rule set.

## In numbers

Rules, limits, departures and what follows where no rule holds, by basis; the words with a number, the settings and the readings that are assumed; and the facts that are taken as something where nobody gave them.

"""

BY_FRAMEWORKS = """
## Of the inspection

- The criteria of the six frameworks are derived by us from the report; the official lists are lost. Which of them are *significant* or *critical* is assumed, framework by framework (above).
- What putting a finding right would mean is assumed, and said with every answer ([leverage.md](leverage.md)).
- What a passage shows of a criterion was coded twice, by language models that did not see each other's work, and settled by two further readers; context paragraphs and footnotes were coded once ([coding.md](coding.md)).
"""

BANDS = {  # each begins at the row of the table that names this module
    "errors": "what files say",
    "shapes": "a case decided, and why",
    "audit.__init__": "records",
    "cells": "all cases at once",
    "backends.*": "a second engine",
    "remedies": "inspections",
    "linting.*": "checks, leverage, graph",
    "report.__init__": "pages",
    "testing.__init__": "tests and tables",
    "screens.*": "what a person sees",
}
WIDTH, LEFT, LETTER, LINE, SIZE = 980, 212, 7.25, 26, 12


def commands() -> str:
    """The command-line reference, by typer's own means."""
    made = subprocess.run(
        [sys.executable, "-m", "typer", "hmic_rules.cli", "utils", "docs", "--name", "hmic-rules"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    _, *sections = re.split(r"^(?=## )", made, flags=re.MULTILINE)  # what stands before has its sentences cut off
    listed = [re.match(r"## `(hmic-rules ([\w-]+))`\n\n(.+)\n", section) for section in sections]
    contents = [f"- [`{one[2]}`](#{one[1].replace(' ', '-')}): {one[3]}\n" for one in listed if one]
    return "".join([COMMANDS, *contents, "\n", *sections]).rstrip() + "\n"


def assumptions() -> str:
    """What every shipped rule set assumes, counted, and as its own page lists it."""
    loaded = [hr.load(name) for name in shipped("ruleset")]
    rows = ["| rule set | stated | derived | assumed | words | settings | readings | facts |", "|---|" + "---:|" * 7]
    lists: list[str] = []
    for ruleset in loaded:
        found = Counter(basis for value in ruleset.values.values() for basis in _bases(value))
        inputs = [
            *ruleset.inputs.values(),
            *(one for all in ruleset.collections.values() for one in all.fields.values()),
        ]
        named = [
            sum(one.basis == "assumed" for one in group.values())
            for group in (ruleset.terms, ruleset.parameters, ruleset.profiles)
        ]
        closed = sum(one.closed and one.closed_basis == "assumed" for one in inputs)
        counts = [*(found[basis] for basis in ("stated", "derived", "assumed")), *named, closed]
        rows.append(f"| [{ruleset.name}](rulesets/{ruleset.name}.md) | {' | '.join(map(str, counts))} |")
        lists += _listed(ruleset)
    return "".join(
        [
            ASSUMED,
            *(f"{row}\n" for row in rows),
            "\n## In words\n\nA rule set that is not here assumes nothing.\n",
            *lists,
            BY_FRAMEWORKS,
        ]
    )


def _bases(value: ValueRule) -> Iterator[str]:
    body = value.body
    if isinstance(body, RuleList | Points):
        yield from (rule.basis for rule in body.rules)
        if isinstance(body, RuleList) and body.otherwise is not None:
            yield body.otherwise.basis
    elif value.basis is not None:
        yield value.basis
    yield from (limit.basis for limit in value.limits)
    if value.may_depart is not None:
        yield value.may_depart.basis


def _listed(ruleset: hr.Ruleset) -> Iterator[str]:
    """The list of the rule set's own page, which a test holds to the rule set; its links are left there."""
    page = (DOCS / "rulesets" / f"{ruleset.name}.md").read_text(encoding="utf-8")
    found = re.search(r"^## Everything assumed\n(.*?)^(?:<a id|## )", page, re.MULTILINE | re.DOTALL)
    if found is None or "\n- " not in found[1]:
        return  # it assumes nothing, as the numbers say
    without_links = re.sub(r"\[([^\]]+)\]\(#[^)]+\)", r"\1", found[1][found[1].index("\n- ") + 1 :].rstrip())
    yield f"\n### {ruleset.title} (`{ruleset.name}`)\n\n{without_links}\n"


def rows_of_the_table() -> list[list[str]]:
    """The modules of each row of the table of modules."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    return [re.findall(r"`([\w.*]+)`", row) for row in re.findall(r"^\| (`[\w.*`, ]+`) \|", text, re.MULTILINE)]


def bands() -> dict[str, list[str]]:
    """What stands in each band: folders, with a stroke at the end, and modules that stand in none, in the order of the table."""
    found: dict[str, list[str]] = {}
    for row in rows_of_the_table():
        title = next((BANDS[name] for name in row if name in BANDS), None) or list(found)[-1]
        here = found.setdefault(title, [])
        for name in row:
            *folder, module = name.split(".")
            shown = "/".join([*folder, ""]) if folder else module
            if shown not in here:
                here.append(shown)
    return found


def picture() -> str:
    """The modules as a picture: bands from top to bottom, each importing from itself and those above."""
    y, drawn, seen = 16, [], set()
    for title, names in bands().items():
        x, top = LEFT, y
        boxes = []
        for name in names:
            wide = len(name) * LETTER + 16
            if x + wide > WIDTH - 12:
                x, y = LEFT, y + LINE + 6
            kind = "module" if not name.endswith("/") else "again" if name in seen else "folder"
            seen.add(name)
            boxes.append(f'<rect class="{kind}" x="{x:.0f}" y="{y}" width="{wide:.0f}" height="{LINE}" rx="4"/>')
            boxes.append(f'<text x="{x + 8:.0f}" y="{y + 17}">{escape(name)}</text>')
            x += wide + 6
        y += LINE
        drawn.append(f'<rect class="band" x="6" y="{top - 8}" width="{WIDTH - 12}" height="{y - top + 16}" rx="6"/>')
        drawn.append(f'<text class="title" x="18" y="{top + 17}">{escape(title)}</text>')
        drawn += boxes
        y += 26
    what = "The folders and modules of the package in bands; each imports only from its own band and from those above."
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y - 4}" width="{WIDTH}" role="img" aria-label="{what}">
<style>
text {{ font: {SIZE}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1c2733; }}
.title {{ font: 600 13px system-ui, sans-serif; }}
.band {{ fill: #f5f7f9; stroke: #cfd8e0; }}
.module {{ fill: none; }}
.folder {{ fill: #cfe3f3; stroke: #5b87a8; }}
.again {{ fill: #fff; stroke: #5b87a8; stroke-dasharray: 4 3; }}
</style>
<rect width="{WIDTH}" height="{y - 4}" fill="#fff"/>
{chr(10).join(drawn)}
</svg>
"""


MADE = {"commands.md": commands, "assumptions.md": assumptions, "architecture.svg": picture}

if __name__ == "__main__":
    for name, make in MADE.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
