"""Imports of JavaScript and TypeScript: relative, `tsconfig` paths and base, `package.json` exports and workspaces."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.paths import Paths, above, below, join, nearest, parent

_ENDINGS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".d.mts", ".d.cts")
_SOURCES = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_BUILT = re.compile(r"^(?:dist|build|lib|out|esm|cjs)(?:/(?:esm|cjs|types))?/")
_DEPTH = 8


class Script:
    """Resolves imports of JavaScript and TypeScript files."""

    def __init__(self, paths: Paths, files: Mapping[str, Facts]) -> None:
        self._paths = paths
        self._settings = {path: facts.settings for path, facts in files.items() if facts.settings is not None}
        self._packages: dict[str, list[str]] = defaultdict(list)
        self._configs: dict[str, list[str]] = defaultdict(list)
        self._found: dict[tuple[str, str], str | None] = {}
        for path, facts in files.items():
            if facts.language == "package-json" and facts.settings and facts.settings["name"]:
                self._packages[facts.settings["name"]].append(parent(path))
            elif facts.language == "tsconfig":
                self._configs[parent(path)].append(path)
        for found in self._configs.values():
            found.sort(key=lambda path: (not path.endswith(("/tsconfig.json", "/jsconfig.json")), path))

    def targets(self, path: str, _facts: Facts, statement: Import) -> Iterable[str]:
        """Return the file that a statement of the file at `path` imports, where it is one of the tree."""
        key = (parent(path), statement.target)
        if key not in self._found:
            self._found[key] = self._find(*key)
        found = self._found[key]
        return () if found is None else (found,)

    def _find(self, folder: str, target: str) -> str | None:
        target = target.partition("?")[0]
        if target in (".", "..") or target.startswith(("./", "../")):
            base = join(folder, target)
            return None if base is None else self._file(base, only_folder=target.endswith(("/", "/.", "/..")))
        if target.startswith("#"):
            return self._inner(folder, target)
        return self._by_config(folder, target) or self._of_package(folder, target)

    def _file(self, base: str, *, only_folder: bool = False, depth: int = 0) -> str | None:
        """Return the file that a path without its ending, of a file or of a folder, means."""
        found = None if only_folder or not base else self._exact(base)
        if found is None and base in self._paths.folders and depth < _DEPTH:
            package = self._settings.get(below(base, "package.json"))
            for entry in package["entries"] if package else ():
                inside = join(base, entry)
                if inside and inside != base and (entered := self._file(inside, depth=depth + 1)):
                    return entered
            found = self._paths.first(below(base, "index") + ending for ending in _ENDINGS)
        return found

    def _exact(self, base: str) -> str | None:
        stem, dot, ending = base.rpartition(".")
        if sources := _SOURCES.get(dot + ending):
            found = self._paths.first(stem + source for source in sources)
            if found is not None:
                return found
        return self._paths.first([base + one for one in _ENDINGS[:3]]) or self._paths.first(
            [base, *(base + one for one in _ENDINGS[3:])]
        )

    def _by_config(self, folder: str, target: str) -> str | None:
        """Follow `paths` and `baseUrl` of the TypeScript projects around a file, the nearest first."""
        for around in above(folder):
            for config in self._configs.get(around, ()):
                for base in self._mapped(config, target, 0):
                    if found := self._file(base):
                        return found
        return None

    def _mapped(self, config: str, target: str, depth: int) -> Iterator[str]:
        settings = self._settings.get(config)
        if settings is None or depth > _DEPTH:
            return
        root = join(parent(config), settings["base"] or "")
        if root is not None:
            for replaced in _matching(settings["paths"], target):
                if (base := join(root, replaced)) is not None:
                    yield base
            if settings["base"] is not None:
                yield below(root, target)
        if settings["paths"]:
            return  # a project's own paths replace those it extends
        for extended in settings["extends"]:
            inherited = join(parent(config), extended) if extended.startswith(".") else None
            for name in (inherited, f"{inherited}.json") if inherited else ():
                yield from self._mapped(name, target, depth + 1)

    def _inner(self, folder: str, target: str) -> str | None:
        """Follow `imports` of the package around a file."""
        for around in above(folder):
            package = self._settings.get(below(around, "package.json"))
            if package is not None:
                return self._offered(around, _matching(package["imports"], target))
        return None

    def _of_package(self, folder: str, target: str) -> str | None:
        """Find a file of a package of the same tree: by its `exports`, else where its name says."""
        words = target.split("/")
        cut = 2 if target.startswith("@") else 1
        home = nearest(self._packages.get("/".join(words[:cut]), ()), folder)
        if home is None:
            return None
        rest = "/".join(words[cut:])
        settings = self._settings[below(home, "package.json")]
        exports = _matching(settings["exports"], f"./{rest}" if rest else ".")
        found = self._offered(home, exports) or (None if rest else self._offered(home, settings["entries"]))
        places = (below(home, rest), below(home, below("src", rest)))
        return found or next((path for place in places if (path := self._file(place))), None)

    def _offered(self, home: str, files: Iterable[str]) -> str | None:
        """Return the first of a package's files that is in the tree, or what it is built from."""
        for file in files:
            for name in (file.removeprefix("./"), _BUILT.sub("src/", file.removeprefix("./"))):
                base = join(home, name)
                if base and (found := self._file(base) or self._file(_source_name(base))):
                    return found
        return None


def _source_name(path: str) -> str:
    """Return the name that a file has without the ending of a type declaration."""
    for ending in (".d.ts", ".d.mts", ".d.cts"):
        if path.endswith(ending):
            return path.removesuffix(ending)
    return path


def _matching(table: Mapping[str, Sequence[str]], target: str) -> list[str]:
    """Return what a table of patterns with one `*` makes of a name; the longest fitting pattern wins."""
    if target in table:
        return list(table[target])
    best: tuple[int, list[str]] = (-1, [])
    for pattern, places in table.items():
        before, star, after = pattern.partition("*")
        long_enough = len(target) >= len(before) + len(after)
        if star and long_enough and target.startswith(before) and target.endswith(after) and len(before) > best[0]:
            middle = target[len(before) : len(target) - len(after)]
            best = (len(before), [place.replace("*", middle) for place in places])
    return best[1]
