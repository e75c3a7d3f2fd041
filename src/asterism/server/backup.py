"""Backing an installation up into one file, beside a running server (ADR 0179).

The file is a tar archive: `asterism.db`, and `jobs.db` where an earlier release left one, each as it was at one moment;
`credentials.json`, whose values are sealed; `blobs/KEY` for every object that this database refers to; on request
`master.key.wrapped`. Its last two members are `backup.json`, which names size and SHA-256 of all others, and the
SHA-256 of that.
"""

import hashlib
import os
import secrets
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from asterism import __version__
from asterism.base.clock import SystemClock, stamp
from asterism.base.errors import Conflict, Invalid, Unsupported
from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import open_database
from asterism.kernel.db.migrate import current_revision
from asterism.kernel.db.sqlite_copy import copy_sqlite, settle_sqlite
from asterism.kernel.secrets import prove_keys, wrap_ring
from asterism.server.data_folder import NoInstallation, is_installation
from asterism.server.settings import Settings
from asterism.server.stores import open_settings_blobs, settings_key_store

FORMAT = 1
DATABASE, CREDENTIALS, KEY = "asterism.db", "credentials.json", "master.key.wrapped"
BLOBS = "blobs/"
LISTING, LISTING_HASH = "backup.json", "backup.json.sha256"
PIECE = 1024 * 1024
PROLONG_SECONDS = 60.0


class NotEmbedded(Unsupported):
    """The database is a server of its own, which is backed up by its own means."""

    code = "NOT_EMBEDDED"

    def __init__(self) -> None:
        super().__init__(
            "The database is a PostgreSQL server, which `asterism backup` does not copy.",
            hint="Use `pg_dump --format=custom` for it and, after that, copy the content store by its own means "
            "(a folder: rsync, S3: versioning or replication). Run no garbage collection in between.",
        )


class BackupExists(Conflict):
    """Something stands where the backup should be written."""

    code = "BACKUP_EXISTS"


