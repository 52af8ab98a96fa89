"""The page about a rule set: what stands on it, in plain English, as HTML that needs nothing else and as Markdown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attrs import evolve

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.documentation.html import to_html
from hmic_rules.documentation.making import Beside, page_about, page_of
from hmic_rules.documentation.markdown import picture_file, to_markdown
from hmic_rules.documentation.pages import Heading, Item, Listing, Page, Paragraph, Picture, Table, Written, anchor
from hmic_rules.documentation.rules import rules
from hmic_rules.documentation.speaking import speaker_of
from hmic_rules.documentation.taking import takes
from hmic_rules.rules import Basis, Calculation, Points, RuleList, Truthful
from hmic_rules.verification.certificates import certificate_text
from hmic_rules.verification.proving import proof_data

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "rulesets"
REFRESH = "hmic-rules docs --shipped --format markdown -o docs/rulesets"
HOSTILE = '<img src=x onerror="alert(1)"> & **bold** [a](b) `code` | pipe <!-- -->'
SHAPES = sorted((ROOT / "tests" / "shapes").glob("*.yaml"))

SMALL = """
ruleset: small
edition: "3"
title: TITLE
says: what is small
effective: {from: 2007-10-01}
documents: {report: {title: an invented report, publisher: nobody}, other: {title: another}}
scales: {grade: [poor, fair, good]}
terms: {most: {above: 1/2, range: [1/2, 7/10], basis: assumed, says: the word most}}
parameters:
  lenient: {type: boolean, basis: assumed, says: whether one is lenient}
  strictness: {type: share, default: 1/4, basis: stated, cite: a/b/1, says: how strict}
profiles:
  kind: {says: the kind reading, basis: assumed, default: true, parameters: {lenient: true}, terms: {most: 3/5}}
inputs:
  open: {type: boolean, absent: {means: false, basis: assumed}, better: upward, says: it is open, cite: a/b/2}
  rate: {type: share, says: the rate of something}
  criteria:
    says: the criteria
    key: id
    size: {at_least: 1}
    collection:
      id: {type: text}
      met: {type: boolean, says: it is met}
values:
  fine:
    says: whether it is fine
    is: {open: true, rate: most}
    basis: derived
    cite: other:c/d/3
  grade:
    says: the grade
    scale: grade
    outcome: true
    safe_side: lowest
    applies: {some: {of: criteria, where: {met: true}}}
    choose: highest
    rules:
      - {id: lifted, then: good, when: {fine: true}, basis: stated, cite: a/b/4, says: it is lifted}
      - {id: held, then: fair, when: {rate: {at_least: {value: strictness}}}, basis: assumed}
    otherwise: {then: poor, basis: derived, cite: a/b/5}
    limits:
      - {id: capped, at_most: fair, when: {open: false}, basis: stated, cite: a/b/6, says: it is shut}
    may_depart: {by: [inspector, judge], steps: 1, when: {open: true}, basis: assumed, says: an inspector knows more}
claims:
  - {id: never-good-when-shut, never: {open: false, grade: good}, says: what is shut is not good}
cases:
  - {case: all is well, facts: {open: true, rate: 1, criteria: {a: {met: true}}}, expect: {grade: good, fine: true}}
  - {case: nobody knows the rate, facts: {criteria: {a: {met: true}}}, expect: {grade: {possible: [poor, fair]}}}
"""


@cache
def shipped_page(name: str) -> Page:
    """The page of a shipped rule set; those in `docs/rulesets/` are its snapshots."""
    return page_about(name)


def small(ruleset_from, text: str = SMALL, title: str = "a small rule set") -> hr.Ruleset:
    return ruleset_from(text.replace("TITLE", title))


def words_on(page: Page) -> str:
    """All the words of a page, without what sets them off."""
    found: list[str] = [page.title]

    def line(pieces) -> None:
        found.append("".join(piece.text for piece in pieces))

    def items(listed: tuple[Item, ...]) -> None:
        for item in listed:
            line(item.line)
            items(item.items)

    for block in page.blocks:
        if isinstance(block, Heading | Paragraph):
            line(block.line)
        elif isinstance(block, Listing):
            items(block.items)
        elif isinstance(block, Table):
            found.append(block.title)
            for row in (block.head, *block.rows):
                for cell in row:
                    line(cell)
    return "\n".join(found)


class Reader(HTMLParser):
    """The tags, ids, links and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "path", "rect", "hr", "br"):
            self.open.append(tag)
        for name, value in attrs:
            assert name not in ("src", "srcset", "onerror", "onclick", "onload")
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, **environment},
    )


# What stands on it


