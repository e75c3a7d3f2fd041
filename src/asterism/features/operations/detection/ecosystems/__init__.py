"""How apps of each runtime are installed, built and started."""

from asterism.features.operations.detection.ecosystems import compiled, jvm, node, python, scripted, static
from asterism.features.operations.detection.ecosystems.compiled import has_go_main
from asterism.features.operations.detection.ecosystems.declared import folder_inside
from asterism.features.operations.detection.ecosystems.site_tools import SERVERS
from asterism.features.operations.detection.models import Recipe, Runtime
from asterism.features.operations.detection.source import Source

__all__ = ["SERVERS", "folder_inside", "has_go_main", "recipe_of"]


def recipe_of(source: Source, runtime: Runtime | None, framework: str | None, rules: frozenset[str]) -> Recipe:
    """Return how an app is made and run; nothing for a runtime that we know no way for."""
    match runtime:
        case Runtime.NODE | Runtime.BUN:
            return node.recipe(source, framework, bun=runtime is Runtime.BUN)
        case Runtime.PYTHON:
            return python.recipe(source, framework)
        case Runtime.GO:
            return compiled.go(source)
        case Runtime.RUST:
            return compiled.rust(source, framework)
        case Runtime.JAVA:
            return jvm.recipe(source, framework)
        case Runtime.DOTNET:
            return compiled.dotnet(source)
        case Runtime.RUBY:
            return scripted.ruby(source, framework)
        case Runtime.PHP:
            return scripted.php(source, framework)
        case Runtime.ELIXIR:
            return scripted.elixir(source, framework)
        case Runtime.DENO:
            return scripted.deno(source)
        case Runtime.STATIC:
            return static.recipe(source, rules)
        case _:
            return Recipe()
