"""What fuzzing starts from: made from the shipped files, the conformance cases and the broken rule sets of the tests, and so never kept twice."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

__all__ = ["ROOT", "SEEDS", "TESTS", "seeds_of", "words"]

TESTS: Final = Path(__file__).parents[1]
ROOT: Final = TESTS.parent
RULESETS: Final = ROOT / "rulesets"
CORPUS: Final = Path(__file__).parent / "corpus"
MOST: Final = 12_000  # bytes; longer seeds cost more than they find


def _files(*patterns: str) -> Iterator[bytes]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_bytes()


@cache
def conformance() -> tuple[tuple[str, dict[str, str], list[dict[str, object]]], ...]:
    """The files of the conformance suite: subject, rule sets by name, cases."""
    yaml = YAML(typ="safe", pure=True)
    found = []
    for path in sorted((TESTS / "conformance").glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"))
        found.append((data["subject"], data["rulesets"], data["cases"]))
    return tuple(found)


def ruleset_texts() -> Iterator[bytes]:
    for _, rulesets, _ in conformance():
        yield from (text.encode() for text in rulesets.values())
    yield from _files("tests/shapes/*.yaml", "tests/diagnostics/bad/*.yaml", "tests/broken/*.yaml")
    yield from _files(
        "tests/diagnostics/every-construct.yaml", "tests/inspections/*/ruleset.yaml", "rulesets/*/ruleset.yaml"
    )


def case_texts() -> Iterator[bytes]:
    for _, _, cases in conformance():
        yield from (json.dumps({"facts": case["facts"]}, default=str).encode() for case in cases)
    yield from _files("rulesets/*/example/*.yaml")
    for name in ("mappa-2007", "safer-neighbourhoods-2007", "hmic-2007"):
        yield from _listed((RULESETS / name / "cases.yaml").read_text(encoding="utf-8"))


def _listed(text: str) -> Iterator[bytes]:
    """The cases of a file of cases, each on its own, without the two spaces of the list."""
    for one in ("\n" + text).split("\n- ")[1:]:
        yield "\n".join(line.removeprefix("  ") for line in one.split("\n")).encode()


def drawn() -> Iterator[bytes]:
    """Bytes without a shape, for what reads them as choices."""
    picked = random.Random(2007)  # noqa: S311 - so that it is the same again
    yield from (picked.randbytes(size) for size in (8, 64, 256, 1024, 2048, 4096) for _ in range(4))


def records() -> Iterator[bytes]:
    """A record that was kept, and new ones of the same rule set."""
    import hmic_rules as hr  # noqa: PLC0415 - only these seeds need it

    yield (TESTS / "records" / "orchard.json").read_bytes()
    ruleset = hr.load(TESTS / "records" / "orchard.yaml")
    facts = {"area": "5/2", "fenced": True, "trees": [{"id": "a", "kind": "apple", "sound": True}]}
    for profile in (None, "strict"):
        decision = hr.decide(ruleset, facts, profile=profile, engine="reference")
        yield decision.record().text
        yield decision.record(redact=["fenced"], key=b"k" * 32).text


def journals() -> Iterator[bytes]:
    from hmic_rules.audit.chains import FIRST, entry_text  # noqa: PLC0415 - the same

    text, previous = b"", FIRST
    for number, record in enumerate(list(records())[1:4], start=1):
        line, previous = entry_text(number, previous, record)
        text += line + b"\n"
        yield text
    yield text[:-9]


def documents() -> Iterator[bytes]:
    text = (TESTS / "documents" / "harbour" / "report.txt").read_bytes()
    layout = (TESTS / "documents" / "harbour" / "layout.yaml").read_bytes()
    yield layout + b"\0" + text
    yield layout + b"\0" + text.replace(b"\n", b"\r\n")
    yield layout + b"\0\xff\xfe" + text.decode().encode("utf-16-le")


def indexes() -> Iterator[bytes]:
    text = (RULESETS / "mps-2007" / "passages.json").read_bytes()
    lines = text.split(b"\n")
    yield b"\n".join([*lines[:12], lines[12].rstrip(b","), *lines[-3:]])


def tables() -> Iterator[bytes]:
    yield from _files("rulesets/*/example/*.csv")
    yield b'{"team": "a", "rows": 1}\n{"team": "b"}\n'


def names() -> Iterator[bytes]:
    yield from (
        b"hmic-2007",
        b"mappa",
        b"mps-2007",
        b"../mappa-2007",
        b"/",
        b".",
        b"ruleset",
        b"x.yaml",
        b"mappa-2007\x002007-06-01",
    )


SEEDS: Final = {
    "yaml": ruleset_texts,
    "ruleset": ruleset_texts,
    "extension": lambda: _files("tests/extending/*.yaml", "tests/extending/*/*.yaml", "rulesets/dash/ruleset.yaml"),
    "cases": lambda: _files("rulesets/mappa-2007/cases.yaml", "rulesets/dash/cases.yaml"),
    "case": case_texts,
    "framework": lambda: _files("tests/inspections/*/frameworks/*.yaml"),
    "inspection": lambda: _files("tests/inspections/*/inspection.yaml"),
    "findings": lambda: _files("tests/inspections/*/findings.yaml"),
    "judgements": lambda: _files("tests/inspections/judged/judgements.yaml"),
    "figures": lambda: _pieces("rulesets/mps-2007/figures.yaml", 60),
    "glossary": lambda: _pieces("rulesets/mps-2007/glossary.yaml", 40),
    "layout": lambda: _files("rulesets/mps-2007/layout.yaml", "tests/documents/harbour/layout.yaml"),
    "index": indexes,
    "document": documents,
    "record": records,
    "journal": journals,
    "fmt": ruleset_texts,
    "table": tables,
    "settings": lambda: iter((b"a=1\nb=2", b"level=3", b"kinds=apple, pear", b"=", b"least=99999999999")),
    "names": names,
    "decide": drawn,
    "drawn": drawn,
}


def _pieces(name: str, lines: int) -> Iterator[bytes]:
    """A file, its first lines alone, and its sections cut short."""
    text = (ROOT / name).read_text(encoding="utf-8").split("\n")
    yield "\n".join(text[:lines]).encode()
    starts = [place for place, line in enumerate(text) if line and line[0].isalpha()]
    yield "\n".join(line for start in starts for line in text[start : start + 12]).encode()


def kept(target: str) -> list[Path]:
    """What was found before: each is fed again by the suite."""
    return sorted((CORPUS / target).glob("*"))


def seeds_of(target: str, most: int = MOST) -> Iterator[bytes]:
    """What a target starts from."""
    for one in SEEDS[target]():
        if len(one) <= most:
            yield one
    yield from (path.read_bytes() for path in kept(target))


@cache
def words() -> tuple[str, ...]:
    """The words of the language, as they stand in its files."""
    found: set[str] = set()
    for data in [*ruleset_texts(), *_files("tests/inspections/*/*.yaml", "rulesets/mps-2007/layout.yaml")]:
        for word in data.decode("utf-8", "replace").replace(":", " ").replace(",", " ").split():
            if 2 <= len(word) <= 24 and word.replace("_", "").isalpha() and word.isascii():
                found.add(word)
    return tuple(sorted(found))
