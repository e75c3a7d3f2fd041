"""The links of decisions: kept with an index, computed for any other tree; and decisions as concepts of a map."""

from collections.abc import Sequence

from asterism.features.insight import decisions
from asterism.features.insight.atlas.graph import in_order
from asterism.features.insight.atlas.maps import Prepared
from asterism.features.insight.atlas.models import Concept, Edge, Graph, Link
from asterism.features.insight.decisions import Decision, NewLink
from asterism.features.versions.projects import Project
from asterism.kernel.db import Tx

MAX_NAME = 120


def relink(tx: Tx, project: Project, prepared: Prepared) -> None:
    """Make the links of a project's decisions those to a map, in the transaction of what changed either."""
    found = links_to(prepared, decisions.newest(tx, project.id))
    made = [
        NewLink(link.decision_id, link.concept_id, link.confidence, prepared.blobs.get(link.concept_id))
        for link in found
    ]
    decisions.replace_links(tx, project, made)


def links_to(prepared: Prepared, found: Sequence[Decision]) -> list[Link]:
    """Return the links of decisions to a map."""
    return [link for decision in found for link in prepared.names.links(decision.id, decision.text)]


def kept_links(tx: Tx, project_id: str) -> list[Link]:
    """Return the links that are kept."""
    return [Link(link.decision_id, link.concept_id, link.confidence) for link in decisions.links_of(tx, project_id)]


def narratives(found: Sequence[Decision]) -> list[Concept]:
    """Return decisions as concepts."""
    return [
        Concept(
            narrative_id(one.id),
            one.decision[:MAX_NAME],
            "narrative",
            one.category,
            one.rationale,
            None,
            one.decided_at,
        )
        for one in found
    ]


def narrative_id(decision_id: str) -> str:
    """Return the id of a decision as a concept."""
    return f"narrative:decision:{decision_id}"


def told(graph: Graph, found: Sequence[Decision], links: Sequence[Link]) -> Graph:
    """Return a map with decisions and what they speak of."""
    if not found:
        return graph
    known = {concept.id for concept in graph.concepts}
    edges = [
        Edge(narrative_id(link.decision_id), link.concept_id, "relates") for link in links if link.concept_id in known
    ]
    concepts = in_order([*graph.concepts, *narratives(found)])
    return Graph(concepts, [*graph.edges, *edges], graph.warnings)
