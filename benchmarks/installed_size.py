"""What is installed in the environment that runs this: packages, and MB on disk with the compiled files. Prints a Markdown table.

`--at-most PACKAGES MB` ends with 1 where there is more. An environment's own tools (pip, setuptools, wheel) do not count.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

TOOLS = {"pip", "setuptools", "wheel"}


def megabytes(one: Distribution) -> float:
    """What the files of a distribution hold, those that were compiled at the installation among them."""
    paths = {Path(str(one.locate_file(file))) for file in one.files or ()}
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--at-most", nargs=2, type=float, metavar=("PACKAGES", "MB"), help="end with 1 where there is more"
    )
    most = parser.parse_args().at_most
    sizes = {one.name: megabytes(one) for one in distributions() if one.name not in TOOLS}
    print("| package | MB |\n|---|---:|")
    for name, size in sorted(sizes.items(), key=lambda pair: -pair[1]):
        print(f"| {name} | {size:.1f} |")
    total = sum(sizes.values())
    print(f"| {len(sizes)} packages | {total:.1f} |")
    return int(most is not None and (len(sizes) > most[0] or total > most[1]))


if __name__ == "__main__":
    sys.exit(main())
