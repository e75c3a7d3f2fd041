"""`asterism drift` and `asterism sync`: main's work comes here, nobody's work is lost, and nothing changes half."""

import os
import pty
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.client import sync_undo, workspaces
from asterism.client.api import Api
from asterism.client.clone import clone
from asterism.client.http import Http
from asterism.client.join import by_path
from asterism.client.progress import Silent
from asterism.client.pull import pull
from asterism.client.push import Wish, push
from asterism.client.sync import Asked, Synced, sync
from asterism.client.workcopy.state import State
from asterism.features.versions import forecast
from tests.client.trees import build, describe
from tests.support.commands import answer, run
from tests.support.process import ASTERISM, clean_environment, started
from tests.support.server import TestServer

TREE = {name: ("file", f"{name} 1\n{name} 2\n{name} 3\n".encode(), 0o644) for name in ("a", "b", "c")}


class Folders:
    """A project with the workspaces `main` and `side`, and the folders `main` and `side`, one in each."""

    def __init__(self, top: Path, signed_in: dict[str, str]) -> None:
        self.top, self.environment = top, signed_in
        self.main, self.side = top / "main", top / "side"
        build(self.main, TREE)
        with calling(self, None) as api:
            first = push(api, str(self.main), Wish("demo"), progress=Silent(), threads=1)
            workspaces.create(api, first.project.id, "side", first.snapshot.id)
            clone(api, "demo:side", str(self.side), progress=Silent())

    def command(self, folder: str, *words: str, code: int = 0) -> dict[str, Any]:
        return answer(run(self.top, self.environment, *words, "--json", cwd=self.top / folder), code)

    def head(self, folder: str = "side") -> dict[str, Any]:
        """Return the workspace of a folder as the server shows it."""
        place = State(str(self.top / folder)).bound().workspace_id
        headers = {"Authorization": f"Bearer {self.environment['ASTERISM_TOKEN']}"}
        return dict(httpx.get(f"{self.environment['ASTERISM_URL']}/v1/workspaces/{place}", headers=headers).json())


def colleague(folders: Folders) -> None:
    """Make the folder `colleague`, which works in `side` too."""
    with calling(folders, None) as api:
        clone(api, "demo:side", str(folders.top / "colleague"), progress=Silent())


@pytest.fixture
def folders(tmp_path: Path, signed_in: dict[str, str]) -> Folders:
    return Folders(tmp_path, signed_in)


def part(folders: Folders) -> None:
    """Let main and side change different files, and one file alike in different lines; main's part is pushed."""
    (folders.main / "a").write_bytes(b"A 1\na 2\na 3\n")
    (folders.main / "new").write_bytes(b"new\n")
    (folders.main / "c").unlink()
    folders.command("main", "push")
    (folders.side / "a").write_bytes(b"a 1\na 2\na 3!\n")
    (folders.side / "b").write_bytes(b"mine\n")


def clash(folders: Folders) -> None:
    """Let main and side change the same line of `a`, and different lines of `b`; main's part is pushed."""
    (folders.main / "a").write_bytes(b"a 1\nof main\na 3\n")
    (folders.main / "b").write_bytes(b"of main\nb 2\nb 3\n")
    folders.command("main", "push")
    (folders.side / "a").write_bytes(b"a 1\nof side\na 3\n")
    (folders.side / "b").write_bytes(b"b 1\nb 2\nof side\n")


def test_drift_is_told_and_sync_takes_it_in(folders: Folders) -> None:
    part(folders)
    status = folders.command("side", "status")
    told = folders.command("side", "drift")
    assert (status["behind"], status["drift"]["source_only"]) == (False, told["drift"]["source_only"])
    assert (told["drift"]["source_only"], told["drift"]["workspace_only"]) == (["new"], ["c"])
    assert told["source_workspace"]["name"] == "main"
    planned = folders.command("side", "sync", "--dry-run")
    assert (planned["executed"], planned["files_added"], planned["files_updated"]) == (False, 1, 1)
    assert (folders.side / "a").read_bytes() == b"a 1\na 2\na 3!\n"
    done = folders.command("side", "sync")
    assert (done["files_added"], done["files_updated"], done["files_deleted"], done["conflicts"]) == (1, 1, 1, [])
    contents = {path: found[-1] for path, found in describe(folders.side).items()}
    assert contents == {"a": b"A 1\na 2\na 3!\n", "b": b"mine\n", "new": b"new\n"}
    status = folders.command("side", "status")
    assert (status["clean"], status["snapshot_id"]) == (True, done["snapshot_id"])
    assert folders.head()["workspace"]["current_snapshot_id"] == done["snapshot_id"]
    assert folders.command("side", "sync")["snapshot_id"] == done["snapshot_id"]
    assert folders.command("side", "drift")["drift"]["workspace_only"] == []


