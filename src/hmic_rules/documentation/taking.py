"""What a rule set takes: facts, collections and how their rows are grouped, settings, readings, vague words, scales, frameworks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hmic_rules.backends.prose.grammar import an, in_quotes, listed, number_within, plural, told, words_of
from hmic_rules.backends.prose.phrases import term_in_words
from hmic_rules.backends.prose.types import type_said
from hmic_rules.conditions import Symbol, Term
from hmic_rules.datatypes import BooleanType, DataType, LabelType, NumberType, ScalarType, WrongValue
from hmic_rules.documentation.pages import (
    Block,
    Heading,
    Item,
    Line,
    Listing,
    Paragraph,
    Table,
    anchor,
    code,
    line,
    link,
    strong,
)
from hmic_rules.documentation.speaking import Speaker, from_where, remark
from hmic_rules.possible import NOT_APPLICABLE, Known
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Framework, Group, Input, MonthRange, Parameter, Profile

__all__ = ["frameworks", "given_told", "setting_told", "takes", "value_told"]


def value_told(value: Known | None, type: DataType) -> str:
    """A value of some type, as a person would say it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_share = isinstance(type, NumberType) and type.kind == "share"
    return told(value, type.unit if isinstance(type, NumberType) else None, is_share=is_share)


def given_told(given: Any, type: ScalarType) -> str:
    """A value as it was given in a file."""
    text = str(getattr(given, "text", ""))
    try:
        return value_told(type.parse(text), type)
    except WrongValue:
        return text


def setting_told(value: Known | tuple[Known, ...] | None, type: DataType) -> str:
    """The value of a setting, which can be a list."""
    if isinstance(value, tuple):
        item = getattr(type, "item", type)
        return listed([value_told(one, item) for one in value]) or "nothing"
    return value_told(value, type)


def takes(speaker: Speaker) -> Iterator[Block]:
    """Everything that a case and its reader can give."""
    ruleset = speaker.ruleset
    yield Heading(2, line("What it takes"), "takes")
    facts = [_fact(one, anchor("fact", one.name)) for one in ruleset.inputs.values()]
    judged = [one for one in ruleset.values.values() if isinstance(one.body, Judged)]
    facts += [
        Item(
            line(
                link(words_of(one.name), anchor("value", one.name)),
                f": {type_said(one.type)}, as a person judges.",
                *remark(one.says),
            )
        )
        for one in judged
    ]
    if facts:
        yield Heading(3, line("Facts of the case"), "facts")
        yield Listing(tuple(facts))
    for collection in ruleset.collections.values():
        yield from _collection(speaker, collection)
    yield from _groups(speaker)
    yield from _settings(speaker)
    yield from _words(speaker)
    yield from _scales(speaker)


def _fact(given: Input, to: str) -> Item:
    best = ""
    if given.better is not None:
        if isinstance(given.type, BooleanType):
            best = f" Yes is {'better' if given.better == 'upward' else 'worse'} than no."
        else:
            best = f" More is {'better' if given.better == 'upward' else 'worse'}."
    also = " It can also be not applicable." if given.may_be_not_applicable else ""
    more: tuple[Item, ...] = ()
    if given.closed:
        means = "not applicable" if given.means is NOT_APPLICABLE else value_told(given.means, given.type)
        taken = f"Where it is not given, it is taken as {means}"
        more = (Item(line(f"{taken}", *from_where(given.closed_basis, ()), ".")),)
    also += _spellings(given.type)
    table = f" A table calls it {in_quotes(given.column)}." if given.column is not None else ""
    said = line(f": {type_said(given.type)}.", *remark(given.says), f"{also}{best}{table}")
    return Item((strong(words_of(given.name)), *said, *from_where(None, given.cite)), more, to)


def _spellings(type: ScalarType) -> str:
    """What else may be written for labels."""
    pairs = type.also if isinstance(type, LabelType) else ()
    return (
        f" It may be written otherwise: {listed([f'{told(one)} for {told(text)}' for one, text in pairs])}."
        if pairs
        else ""
    )


