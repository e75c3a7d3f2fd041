"""Clients in two languages are generated from the OpenAPI document, and pass their type checkers."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.clients.conftest import BIN, node, run

OCTETS = "content_type_overrides:\n  application/x-asterism-batch: application/octet-stream\n"
# The generator's own file passes an exception's three parts on as one tuple; nothing of it comes from the document.
CONFIG = "[mypy]\n[mypy-client_of_asterism.client]\ndisable_error_code = arg-type\n"


def test_typescript_types_are_generated_and_used(document: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "clients" / "typescript" / "use.ts", tmp_path)
    node("openapi-typescript/bin/cli.js", document, "-o", "api.d.ts", cwd=tmp_path)
    node("typescript/bin/tsc", "--noEmit", "--strict", "use.ts", "api.d.ts", cwd=tmp_path)


@pytest.mark.timeout(600)  # a type checker reads some 1,500 modules, which takes a busy machine its time
def test_a_python_client_is_generated_whole_and_type_checks(document: Path, tmp_path: Path) -> None:
    (tmp_path / "generator.yaml").write_text(OCTETS)
    (tmp_path / "mypy.ini").write_text(CONFIG)
    place = tmp_path / "client_of_asterism"
    said = run(
        BIN / "openapi-python-client",
        *("generate", "--path", document, "--output-path", place, "--meta", "none", "--config", "generator.yaml"),
        "--fail-on-warning",
        cwd=tmp_path,
    )
    assert "WARNING" not in said
    run(BIN / "mypy", "--config-file", "mypy.ini", "-p", "client_of_asterism", cwd=tmp_path)
