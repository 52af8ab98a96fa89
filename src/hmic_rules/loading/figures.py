"""The figures of an inspection's report and what should hold among them, from a YAML file, with every problem of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Final, cast

from attrs import field, frozen

from hmic_rules.datatypes import WrongValue, read_number
from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.figures.facts import (
    NUMBER_OF_NOTHING,
    NUMBERS,
    Constant,
    Expression,
    Figure,
    Kind,
    Less,
    Named,
    Ratio,
    Relation,
    Sum,
    Test,
    Times,
    Unit,
    named_in,
)
from hmic_rules.figures.relations import Figures
from hmic_rules.loading.fields import Reader, opened
from hmic_rules.loading.quantities import KINDS, Start, read_days, read_quantity, read_unit, read_years_start
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.sources.citations import Titles, citations_of, unknown_addresses
from hmic_rules.sources.indexes import Index

__all__ = ["read_figures"]

KEYS: Final = ("says", "years_start", "figures", "relations")
FIGURE_KEYS: Final = ("id", "says", *KINDS, "after", "unit", "period", "cite")
FORMS: Final = ("same", "equal", "sum", "part", "at_most", "below", "order", "inside", "grows", "ratio", "rise")
RELATION_KEYS: Final = ("id", "says", "basis", *FORMS, "innocent")
OPERATIONS: Final = {"sum": Sum, "less": Less, "times": Times, "ratio": Ratio}
# What may stand in a form, where that is not numbers alone.
FIT: Final = {
    "same": ("a number", "a date", "a span", "a meaning", "a fingerprint"),
    "order": ("a date",),
    "inside": ("a number", "a date", "a span"),
}
RISES: Final = ("points", "percent", "either")


def read_figures(data: bytes, file: str, titles: Titles, index_for: Callable[[str], Index | None]) -> Figures:
    """Read a file of figures.

    Args:
        data: its bytes.
        file: how it is called in messages.
        titles: the documents of the inspection, by id, the first of them being the one that addresses without a document are in.
        index_for: gives the index of the document of a title, if there is one; what is cited is held to it.

    Raises:
        InputError: with every problem found.

    """
    reader, root = opened(data, file, "a file of figures", KEYS, ("figures", "relations"))
    entries = root.entries
    build = _Build(reader, read_years_start(reader, entries.get("years_start")))
    says = reader.text(entries.get("says"), "`says`")
    for item in reader.sequence(entries.get("figures"), "`figures`"):
        build.figure(item)
    for item in reader.sequence(entries.get("relations"), "`relations`"):
        build.relation(item)
    reader.problems.extend(unknown_addresses(citations_of(root), titles, index_for))
    reader.finish()
    return Figures(file, says, build.figures, build.relations)


@frozen
class _Build:
    reader: Reader
    years_start: Start | None
    figures: dict[str, Figure] = field(factory=dict)
    relations: dict[str, Relation] = field(factory=dict)
    figure_lines: dict[str, int] = field(factory=dict)
    relation_lines: dict[str, int] = field(factory=dict)

    def figure(self, tree: Tree) -> None:
        reader = self.reader
        mapping = reader.mapping(tree, "a figure", FIGURE_KEYS, ("id", "says", "cite"))
        if mapping is None:
            return
        id = reader.own_id(mapping, self.figure_lines, "figure")
        called = reader.called(mapping, "figure")
        kind = self.one_key(mapping, KINDS, called)
        says = reader.text(mapping.entries.get("says"), "`says`")
        cite = reader.cite(mapping.entries.get("cite"))
        if kind is None:
            return
        value = read_quantity(reader, mapping.entries[kind], kind, self.years_start)
        unit, unit_shown = self.unit(mapping, kind, called)
        period = mapping.entries.get("period")
        days = None if period is None else read_days(reader, period, "`period`", self.years_start)
        covered, covered_shown = days if days is not None else (None, None)
        after = self.after(mapping, kind, called)
        if id is not None and says is not None and value is not None:
            self.figures[id] = Figure(
                id,
                says,
                cast("Kind", kind),
                value.value,
                value.shown,
                unit,
                unit_shown,
                covered,
                covered_shown,
                cite,
                value.assumed,
                after,
                mapping.span,
            )

    def one_key(self, mapping: Mapping, known: Iterable[str], called: str) -> str | None:
        """The one of several keys that a mapping has."""
        found = [key for key in known if key in mapping.entries]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(map(quoted, known))
        if found:
            problem = f"{called} has {' and '.join(map(quoted, found))}"
            self.reader.error(mapping.keys[found[1]].span, problem, f"write one of {listed}", "shape")
        else:
            self.reader.error(mapping.span, f"{called} has none of {listed}", "write one of them", "missing-key")
        return None

    def unit(self, mapping: Mapping, kind: str, called: str) -> tuple[Unit, str | None]:
        tree = mapping.entries.get("unit")
        counts = kind in NUMBERS and kind != "share"
        if tree is None:
            if counts:
                self.reader.error(
                    mapping.span, f"{called} has no `unit`", "add `unit: …`, what is counted", "missing-key"
                )
            return NUMBER_OF_NOTHING, None
        text = self.reader.text(tree, "`unit`")
        if not counts:
            self.reader.error(
                tree.span, f"{called} is a {quoted(kind)}, which has no unit", "leave `unit` out", "shape"
            )
        if text is None or not counts:
            return NUMBER_OF_NOTHING, None
        return read_unit(self.reader, text, tree.span), text

    def after(self, mapping: Mapping, kind: str, called: str) -> str | None:
        tree = mapping.entries.get("after")
        if tree is not None and kind != "fingerprint":
            help = "`after` is the label of a passage that a fingerprint leaves out"
            self.reader.error(tree.span, f"{called} is a {quoted(kind)}, which has no `after`", help, "shape")
        return self.reader.text(tree, "`after`")

    def relation(self, tree: Tree) -> None:
        reader = self.reader
        mapping = reader.mapping(tree, "a relation", RELATION_KEYS, ("id", "says"))
        if mapping is None:
            return
        id = reader.own_id(mapping, self.relation_lines, "relation")
        called = reader.called(mapping, "relation")
        says = reader.text(mapping.entries.get("says"), "`says`")
        basis = reader.basis(mapping, called, required="basis" not in mapping.entries)  # its figures cite the passages
        innocent = reader.text(mapping.entries.get("innocent"), "`innocent`")
        form = self.one_key(mapping, FORMS, called)
        if form is None:
            return
        before = len(reader.problems)
        tests = self.tests(form, mapping.entries[form])
        for test in tests:
            self.check(test, form, mapping.entries[form])
        if id is not None and says is not None and tests and len(reader.problems) == before:
            self.relations[id] = Relation(id, says, basis, form, tests, innocent, mapping.span)

    def tests(self, form: str, tree: Tree) -> tuple[Test, ...]:
        """What a form says, as comparisons; several where it is left open which is meant."""
        if form == "same":
            return self.chain("same", tree, form, self.names)
        if form in ("order", "grows"):
            return self.chain("at_most", tree, form, self.names)
        if form == "inside":
            return self.chain("inside", tree, form, self.names)
        if form == "equal" and isinstance(tree, Sequence) and len(tree.items) > 2:
            self.reader.error(
                tree.span, "`equal` has two sides: what is computed, and what is stated", "write two", "shape"
            )
            return ()
        if form in ("equal", "at_most", "below"):
            return self.chain(form, tree, form, self.expressions)
        if form == "sum":
            return self.made(tree, form, ("of", "is"), lambda of, total: Test("equal", (_sum(of), *total)))
        if form == "part":
            return self.made(tree, form, ("of", "whole"), lambda of, whole: Test("at_most", (_sum(of), *whole)))
        if form == "ratio":
            keys = ("part", "whole", "is")
            return self.made(tree, form, keys, lambda part, whole, is_: Test("equal", (Ratio((*part, *whole)), *is_)))
        return self.rise(tree)

    def chain(
        self, comparison: str, tree: Tree, form: str, read: Callable[[Tree, str], tuple[Expression, ...]]
    ) -> tuple[Test, ...]:
        if not isinstance(tree, Sequence) or len(tree.items) < 2:
            self.reader.error(tree.span, f"{quoted(form)} compares two or more", "write them in [brackets]", "shape")
            return ()
        found = read(tree, quoted(form))
        return (Test(comparison, found),) if len(found) == len(tree.items) else ()  # type: ignore[arg-type]

    def made(
        self, tree: Tree, form: str, keys: tuple[str, ...], test: Callable[..., Test], more: tuple[str, ...] = ()
    ) -> tuple[Test, ...]:
        mapping = self.reader.mapping(tree, quoted(form), (*keys, *more), keys)
        if mapping is None or any(key not in mapping.entries for key in keys):
            return ()
        found = []
        for key in keys:
            child = mapping.entries[key]
            many = key == "of"
            found.append(self.expressions(child, quoted(key)) if many else self.single(child, quoted(key)))
        return (test(*found),) if all(found) else ()

    def rise(self, tree: Tree) -> tuple[Test, ...]:
        """A rise of a share in points (20% to 25% is 5), or in percent of itself (20% to 25% is 25%); or it is not said which."""
        mapping = self.reader.mapping(tree, "`rise`", ("from", "to", "is", "in"), ("from", "to", "is", "in"))
        if mapping is None or "in" not in mapping.entries:
            return ()
        meant = self.reader.one_of(mapping.entries["in"], "what a rise is in", RISES)
        keys = ("from", "to", "is")
        one = Constant(Fraction(1), "1")
        found: list[Test] = []
        if meant in ("points", "either"):
            found += self.made(
                tree, "rise", keys, lambda old, new, is_: Test("equal", (Less((*new, *old)), *is_)), ("in",)
            )
        if meant in ("percent", "either") and (found or meant == "percent"):
            found += self.made(
                tree,
                "rise",
                keys,
                lambda old, new, is_: Test("equal", (Ratio((*new, *old)), Sum((one, *is_)))),
                ("in",),
            )
        return tuple(found)

    def names(self, tree: Tree, what: str) -> tuple[Expression, ...]:
        found = (self.named(item, what) for item in self.reader.sequence(tree, what))
        return tuple(one for one in found if one is not None)

    def named(self, tree: Tree, what: str) -> Named | None:
        id = self.reader.text(tree, f"a figure of {what}")
        if id is None:
            return None
        if id not in self.figures:
            if id not in self.figure_lines:
                self.reader.error(
                    tree.span, f"there is no figure {quoted(id)}", did_you_mean(id, self.figures), "unknown-name"
                )
            return None
        return Named(id)

    def expressions(self, tree: Tree, what: str) -> tuple[Expression, ...]:
        items = self.reader.sequence(tree, what)
        if isinstance(tree, Sequence) and not items:
            self.reader.error(tree.span, f"{what} lists nothing", "name a figure", "empty")
        found = [one for item in items if (one := self.expression(item, what)) is not None]
        return tuple(found) if len(found) == len(items) else ()

    def single(self, tree: Tree, what: str) -> tuple[Expression, ...]:
        found = self.expression(tree, what)
        return () if found is None else (found,)

    def expression(self, tree: Tree, what: str) -> Expression | None:
        """An id, a number, or one operation with what it is on."""
        if isinstance(tree, Scalar):
            try:
                return Constant(read_number(tree.text), tree.text)
            except WrongValue:
                return self.named(tree, what)
        mapping = self.reader.mapping(tree, f"an operand of {what}", OPERATIONS)
        if mapping is None or (mapping.entries and not OPERATIONS.keys() & mapping.entries.keys()):
            return None
        operation = self.one_key(mapping, OPERATIONS, f"an operand of {what}")
        if operation is None:
            return None
        of = self.expressions(mapping.entries[operation], quoted(operation))
        two = operation in ("less", "ratio")
        if of and (len(of) != 2 if two else len(of) < 2):
            help = "write two" if two else "write two or more"
            self.reader.error(mapping.span, f"{quoted(operation)} has {len(of)} operands", help, "shape")
            return None
        return cast("Expression", OPERATIONS[operation](of)) if of else None  # type: ignore[arg-type]

    def check(self, test: Test, form: str, tree: Tree) -> None:
        """Each figure stands in a test once, what is compared is of one kind and unit, and periods are there where they are asked."""
        reader = self.reader
        ids = [id for one in test.of for id in named_in(one)]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            help = "its bounds would be counted as those of two figures; write the relation with it once"
            reader.error(tree.span, f"the figure {quoted(id)} stands in it twice", help, "twice")
        figures = [self.figures[id] for id in dict.fromkeys(ids)]
        if form in ("inside", "grows"):
            for figure in figures:
                if (figure.days if form == "inside" else figure.period) is None:
                    reader.error(tree.span, f"the figure {quoted(figure.id)} has no days", "add its `period`", "period")
        for figure in figures[1:] if form == "inside" else ():
            if figure.kind == "date":
                help = "write it as a `span`: all of its days are meant"
                reader.error(tree.span, f"nothing is inside the date {quoted(figure.id)}", help, "kind")
        kinds = {_group(figure.kind) for figure in figures}
        wanted = FIT.get(form, ("a number",))
        for kind in sorted(kinds - set(wanted)):
            reader.error(tree.span, f"{quoted(form)} does not take {kind}", f"it takes {' or '.join(wanted)}", "kind")
        if form != "inside" and len(kinds) > 1 and kinds <= set(wanted):
            reader.error(tree.span, f"{' and '.join(sorted(kinds))} cannot be compared", "compare one kind", "kind")
        if kinds == {"a number"} and form != "inside":
            self.units(test, tree)
        if form == "grows":
            self.periods(figures, tree)

    def periods(self, figures: list[Figure], tree: Tree) -> None:
        """What grows is counted over periods of which each is part of the next."""
        for one, other in pairwise(figures):
            if one.period is not None and other.period is not None and not one.period.within(other.period):
                problem = f"the period of {quoted(one.id)} is no part of that of {quoted(other.id)}"
                self.reader.error(tree.span, problem, "put the shorter period first", "period")

    def units(self, test: Test, tree: Tree) -> None:
        found = [self.unit_of(one, tree) for one in test.of]
        for one in found[1:]:
            if one is not None and found[0] is not None and one != found[0]:
                problem = f"{_unit_text(found[0])} and {_unit_text(one)} cannot be compared"
                self.reader.error(tree.span, problem, "compare what has the same unit", "unit")

    def unit_of(self, expression: Expression, tree: Tree) -> Unit | None:
        """The unit of an expression; nothing for a number that stands for itself, which goes with any."""
        if isinstance(expression, Constant):
            return None
        if isinstance(expression, Named):
            return self.figures[expression.id].unit
        units = [self.unit_of(one, tree) for one in expression.of]
        if isinstance(expression, Times | Ratio):
            signs = [1, *[-1 if isinstance(expression, Ratio) else 1] * (len(units) - 1)]
            return _combined(zip(units, signs, strict=True))
        known = list(dict.fromkeys(unit for unit in units if unit is not None))
        if len(known) > 1:
            problem = f"{_unit_text(known[0])} and {_unit_text(known[1])} cannot be added"
            self.reader.error(tree.span, problem, "add what has the same unit", "unit")
        return known[0] if known else None


def _sum(of: tuple[Expression, ...]) -> Expression:
    return Sum(of) if len(of) > 1 else of[0]


def _group(kind: str) -> str:
    return "a number" if kind in NUMBERS else f"a {kind}"


def _combined(units: Iterable[tuple[Unit | None, int]]) -> Unit:
    powers: dict[str, int] = {}
    for unit, sign in units:
        for word, power in unit or ():
            powers[word] = powers.get(word, 0) + sign * power
    return tuple(sorted((word, power) for word, power in powers.items() if power))


def _unit_text(unit: Unit) -> str:
    above = [word for word, power in unit if power > 0]
    below = [word for word, power in unit if power < 0]
    return " per ".join([" times ".join(above) or "a number", *below])
