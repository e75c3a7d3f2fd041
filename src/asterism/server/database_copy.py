"""Moving an embedded database to a server of its own (ADR 0204)."""

from asterism.features.versions import storage
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import require_newest, upgrade
from asterism.kernel.db.table_copy import TableCopied, copy_tables
from asterism.kernel.jobs import take_over
from asterism.server.backup import NotEmbedded, Progress
from asterism.server.data_folder import NoInstallation, claimed, is_installation
from asterism.server.schema import declare_tables
from asterism.server.settings import Settings


def copy_database(settings: Settings, address: str, progress: Progress) -> list[TableCopied]:
    """Copy every table of the data folder's SQLite database to the database at `address`; no server runs meanwhile.

    Jobs go along, and those that were in the middle of it begin anew there. Raises NoInstallation, NotEmbedded,
    FolderInUse, TargetTaken, Invalid or Unavailable.
    """
    file = settings.sqlite_file
    if file is None:
        raise NotEmbedded
    if not is_installation(settings.data_dir) or not file.is_file():
        raise NoInstallation(settings.data_dir)
    declare_tables()
    with claimed(settings, "`asterism db copy`"):
        source, target = open_database(settings.database), open_database(address)
        try:
            upgrade(source)
            take_over(source, settings.earlier_jobs)
            return _copy(source, target, progress)
        finally:
            source.close()
            target.close()


def _copy(source: Database, target: Database, progress: Progress) -> list[TableCopied]:
    require_newest(source)
    with source.write() as tx:
        storage.drop_leases(tx)  # whoever collected is gone, since nobody else serves the folder

    def start(table: str, rows: int) -> None:
        progress.start(f"copying {table}", rows, items=True)

    return copy_tables(source, target, start, progress.advance)
