"""The report page in Chromium, opened from disk: no error, no request, the graph by mouse and keyboard, narrow and wide, light and dark, on paper.

It needs the extra `browser` and a Chromium: `CHROMIUM` names it, or it is on the path.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from page_reader import HOSTILE, shared_folder, shipped_page
from small_inspection import small_inspection, text_of

playwright = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is at hand: install it, or name it in CHROMIUM"),
]
WIDTHS = (320, 375, 700, 1100, 1440)
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    # Chromium's own sandbox refuses to run as root.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped_page(shared_folder(tmp_path_factory))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "report.html"
    path.write_text(small_inspection().report(), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a page from disk; what it says on the console, asks for, or throws is an error of the test."""
    noise: list[str] = []
    contexts: list[Any] = []

    def opened(path: Path, anchor: str = "", *, width: int = 1440, height: int = 900, **settings: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **settings))
        page = contexts[-1].new_page()
        page.on("console", lambda message: noise.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: noise.append(f"error: {error}"))
        page.on("dialog", lambda dialog: noise.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: noise.append(request.url) if request.url != page_url else None)
        page_url = path.as_uri()
        page.goto(page_url + (f"#{anchor}" if anchor else ""))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []


def shown(page: Any) -> list[str]:
    """What the graph shows, by the names of its nodes."""
    return page.locator("[data-node]:visible .label").all_inner_texts()


def node(page: Any, label: str) -> Any:
    """A node of the graph, by its name."""
    return page.locator("[data-node] a", has=page.get_by_text(label, exact=True))


def lit(page: Any) -> list[str]:
    return page.locator("[data-node].on .label").all_inner_texts()


EVERY = 10
CHAIN = ["Light", "roads/improvement/2", "roads-lit", "roads-swept", "Roads"]


