"""Imports of Java: by package and class, with nested classes, static members and whole packages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.paths import Paths, nearest


class Java:
    """Resolves imports of Java files."""

    def __init__(self, _paths: Paths, files: Mapping[str, Facts]) -> None:
        self._classes: dict[str, list[str]] = defaultdict(list)
        self._packages: dict[str, set[str]] = defaultdict(set)
        for path, facts in files.items():
            if facts.language == "java":
                name = path.rpartition("/")[2].removesuffix(".java")
                self._classes[f"{facts.package}.{name}" if facts.package else name].append(path)
                self._packages[facts.package].add(name)

    def targets(self, path: str, facts: Facts, statement: Import) -> Iterable[str]:
        """Return the file of the imported class; of a whole package, those files whose classes are used."""
        name = statement.target
        if name.endswith(".*") and (package := name.removesuffix(".*")) in self._packages:
            used = self._packages[package].intersection(facts.references)
            return [found for one in sorted(used) if (found := self._file(f"{package}.{one}", path))]
        while name:
            if found := self._file(name, path):
                return (found,)
            name = name.rpartition(".")[0]
        return ()

    def _file(self, name: str, path: str) -> str | None:
        return nearest(self._classes.get(name, ()), path)