def test_the_page_of_a_small_rule_set(ruleset_from, snapshot):
    assert to_markdown(page_of(small(ruleset_from), Beside()), pictures=True) == snapshot


def plainly(text: str) -> str:
    """As it is compared: without backticks, and without what its first letter and its full stop may be turned to."""
    return " ".join(text.replace("`", "").casefold().rstrip(".").split())


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_nothing_that_a_rule_set_says_is_lost(name):
    ruleset = hr.load(name)
    shown = plainly(words_on(page_of(ruleset, Beside())))
    parts = [ruleset, *ruleset.inputs.values(), *ruleset.parameters.values(), *ruleset.profiles.values()]
    parts += [*ruleset.terms.values(), *ruleset.collections.values(), *ruleset.groups.values(), *ruleset.claims]
    parts += [field for collection in ruleset.collections.values() for field in collection.fields.values()]
    for value in ruleset.values.values():
        parts += [value, *value.limits, *getattr(value.body, "rules", ())]
        parts += [] if value.may_depart is None else [value.may_depart]
    texts = [part.says for part in parts if part.says is not None]
    for framework in ruleset.frameworks.values():
        texts += [framework.title, framework.placement or ""]
        texts += [notes["says"] for notes in framework.notes.values() if "says" in notes]
    texts += [case.title for case in ruleset.cases]
    assert [text for text in texts if plainly(text) not in shown] == []
    assert texts


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_every_rule_and_limit_stands_there_with_its_citation(name):
    ruleset = hr.load(name)
    speaker = speaker_of(ruleset)
    found = {}
    for block in rules(speaker):
        for item in block.items if isinstance(block, Listing) else ():
            found["".join(piece.text for piece in item.line)] = item
    for value in ruleset.values.values():
        own = [*value.limits, *(value.body.rules if isinstance(value.body, RuleList | Points) else ())]
        for one in own:
            head = f"{one.id} ({one.basis}{': ' + ', '.join(one.cite) if one.cite else ''}):"
            assert [line for line in found if line.startswith(head)], head


def bases(ruleset: hr.Ruleset) -> list[Basis]:
    """The basis of everything that has one."""
    found: list[Basis | None] = [one.basis for one in (*ruleset.parameters.values(), *ruleset.profiles.values())]
    found += [term.basis for term in ruleset.terms.values()]
    fields = [field for collection in ruleset.collections.values() for field in collection.fields.values()]
    found += [one.closed_basis for one in (*ruleset.inputs.values(), *fields) if one.closed]
    for value in ruleset.values.values():
        body = value.body
        found += [one.basis for one in value.limits]
        found += [rule.basis for rule in body.rules] if isinstance(body, RuleList | Points) else []
        if isinstance(body, RuleList) and body.otherwise is not None:
            found.append(body.otherwise.basis)
        if isinstance(body, Truthful | Calculation):
            found.append(value.basis)
        if value.may_depart is not None:
            found.append(value.may_depart.basis)
    return [basis for basis in found if basis is not None]


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_all_assumptions_stand_in_one_list(name):
    ruleset = hr.load(name)
    blocks = page_of(ruleset, Beside()).blocks
    start = next(place for place, one in enumerate(blocks) if isinstance(one, Heading) and one.anchor == "assumed")
    listed = blocks[start + 2]
    expected = bases(ruleset).count("assumed")
    expected += sum(one.placement is not None for one in ruleset.frameworks.values())
    expected += sum(
        any(notes.get("basis") == "assumed" for notes in one.notes.values()) for one in ruleset.frameworks.values()
    )
    if expected:
        assert isinstance(listed, Listing)
        assert len(listed.items) == expected
    else:
        assert not isinstance(listed, Listing)


def test_a_decision_table_has_the_facts_as_columns_and_the_rules_as_rows(ruleset_from):
    table = next(one for one in rules(speaker_of(small(ruleset_from))) if isinstance(one, Table))
    text = [["".join(piece.text for piece in cell) for cell in row] for row in (table.head, *table.rows)]
    assert table.title == "Grade as a decision table. Hit policy: Priority, the highest first."
    assert text == [
        ["Rule", "“fine”", "Rate", "Grade"],
        ["lifted", "yes", "–", "good"],
        ["held", "–", "at least the strictness", "fair"],
        ["where none holds", "–", "–", "poor"],
    ]


