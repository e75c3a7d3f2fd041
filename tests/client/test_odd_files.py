"""Files that are not as files usually are: ignored folders with versioned files, odd times, names, links and sizes."""

import os
import signal
from pathlib import Path

import pytest

from asterism.base.errors import TooLarge
from asterism.client.workcopy.state import State
from asterism.client.workcopy.uninterrupted import uninterrupted
from asterism.kernel.workcopy import statcache
from asterism.kernel.workcopy.names import BadName
from tests.client.fake_server import FakeServer
from tests.client.test_round_trip import cloned, pushed
from tests.client.test_update import pulled, restored
from tests.client.trees import build, describe


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def paths_at(server: FakeServer, tmp_path: Path, name: str) -> set[str]:
    """Return the files and links of the head, as a fresh clone shows them."""
    cloned(server, "work", tmp_path / name)
    return {path for path, what in describe(tmp_path / name).items() if what[0] != "dir"}


@pytest.mark.parametrize("rule", [b"secrets/\n", b"secrets\n", b"/secrets/\n", b"**/secrets/\n", b"secrets/**\n"])
def test_in_an_ignored_folder_only_what_is_versioned_stays(server, work, tmp_path, rule):
    build(work, {"secrets": {".gitkeep": ("file", b"", 0o644), "deep": {"old": ("file", b"1", 0o644)}}})
    pushed(server, work, project="work")
    (work / ".gitignore").write_bytes(rule)
    build(work, {"secrets": {"prod.env": ("file", b"K=1", 0o600), "deep": {"new": ("file", b"1", 0o644)}}})
    build(work, {"secrets": {"fresh": {"x": ("file", b"1", 0o644), ".gitignore": ("file", b"!x\n", 0o644)}}})
    pushed(server, work)
    kept = {".gitignore", "secrets/.gitkeep", "secrets/deep/old"}
    assert paths_at(server, tmp_path, "one") == kept
    (work / "secrets" / "deep" / "old").write_bytes(b"2")
    pushed(server, work)
    assert paths_at(server, tmp_path, "two") == kept
    assert (tmp_path / "two" / "secrets" / "deep" / "old").read_bytes() == b"2"
    (work / "secrets" / "deep" / "old").unlink()
    pushed(server, work)
    assert paths_at(server, tmp_path, "three") == kept - {"secrets/deep/old"}


def test_what_others_version_in_an_ignored_folder_arrives_and_stays(server, work, tmp_path):
    build(work, {"a": ("file", b"1", 0o644)})
    pushed(server, work, project="work")
    cloned(server, "work", tmp_path / "two")
    (tmp_path / "two" / ".asterismignore").write_bytes(b"secrets/\n")
    (tmp_path / "two" / "secrets").mkdir()
    (tmp_path / "two" / "secrets" / "own").write_bytes(b"mine")
    build(work, {"secrets": {"shared": ("file", b"1", 0o644)}})
    pushed(server, work)
    pulled(server, tmp_path / "two")
    assert (tmp_path / "two" / "secrets" / "shared").exists()
    pushed(server, tmp_path / "two")
    assert paths_at(server, tmp_path, "three") == {"a", "secrets/shared", ".asterismignore"}


@pytest.mark.parametrize("seconds", [9224318016, 15032385535, -(2**31), -1, 2**32])
def test_any_time_of_change_will_do(server, work, seconds):
    build(work, {"f": ("file", b"1", 0o644), "l": ("link", "f"), "x.log": ("file", b"1", 0o644)})
    (work / ".gitignore").write_bytes(b"*.log\n")
    for name in ("f", "l", "x.log"):
        os.utime(work / name, (seconds, seconds), follow_symlinks=False)
    first = pushed(server, work)
    assert not pushed(server, work).created
    (work / "f").write_bytes(b"2")
    os.utime(work / "f", (seconds, seconds))
    assert pushed(server, work).manifest_hash != first.manifest_hash
    restored(server, work, first.snapshot)
    assert (work / "f").read_bytes() == b"1"


def test_times_that_no_file_system_of_today_keeps_can_be_signed():
    for seconds in (-(2**40), 2**40, 2**62):
        status = os.stat_result((0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0, seconds * 10**9, seconds * 10**9))
        assert len(statcache.sign(status)) == statcache.SIGNATURE_BYTES


@pytest.mark.parametrize("rule", ["caf*\n", "*.txt\n", "*\n!.asterismignore\n!k\n"])
def test_a_name_that_is_not_utf8_can_be_left_out(server, work, tmp_path, rule):
    (work / "k").write_bytes(b"1")
    with open(os.fsencode(work) + b"/caf\xe9.txt", "wb"):
        pass
    with pytest.raises(BadName, match="not UTF-8"):
        pushed(server, work)
    (work / ".asterismignore").write_text(rule)
    pushed(server, work)
    assert paths_at(server, tmp_path, "back") == {"k", ".asterismignore"}
    assert not pushed(server, work).created
    assert "caf\udce9.txt" in State(str(work)).cache().folders[""].names


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c")])
def test_hard_links_are_no_edits(server, work, tmp_path, names):
    build(work, dict.fromkeys(names, ("file", b"data", 420)))
    first = pushed(server, work)
    cloned(server, "work", tmp_path / "two")
    for name in names:
        (work / name).write_bytes(b"data more")
    pushed(server, work)
    two = tmp_path / "two"
    for name in names[1:]:
        (two / name).unlink()
        os.link(two / names[0], two / name)
    pulled(server, two)
    assert {(two / name).read_bytes() for name in names} == {b"data more"}
    assert not pushed(server, two).created
    for name in names[1:]:
        (two / name).unlink()
        os.link(two / names[0], two / name)
    restored(server, two, first.snapshot)
    assert {(two / name).read_bytes() for name in names} == {b"data"}
    for name in names[1:]:
        (two / name).unlink()
        os.link(two / names[0], two / name)
    build(work, {})
    for name in names:
        (work / name).unlink()
    pushed(server, work)
    pulled(server, two)
    assert not any((two / name).exists() for name in names)


@pytest.mark.parametrize("size", [2000, 9 << 20, 300 << 20])
def test_a_file_that_is_too_large_is_named(server, work, size):
    server.limit = min(size - 1, 256 << 20)
    with open(work / "big.iso", "wb") as file:
        file.truncate(size)
    (work / "small").write_bytes(b"1")
    with pytest.raises(TooLarge) as refused:
        pushed(server, work)
    assert "big.iso" in refused.value.message
    assert f"{server.limit:,}" in refused.value.message
    assert not server.projects
    if size > 256 << 20:
        assert not server.blobs


@pytest.fixture
def interruptible():
    """Let SIGINT interrupt, also where the suite was started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_waits_for_the_end_of_the_block():
    done = []

    def work():
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
