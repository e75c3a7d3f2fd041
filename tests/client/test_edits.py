"""What is edited is found from what the folder's last look remembers, and is what comparing all entries finds."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings

from asterism.client.compare import edits
from asterism.client.progress import Silent
from asterism.client.push import push
from asterism.client.tree import read_tree
from asterism.client.workcopy.state import State
from asterism.vcs.diff import diff
from asterism.vcs.ignore import STATE_NAMES
from asterism.vcs.manifest import read
from tests.client.fake_server import FakeServer
from tests.client.trees import TREES, build


@settings(max_examples=40, deadline=None)
@given(TREES, TREES)
def test_edits_are_those_that_a_full_comparison_finds(before, after):
    server = FakeServer()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch) / "work"
        build(work, before)
        push(server.api(), str(work), progress=Silent())
        for place in work.iterdir():
            if place.name not in STATE_NAMES:
                shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()
        build(work, after)
        state = State(str(work))
        base = state.bound().base
        assert base is not None
        tree = read_tree(state, threads=1, progress=Silent())
        expected = diff(read(state.base_manifest(base)), tree.entries())
        assert tree.changes_since(base.manifest_hash) == expected
        assert edits(server.api(), state, threads=1) == expected
        assert tree.changes_since("0" * 64) is None
