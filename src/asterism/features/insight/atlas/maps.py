"""Maps of trees in memory: made from facts, kept for a while, and prepared for searching and drawing."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from asterism.features.insight.atlas.diagrams import Pencil
from asterism.features.insight.atlas.graph import MappedTree, mapped_files
from asterism.features.insight.atlas.links import Names
from asterism.features.insight.atlas.models import MAX_CODE, Graph
from asterism.features.insight.atlas.search import SearchIndex
from asterism.features.versions import file_facts, storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs.manifest import Entry
from asterism.vcs.resolving import Imports

V = TypeVar("V")
KEPT_TREES, KEPT_GRAPHS = 3, 4


class Prepared:
    """A map with what makes searching, drawing and linking fast; each made when it is first wanted."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def search(self) -> SearchIndex:
        """The words of the map."""
        return SearchIndex(self.graph.concepts)

    @cached_property
    def pencil(self) -> Pencil:
        """What draws the map."""
        return Pencil(self.graph)

    @cached_property
    def names(self) -> Names:
        """What finds the map's concepts in texts."""
        return Names(self.graph.concepts)

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """The content of each file, by concept id."""
        return {concept.id: concept.blob for concept in self.graph.concepts if concept.blob is not None}


class Kept(Generic[V]):
    """The values that were used last, by key. Of several callers who want a new one, one makes it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[tuple[str, ...], V] = OrderedDict()
        self._guard = threading.Lock()
        self._making: WeakValueDictionary[tuple[str, ...], threading.Lock] = WeakValueDictionary()

    def get(self, key: tuple[str, ...], make: Callable[[], V]) -> V:
        """Return the value of a key, made now where it is not kept."""
        with self._guard:
            lock = self._making.get(key)
            if lock is None:
                lock = self._making[key] = threading.Lock()
        with lock:
            with self._guard:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key]
            made = make()
            self.put(key, made)
            return made

    def put(self, key: tuple[str, ...], value: V) -> None:
        """Keep a value."""
        with self._guard:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def of(self, owner: str) -> list[V]:
        """Return what is kept under keys that begin with `owner`."""
        with self._guard:
            return [value for key, value in self._values.items() if key[0] == owner]


class Maps:
    """The maps of one process. Everything here blocks, and is for worker threads."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self.db, self.blobs = db, blobs
        self._trees: Kept[MappedTree] = Kept(KEPT_TREES)
        self._prepared: Kept[Prepared] = Kept(KEPT_GRAPHS)

    def tree(self, user_id: str, manifest_hash: str) -> MappedTree:
        """Return a stored tree with the facts of its files and what its imports mean. Raises UnknownManifest."""
        return self._trees.get((user_id, manifest_hash), lambda: self._map(user_id, manifest_hash))

    def prepared(self, key: tuple[str, ...], make: Callable[[], Graph]) -> Prepared:
        """Return a map that is prepared for use; `key` says which one, and changes when it does."""
        return self._prepared.get(key, lambda: Prepared(make()))

    def keep(self, key: tuple[str, ...], made: Prepared) -> None:
        """Keep a map that has just been made under a key of `prepared`."""
        self._prepared.put(key, made)

    def of_tree(self, user_id: str, manifest_hash: str, at: str) -> Prepared:
        """Return the map of any stored tree. Raises UnknownManifest."""
        return self.prepared((user_id, manifest_hash), lambda: self.tree(user_id, manifest_hash).graph(at))

    def _map(self, user_id: str, manifest_hash: str) -> MappedTree:
        """Make the map of a tree, from what a kept tree of the same user has of it already."""
        with self.db.read() as tx:
            entries = storage.entries(tx, self.blobs, user_id, manifest_hash)
        files = mapped_files(entries)
        like = self._like(user_id, files)
        known = like.known if like is not None else {}
        found = file_facts.of_tree(self.db, self.blobs, user_id, files[:MAX_CODE], known)
        resolved = like.resolved.of(found.facts) if like is not None else Imports(found.facts)
        return MappedTree(files, resolved, found.missing, like)

    def _like(self, user_id: str, files: Sequence[Entry]) -> MappedTree | None:
        """Return the kept tree of a user that shares most contents with these files."""
        contents = {entry.hash for entry in files}
        kept = self._trees.of(user_id)
        return max(kept, key=lambda tree: sum(entry.hash in contents for entry in tree.files), default=None)
