"""What an author is told: every file in `diagnostics/bad` beside the exact text, and input that means harm."""

from __future__ import annotations

import copy
import json
import random
import re
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hmic_rules
from hmic_rules import InputError, NotFoundError, Span
from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.loading.trees import MAX_BYTES, Scalar, Sequence, Tree, read_tree

BAD = Path(__file__).parent / "diagnostics" / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))
EVERY_CONSTRUCT = BAD.parent / "every-construct.yaml"
RULESET = Path(__file__).parents[1] / "rulesets" / "hmic-2007" / "ruleset.yaml"
BREAKS = re.compile(r"\r\n|[\n\r]")
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_gives_exactly_these_diagnostics(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(InputError) as caught:
        hmic_rules.load(Path(f"{name}.yaml"))
    assert f"{caught.value}\n" == Path(f"{name}.expected.txt").read_text(encoding="utf-8")


def test_every_bad_file_has_its_expected_text_and_the_other_way_round() -> None:
    assert sorted(path.name.removesuffix(".expected.txt") for path in BAD.glob("*.txt")) == NAMES
    assert len(NAMES) >= 40
    assert {path.suffix for path in BAD.iterdir()} == {".yaml", ".txt"}


@pytest.mark.parametrize("name", NAMES)
def test_every_place_lies_in_the_file_and_the_problems_stand_in_the_order_of_their_places(name: str) -> None:
    data = (BAD / f"{name}.yaml").read_bytes()
    with pytest.raises(InputError) as caught:
        read(data)
    _places_lie_in(caught.value, data)


def test_no_two_problems_of_a_bad_file_stand_at_one_place() -> None:
    places_of = {
        name: re.findall(r"^\S+?:(\d+:\d+): ", (BAD / f"{name}.expected.txt").read_text(), re.MULTILINE)
        for name in NAMES
    }
    doubled = {name for name, places in places_of.items() if len(places) != len(set(places))}
    assert doubled == set()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a file of 50 MB": (lambda: b"a: b\n" * (10 * MEGABYTE), "may have 4,194,304 at most"),
    "100,000 brackets": (lambda: b"[" * 100_000, "nested deeper than 40 levels"),
    "100,000 braces in as many lines": (lambda: b"{a:\n" * 100_000, "nested deeper than 40 levels"),
    "2,800 block levels": (
        lambda: b"\n".join(b" " * level + b"k:" for level in range(2_800)),
        "nested deeper than 40 levels",
    ),
    "5,000 block levels": (
        lambda: b"\n".join(b" " * level + b"k:" for level in range(5_000)),
        "may have 4,194,304 at most",
    ),
    "5,000 lists in one line": (lambda: b"- " * 5_000, "nested deeper than 40 levels"),
    "an alias bomb": (
        lambda: (BAD / "alias-bomb.yaml").read_bytes() * 1_000,
        "the anchor `&a` is not part of the language",
    ),
    "a tag that would call a function": (
        lambda: b"ruleset: !!python/object/apply:os.system [exit]",
        "the tag `!!python/object/apply:os.system` is not part of the language",
    ),
    "bytes that are no UTF-8": (lambda: b"ruleset: caf\xe9\n", "not UTF-8"),
    "UTF-16": (lambda: "ruleset: visits\n".encode("utf-16"), "not UTF-8"),
    "UTF-16 without a mark": (lambda: "ruleset: visits\n".encode("utf-16-le"), "the character `\\x00` is not allowed"),
    "a NUL byte": (lambda: b"ruleset: a\x00b\n", "the character `\\x00` is not allowed in YAML"),
    "a control character": (lambda: b"ruleset: a\n\nb: \x07\n", "the character `\\x07` is not allowed in YAML"),
    "nothing": (lambda: b"", "the file is empty"),
    "a mark of byte order and nothing": (lambda: b"\xef\xbb\xbf", "the file is empty"),
    "comments": (lambda: b"# a comment\n" * 1_000, "the file is empty"),
    "blank lines": (lambda: b"\n" * 100_000, "the file is empty"),
    "a line of 300 KB": (lambda: b"a: " + b"x" * 300_000, "a line of 300,003 characters"),
    "100,000 keys": (
        lambda: b"\n".join(b"k%d: 1" % number for number in range(100_000)),
        "more than 100,000 entries",
    ),
    "another version of YAML": (
        lambda: b"# rules\n%YAML 1.1\n---\na: \xc2\x85b\n",
        "the directive `%YAML 1.1` is not part",
    ),
    "a name that is a list": (lambda: b"? [a, b]\n: c\n" * 10, "a key must be a name"),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_input_ends_in_a_clear_error_with_a_place(shape: str, tmp_path: Path) -> None:
    make, wanted = HOSTILE[shape]
    data = make()
    path = tmp_path / "ruleset.yaml"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        hmic_rules.load(path)
    assert wanted in str(caught.value)
    assert all(isinstance(found.place, Span) for found in caught.value.diagnostics)


@pytest.mark.parametrize("shape", ["100,000 brackets", "an alias bomb", "a line of 300 KB", "5,000 lists in one line"])
def test_hostile_input_is_refused_before_anything_large_is_built(shape: str) -> None:
    data = HOSTILE[shape][0]()
    tracemalloc.start()
    with pytest.raises(InputError):
        read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MEGABYTE


def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_refused() -> None:
    line = b"#" * 99_999 + b"\n"
    data = b"a: b\n" + line * 41
    data += b"#" * (MAX_BYTES - len(data))
    tree, problems = read_tree(data, "x")
    assert type(tree).__name__ == "Mapping"
    assert problems == []
    with pytest.raises(InputError, match="4,194,305 bytes"):
        read_tree(data + b"#", "x")


def test_several_problems_at_one_place_stand_in_the_same_order_each_time() -> None:
    lines = [f"k{number}: &a{number} !!str text" for number in range(20)]
    _, problems = read_tree("\n".join(lines).encode(), "both.yaml")
    with pytest.raises(InputError) as refused:
        read_tree("\n".join([*lines, "k: *a1"]).encode(), "both.yaml")
    said = [one.problem.split()[1] for one in refused.value.diagnostics]
    assert said[:40] == ["anchor", "tag"] * 20
    assert len(problems) == 40


def test_brackets_in_texts_and_comments_do_not_count_as_nesting() -> None:
    data = b"".join(b"line_%d: see [note # and [[[[\n" % number for number in range(50))
    tree, _ = read_tree(data, "x")
    assert len(tree.entries) == 50  # type: ignore[union-attr]


def test_a_number_of_ten_thousand_digits_is_refused_without_being_read() -> None:
    data = (
        (BAD / "number-with-leading-zero.yaml").read_bytes().replace(b"complaints: 01", b"complaints: " + b"9" * 10_000)
    )
    with pytest.raises(InputError) as caught:
        read(data)
    assert str(caught.value) == "ruleset.yaml:29:51: a number of more than 400 characters"


def test_after_five_hundred_problems_reading_stops_and_says_so() -> None:
    data = b"".join(b"k%d: 1\n" % number for number in range(2_000))
    with pytest.raises(InputError) as caught:
        read(data)
    assert len(caught.value.diagnostics) == 500
    assert caught.value.diagnostics[-1].problem == "here and further on there are more problems than the 499 above"


def test_a_pattern_that_would_grow_without_bound_is_refused() -> None:
    heavy = "[" + ", ".join(["x"] * 1_000) + "]"
    data = f"""
ruleset: heavy
edition: "1"
title: An invented rule set
patterns:
  wide: {{takes: [it], is: {{any: [{", ".join(["{a: $it}"] * 100)}]}}}}
values:
  one: {{use: wide, with: {{it: {heavy}}}}}
"""
    with pytest.raises(InputError) as caught:
        read(data.encode())
    assert [found.problem for found in caught.value.diagnostics] == ["patterns grow to more than 50,000 entries here"]


FACTS: dict[str, Any] = {
    "half a character": {"bearings": [{"id": "\ud800"}]},
    "half a character as a name": {"\ud800": True},
    "a number of ten thousand digits": {"full_compliance": 10**10_000},
    "a number of ten thousand digits as a name": {10**10_000: True},
    "a number of ten thousand digits as a key": {"bearings": {10**10_000: {}}},
    "a number of ten thousand digits as a label": {"bearings": [{"id": "x", "extent": 10**10_000}]},
    "no number": {"full_compliance": float("nan")},
    "no mapping": [],
    "a list as a label": {"bearings": [{"id": "x", "extent": []}]},
}


@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS.keys())
def test_python_facts_that_no_text_could_hold_end_in_an_error_with_a_path(facts: Any) -> None:
    with pytest.raises(InputError) as caught:
        hmic_rules.load("hmic-2007").decide(facts, framework="child-abuse")
    for found in caught.value.diagnostics:
        assert str(found.place).startswith("$")
        assert len(str(found)) < 1_000


