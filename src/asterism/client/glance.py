"""What a person may want to know of a workspace in passing: nothing is waited for long, nothing of it has to come."""

from typing import Any
from urllib.parse import quote

from msgspec import Struct

from asterism.client.api import Api
from asterism.client.models import Workspace

SHOWN_PATHS = 20


class Concern(Struct):
    """Another workspace, and what a merge with it would leave to decide: the first paths, and how many there are."""

    workspace_id: str
    workspace: str
    count: int
    paths: list[str]


class Glance(Struct):
    """How a workspace stands.

    `drift` says how far its head and that of `source` (main) are apart (Fastest 4.5), `concerns` what the forecast
    knows of conflicts (Beyond 4), the worst first; `pending` pairs are still being computed. None: not told.
    """

    head: str | None
    drift: dict[str, Any] | None = None
    source: str | None = None
    concerns: list[Concern] | None = None
    pending: int = 0


def glance_at(api: Api, project_id: str, workspace_id: str) -> Glance | None:
    """Return how a workspace stands, None where the server does not tell it at once."""
    path = f"/v1/workspaces/{quote(workspace_id, safe='')}"
    found = api.http.glance(path, _OneWorkspace)
    if found is None:
        return None
    compared = api.http.glance(f"{path}/drift/compare", dict[str, Any]) or {}
    source = compared.get("source_workspace") or {}
    seen = Glance(found.workspace.current_snapshot_id, compared.get("drift"), source.get("name"))
    forecast = api.http.glance(f"{path}/forecast", _Forecast)
    if forecast is not None:
        seen.pending = forecast.pending
        seen.concerns = _concerns(api, project_id, workspace_id, [pair for pair in forecast.pairs if not pair.clean])
    return seen


def _concerns(api: Api, project_id: str, workspace_id: str, pairs: "list[_Pair]") -> list[Concern]:
    if not pairs:
        return []
    listed = api.http.glance(f"/v1/projects/{quote(project_id, safe='')}/workspaces", _Workspaces)
    names = {one.id: one.name for one in listed.workspaces} if listed is not None else {}
    found = []
    for pair in pairs:
        other = pair.b if pair.a == workspace_id else pair.a
        paths = [conflict.path for conflict in pair.conflicts[:SHOWN_PATHS]]
        found.append(Concern(other, names.get(other, other), pair.conflict_count, paths))
    return found


class _OneWorkspace(Struct):
    workspace: Workspace


class _Workspaces(Struct):
    workspaces: list[Workspace]


class _Conflict(Struct):
    path: str


class _Pair(Struct):
    a: str
    b: str
    clean: bool
    conflict_count: int
    conflicts: list[_Conflict]


class _Forecast(Struct):
    pairs: list[_Pair]
    pending: int