def test_it_opens_from_disk_without_an_error_or_a_request(opened, shipped):
    page = opened(shipped)
    assert page.locator(".glance").count() == 6
    assert page.locator("h1").inner_text() == "Metropolitan Police Service, inspection of 2007"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_makes_the_page_scroll_sideways(opened, shipped, width):
    page = opened(shipped, width=width)
    page.click("[data-open]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_words_on_the_first_screen_are_not_cut_off(opened, shipped):
    for width in (375, 1440):
        page = opened(shipped, width=width)
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        assert page.locator("#grades .chip").evaluate_all(cut) == []


def test_the_first_screen_holds_every_framework(opened, shipped):
    page = opened(shipped)
    bottoms = page.locator(".glance").evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
    assert max(bottoms) <= 900


def test_pointing_at_a_recommendation_lights_what_it_leads_to(opened, small):
    page = opened(small, "graph")
    node(page, "Light").hover()
    assert lit(page) == CHAIN
    assert len(shown(page)) == EVERY
    page.mouse.move(2, 2)
    assert lit(page) == []


def test_a_click_follows_a_recommendation_and_another_click_or_escape_clears(opened, small):
    page = opened(small, "graph")
    link = node(page, "Light")
    for clear in (link.click, lambda: page.keyboard.press("Escape")):
        link.click()
        assert shown(page) == CHAIN
        assert link.get_attribute("aria-pressed") == "true"
        said = page.locator(".followed").inner_text()
        assert said.startswith("Light: 1 recommendation, 1 finding, 2 criteria, 1 framework.")
        clear()
        assert len(shown(page)) == EVERY
        assert link.get_attribute("aria-pressed") == "false"
        assert page.locator(".followed").is_hidden()


def test_the_graph_follows_the_keyboard(opened, small):
    page = opened(small, "graph")
    page.locator("[data-node] a").first.focus()
    page.keyboard.press("ArrowDown")
    assert lit(page) == CHAIN
    page.keyboard.press("Enter")
    assert shown(page) == CHAIN
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    focused = "document.activeElement.querySelector('.label').textContent"
    assert page.evaluate(focused) == "roads-swept"
    page.keyboard.press("Escape")
    assert len(shown(page)) == EVERY
    # One stop of the tab key in each column.
    assert page.locator("[data-node] a[tabindex='0']").count() == 4


def test_the_graph_of_the_shipped_inspection_follows_a_click_at_both_widths(opened, shipped):
    for width in (375, 1440):
        page = opened(shipped, "graph", width=width)
        link = node(page, "Recommendation 2")
        link.click()
        assert shown(page) == [
            "Recommendation 2",
            "np/improvement/2",
            "np-pcso-patrol-method",
            "Neighbourhood Policing",
        ]
        drawn = page.locator(".network path.on[d]").count()
        assert drawn == 3
        assert page.locator(".network svg").is_visible() == (width == 1440)


def test_a_link_opens_what_it_leads_to(opened, shipped):
    page = opened(shipped, "finding.dv-footnote-4")
    assert page.locator("[id='finding.dv-footnote-4']").is_visible()
    page.evaluate("location.hash = 'criterion.child-abuse.ca-crime-recording'")
    page.wait_for_function("document.getElementById('criterion.child-abuse.ca-crime-recording').open")


def test_findings_are_filtered_by_words(opened, shipped):
    page = opened(shipped)
    page.fill("#wanted", "HONOUR killing")
    assert page.locator("article.finding:visible").count() == 2
    assert page.locator(".filter [role=status]").inner_text() == "2 of 219"
    page.fill("#wanted", "")
    assert page.locator("article.finding[hidden]").count() == 0


def test_a_click_on_an_abbreviation_says_what_it_stands_for(opened, shipped):
    page = opened(shipped, width=375)
    abbreviation = page.locator("#recommendations abbr", has_text="PCSOs").first
    abbreviation.click()
    assert page.locator(".tip").inner_text() == "PCSOs: police community support officer"
    page.locator("#recommendations-title").click()
    assert page.locator(".tip").is_hidden()


def test_it_can_be_read_without_a_script(opened, shipped):
    page = opened(shipped, java_script_enabled=False)
    assert page.locator(".tools").is_hidden()
    assert page.locator(".filter").is_hidden()
    page.locator("summary", has_text="A referral that discloses a crime").first.click()
    assert page.locator(".criterion[open] .evidence li").first.is_visible()


def test_on_paper_everything_is_open_and_nothing_asks_to_be_pressed(opened, small):
    page = opened(small, color_scheme="dark")
    page.emulate_media(media="print")
    closed = "document.querySelectorAll('details:not([open])').length"
    assert page.evaluate(closed) > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(closed) == 0
    assert page.locator("nav, .tools, .filter, #graph").locator("visible=true").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(closed) > 0


def test_dark_is_dark_and_light_is_light(opened, small):
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(small, color_scheme=scheme).evaluate(ground) for scheme in ("light", "dark"))
    assert light == "rgb(253, 253, 251)"
    assert dark == "rgb(21, 24, 26)"


def test_no_text_of_an_inspection_runs(opened, tmp_path):
    findings = text_of("findings").replace("says: Put up lamps.", f"says: {json.dumps(HOSTILE)}")
    path = tmp_path / "report.html"
    path.write_text(small_inspection(findings=findings).report(), encoding="utf-8")
    page = opened(path, "graph")
    node(page, "Light").click()
    assert page.title() != "run"
    assert page.evaluate("[document.scripts.length, document.images.length]") == [1, 0]
    assert HOSTILE in node(page, "Light").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_axe_finds_nothing_serious(opened, shipped, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser` is not installed")
    page = opened(shipped, width=width, color_scheme=scheme, bypass_csp=True)
    for following in (False, True):
        if following:
            node(page, "Recommendation 9").click()
        found = axe.Axe().run(page).response["violations"]
        bad = [
            (one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in ("serious", "critical", "moderate")
        ]
        assert bad == []
