"""Push then clone gives the tree back bit for bit, and a second push sends only what changed."""

import json
import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from asterism.base.errors import DomainError
from asterism.client.clone import InTheWay, clone
from asterism.client.progress import Silent
from asterism.client.push import Wish, push
from asterism.client.workcopy.lock import Busy
from asterism.client.workcopy.state import State
from asterism.kernel.workcopy.names import BadName
from asterism.kernel.workcopy.statcache import RACY_NS
from asterism.kernel.workcopy.walk import look
from asterism.vcs.content import hash_bytes
from tests.client.fake_server import FakeServer
from tests.client.trees import TREES, build, describe


def pushed(server: FakeServer, folder: Path, **wish):
    return push(server.api(), str(folder), Wish(**wish), progress=Silent())


def cloned(server: FakeServer, project: str, folder: Path, **options):
    return clone(server.api(), project, str(folder), progress=Silent(), **options)


@settings(max_examples=40, deadline=None)
@given(TREES)
def test_any_tree_comes_back_as_it_was(tree):
    server = FakeServer()
    with tempfile.TemporaryDirectory() as scratch:
        there, back = Path(scratch) / "there", Path(scratch) / "back"
        build(there, tree)
        first = pushed(server, there)
        cloned(server, "there", back)
        assert describe(back) == describe(there)
        assert pushed(server, back).manifest_hash == first.manifest_hash
        assert len(server.snapshots) == 1


def test_what_a_push_makes(tmp_path):
    server = FakeServer()
    build(tmp_path / "work", {"a": ("file", b"1", 0o644), "d": {"x": ("file", b"2", 0o755)}})
    first = pushed(server, tmp_path / "work", project="demo", message="one")
    assert (first.project.name, first.workspace.name, first.created) == ("demo", "main", True)
    (tmp_path / "work" / "a").write_bytes(b"3")
    second = pushed(server, tmp_path / "work", message="two")
    row = server.snapshots[second.snapshot.id]
    assert row["parent_snapshot_ids"] == [first.snapshot.id]
    assert (row["source"], row["summary"], row["author_email"]) == ("cli", "two", "a@b.c")
    assert (second.sent_blobs, second.sent_bytes) == (1, 1)