def test_unanswered_conflicts_change_nothing_anywhere(folders: Folders) -> None:
    clash(folders)
    before, head = describe(folders.side), folders.head()["workspace"]
    listed = folders.command("side", "log", "--all")
    refused = folders.command("side", "sync", code=1)
    assert [(one["path"], one["kind"], one["with"]) for one in refused["conflicts"]] == [("a", "content", "main")]
    assert (refused["executed"], refused["snapshot_id"]) == (False, head["current_snapshot_id"])
    assert (refused["files_updated"], refused["files_added"], refused["files_deleted"]) == (0, 0, 0)
    assert folders.command("side", "sync", "--dry-run", code=1)["conflicts"] == refused["conflicts"]
    taken, kept = (folders.command("side", "sync", "--take", one, "--dry-run") for one in ("main", "workspace"))
    assert (taken["files_updated"], kept["files_updated"]) == (2, 1)
    assert taken["summary"].startswith("Would merge main: 0 added, 2 updated, 0 deleted. Conflicts: 1 settled for")
    assert taken["conflicts"] == kept["conflicts"] == []
    said = run(folders.top, folders.environment, "sync", cwd=folders.side)
    assert (said.returncode, said.stdout) == (1, "a: changed on both sides\n")
    assert "1 conflict with main; nothing was changed" in said.stderr
    assert describe(folders.side) == before
    assert folders.head()["workspace"] == {**head, "last_seen_at": folders.head()["workspace"]["last_seen_at"]}
    assert folders.command("side", "log", "--all") == listed


@pytest.mark.parametrize(
    ("words", "content"),
    [
        (["--take", "main"], b"a 1\nof main\na 3\n"),
        (["--take", "workspace"], b"a 1\nof side\na 3\n"),
        (["--main", "a"], b"a 1\nof main\na 3\n"),
        (["--take", "main", "--workspace", "."], b"a 1\nof side\na 3\n"),
    ],
)
def test_a_conflict_is_settled_as_one_says(folders: Folders, words: list[str], content: bytes) -> None:
    clash(folders)
    done = folders.command("side", "sync", *words)
    assert (done["executed"], done["conflicts"]) == (True, [])
    assert (folders.side / "a").read_bytes() == content
    assert (folders.side / "b").read_bytes() == b"of main\nb 2\nof side\n"
    folders.command("side", "restore", done["pushed_snapshot_id"])
    assert (folders.side / "a").read_bytes() == b"a 1\nof side\na 3\n"


def test_undo_goes_back_and_the_next_sync_offers_the_same(folders: Folders) -> None:
    clash(folders)
    done = folders.command("side", "sync", "--take", "main")
    (folders.side / "later").write_bytes(b"an edit\n")
    back = folders.command("side", "sync", "--undo")
    assert back["snapshot_id"] == done["pushed_snapshot_id"]
    assert (back["files_updated"], back["files_added"], back["files_deleted"]) == (2, 0, 0)
    assert (folders.side / "a").read_bytes() == b"a 1\nof side\na 3\n"
    assert folders.command("side", "status")["files"] == [{"path": "later", "change": "added"}]
    assert folders.command("side", "sync", "--undo", code=5)["error"]["code"] == "INVALID_OPERATION"
    again = folders.command("side", "sync", code=1)
    assert [one["path"] for one in again["conflicts"]] == ["a"]


def test_an_undo_keeps_edits_that_have_to_give_way(folders: Folders) -> None:
    clash(folders)
    folders.command("side", "sync", "--take", "main")
    (folders.side / "a").write_bytes(b"a 1\nof main, edited\na 3\n")
    back = folders.command("side", "sync", "--undo")
    assert (folders.side / "a").read_bytes() == b"a 1\nof side\na 3\n"
    folders.command("side", "restore", back["saved_snapshot_id"], "a")
    assert (folders.side / "a").read_bytes() == b"a 1\nof main, edited\na 3\n"


def test_work_after_a_sync_is_not_undone(folders: Folders) -> None:
    part(folders)
    folders.command("side", "sync")
    (folders.side / "later").write_bytes(b"later\n")
    folders.command("side", "push")
    refused = folders.command("side", "sync", "--undo", code=5)["error"]
    assert refused["code"] == "HEAD_MOVED"
    assert "asterism restore" in refused["hint"]


