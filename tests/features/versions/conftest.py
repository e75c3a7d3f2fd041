"""A person with a project and a storage, on both databases."""

from pathlib import Path

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database
from tests.support.shelf import Shelf


@pytest.fixture
def shelf(db: Database, clock: ManualClock, memory_path: Path) -> Shelf:
    with db.write() as tx:
        user = identity.add_user(tx, "someone@example.org")
    return Shelf(db, open_blobs(memory_path / "blobs", spool=memory_path / "incoming"), user.id, clock)


@pytest.fixture
def caller(shelf: Shelf) -> Caller:
    return Caller(shelf.user, "token", "u", "cli")
