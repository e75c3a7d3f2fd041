"""Imports of installed packages, compared with what another reader of Python finds."""

import importlib.util
from pathlib import Path

import grimp
import pytest

from asterism.vcs.facts import extract, language_of
from asterism.vcs.resolving import resolve

LEAST = 0.95


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def resolved(base: Path, package: str) -> set[tuple[str, str]]:
    paths = {str(file.relative_to(base)) for file in (base / package).rglob("*.py")}
    files = {path: extract(language_of(path) or "text", (base / path).read_bytes()) for path in paths}
    return {(module_of(path), module_of(target)) for path, targets in resolve(files).items() for target in targets}


@pytest.mark.parametrize("package", ["anyio", "httpx", "starlette"])
def test_imports_of_python_are_found_and_no_others(package: str):
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    ours = resolved(Path(spec.submodule_search_locations[0]).parent, package)
    graph = grimp.build_graph(package, cache_dir=None)
    truth = {(module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)}
    assert len(truth) > 50
    assert len(ours & truth) >= LEAST * len(ours), sorted(ours - truth)[:10]
    assert len(ours & truth) >= LEAST * len(truth), sorted(truth - ours)[:10]
