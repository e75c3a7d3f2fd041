"""Forks that share a look and what has to be read: what they tell, and what becomes of one that does not."""

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from asterism.kernel.workcopy.crew import Helper, Start, Tell, fork
from asterism.kernel.workcopy.hashing import Unreadable, hash_files
from asterism.kernel.workcopy.scan import Scan
from asterism.kernel.workcopy.scouts import LEAST_NAMES, Scouts
from asterism.kernel.workcopy.statcache import FORMAT, Cache, empty
from asterism.kernel.workcopy.walk import look
from tests.support.crews import absent, beside, half_told, killed

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


def unchanged(top: Path, cache: Cache, *starts: Start) -> set[str]:
    with Scouts(str(top), cache, len(starts), in_a_row(*starts)) as scouts:
        return scouts.unchanged()


def scan_with(top: Path, cache: Cache, found: set[str]) -> Scan:
    return look(str(top), cache, unchanged=found)


def in_a_row(*starts: Start) -> Start:
    """Start one helper after the other, each in its way."""
    waiting = list(starts)
    return lambda work: waiting.pop()(work)


@pytest.mark.parametrize("starts", [(), (beside,), (fork,), (fork, fork, fork)])
def test_folders_are_told_apart_whoever_looks(top: Path, cache: Cache, starts: tuple[Start]) -> None:
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


@pytest.mark.parametrize("start", [killed, half_told, absent])
def test_what_a_scout_does_not_tell_is_looked_at(top: Path, cache: Cache, start: Start) -> None:
    (top / "folder7/file").write_bytes(b"yy")
    found = unchanged(top, cache, start)
    assert found <= set(cache.folders) - {"folder7"}
    assert scan_with(top, cache, found).changed == {"folder7"}


def test_a_portion_that_was_half_told_does_not_count(top: Path, cache: Cache) -> None:
    lost = set(cache.folders) - unchanged(top, cache, half_told)
    assert 0 < len(lost) < 10


def test_scouts_end_with_their_look_and_leave_nothing(top: Path, cache: Cache) -> None:
    before, sent = set(os.listdir("/proc/self/fd")), list[Helper]()

    def start(work: Callable[[Tell], None]) -> Helper | None:
        helper = fork(work)
        assert helper is not None
        sent.append(helper)
        return helper

    with Scouts(str(top), cache, 2, start):
        assert len(sent) == 2
    assert set(os.listdir("/proc/self/fd")) == before
    for helper in sent:
        with pytest.raises(ProcessLookupError):
            os.kill(helper.process, 0)


def reading(top: Path, *starts: Start) -> set[tuple[str, bytes]]:
    """Return what the files of a tree hold, read by this process and helpers."""
    pending = look(str(top), empty()).pending
    found = hash_files(str(top), pending, at_once=1 + len(starts), start=in_a_row(*starts))
    return {(item.path, content) for group in found for item, content, _ in group}


@pytest.mark.parametrize("starts", [(), (beside,), (fork, fork), (killed,), (half_told,), (absent,)])
def test_contents_are_hashed_whoever_reads(top: Path, starts: tuple[Start, ...]) -> None:
    for number in range(40):  # several portions
        (top / f"folder{number}/file").write_bytes(bytes([number]) * 200_000)
    expected = {(str(path.relative_to(top)), sha256(path.read_bytes()).digest()) for path in top.rglob("file")}
    assert reading(top, *starts) == expected


@pytest.mark.parametrize("starts", [(), (fork,), (fork, fork)])
def test_what_cannot_be_read_is_told_whoever_meets_it(top: Path, starts: tuple[Start, ...]) -> None:
    pending = look(str(top), empty()).pending
    (top / "folder250/file").unlink()
    with pytest.raises(Unreadable, match="folder250/file"):
        list(hash_files(str(top), pending, at_once=1 + len(starts), start=in_a_row(*starts)))


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


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor has nobody to send")
def test_scouts_are_sent_where_it_pays_and_nothing_else_runs() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
