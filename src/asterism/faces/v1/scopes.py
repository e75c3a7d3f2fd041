"""What a token with a scope may call: the whole rule in one place (Fastest 1.5).

`all` may call everything. `read` may call what only reads and shows no secret. `agent` may call what one agent's work
in one workspace needs; every project or workspace in the path must be its own. A route that is not named here is
closed to agents, and to readers unless it is a GET.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.websocket import SocketEndpoint
from asterism.faces.v1.call import Call
from asterism.features.accounts.identity import Caller, InsufficientScope

# GETs that show secrets.
SECRET = frozenset({"GET /v1/auth/api-keys/values", "GET /v1/projects/{project_id}/env-vars/values"})

# Other methods that change nothing, or only end the caller's own session.
READING = frozenset(
    {
        "POST /v1/auth/logout",
        "POST /v1/oauth/introspect",
        "POST /v1/blobs/exists",
        "POST /v1/blobs/presign-download",
        "POST /v1/blobs/batch-download",
        "POST /v1/blobs/batch-exists",
        "POST /v1/projects/{project_id}/atlas/search",
        "POST /v1/projects/{project_id}/memory/search",
        "POST /v1/tools/github/search",
        "POST /v1/tools/notion/search",
    }
)

AGENT = frozenset(
    {
        "POST /v1/auth/logout",
        "GET /v1/projects/{project_id}",
        "GET /v1/projects/{project_id}/current-manifest",
        "GET /v1/projects/{project_id}/docs",
        "GET /v1/projects/{project_id}/env-vars/values",  # of what its turn was granted (Beyond 11)
        "GET /v1/projects/{project_id}/docs/content",
        "POST /v1/projects/{project_id}/snapshots",
        "POST /v1/projects/{project_id}/decisions/extract",
        "POST /v1/projects/{project_id}/atlas/index",
        "GET /v1/workspaces/{workspace_id}",
        "GET /v1/workspaces/{workspace_id}/snapshots",
        "GET /v1/workspaces/{workspace_id}/drift",
        "GET /v1/workspaces/{workspace_id}/drift/compare",
        "POST /v1/workspaces/{workspace_id}/current-manifest",
        "GET /v1/snapshots/{snapshot_id}",
        "GET /v1/blobs/download/{hash}",
        "PUT /v1/blobs/upload/{hash}",
        "GET /v1/blobs/manifests/{hash}",
        "PUT /v1/blobs/manifests/{hash}",
        "POST /v1/infrastructure/projects/{project_id}/deploy",
    }
)


def check_route(endpoint: Endpoint | SocketEndpoint, caller: Caller, path: Mapping[str, str]) -> None:
    """Raise InsufficientScope unless the caller's scope reaches the endpoint and the things its path names."""
    scope = caller.scope
    if scope.name == "all":
        return
    line = request_line(endpoint)
    if scope.name == "read":
        fine = only_reads(endpoint)
    else:
        bound = {"project_id": scope.project_id, "workspace_id": scope.workspace_id}
        fine = line in AGENT and all(value == bound.get(name, value) for name, value in path.items())
    if not fine:
        raise InsufficientScope


def only_reads(endpoint: Endpoint | SocketEndpoint) -> bool:
    """Whether an endpoint is open to tokens that may only read."""
    line = request_line(endpoint)
    return line in READING or (endpoint.method == "GET" and line not in SECRET)


def check_content(endpoint: Endpoint, call: Call, body: Any) -> None:
    """Raise InsufficientScope when a request reaches further by its body than its scope does.

    What it loads is checked where it is loaded: `Scope.reach`.
    """
    scope = call.caller.scope
    if scope.name == "all":
        return
    line = request_line(endpoint)
    if line == "POST /v1/auth/logout":
        fine = not body.all
    elif scope.name != "agent":
        return
    elif line == "POST /v1/projects/{project_id}/snapshots":
        fine = body.workspace_id == scope.workspace_id and body.source == "system"
    else:
        return
    if not fine:
        raise InsufficientScope


def request_line(endpoint: Endpoint | SocketEndpoint) -> str:
    """Return method and path with bare parameter names: `GET /v1/projects/{project_id}`."""
    return _line(endpoint.method, endpoint.path)


@cache
def _line(method: str, path: str) -> str:
    return f"{method} {re.sub(r':[a-z]+}', '}', path)}"