@pytest.mark.parametrize("name", ["no-such-rules", "no/such/rules.yaml", "a\0b", "x" * 5_000, "", "\ud800"])
def test_a_name_that_leads_nowhere_is_not_found(name: str) -> None:
    with pytest.raises(NotFoundError):
        hmic_rules.load(name)


MUTANTS = 240
WORDS = re.compile(r"[A-Za-z0-9_]+|[^\sA-Za-z0-9_]")
STRANGE = (
    "~",
    "null",
    "yes",
    "*x",
    "&x",
    "!x",
    "- ",
    ": ",
    "#",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "\t",
    "|",
    ">",
    "%",
    "💥",
    "…",
    "\u2028",
    "$x",
    "01",
)


def _mutated(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        line = lines[place]
        words = list(WORDS.finditer(line))
        kind = chance.randrange(7)
        if kind == 0 and len(lines) > 1:
            del lines[place]
        elif kind == 1:
            lines.insert(place, line)
        elif kind == 2 and len(line) > 1:
            at = chance.randrange(len(line) - 1)
            lines[place] = line[:at] + line[at + 1] + line[at] + line[at + 2 :]
        elif kind == 3:
            lines[place] = line[: chance.randrange(len(line) + 1)]
        elif kind == 4 and words:
            word, other = chance.choice(words), chance.choice(WORDS.findall(text))
            lines[place] = line[: word.start()] + other + line[word.end() :]
        elif kind == 5:
            at = chance.randrange(len(line) + 1)
            lines[place] = line[:at] + chance.choice(STRANGE) + line[at:]
        else:
            del lines[chance.randrange(1, len(lines) + 1) :]
    return "\n".join(lines)


@pytest.mark.parametrize("part", range(8))
def test_a_mutated_rule_set_loads_or_gives_problems_with_places_in_its_file(part: int) -> None:
    text = RULESET.read_text(encoding="utf-8")
    chance = random.Random(2007 + part)  # noqa: S311 - nothing here is secret
    refused = 0
    for _ in range(MUTANTS // 8):
        data = _mutated(text, chance).encode()
        try:
            read(data)
        except InputError as error:
            refused += 1
            _places_lie_in(error, data)
    assert refused > MUTANTS // 16


JUNK: tuple[Any, ...] = (
    None, [], {}, "x", "", "true", "01", "1/0", "-5", "2007-06", "1e400", [[]], {"value": "flag"}, {"value": None},
    {"of": "returns"}, {"of": "months"}, "not applicable", "returns", "grade", "most", "$of", "case.flag", "case.",
)  # fmt: skip


def _plain(tree: Tree) -> Any:
    if isinstance(tree, Scalar):
        return tree.text
    if isinstance(tree, Sequence):
        return [_plain(item) for item in tree.items]
    return {key: _plain(child) for key, child in tree.entries.items()}


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, child in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _places(child, (*path, key))


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def _transplanted(data: Any, chance: random.Random) -> None:
    """One part of a rule set replaced, taken out, renamed or put where another stands."""
    paths = [path for path in _places(data) if path]
    path, other = chance.choice(paths), chance.choice(paths)
    holder, key, kind = _at(data, path[:-1]), path[-1], chance.randrange(4)
    if kind == 0:
        holder[key] = chance.choice(JUNK)
    elif kind == 1:
        holder[key] = copy.deepcopy(_at(data, other))
    elif kind == 2:
        holder.pop(key)
    elif isinstance(holder, dict):
        holder[str(other[-1])] = holder.pop(key)
    else:
        holder.append(copy.deepcopy(holder[key]))


@pytest.mark.parametrize("part", range(4))
def test_a_rule_set_with_parts_in_wrong_places_loads_or_gives_problems_with_places_in_its_file(part: int) -> None:
    tree, _ = read_tree(EVERY_CONSTRUCT.read_bytes(), "every-construct.yaml")
    chance = random.Random(part)  # noqa: S311 - nothing here is secret
    refused = 0
    for _ in range(40):
        changed = _plain(tree)
        for _ in range(chance.choice((1, 1, 2))):
            _transplanted(changed, chance)
        text = json.dumps(changed, indent=1, ensure_ascii=False)
        data = re.sub(r'"(\$\w+)"', r"\1", text).encode()
        try:
            read(data)
        except InputError as error:
            refused += 1
            _places_lie_in(error, data)
    assert refused > 20


def test_the_rule_set_with_every_construct_loads() -> None:
    assert hmic_rules.load(EVERY_CONSTRUCT).outcomes == ("state", "overall", "grade_it")


def read(data: bytes) -> hmic_rules.Ruleset:
    """Read a rule set of one file; a framework that it names has no items."""

    def source(name: str) -> bytes:
        if name == "ruleset.yaml":
            return data
        if not name.startswith("frameworks/"):
            raise FileNotFoundError(name)
        own = name.removeprefix("frameworks/").removesuffix(".yaml")
        return f'framework: "{own}"\ntitle: an invented framework\ncriteria: []\n'.encode()

    return read_ruleset(source, "ruleset.yaml", str)


def _places_lie_in(error: InputError, data: bytes) -> None:
    lines = BREAKS.split(data.decode("utf-8-sig"))
    places = [found.place for found in error.diagnostics]
    assert places
    for place in places:
        assert isinstance(place, Span)
        if place.file == "ruleset.yaml":
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
    found = [(place.line, place.column) for place in places if isinstance(place, Span) and place.file == "ruleset.yaml"]
    assert found == sorted(found)