def test_a_colleagues_push_is_taken_in_first(folders: Folders) -> None:
    part(folders)
    colleague(folders)
    (folders.top / "colleague" / "b").write_bytes(b"b 1\nb 2\nb 3\nof a colleague\n")
    (folders.side / "b").write_bytes(b"mine\nb 2\nb 3\n")
    pushed = folders.command("colleague", "push")["snapshot_id"]
    said = run(folders.top, folders.environment, "status", cwd=folders.side).stderr
    assert f"behind its workspace, whose head is {pushed[:12]}" in said
    assert "side against main: 1 path only in main, 1 path only here, 2 paths different\n" in said
    done = folders.command("side", "sync")
    assert (folders.side / "b").read_bytes() == b"mine\nb 2\nb 3\nof a colleague\n"
    history = [row["id"] for row in folders.command("side", "log")["snapshots"]]
    assert history[0] == done["snapshot_id"]
    assert pushed in history
    assert (folders.side / "a").read_bytes() == b"A 1\na 2\na 3!\n"


def test_edits_that_do_not_fit_the_own_head_are_conflicts_too(folders: Folders) -> None:
    part(folders)
    colleague(folders)
    (folders.top / "colleague" / "b").write_bytes(b"of a colleague\n")
    folders.command("colleague", "push")
    before = describe(folders.side)
    refused = folders.command("side", "sync", "--take", "main", code=1)
    assert [(one["path"], one["with"]) for one in refused["conflicts"]] == [("b", "head")]
    assert describe(folders.side) == before


def test_status_says_what_the_forecast_knows(folders: Folders, sqlite_server: TestServer) -> None:
    clash(folders)
    folders.command("side", "push")
    project, rt = State(str(folders.side)).bound().project_id, sqlite_server.rt
    forecast.refresh(rt.db, rt.blobs, project)
    told = folders.command("side", "status")["forecast"]
    assert [(one["workspace"], one["count"], one["paths"]) for one in told["conflicts"]] == [("main", 1, ["a"])]
    assert told["pending"] == 0
    said = run(folders.top, folders.environment, "status", cwd=folders.side).stderr
    assert "what is pushed conflicts with main in 1 path: a\n" in said


def test_work_comes_to_main_only_by_name(folders: Folders) -> None:
    part(folders)
    folders.command("side", "push")
    refused = folders.command("main", "sync", code=5)["error"]
    assert "--from" in refused["hint"]
    assert "--from" not in folders.command("main", "sync", "--from", "main", code=5)["error"]["hint"]
    assert folders.command("main", "sync", "--from", "nowhere", code=4)["error"]["code"] == "NOT_FOUND"
    assert folders.command("main", "sync", "--from", "side")["files_updated"] == 2
    assert (folders.main / "b").read_bytes() == b"mine\n"
    assert folders.command("main", "drift")["drift"] is None
    assert folders.command("main", "drift", "--from", "side")["drift"]["source_only"] == ["c"]
    assert run(folders.top, folders.environment, "sync", "--take", "mine", cwd=folders.side).returncode == 2
    assert folders.command("side", "sync", "--undo", "--dry-run", code=2)["error"]["code"] == "VALIDATION_ERROR"


def test_what_is_ignored_is_never_overwritten(folders: Folders) -> None:
    (folders.main / ".asterismignore").write_bytes(b"secret\n")
    folders.command("main", "push")
    folders.command("side", "sync")
    (folders.main / ".asterismignore").write_bytes(b"")
    (folders.main / "secret").write_bytes(b"of main\n")
    folders.command("main", "push")
    (folders.side / "secret").write_bytes(b"of side\n")
    head = folders.head()["workspace"]["current_snapshot_id"]
    assert folders.command("side", "sync", code=5)["error"]["code"] == "OBSTRUCTED"
    assert (folders.side / "secret").read_bytes() == b"of side\n"
    assert folders.head()["workspace"]["current_snapshot_id"] == head


def test_a_workspace_without_a_snapshot_takes_mains(folders: Folders) -> None:
    binding = State(str(folders.main)).bound()
    headers = {"Authorization": f"Bearer {folders.environment['ASTERISM_TOKEN']}"}
    url = f"{folders.environment['ASTERISM_URL']}/v1/projects/{binding.project_id}/workspaces"
    assert httpx.post(url, headers=headers, json={"name": "bare"}).status_code == 201
    (folders.top / "bare").mkdir()
    folders.command("bare", "init", "--project", "demo", "--workspace", "bare")
    (folders.top / "bare" / "own").write_bytes(b"own\n")
    done = folders.command("bare", "sync")
    assert done["files_added"] == 3
    assert sorted(describe(folders.top / "bare")) == ["a", "b", "c", "own"]


