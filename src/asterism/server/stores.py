"""The database and the content store that the settings name. Commands open them without the rest of a server."""

from asterism.base.clock import Clock
from asterism.kernel.blobs import ObjectStoreBlobs, open_blobs
from asterism.kernel.db import Database, open_database
from asterism.kernel.secrets import KeyStore, open_key_store
from asterism.server.data_folder import open_folder
from asterism.server.settings import Settings


def open_settings_database(settings: Settings, clock: Clock | None = None) -> Database:
    """Open the database that the settings name, making the data folder (readable by its owner alone) when needed.

    Raises DataFolderUnusable.
    """
    open_folder(settings)
    return open_database(settings.database, clock=clock)


def open_settings_blobs(settings: Settings) -> ObjectStoreBlobs:
    """Open the content store that the settings name."""
    return open_blobs(settings.object_store or settings.data_dir / "blobs", spool=settings.data_dir / "incoming")


def settings_key_store(settings: Settings) -> KeyStore:
    """Return the key store of the data folder. Raises MasterKeyError when its file is unsafe or damaged."""
    return open_key_store(settings.master_key_file or settings.data_dir / "master.key", settings.key_store)
