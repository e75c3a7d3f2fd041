"""Resolving all imports of a tree."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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


def resolve(files: Mapping[str, Facts]) -> Edges:
    """Return which files of a tree import which, by the facts of all its files, configuration included.

    A file never imports itself. The order of the paths plays no part.
    """
    paths = Paths(files)
    made: dict[Callable[..., Resolver], Resolver] = {}
    edges: Edges = {}
    for path, facts in files.items():
        kind = _RESOLVERS.get(facts.language)
        if kind is None or not facts.imports:
            continue
        if kind not in made:
            made[kind] = kind(paths, files)
        if found := _of_file(made[kind], path, facts):
            edges[path] = found
    return edges


def _of_file(resolver: Resolver, path: str, facts: Facts) -> dict[str, int]:
    """Count for each file the statements that mean it; several parts of one statement count once."""
    meant = {
        (target, statement.line)
        for statement in facts.imports
        for target in resolver.targets(path, facts, statement)
        if target != path
    }
    return dict(sorted(Counter(target for target, _ in meant).items()))
