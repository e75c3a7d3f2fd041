"""Content that arrives piece by piece and is named by its hash: in memory while small, else in a temporary file."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from asterism.kernel.blobs.errors import translate

MEMORY_BYTES = 1024 * 1024


class Spool:
    """Collects content and hashes it on the way; use it as a context manager, so that nothing is left behind.

    `write` raises Unavailable when the temporary file cannot be written (disk full).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digest = hashlib.sha256()
        self._parts: list[bytes] = []
        self._file: BinaryIO | None = None
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add a piece."""
        self._digest.update(data)
        self.size += len(data)
        if self._file is None and self.size <= MEMORY_BYTES:
            self._parts.append(data)
            return
        try:
            if self._file is None:
                self._to_disk()
            write_all(self._file, data)
        except OSError as error:
            raise translate(error) from error

    def _to_disk(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Deleted in close(); it must outlive this method and be renamed into place.
        self._file = tempfile.NamedTemporaryFile(dir=self._folder, prefix="incoming-", delete=False, buffering=0)  # type: ignore[assignment] # noqa: SIM115
        for part in self._parts:
            write_all(self._file, part)
        self._parts.clear()

    @property
    def hash(self) -> str:
        """The SHA-256 of what was written so far, in hex."""
        return self._digest.hexdigest()

    @property
    def content(self) -> bytes | None:
        """The content when it is in memory, None when it is in `path`."""
        return b"".join(self._parts) if self._file is None else None

    @property
    def path(self) -> Path:
        """The temporary file; only when `content` is None."""
        if self._file is None:
            raise ValueError("the content is in memory")
        return Path(self._file.name)

    def close(self) -> None:
        """Remove the temporary file, unless it has been moved to its place."""
        if self._file is not None:
            self._file.close()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._file.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_all(file: BinaryIO | None, data: bytes) -> None:
    """Write all of `data` to an unbuffered file, which may take less at a time. Raises OSError."""
    view = memoryview(data)
    while file is not None and view:
        view = view[file.write(view) :]
