"""Reviews of stored trees over the wire, and the life of what they find (Beyond 5)."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx

from asterism.features.review import tracked_findings
from asterism.vcs.content import hash_bytes
from tests.support.commands import answer, run
from tests.support.server import TestServer
from tests.support.sse import Frame, parse_frames
from tests.support.trees import Tree, error, make_project, make_workspace, ok, push, put_tree

SAFE = b"import json\n\n\ndef load(text):\n    return json.loads(text)\n"
RISKY = b"import json\n\n\ndef load(text):\n    return eval(text)\n\n\nprint(json)\n"
BASE: Tree = {"app.py": SAFE, "README.md": b"hello\n"}
CHANGED: Tree = {"app.py": RISKY, "README.md": b"hello\n"}


class Review:
    """A project whose workspace `side` has changed a file since main."""

    def __init__(self, server: TestServer, client: httpx.Client) -> None:
        self.server, self.client = server, client
        self.project = make_project(client)
        self.main, self.side = (make_workspace(client, self.project, name=name) for name in ("main", "side"))
        self.base = push(client, self.project, self.main, BASE)["id"]
        push(client, self.project, self.side, BASE, parent_snapshot_ids=[self.base])

    def show(self, workspace: str, tree: Tree) -> None:
        """Leave unsaved work in a workspace."""
        shown = ok(self.client.get(f"/v1/workspaces/{workspace}"))["workspace"]["current_manifest_hash"]
        body = {"manifest_hash": put_tree(self.client, tree), "previous_manifest_hash": shown}
        ok(self.client.post(f"/v1/workspaces/{workspace}/current-manifest", json=body))

    def begin(self, **body: Any) -> dict[str, Any]:
        return dict(ok(self.client.post(f"/v1/workspaces/{self.side}/reviews", json=body), 202)["review"])

    def events(self, review: str, after: int = 0) -> list[Frame]:
        with self.client.stream("GET", f"/v1/reviews/{review}/events", params={"after": str(after)}) as answer:
            raw = answer.read()
            assert answer.status_code == 200, raw
            return parse_frames(raw)

    def run(self, **body: Any) -> dict[str, Any]:
        review = self.begin(**body)
        self.events(review["id"])
        return dict(ok(self.client.get(f"/v1/reviews/{review['id']}")))

    def findings(self, **query: str) -> list[dict[str, Any]]:
        return list(ok(self.client.get(f"/v1/projects/{self.project}/findings", params=query))["findings"])

    def look(self) -> None:
        tracked_findings.refresh(self.server.rt.db, self.server.rt.blobs, self.project)

    def told(self, kinds: str) -> list[dict[str, Any]]:
        return list(ok(self.client.get(f"/v1/projects/{self.project}/log", params={"kinds": kinds}))["entries"])


def test_a_finding_lives_with_the_trees(server: TestServer, alice: httpx.Client, bob: httpx.Client) -> None:
    world = Review(server, alice)
    world.show(world.side, CHANGED)
    read = world.run()
    review = read["review"]
    assert (review["status"], review["against"], review["error"]) == ("completed", "main", None), review
    assert review["finding_count"] == review["new_count"] == len(read["findings"]) > 0
    found = [one for one in read["findings"] if "eval" in json.dumps(one).lower()]
    [finding, *_] = found
    assert (finding["status"], finding["file"], finding["line_start"]) == ("open", "app.py", 5)
    assert finding["first_seen"] == {"snapshot_id": None, "tree": review["tree"], "review_id": review["id"]}
    assert (finding["present_in"], finding["fixed_in"], finding["introduced_by"]) == ([world.side], None, None)
    events = world.events(review["id"])
    assert (events[0].event, events[-1].event) == ("review_started", "complete")
    middle = events[len(events) // 2].id or 0
    assert world.events(review["id"], middle) == [one for one in events if (one.id or 0) > middle]
    assert alice.get(f"/v1/reviews/{review['id']}/events", params={"after": str(events[-1].id)}).status_code == 204

    moved = {"lib/app.py": b"# moved\n" + RISKY, "README.md": b"hello\n"}
    world.show(world.side, moved)
    world.show(world.main, CHANGED)
    world.look()
    [now] = [one for one in world.findings(workspace_id=world.side) if one["id"] == finding["id"]]
    assert (now["file"], now["line_start"], now["fingerprint"]) == ("lib/app.py", 6, finding["fingerprint"])
    assert now["present_in"] == sorted([world.main, world.side])
    again = world.run()
    assert finding["id"] in [one["id"] for one in again["findings"]]
    assert again["review"]["new_count"] == 0

    fixed_tree = {"app.py": SAFE, "README.md": b"hello\n"}
    world.show(world.side, fixed_tree)
    world.look()
    assert finding["id"] in [one["id"] for one in world.findings(status="open")]
    world.show(world.main, fixed_tree)
    world.look()
    [gone] = [one for one in world.findings(status="fixed") if one["id"] == finding["id"]]
    assert (gone["present_in"], gone["fixed_in"]) == ([], {"tree": put_tree(alice, fixed_tree)})
    assert [one["subject"]["id"] for one in world.told("finding.fixed")].count(finding["id"]) == 1
    world.show(world.side, CHANGED)
    world.look()
    assert finding["id"] in [one["id"] for one in world.findings(status="open", path="app.py")]

    snapshot = push(alice, world.project, world.side, CHANGED, parent_snapshot_ids=[world.base])["id"]
    blamed = ok(alice.get(f"/v1/snapshots/{snapshot}/blame", params={"path": "app.py"}))["lines"]
    assert [one["line"] for one in blamed if finding["id"] in one["findings"]] == [5]

    dismissed = ok(alice.post(f"/v1/findings/{finding['id']}/dismiss"))["finding"]
    assert dismissed == ok(alice.post(f"/v1/findings/{finding['id']}/dismiss"))["finding"] | {
        "changed_at": dismissed["changed_at"]
    }
    assert dismissed["status"] == "dismissed"
    assert finding["id"] not in [one["id"] for one in world.run(against="head")["findings"]]
    assert ok(alice.post(f"/v1/findings/{finding['id']}/reopen"))["finding"]["status"] == "open"
    kinds = [entry["kind"] for entry in world.told("review.*,finding.dismissed") if entry["kind"] != "review.started"]
    assert kinds == ["review.ended", "review.ended", "finding.dismissed", "review.ended"]

    listed = ok(alice.get(f"/v1/projects/{world.project}/reviews", params={"limit": 2}))
    assert [one["id"] for one in listed["reviews"]][-1] == again["review"]["id"]
    rest = ok(alice.get(f"/v1/projects/{world.project}/reviews", params={"cursor": listed["next_cursor"]}))
    assert ([one["id"] for one in rest["reviews"]], rest["next_cursor"]) == ([review["id"]], None)
    error(bob.get(f"/v1/reviews/{review['id']}"), 404, "NOT_FOUND")


def test_what_cannot_be_reviewed_is_said(server: TestServer, alice: httpx.Client) -> None:
    world = Review(server, alice)
    nothing = world.run()["review"]
    assert (nothing["status"], nothing["error"]["code"]) == ("failed", "NO_DIFF")
    assert world.events(nothing["id"])[-1].event == "error"
    path = f"/v1/workspaces/{world.side}/reviews"
    error(alice.post(path, json={"against": "0" * 26}), 404, "NOT_FOUND")
    error(alice.post(path, json={"lenses": ["taste"]}), 422, "VALIDATION_ERROR")
    empty = make_workspace(alice, make_project(alice), name="main")
    error(alice.post(f"/v1/workspaces/{empty}/reviews", json={}), 409, "NO_SNAPSHOT")
    lines = b"x = '" + b"y" * 400_000 + b"'\n"
    world.show(world.side, BASE | {"blob.bin": b"\0\1" * 100, "long.py": lines, "uv.lock": b"x\n", "b.py": b"y = 1\n"})
    read = world.run(against=world.base)
    assert read["review"]["status"] == "completed", read
    reasons = {skip["file"]: skip["reason"] for skip in read["coverage"]["skipped"]}
    assert reasons == {"blob.bin": "binary", "long.py": "too-large", "uv.lock": "lockfile"}
    assert read["review"]["base_tree"] == put_tree(alice, BASE)
    ended = ok(alice.post(f"/v1/reviews/{read['review']['id']}/cancel"))["review"]
    assert ended == read["review"]
    assert hash_bytes(lines) not in json.dumps(read)


def test_the_command_line_reviews_and_decides(server: TestServer, alice: httpx.Client, tmp_path: Path) -> None:
    world = Review(server, alice)
    snapshot = push(alice, world.project, world.side, CHANGED, parent_snapshot_ids=[world.base])["id"]
    token = alice.headers["authorization"].removeprefix("Bearer ")
    environment = {"ASTERISM_URL": str(alice.base_url), "ASTERISM_TOKEN": token}

    def findings(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(tmp_path, environment, "findings", *arguments, "--project", world.project)

    reviewed = answer(findings("review", "--workspace", "side", "--lenses", "security", "--json"))
    assert reviewed["review"]["lenses"] == ["security"]
    [finding, *_] = [one for one in reviewed["findings"] if one["line_start"] == 5]
    assert (finding["introduced_by"], finding["first_seen"]["snapshot_id"]) == ({"snapshot_id": snapshot}, snapshot)
    assert f"{finding['id']}  {finding['severity']}" in findings("list", "--workspace", "side").stdout
    assert findings("dismiss", finding["id"][-8:]).stderr.splitlines()[-1].endswith("is dismissed.")
    shown = findings("show", finding["id"]).stdout
    assert ("dismissed" in shown, world.side in shown) == (True, True)
