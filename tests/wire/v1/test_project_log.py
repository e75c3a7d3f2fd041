"""`/v1/projects/:id/log` and `/log/stream`: one cursor for everything that happens (Beyond 1)."""

from collections.abc import Iterator

import httpx
import msgspec
import pytest

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push

ENTRY = {"seq", "at", "kind", "actor", "workspace_id", "subject", "tree", "title", "data"}
Frame = tuple[str | None, str, dict[str, object]]


@pytest.fixture
def project(alice: httpx.Client) -> str:
    return make_project(alice)


def frames(client: httpx.Client, project: str, *, query: str = "", cursor: str | None = None) -> Iterator[Frame]:
    """Follow a log: id, event and data of each frame."""
    headers = {} if cursor is None else {"Last-Event-ID": cursor}
    with client.stream("GET", f"/v1/projects/{project}/log/stream{query}", headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                yield fields.get("id"), fields["event"], msgspec.json.decode(fields["data"])
                fields = {}


def test_what_happens_is_listed_and_followed(alice: httpx.Client, bob: httpx.Client, project: str) -> None:
    main = make_workspace(alice, project, name="main")
    snapshot = push(alice, project, main, {"a": b"1\n"})
    found = ok(alice.get(f"/v1/projects/{project}/log"))
    assert [entry["kind"] for entry in found["entries"]] == [
        "project.created", "workspace.created", "workspace.main_changed", "snapshot.made", "workspace.moved",
    ]  # fmt: skip
    assert (found["last_seq"], found["reset"]) == (5, False)
    made = found["entries"][3]
    assert made.keys() == ENTRY
    assert (made["subject"], made["actor"], made["workspace_id"]) == (
        {"type": "snapshot", "id": snapshot["id"]}, "cli", main,
    )  # fmt: skip
    assert made["tree"] == snapshot["manifest_hash"]
    only = ok(alice.get(f"/v1/projects/{project}/log?kinds=snapshot.made,workspace.*&after=2&limit=2"))
    assert [entry["seq"] for entry in only["entries"]] == [3, 4]

    following = frames(alice, project, cursor="3")
    assert next(following) == ("4", "snapshot.made", made)
    assert next(following)[:2] == ("5", "workspace.moved")
    ok(alice.patch(f"/v1/projects/{project}", json={"name": "renamed"}))
    assert next(following)[:2] == ("6", "project.changed")
    ok(alice.delete(f"/v1/projects/{project}"))
    assert next(following)[:2] == ("7", "project.deleted")
    assert list(following) == []
    for path in ("log", "log/stream"):
        error(alice.get(f"/v1/projects/{project}/{path}"), 404, "NOT_FOUND")
        error(bob.get(f"/v1/projects/{project}/{path}"), 404, "NOT_FOUND")


def test_a_cursor_that_the_log_does_not_know_is_told_to_begin_anew(alice: httpx.Client, project: str) -> None:
    assert ok(alice.get(f"/v1/projects/{project}/log?after=9"))["reset"] is True
    following = frames(alice, project, query="?after=9")
    assert next(following) == ("0", "reset", {"last_seq": 1})
    assert next(following)[:2] == ("1", "project.created")
    following.close()


def test_some_kinds_are_followed(alice: httpx.Client, project: str) -> None:
    following = frames(alice, project, query="?kinds=workspace.main_changed")
    main = make_workspace(alice, project, name="main")
    frame = next(following)
    assert (frame[1], frame[2]["workspace_id"]) == ("workspace.main_changed", main)
    following.close()


@pytest.mark.parametrize("kinds", ["nope", "snapshot.made,", "*", "snap*", "snapshot.made.*"])
def test_kinds_have_to_be_kinds(alice: httpx.Client, project: str, kinds: str) -> None:
    field_error(alice.get(f"/v1/projects/{project}/log", params={"kinds": kinds}), "query.kinds")
    field_error(alice.get(f"/v1/projects/{project}/log/stream", params={"kinds": kinds}), "query.kinds")


@pytest.mark.parametrize(
    ("path", "field"), [("log?after=-1", "after"), ("log/stream?after=x", "after"), ("log?limit=0", "limit")]
)
def test_cursors_and_limits_have_bounds(alice: httpx.Client, project: str, path: str, field: str) -> None:
    field_error(alice.get(f"/v1/projects/{project}/{path}"), f"query.{field}")