def _collection(speaker: Speaker, collection: Collection) -> Iterator[Block]:
    noun = speaker.voice.noun(collection.name)
    within = "" if collection.parent is None else f" of each {speaker.voice.noun(collection.parent).one}"
    yield Heading(3, line(f"{words_of(collection.name).capitalize()}{within}"), anchor("collection", collection.name))
    about = line(*remark(collection.says), _count(collection), *from_where(None, collection.cite))
    yield Paragraph(about or line(f"What is known of {an(noun.one)}:"))
    rows = [
        _fact(one, anchor("fact", collection.name, one.name))
        for one in collection.fields.values()
        if one.name != collection.key or one.says is not None or one.cite
    ]
    if rows:
        yield Listing(tuple(rows))


def _count(collection: Collection) -> str:
    if collection.items is not None:
        return f" There is always one for each of these: {listed([told(one) for one in collection.items])}."
    known = "" if collection.key is None else f" Each is known by its {in_quotes(words_of(collection.key))}."
    few = f"at least {collection.at_least}" if collection.at_least else ""
    many = f"at most {collection.at_most}" if collection.at_most is not None else ""
    both = " and ".join(part for part in (few, many) if part)
    return known + (f" There must be {both}." if both else "")


def _groups(speaker: Speaker) -> Iterator[Block]:
    groups = list(speaker.ruleset.groups.values())
    if not groups:
        return
    yield Heading(3, line("How rows are grouped"), "groups")
    yield Listing(tuple(_group(speaker, one) for one in groups))


def _group(speaker: Speaker, group: Group) -> Item:
    source, noun = speaker.voice.noun(group.source), speaker.voice.noun(group.name)
    keys = listed([in_quotes(words_of(key)) for key in group.by])
    text = f": the {source.several} with the same {keys} stand together; on this page, {an(noun.one)}."
    more = [
        Item(line(_expected(speaker, key, of))) for key, of in (group.expected.keys if group.expected else {}).items()
    ]
    if group.expected is not None:
        empty = f"An expected one without any {source.several} is known to have none."
        unknown = f"Of an expected one without any {source.several} nobody knows what belongs there."
        more.append(Item(line(empty if group.missing == "empty" else unknown)))
    to = anchor("group", group.name)
    said = line(text, *remark(group.says), *from_where(group.basis, group.cite))
    return Item((strong(words_of(group.name)), *said), tuple(more), to)


def _expected(speaker: Speaker, key: str, of: str | MonthRange) -> str:
    name = in_quotes(words_of(key))
    if isinstance(of, str):
        return f"There is one for every {name} that is among the {plural(words_of(of))}."
    ends = [in_quotes(words_of(end.name)) if isinstance(end, Symbol) else told(end) for end in (of.start, of.end)]
    return f"There is one for every {name} from {ends[0]} to {ends[1]}."


def _settings(speaker: Speaker) -> Iterator[Block]:
    ruleset = speaker.ruleset
    if ruleset.parameters:
        yield Heading(3, line("Settings"), "settings")
        yield Paragraph(
            line("What no case brings. A setting that is not set is unknown, and what hangs on it stays open.")
        )
        yield Listing(tuple(map(_setting, ruleset.parameters.values())))
    if ruleset.profiles:
        sets = "these settings" if ruleset.parameters else "what vague words stand for"
        yield Heading(3, line("Readings"), "readings")
        yield Paragraph(line(f"Named sets of {sets}; a case is decided under one of them."))
        yield Listing(tuple(_profile(speaker, one) for one in ruleset.profiles.values()))


def _setting(parameter: Parameter) -> Item:
    default = "not set"
    if parameter.default is not None:
        default = f"{setting_told(parameter.default, parameter.type)}, unless it is set otherwise"
    said = line(f": {type_said(parameter.type)}; {default}.", *remark(parameter.says))
    source = from_where(parameter.basis, parameter.cite)
    return Item((strong(words_of(parameter.name)), *said, *source), (), anchor("setting", parameter.name))


