"""What import-linter cannot say: features meet only at their package roots, and faces meet features there too."""

import importlib
from collections.abc import Iterator

import grimp
import pytest

FEATURES = "asterism.features."


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("asterism", cache_dir=None)


def feature_of(module: str) -> str | None:
    """Return the feature that a module belongs to, as `wing.feature`; None when it belongs to none."""
    parts = module.removeprefix(FEATURES).split(".")
    return ".".join(parts[:2]) if module.startswith(FEATURES) and len(parts) > 1 else None


def imports(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            yield importer, imported


def is_public(module: str) -> bool:
    """Whether a feature offers a module of its own as a name of its package root, in `__all__`."""
    root, _, name = module.rpartition(".")
    return root.count(".") == FEATURES.count(".") + 1 and name in getattr(importlib.import_module(root), "__all__", ())


def test_only_the_root_of_another_feature_is_imported(graph: grimp.ImportGraph) -> None:
    wrong = [
        f"{importer} imports {imported}"
        for importer, imported in imports(graph)
        if (target := feature_of(imported)) and imported != FEATURES + target and feature_of(importer) != target
        if not is_public(imported)
    ]
    assert not wrong


def test_only_a_store_knows_its_tables(graph: grimp.ImportGraph) -> None:
    wrong = [
        f"{importer} imports {imported}"
        for importer, imported in imports(graph)
        if imported.startswith(FEATURES)
        and imported.endswith(".tables")
        and not ("store" in importer.rpartition(".")[2] and feature_of(importer) == feature_of(imported))
        and importer != FEATURES + str(feature_of(imported))
    ]
    assert not wrong


def test_sql_is_written_in_stores_only(graph: grimp.ImportGraph) -> None:
    wrong = [
        module
        for module in sorted(graph.modules)
        if module.startswith(FEATURES) and "store" not in module.rpartition(".")[2] and not module.endswith(".tables")
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.startswith("sqlalchemy")
    ]
    assert not wrong
