"""`/v1/projects/:projectId/decisions`: what was decided, and whether it still holds (Fastest 3.7, beyond.md 7)."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.limits import MODEL_CALLS
from asterism.base.errors import Invalid
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, patch, post
from asterism.features.insight import decisions
from asterism.features.insight.decisions import Category, Status, UnknownDecision
from asterism.features.insight.extraction import Wanted
from asterism.features.talk.conversations import UnknownConversation
from asterism.features.versions.projects import UnknownProject


class LinkedConcept(msgspec.Struct):
    """A concept of the map that a decision speaks of."""

    concept_id: str
    name: str
    layer: str
    confidence: int


class LinkedFileChange(msgspec.Struct):
    """A cited file that is gone or has changed."""

    concept_id: str
    path: str
    change: Literal["gone", "changed"]


class ProjectDecision(msgspec.Struct, kw_only=True):
    """A decision; links and staleness are told when they are asked for."""

    id: str
    project_id: str
    conversation_id: str | None
    decision: str
    rationale: str | None
    category: Category | None
    decided_at: str
    status: Status
    superseded_by: str | None
    links: list[LinkedConcept] | UnsetType = UNSET
    stale: bool | UnsetType = UNSET
    stale_since: str | UnsetType | None = UNSET
    changed: list[LinkedFileChange] | UnsetType = UNSET

    @classmethod
    def of(cls, one: decisions.Decision) -> Self:
        """Write a decision."""
        return copied(cls, one, stale_since=UNSET, changed=UNSET)

    def with_links(self, one: decisions.Decision, links: list[LinkedConcept]) -> Self:
        """Add what it speaks of, and whether that has changed."""
        self.links = links
        self.stale, self.stale_since = one.stale_since is not None, one.stale_since
        self.changed = [LinkedFileChange(file.concept_id, file.path, file.change) for file in one.changed]
        return self


class WhatToTell(msgspec.Struct):
    """Whether links and staleness are wanted."""

    include_links: bool = False


class DecisionList(msgspec.Struct):
    """Decisions, newest first."""

    decisions: list[ProjectDecision]


class ExtractAsked(msgspec.Struct):
    """How much talk to read (default: the 10 newest messages of the 4 newest threads), or which conversation."""

    max_conversations: Annotated[int, Meta(ge=1, le=10)] = 4
    messages_per_conversation: Annotated[int, Meta(ge=4, le=20)] = 10
    conversation_id: str | None = None


class Extracted(msgspec.Struct):
    """All decisions of the project, and how many of them are new."""

    decisions: list[ProjectDecision]
    extracted_count: int


class DecisionChange(msgspec.Struct):
    """What has become of a decision."""

    status: Status
    superseded_by: str | None = None


class DecisionAnswer(msgspec.Struct):
    """A decision."""

    decision: ProjectDecision


@get("/v1/projects/{project_id:str}/decisions", errors=(UnknownProject,))
def index(call: Call, project_id: str, query: WhatToTell) -> DecisionList:
    """GET /v1/projects/:projectId/decisions: what was decided, newest first."""
    found = decisions.list_decisions(call.tx, call.caller, project_id)
    if not query.include_links:
        return DecisionList([ProjectDecision.of(one) for one in found])
    links: dict[str, list[LinkedConcept]] = {}
    for link in decisions.links_of(call.tx, project_id):
        links.setdefault(link.decision_id, []).append(linked(link))
    return DecisionList([ProjectDecision.of(one).with_links(one, links.get(one.id, [])) for one in found])


@post(
    "/v1/projects/{project_id:str}/decisions/extract",
    rate=MODEL_CALLS,
    errors=(UnknownProject, UnknownConversation),
)
async def extract(call: Call, project_id: str, body: ExtractAsked) -> Extracted:
    """POST /v1/projects/:projectId/decisions/extract: find decisions in what was said lately, and keep the new ones."""
    wanted = Wanted(body.max_conversations, body.messages_per_conversation, body.conversation_id)
    found, added = await call.rt.insight.extractor.extract(call.caller, project_id, wanted)
    return Extracted([ProjectDecision.of(one) for one in found], added)


@patch("/v1/projects/{project_id:str}/decisions/{decision_id:str}", errors=(UnknownProject, UnknownDecision, Invalid))
def update(call: Call, project_id: str, decision_id: str, body: DecisionChange) -> DecisionAnswer:
    """PATCH /v1/projects/:projectId/decisions/:decisionId: confirm it, or say that another one took its place."""
    changed = decisions.change_status(
        call.tx, call.caller, project_id, decision_id, body.status, superseded_by=body.superseded_by
    )
    return DecisionAnswer(ProjectDecision.of(changed))


def linked(link: decisions.Link) -> LinkedConcept:
    """Write a link; name and layer follow from the id of its concept."""
    layer, _, key = link.concept_id.partition(":")
    name = key.rpartition("/")[2] if layer == "code" else "Root" if key == "root" else key
    return LinkedConcept(link.concept_id, name, layer, link.confidence)
