"""Worked cases, from trees: their facts stay trees until a case is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hmic_rules.errors import InputError, choices, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Scalar, Tree
from hmic_rules.rulesets import Case, Framework, Profile

__all__ = ["CASE_KEYS", "read_cases", "read_listed_cases"]

CASE_KEYS: Final = ("case", "says", "facts", "expect", "framework", "profile", "parameters")


def read_listed_cases(
    reader: Reader,
    tree: Tree | None,
    tree_of: Callable[[str], Tree],
    frameworks: dict[str, Framework],
    profiles: dict[str, Profile],
) -> Iterator[Case]:
    """The cases of a rule set: each written out, or in a file that is named."""
    for item in reader.sequence(tree, "`cases`"):
        if not isinstance(item, Scalar):
            yield from read_cases(reader, item, frameworks, profiles)
            continue
        name = reader.text(item, "the name of a file of cases")
        if name is None:
            continue
        try:
            found = tree_of(name)
        except FileNotFoundError:
            help = "create it, or take the name out"
            reader.error(item.span, f"there is no file {quoted(name)}", help, "missing-file")
        except InputError as error:
            reader.problems.extend(error.diagnostics)
        else:
            for case in reader.sequence(found, "a file of cases"):
                yield from read_cases(reader, case, frameworks, profiles)


def read_cases(
    reader: Reader, tree: Tree, frameworks: dict[str, Framework], profiles: dict[str, Profile]
) -> Iterator[Case]:
    """One case with its facts and what it expects; facts are read when it is decided."""
    mapping = reader.mapping(tree, "a case", CASE_KEYS, ("case", "facts"))
    if mapping is None:
        return
    title = reader.text(mapping.entries.get("case"), "`case`")
    says = reader.text(mapping.entries.get("says"), "`says`")
    names: dict[str, str | None] = {}
    for key, known in (("framework", frameworks), ("profile", profiles)):
        written = names[key] = reader.text(mapping.entries.get(key), f"`{key}`")
        if written is not None and written not in known:
            reader.error(
                mapping.entries[key].span,
                f"no {key} is called {quoted(written)}",
                choices(written, known) if known else f"define it under `{key}s`",
                "unknown-name",
            )
    if title is not None and "facts" in mapping.entries:
        entries = mapping.entries
        yield Case(
            title,
            entries["facts"],
            entries.get("expect"),
            names["framework"],
            names["profile"],
            entries.get("parameters"),
            mapping.span,
            says,
        )
