"""Imports of Python: packages, relative imports, `src` layouts, namespace packages, several projects in one tree."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.paths import Paths, above, below, nearest, parent

_ENDINGS = ("/__init__.py", ".py", "/__init__.pyi", ".pyi")
_STANDARD = sys.stdlib_module_names


class Python:
    """Resolves imports of Python files."""

    def __init__(self, paths: Paths, files: Mapping[str, Facts]) -> None:
        self._paths = paths
        self._search_paths: dict[str, list[str]] = {}
        self._roots: dict[tuple[str, str], str | None] = {}
        self._modules: dict[str, str] = {}
        self._offered: dict[str, set[str]] = defaultdict(set)
        sources = [path for path, facts in files.items() if facts.language == "python"]
        for ending in _ENDINGS:
            for path in sources:
                if path.endswith(ending):
                    self._modules.setdefault(path.removesuffix(ending), path)
        for path in sources:
            if path.endswith(("/__init__.py", "/__init__.pyi")):
                top = self._top_package(parent(path))
                self._offered[top.rpartition("/")[2]].add(parent(top))

    def targets(self, path: str, _facts: Facts, statement: Import) -> Iterable[str]:
        """Return the files that a statement of the file at `path` imports."""
        dots = len(statement.target) - len(statement.target.lstrip("."))
        parts = [part for part in statement.target[dots:].split(".") if part]
        folder = parent(path)
        if dots:
            around = above(folder)
            if dots > len(around):
                return ()
            return self._taken(around[dots - 1], parts, statement.names)
        if not parts:
            return ()
        root = self._root_of(folder, parts[0])
        return () if root is None else self._taken(root, parts, statement.names)

    def _taken(self, root: str, parts: Sequence[str], names: Sequence[str]) -> list[str]:
        """Return what `from root.parts import names` means: of each name its own module, else the one it stands in."""
        base = below(root, "/".join(parts))
        itself = self._modules.get(base) if parts else self._paths.first([below(root, "__init__.py")])
        if not names:
            return [itself] if itself else []
        found = [self._modules.get(below(base, name), itself) for name in names]
        return list(dict.fromkeys(path for path in found if path))

    def _root_of(self, folder: str, top: str) -> str | None:
        """Return the folder in which the top name of an import from `folder` is found."""
        key = (folder, top)
        if key not in self._roots:
            self._roots[key] = self._find_root(folder, top)
        return self._roots[key]

    def _find_root(self, folder: str, top: str) -> str | None:
        roots = self._search_paths.get(folder)
        if roots is None:
            roots = self._search_paths[folder] = self._search_path(folder)
        for number, root in enumerate(roots):
            if number and top in _STANDARD:
                return None
            if self._has(root, top):
                return root
        return nearest(self._offered.get(top, ()), folder)

    def _search_path(self, folder: str) -> list[str]:
        """Return where modules are looked for: beside the outermost package, then the folders around and their `src`.

        A folder around may be the root too, because a namespace package has no `__init__.py` to tell.
        """
        top = self._top_package(folder)
        first = parent(top) if top is not None and self._is_package(top) else folder
        around = above(first)
        sources = [below(one, "src") for one in around if below(one, "src") in self._paths.folders]
        return list(dict.fromkeys([*around[:1], *sources, *around[1:]]))

    def _has(self, root: str, top: str) -> bool:
        base = below(root, top)
        return base in self._modules or base in self._paths.folders

    def _is_package(self, folder: str) -> bool:
        return bool(folder) and self._paths.first([f"{folder}/__init__.py", f"{folder}/__init__.pyi"]) is not None

    def _top_package(self, folder: str) -> str:
        while self._is_package(folder) and self._is_package(parent(folder)):
            folder = parent(folder)
        return folder
