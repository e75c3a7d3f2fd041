"""What an agent tells, in the words of the protocol: text, thoughts, calls of tools with diffs, plans. Pure."""

import os
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import acp
from acp import schema

from asterism.client.talk import Shown, call_title

Update: TypeAlias = (
    schema.UserMessageChunk
    | schema.AgentMessageChunk
    | schema.AgentThoughtChunk
    | schema.ToolCallStart
    | schema.ToolCallProgress
    | schema.AgentPlanUpdate
)
MOST_CHARACTERS = 20_000
"""Of a tool's output that are shown."""

_KINDS: dict[str, schema.ToolKind] = {
    "read": "read",
    "list": "read",
    "glob": "search",
    "grep": "search",
    "map_search": "search",
    "map_file": "read",
    "memory_read": "read",
    "write": "edit",
    "edit": "edit",
    "multiedit": "edit",
    "patch": "edit",
    "apply_patch": "edit",
    "bash": "execute",
    "webfetch": "fetch",
    "todowrite": "think",
    "todoread": "think",
    "task": "think",
}
_STATUSES: dict[str, schema.ToolCallStatus] = {
    "pending": "pending",
    "running": "in_progress",
    "completed": "completed",
    "error": "failed",
}
_STEPS: dict[str, schema.PlanEntryStatus] = {
    "pending": "pending",
    "in_progress": "in_progress",
    "completed": "completed",
}


@dataclass(slots=True)
class Teller:
    """Tells the parts of one turn, each piece of text and each change of a call once.

    `top` is the folder that the editor shows; files are named there, though the agent works on a copy of its own.
    """

    top: str
    shown: Shown
    _states: dict[str, dict[str, Any]] = field(default_factory=dict)

    def part(self, part: dict[str, Any], delta: str | None = None, folder: str = "") -> list[Update]:
        """Return what a part in its newest state tells that was not told yet; `folder` is where the agent works."""
        kind = part["type"]
        if kind == "tool":
            return self._call(part, folder)
        if kind not in ("text", "reasoning"):
            return []
        text = self.shown.added(part, delta)
        if not text:
            return []
        return [acp.update_agent_message_text(text) if kind == "text" else acp.update_agent_thought_text(text)]

    def _call(self, part: dict[str, Any], folder: str) -> list[Update]:
        state = part.get("state") or {}
        before = self._states.get(part["id"])
        if state == before:
            return []
        self._states[part["id"]] = state
        path = self._path(state, folder)
        about: dict[str, Any] = {
            "title": call_title(part),
            "kind": _KINDS.get(part["tool"], "other"),
            "status": _STATUSES.get(str(state.get("status")), "pending"),
            "content": self._content(state, path) or None,
            "locations": [schema.ToolCallLocation(path=path)] if path else None,
            "raw_input": state.get("input"),
        }
        tell = acp.start_tool_call if before is None else acp.update_tool_call
        return [cast("Update", tell(part["id"], **about)), *_plan(part["tool"], state)]

    def _path(self, state: dict[str, Any], folder: str) -> str | None:
        """Return where the file of a call lies for the editor, None for one that is not in the working copy."""
        given = (state.get("input") or {}).get("filePath")
        if not isinstance(given, str) or not given:
            return None
        if os.path.isabs(given):
            if not folder or not given.startswith(f"{folder.rstrip('/')}/"):
                return None
            given = given[len(folder.rstrip("/")) + 1 :]
        path = os.path.normpath(os.path.join(self.top, given))
        return path if path.startswith(self.top.rstrip(os.sep) + os.sep) else None

    def _content(self, state: dict[str, Any], path: str | None) -> list[Any]:
        given = state.get("input") or {}
        content: list[Any] = []
        if path and isinstance(given.get("oldString"), str) and isinstance(given.get("newString"), str):
            content.append(acp.tool_diff_content(path, given["newString"], given["oldString"]))
        elif path and isinstance(given.get("content"), str):
            content.append(acp.tool_diff_content(path, given["content"]))
        if output := str(state.get("error") or state.get("output") or ""):
            cut = output if len(output) <= MOST_CHARACTERS else f"{output[:MOST_CHARACTERS]}\n… cut"
            content.append(acp.tool_content(acp.text_block(cut)))
        return content


def _plan(tool: str, state: dict[str, Any]) -> list[Update]:
    """Return the plan that a list of things to do is, once it is written."""
    if tool != "todowrite" or state.get("status") != "completed":
        return []
    listed = (state.get("metadata") or {}).get("todos") or (state.get("input") or {}).get("todos") or []
    entries = [
        acp.plan_entry(str(one.get("content", "")), priority=_priority(one), status=_STEPS[one["status"]])
        for one in listed
        if isinstance(one, dict) and one.get("status") in _STEPS  # what was given up stands in no plan
    ]
    return [acp.update_plan(entries)]


def _priority(one: dict[str, Any]) -> schema.PlanEntryPriority:
    given = one.get("priority")
    return given if given in ("high", "medium", "low") else "medium"


def replayed(history: Any, top: str) -> list[Update]:
    """Return a conversation that is over so far, as it was told; `history` is `Talk.history()`."""
    updates: list[Update] = []
    for message, parts in history:
        if message["role"] == "user":
            updates.append(acp.update_user_message_text(message["content"]))
            continue
        teller = Teller(top, Shown(message["id"]))
        told = [update for part in parts for update in teller.part(part)]
        if not told and message["content"]:
            told = [acp.update_agent_message_text(message["content"])]
        updates += told
    return updates
