"""Print, as Markdown, how far the codings of the two coders, `a/` and `b/`, agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

HERE = Path(__file__).resolve().parent
FRAMEWORKS = HERE.parents[1] / "rulesets" / "hmic-2007" / "frameworks"
SECTIONS = {  # section: the frameworks whose criteria are its own
    "np": ("neighbourhood-policing",),
    "pm": ("performance-management",),
    "pvp": ("child-abuse", "domestic-violence", "public-protection", "missing-persons"),
    "ca": ("child-abuse",),
    "dv": ("domestic-violence",),
    "pp": ("public-protection",),
    "mp": ("missing-persons",),
}
KINDS = ("strength", "progress", "improvement")  # the kinds that both coders coded
LABELS = {  # stage and quality run from worst to best; the others have no order
    "extent": ("everywhere", "most", "some", "one", "unstated"),
    "stage": ("absent", "planned", "developing", "in place"),
    "quality": ("ineffective", "inconsistent or limited", "enhancement sought", "as required"),
    "materiality": ("central", "peripheral"),
}
ORDERED = ("stage", "quality")

Criteria = dict[str, tuple[str, bool]]  # for each id, its framework and whether it is significant
Bearing = tuple[int, ...]  # for each field of LABELS, the position of the label in it
Pairs = Sequence[tuple[int, int]]  # the positions chosen by a and by b


class Finding(NamedTuple):
    """One finding as one coder coded it."""

    section: str
    kind: str
    bears: dict[str, list[Bearing]]  # by criterion


class Cell(NamedTuple):
    """One finding against one criterion, with the bearings that each coder gave."""

    section: str
    kind: str
    own: bool  # the criterion belongs to a framework of the finding's section
    significant: bool  # either coder links the finding to some significant criterion
    a: list[Bearing]
    b: list[Bearing]


def read_criteria() -> Criteria:
    """Read the criteria of all frameworks, by id."""
    frameworks = [YAML(typ="safe").load(path) for path in sorted(FRAMEWORKS.glob("*.yaml"))]
    return {c["id"]: (f["framework"], c["significant"]) for f in frameworks for c in f["criteria"]}


def read_coding(coder: str) -> dict[str, Finding]:
    """Read one coder's findings of the compared kinds, by address."""
    findings: dict[str, Finding] = {}
    for section in SECTIONS:
        for entry in YAML(typ="safe").load(HERE / coder / f"{section}.yaml")["findings"]:
            if entry["kind"] in KINDS:
                finding = findings[entry["cite"]] = Finding(section, entry["kind"], {})
                for bearing in entry["bears"]:
                    positions = tuple(labels.index(bearing[field]) for field, labels in LABELS.items())
                    finding.bears.setdefault(bearing["criterion"], []).append(positions)
    return findings


def compare(criteria: Criteria, a: dict[str, Finding], b: dict[str, Finding]) -> list[Cell]:
    """Lay out the cells: each finding against its own criteria and any other that is linked."""
    if a.keys() != b.keys():
        raise ValueError(f"not coded by both: {sorted(a.keys() ^ b.keys())}")
    cells = []
    for cite, (section, kind, bears) in a.items():
        linked = {key: criteria[key] for key in (*bears, *b[cite].bears)}
        significant = any(marked for _, marked in linked.values())
        for key, (framework, _) in criteria.items():
            own = framework in SECTIONS[section]
            if own or key in linked:
                both = bears.get(key, []), b[cite].bears.get(key, [])
                cells.append(Cell(section, kind, own, significant, *both))
    return cells


def share(part: int, whole: int) -> str:
    """Return a proportion to three decimals."""
    return f"{float(round(Fraction(part, whole), 3)):.3f}" if whole else "undefined (none)"


def kappa(pairs: Pairs, weighted: bool = False) -> str:
    """Return Cohen's kappa to three decimals, linearly weighted by the distance of labels if asked."""
    rows, columns = Counter(x for x, _ in pairs), Counter(y for _, y in pairs)

    def distance(x: int, y: int) -> int:
        return abs(x - y) if weighted else int(x != y)

    observed = len(pairs) * sum(distance(x, y) for x, y in pairs)
    expected = sum(rows[x] * columns[y] * distance(x, y) for x in rows for y in columns)
    if not expected:
        return "undefined (all one label)" if pairs else "undefined (none)"
    return share(expected - observed, expected)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table, its first column set left and the others right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def link_counts(cells: Iterable[Cell]) -> tuple[int, int, int, int]:
    """Count the cells linked by both, by a only, by b only and by neither."""
    counts = Counter((bool(cell.a), bool(cell.b)) for cell in cells)
    return counts[True, True], counts[True, False], counts[False, True], counts[False, False]


