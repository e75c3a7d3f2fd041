"""What a backup needs of the storage: which objects the database refers to, and that none is deleted meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from asterism.features.versions.storage import inspection_store, sweep_store
from asterism.features.versions.storage.errors import CollectionRunning
from asterism.kernel.db import Database
from asterism.kernel.runs import this_process


@contextmanager
def uncollected(db: Database) -> Iterator[Callable[[], None]]:
    """Keep everybody's content from being collected while the context is open, by the right to collect it.

    Yields a function that prolongs it, to be called at least every five minutes. Raises CollectionRunning.
    """
    holder = this_process()

    def take() -> None:
        with db.write() as tx:
            for user_id in inspection_store.users(tx):
                if not sweep_store.take_lease(tx, user_id, holder):
                    raise CollectionRunning

    take()
    try:
        yield take
    finally:
        with db.write() as tx:
            for user_id in inspection_store.users(tx):
                sweep_store.drop_lease(tx, user_id, holder)


def object_keys(db: Database) -> Iterator[str]:
    """Yield the key of every object of the content store that the database refers to."""
    with db.read() as tx:
        yield from inspection_store.object_keys(tx)
