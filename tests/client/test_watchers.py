"""Watchers as processes: one at a time, found by commands, and never a reason to fail when they are gone."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asterism.client.progress import Silent
from asterism.client.tree import read_tree
from asterism.client.watch import WatchedAlready, stop, watch
from asterism.client.workcopy.state import Binding, NotBound, State
from asterism.client.workcopy.watching.channel import call
from asterism.client.workcopy.watching.messages import Question
from asterism.client.workcopy.watching.mounts import Mount, mounts_at, obstacle
from asterism.client.workcopy.watching.watcher import Unwatchable, Watcher, WatchesExhausted
from asterism.kernel.workcopy.watch import Watch
from tests.support import forks
from tests.support.facts import until
from tests.support.process import started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders are watched on Linux only")


@pytest.fixture
def state(tmp_path: Path) -> State:
    if reason := obstacle(mounts_at(str(tmp_path))):
        pytest.skip(f"the folder of the tests is not watched: {reason}")
    top = tmp_path / "top"
    for name in ("a", "b/deep"):
        (top / name).mkdir(parents=True)
        (top / name / "file").write_bytes(b"x\n")
    state = State(str(top))
    state.save(Binding("http://127.0.0.1:1", "p", "p", "w", "w"))
    return state


@contextmanager
def watched(state: State, **options: float) -> Iterator[threading.Thread]:
    ready = threading.Event()
    thread = threading.Thread(target=watch, args=(state, lambda _: ready.set()), kwargs=options)
    thread.start()
    try:
        assert ready.wait(60)
        yield thread
    finally:
        stop(State(state.top))
        thread.join(60)
        assert not thread.is_alive()


def visited(state: State) -> int:
    """Look at the tree, save the look, and return how many folders were looked into."""
    tree = read_tree(state, threads=1, progress=Silent())
    tree.remember(state)
    return tree.visited


def test_only_what_changed_is_looked_at(state: State) -> None:
    assert visited(state) == visited(state) == 4
    with watched(state):
        assert [visited(state), visited(state)] == [4, 0]
        Path(state.top, "b/deep/file").write_bytes(b"y\n")
        assert [visited(state), visited(state)] == [1, 0]
        Path(state.top, "b/new").mkdir()
        assert [visited(state), visited(state), visited(state)] == [2, 1, 0]
    assert visited(state) == 5


def test_a_copied_folder_is_not_the_watched_one(state: State, tmp_path: Path) -> None:
    with watched(state):
        assert [visited(state), visited(state)] == [4, 0]
        copy = tmp_path / "copy"
        subprocess.run(["cp", "-a", state.top, copy], check=True)
        assert visited(State(str(copy))) == 4
        (copy / ".asterism/watch").unlink()
        os.symlink(Path(state.folder, "watch"), copy / ".asterism/watch")
        assert visited(State(str(copy))) == 4


def test_a_folder_is_watched_wherever_it_goes(state: State, tmp_path: Path) -> None:
    with watched(state):
        assert [visited(state), visited(state)] == [4, 0]
        os.rename(state.top, tmp_path / "elsewhere")
        state.top, state.folder = str(tmp_path / "elsewhere"), str(tmp_path / "elsewhere/.asterism")
        assert visited(state) == 0
        Path(state.top, "a/file").write_bytes(b"y\n")
        assert visited(state) == 1


def test_one_watcher_at_a_time(state: State) -> None:
    with watched(state), pytest.raises(WatchedAlready):
        watch(state, print)
    with watched(state):
        pass
    assert stop(state) is False


def test_what_makes_no_sense_is_passed_over(state: State) -> None:
    with watched(state):
        for said in (b"", b"{", b'{"session": "\xff"}', b'{"now": "x"}'):
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(f"{state.folder}/watch")
                line.sendall(said)
                line.shutdown(socket.SHUT_WR)
                assert line.recv(1) == b""
        assert [visited(state), visited(state)] == [4, 0]
        for noted in (b"", b"{}", b'{"cache": "\xff"}'):
            Path(state.folder, "seen").write_bytes(noted)
            assert visited(state) == 4


def test_a_folder_that_is_not_bound_is_not_watched(tmp_path: Path) -> None:
    with pytest.raises(NotBound):
        watch(State(str(tmp_path)), print)


def test_a_watcher_ends_when_its_socket_goes(state: State) -> None:
    with watched(state, look_after=0.01) as thread:
        Path(state.folder, "watch").unlink()
        thread.join(60)
        assert not thread.is_alive()


def test_a_watcher_that_was_killed_leaves_nothing_in_the_way(state: State) -> None:
    with started([*forks.ASTERISM, "watch"], cwd=state.top, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"watching 4 folders" in process.stdout.readline()
        assert [visited(state), visited(state)] == [4, 0]
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    Path(state.top, "a/file").write_bytes(b"y\n")
    assert visited(state) == 4
    with watched(state):
        assert visited(state) == 4


def test_a_watcher_in_the_background_outlives_its_command(state: State) -> None:
    try:
        done = forks.run([*forks.ASTERISM, "watch", "--background"], cwd=state.top)
        assert done.returncode == 0, done.stderr
        until(lambda: call(state.folder, Question()))
        assert [visited(state), visited(state)] == [4, 0]
        again = forks.run([*forks.ASTERISM, "watch", "--background"], cwd=state.top)
        assert again.returncode == 5
        assert b"watched already" in again.stderr
    finally:
        assert stop(state)


def test_a_watcher_that_cannot_begin_in_the_background_says_why(state: State) -> None:
    Path(state.top, "bad\\..\\..\\name").write_bytes(b"")
    done = forks.run([*forks.ASTERISM, "watch", "--background"], cwd=state.top)
    assert done.returncode == 6
    assert b"cannot be versioned" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_another_users_watcher_is_not_believed(state: State, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    program = (  # the system names the user who called `listen`
        "import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o777);"
        "os.setuid(65534); s.listen(); print(1, flush=True); line, _ = s.accept(); line.recv(1)"
    )
    with started([sys.executable, "-c", program, path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.symlink(path, Path(state.folder, "watch"))
        assert call(state.folder, Question()) is None


class Exhausted(Watch):
    """A watch for which the system has room for a few folders only."""

    def follow(self, folders: Iterable[str]) -> set[str]:
        """Watch one folder."""
        fresh = super().follow(list(folders)[:1])
        self._blind, self.trouble = True, errno.ENOSPC
        return fresh


def test_too_few_watches_are_told_with_what_to_do(state: State) -> None:
    with pytest.raises(WatchesExhausted) as caught:
        Watcher(state.top, ["", "a"], make=Exhausted)
    assert "sysctl -w fs.inotify.max_user_watches=" in str(caught.value.hint)


LISTING = """\
21 1 8:1 / / rw - ext4 /dev/sda rw
30 21 0:5 / /proc rw - proc proc rw
31 21 0:40 / /srv/a\\040b rw - ext4 /dev/sdb rw
32 31 0:41 / /srv/a\\040b rw shared:1 - nfs4 server:/ rw
33 32 0:42 / /srv/a\\040b/top/in rw - tmpfs tmpfs rw
34 32 0:43 / /srv/a\\040b/topper rw - tmpfs tmpfs rw
"""


def test_the_mounts_of_a_tree(tmp_path: Path) -> None:
    listing = tmp_path / "mountinfo"
    listing.write_text(LISTING)

    def kinds(folder: str) -> list[str]:
        return [mount.kind for mount in mounts_at(folder, str(listing))]

    assert kinds("/srv/a b/top") == ["nfs4", "tmpfs"]
    assert kinds("/srv/other") == ["ext4"]
    assert kinds("/srv/a b") == ["nfs4", "tmpfs", "tmpfs"]


def test_a_tree_with_a_part_that_is_mounted_twice_is_not_watched() -> None:
    disk, other, again = Mount("1", "8:1", "/", "ext4"), Mount("2", "8:2", "/a", "xfs"), Mount("3", "8:1", "/b", "ext4")
    assert obstacle([disk, other]) is None
    assert obstacle([disk, other, again]) == "a part of it is mounted in it once more"
    assert obstacle([disk, Mount("2", "0:9", "/a", "fuse.sshfs")]) == "it lies on fuse.sshfs"


def test_what_the_system_does_not_tell_of_is_not_watched() -> None:
    with pytest.raises(Unwatchable, match="proc"):
        Watcher("/proc/self", [""])
