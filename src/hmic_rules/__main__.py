"""The command ``hmic-rules``, and what it says where its extra is not installed."""

from __future__ import annotations

import sys

from hmic_rules.streams import standing

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    with standing():
        try:
            from hmic_rules.cli import run
        except ModuleNotFoundError as error:
            if error.name not in ("typer", "rich"):
                raise
            sys.stderr.write('hmic-rules: the command line is an extra: pip install "hmic-rules[cli]"\n')
            raise SystemExit(2) from None
        run()


if __name__ == "__main__":
    main()
