"""The facts of all files of a tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from asterism.features.versions import storage
from asterism.features.versions.file_facts import store
from asterism.features.versions.file_facts.store import Key
from asterism.features.versions.storage import BlobGone, Place, UnknownBlob
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs.facts import MAX_BYTES, Facts, extract, language_of
from asterism.vcs.manifest import Entry

READ_AT_ONCE = 100
USING = frozenset({"go", "java"})  # languages whose imports are resolved with the help of references


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """Facts by path; `missing` are the paths whose content is not stored, `extracted` counts the blobs read anew."""

    facts: Mapping[str, Facts] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    extracted: int = 0


def of_tree(
    db: Database, blobs: Blobs, user_id: str, entries: Iterable[Entry], known: Mapping[Key, Facts] | None = None
) -> TreeFacts:
    """Return the facts of those entries that are files of text by their names; those that are `known` as they are.

    What was never read is read, in batches that are each kept at once, so a call that is broken off has not worked in
    vain. For a worker thread, outside a transaction.
    """
    keys: dict[str, Key] = {}
    small: set[str] = set()
    for entry in entries:
        language = language_of(entry.path) if entry.type == "file" else None
        if language is not None:
            keys[entry.path] = (entry.hash, language)
            if entry.size <= MAX_BYTES:
                small.add(entry.hash)
    at_hand = known or {}
    found = {key: at_hand[key] for key in keys.values() if key in at_hand}
    with db.read() as tx:
        unknown = {key[0] for key in keys.values() if key not in found} & small
        found.update(store.load(tx, user_id, sorted(unknown), using=USING))
    wanted = sorted({key for key in keys.values() if key not in found and key[0] in small})
    extracted = 0
    for start in range(0, len(wanted), READ_AT_ONCE):
        fresh = _extract(db, blobs, user_id, wanted[start : start + READ_AT_ONCE])
        extracted += len(fresh)
        found.update((key, one if key[1] in USING else replace(one, references=())) for key, one in fresh.items())
    facts: dict[str, Facts] = {}
    missing: list[str] = []
    for path, key in keys.items():
        if key in found:
            facts[path] = found[key]
        elif key[0] in small:
            missing.append(path)
        else:
            facts[path] = Facts(key[1], whole=False)
    return TreeFacts(facts, tuple(missing), extracted)


def _extract(db: Database, blobs: Blobs, user_id: str, wanted: Iterable[Key]) -> dict[Key, Facts]:
    """Read some blobs and keep their facts; those that are not stored are passed over."""
    keys = list(wanted)
    with db.read() as tx:
        places = storage.find_places(tx, user_id, list(dict.fromkeys(blob for blob, _ in keys)))
    found: dict[Key, Facts] = {}
    for blob, language in keys:
        content = _content(db, blobs, user_id, blob, places.get(blob))
        if content is not None:
            found[blob, language] = extract(language, content)
    if found:
        with db.write() as tx:
            storage.hold(tx, user_id)
            stored = set(storage.find(tx, user_id, [blob for blob, _ in found]).existing)
            store.keep(tx, user_id, {key: facts for key, facts in found.items() if key[0] in stored})
    return found


def _content(db: Database, blobs: Blobs, user_id: str, blob: str, place: Place | None) -> bytes | None:
    if place is None:
        return None
    if place.size > MAX_BYTES:
        return b"\0"  # the manifest said it is smaller
    try:
        return storage.read_whole(db, blobs, user_id, blob, place)
    except (BlobGone, UnknownBlob):
        return None
