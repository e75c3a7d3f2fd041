"""`/v1/projects/:id/forecast` and `/v1/workspaces/:id/forecast`."""

import httpx

from asterism.client.api import Api
from asterism.client.glance import Concern, glance_at
from asterism.client.http import Http
from asterism.features.versions import forecast
from tests.support.server import TestServer
from tests.support.trees import error, make_project, make_workspace, ok, push

FORECAST = {"pairs", "pending", "skipped"}
PAIR = {
    "a", "b", "a_tree", "b_tree", "base_kind", "overlapping", "overlap_count", "conflicts", "conflict_count", "clean",
    "computed_at",
}  # fmt: skip


def test_a_conflict_is_foretold(server: TestServer, alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    main, side = make_workspace(alice, project, name="main"), make_workspace(alice, project, name="side")
    empty = make_workspace(alice, project, name="empty")
    base = push(alice, project, main, {"a": b"1\n"})["id"]
    push(alice, project, main, {"a": b"2\n"}, parent_snapshot_ids=[base])
    push(alice, project, side, {"a": b"3\n"}, parent_snapshot_ids=[base])
    skipped = [{"id": empty, "name": "empty", "reason": "no_tree"}]
    assert ok(alice.get(f"/v1/projects/{project}/forecast")) == {"pairs": [], "pending": 1, "skipped": skipped}
    rt = server.rt
    assert forecast.refresh(rt.db, rt.blobs, project) == 1
    found = ok(alice.get(f"/v1/projects/{project}/forecast"))
    assert (found.keys(), found["pending"], found["skipped"]) == (FORECAST, 0, skipped)
    [pair] = found["pairs"]
    assert pair.keys() == PAIR
    assert (pair["a"], pair["b"], pair["clean"], pair["overlapping"]) == (side, main, False, ["a"])
    region = {"base_start": 1, "base_end": 2, "workspace_start": 1, "workspace_end": 2, "main_start": 1, "main_end": 2}
    assert pair["conflicts"] == [{"path": "a", "kind": "content", "regions": [region]}]
    assert ok(alice.get(f"/v1/workspaces/{side}/forecast")) == found
    assert ok(alice.get(f"/v1/workspaces/{empty}/forecast"))["pairs"] == []
    [entry] = ok(alice.get(f"/v1/projects/{project}/log?kinds=forecast.changed"))["entries"]
    assert entry["data"] == {"a": side, "b": main, "clean": False, "conflicts": 1}
    with Http(server.url, alice.headers["Authorization"].removeprefix("Bearer ")) as http:  # as `asterism status` asks
        seen = glance_at(Api(http), project, side)
        assert seen is not None
        assert (seen.concerns, seen.pending) == ([Concern(main, "main", 1, ["a"])], 0)
        assert getattr(glance_at(Api(http), project, empty), "concerns", None) == []
    for path in (f"projects/{project}", f"workspaces/{side}"):
        error(bob.get(f"/v1/{path}/forecast"), 404, "NOT_FOUND")
