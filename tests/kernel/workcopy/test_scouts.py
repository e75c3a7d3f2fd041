"""Processes that go ahead of a look: what they tell, and what becomes of one that does not."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asterism.kernel.workcopy.scan import Scan
from asterism.kernel.workcopy.scouts import LEAST_NAMES, Scout, Scouts, Told, fork, processors
from asterism.kernel.workcopy.statcache import FORMAT, Cache, empty
from asterism.kernel.workcopy.walk import look
from tests.support.scouts import beside

FOLDERS = 300  # more than portions
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="scouts are Linux only"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    for number in range(FOLDERS):
        place = tmp_path / f"folder{number}"
        place.mkdir()
        (place / "file").write_bytes(b"x")
    return tmp_path


@pytest.fixture
def cache(top: Path) -> Cache:
    return Cache(FORMAT, "", look(str(top), empty()).folders)


def unchanged(top: Path, cache: Cache, *starts: Callable[[Callable[[Told], None]], Scout | None]) -> set[str]:
    waiting = list(starts)
    with Scouts(str(top), cache, len(starts), lambda work: waiting.pop()(work)) as scouts:
        return scouts.unchanged()


def scan_with(top: Path, cache: Cache, found: set[str]) -> Scan:
    return look(str(top), cache, unchanged=found)


@pytest.mark.parametrize("starts", [(), (beside,), (fork,), (fork, fork, fork)])
def test_folders_are_told_apart_whoever_looks(
    top: Path, cache: Cache, starts: tuple[Callable[..., Scout | None]]
) -> None:
    assert unchanged(top, cache, *starts) == set(cache.folders)
    (top / "folder7/file").write_bytes(b"yy")
    (top / "folder8/more").write_bytes(b"")
    (top / "folder9/file").unlink()
    (top / "folder9").rmdir()
    (top / "new").mkdir()
    found = unchanged(top, cache, *starts)
    assert found == set(cache.folders) - {"", "folder7", "folder8", "folder9"}
    scan = scan_with(top, cache, found)
    assert scan.folders == look(str(top), cache).folders
    assert scan.changed == {"", "folder7", "folder8", "folder9", "new"}
    assert scan.visited == 4  # the top, two that changed and the new one


def killed(work: Callable[[Told], None]) -> Scout | None:
    """A scout that is killed before anybody hears of it."""
    scout = fork(work)
    assert scout is not None
    os.kill(scout.process, signal.SIGKILL)
    return scout


def silent(work: Callable[[Told], None]) -> Scout | None:
    """A scout that takes one portion, says half of what it found, and is gone."""
    tales, told = os.pipe()

    def stop(tale: bytes) -> None:
        os.write(told, tale[: len(tale) // 2])
        raise InterruptedError

    with pytest.raises(InterruptedError):
        work(stop)
    os.close(told)
    return Scout(0, tales)


def absent(_: Callable[[Told], None]) -> Scout | None:
    """Nobody can be forked."""


@pytest.mark.parametrize("start", [killed, silent, absent])
def test_what_a_scout_does_not_tell_is_looked_at(top: Path, cache: Cache, start: Callable[..., Scout | None]) -> None:
    (top / "folder7/file").write_bytes(b"yy")
    found = unchanged(top, cache, start)
    assert found <= set(cache.folders) - {"folder7"}
    assert scan_with(top, cache, found).changed == {"folder7"}


def test_a_portion_that_was_half_told_does_not_count(top: Path, cache: Cache) -> None:
    lost = set(cache.folders) - unchanged(top, cache, silent)
    assert 0 < len(lost) < 10


def test_scouts_end_with_their_look_and_leave_nothing(top: Path, cache: Cache) -> None:
    before, sent = set(os.listdir("/proc/self/fd")), list[Scout]()

    def start(work: Callable[[Told], None]) -> Scout | None:
        scout = fork(work)
        assert scout is not None
        sent.append(scout)
        return scout

    with Scouts(str(top), cache, 2, start):
        assert len(sent) == 2
    assert set(os.listdir("/proc/self/fd")) == before
    for scout in sent:
        with pytest.raises(ProcessLookupError):
            os.kill(scout.process, 0)


ALONE = f"""
import sys, threading
from asterism.kernel.workcopy.scouts import send_out
from asterism.kernel.workcopy.statcache import Cache, FILE, FORMAT, HASH_BYTES, SIGNATURE_BYTES, Folder, join

def sent(count):
    names = [str(number) for number in range(count)]
    zeros = bytes(SIGNATURE_BYTES * count), bytes(HASH_BYTES * count)
    rows = Folder(join(names), bytes([FILE]) * count, *zeros, [], b"")
    scouts = send_out("/nowhere", Cache(FORMAT, "", {{"": rows}}))
    if scouts is None:
        return False
    with scouts:
        assert scouts.unchanged() == set()
    return True

assert not sent({LEAST_NAMES} - 1), "few"
assert sent({LEAST_NAMES}), "many"
end = threading.Event()
thread = threading.Thread(target=end.wait)
thread.start()
try:
    assert not sent({LEAST_NAMES}), "threads"
finally:
    end.set()
    thread.join()
"""


@pytest.mark.skipif(processors() < 2, reason="one processor has nobody to send")
def test_scouts_are_sent_where_it_pays_and_nothing_else_runs() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
