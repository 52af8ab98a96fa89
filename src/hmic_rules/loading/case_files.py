"""A case from a file of its own, in YAML or JSON: a whole case, or its facts alone. A table can add rows to it, and a command line settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

from hmic_rules.datatypes import DataType, ListType, WrongValue
from hmic_rules.errors import did_you_mean, quoted, shortened
from hmic_rules.kinds import Kind
from hmic_rules.loading.cases import read_cases
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.recognising import refuse_other_kinds
from hmic_rules.loading.tables import Table
from hmic_rules.loading.trees import Mapping, Scalar, Tree, read_tree
from hmic_rules.possible import Known
from hmic_rules.rulesets import Case, Ruleset

__all__ = ["parameters_of", "read_case_file", "read_settings", "with_rows"]

_ENTRY: Final = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:,|\Z)|([^,]*)(?:,|\Z)')


def read_case_file(data: bytes, file: str, ruleset: Ruleset) -> Case:
    """Read one case.

    Args:
        data: the file's bytes.
        file: how the file is called in messages.
        ruleset: the rule set that is to decide it.

    Raises:
        InputError: the file is not readable, is of another kind, or is no case.

    """
    tree, problems = read_tree(data, file)
    refuse_other_kinds(tree, Kind.CASE, {*ruleset.inputs, *ruleset.collections})
    reader = Reader(problems)
    if isinstance(tree, Mapping) and "facts" in tree.entries:
        title = Scalar(file, plain=False, span=tree.span)
        entries = tree.entries if "case" in tree.entries else {"case": title, **tree.entries}
        keys = tree.keys if "case" in tree.entries else {"case": title, **tree.keys}
        found = list(
            read_cases(reader, Mapping(entries, keys, tree.span), dict(ruleset.frameworks), dict(ruleset.profiles))
        )
        reader.finish()
        return found[0]
    reader.finish()
    return Case(file, tree, None, None, None, None, tree.span)


def with_rows(case: Case, table: Table) -> Case:
    """The case with the rows of a table among its facts.

    Raises:
        InputError: the facts are no mapping, or have these rows already.

    """
    reader = Reader()
    facts = reader.mapping(case.facts, "the facts")
    name = table.collection.name
    if facts is not None and name in facts.entries:
        problem = f"{quoted(name)} is given here, and by the table too"
        reader.error(facts.keys[name].span, problem, "take it out of one of the two", "duplicate-key")
    if facts is None or reader.problems:
        reader.stop()
    key = Scalar(name, plain=True, span=table.rows.span)
    return evolve(case, facts=Mapping({**facts.entries, name: table.rows}, {**facts.keys, name: key}, facts.span))


def parameters_of(case: Case) -> dict[str, Tree]:
    """The parameters that a case sets, as they are written.

    Raises:
        InputError: they are no mapping.

    """
    reader = Reader()
    found = reader.mapping(case.parameters, "`parameters`")
    reader.finish()
    return {} if found is None else dict(found.entries)


def read_settings(written: Iterable[str], ruleset: Ruleset) -> dict[str, Known | tuple[Known, ...]]:
    """Parameters from ``NAME=VALUE``; the entries of a list are separated by commas, and nothing after the sign is the empty list.

    Raises:
        InputError: a setting is not written so, no parameter has the name, it is set twice, or the value is not of its type; every such problem.

    """
    reader = Reader()
    found: dict[str, Known | tuple[Known, ...]] = {}
    for one in written:
        name, sign, text = one.partition("=")
        place, parameter = f"--set {shortened(one)}", ruleset.parameters.get(name)
        if not sign:
            reader.error(place, "a setting needs a value", "write NAME=VALUE", "shape")
        elif parameter is None:
            help = did_you_mean(name, ruleset.parameters)
            reader.error(place, f"no parameter is called {quoted(name)}", help, "unknown-name")
        elif name in found:
            reader.error(place, f"{quoted(name)} is set twice", "keep one of the two", "duplicate-key")
        else:
            try:
                found[name] = _setting(parameter.type, text)
            except WrongValue as wrong:
                reader.error(place, wrong.problem, wrong.help, "value")
    reader.finish()
    return found


def _setting(type: DataType, text: str) -> Known | tuple[Known, ...]:
    if not isinstance(type, ListType):
        return type.parse(text)
    return tuple(map(type.item.parse, _entries(text))) if text.strip() else ()


def _entries(text: str) -> Iterator[str]:
    """The entries of a list by commas; one that holds a comma stands in quotes, as in a table."""
    place = 0
    while match := _ENTRY.match(text, place):
        yield match[2].strip() if match[1] is None else match[1].replace('""', '"')
        if not match[0].endswith(","):
            return
        place = match.end()
