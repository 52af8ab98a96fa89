"""Questions to the graph of an inspection: what a recommendation touches, and what stands alone."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.graph.vocabulary import (
    ANSWERS,
    BEARS_ON,
    BELONGS_TO,
    BODY,
    CRITERION,
    FINDING,
    ILLUSTRATES,
    INSPECTED_UNDER,
    PRACTICE,
    RECOMMENDATION,
    WOULD_IMPROVE,
    Graph,
    after,
    node_id,
    of_kind,
)

__all__ = ["Answers", "Orphans", "answers", "orphans"]


@frozen
class Answers:
    """What one recommendation answers and touches, by the ids of the inspection.

    Attributes:
        findings: those that it answers.
        criteria: those that these findings bear on.
        names: the criteria that it names itself as what it would improve.
        frameworks: those that any of the criteria belong to.

    """

    recommendation: str
    findings: tuple[str, ...]
    criteria: tuple[str, ...]
    names: tuple[str, ...]
    frameworks: tuple[str, ...]


@frozen
class Orphans:
    """What stands alone where something should be joined to it, by the ids of the inspection.

    Attributes:
        answering_nothing: recommendations that answer no finding.
        unanswered: findings that a recommendation should answer, and none does.
        bearing_on_nothing: findings that bear on no criterion.
        without_evidence: criteria, of the frameworks inspected, that no finding bears on.
        same_answers: groups of recommendations that answer exactly the same findings.
        without_framework: practices of an area that was not inspected.

    """

    answering_nothing: tuple[str, ...]
    unanswered: tuple[str, ...]
    bearing_on_nothing: tuple[str, ...]
    without_evidence: tuple[str, ...]
    same_answers: tuple[tuple[str, ...], ...]
    without_framework: tuple[str, ...]


def answers(graph: Graph, recommendation: str) -> Answers:
    """What a recommendation answers and touches.

    Args:
        graph: an inspection's graph.
        recommendation: its id in the inspection.

    Raises:
        NotFoundError: there is no such recommendation.

    """
    id = node_id(RECOMMENDATION, recommendation)
    if id not in graph:
        help = did_you_mean(recommendation, _names(graph, of_kind(graph, RECOMMENDATION)))
        raise NotFoundError(f"there is no recommendation {quoted(recommendation)}" + (f": {help}" if help else ""))
    findings = after(graph, [id], ANSWERS)
    criteria = after(graph, findings, BEARS_ON)
    named = after(graph, [id], WOULD_IMPROVE)
    frameworks = after(graph, [*criteria, *named], BELONGS_TO)
    found = (_names(graph, nodes) for nodes in (findings, criteria, named, frameworks))
    return Answers(recommendation, *found)


def orphans(graph: Graph, improvement: str | None = None) -> Orphans:
    """What stands alone in an inspection's graph.

    Args:
        graph: an inspection's graph.
        improvement: the kind of the findings that ask for a recommendation; those that the inspection names under ``should_be_answered``
            where none is named here.

    """
    recommendations = of_kind(graph, RECOMMENDATION)
    findings = of_kind(graph, FINDING)
    answered = set(after(graph, recommendations, ANSWERS))
    inspected = set(after(graph, of_kind(graph, BODY), INSPECTED_UNDER))
    evidenced = set(after(graph, findings, BEARS_ON))
    by_answers: dict[frozenset[str], list[str]] = {}
    for node in recommendations:
        by_answers.setdefault(frozenset(after(graph, [node], ANSWERS)), []).append(node)
    asking = [
        node
        for node in findings
        if (
            "should_be_answered" in graph.nodes[node]
            if improvement is None
            else graph.nodes[node]["finding_kind"] == improvement
        )
    ]
    bare = [
        node
        for node in of_kind(graph, CRITERION)
        if node not in evidenced and inspected & set(after(graph, [node], BELONGS_TO))
    ]
    elsewhere = [node for node in of_kind(graph, PRACTICE) if not inspected & set(after(graph, [node], ILLUSTRATES))]
    return Orphans(
        answering_nothing=_names(graph, by_answers.get(frozenset(), ())),
        unanswered=_names(graph, (node for node in asking if node not in answered)),
        bearing_on_nothing=_names(graph, (node for node in findings if not after(graph, [node], BEARS_ON))),
        without_evidence=_names(graph, bare),
        same_answers=tuple(_names(graph, nodes) for same, nodes in by_answers.items() if same and len(nodes) > 1),
        without_framework=_names(graph, elsewhere),
    )


def _names(graph: Graph, nodes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(graph.nodes[node]["name"] for node in nodes))
