"""The names of what an app depends on, from the files of its package managers."""

from collections.abc import Iterator
from typing import Any

from asterism.base.linear import compiled
from asterism.features.operations.detection.source import Source, member, names_of

_NODE_GROUPS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_REQUIREMENT = compiled(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_QUOTED = compiled(r"""["']([A-Za-z0-9][A-Za-z0-9._-]*)[^"'\n]*["']""")
_SETUP_LIST = compiled(r"install_requires\s*=\s*\[([^\]]*)\]")
_GEM = compiled(r"""(?m)^\s*gem\s*\(?\s*["']([^"'\n]+)["']""")
_RUNS = compiled(r"[-_.]+")


def node_packages(source: Source) -> frozenset[str]:
    """Return what the package.json of a folder names, whatever for."""
    package = source.json("package.json")
    return frozenset(name for group in _NODE_GROUPS for name in names_of(member(package, group)))


def is_monorepo(source: Source) -> bool:
    """Tell whether a folder holds several packages, one of which is chosen by the settings."""
    return bool(names_of(source.json("package.json").get("workspaces"))) or any(
        path in source for path in ("pnpm-workspace.yaml", "turbo.json", "nx.json", "lerna.json", "go.work")
    )


def python_packages(source: Source) -> frozenset[str]:
    """Return the requirements of every usual file, lower case, with dashes (PEP 503)."""
    return frozenset(_RUNS.sub(lambda _: "-", name).lower() for name in _python_names(source))


def ruby_packages(source: Source) -> frozenset[str]:
    """Return the gems that the Gemfile names."""
    return frozenset(hit[1] for hit in _GEM.finditer(source.text("Gemfile")))


def php_packages(source: Source) -> frozenset[str]:
    """Return what composer.json requires."""
    composer = source.json("composer.json")
    return frozenset(name for group in ("require", "require-dev") for name in names_of(member(composer, group)))


def _python_names(source: Source) -> Iterator[str]:
    for path in source.below(".txt", ".in", depth=1):
        if path.startswith("requirements"):
            yield from _leading(source.lines(path))
    project = source.toml("pyproject.toml")
    yield from _leading(_texts(member(project, "project", "dependencies")))
    for group in _groups(member(project, "project", "optional-dependencies")):
        yield from _leading(group)
    for group in _groups(member(project, "dependency-groups")):
        yield from _leading(group)
    yield from names_of(member(project, "tool", "poetry", "dependencies"))
    yield from names_of(member(source.toml("Pipfile"), "packages"))
    for listed in _SETUP_LIST.finditer(source.text("setup.py")):
        yield from (hit[1] for hit in _QUOTED.finditer(listed[1]))


def _leading(lines: list[str]) -> Iterator[str]:
    for line in lines:
        found = _REQUIREMENT.match(line)
        if found:
            yield found[1]


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _groups(value: Any) -> list[list[str]]:
    return [_texts(group) for group in value.values()] if isinstance(value, dict) else []
