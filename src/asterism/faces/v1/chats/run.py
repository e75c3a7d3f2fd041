"""`/v1/chats/:id/run` and `/v1/chats/:id/runs`: answer a chat, streamed, and see how that went before."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Events
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.open_streams import RUN_HEADERS, follow, headers_of
from asterism.faces.v1.wire_chats import Run, frames
from asterism.features.talk import catalogue, runs, tools

RUN_ERRORS = (
    catalogue.ModelNotConfigured,
    catalogue.UnknownModel,
    runs.ContextTooLong,
    tools.IntegrationNotConnected,
    runs.NoUserMessage,
    runs.RunInProgress,
)


class RunBody(msgspec.Struct):
    """How to answer; everything has a default."""

    mode: Literal["quick", "standard", "deep"] | None = None
    include_project_memory: bool | None = None
    workspace_scope: Literal["workspace", "project"] | None = None
    model: str | None = None
    tools: str | list[str] | None = None

    def options(self) -> runs.RunOptions:
        """Return the options, defaults filled in."""
        return runs.RunOptions(
            mode=self.mode or "standard",
            include_project_memory=self.include_project_memory is not False,
            workspace_scope=self.workspace_scope,
            model=self.model,
            tools="auto" if self.tools is None else self.tools,
        )


class RunsAsked(msgspec.Struct):
    """Which runs to list; `active` are those that have not ended."""

    status: Literal["active", "queued", "running", "cancelling", "completed", "failed", "cancelled"] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    before: str | None = None


class RunList(msgspec.Struct):
    """Runs of a chat, newest first."""

    runs: list[Run]


@post("/v1/chats/{chat_id:str}/run", headers=RUN_HEADERS, errors=RUN_ERRORS)
async def run(call: Call, chat_id: str, body: RunBody) -> Events[runs.RunEvent]:
    """POST /v1/chats/:chatId/run: begin a run and stream its events."""
    begun = await call.rt.runs.begin(call.caller, chat_id, body.options())
    return follow(call, frames(call.rt.streams, begun.stream), headers_of(begun))


@get("/v1/chats/{chat_id:str}/runs")
def list_runs(call: Call, chat_id: str, query: RunsAsked) -> RunList:
    """GET /v1/chats/:chatId/runs: the runs of a chat, newest first."""
    status = query.status
    found = runs.list_runs(
        call.tx,
        call.rt.streams,
        call.caller,
        chat_id,
        statuses=None if status is None else runs.ACTIVE if status == "active" else (status,),
        limit=query.limit,
        before=query.before,
    )
    return RunList([Run.of(view, whole=False) for view in found])
