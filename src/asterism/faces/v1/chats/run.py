"""`POST /v1/chats/:id/run`: answer a chat, streamed."""

from typing import Any, Literal

import msgspec

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.following import follow
from asterism.features.talk.runs import Run, RunOptions


class RunBody(msgspec.Struct):
    """How to answer; everything has a default."""

    mode: Literal["quick", "standard", "deep"] | None = None
    include_project_memory: bool | None = None
    workspace_scope: Literal["workspace", "project"] | None = None
    model: str | None = None
    tools: str | list[str] | None = None

    def options(self) -> RunOptions:
        """Return the options, defaults filled in."""
        return RunOptions(
            mode=self.mode or "standard",
            include_project_memory=self.include_project_memory is not False,
            workspace_scope=self.workspace_scope,
            model=self.model,
            tools="auto" if self.tools is None else self.tools,
        )


@post("/v1/chats/{chat_id:str}/run", body=RunBody)
async def run(call: Call[RunBody]) -> Any:
    """POST /v1/chats/:chatId/run: begin a run and stream its events."""
    begun = await call.rt.runs.begin(call.caller, call.path["chat_id"], call.body.options())
    frames = wire_chats.frames(call.rt.streams, begun.stream)
    return follow(call, frames, headers_of(begun))


def headers_of(run: Run) -> dict[str, str]:
    """Return the headers that name a run, so that a client can find it again."""
    return {"X-Run-Id": run.id, "X-Message-Id": run.message_id, "Location": f"/v1/runs/{run.id}"}
