"""The public interface as a stub that people can read, and what a change of the code breaks of it.

`python tests/quality/public_api.py` says what would break for somebody who calls the library as `public_api.pyi` beside it has it (exit 1), and whether that
file is current; `--write` writes it anew. Public is what `hmic_rules.__all__` and `hmic_rules.testing.__all__` name, with the members whose names do not begin
with an underscore. Griffe reads both without running them, and does the comparison.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[2]
STUB = Path(__file__).with_suffix(".pyi")
HEAD = "# Made by `python tests/quality/public_api.py --write`; what a change of it breaks for callers is said in CHANGELOG.md.\n\n"
PACKAGES = ("hmic_rules", "hmic_rules.testing")


def exported(source: Path = ROOT / "src") -> Iterator[griffe.Object]:
    """What the packages export, where it is defined."""
    loader = griffe.GriffeLoader(search_paths=[source])
    whole = loader.load("hmic_rules")
    loader.resolve_aliases(implicit=False, external=False)
    for package in PACKAGES:
        module = whole if package == "hmic_rules" else whole[package.removeprefix("hmic_rules.")]
        for name in sorted(str(one) for one in module.exports or ()):
            member = module[name]
            yield member.final_target if member.is_alias else member


def _lines(one: griffe.Object | griffe.Alias, indent: str = "") -> Iterator[str]:
    if isinstance(one, griffe.Class):
        bases = ", ".join(str(base) for base in one.bases)
        yield f"{indent}class {one.name}({bases}):" if bases else f"{indent}class {one.name}:"
        inside = [
            line
            for name, member in sorted(one.members.items())
            if not name.startswith("_")
            for line in _lines(member, indent + "    ")
        ]
        yield from inside or [f"{indent}    ..."]
    elif isinstance(one, griffe.Function):
        yield from (f"{indent}@{label}" for label in ("staticmethod", "classmethod") if label in one.labels)
        signature = one.signature()
        if indent and "staticmethod" not in one.labels:  # Griffe leaves the first parameter of a method out
            signature = signature.replace("(", f"({'cls' if 'classmethod' in one.labels else 'self'}, ", 1).replace(
                ", )", ")", 1
            )
        yield f"{indent}def {signature}: ..."
    elif isinstance(one, griffe.Attribute):
        yield f"{indent}{one.name}: {one.annotation or 'object'}"
    elif isinstance(one, griffe.TypeAlias):
        yield f"{indent}{one.name} = object"


def stub(source: Path = ROOT / "src") -> str:
    """The text of the stub for the code below `source`."""
    definitions = ("\n".join(_lines(one)) for one in exported(source))
    return HEAD + "\n\n".join(definitions) + "\n"


def _read(text: str) -> griffe.Object | griffe.Alias:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "interface.py").write_text(text, encoding="utf-8")
        return griffe.load("interface", search_paths=[folder])


def broken(before: str, after: str) -> list[str]:
    """What a caller of the interface `before` finds broken in `after`, a line each."""
    plain = re.compile(r"\x1b\[\d+m")  # Griffe colours what it says, and asks nobody
    found = griffe.find_breaking_changes(_read(before), _read(after))
    return [plain.sub("", one.explain(griffe.ExplanationStyle.ONE_LINE)).partition(" ")[2] for one in found]


def main() -> int:
    now, kept = stub(), STUB.read_text(encoding="utf-8") if STUB.exists() else ""
    found = broken(kept, now)
    for line in found:
        print(line)
    if "--write" in sys.argv[1:]:
        STUB.write_text(now, encoding="utf-8")
        return 0
    if now != kept and not found:
        print("the interface has changed and breaks no caller: write it anew with --write")
    return int(now != kept)


if __name__ == "__main__":
    sys.exit(main())
