"""Making the map of a tree from its files, their facts and their imports (Fastest 11.1). Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from asterism.features.insight.atlas.models import LAYERS, MAX_CODE, MAX_SYMBOLS, Concept, Created, Edge, Graph
from asterism.features.versions import file_facts
from asterism.features.versions.file_facts import Facts
from asterism.vcs.manifest import Entry
from asterism.vcs.resolving import Edges, Imports

_IGNORED = frozenset({"node_modules", "dist", "build", "coverage", "vendor", "target", "__pycache__"})
_PLACES = {layer: place for place, layer in enumerate(LAYERS)}
_encoder = msgspec.json.Encoder()


def mapped_files(entries: Iterable[Entry]) -> list[Entry]:
    """Return the files that a map shows, in byte order of path: nothing hidden, installed or built."""
    found = [entry for entry in entries if entry.type == "file" and not _is_ignored(entry.path)]
    return sorted(found, key=lambda entry: entry.path.encode())


def _is_ignored(path: str) -> bool:
    first = path.partition("/")[0]
    return first.startswith(".") or first in _IGNORED


def system_of(path: str) -> str:
    """Return the key of the system that a file belongs to: its first folder, `root` for files at the top."""
    first, slash, _ = path.partition("/")
    return first if slash else "root"


def module_of(path: str) -> str:
    """Return the key of the module that a file belongs to: its first two folders, or those that there are."""
    folders = path.split("/")[:-1][:2]
    return "/".join(folders) if folders else "root"


def counted(number: int, noun: str) -> str:
    """Return `1 file`, `2 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Piece(NamedTuple):
    """What a map holds of one file, and what it was made from. Pieces of files that stay are shared by maps."""

    entry: Entry
    facts: Facts | None
    targets: Mapping[str, int]
    concept: Concept
    contained: Edge
    imports: tuple[Edge, ...]


@dataclass(frozen=True)
class MappedTree:
    """What the map of a tree is made from. `files` are all that it shows, in byte order of path.

    `missing` are the paths of files whose content is not stored. What is equal in `like`, the map of a similar tree, is
    taken from there.
    """

    files: Sequence[Entry]
    resolved: Imports
    missing: Sequence[str] = ()
    like: InitVar["MappedTree | None"] = None
    pieces: Mapping[str, Piece] = field(init=False)
    sums: Mapping[tuple[str, str], int] = field(init=False)
    """How many imports lead from one module or system to another, by concept ids."""

    def __post_init__(self, like: "MappedTree | None") -> None:
        """Make the pieces, and the sums of what they import."""
        known = like.pieces if like is not None else {}
        ids = {path: f"code:{path}" for path in self.by_path}
        made = {path: self._piece(known.get(path), entry, ids) for path, entry in self.by_path.items()}
        object.__setattr__(self, "pieces", made)
        object.__setattr__(self, "sums", self._sums(like))

    def _piece(self, known: Piece | None, entry: Entry, ids: Mapping[str, str]) -> Piece:
        facts, targets = self.facts.get(entry.path), self.imports.get(entry.path, {})
        if known is not None and known.entry == entry and known.facts is facts and known.targets == targets:
            return known
        concept = _code(ids[entry.path], entry, facts)
        contained = Edge(f"module:{module_of(entry.path)}", concept.id, "contains")
        imports = tuple(Edge(concept.id, ids[path], "depends_on", n) for path, n in targets.items() if path in ids)
        return Piece(entry, facts, targets, concept, contained, imports)

    def _sums(self, like: "MappedTree | None") -> Mapping[tuple[str, str], int]:
        old = like.imports if like is not None else {}
        gone = {path: targets for path, targets in old.items() if self.imports.get(path) != targets}
        come = {path: targets for path, targets in self.imports.items() if old.get(path) != targets}
        sums = Counter(like.sums if like is not None else {})
        sums.subtract(folder_sums(gone))
        sums.update(folder_sums(come))
        return +sums

    @property
    def facts(self) -> Mapping[str, Facts]:
        """The facts of files of text, by path."""
        return self.resolved.files

    @property
    def imports(self) -> Edges:
        """Which files import which."""
        return self.resolved.edges

    @property
    def known(self) -> Mapping[file_facts.Key, Facts]:
        """The facts of each content in each language."""
        return {
            (one.entry.hash, one.facts.language): one.facts for one in self.pieces.values() if one.facts is not None
        }

    @cached_property
    def by_path(self) -> Mapping[str, Entry]:
        """The files that are concepts."""
        return {entry.path: entry for entry in self.files[:MAX_CODE]}

    def graph(self, at: str, created: Created | None = None) -> Graph:
        """Return the map, without decisions and capabilities; `at` is the stamp of what `created` does not know."""
        warnings = []
        if len(self.files) > MAX_CODE:
            more = counted(len(self.files) - MAX_CODE, "file")
            warnings.append(f"The map shows the first {MAX_CODE:,} files; {more} only count in their modules.")
        pieces = self.pieces.values()
        graph = build_graph(self.files, pieces, at=at, created=created)
        between = [edge for piece in pieces for edge in piece.imports]
        summed = [Edge(start, end, "depends_on", count) for (start, end), count in sorted(self.sums.items())]
        return Graph(graph.concepts, [*graph.edges, *between, *summed], warnings)


def build_graph(files: Sequence[Entry], pieces: Collection[Piece], *, at: str, created: Created | None = None) -> Graph:
    """Return the folders of `files` with the pieces that are shown of them, and what contains what.

    `at` is the stamp of concepts that `created` does not know.
    """
    known = created or {}
    code = (_stamped(piece.concept, known.get(piece.concept.id, at)) for piece in pieces)
    concepts = in_order([*_folders(files, known, at), *code])
    systems = dict.fromkeys((system_of(one.entry.path), module_of(one.entry.path)) for one in pieces)
    edges = [Edge(f"system:{system}", f"module:{module}", "contains") for system, module in systems]
    return Graph(concepts, [*edges, *(piece.contained for piece in pieces)])


def _stamped(concept: Concept, at: str) -> Concept:
    return concept if concept.created_at == at else replace(concept, created_at=at)


def in_order(concepts: Iterable[Concept]) -> list[Concept]:
    """Return concepts in the order of layers, then name and id."""
    return sorted(concepts, key=lambda one: (_PLACES[one.layer], one.name, one.id))


def _folders(files: Sequence[Entry], known: Created, at: str) -> Iterator[Concept]:
    systems = Counter(system_of(entry.path) for entry in files)
    modules = Counter(module_of(entry.path) for entry in files)
    for key, count in systems.items():
        id_, says = f"system:{key}", f"First-level folder, {counted(count, 'file')}"
        yield Concept(id_, _name(key), "system", None, says, None, known.get(id_, at))
    for key, count in modules.items():
        id_ = f"module:{key}"
        yield Concept(id_, _name(key), "module", None, counted(count, "file"), None, known.get(id_, at))


def _name(key: str) -> str:
    return "Root" if key == "root" else key


def _code(id_: str, entry: Entry, facts: Facts | None) -> Concept:
    """Return a file as a concept that was made at no time."""
    language = None if facts is None or facts.language == "text" else facts.language
    names = dict.fromkeys(symbol.name for symbol in facts.symbols) if facts else {}
    metadata = {"language": language, "lines": facts.lines if facts else None, "symbols": list(names)[:MAX_SYMBOLS]}
    name, packed = entry.path.rpartition("/")[2], _encoder.encode(metadata).decode()
    return Concept(id_, name, "code", language, entry.path, packed, "", entry.hash)


def folder_sums(imports: Edges) -> dict[tuple[str, str], int]:
    """Return how many imports lead from one module or system to another, by concept ids."""
    sums: Counter[tuple[str, str]] = Counter()
    places: dict[str, tuple[str, str]] = {}

    def place(path: str) -> tuple[str, str]:
        if path not in places:
            places[path] = (f"module:{module_of(path)}", f"system:{system_of(path)}")
        return places[path]

    for path, targets in imports.items():
        ours = place(path)
        for target, count in targets.items():
            for start, end in zip(ours, place(target), strict=True):
                if start != end:
                    sums[start, end] += count
    return sums
