"""Making the map of a tree from its files, their facts and their imports (Fastest 11.1). Pure."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

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


@dataclass(frozen=True)
class MappedTree:
    """What the map of a tree is made from. `files` are all that it shows, in byte order of path.

    `missing` are the paths of files whose content is not stored.
    """

    files: Sequence[Entry]
    resolved: Imports
    missing: Sequence[str] = ()

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
        facts = self.facts
        return {(one.hash, facts[one.path].language): facts[one.path] for one in self.files if one.path in facts}

    @cached_property
    def by_path(self) -> Mapping[str, Entry]:
        """The files that are concepts."""
        return {entry.path: entry for entry in self.files[:MAX_CODE]}

    @cached_property
    def sums(self) -> Mapping[tuple[str, str], int]:
        """How many imports lead from one module or system to another, by concept ids."""
        return folder_sums(self.imports, self.by_path)

    def graph(self, at: str, created: Created | None = None) -> Graph:
        """Return the map, without decisions and capabilities."""
        return build_graph(self.files, self.facts, self.imports, at=at, created=created)


def build_graph(
    files: Sequence[Entry], facts: Mapping[str, Facts], imports: Edges, *, at: str, created: Created | None = None
) -> Graph:
    """Return the map of `files` (as `mapped_files` gives them) without decisions and capabilities.

    `at` is the stamp of concepts that `created` does not know.
    """
    known = created or {}
    shown = files[:MAX_CODE]
    warnings = []
    if len(files) > MAX_CODE:
        more = counted(len(files) - MAX_CODE, "file")
        warnings.append(f"The map shows the first {MAX_CODE:,} files; {more} only count in their modules.")
    concepts = [*_folders(files, known, at), *(_code(entry, facts.get(entry.path), known, at) for entry in shown)]
    paths = {entry.path for entry in shown}
    edges = [*_contains(shown), *_depends(imports, paths)]
    return Graph(in_order(concepts), edges, warnings)


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


def _code(entry: Entry, facts: Facts | None, known: Created, at: str) -> Concept:
    id_ = f"code:{entry.path}"
    language = None if facts is None or facts.language == "text" else facts.language
    names = dict.fromkeys(symbol.name for symbol in facts.symbols) if facts else {}
    metadata = {"language": language, "lines": facts.lines if facts else None, "symbols": list(names)[:MAX_SYMBOLS]}
    return Concept(
        id_,
        entry.path.rpartition("/")[2],
        "code",
        language,
        entry.path,
        _encoder.encode(metadata).decode(),
        known.get(id_, at),
        entry.hash,
    )


def _contains(shown: Sequence[Entry]) -> Iterator[Edge]:
    pairs = dict.fromkeys((system_of(entry.path), module_of(entry.path)) for entry in shown)
    for system, module in pairs:
        yield Edge(f"system:{system}", f"module:{module}", "contains")
    for entry in shown:
        yield Edge(f"module:{module_of(entry.path)}", f"code:{entry.path}", "contains")


def _depends(imports: Edges, paths: Container[str]) -> Iterator[Edge]:
    """Yield imports between files, and what they come to between modules and between systems."""
    for path in sorted(imports, key=str.encode):
        for target, count in imports[path].items() if path in paths else ():
            if target in paths:
                yield Edge(f"code:{path}", f"code:{target}", "depends_on", count)
    for (start, end), count in sorted(folder_sums(imports, paths).items()):
        yield Edge(start, end, "depends_on", count)


def folder_sums(imports: Edges, paths: Container[str]) -> dict[tuple[str, str], int]:
    """Return how many imports lead from one module or system to another, by concept ids."""
    sums: Counter[tuple[str, str]] = Counter()
    places: dict[str, tuple[str, str]] = {}

    def place(path: str) -> tuple[str, str]:
        if path not in places:
            places[path] = (f"module:{module_of(path)}", f"system:{system_of(path)}")
        return places[path]

    for path, targets in imports.items():
        ours = place(path)
        for target, count in targets.items() if path in paths else ():
            if target in paths:
                for start, end in zip(ours, place(target), strict=True):
                    if start != end:
                        sums[start, end] += count
    return sums