def test_no_table_is_made_where_the_rules_ask_too_many_facts(ruleset_from):
    facts = [f"f{number}" for number in range(7)]
    asked = [f"{{id: r{name}, then: good, when: {{{name}: true}}, basis: assumed}}" for name in facts]
    text = f"""
ruleset: wide
edition: "1"
title: many facts
scales: {{grade: [poor, good]}}
inputs: {{{", ".join(f"{name}: {{type: boolean}}" for name in facts)}}}
values: {{grade: {{scale: grade, outcome: true, choose: highest, rules: [{", ".join(asked)}], otherwise: poor}}}}
"""
    assert not [one for one in rules(speaker_of(ruleset_from(text))) if isinstance(one, Table)]


def test_a_picture_is_a_drawing_that_needs_nothing_else_and_asks_what_the_rules_ask():
    pictures = {one.name: one for one in shipped_page("mappa-2007").blocks if isinstance(one, Picture)}
    assert {"category", "level", "ramp"} <= set(pictures)
    drawn = ElementTree.fromstring(pictures["level"].svg)  # noqa: S314 - our own drawing
    texts = [found.text for found in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"category?", "agencies needed?", "below 2", "at least 2", "level: 3", "not applicable"} <= set(texts)
    assert "http" not in pictures["level"].svg.replace("http://www.w3.org/2000/svg", "")


def test_where_a_diagram_has_too_many_boxes_the_page_says_so_and_draws_none(ruleset_from):
    counted = ", ".join(f"v{place}" for place in range(12))
    facts = "\n".join(f"  v{place}: {{type: integer, min: 0, max: 3}}" for place in range(12))
    text = f"""
ruleset: large
edition: "1"
title: many numbers
inputs:
{facts}
values:
  many:
    outcome: true
    is: {{any: [{", ".join(f"{{v{p}: 1, v{p + 1}: 2, v{(p + 5) % 12}: 3}}" for p in range(11))}]}}
  total: {{calc: {{add: [{counted}]}}}}
"""
    blocks = list(rules(speaker_of(ruleset_from(text))))
    assert not [one for one in blocks if isinstance(one, Picture)]
    notes = ["".join(piece.text for piece in one.line) for one in blocks if isinstance(one, Paragraph) and one.is_note]
    assert len(notes) == 1
    assert "too many to draw" in notes[0]


# What stands beside the rule set


def test_verdicts_are_those_of_the_certificate_and_a_stale_one_is_said(ruleset_from):
    ruleset = small(ruleset_from)
    data = proof_data(ruleset.prove())
    fresh = words_on(page_of(ruleset, Beside(certificate_text(data).encode())))
    assert "(proven of every case up to a size: up to 2 of `criteria`)" in fresh
    assert "Some case gives it" in fresh
    stale = words_on(page_of(ruleset, Beside(certificate_text({**data, "fingerprint": "0" * 64}).encode())))
    assert "The certificate is stale" in stale
    assert "proven of every case" not in stale
    assert "No certificate stands beside the rule set" in words_on(page_of(ruleset, Beside()))
    assert "The certificate is stale" in words_on(page_of(ruleset, Beside(b"no json")))


def test_a_refuted_claim_is_said_to_be_refuted(ruleset_from):
    ruleset = small(ruleset_from, SMALL.replace("never: {open: false, grade: good}", "never: {grade: good}"))
    text = words_on(page_of(ruleset, Beside(certificate_text(proof_data(ruleset.prove())).encode())))
    assert "(refuted: there is a case against it)" in text


def test_changes_are_put_under_a_heading_of_their_own_and_their_html_is_escaped(ruleset_from):
    changes = "# Changes\n\n## First\n\n<script>alert(1)</script>\n\n```\n# no heading\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    page = page_of(small(ruleset_from), Beside(None, changes))
    markdown = to_markdown(page, pictures=True)
    assert "\n### Changes\n\n#### First\n" in markdown
    assert "```\n# no heading\n```" in markdown
    html = to_html(page)
    assert "&lt;script&gt;" in html
    assert "<h3>Changes</h3>" in html
    assert "<td>1</td>" in html
    assert "script" not in read(html).tags


