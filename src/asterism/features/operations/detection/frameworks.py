"""Frameworks by dependency (Fastest 10.4)."""

from collections.abc import Iterable, Iterator
from typing import Final

from asterism.features.operations.detection.findings import Finding, hit
from asterism.features.operations.detection.packages import php_packages, ruby_packages
from asterism.features.operations.detection.source import Source

_NODE_FRAMEWORKS: Final = (
    ("remix", ("remix", "@remix-run/"), 0.8),
    ("express", ("express",), 0.7),
    ("fastify", ("fastify",), 0.7),
    ("hono", ("hono",), 0.7),
    ("koa", ("koa",), 0.7),
    ("nestjs", ("@nestjs/core",), 0.75),
    ("astro", ("astro",), 0.8),
    ("gatsby", ("gatsby",), 0.8),
    ("angular", ("@angular/core",), 0.7),
    ("eleventy", ("@11ty/eleventy",), 0.7),
    ("docusaurus", ("@docusaurus/core",), 0.8),
    ("vitepress", ("vitepress",), 0.8),
    ("vuepress", ("vuepress",), 0.8),
    ("solid", ("solid-js",), 0.6),
    ("react", ("react",), 0.6),
    ("vue", ("vue",), 0.6),
    ("svelte", ("@sveltejs/kit", "svelte"), 0.6),
)
"""(name, dependencies of which one is enough, weight); a name that ends in a slash stands for a scope."""

_PYTHON_FRAMEWORKS: Final = ("fastapi", "django", "flask", "starlette", "litestar", "streamlit", "mkdocs", "sphinx")
_RUBY_FRAMEWORKS: Final = (("rails", 0.8), ("sinatra", 0.7), ("hanami", 0.7), ("jekyll", 0.7))
_PHP_FRAMEWORKS: Final = (
    ("laravel", "laravel/framework"),
    ("symfony", "symfony/framework-bundle"),
    ("slim", "slim/slim"),
)
_TEXT_FRAMEWORKS: Final = (
    ("spring-boot", ("pom.xml", "build.gradle", "build.gradle.kts"), "org.springframework.boot"),
    ("quarkus", ("pom.xml", "build.gradle", "build.gradle.kts"), "io.quarkus"),
    ("micronaut", ("pom.xml", "build.gradle", "build.gradle.kts"), "io.micronaut"),
    ("phoenix", ("mix.exs",), ":phoenix,"),
    ("axum", ("Cargo.toml",), "axum"),
    ("actix", ("Cargo.toml",), "actix-web"),
    ("rocket", ("Cargo.toml",), "rocket"),
    ("gin", ("go.mod",), "gin-gonic/gin"),
    ("echo", ("go.mod",), "labstack/echo"),
    ("fiber", ("go.mod",), "gofiber/fiber"),
    ("aspnet", (), "Microsoft.NET.Sdk.Web"),
    ("fresh", ("deno.json", "deno.jsonc"), "fresh"),
)


def find_frameworks(source: Source, node: frozenset[str], python: frozenset[str]) -> Iterator[Finding]:
    """Yield the frameworks that an app depends on; `node` and `python` are its packages."""
    yield from _of_node(source, node)
    gems, composer = ruby_packages(source), php_packages(source)
    named: list[tuple[str, float, str]] = [
        (name, 0.7, f"requires {name}") for name in _PYTHON_FRAMEWORKS if name in python
    ]
    named += [(name, weight, f"the Gemfile names {name}") for name, weight in _RUBY_FRAMEWORKS if name in gems]
    named += [(name, 0.8, f"requires {package}") for name, package in _PHP_FRAMEWORKS if package in composer]
    for name, weight, reason in named:
        yield hit(f"framework.{name}", weight, reason, name)
    for name, paths, mark in _TEXT_FRAMEWORKS:
        path = next((p for p in paths or source.below(".csproj", ".fsproj", depth=2) if mark in source.text(p)), None)
        if path:
            yield hit(f"framework.{name}", 0.7, f"{path} names {mark.strip(':,')}", name)


def _of_node(source: Source, node: frozenset[str]) -> Iterator[Finding]:
    for name in ("next", "nuxt"):
        if name in node:
            config = source.first(*(f"{name}.config.{ending}" for ending in ("js", "mjs", "ts", "cjs", "mts")))
            yield hit(f"framework.{name}", 0.85 if config else 0.8, f"depends on {name}", name)
    for name, packages, weight in _NODE_FRAMEWORKS:
        match = _dependency(node, packages)
        if match:
            yield hit(f"framework.{name}", weight, f"depends on {match}", name)


def _dependency(packages: frozenset[str], wanted: Iterable[str]) -> str | None:
    for name in wanted:
        if name in packages:
            return name
        scoped = sorted(one for one in packages if name.endswith("/") and one.startswith(name))
        if scoped:
            return scoped[0]
    return None
