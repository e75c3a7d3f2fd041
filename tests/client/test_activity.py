"""Reading the log of a project: the newest entries over pages, and following over lost connections."""

from typing import Any

import httpx
import pytest

from asterism.asgi.sse import frame
from asterism.base.errors import NotFound
from asterism.client import activity
from asterism.client.http import Http


def entry(seq: int, kind: str = "snapshot.made") -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "title": f"entry {seq}"}


def told(*pieces: bytes) -> httpx.Response:
    """Answer with a stream that ends after some pieces."""
    return httpx.Response(200, content=iter(pieces))


class Log:
    """A server that answers with what it is given, in turn, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, dict[str, str]]]()
        self.http = Http("http://log", "ast_u_x", transport=httpx.MockTransport(self.answer), sleep=lambda _: None)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.path, dict(request.url.params)))
        return self.answers.pop(0)


def test_the_newest_entries_are_found_over_pages() -> None:
    first, rest = [entry(seq) for seq in range(1, 501)], [entry(501), entry(502)]
    log = Log(
        httpx.Response(200, json={"entries": first, "last_seq": 502, "reset": False}),
        httpx.Response(200, json={"entries": rest, "last_seq": 502, "reset": False}),
    )
    assert activity.newest(log.http, "p", "snapshot.made", 3) == ([entry(500), entry(501), entry(502)], 502)
    asked = {"kinds": "snapshot.made", "limit": "500"}
    assert log.asked == [("/v1/projects/p/log", {**asked, "after": after}) for after in ("0", "500")]


def test_a_log_is_followed_over_lost_connections_until_the_project_is_deleted() -> None:
    log = Log(
        told(frame("snapshot.made", entry(5), 5), b": ping\n\n", b"id: 6\nevent: snap"),
        told(frame("reset", {"last_seq": 7}, 6), frame("snapshot.made", entry(7), 7)),
        told(frame("project.deleted", entry(8, "project.deleted"), 8)),
    )
    pauses: list[float] = []
    found = list(activity.follow(log.http, "p", None, 4, sleep=pauses.append))
    assert found == [entry(5), entry(7), entry(8, "project.deleted")]
    assert [query["after"] for _, query in log.asked] == ["4", "5", "7"]
    assert pauses == [activity.RETRY_SECONDS] * 2


def test_a_refusal_ends_the_following() -> None:
    gone = {"error": {"code": "NOT_FOUND", "message": "Project not found"}}
    log = Log(told(frame("snapshot.made", entry(5), 5)), httpx.Response(404, json=gone))
    with pytest.raises(NotFound):
        list(activity.follow(log.http, "p", None, 0, sleep=lambda _: None))


@pytest.mark.parametrize(
    ("kinds", "asked", "shown"),
    [
        ("turn.*", "turn.*,project.deleted", False),
        ("project.*", "project.*", True),
        ("turn.*, project.deleted", "turn.*, project.deleted", True),
    ],
)
def test_following_some_kinds_ends_with_the_project_as_well(kinds: str, asked: str, shown: bool) -> None:
    end = entry(8, "project.deleted")
    log = Log(told(frame("turn.ended", entry(7, "turn.ended"), 7), frame("project.deleted", end, 8)))
    found = list(activity.follow(log.http, "p", kinds, 4, sleep=lambda _: None))
    assert found == [entry(7, "turn.ended"), *([end] if shown else [])]
    assert [query["kinds"] for _, query in log.asked] == [asked]
