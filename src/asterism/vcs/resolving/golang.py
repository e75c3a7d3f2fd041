"""Imports of Go: the packages of the modules in the tree, and of a package the files whose names are used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.paths import Paths, below, nearest, parent


class Go:
    """Resolves imports of Go files."""

    def __init__(self, _paths: Paths, files: Mapping[str, Facts]) -> None:
        self._modules: dict[str, list[str]] = defaultdict(list)
        self._packages: dict[str, list[str]] = defaultdict(list)
        self._declared: dict[str, dict[str, str]] = {}
        self._files = files
        for path, facts in files.items():
            if facts.language == "go-mod" and facts.settings and facts.settings["module"]:
                self._modules[facts.settings["module"]].append(parent(path))
            elif facts.language == "go" and not path.endswith("_test.go"):
                self._packages[parent(path)].append(path)

    def targets(self, path: str, facts: Facts, statement: Import) -> Iterable[str]:
        """Return the files of the imported package that declare what the file uses of it; of none, the main one."""
        folder = self._folder(statement.target, path)
        if folder is None or folder not in self._packages:
            return ()
        files = sorted(self._packages[folder])
        named = statement.names[0] if statement.names else self._files[files[0]].package
        declared = self._declarations(folder, files)
        used = {reference[len(named) + 1 :] for reference in facts.references if reference.startswith(f"{named}.")}
        found = {declared[name] for name in used if name in declared}
        return found or {_main_file(files, folder)}

    def _folder(self, target: str, path: str) -> str | None:
        name = target
        while name:
            if name in self._modules:
                home = nearest(self._modules[name], path)
                return None if home is None else below(home, target[len(name) + 1 :])
            name = parent(name)
        return None

    def _declarations(self, folder: str, files: list[str]) -> dict[str, str]:
        """Return which file of a package declares each name."""
        if folder not in self._declared:
            self._declared[folder] = {
                symbol.name: path
                for path in reversed(files)
                for symbol in self._files[path].symbols
                if symbol.kind != "method"
            }
        return self._declared[folder]


def _main_file(files: list[str], folder: str) -> str:
    name = folder.rpartition("/")[2]
    return next((path for path in files if path.endswith((f"{name}.go", "/doc.go"))), files[0])
