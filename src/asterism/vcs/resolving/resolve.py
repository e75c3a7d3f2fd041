"""Resolving all imports of a tree."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Protocol, TypeAlias

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.golang import Go
from asterism.vcs.resolving.java import Java
from asterism.vcs.resolving.paths import Paths
from asterism.vcs.resolving.python import Python
from asterism.vcs.resolving.relative import Relative
from asterism.vcs.resolving.rust import Rust
from asterism.vcs.resolving.script import Script

Edges: TypeAlias = dict[str, dict[str, int]]
"""Of each file that imports: the files of the tree that its imports mean, with how many statements mean them."""


class Resolver(Protocol):
    """What knows one language's rules, built for one tree."""

    def targets(self, path: str, facts: Facts, statement: Import) -> Iterable[str]:
        """Return the files that a statement of the file at `path` means."""
        ...


_RESOLVERS: Mapping[str, Callable[[Paths, Mapping[str, Facts]], Resolver]] = {
    "bash": Relative,
    "c": Relative,
    "cpp": Relative,
    "go": Go,
    "java": Java,
    "javascript": Script,
    "python": Python,
    "ruby": Relative,
    "rust": Rust,
    "tsx": Script,
    "typescript": Script,
}


class Imports:
    """The imports of one tree: `edges`, and what they were resolved with.

    Resolvers know of a tree its paths and the outline of each file (`_outline`) alone. So another tree of the same
    outline is resolved by the same ones, and only its changed files have to be looked at: `of`.
    """

    def __init__(self, files: Mapping[str, Facts]) -> None:
        self.files, self.edges = files, Edges()
        self._paths = Paths(files)
        self._made: dict[Callable[..., Resolver], Resolver] = {}
        self._resolve(files)

    def of(self, files: Mapping[str, Facts]) -> "Imports":
        """Return the imports of another tree; quick where it differs from this one in the bodies of some files."""
        if files.keys() != self.files.keys():
            return Imports(files)
        changed = [path for path, facts in files.items() if facts is not self.files[path]]
        if any(_outline(files[path]) != _outline(self.files[path]) for path in changed):
            return Imports(files)
        made = copy(self)
        made.files = files
        made.edges = self.edges.copy()
        for path in changed:
            made.edges.pop(path, None)
        made._resolve(changed)
        return made

    def _resolve(self, paths: Iterable[str]) -> None:
        for path in paths:
            facts = self.files[path]
            kind = _RESOLVERS.get(facts.language)
            if kind is None or not facts.imports:
                continue
            if kind not in self._made:
                self._made[kind] = kind(self._paths, self.files)
            if found := _of_file(self._made[kind], path, facts):
                self.edges[path] = found


def _outline(facts: Facts) -> tuple[object, ...]:
    """Return what the imports of other files may depend on, beside a file's path."""
    declared = [(one.name, one.kind) for one in facts.symbols] if facts.language == "go" else []
    modules = [one for one in facts.imports if one.kind == "mod"]
    return facts.language, facts.package, facts.settings, declared, [(one.target, one.names) for one in modules]


def resolve(files: Mapping[str, Facts]) -> Edges:
    """Return which files of a tree import which, by the facts of all its files, configuration included.

    A file never imports itself. The order of the paths plays no part.
    """
    return Imports(files).edges


def _of_file(resolver: Resolver, path: str, facts: Facts) -> dict[str, int]:
    """Count for each file the statements that mean it; several parts of one statement count once."""
    meant = {
        (target, statement.line)
        for statement in facts.imports
        for target in resolver.targets(path, facts, statement)
        if target != path
    }
    return dict(sorted(Counter(target for target, _ in meant).items()))
