"""Writing a tree into an empty folder from the store.

Contents are copied, never linked: through a hard link an agent could change what another copy, or the store, holds, and
a link that shares its blocks until they are written (reflink) needs whole objects of one file, which packs are not.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.workcopy.scan import Written
from asterism.kernel.workcopy.writer import Writer
from asterism.vcs.manifest import Entry


def write_tree(
    db: Database, blobs: Blobs, user_id: str, entries: list[Entry], folder: Path, staging: Path
) -> dict[str, Written]:
    """Write a tree into `folder`, which is empty, by way of `staging`; return what is known of its files.

    Raises BlobsMissing, Unavailable (the disk is full, say) or CannotWrite. For a worker thread.
    """
    staging.mkdir()
    writer = Writer(str(staging), entries)
    writer.make_folders()
    with db.read() as tx:
        plan = storage.plan_sending(tx, user_id, list(writer.wanted()))
    plan.sort(key=lambda item: (item[1].pack_id, item[1].start) if item[1] is not None else ("", 0))
    for blob, content in storage.read_all(db, blobs, user_id, plan):
        if isinstance(content, Iterator):
            writer.big(blob, content)
        else:
            writer.small(blob, content)
    writer.finish(str(folder))
    shutil.rmtree(staging)
    return writer.written
