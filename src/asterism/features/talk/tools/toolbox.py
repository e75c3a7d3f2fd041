"""The one place where the tools of chat runs are registered, chosen and called."""

from collections.abc import Sequence

import structlog

from asterism.base.errors import DomainError, Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.talk.tools.audited import audited
from asterism.features.talk.tools.models import ChatTool, RunPlace, ToolAnswer
from asterism.features.talk.tools.schema import read_arguments
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import ToolCall

log = structlog.get_logger("asterism.tools")


class Toolbox:
    """The tools of one server."""

    def __init__(self, db: Database, tools: Sequence[ChatTool]) -> None:
        self._db = db
        self._tools = {tool.name: tool for tool in tools}

    def check(self, asked: str | Sequence[str]) -> None:
        """Raise Invalid for anything but `auto`, `none` or a list of known tools."""
        if isinstance(asked, str):
            if asked not in {"auto", "none"}:
                raise Invalid.field("tools", "must be auto, none or a list of tool names")
            return
        for place, name in enumerate(asked):
            if name not in self._tools:
                raise Invalid.field(f"tools[{place}]", f"must be one of {', '.join(self._tools)}")

    def require(self, tx: Tx, caller: Caller, asked: str | Sequence[str]) -> None:
        """Raise what a tool that is listed by name is refused with, such as an integration that is not connected."""
        for name in () if isinstance(asked, str) else asked:
            self._tools[name].require(tx, caller)

    def offered(self, tx: Tx, place: RunPlace, asked: str | Sequence[str]) -> tuple[ChatTool, ...]:
        """Return the tools that a run is offered."""
        if asked == "none":
            return ()
        named = None if isinstance(asked, str) else set(asked)
        wanted = [t for t in self._tools.values() if (not t.by_name if named is None else t.name in named)]
        return tuple(tool for tool in wanted if tool.ready(tx, place))

    async def call(self, place: RunPlace, offered: Sequence[ChatTool], call: ToolCall) -> ToolAnswer:
        """Perform a call; what goes wrong is an answer too, for the model to go on from."""
        tool = next((tool for tool in offered if tool.name == call.name), None)
        if tool is None:
            return ToolAnswer(f"There is no tool {call.name[:80]!r} here.", error=True)
        try:
            async with audited(self._db, place.caller.user_id, tool.name) as attempt:
                arguments = read_arguments(call.arguments, tool.arguments)
                attempt.target = tool.target(arguments)
                return await tool.call(place, arguments)
        except DomainError as error:
            return ToolAnswer(_told(error), error=True)
        except Exception as error:
            log.exception("tools.bug", tool=tool.name, error=type(error).__name__)
            return ToolAnswer("The tool failed on the server. Do not call it again.", error=True)


def _told(error: DomainError) -> str:
    upstream = (error.details or {}).get("upstream_message")
    parts = [error.message, *([str(upstream)] if upstream else []), *([error.hint] if error.hint else [])]
    return " ".join(parts)
