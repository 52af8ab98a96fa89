"""Everything in a rule set that no source states, in one list."""

from __future__ import annotations

from collections.abc import Iterator

from hmic_rules.backends.prose.grammar import listed, words_of
from hmic_rules.backends.prose.phrases import term_in_words
from hmic_rules.backends.prose.rules import body_said, departing_said, limit_said, result_said, rule_said
from hmic_rules.documentation.pages import Block, Heading, Item, Listing, Paragraph, anchor, item_of, line, link, strong
from hmic_rules.documentation.speaking import Speaker, remark
from hmic_rules.documentation.taking import setting_told, value_told
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.rules import Points, RuleList, ValueRule
from hmic_rules.rulesets import Input

__all__ = ["assumed"]


def assumed(speaker: Speaker) -> Iterator[Block]:
    """All assumptions: settings, readings, words, what is taken where a fact is not given, rules, limits, departures, frameworks."""
    yield Heading(2, line("Everything assumed"), "assumed")
    found = [*_settings(speaker), *_facts(speaker)]
    for value in speaker.ruleset.values.values():
        found += _value(speaker, value)
    found += _frameworks(speaker)
    if not found:
        yield Paragraph(
            line("Nothing in this rule set is assumed: every part of it is stated by a source, or derived from one.")
        )
        return
    yield Paragraph(line("What no source states and whoever wrote the rule set put there, all in one list."))
    yield Listing(tuple(found))


def _settings(speaker: Speaker) -> Iterator[Item]:
    ruleset = speaker.ruleset
    for parameter in ruleset.parameters.values():
        if parameter.basis == "assumed":
            name = link(words_of(parameter.name), anchor("setting", parameter.name))
            default = "left open" if parameter.default is None else setting_told(parameter.default, parameter.type)
            yield Item(line(strong("Setting "), name, f": {default}.", *remark(parameter.says)))
    for profile in ruleset.profiles.values():
        if profile.basis == "assumed":
            name = link(profile.name, anchor("reading", profile.name))
            yield Item(line(strong("Reading "), name, ":", *remark(profile.says)))
    for term in ruleset.terms.values():
        if term.basis == "assumed":
            words = term_in_words(term, is_share=speaker.is_of_shares(term.name))
            yield Item(line(strong("Word "), link(words, anchor("word", term.name)), ".", *remark(term.says)))


def _facts(speaker: Speaker) -> Iterator[Item]:
    ruleset = speaker.ruleset
    given: list[tuple[str, Input]] = [(anchor("fact", one.name), one) for one in ruleset.inputs.values()]
    for collection in ruleset.collections.values():
        given += [(anchor("fact", collection.name, one.name), one) for one in collection.fields.values()]
    for to, one in given:
        if one.closed and one.closed_basis == "assumed":
            means = "not applicable" if one.means is NOT_APPLICABLE else value_told(one.means, one.type)
            yield Item(
                line(strong("Fact "), link(words_of(one.name), to), f": where it is not given, it is taken as {means}.")
            )


def _value(speaker: Speaker, value: ValueRule) -> Iterator[Item]:
    voice = speaker.at(value)
    to = anchor("value", value.name)
    body = value.body
    if isinstance(body, RuleList | Points):
        for rule in body.rules:
            if rule.basis == "assumed":
                lead = line(strong("Rule "), link(f"{words_of(value.name)}, {rule.id}", to), ": ")
                yield item_of(rule_said(rule, value, voice), lead=lead)
    if isinstance(body, RuleList) and body.otherwise is not None and body.otherwise.basis == "assumed":
        lead = line(strong("Rule "), link(words_of(value.name), to))
        yield Item(line(*lead, f": Where no rule holds, {result_said(value, body.otherwise.then, voice)}."))
    said = body_said(value, voice)
    if said is not None and value.basis == "assumed":
        yield item_of(said, lead=line(strong("Rule "), link(words_of(value.name), to), ": "))
    for limit in value.limits:
        if limit.basis == "assumed":
            lead = line(strong("Limit "), link(f"{words_of(value.name)}, {limit.id}", to), ": ")
            yield item_of(limit_said(limit, value, voice), lead=lead)
    if value.may_depart is not None and value.may_depart.basis == "assumed":
        lead = line(strong("Departure from "), link(words_of(value.name), to), ": ")
        yield item_of(departing_said(value.may_depart, voice), lead=lead)


def _frameworks(speaker: Speaker) -> Iterator[Item]:
    ruleset = speaker.ruleset
    for framework in ruleset.frameworks.values():
        name = link(framework.title, anchor("framework", framework.id))
        if framework.placement is not None:
            yield Item(line(strong("Framework "), name, ":", *remark(framework.placement)))
        keys = [key for key, notes in framework.notes.items() if notes.get("basis") == "assumed"]
        if keys:
            yield Item(line(strong("Framework "), name, f": assumed are {listed(keys)}."))
