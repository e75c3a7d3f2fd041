"""A tool of chat runs, where it is used, and what comes of a call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from asterism.features.accounts.identity import Caller
from asterism.features.talk.tools.schema import input_schema
from asterism.kernel.db import Tx
from asterism.kernel.llm import Tool


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run takes place. `manifest_hash` is the tree it is made on, None when there is nothing to see."""

    caller: Caller
    run_id: str
    chat_id: str
    project_id: str
    workspace_id: str | None
    manifest_hash: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that a call made instead of a write (Starbot 8.7); `preview` is its title line."""

    proposal_id: str
    preview: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a call came to: text for the model, and the proposal that awaits approval."""

    text: str
    error: bool = False
    proposed: Proposed | None = None


def always(_tx: Tx, _place: RunPlace) -> bool:
    """Offer a tool everywhere."""
    return True


def unconditional(_tx: Tx, _caller: Caller) -> None:
    """Refuse nobody who names a tool."""


def nothing(_arguments: Any) -> None:
    """Name no target."""


@dataclass(frozen=True, slots=True)
class ChatTool:
    """A tool. `arguments` is the msgspec Struct of its arguments; `call` gets one of it, validated.

    `call` raises DomainError, which the model is told. `ready` says whether a run at a place is offered the tool;
    `require` raises what a run that names the tool is refused with. A tool that is `by_name` is offered only when it is
    named. `target` says for the audit log what a call is about, in one short name without content.
    """

    name: str
    description: str
    arguments: type[msgspec.Struct]
    call: Callable[[RunPlace, Any], Awaitable[ToolAnswer]]
    ready: Callable[[Tx, RunPlace], bool] = always
    require: Callable[[Tx, Caller], None] = unconditional
    target: Callable[[Any], str | None] = nothing
    by_name: bool = False

    @property
    def tool(self) -> Tool:
        """The tool as a model is told of it."""
        return Tool(self.name, self.description, input_schema(self.arguments))
