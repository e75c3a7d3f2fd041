"""The real commands against a real server: trees come back, failures are told and nothing leaks."""

import os
import socket
import threading
import time

from tests.client.trees import build, describe
from tests.support.commands import answer, run
from tests.support.server import free_port

TREE = {
    "README.md": ("file", b"# Demo\n", 0o644),
    "bin": {"run.sh": ("file", b"#!/bin/sh\n", 0o755), "link": ("link", "run.sh")},
    "empty": {},
    ".keep": ("file", b"", 0o644),
    "имя": {"日本語.txt": ("file", b"x" * 100_000, 0o644), "dangling": ("link", "/nowhere")},
    "big.bin": ("file", os.urandom(9 << 20), 0o644),
}


def test_a_tree_goes_there_and_comes_back(tmp_path, signed_in):
    work = tmp_path / "work"
    build(work, TREE)
    first = answer(run(tmp_path, signed_in, "push", "work", "--project", "Demo project", "--message", "one", "--json"))
    assert {"project_id", "workspace_id", "snapshot_id", "manifest_hash"} <= first.keys()
    (work / "empty" / "new").write_bytes(b"new")
    second = answer(run(tmp_path, signed_in, "push", "--json", cwd=work / "bin"))
    assert second["parent_snapshot_ids"] == [first["snapshot_id"]]
    assert (second["sent_blobs"], second["workspace_id"]) == (1, first["workspace_id"])

    made = answer(run(tmp_path, signed_in, "clone", "Demo project", "back", "--json"))
    assert (made["workspace_id"], made["snapshot_id"]) == (second["workspace_id"], second["snapshot_id"])
    assert describe(tmp_path / "back") == describe(work)
    earlier = ("--snapshot", first["snapshot_id"])
    old = answer(run(tmp_path, signed_in, "clone", first["project_id"], "old", *earlier, "--json"))
    assert old["manifest_hash"] == first["manifest_hash"]
    assert describe(tmp_path / "old").keys() == describe(work).keys() - {"empty/new"}
    assert run(tmp_path, signed_in, "clone", "Demo project").returncode == 0
    assert describe(tmp_path / "Demo project") == describe(work)


def test_what_the_server_keeps_of_a_push(tmp_path, signed_in, sqlite_server):
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    pushed = answer(run(tmp_path, signed_in, "push", "work", "-m", "two\nlines", "--json"))
    with sqlite_server.client(signed_in["ASTERISM_TOKEN"]) as client:
        snapshot = client.get(f"/v1/snapshots/{pushed['snapshot_id']}").json()["snapshot"]
        project = client.get(f"/v1/projects/{pushed['project_id']}").json()
    assert (snapshot["summary"], snapshot["source"], snapshot["complete"]) == ("two\nlines", "cli", True)
    assert project["project"]["name"] == "work"
    assert [workspace["name"] for workspace in project["workspaces"]] == ["main"]


def test_failures_say_what_to_do(tmp_path, signed_in):
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    answer(run(tmp_path, signed_in, "push", "work", "--json"))
    cases = [
        (["clone", "work", "work"], 5, "working copy already"),
        (["clone", "no such project"], 4, "no such project"),
        (["push", "no such folder"], 4, "no such folder"),
        (["clone", "work", "x", "--snapshot", "nope"], 4, ""),
    ]
    for arguments, code, words in cases:
        done = run(tmp_path, signed_in, *arguments)
        assert (done.returncode, words in done.stderr, done.stdout) == (code, True, ""), done.stderr
    error = answer(run(tmp_path, signed_in, "clone", "nope", "--json"), code=4)["error"]
    assert error["code"] == "NOT_FOUND"


def test_without_a_good_token(tmp_path, sqlite_server):
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    for extra in ({}, {"ASTERISM_TOKEN": "ast_u_" + "x" * 46}, {"ASTERISM_TOKEN": "with space"}):
        done = run(tmp_path, {"ASTERISM_URL": sqlite_server.url, **extra}, "push", "work")
        assert done.returncode == 3
        assert "asterism login" in done.stderr


def test_a_server_that_is_not_there_is_given_up_soon(tmp_path, signed_in):
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    began = time.monotonic()
    done = run(tmp_path, {**signed_in, "ASTERISM_URL": f"http://127.0.0.1:{free_port()}"}, "push", "work")
    assert done.returncode == 6
    assert "No server answers" in done.stderr
    assert time.monotonic() - began < 15


def test_something_else_at_the_address(tmp_path, signed_in):
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    with socket.create_server(("127.0.0.1", 0)) as other:

        def serve() -> None:
            connection, _ = other.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
        done = run(tmp_path, {**signed_in, "ASTERISM_URL": url}, "push", "work")
        thread.join()
    assert done.returncode == 6
    assert "no Asterism server" in done.stderr
