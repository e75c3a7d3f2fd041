"""The tools: each one is a route of `/v1`, described by what the route itself declares; most of them only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.base.errors import Invalid
from asterism.faces.v1.endpoints import ENDPOINTS
from asterism.faces.v1.scopes import only_reads

REQUESTS = {
    "list_projects": "GET /v1/projects",
    "show_project": "GET /v1/projects/:projectId",
    "list_workspaces": "GET /v1/projects/:projectId/workspaces",
    "show_workspace": "GET /v1/workspaces/:workspaceId",
    "read_brief": "GET /v1/projects/:projectId/brief",
    "list_tags": "GET /v1/projects/:projectId/tags",
    "list_snapshots": "GET /v1/projects/:projectId/snapshots",
    "show_snapshot": "GET /v1/snapshots/:snapshotId",
    "list_files": "GET /v1/snapshots/:snapshotId/files",
    "read_content": "GET /v1/blobs/download/:hash",
    "diff_snapshots": "GET /v1/snapshots/:snapshotId/diff/:otherSnapshotId",
    "blame_file": "GET /v1/snapshots/:snapshotId/blame",
    "list_drift": "GET /v1/workspaces/:workspaceId/drift",
    "compare_workspaces": "GET /v1/workspaces/:workspaceId/drift/compare",
    "forecast_project": "GET /v1/projects/:projectId/forecast",
    "forecast_workspace": "GET /v1/workspaces/:workspaceId/forecast",
    "show_map": "GET /v1/projects/:projectId/atlas",
    "diff_maps": "GET /v1/projects/:projectId/atlas/diff",
    "search_map": "POST /v1/projects/:projectId/atlas/search",
    "read_project_memory": "GET /v1/projects/:projectId/memory",
    "read_workspace_memory": "GET /v1/workspaces/:workspaceId/memory",
    "list_decisions": "GET /v1/projects/:projectId/decisions",
    "list_reviews": "GET /v1/projects/:projectId/reviews",
    "read_review": "GET /v1/reviews/:reviewId",
    "list_findings": "GET /v1/projects/:projectId/findings",
    "read_project_log": "GET /v1/projects/:projectId/log",
    "list_next_steps": "GET /v1/projects/:projectId/next-steps",
    "list_action_items": "GET /v1/action-items",
    "list_action_item_runs": "GET /v1/action-items/:itemId/runs",
    "read_action_item_run": "GET /v1/action-items/runs/:runId",
    "list_conversations": "GET /v1/conversations",
    "read_conversation": "GET /v1/conversations/:conversationId/messages",
    "list_chats": "GET /v1/projects/:projectId/chats",
    "read_chat": "GET /v1/chats/:chatId/messages",
    "list_deployments": "GET /v1/infrastructure/workspaces/:workspaceId/deployments",
    "read_deployment_log": "GET /v1/infrastructure/deployments/:deploymentId/logs",
}
ADDING = {
    "prepare_sync": "POST /v1/workspaces/:workspaceId/sync/prepare",
    "start_review": "POST /v1/workspaces/:workspaceId/reviews",
    "extract_decisions": "POST /v1/projects/:projectId/decisions/extract",
    "start_action_item_run": "POST /v1/action-items/:itemId/runs",
}
"""What makes something new and leaves the rest alone."""
CHANGING = {
    "execute_sync": "POST /v1/workspaces/:workspaceId/sync/execute",
    "undo_sync": "POST /v1/workspaces/:workspaceId/sync/undo",
    "cancel_review": "POST /v1/reviews/:reviewId/cancel",
    "dismiss_finding": "POST /v1/findings/:findingId/dismiss",
    "reopen_finding": "POST /v1/findings/:findingId/reopen",
    "write_project_memory": "PUT /v1/projects/:projectId/memory",
    "write_workspace_memory": "PUT /v1/workspaces/:workspaceId/memory",
    "change_decision": "PATCH /v1/projects/:projectId/decisions/:decisionId",
    "apply_action_item_run": "POST /v1/action-items/runs/:runId/apply",
    "dismiss_action_item": "POST /v1/action-items/:itemId/dismiss",
}
"""What changes something that is there; clients ask somebody first."""
MORE = {
    "list_files": " The `hash` of a file is what `read_content` takes.",
    "read_content": " Text only; hashes of files are told by `list_files` and `diff_snapshots`.",
    "diff_snapshots": " With `path` the answer holds the unified diff of that file.",
    "compare_workspaces": " Without `source_workspace_id` with main.",
    "show_map": " Concepts of the code and what connects them.",
    "list_findings": " `present_in` are the workspaces that have one; `open` ones are still to be dealt with.",
    "list_action_items": " What analyses of the code found, drift, and deployments that failed.",
    "prepare_sync": " Nothing changes yet: `execute_sync` takes the `preview_id`, and an answer to each decision.",
    "execute_sync": " Call `prepare_sync` first. `undo_sync` takes it back.",
    "start_review": " It goes on by itself; `read_review` tells how far it is and what it found.",
    "start_action_item_run": " An agent works on it by itself; `read_action_item_run` tells what it made.",
    "apply_action_item_run": " Look at its patch and checks by `read_action_item_run` first.",
    "write_project_memory": " Read it first; its `updated_at` as `base_updated_at` lets both be merged.",
    "write_workspace_memory": " Read it first; its `updated_at` as `base_updated_at` lets both be merged.",
    "read_project_memory": " It is what people and agents noted for everybody who works on the project.",
    "read_workspace_memory": " It is what was noted for those who work in the workspace.",
}
"""What a model has to know beside the sentence of the route."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask of `/v1`."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any] | None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """A route as a tool: its arguments are the parameters of the path and of the query, and the members of the body.

    `destructive`: it changes what is there, and does not only add to it.
    """

    name: str
    endpoint: Endpoint
    destructive: bool = False

    @property
    def only_reads(self) -> bool:
        """Whether it is open to tokens that may only read."""
        return only_reads(self.endpoint)

    @property
    def repeatable(self) -> bool:
        """Whether calling it twice comes to the same as once."""
        return self.only_reads or self.endpoint.method == "PUT"

    @property
    def description(self) -> str:
        """What it is for, as the route says."""
        summary = self.endpoint.summary
        return f"{summary[:1].upper()}{summary[1:]}{MORE.get(self.name, '')}"

    @property
    def answers_json(self) -> bool:
        """Whether the route answers an object, and not the bytes of a file."""
        return self.endpoint.signature.outcomes[0].media == "application/json"

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the arguments."""
        form: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
        required = list(self.endpoint.signature.path)
        form["properties"] = {name: {"type": "string"} for name in required}
        for shape in (self.endpoint.signature.query, self.endpoint.body):
            if shape is None:
                continue
            made = msgspec.json.schema(shape)
            own = made.pop("$defs")
            told = own.pop(made["$ref"].rpartition("/")[2])
            form["properties"] |= told["properties"]
            required += told.get("required", [])
            form |= {"$defs": form.get("$defs", {}) | own} if own else {}
        return {**form, "required": required} if required else form

    def request(self, arguments: Mapping[str, Any]) -> Request:
        """Return what to ask; the route judges the values. Raises Invalid for arguments that are missing or unknown."""
        signature = self.endpoint.signature
        known = self.schema()["properties"]
        if unknown := sorted(arguments.keys() - known.keys()):
            raise Invalid(f"{self.name} has no argument {unknown[0]!r}.", hint=f"It takes {', '.join(known)}.")
        path = self.endpoint.path
        for name in signature.path:
            value = arguments.get(name)
            if not isinstance(value, str) or not value:
                raise Invalid(f"{self.name} needs the argument {name!r}, a text.")
            start, _, rest = path.partition("{" + name)
            path = start + quote(value, safe="") + rest.partition("}")[2]
        left = {name: value for name, value in arguments.items() if name not in signature.path and value is not None}
        if self.endpoint.body is not None:
            return Request(self.endpoint.method, path, {}, left, self.repeatable)
        query = {name: _text(value) for name, value in left.items()}
        return Request(self.endpoint.method, path, query, None, self.repeatable)


def _text(value: Any) -> str:
    """Write an argument as a parameter of a query."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _find() -> dict[str, Tool]:
    known = {f"{endpoint.method} {request_path(endpoint)}": endpoint for endpoint in ENDPOINTS}
    adding = {name: Tool(name, known[request]) for name, request in (REQUESTS | ADDING).items()}
    return adding | {name: Tool(name, known[request], destructive=True) for name, request in CHANGING.items()}


TOOLS = _find()
