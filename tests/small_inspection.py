"""A small invented inspection under a small invented scheme, whose leverage can be reckoned by hand."""

from __future__ import annotations

from pathlib import Path

import hmic_rules as hr
from hmic_rules.loading.inspections import read_inspection

FOLDER = Path(__file__).parent / "inspections" / "small"


def small_inspection(**changed: bytes | str) -> hr.Inspection:
    """The inspection, with some of its files otherwise: ``findings`` or ``inspection``."""
    own = {f"{name}.yaml": text.encode() if isinstance(text, str) else text for name, text in changed.items()}

    def source(file: str) -> bytes:
        return own[file] if file in own else (FOLDER / file).read_bytes()

    return read_inspection(source, "inspection.yaml", lambda file: f"small/{file}", lambda _: hr.load(FOLDER))


def text_of(name: str) -> str:
    """One of its files, as it stands."""
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def write_graphs() -> None:
    """Write the exports anew that tests hold to their bytes."""
    from hmic_rules.drawing import to_svg  # noqa: PLC0415 - tests import this module for the inspection alone
    from hmic_rules.graph import to_graphml, to_json  # noqa: PLC0415

    graph = small_inspection().graph()
    (FOLDER / "graph.json").write_bytes(to_json(graph).encode())
    (FOLDER / "graph.graphml").write_bytes(to_graphml(graph))
    (FOLDER / "graph.svg").write_bytes(to_svg(graph).encode())


if __name__ == "__main__":
    write_graphs()
