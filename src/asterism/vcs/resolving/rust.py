"""Imports of Rust: `mod`, `use` of `crate::`, `super::` and `self::`, and the crates of the same tree."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.paths import Paths, above, below, join, nearest, parent

_OWN_FOLDER = frozenset({"mod.rs", "lib.rs", "main.rs"})
_DEPTH = 64


class _Place(NamedTuple):
    """Where a file stands: the file that its crate begins with, and its module path."""

    root: str
    module: tuple[str, ...]


class Rust:
    """Resolves imports of Rust files."""

    def __init__(self, paths: Paths, files: Mapping[str, Facts]) -> None:
        self._paths, self._files = paths, files
        self._places: dict[str, _Place] = {}
        self._modules: dict[str, dict[tuple[str, ...], str]] = {}
        self._crates: dict[str, list[str]] = {}
        for path, facts in files.items():
            if facts.language == "cargo-toml" and facts.settings:
                library = join(parent(path), facts.settings["lib"] or "src/lib.rs")
                if library in paths.files and facts.settings["name"]:
                    self._crates.setdefault(facts.settings["name"], []).append(str(library))
        for root in self._roots():
            self._walk(root)

    def targets(self, path: str, _facts: Facts, statement: Import) -> Iterable[str]:
        """Return the file that a statement of the file at `path` names: a module's, or the one an item stands in."""
        declares = statement.kind == "mod"
        found = self._declared(path, statement) if declares else self._used(self._place(path), statement)
        return () if found is None else (found,)

    def _roots(self) -> list[str]:
        """Return the files that crates begin with, libraries first: what they share with programs is theirs."""
        libraries = sorted({library for found in self._crates.values() for library in found})
        programs = [
            path
            for path, facts in self._files.items()
            if facts.language == "rust"
            and (path.endswith(("lib.rs", "main.rs", "build.rs")) or _is_program(parent(path)))
        ]
        return [*libraries, *(path for path in sorted(programs) if path not in libraries)]

    def _walk(self, root: str) -> None:
        """Follow the `mod` statements of a crate and note where each of its files stands."""
        if root in self._places:
            return
        modules = self._modules[root] = {(): root}
        self._places[root] = _Place(root, ())
        waiting: list[tuple[str, tuple[str, ...]]] = [(root, ())]
        while waiting:
            path, module = waiting.pop()
            for statement in self._files[path].imports if len(module) < _DEPTH else ():
                found = self._declared(path, statement) if statement.kind == "mod" else None
                if found is None or found in modules.values():
                    continue
                inner = (*module, *statement.target.split("::"))
                modules[inner] = found
                self._places.setdefault(found, _Place(root, inner))
                if self._files[found].language == "rust":
                    waiting.append((found, inner))

    def _declared(self, path: str, statement: Import) -> str | None:
        """Return the file of `mod x;`."""
        name = path.rpartition("/")[2]
        place = self._places.get(path)
        own = name in _OWN_FOLDER or (place is not None and place.root == path)
        if statement.names:
            found = join(parent(path), statement.names[0])
            return found if found in self._files else None
        base = below(parent(path) if own else path.removesuffix(".rs"), statement.target.replace("::", "/"))
        return self._paths.first([f"{base}.rs", f"{base}/mod.rs"])

    def _place(self, path: str) -> _Place:
        """Return where a file stands; one that no `mod` names stands where its path says."""
        if path in self._places:
            return self._places[path]
        for folder in above(parent(path)):
            root = self._paths.first([below(folder, "lib.rs"), below(folder, "main.rs")])
            if root is not None:
                inside = path.removeprefix(f"{folder}/" if folder else "").removesuffix(".rs").removesuffix("/mod")
                return _Place(root, tuple(inside.split("/")))
        return _Place(path, ())

    def _used(self, place: _Place, statement: Import) -> str | None:
        words = statement.target.removeprefix("::").split("::")
        here = (*place.module, *statement.names)
        if words[0] == "crate":
            return self._deepest(place.root, (), words[1:])
        if words[0] in ("self", "super"):
            while words and words[0] in ("self", "super"):
                if words[0] == "super":
                    if not here:
                        return None
                    here = here[:-1]
                words = words[1:]
            return self._deepest(place.root, here, words)
        modules = self._modules.get(place.root, {})
        if (*here, words[0]) in modules:
            return self._deepest(place.root, here, words)
        library = nearest(self._crates.get(words[0], ()), place.root)
        return None if library is None else self._deepest(library, (), words[1:])

    def _deepest(self, root: str, module: tuple[str, ...], words: Sequence[str]) -> str | None:
        """Return the file of the innermost module on a path; inline modules stand in the file around them."""
        modules = self._modules.get(root, {(): root})
        found = next((modules[module[:n]] for n in range(len(module), -1, -1) if module[:n] in modules), None)
        for number in range(len(words)):
            deeper = modules.get((*module, *words[: number + 1]))
            found = deeper or found
        return found


def _is_program(folder: str) -> bool:
    return folder.rpartition("/")[2] in ("bin", "examples", "tests", "benches")
