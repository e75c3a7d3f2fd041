"""A user's storage as tests use it, without a server."""

from collections.abc import Callable
from dataclasses import dataclass, field

from asterism.base.clock import ManualClock
from asterism.features.versions import storage
from asterism.features.versions.storage import Collected, CollectionRequest, Roots, store, texts
from asterism.kernel.blobs import ObjectStoreBlobs
from asterism.kernel.blobs.recent import Recent
from asterism.kernel.db import Database, Tx
from asterism.vcs import manifest
from asterism.vcs.manifest import Entry
from tests.support.trees import Tree, entries_of, frames, name_of


@dataclass
class Shelf:
    """One user's storage; `roots` are the manifests that count as referenced."""

    db: Database
    blobs: ObjectStoreBlobs
    user: str
    clock: ManualClock
    roots: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)

    def put(self, *contents: bytes) -> None:
        receiver = storage.Receiver(self.db, self.blobs, self.user, storage.Limits())
        receiver.take(frames(list(contents)))
        receiver.finish(whole=True)

    def put_entries(self, entries: list[Entry]) -> str:
        data = manifest.encode(entries)
        storage.upload(self.db, self.blobs, self.user, name_of(data), data)
        return name_of(data)

    def put_tree(self, tree: Tree, *, root: bool = True) -> str:
        self.put(*tree.values())
        name = self.put_entries(entries_of(tree))
        if root:
            self.roots.add(name)
        return name

    def put_odd(self, tree: Tree, *, root: bool = True) -> str:
        """Store a manifest that is not in the canonical form, so that it has an object of its own."""
        self.put(*tree.values())
        data = manifest.encode(entries_of(tree)).replace(b"\n", b"\r\n")
        storage.upload(self.db, self.blobs, self.user, name_of(data), data)
        if root:
            self.roots.add(name_of(data))
        return name_of(data)

    def manifest_bytes(self, name: str, *, remembered: bool = False) -> bytes:
        """Return a manifest's bytes, as a process does that has just started unless it may remember."""
        if not remembered:
            self.blobs.recent = Recent()
        with self.db.read() as tx:
            return storage.manifest_bytes(tx, self.blobs, self.user, name)

    def make_whole(self, name: str) -> None:
        """Give a manifest an object, as all had in former versions."""
        data = self.manifest_bytes(name)
        with self.db.write() as tx:
            store.set_manifest_object(tx, self.user, name, texts.write(self.blobs, self.user, name, data))
            store.add_usage(tx, self.user, storage.Usage(manifest_bytes=len(data)))

    def has(self, *contents: bytes) -> list[bool]:
        with self.db.read() as tx:
            found = storage.find(tx, self.user, [name_of(content) for content in contents])
        return [name_of(content) in found.existing for content in contents]

    def read(self, content: bytes) -> bytes:
        with self.db.read() as tx:
            return storage.content(tx, self.blobs, self.user, name_of(content))

    def collect(
        self, *, dry_run: bool = False, age: int = 0, meanwhile: Callable[[], None] = lambda: None, **more: object
    ) -> Collected:
        """Collect garbage; `meanwhile` happens once, after the collection has seen which manifests there are."""
        happens = iter([meanwhile])

        def roots(_tx: Tx, _user: str) -> set[str]:
            return set(self.roots)

        def held(_tx: Tx, _user: str) -> set[str]:
            for happen in happens:
                happen()
            return self.held

        request = CollectionRequest(dry_run=dry_run, min_age_seconds=age, **more)  # type: ignore[arg-type]
        return storage.collect(self.db, self.blobs, self.user, request, [Roots(manifests=roots), Roots(blobs=held)])

    def objects(self) -> list[str]:
        return sorted(item.key for item in self.blobs.list(self.user))
