"""How the folder records of a user are read: inside a transaction, or by one for each look."""

from collections.abc import Mapping, Sequence

from asterism.features.versions.storage import store
from asterism.kernel.db import Database, Tx
from asterism.vcs.tree import Load


def loader(tx: Tx, user_id: str) -> Load:
    """Return what fetches a user's folder records."""

    def load(names: Sequence[str]) -> Mapping[str, bytes]:
        return store.tree_records(tx, user_id, names)

    return load


def stored_records(db: Database, user_id: str) -> Load:
    """Return what fetches them outside a transaction."""

    def load(names: Sequence[str]) -> Mapping[str, bytes]:
        with db.read() as tx:
            return store.tree_records(tx, user_id, names)

    return load