def link_table(groups: dict[str, list[Cell]]) -> str:
    """Return the agreement on links, one row for each group of cells."""
    head = ["", "cells", "both", "only a", "only b", "neither", "raw agreement", "kappa", "both / either"]
    rows = []
    for name, group in groups.items():
        cells = [cell for cell in group if cell.own]
        both, only_a, only_b, neither = link_counts(cells)
        links = kappa([(int(bool(cell.a)), int(bool(cell.b))) for cell in cells])
        shares = share(both + neither, len(cells)), links, share(both, both + only_a + only_b)
        rows.append([name, len(cells), both, only_a, only_b, neither, *shares])
    return table(head, rows)


def field_pairs(cells: Iterable[Cell], field: str) -> Pairs:
    """Return the labels of a field in the section's own cells that each coder coded once."""
    at = list(LABELS).index(field)
    return [(c.a[0][at], c.b[0][at]) for c in cells if c.own and len(c.a) == len(c.b) == 1]


def field_table(cells: list[Cell]) -> str:
    """Return the agreement on the four fields."""
    rows = []
    for field in LABELS:
        pairs = field_pairs(cells, field)
        weighted = kappa(pairs, weighted=True) if field in ORDERED else "not ordered"
        rows.append([field, len(pairs), share(sum(x == y for x, y in pairs), len(pairs)), kappa(pairs), weighted])
    return table(["field", "n", "raw agreement", "kappa", "weighted kappa"], rows)


def confusion_table(cells: list[Cell], field: str) -> str:
    """Return how often each label of a met each label of b."""
    labels, pairs = LABELS[field], field_pairs(cells, field)
    counts, rows, columns = Counter(pairs), Counter(x for x, _ in pairs), Counter(y for _, y in pairs)
    body = [[label, *(counts[x, y] for y in range(len(labels))), rows[x]] for x, label in enumerate(labels)]
    total = ["**all**", *(columns[y] for y in range(len(labels))), len(pairs)]
    return table(["a \\ b", *labels, "**all**"], [*body, total])


def remarks(cells: list[Cell]) -> str:
    """Return the lines on what the two tables leave out."""
    both, only_a, only_b, _ = link_counts(cell for cell in cells if not cell.own)
    more = [cell for cell in cells if cell.own and max(len(cell.a), len(cell.b)) > 1]
    shared = [cell for cell in more if cell.a and cell.b]
    twice = [(len(cell.a) > 1, len(cell.b) > 1) for cell in shared]
    same = sum(sorted(cell.a) == sorted(cell.b) for cell in shared)
    return (
        f"Links to another framework's criterion, in neither table: both {both}, only a {only_a}, only b {only_b}.\n\n"
        f"Cells coded twice, left out of the fields: {len(shared)} linked by both (twice by a only "
        f"{twice.count((True, False))}, by b only {twice.count((False, True))}, by both {twice.count((True, True))}, "
        f"of which alike in all four fields {same}) and {len(more) - len(shared)} linked by one coder only.\n"
    )


def report() -> str:
    """Return the whole report."""
    a, b = read_coding("a"), read_coding("b")
    cells = compare(read_criteria(), a, b)
    groups = {
        "All findings": cells,
        "Areas for improvement": [cell for cell in cells if cell.kind == "improvement"],
        "Findings that either coder links to a significant criterion": [cell for cell in cells if cell.significant],
    }
    parts = [
        "Printed by `python docs/coding/agreement.py`.\n",
        "# Agreement of the two coders\n",
        f"Compared are the {len(a)} findings of the kinds {', '.join(KINDS)}, as coded in `a/` and `b/`. A cell is one "
        "finding against one criterion of its section's own framework (for pvp, of all four), and is linked when the "
        "coder gave it a bearing. The fields are compared in the cells that both linked and each coded once. A group "
        "of findings brings all its cells, whatever the criterion. Kappa is Cohen's; weighted kappa weighs a "
        "disagreement by the number of steps between the labels. Kappa is undefined where both coders used one and "
        "the same label throughout.\n",
    ]
    for name, group in groups.items():
        parts += [f"## {name}\n", link_table({"links": group}), field_table(group), remarks(group)]
    parts.append("## Links by section\n")
    parts.append(link_table({section: [cell for cell in cells if cell.section == section] for section in SECTIONS}))
    parts.append("## Confusion of labels, all findings\n")
    for field in LABELS:
        parts += [f"### {field.capitalize()}\n", confusion_table(cells, field)]
    return "\n".join(parts)


if __name__ == "__main__":
    print(report(), end="")
