"""Making a data folder of a backup (`backup.py`): all of it, verified, or nothing."""

import hashlib
import os
import re
import secrets
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from asterism.base.errors import Conflict, Invalid, NotFound, Unavailable
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import open_database
from asterism.kernel.db.migrate import newest_revision
from asterism.kernel.db.sqlite_copy import settle_sqlite
from asterism.kernel.secrets import FileKeyStore, prove_keys, unwrap_ring
from asterism.server.backup import (
    BLOBS,
    DATABASE,
    FORMAT,
    KEY,
    LISTING,
    LISTING_HASH,
    PIECE,
    Listing,
    NotEmbedded,
    Part,
    Progress,
)
from asterism.server.content_copy import copy_objects
from asterism.server.settings import Settings
from asterism.server.stores import open_settings_blobs

MASTER_KEY = "master.key"
STAGE = ".restoring-"
LISTING_BYTES = 1 << 30
_PLACE = re.compile(
    r"(asterism\.db|jobs\.db|credentials\.json|master\.key\.wrapped|blobs(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)"
)


class BackupDamaged(Invalid):
    """The file is no backup, or not the whole of one, or was altered."""

    code = "BACKUP_DAMAGED"

    def __init__(self, what: str) -> None:
        super().__init__(f"The backup cannot be used: {what}.", hint="Nothing was restored. Take another copy of it.")


class FolderTaken(Conflict):
    """There is something in the folder already."""

    code = "FOLDER_TAKEN"


def restore(
    settings: Settings, source: Path, passphrase: Callable[[], str] | None, progress: Progress
) -> tuple[Listing, bool]:
    """Make the data folder of `settings` from a backup; return what the backup holds and whether the key came with it.

    `passphrase` is asked for only where the backup holds the master key; None leaves the key out. Everything is written
    beside, compared with its hash and looked at before the folder appears; whatever fails before that leaves no trace.
    Raises FolderTaken, NotFound, BackupDamaged, NotEmbedded, MasterKeyError, Unavailable or OSError.
    """
    folder = settings.data_dir
    if settings.sqlite_file != folder / DATABASE:
        raise (
            NotEmbedded
            if settings.sqlite_file is None
            else Invalid(
                "The setting database_url names another place than the data folder.",
                hint="Unset it, and restore again.",
            )
        )
    if folder.exists() and (not folder.is_dir() or _others(folder)):
        raise FolderTaken(
            f"{folder} is not empty.", hint="Name a new folder with --data-dir, or move the old one away."
        )
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    with _stage(folder) as stage:
        listing = _extract(source, stage, progress)
        _look_at(stage, listing)
        with_key = _take_key(settings, stage, passphrase)
        if settings.object_store is not None:
            staged = open_blobs(stage / BLOBS, spool=stage)
            copy_objects(staged, open_settings_blobs(settings), [found.key for found in staged.list("")], progress)
            shutil.rmtree(stage / BLOBS)
        os.sync()
        appear(stage, folder)
    return listing, with_key


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """Yield a private folder on the file system of the data folder; what is left of it in the end is removed.

    It lies beside the data folder, so that it can become it in one step; within it, where that cannot be: in a folder
    that something is mounted on, or whose parent belongs to somebody else.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    within = folder.is_dir() and (os.path.ismount(folder) or not os.access(folder.parent, os.W_OK))
    stage = (folder if within else folder.parent) / f"{STAGE}{secrets.token_hex(6)}"
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def appear(stage: Path, folder: Path) -> None:
    """Make the stage, which lies beside or within the data folder, that folder. Raises FolderTaken."""
    if stage.parent != folder:
        stage.rename(folder)
        return
    if _others(folder):
        raise FolderTaken(f"{folder} is not empty any more.", hint="Name a new folder with --data-dir.")
    for path in sorted(stage.iterdir(), key=lambda path: path.name == DATABASE):  # the database last
        path.rename(folder / path.name)


def _others(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name != "lost+found" and not path.name.startswith(STAGE)]


def _extract(source: Path, stage: Path, progress: Progress) -> Listing:
    """Write the members of a backup below `stage` and compare them with its listing. Raises BackupDamaged."""
    found: dict[str, Part] = {}
    ends: dict[str, bytes] = {}
    (stage / BLOBS).mkdir(mode=0o700)
    progress.start("restoring", source.stat().st_size)
    try:
        with tarfile.open(source, "r:") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isreg() else None
                if file is None or member.name in found or member.name in ends:
                    raise BackupDamaged(f"it holds {member.name!r}, which no backup does")
                if member.name in (LISTING, LISTING_HASH) and member.size < LISTING_BYTES:
                    ends[member.name] = file.read()
                elif _PLACE.fullmatch(member.name) and not ends:
                    found[member.name] = _write(file, stage / member.name)
                else:
                    raise BackupDamaged(f"it holds {member.name!r}, which no backup does")
                progress.advance(member.size)
    except (tarfile.TarError, EOFError) as error:
        raise BackupDamaged("it is torn, or no backup at all") from error
    return _compare(found, ends)


def _write(file: IO[bytes], target: Path) -> Part:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with open(target, "xb", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW, 0o600)) as out:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    return Part(size, digest.hexdigest())


def _compare(found: dict[str, Part], ends: dict[str, bytes]) -> Listing:
    listing, noted = ends.get(LISTING), ends.get(LISTING_HASH)
    if listing is None or noted is None:
        raise BackupDamaged("its end is missing")
    if hashlib.sha256(listing).hexdigest().encode() != noted:
        raise BackupDamaged("its list of contents was altered")
    try:
        read = msgspec.json.decode(listing, type=Listing)
    except msgspec.MsgspecError as error:
        raise BackupDamaged("its list of contents cannot be read") from error
    if read.format != FORMAT or read.schema > newest_revision():
        raise Unavailable(
            f"The backup is of a newer version of Asterism ({read.version}).", hint="Restore it with that version."
        )
    wrong = sorted(name for name in {*read.parts, *found} if read.parts.get(name) != found.get(name))
    if wrong or DATABASE not in found:
        raise BackupDamaged(f"{wrong[0] if wrong else DATABASE} is missing or was altered")
    return read


def _look_at(stage: Path, listing: Listing) -> None:
    """See that the database is whole and of the schema that is told. Raises BackupDamaged."""
    db = open_database(f"sqlite:///{stage / DATABASE}")
    try:
        problems = db.check()
    finally:
        db.close()
    settle_sqlite(stage / DATABASE)
    if problems:
        raise BackupDamaged(f"its database, of schema {listing.schema}, is damaged: {problems[0]}")


def _take_key(settings: Settings, stage: Path, passphrase: Callable[[], str] | None) -> bool:
    """Unwrap the master key, if it is there and wanted, and prove that it opens the database; return whether."""
    wrapped = stage / KEY
    if not wrapped.exists():
        return False
    if passphrase is not None:
        if settings.master_key_file not in (None, settings.data_dir / MASTER_KEY):
            raise Invalid(
                "The setting master_key_file names another place than the data folder.",
                hint="Unset it and restore again, or leave the key out with --without-key.",
            )
        store = FileKeyStore(stage / MASTER_KEY)
        store.create(unwrap_ring(wrapped.read_bytes(), passphrase()))
        db = open_database(f"sqlite:///{stage / DATABASE}")
        try:
            prove_keys(db, store)
        finally:
            db.close()
        settle_sqlite(stage / DATABASE)
    wrapped.unlink()
    return passphrase is not None
