"""A clone is whole whoever fetches its contents, and whatever becomes of a helper."""

import sys
from pathlib import Path

import pytest

from asterism.client import download
from asterism.client.errors import Corrupt
from asterism.client.progress import Silent
from asterism.client.receiving import receive_together
from asterism.kernel.workcopy.crew import Start, fork
from asterism.kernel.workcopy.statcache import sign
from asterism.kernel.workcopy.writer import Writer
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from tests.client.fake_server import FakeServer
from tests.support.crews import absent, beside, killed, mute

FILES = download.BATCH_BLOBS * 3 + 7
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="helpers are Linux only"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    server.blobs = {hash_bytes(data): data for data in (b"%d\n" % number for number in range(FILES))}
    return server


@pytest.fixture
def writer(server: FakeServer, tmp_path: Path) -> Writer:
    entries = [
        Entry(type="file", path=f"folder{number % 9}/file{number}", hash=blob, size=len(data))
        for number, (blob, data) in enumerate(server.blobs.items())
    ]
    first = entries[0]
    writer = Writer(str(tmp_path), [*entries, Entry(type="file", path="again", hash=first.hash, size=first.size)])
    writer.make_folders()
    return writer


def receive(server: FakeServer, writer: Writer, start: Start) -> dict[str, int]:
    """Receive with a helper and then what it left; return that."""
    left = receive_together(server.api(), writer, writer.wanted(), Silent(), 1, start)
    download.fetch(server.api(), left, writer, Silent())
    return left


@pytest.mark.parametrize("start", [beside, fork, killed, mute, absent])
def test_all_files_are_there_and_known_by_their_signatures(
    server: FakeServer, writer: Writer, tmp_path: Path, start: Start
) -> None:
    receive(server, writer, start)
    found = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(found) == FILES + 1
    assert {hash_bytes(path.read_bytes()) for path in found.values()} == set(server.blobs)
    for path, (content, signature) in writer.written.items():
        assert content.hex() == hash_bytes(found[path].read_bytes())
        assert signature == sign(found[path].lstat())
    if start in (beside, fork, absent):
        assert len(writer.written) == FILES


def test_what_a_mute_helper_wrote_is_not_fetched_again(server: FakeServer, writer: Writer) -> None:
    assert receive(server, writer, mute) == {}


def test_what_the_server_lacks_is_told_whoever_asks(server: FakeServer, writer: Writer) -> None:
    gone = list(server.blobs)[-1]
    del server.blobs[gone]
    with pytest.raises(Corrupt, match=gone):
        receive(server, writer, fork)