def _profile(speaker: Speaker, profile: Profile) -> Item:
    ruleset = speaker.ruleset
    standard = " It is taken where none is named." if profile.default else ""
    sets = [
        Item(
            line(
                link(words_of(name), anchor("setting", name)), f": {setting_told(value, ruleset.parameters[name].type)}"
            )
        )
        for name, value in profile.parameters.items()
    ]
    sets += [
        Item(
            line(
                link(in_quotes(name), anchor("word", name)),
                f": {number_within(value) if speaker.is_of_shares(name) else told(value)}",
            )
        )
        for name, value in profile.terms.items()
    ]
    said = line(":", *remark(profile.says), standard)
    to = anchor("reading", profile.name)
    return Item((strong(profile.name), *said, *from_where(profile.basis, profile.cite)), tuple(sets), to)


def _words(speaker: Speaker) -> Iterator[Block]:
    terms = speaker.ruleset.terms
    if not terms:
        return
    yield Heading(3, line("Vague words"), "words")
    yield Paragraph(line("What a word is taken to mean, and from where to where it could plausibly be taken."))
    yield Listing(tuple(map(_word, terms.values())))


def _word(term: Term) -> Item:
    value = term_in_words(term, is_share=term.low >= 0 and term.high <= 1)
    span = (
        "" if term.low == term.high else f" It could be from {number_within(term.low)} to {number_within(term.high)}."
    )
    said = line(".", *remark(term.says), span)
    return Item((strong(value), *said, *from_where(term.basis, term.cite)), (), anchor("word", term.name))


def _scales(speaker: Speaker) -> Iterator[Block]:
    scales = speaker.ruleset.scales
    if not scales:
        return
    yield Heading(3, line("Scales"), "scales")
    yield Paragraph(line("Labels in their order, the lowest first."))
    yield Listing(
        tuple(
            Item(line(strong(words_of(name)), f": {', '.join(told(label) for label in labels)}."))
            for name, labels in scales.items()
        )
    )


def frameworks(speaker: Speaker) -> Iterator[Block]:
    """The items that the rule set's frameworks give."""
    ruleset = speaker.ruleset
    if not ruleset.frameworks or ruleset.fills is None:
        return
    noun = speaker.voice.noun(ruleset.fills)
    yield Heading(2, line("Frameworks"), "frameworks")
    yield Paragraph(line(f"Each framework gives the {noun.several} of its own. A case is decided under one of them."))
    for framework in ruleset.frameworks.values():
        yield Heading(3, line(framework.title), anchor("framework", framework.id))
        about = [*line(code(framework.id)), *from_where(None, framework.cite)]
        if framework.placement is not None:
            about += line(f": {framework.placement}", "" if framework.placement.endswith(".") else ".")
        if framework.says is not None:
            about += line("." if framework.placement is None else "", *remark(framework.says))
        yield Paragraph(tuple(about))
        yield _items(speaker, framework, noun.several)


def _items(speaker: Speaker, framework: Framework, several: str) -> Table:
    ruleset = speaker.ruleset
    collection = ruleset.collections[ruleset.fills or ""]
    names = [
        name for name in collection.fields if name != collection.key and any(name in row for row in framework.rows)
    ]
    head = [line(several.capitalize()), *(line(words_of(name).capitalize()) for name in names), line("From")]
    rows = []
    for row in framework.rows:
        key = getattr(row[collection.key or "name"], "text", "")
        notes = framework.notes.get(key, {})
        fields = [line(given_told(row[name], collection.fields[name].type) if name in row else "") for name in names]
        rows.append((_item_named(key, notes), *fields, _noted(notes)))
    return Table(tuple(head), tuple(rows), f"The {several} of {framework.title}")


def _item_named(key: str, notes: Mapping[str, Any]) -> Line:
    says = notes.get("says")
    return line(f"{says} ", code(key)) if says else line(code(key))


def _noted(notes: Mapping[str, Any]) -> Line:
    return from_where(notes.get("basis"), notes.get("cite") or (), brackets=False)
