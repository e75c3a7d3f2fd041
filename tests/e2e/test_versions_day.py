"""A day with the client commands: bind, save, look, move about, name, and sign in."""

import re
import signal
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from tests.client.trees import build, describe
from tests.support.commands import answer, run
from tests.support.process import ASTERISM, clean_environment, started


@pytest.fixture
def pair(tmp_path, signed_in):
    """A way to run commands in two working copies, `one` and `two`, of a project with one snapshot."""
    build(tmp_path / "one", {"a.txt": ("file", b"hi\n", 0o644), "d": {"x": ("file", b"x\n", 0o755)}})

    def command(folder: str, *words: str, code: int = 0) -> dict:
        return answer(run(tmp_path, signed_in, *words, "--json", cwd=tmp_path / folder), code)

    command("one", "init", "--project", "demo")
    command("one", "push", "-m", "first")
    command(".", "clone", "demo", "two")
    return command


def test_edits_are_seen_saved_and_fetched(tmp_path, pair):
    one, two = tmp_path / "one", tmp_path / "two"
    assert pair("one", "status")["clean"]
    (one / "a.txt").write_bytes(b"ho\n")
    (one / "new").write_bytes(b"")
    (one / "d" / "x").chmod(0o644)
    changed = [
        {"path": "a.txt", "change": "modified"},
        {"path": "d/x", "change": "mode"},
        {"path": "new", "change": "added"},
    ]
    assert pair("one", "status")["files"] == changed
    assert pair("one/d", "diff")["files"] == changed
    second = pair("one", "push", "-m", "second\n\nbody")
    assert [row["summary"] for row in pair("one", "log")["snapshots"]] == ["second\n\nbody", "first"]
    pulled = pair("two", "pull")
    assert (pulled["snapshot_id"], pulled["changed"]) == (second["snapshot_id"], ["a.txt", "d/x", "new"])
    assert describe(one) == describe(two)
    assert pair("two", "pull")["changed"] == []


def test_two_who_work_in_one_workspace_keep_both_works(tmp_path, pair):
    one, two = tmp_path / "one", tmp_path / "two"
    (two / "a.txt").write_bytes(b"hi\nfrom two\n")
    (two / "of-two").write_bytes(b"2\n")
    theirs = pair("two", "push")["snapshot_id"]
    (one / "d" / "x").write_bytes(b"from one\n")
    refused = pair("one", "push", code=5)["error"]
    assert refused["code"] == "HEAD_MOVED"
    assert "asterism pull" in refused["hint"]
    assert pair("one", "pull")["kept_edits"] == ["d/x"]
    assert pair("one", "push")["parent_snapshot_ids"] == [theirs]
    pair("two", "pull")
    assert describe(one) == describe(two)
    assert (two / "of-two").exists()

    for folder in ("one", "two"):
        (tmp_path / folder / "a.txt").write_bytes(f"by {folder}\n".encode())
    pair("two", "push")
    assert pair("one", "pull", code=5)["error"]["code"] == "CONFLICTS"
    assert (one / "a.txt").read_bytes() == b"by one\n"
    saved = pair("one/d", "pull", "--theirs", "../a.txt")["saved_snapshot_id"]
    assert (one / "a.txt").read_bytes() == b"by two\n"
    pair("one", "restore", saved, "a.txt")
    assert (one / "a.txt").read_bytes() == b"by one\n"
    assert pair("one", "discard", "a.txt")["changed"] == ["a.txt"]
    assert pair("one", "discard", code=2)["error"]["code"] == "VALIDATION_ERROR"
    assert pair("one", "status")["clean"]


def test_moving_to_an_old_snapshot_and_back(tmp_path, pair):
    one = tmp_path / "one"
    first = pair("one", "log")["snapshots"][0]["id"]
    (one / "a.txt").write_bytes(b"ho\n")
    second = pair("one", "push")["snapshot_id"]
    pair("one", "tag", "start", first)
    for words in (("tag",), ("tag", "list")):
        assert [(tag["name"], tag["snapshot_id"]) for tag in pair("one", *words)["tags"]] == [("start", first)]
    assert pair("one", "tag", "create", "list", first)["tag"]["name"] == "list"
    assert pair("one", "tag", "delete", "list")["deleted"] == "list"
    assert pair("one", "tag", "delete", "list", code=4)["error"]["hint"] == "`asterism tag` lists the names."
    assert pair("one", "diff", "start", second[:10])["files"] == [{"path": "a.txt", "change": "modified"}]
    assert pair("one", "diff", "start")["files"] == [{"path": "a.txt", "change": "modified"}]
    (one / "new" / "empty").mkdir(parents=True)
    assert pair("one", "restore", "start")["snapshot_id"] == first
    assert (one / "a.txt").read_bytes() == b"hi\n"
    assert (one / "new" / "empty").is_dir()
    (one / "new" / "empty").rmdir()
    (one / "new").rmdir()
    assert pair("one", "status")["clean"]
    (one / "a.txt").write_bytes(b"unsaved\n")
    assert pair("one", "restore", "head", code=5)["error"]["code"] == "UNSAVED_EDITS"
    assert (one / "a.txt").read_bytes() == b"unsaved\n"
    saved = pair("one", "restore", second, "--save")["saved_snapshot_id"]
    assert (one / "a.txt").read_bytes() == b"ho\n"
    assert saved not in [row["id"] for row in pair("one", "log")["snapshots"]]
    assert saved in [row["id"] for row in pair("one", "log", "--all")["snapshots"]]
    assert pair("one", "restore", "no-such-tag", code=4)["error"]["code"] == "NOT_FOUND"


