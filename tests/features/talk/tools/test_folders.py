"""How many folders of a tree are looked into for those who ask what is in it."""

import pytest

from asterism.features.accounts import identity
from asterism.features.talk.runs import project_files
from asterism.features.talk.tools import tree_files
from asterism.features.versions import storage
from asterism.kernel.blobs import ObjectStoreBlobs, open_blobs
from asterism.kernel.db import Database
from asterism.vcs.manifest import Entry

TOKENS = 1_000_000


@pytest.fixture
def blobs(tmp_path_factory: pytest.TempPathFactory) -> ObjectStoreBlobs:
    return open_blobs("memory://", spool=tmp_path_factory.mktemp("spool"))


def folders(count: int) -> list[Entry]:
    return [Entry(path=f"d{number:04}/f", hash="ab" * 32, size=1) for number in range(count)]


def test_a_chat_is_told_the_files_of_two_hundred_folders(db: Database, blobs: ObjectStoreBlobs) -> None:
    def told(count: int) -> tuple[str, ...]:
        made = storage.store_entries(tx, blobs, user, folders(count))
        found = project_files.read_files(tx, blobs, user, made.hash, TOKENS)
        return () if found is None else found.paths

    with db.write() as tx:
        user = identity.add_user(tx, "a@example.org").id
        assert set(told(200)) == {f"d{number:04}/f" for number in range(200)}
        assert [path for path in told(201) if path.endswith("/")] == ["d0200/"]


def test_files_of_five_thousand_folders_are_found(db: Database, blobs: ObjectStoreBlobs) -> None:
    def found(count: int) -> int:
        made = storage.store_entries(tx, blobs, user, folders(count))
        return len(tree_files.files_below(tx, user, made.root, ""))

    with db.write() as tx:
        user = identity.add_user(tx, "a@example.org").id
        assert (found(5_000), found(5_001)) == (5_000, 5_000)