def test_a_rule_set_that_extends_another_says_what_it_has_from_it_and_what_it_changes(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "ruleset.yaml").write_text(SMALL.replace("TITLE", "the first"), encoding="utf-8")
    own = tmp_path / "own"
    own.mkdir()
    text = "ruleset: own\nedition: '4'\ntitle: the second\nextends: {ruleset: ../base, edition: '3'}\n"
    (own / "ruleset.yaml").write_text(text, encoding="utf-8")
    try:
        ruleset = hr.load(own)
    except hr.InputError as error:
        pytest.fail(str(error))
    shown = words_on(page_of(ruleset, Beside()))
    assert "What it has from other rule sets" in shown
    assert "small, edition 3: the first." in shown
    assert "It changes nothing in it." in shown
    assert "held (assumed), from small:" in shown
    altered = """
add: {rules: {grade/shut: {then: poor, when: {open: false}, basis: stated, cite: a/b/7}}}
replace: {rules: {grade/held: {then: fair, when: {rate: {at_least: 1/3}}, basis: assumed}}}
remove: {limits: {grade/capped: it is no longer needed}}
"""
    (own / "ruleset.yaml").write_text(text + altered, encoding="utf-8")
    shown = words_on(page_of(hr.load(own), Beside()))
    assert "Removed: limit grade/capped (by own). It is no longer needed." in shown
    assert "Replaced: rule grade/held (by own)." in shown
    assert "shut (stated: a/b/7), added by own: " in shown
    assert "held (assumed), replaced by own: Its" not in shown
    assert "held (assumed), replaced by own: The grade is fair if the rate is at least one third." in shown


# HTML and Markdown


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_every_link_of_a_page_leads_somewhere_and_nothing_comes_from_elsewhere(name):
    found = read(to_html(shipped_page(name)))
    assert len(found.ids) == len(set(found.ids))
    inner = [link[1:] for link in found.links if link.startswith("#")]
    assert set(inner) <= set(found.ids)
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert found.links


def hostile(ruleset_from) -> Page:
    quoted = json.dumps(HOSTILE)
    text = re.sub(r"says: (?!TITLE)[^,}\n]+(?=[,}\n])", lambda _: f"says: {quoted}", SMALL)
    text = text.replace("case: all is well", f"case: {quoted}").replace("title: an invented report", f"title: {quoted}")
    assert text.count("onerror") >= 14
    return page_of(small(ruleset_from, text, quoted), Beside(None, HOSTILE))


def test_text_of_a_rule_set_never_becomes_html(ruleset_from):
    html = to_html(hostile(ruleset_from))
    found = read(html)
    assert not {"img", "script"} & set(found.tags)
    assert "&lt;img src=x onerror=" in html
    assert '<img src=x onerror="alert(1)">' in "".join(found.texts)


def test_text_of_a_rule_set_never_becomes_markdown(ruleset_from):
    page = hostile(ruleset_from)
    markdown = to_markdown(
        evolve(page, blocks=tuple(one for one in page.blocks if not isinstance(one, Written))), pictures=True
    )
    assert "\\<img src=x onerror=" in markdown
    assert not re.search(r"(?<!\\)<(?!a id=|/a>)", markdown)
    assert "\\*\\*bold\\*\\*" in markdown
    assert "\\[a\\](b)" in markdown


def test_tables_of_the_page_keep_their_columns_in_markdown():
    for name in shipped("ruleset"):
        rows = [line for line in to_markdown(shipped_page(name), pictures=True).splitlines() if line.startswith("| ")]
        assert all(row.endswith(" |") for row in rows), name


def test_the_same_page_is_written_under_every_seed_of_hashes():
    pages = {
        run("docs", "hmic-2007", "--format", form, PYTHONHASHSEED=seed).stdout for form in ("html",) for seed in "123"
    }
    assert len(pages) == 1
    assert pages.pop().startswith("<!doctype html>")


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_a_rule_set_of_every_shape_has_a_page(path):
    page = page_about(path)
    assert read(to_html(page)).ids
    assert to_markdown(page, pictures=False).startswith("# ")


# The command


def test_a_page_is_printed_or_written_and_its_form_follows_its_name(tmp_path):
    printed = run("docs", "dash", "--format", "markdown")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout.startswith("# ")
    assert "![" not in printed.stdout
    as_markdown, as_html = tmp_path / "page.md", tmp_path / "page.html"
    assert run("docs", "dash", "-o", str(as_markdown)).returncode == 0
    assert run("docs", "dash", "-o", str(as_html)).returncode == 0
    assert as_html.read_text(encoding="utf-8").startswith("<!doctype html>")
    text = as_markdown.read_text(encoding="utf-8")
    named = set(re.findall(r"\]\((dash\.[\w-]+\.svg)\)", text))
    assert named
    assert {path.name for path in tmp_path.iterdir()} == {"page.md", "page.html", *named}


def test_several_pages_are_written_into_a_folder(tmp_path):
    folder = tmp_path / "pages"
    assert run("docs", "mappa-2007", "mappa-2019", "-o", str(folder)).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == ["mappa-2007.html", "mappa-2019.html"]