class Cut(httpx.BaseTransport):
    """The way to the server, which ends before or after its `at`th call that is no mere reading, if there are so many.

    An end before it means that the call never arrived, one after it that its answer never did. `meanwhile` is what
    somebody else does at that moment; with it the call is made all the same.
    """

    READING = ("batch-exists", "batch-download")

    def __init__(self, at: int, *, after: bool = False, meanwhile: Callable[[], None] | None = None) -> None:
        self.at, self.after, self.meanwhile, self.calls = at, after, meanwhile, list[str]()
        self.ended = False
        self._way = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        cut = False
        if request.method != "GET" and last not in self.READING:
            cut = len(self.calls) == self.at
            self.calls.append(f"{request.method} {request.url.path}")
        if cut and self.meanwhile is not None:
            self.meanwhile()
        if self.ended or (cut and self.meanwhile is None and not self.after):
            self.ended = True
            raise Killed
        answered = self._way.handle_request(request)
        if cut and self.after:
            self.ended = True
            answered.close()
            raise Killed
        return answered

    def close(self) -> None:
        self._way.close()


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def calling(folders: Folders, way: httpx.BaseTransport | None) -> Iterator[Api]:
    """Hand out the API, whose calls take `way`."""
    url, token = folders.environment["ASTERISM_URL"], folders.environment["ASTERISM_TOKEN"]
    with Http(url, token, transport=way or httpx.HTTPTransport(), sleep=lambda _: None) as http:
        yield Api(http)


def main_everywhere(conflicts: Any) -> dict[str, Any]:
    return {one.path: "use_main" for one in conflicts}


def synced(folders: Folders, way: httpx.BaseTransport | None = None) -> Synced:
    asked = Asked(main_everywhere, by_path(None, (), ()))
    with calling(folders, way) as api:
        return sync(api, State(str(folders.side)), asked, threads=1, progress=Silent())


def undone(folders: Folders, way: httpx.BaseTransport | None = None) -> Synced:
    with calling(folders, way) as api:
        return sync_undo.undo(api, State(str(folders.side)), threads=1, progress=Silent())


def pushed(folders: Folders, folder: str) -> None:
    with calling(folders, None) as api:
        push(api, str(folders.top / folder), Wish(), progress=Silent(), threads=1)


def pulled(folders: Folders, folder: str) -> None:
    with calling(folders, None) as api:
        pull(api, State(str(folders.top / folder)), by_path(None, (), ()), threads=1, progress=Silent())