class Part(msgspec.Struct, frozen=True):
    """Size in bytes and SHA-256 in hex of one member."""

    size: int
    sha256: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `missing` are objects that the database names and the store lacked already."""

    format: int
    version: str
    schema: str
    made_at: str
    key_id: str | None
    parts: dict[str, Part]
    missing: list[str]


class Progress(Protocol):
    """Who is told how far it is."""

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        """Begin a phase."""
        ...

    def advance(self, amount: int) -> None:
        """Count some of it as done."""
        ...


def back_up(settings: Settings, target: Path, passphrase: str | None, progress: Progress) -> tuple[Path, Listing]:
    """Write a backup to the file `target`, or to a new file in the folder `target`, and return where and what it is.

    With a passphrase the master key is in it, wrapped. The file appears when it is complete and on disk.
    Raises NoInstallation, NotEmbedded, BackupExists, CollectionRunning, MasterKeyError, Unavailable or OSError.
    """
    database = settings.sqlite_file
    if database is None:
        raise NotEmbedded
    if not is_installation(settings.data_dir) or not database.is_file():
        raise NoInstallation(settings.data_dir)
    made_at = stamp(SystemClock().now())
    if target.is_dir():
        target = target / f"asterism-{made_at[:19].replace(':', '').replace('-', '')}.tar"
    if target.exists():
        raise BackupExists(f"{target} exists.", hint="Name another file, or a folder to make a new file in.")
    if not target.parent.is_dir():
        raise Invalid(f"There is no folder {target.parent}.")
    with _draft(target) as (file, scratch), _Writer(file) as writer:
        listing = _write(settings, database, scratch, writer, passphrase, progress, made_at)
    return target, listing


def _write(
    settings: Settings,
    database: Path,
    scratch: Path,
    writer: "_Writer",
    passphrase: str | None,
    progress: Progress,
    made_at: str,
) -> Listing:
    live = open_database(settings.database)
    try:
        ring = prove_keys(live, settings_key_store(settings))
        if ring is not None and passphrase is not None:
            writer.add_bytes(KEY, wrap_ring(ring, passphrase))
        with storage.uncollected(live) as prolong:
            jobs = settings.earlier_jobs
            if jobs.is_file():  # before the rows that jobs are about, so that all of those are there
                copy_sqlite(jobs, scratch / jobs.name)
                writer.add_file(jobs.name, scratch / jobs.name)
            copy_sqlite(database, scratch / DATABASE)
            credentials = settings.data_dir / CREDENTIALS
            if credentials.is_file():
                writer.add_bytes(CREDENTIALS, credentials.read_bytes())
            schema, keys = _examine(scratch / DATABASE)
            writer.add_file(DATABASE, scratch / DATABASE)
            missing = _add_objects(writer, open_settings_blobs(settings), keys, prolong, progress)
    finally:
        live.close()
    listing = Listing(
        format=FORMAT,
        version=__version__,
        schema=schema,
        made_at=made_at,
        key_id=ring.active if ring else None,
        parts=dict(writer.parts),
        missing=missing,
    )
    writer.end(listing)
    return listing


def _examine(copy: Path) -> tuple[str, list[str]]:
    """Return the schema of a copied database and the keys of the objects it refers to; take our lease out of it."""
    db = open_database(f"sqlite:///{copy}")
    try:
        with db.write() as tx:
            storage.drop_leases(tx)
        found = current_revision(db) or "", list(storage.object_keys(db))
    finally:
        db.close()
    settle_sqlite(copy)
    return found


def _add_objects(
    writer: "_Writer", blobs: Blobs, keys: list[str], prolong: Callable[[], None], progress: Progress
) -> list[str]:
    missing: list[str] = []
    progress.start("copying objects", len(keys), items=True)
    prolonged = time.monotonic()
    for key in keys:
        size = blobs.size(key)
        if size is None:
            missing.append(key)
        else:
            writer.add(BLOBS + key, size, blobs.read(key, 0, size))
        progress.advance(1)
        if time.monotonic() - prolonged > PROLONG_SECONDS:
            prolong()
            prolonged = time.monotonic()
    return missing


@contextmanager
def _draft(target: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a file that becomes `target` when the context ends well, and a folder beside it for what is made first."""
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=secrets.token_hex(4)))
    draft = scratch / "draft"
    try:
        with open(draft, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            yield file, scratch
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, target)  # never over what somebody else put there meanwhile
        except FileExistsError as error:
            raise BackupExists(f"{target} exists.", hint="Name another file.") from error
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Writer:
    """Writes members and notes what they are."""

    def __init__(self, file: BinaryIO) -> None:
        self._tar = tarfile.TarFile(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)
        self.parts: dict[str, Part] = {}

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._tar.close()

    def add(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """Add a member of `size` bytes."""
        source = _Pieces(pieces)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, source)  # raises OSError when the pieces are fewer
        self.parts[name] = Part(size, source.digest.hexdigest())

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a small member."""
        self.add(name, len(content), [content])

    def add_file(self, name: str, path: Path) -> None:
        """Add a file that nobody writes to."""
        with path.open("rb") as file:
            self.add(name, path.stat().st_size, iter(lambda: file.read(PIECE), b""))

    def end(self, listing: Listing) -> None:
        """Add what says what the others are."""
        content = msgspec.json.encode(listing)
        self.add_bytes(LISTING, content)
        self.add_bytes(LISTING_HASH, hashlib.sha256(content).hexdigest().encode())


class _Pieces:
    """A file to read from, made of pieces, that is hashed on the way."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes: fewer only at the end."""
        out = bytearray()
        while size < 0 or len(out) < size:
            if not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = memoryview(piece)
            taken = self._rest if size < 0 else self._rest[: size - len(out)]
            out += taken
            self._rest = self._rest[len(taken) :]
        self.digest.update(out)
        return bytes(out)
