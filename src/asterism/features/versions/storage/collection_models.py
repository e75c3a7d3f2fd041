"""What a garbage collection is asked for, what keeps things from it, and what it did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from asterism.kernel.db import Tx

NamesOfUser = Callable[[Tx, str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Roots:
    """What one feature refers to, by user: manifests that were stored, and blobs by themselves.

    `maybe` are manifests that need not be stored (a client may have announced one that it never uploaded). `columns`
    are the columns, as `table.column`, that all of these are read from. A feature with such columns declares its
    `ROOTS`; `server/roots.py` collects them. One that is forgotten loses data.
    """

    columns: tuple[str, ...] = ()

    manifests: NamesOfUser | None = None
    maybe: NamesOfUser | None = None
    blobs: NamesOfUser | None = None


@dataclass(frozen=True, slots=True)
class CollectionRequest:
    """How to collect: at most `max_blobs` are examined; what was used within `min_age_seconds` is kept."""

    dry_run: bool = True
    max_blobs: int = 10_000
    min_age_seconds: int = 3600
    cursor: str | None = None


@dataclass(slots=True)
class Collected:
    """What a collection found and did; in a dry run `freed_…` is what would have been freed. Sizes in bytes."""

    dry_run: bool
    scanned_blobs: int = 0
    orphaned_blobs: int = 0
    protected_blobs: int = 0
    deleted_blobs: int = 0
    freed_bytes: int = 0
    scanned_manifests: int = 0
    orphaned_manifests: int = 0
    deleted_manifests: int = 0
    freed_manifest_bytes: int = 0
    next_cursor: str | None = None
