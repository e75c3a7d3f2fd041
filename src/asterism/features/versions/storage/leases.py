"""The right to collect one user's storage: held by a living process, and taken from a dead one at once.

A collection prolongs it every few seconds. One whose process was killed blocks nobody: on the same machine its end is
seen, elsewhere it runs out within `SECONDS`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from asterism.base.errors import DomainError
from asterism.features.versions.storage import sweep_store
from asterism.features.versions.storage.errors import CollectionRunning
from asterism.kernel.db import Database, Tx
from asterism.kernel.runs import has_died

log = structlog.get_logger("asterism.storage")
SECONDS = 90
BEAT_SECONDS = 20.0


@contextmanager
def lease(db: Database, user_id: str, holder: str) -> Iterator[None]:
    """Hold the right to collect while the context is open. Raises CollectionRunning when somebody else has it."""
    with db.write() as tx:
        _take(tx, user_id, holder)
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(db, user_id, holder, ended), name="collection", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()
        with db.write() as tx:
            sweep_store.drop_lease(tx, user_id, holder)


def _take(tx: Tx, user_id: str, holder: str) -> None:
    if sweep_store.take_lease(tx, user_id, holder, SECONDS):
        return
    other = sweep_store.lease_holder(tx, user_id)
    if other is not None and has_died(other):
        sweep_store.drop_lease(tx, user_id, other)
        if sweep_store.take_lease(tx, user_id, holder, SECONDS):
            return
    raise CollectionRunning


def _beat(db: Database, user_id: str, holder: str, ended: threading.Event) -> None:
    while not ended.wait(BEAT_SECONDS):
        try:
            with db.write() as tx:
                if sweep_store.lease_holder(tx, user_id) == holder:
                    sweep_store.take_lease(tx, user_id, holder, SECONDS)
        except DomainError as error:  # the next beat comes in time
            log.warning("storage.lease_not_prolonged", error=error.message)
