"""Filling the data folder of a server that does not run by the code of the store itself. Shared by benchmarks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs, open_blobs
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import upgrade
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, encode

QUOTA = 1 << 40


class Seeds:
    """A data folder and its owner."""

    def __init__(self, db: Database, blobs: Blobs, caller: Caller) -> None:
        self.db, self.blobs, self.caller = db, blobs, caller

    def tree(self, contents: Mapping[str, bytes]) -> str:
        """Store a tree, by path; return its manifest's hash."""
        named = {path: (hash_bytes(data), data) for path, data in contents.items()}
        storage.store_small(self.db, self.blobs, self.caller.user_id, dict(named.values()), QUOTA)
        data = encode(
            Entry(type="file", path=path, hash=name, size=len(data), mode=0o644) for path, (name, data) in named.items()
        )
        storage.upload(self.db, self.blobs, self.caller.user_id, hash_bytes(data), data)
        return hash_bytes(data)


@contextmanager
def seeding(data: Path) -> Iterator[Seeds]:
    """Open a data folder, a new one too."""
    db = open_database(f"sqlite:///{data / 'asterism.db'}")
    try:
        upgrade(db)
        with db.write() as tx:
            owner, _ = identity.ensure_owner(tx, "owner@localhost")
        yield Seeds(db, open_blobs(data / "blobs", spool=data / "incoming"), Caller(owner.id, "seeds", "u", "cli"))
    finally:
        db.close()