def test_an_unchanged_tree_is_neither_read_nor_sent(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    build(work, {"a": ("file", b"1", 0o644)})
    wait_for_the_clock(work)
    first = pushed(server, work)
    assert look(str(work), State(str(work)).cache()).pending == []
    server.calls.clear()
    again = pushed(server, work)
    assert (again.created, again.snapshot.id) == (False, first.snapshot.id)
    assert not any(path.startswith("/v1/blobs") for _, path in server.calls)


@pytest.mark.parametrize("lacks", ["nothing", "the base", "the route"])
def test_of_a_manifest_only_what_changed_is_sent_where_that_will_do(tmp_path, lacks):
    server = FakeServer()
    work = tmp_path / "work"
    build(work, {f"f{n}": ("file", b"1", 0o644) for n in range(30)})
    pushed(server, work)
    (work / "f1").write_bytes(b"other")
    (work / "f2").unlink()
    server.calls.clear()
    if lacks == "the base":
        server.manifests.clear()
    if lacks == "the route":
        server._post_manifests_2 = None
    done = pushed(server, work)
    assert server.manifests[done.manifest_hash]
    sent = [path.rpartition("/")[2] for method, path in server.calls if "/manifests/" in path]
    assert sent == (["delta"] if lacks == "nothing" else ["delta", done.manifest_hash])
    for n in (3, 4, 5):  # more than a tenth of the 29
        (work / f"f{n}").unlink()
    server.calls.clear()
    done = pushed(server, work)
    assert ("PUT", f"/v1/blobs/manifests/{done.manifest_hash}") in server.calls


def wait_for_the_clock(folder: Path) -> None:
    """Return when what is in `folder` is old enough that a later change would show in its times."""
    newest = max(path.stat().st_ctime_ns for path in folder.rglob("*"))
    while time.time_ns() - newest <= RACY_NS:
        pass


def test_an_edit_in_the_same_tick_is_seen(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    build(work, {"a": ("file", b"1", 0o644)})
    hashes = set()
    for number in range(20):
        (work / "a").write_bytes(b"%02d" % number)
        hashes.add(pushed(server, work).manifest_hash)
    assert len(hashes) == 20


def test_ignore_rules_and_repository_state_stay_out(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    build(
        work,
        {
            ".gitignore": ("file", b"*.log\nbuild/\n", 0o644),
            ".asterismignore": ("file", b"!keep.log\n", 0o644),
            "x.log": ("file", b"1", 0o644),
            "y": {"y.log": ("file", b"1", 0o644)},
            "keep.log": ("file", b"1", 0o644),
            "build": {"out": ("file", b"1", 0o644)},
            "sub": {
                ".git": {"config": ("file", b"1", 0o644)},
                "y.log": ("file", b"1", 0o644),
                "z": ("file", b"1", 0o644),
            },
        },
    )
    pushed(server, work)
    cloned(server, "work", tmp_path / "back")
    assert sorted(describe(tmp_path / "back")) == [".asterismignore", ".gitignore", "keep.log", "sub", "sub/z", "y"]
    (work / ".gitignore").write_bytes(b"")
    pushed(server, work)
    cloned(server, "work", tmp_path / "again")
    assert {"x.log", "build/out", "y/y.log"} <= set(describe(tmp_path / "again"))


def test_a_versioned_file_stays_in_when_a_rule_comes_to_name_it(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    build(work, {"x.log": ("file", b"1", 0o644)})
    pushed(server, work)
    (work / ".gitignore").write_bytes(b"*.log\n")
    (work / "y.log").write_bytes(b"2")
    pushed(server, work)
    cloned(server, "work", tmp_path / "back")
    assert sorted(describe(tmp_path / "back")) == [".gitignore", "x.log"]


def test_names_that_can_not_be_kept_are_named(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    work.mkdir()
    with open(os.fsencode(work) + b"/\xff\xfe", "wb"):
        pass
    with pytest.raises(BadName, match="not UTF-8"):
        pushed(server, work)
    assert not server.manifests


def test_special_files_are_reported(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    work.mkdir()
    os.mkfifo(work / "pipe")
    assert pushed(server, work).special == ["pipe"]


def test_clone_refuses_what_is_in_the_way(tmp_path):
    server = FakeServer()
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    pushed(server, tmp_path / "work")
    build(tmp_path / "full", {"mine": ("file", b"1", 0o644)})
    with pytest.raises(InTheWay):
        cloned(server, "work", tmp_path / "full")
    with pytest.raises(InTheWay):
        cloned(server, "work", tmp_path / "work")
    with pytest.raises(InTheWay):
        cloned(server, "work", tmp_path / "full" / "mine")
    assert sorted(describe(tmp_path / "full")) == ["mine"]


def test_a_clone_that_was_cut_off_goes_on(tmp_path):
    server = FakeServer()
    build(tmp_path / "work", {f"f{n}": ("file", b"%d" % n * 10, 0o644) for n in range(30)})
    pushed(server, tmp_path / "work")
    gone = next(iter(server.blobs))
    kept = server.blobs.pop(gone)
    with pytest.raises(DomainError):
        cloned(server, "work", tmp_path / "back")
    assert list(describe(tmp_path / "back")) == []
    server.blobs[gone] = kept
    cloned(server, "work", tmp_path / "back")
    assert describe(tmp_path / "back") == describe(tmp_path / "work")


def test_a_clone_checks_every_content(tmp_path):
    server = FakeServer()
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    pushed(server, tmp_path / "work")
    server.blobs[next(iter(server.blobs))] = b"2"
    with pytest.raises(DomainError, match="other bytes"):
        cloned(server, "work", tmp_path / "back")
    assert describe(tmp_path / "back") == {}


def test_a_blob_that_the_server_lost_is_sent_again(tmp_path):
    server = FakeServer()
    work = tmp_path / "work"
    build(work, {"a": ("file", b"1", 0o644), "b": ("file", b"2", 0o644)})
    pushed(server, work)
    server.blobs.clear()
    (work / "b").write_bytes(b"3")
    done = pushed(server, work)
    assert done.snapshot.complete
    assert sorted(server.blobs.values()) == [b"1", b"3"]


def test_two_at_once_are_told_apart(tmp_path):
    server = FakeServer()
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    with State(str(tmp_path / "work")).locked(), pytest.raises(Busy):
        pushed(server, tmp_path / "work")


def test_hostile_manifests_are_refused_or_written_nowhere_else(tmp_path):
    server = FakeServer()
    build(tmp_path / "work", {"a": ("file", b"1", 0o644)})
    done = pushed(server, tmp_path / "work")
    blob = next(iter(server.blobs))
    for path in ("../x", "/x", "a/../../x"):
        hostile(server, done, path, blob)
        with pytest.raises(DomainError):
            cloned(server, "work", tmp_path / "back" / path.replace("/", "_"))
    hostile(server, done, "s/.git/hooks/x", blob)
    assert cloned(server, "work", tmp_path / "safe").skipped == ["s/.git/hooks/x"]
    assert describe(tmp_path / "safe") == {}


def hostile(server: FakeServer, done, path: str, blob: str) -> None:
    """Make the server answer a manifest that names `path`, without checking it."""
    text = json.dumps({"version": "1", "files": [{"type": "file", "path": path, "hash": blob, "size": 1}]})
    name = hash_bytes(text.encode())
    server.manifests[name] = text.encode()
    server.snapshots[done.snapshot.id]["manifest_hash"] = name
    server._shown = lambda row: {**row, "complete": True}