def test_what_cannot_be_written_is_said_with_its_remedy(tmp_path):
    for arguments, said in (
        ((), "no rule set is named"),
        (("mappa-2007", "mappa-2019"), "several pages need a folder"),
        (("mappa-2007", "--format", "pdf"), "`pdf` is not a format"),
        (("mapa-2007",), "did you mean `mappa-2007`"),
        (("mappa-2007", "-o", str(tmp_path / "none" / "page.html")), "cannot be written"),
    ):
        done = run("docs", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


# The pages of the shipped rule sets


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_the_page_in_the_documentation_is_current(name):
    page = shipped_page(name)
    files = {f"{name}.md": to_markdown(page, pictures=True)}
    files |= {picture_file(page, one): one.svg for one in page.blocks if isinstance(one, Picture)}
    for file, text in files.items():
        path = PAGES / file
        assert path.is_file(), f"{file} is missing: {REFRESH}"
        assert path.read_text(encoding="utf-8") == text, f"{file} is not current: {REFRESH}"


def test_the_documentation_has_no_page_or_picture_of_anything_else():
    named = {f"{name}.md" for name in shipped("ruleset")}
    pages = [shipped_page(name) for name in shipped("ruleset")]
    named |= {picture_file(page, one) for page in pages for one in page.blocks if isinstance(one, Picture)}
    assert {path.name for path in PAGES.iterdir()} - {"README.md"} <= named


def test_what_a_rule_set_takes_is_told_without_its_rules(ruleset_from):
    speaker = speaker_of(small(ruleset_from))
    shown = words_on(Page("small", "small", tuple(takes(speaker))))
    assert "Where it is not given, it is taken as no (assumed)." in shown
    assert "most (more than one half). The word most. It could be from one half to 7/10, 70%. (assumed)" in shown
    assert "kind: The kind reading. It is taken where none is named. (assumed)" in shown


NEIGHBOURS = """
ruleset: neighbours
edition: "1"
title: names that are nearly the same
terms:
  nearly all: {at_least: 2/3, basis: assumed}
  nearly-all: {at_least: 3/4, basis: assumed}
  Nearly all: {at_least: 4/5, basis: assumed}
  nearly_all: {at_least: 5/6, basis: assumed}
profiles:
  as read: {says: one, basis: assumed, default: true}
  as-read: {says: two, basis: assumed}
  As read: {says: three, basis: assumed}
inputs:
  returns_hours: {type: integer, says: of the case}
  returns_hours_worked: {type: integer, says: of the case too}
  returns: {key: id, collection: {id: {type: text}, hours: {type: integer, says: of a return}, hours_worked: {type: integer, says: of a return too}, late: {type: boolean}}}
  returns_hours_of: {key: id, collection: {id: {type: text}, worked: {type: integer, says: of something else}}}
values:
  a_share: {type: boolean, outcome: true, is: {share: {of: returns, where: {late: true}, is: nearly all}}}
  another_share: {type: boolean, outcome: true, is: {share: {of: returns, where: {late: false}, is: nearly-all}}}
  a__share: {type: boolean, outcome: true, is: {share: {of: returns, where: {hours: {above: 1}}, is: Nearly all}}}
  last_share: {type: boolean, outcome: true, is: {share: {of: returns, where: {hours_worked: {above: 1}}, is: nearly_all}}}
  every_hour: {type: boolean, outcome: true, is: {all: [{returns_hours: 1}, {returns_hours_worked: 2}, {some: {of: returns_hours_of, where: {worked: 1}}}]}}
"""


def test_no_two_anchors_of_a_page_are_the_same_and_every_link_leads_to_one(ruleset_from):
    page = page_of(ruleset_from(NEIGHBOURS), Beside())
    for text, found in (
        (to_html(page), re.compile(r'\bid="([^"]*)"')),
        (to_markdown(page, pictures=False), re.compile(r'<a id="([^"]*)">')),
    ):
        anchors = found.findall(text)
        assert len(anchors) == len(set(anchors))
        links = set(re.findall(r'href="#([^"]+)"|\]\(#([^)]+)\)', text))
        assert {one or other for one, other in links} <= set(anchors)
    markdown = to_markdown(page, pictures=False)
    assert '<a id="fact-returns.hours"></a>**hours**' in markdown
    assert '<a id="fact-returns-hours"></a>**returns hours**' in markdown


def test_anchors_are_different_for_different_names():
    names = ["a b", "a-b", "a_b", "a.b", "A b", "a  b", " a b", "ä b", "a b.1", "…", "?", ""]
    found = [anchor("reading", name) for name in names]
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"reading-[a-z0-9_.-]*", one) for one in found)
    facts = [("a", "b_c"), ("a_b", "c"), ("a_b_c",), ("a", "b", "c"), ("a__b", "c"), ("a_", "b_c")]
    assert len({anchor("fact", *one) for one in facts}) == len(facts)
