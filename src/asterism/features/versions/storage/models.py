"""What is stored for a user: blobs, manifests, and how much of them."""

from dataclasses import dataclass

from asterism.vcs.tree import Forest, Node

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be stored, in bytes (Fastest 0.5)."""

    blob_bytes: int = 256 * MEBIBYTE
    manifest_bytes: int = 64 * MEBIBYTE
    quota_bytes: int = 20 * 1024 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Usage:
    """How much a user stores; sizes in bytes."""

    blob_count: int = 0
    blob_bytes: int = 0
    manifest_count: int = 0
    manifest_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob's content is: `size` bytes from `start` on, in a pack."""

    pack_id: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Pack:
    """An object that holds blobs, written but perhaps not registered; `blobs` are `(start, size)` by hash."""

    id: str
    size: int
    blobs: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A stored manifest. `root` names the record of its top folder; `missing` counts blobs that are not stored.

    `object_id` names the object of its bytes, and is empty when they are written from the records (`texts.py`).

    `spliceable` says that its text is known to be one that can be spliced (`vcs/splice.py`).
    """

    hash: str
    object_id: str
    size: int
    root: str
    entries: int
    files: int
    total_bytes: int
    missing: int
    spliceable: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A manifest that was read, checked and taken apart, ready to be stored.

    `blobs` are those that it names, without those that the manifest `base` names, if it was read by comparing the two.
    `regular` says that its text can be compared so, `spliceable` that it can be spliced, `canonical` that it can be
    written from the records.
    """

    hash: str
    data: bytes
    entries: int
    blobs: frozenset[str]
    top: Node
    forest: Forest
    regular: bool
    spliceable: bool
    canonical: bool
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an upload of several blobs; `size` counts the bytes of the new ones."""

    stored: int = 0
    existing: int = 0
    size: int = 0
