"""Take the pictures of the report page that docs/report.md shows: `python docs/report/screenshots.py`.

It needs the extra `browser` and a Chromium, on the path or named in CHROMIUM.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import hmic_rules as hr

HERE = Path(__file__).parent


def shot(browser: Browser, page: Path, name: str, width: int, height: int, scheme: str, follow: str | None) -> None:
    """One picture: of the first screen, or of the graph where it follows a node."""
    opened = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    opened.goto(page.as_uri())
    if follow is not None:
        opened.locator("[data-node] a", has=opened.get_by_text(follow, exact=True)).click()
        opened.locator("#graph").scroll_into_view_if_needed()
        opened.evaluate("document.getElementById('graph').scrollIntoView()")
        opened.mouse.move(0, 0)
    opened.screenshot(path=HERE / f"{name}.png")
    opened.close()


def main() -> None:
    """Write the three pictures beside this file."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium is at hand: install it, or name it in CHROMIUM")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        page.write_text(hr.load_inspection("mps-2007").report(), encoding="utf-8")
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"] if root else [])
        shot(browser, page, "wide", 1440, 900, "light", None)
        shot(browser, page, "narrow", 375, 1400, "light", None)
        shot(browser, page, "dark", 1440, 1000, "dark", "Recommendation 5")
        browser.close()


if __name__ == "__main__":
    main()
