"""`/v1/projects/:projectId/next-steps`: what to do next (Fastest 3.6)."""

from typing import Literal, Self

import msgspec

from asterism.asgi.limits import MODEL_CALLS
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, patch, post
from asterism.features.insight import next_steps
from asterism.features.insight.next_steps import Category, Effort, Priority, Status, UnknownNextStep
from asterism.features.versions.projects import UnknownProject
from asterism.features.versions.storage import ManifestLost


class NextStep(msgspec.Struct, kw_only=True):
    """A next step; `model` is null when rules made it."""

    id: str
    project_id: str
    title: str
    description: str | None
    rationale: str | None
    category: Category
    priority: Priority
    effort: Effort | None
    status: Status
    helpful_count: int
    not_helpful_count: int
    model: str | None
    generated_at: str
    acted_on_at: str | None

    @classmethod
    def of(cls, one: next_steps.NextStep) -> Self:
        """Write a step."""
        return copied(cls, one)


class WhichSteps(msgspec.Struct):
    """The status of the steps that are wanted."""

    status: Literal["pending", "started", "completed", "dismissed", "all"] = "pending"


class NextStepList(msgspec.Struct):
    """Next steps, newest first."""

    next_steps: list[NextStep]


class GenerateAsked(msgspec.Struct):
    """Nothing is asked."""


class Generated(msgspec.Struct):
    """The new steps."""

    next_steps: list[NextStep]
    generated_count: int


class StepChange(msgspec.Struct):
    """What has become of a step."""

    status: Status


class Feedback(msgspec.Struct):
    """Whether a step was helpful."""

    helpful: bool


class NextStepAnswer(msgspec.Struct, kw_only=True):
    """The step as it is now."""

    success: bool = True
    next_step: NextStep


@get("/v1/projects/{project_id:str}/next-steps", errors=(UnknownProject,))
def index(call: Call, project_id: str, query: WhichSteps) -> NextStepList:
    """GET /v1/projects/:projectId/next-steps: the steps of a status, newest first."""
    status = None if query.status == "all" else query.status
    return NextStepList([NextStep.of(one) for one in next_steps.list_steps(call.tx, call.caller, project_id, status)])


@post("/v1/projects/{project_id:str}/next-steps/generate", rate=MODEL_CALLS, errors=(UnknownProject, ManifestLost))
async def generate(call: Call, project_id: str, body: GenerateAsked) -> Generated:  # noqa: ARG001 - a body may come
    """POST /v1/projects/:projectId/next-steps/generate: suggest what to do next."""
    rt = call.rt
    found = await next_steps.generate(rt.insight.maps, rt.advisor, call.caller, project_id)
    return Generated([NextStep.of(one) for one in found], len(found))


@patch("/v1/projects/{project_id:str}/next-steps/{next_step_id:str}", errors=(UnknownProject, UnknownNextStep))
def update(call: Call, project_id: str, next_step_id: str, body: StepChange) -> NextStepAnswer:
    """PATCH /v1/projects/:projectId/next-steps/:nextStepId: say what has become of it."""
    changed = next_steps.change_status(call.tx, call.caller, project_id, next_step_id, body.status)
    return NextStepAnswer(next_step=NextStep.of(changed))


@post("/v1/projects/{project_id:str}/next-steps/{next_step_id:str}/feedback", errors=(UnknownProject, UnknownNextStep))
def feedback(call: Call, project_id: str, next_step_id: str, body: Feedback) -> NextStepAnswer:
    """POST /v1/projects/:projectId/next-steps/:nextStepId/feedback: say whether it was helpful; one vote a user."""
    changed = next_steps.give_feedback(call.tx, call.caller, project_id, next_step_id, helpful=body.helpful)
    return NextStepAnswer(next_step=NextStep.of(changed))
