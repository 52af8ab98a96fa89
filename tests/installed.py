"""Packages as they stand where they are installed, made of a few files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["GROUP", "install"]

GROUP = "hmic_rules.rulesets"


def install(site: Path, package: str, rulesets: Mapping[str, str], value: str | None = None, code: str = "") -> Path:
    """Put a package with rule sets into a folder of packages.

    Args:
        site: the folder.
        package: its name.
        rulesets: the text of each rule set's main file, by the name of its folder.
        value: what its entry point says; by default its folder ``rulesets``.
        code: its Python.

    """
    module = package.replace("-", "_")
    folder = site / module / "rulesets"
    folder.mkdir(parents=True)
    (site / module / "__init__.py").write_text(code, encoding="utf-8")
    for name, text in rulesets.items():
        (folder / name).mkdir()
        (folder / name / "ruleset.yaml").write_text(text, encoding="utf-8")
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        f"[{GROUP}]\n{package} = {value or f'{module}:rulesets'}\n", encoding="utf-8"
    )
    return folder