def test_a_sync_that_ends_at_any_call_is_finished_by_the_next(folders: Folders) -> None:
    """A colleague's push, the folder's edits and main's work are in the result whichever call was the last."""
    colleague(folders)
    at, ends = 0, 0
    while True:
        number = str(at).encode()
        pulled(folders, "colleague")
        for folder, path, line in (("main", "a", 0), ("main", "b", 2), ("colleague", "a", 2), ("side", "b", 0)):
            place = folders.top / folder / path
            lines = place.read_bytes().splitlines(keepends=True)
            lines[line] = folder.encode() + number + b"\n"
            place.write_bytes(b"".join(lines))
        pushed(folders, "main")
        pushed(folders, "colleague")
        way = Cut(at // 2, after=bool(at % 2))
        try:
            synced(folders, way)
            ended = False
        except Killed:
            ended = True
        done = synced(folders)
        ends += ended
        lines = [(folders.side / path).read_bytes().split(b"\n") for path in ("a", "b")]
        assert (lines[0][0], lines[0][2], lines[1][0], lines[1][2]) == (
            b"main" + number, b"colleague" + number, b"side" + number, b"main" + number,
        ), way.calls  # fmt: skip
        assert folders.head()["workspace"]["current_snapshot_id"] == done.snapshot_id
        if not ended:
            break
        at += 1
    assert ends > 10


def test_an_undo_that_ends_at_any_call_undoes_one_sync(folders: Folders) -> None:
    at, ended, first, before = 0, True, None, None
    while ended:
        for line in (0, 2):
            lines = (folders.main / "a").read_bytes().splitlines(keepends=True)
            lines[line] = b"%d\n" % at
            (folders.main / "a").write_bytes(b"".join(lines))
            pushed(folders, "main")
            first, before = synced(folders), first
        way = Cut(at // 2, after=bool(at % 2))
        try:
            undone(folders, way)
            ended = False
        except Killed:
            undone(folders)
        assert before is not None
        assert folders.head()["workspace"]["current_snapshot_id"] == before.snapshot_id, way.calls
        assert (folders.side / "a").read_bytes().splitlines()[0] == b"%d" % at
        synced(folders)
        at += 1
    assert at > 1


def test_others_may_move_at_any_call_and_nothing_is_lost(folders: Folders) -> None:
    colleague(folders)
    at = 0
    while True:
        (folders.side / "b").write_bytes(b"side %d\n" % at)
        (folders.main / "a").write_bytes(b"main %d\n" % at)
        pushed(folders, "main")

        def move(at: int = at) -> None:
            pulled(folders, "colleague")
            (folders.top / "colleague" / "c").write_bytes(b"colleague %d\n" % at)
            pushed(folders, "colleague")

        way = Cut(at, meanwhile=move)
        synced(folders, way)
        synced(folders)
        moved = at < len(way.calls)
        assert (folders.side / "b").read_bytes() == b"side %d\n" % at
        assert (folders.side / "a").read_bytes() == b"main %d\n" % at
        if not moved:
            break
        assert (folders.side / "c").read_bytes() == b"colleague %d\n" % at, way.calls
        at += 1


def test_a_merge_made_meanwhile_is_brought_by_the_same_command(folders: Folders) -> None:
    """A command that was killed may have asked for a merge that the server makes while the next command runs."""
    at, moved = 0, True
    while moved:
        (folders.main / "a").write_bytes(b"main %d\n" % at)
        pushed(folders, "main")

        def merge() -> None:
            with calling(folders, None) as api:
                place = State(str(folders.side)).bound().workspace_id
                api.execute_sync(place, api.prepare_sync(place, None, None).id, {})

        way = Cut(at, meanwhile=merge)
        done = synced(folders, way)
        moved = at < len(way.calls)
        assert (folders.side / "a").read_bytes() == b"main %d\n" % at, way.calls
        assert folders.head()["workspace"]["current_snapshot_id"] == done.snapshot_id, way.calls
        at += 1
    assert at > 2


def test_a_person_answers_main_workspace_or_with_an_editor(folders: Folders) -> None:
    (folders.main / "a").write_bytes(b"a 1\nof main\na 3\n")
    (folders.main / "b").write_bytes(b"b 1\nof main\nb 3\n")
    (folders.main / "c").write_bytes(b"c 1\nof main\nc 3\n")
    folders.command("main", "push")
    for name in "abc":
        (folders.side / name).write_bytes(f"{name} 1\nof side\n{name} 3\n".encode())
    editor = folders.top / "editor"
    editor.write_text("#!/bin/sh\ngrep -q '<<<<<<< workspace' \"$1\" && printf 'of both\\n' > \"$1\"\n")
    editor.chmod(0o755)
    code, said = talk(folders, [b"what?\n", b"main\n", b"workspace\n", b"edit\n"], EDITOR=str(editor))
    assert code == 0, said
    assert "a: changed on both sides" in said
    assert "workspace, line 2:" in said
    assert "    of side" in said
    assert (folders.side / "a").read_bytes() == b"a 1\nof main\na 3\n"
    assert (folders.side / "b").read_bytes() == b"b 1\nof side\nb 3\n"
    assert (folders.side / "c").read_bytes() == b"of both\n"


@pytest.mark.parametrize(("key", "code"), [(b"stop\n", 1), (b"\x04", 1), (b"\x03", 130)])
def test_who_stops_at_a_question_changes_nothing(folders: Folders, key: bytes, code: int) -> None:
    clash(folders)
    before, head = describe(folders.side), folders.head()["workspace"]["version"]
    ended, said = talk(folders, [key])
    assert ended == code, said
    assert describe(folders.side) == before
    assert folders.head()["workspace"]["version"] == head


def talk(folders: Folders, keys: list[bytes], **environment: str) -> tuple[int, str]:
    """Run `asterism sync` in a terminal of its own and give the next keys at each question."""
    ours, theirs = pty.openpty()
    with started(
        [*ASTERISM, "sync"],
        cwd=folders.side,
        env=clean_environment(folders.top, {**folders.environment, "TERM": "dumb", **environment}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
    ) as process:
        os.close(theirs)
        said, answered, left = b"", 0, list(keys)
        while select.select([ours], [], [], 60)[0]:
            try:
                said += os.read(ours, 4096)
            except OSError:
                break
            asked = said.count(b"stop] ")
            while answered < asked and left:
                os.write(ours, left.pop(0))
                answered += 1
        try:
            return process.wait(60), said.decode()
        finally:
            os.close(ours)  # a process that still lives would be told that its terminal hung up
