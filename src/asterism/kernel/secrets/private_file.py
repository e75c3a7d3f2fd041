"""Small files that only their owner may read, replaced as a whole and durably: keys and what they seal.

A file is written as a draft beside it and moved into place. A draft that its process left behind when it was killed
would hold a key for ever; so writers take turns by a lock on the folder, and each removes what earlier ones left.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes and threads from writing the file; remove drafts of killed ones. Raises OSError.

    Not to be entered twice for files of one folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for draft in path.parent.glob(f".{path.name}.*"):
            draft.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes, *, replace: bool) -> bool:
    """Write a 0600 file as a whole and durably; return False when it exists and must not be replaced.

    The caller holds `locked(path)`. Raises OSError; then the file is what it was.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