def test_differing_lines_are_shown(tmp_path, pair, signed_in):
    one = tmp_path / "one"
    (one / "a.txt").write_bytes(b"hi\nho")
    (one / "bin").write_bytes(b"\0\1")
    (one / "d" / "x").unlink()
    shown = run(tmp_path, signed_in, "diff", cwd=one).stdout
    assert "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1,2 @@\n hi\n+ho\n\\ No newline" in shown
    assert "Binary files /dev/null and b/bin differ" in shown
    assert "--- a/d/x\n+++ /dev/null" in shown


def test_lists_hold_what_the_api_answers(pair, sqlite_server, signed_in):
    with sqlite_server.client(signed_in["ASTERISM_TOKEN"]) as client:
        assert pair("one", "whoami") == client.get("/v1/auth/me").json()
        projects = client.get("/v1/projects").json()["projects"]
        assert pair("one", "projects")["projects"] == projects
        listed = client.get(f"/v1/projects/{projects[0]['id']}/workspaces").json()["workspaces"]
    assert pair("one", "workspaces")["workspaces"] == listed
    assert pair(".", "workspaces", "--project", "demo")["workspaces"] == listed


def test_outside_a_working_copy(tmp_path, signed_in):
    for words in (["status"], ["pull"], ["log"], ["diff"], ["tag"], ["restore", "x"], ["workspaces"]):
        done = run(tmp_path, signed_in, *words)
        assert done.returncode == 4, words
        assert "belongs to no project" in done.stderr


def test_a_folder_belongs_to_one_project(pair):
    assert pair("one", "init", "--project", "demo")["project_name"] == "demo"
    assert pair("one", "init", "--project", "other", code=5)["error"]["code"] == "BOUND_ALREADY"


def test_signing_in_and_out(tmp_path, sqlite_server, signed_in):
    home = {"ASTERISM_URL": sqlite_server.url}
    environment = clean_environment(tmp_path, home)
    with started([*ASTERISM, "login"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first, second = process.stderr.readline(), process.stderr.readline()
        code = re.search(r"[A-Z]{4}-[0-9]{4}", second)
        assert code is not None
        assert code[0] in first
        with sqlite_server.client(signed_in["ASTERISM_TOKEN"]) as client:
            assert client.post("/v1/oauth/device/authorize", json={"user_code": code[0]}).status_code == 200
            me = client.get("/v1/auth/me").json()
        assert process.wait(30) == 0
        assert "ast_" not in process.stderr.read()

    assert answer(run(tmp_path, home, "whoami", "--json")) == me
    [saved] = (tmp_path / ".config" / "asterism").iterdir()
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    token = re.search(r"ast_u_\w+", saved.read_text())
    assert token is not None
    done = answer(run(tmp_path, home, "logout", "--json"))
    assert (done["signed_out"], done["revoked"]) == (True, True)
    assert run(tmp_path, home, "whoami").returncode == 3
    with sqlite_server.client(token[0]) as client:
        assert client.get("/v1/auth/me").status_code == 401


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_restore_that_is_stopped_leaves_a_whole_tree(tmp_path, pair, signed_in, how):
    """An interrupt waits until the tree is the new one; what a kill leaves the next command finishes."""
    one = tmp_path / "one"
    before = {f"f{n}": ("file", b"%d" % n * 200, 0o644) for n in range(300)}
    after = {f"f{n}": ("file", b"%d" % n * 300, 0o755) for n in range(50, 350)}
    build(one, before)
    first = pair("one", "push")["snapshot_id"]
    for name in before:
        (one / name).unlink()
    build(one, after)
    second = pair("one", "push")["snapshot_id"]
    trees = {second: describe(one)}
    pair("one", "restore", first)
    trees[first] = describe(one)
    target = second
    for milliseconds in (0, 3, 8, 15):
        environment = clean_environment(tmp_path, signed_in)
        with started([*ASTERISM, "restore", target], cwd=one, env=environment, stderr=-3, stdout=-3) as process:
            stop_when_moving(process, one / ".asterism" / "journal.json", milliseconds / 1000, how)
        if how != signal.SIGKILL:
            assert describe(one) in trees.values()
        for path, what in describe(one).items():
            assert what in (trees[first].get(path), trees[second].get(path)), path
        pair("one", "restore", target)
        assert describe(one) == trees[target]
        target = first if target == second else second
    assert pair("one", "status")["clean"]


def stop_when_moving(process: "subprocess.Popen[bytes]", journal: Path, later: float, how: int) -> None:
    """Stop the process a moment after it has begun to change the tree (or let it end)."""
    while process.poll() is None and not journal.exists():
        pass
    timer = threading.Timer(later, process.send_signal, [how])
    timer.start()
    process.wait(30)
    timer.join()
