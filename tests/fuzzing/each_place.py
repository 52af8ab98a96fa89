"""Every place of a file changed, one after the other: each key, each value, and the two together.

    python tests/fuzzing/each_place.py [TARGET …] [--minutes N]

Chance finds a key that is misspelt, whose value is left out besides, and that others read, only after long; this finds it at once. What is not an
error on purpose is printed with its place and its change, and the exit code is then 1. Needs no extra.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzzing.seeds import ROOT, seeds_of
from fuzzing.targets import TARGETS

__all__ = ["changed"]

# instead of thousands that are alike
WHOLE: Final = {"ruleset": ("tests/diagnostics/every-construct.yaml", "tests/shapes/*.yaml")}
READ: Final = (
    *("ruleset", "extension", "cases", "framework", "case", "inspection", "findings", "judgements"),
    *("figures", "glossary", "layout"),
)
LARGEST: Final = 6_000  # bytes of a seed
VALUES: Final = (
    *("", "''", "~", "[]", "{}", "[[]]", "[a, b]", "{a: b}", "[{a: 1}]", "{is: {}}"),
    *("5", "-1/3", "true", "not applicable", "2020-13-40", "*x", "!a b"),
)
WITH_A_SLIP: Final = ("", "''", "{a: b}", "[a, b]")
Edit = tuple[int, int, str]


def changed(text: str) -> Iterator[str]:
    """The text with one place of it otherwise, for every key and value that stands in it; nothing where it is no YAML."""
    try:
        root = YAML(typ="rt", pure=True).compose(text)
    except YAMLError:
        return
    for key, value in _places(root):
        at = None if key is None else (key.start_mark.index, key.end_mark.index)
        start, end = value.start_mark.index, value.end_mark.index
        tail = "\n" if text[start:end].endswith("\n") else ""
        for other in VALUES:
            yield _with(text, (start, end, other + tail))
        if key is None or at is None:
            continue
        slip = _slip(key.value)
        for word in (slip, "zzq", "''"):
            yield _with(text, (*at, word))
        for other in WITH_A_SLIP:
            yield _with(text, (*at, slip), (start, end, other + tail))


def _places(root: Node | None) -> Iterator[tuple[ScalarNode | None, Node]]:
    pending = [] if root is None else [root]
    while pending:
        node = pending.pop()
        pairs: Iterable[tuple[Node | None, Node]] = ()
        if isinstance(node, MappingNode):
            pairs = node.value
        elif isinstance(node, SequenceNode):
            pairs = [(None, item) for item in node.value]
        for key, value in pairs:
            pending.append(value)
            yield (key if isinstance(key, ScalarNode) else None), value


def _with(text: str, *edits: Edit) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _slip(key: str) -> str:
    """The key with its last two letters exchanged."""
    return f"{key[:-2]}{key[-1]}{key[-2]}" if len(key) > 2 and key[-1] != key[-2] else f"{key}s"


def _texts(name: str) -> list[str]:
    found = (
        (path.read_bytes() for pattern in WHOLE[name] for path in sorted(ROOT.glob(pattern)))
        if name in WHOLE
        else seeds_of(name)
    )
    texts: list[str] = []
    for data in found:
        try:
            texts.append(data.decode("utf-8"))
        except UnicodeDecodeError:
            continue
    texts.sort(key=lambda text: (len(text), text))
    return [text for text in dict.fromkeys(texts) if len(text) <= LARGEST] or texts[:1]


def _tried(name: str, seconds: float) -> tuple[int, int, bool]:
    """How many texts were tried, how many ended otherwise than on purpose, and whether all were."""
    end = time.monotonic() + seconds
    seen: set[str] = set()
    places: set[str] = set()
    for in_turn in zip_longest(*map(changed, _texts(name))):  # so that a short time is spent on all
        for text in {one: None for one in in_turn if one is not None and one not in seen}:
            if time.monotonic() > end:
                return len(seen), len(places), False
            seen.add(text)
            try:
                TARGETS[name](text.encode())
            except Exception as error:  # noqa: BLE001 - each is a finding
                place = traceback.extract_tb(error.__traceback__)[-1]
                told = f"{type(error).__name__} {Path(place.filename).name}:{place.lineno}"
                if told not in places:
                    places.add(told)
                    print(f"{name}: {told}: {error}\n{text}\n", flush=True)
    return len(seen), len(places), True


def main() -> int:
    """Try every target for so many minutes at most."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[*READ, []], help="All, where none is named.")
    parser.add_argument("--minutes", type=float, default=10.0, help="For each target at most.")
    arguments = parser.parse_args()
    found = 0
    for name in arguments.targets or READ:
        tried, findings, whole = _tried(name, arguments.minutes * 60)
        rest = "" if whole else ", time was up before all were tried"
        print(f"{name:<12} {tried:>7} texts, {findings} findings{rest}", flush=True)
        found += findings
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
