"""How apps of each runtime are installed, built and started."""

from collections.abc import Callable
from functools import partial
from typing import Final

from asterism.features.operations.detection.ecosystems import (
    compiled,
    declared,
    jvm,
    more,
    node,
    python,
    scripted,
    static,
)
from asterism.features.operations.detection.ecosystems.compiled import has_go_main
from asterism.features.operations.detection.ecosystems.declared import folder_inside
from asterism.features.operations.detection.ecosystems.site_tools import SERVERS
from asterism.features.operations.detection.ecosystems.static import SITE_FOLDERS
from asterism.features.operations.detection.models import Recipe, Runtime
from asterism.features.operations.detection.source import Source

__all__ = ["SERVERS", "SITE_FOLDERS", "folder_inside", "has_go_main", "recipe_of"]


_MAKERS: Final[dict[Runtime, Callable[[Source, str | None], Recipe]]] = {
    Runtime.NODE: node.recipe,
    Runtime.BUN: partial(node.recipe, bun=True),
    Runtime.PYTHON: python.recipe,
    Runtime.GO: compiled.go,
    Runtime.RUST: compiled.rust,
    Runtime.JAVA: jvm.recipe,
    Runtime.DOTNET: compiled.dotnet,
    Runtime.RUBY: scripted.ruby,
    Runtime.PHP: scripted.php,
    Runtime.ELIXIR: scripted.elixir,
    Runtime.DENO: scripted.deno,
}


def recipe_of(source: Source, runtime: Runtime | None, framework: str | None, rules: frozenset[str]) -> Recipe:
    """Return how an app is made and run; a Dockerfile tells us nothing of that."""
    if runtime is None:
        return Recipe(start=declared.start(source) or ("sh start.sh" if "start.sh" in source else None))
    if runtime is Runtime.DOCKER:
        return Recipe()
    if runtime is Runtime.STATIC:
        return static.recipe(source, rules)
    maker = _MAKERS.get(runtime)
    return maker(source, framework) if maker else more.recipe(source, runtime)
