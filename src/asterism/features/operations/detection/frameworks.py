"""Frameworks by dependency (Fastest 10.4)."""

from collections.abc import Iterable, Iterator
from typing import Final

from asterism.features.operations.detection.ecosystems import SERVERS
from asterism.features.operations.detection.findings import Finding, hit
from asterism.features.operations.detection.models import Runtime
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
    ("react-router", ("@react-router/dev",), 0.8),
    ("solid-start", ("@solidjs/start",), 0.85),
    ("tanstack-start", ("@tanstack/react-start", "@tanstack/solid-start"), 0.85),
    ("strapi", ("@strapi/strapi",), 0.85),
    ("redwood", ("@redwoodjs/core",), 0.85),
    ("nitro", ("nitropack", "nitro"), 0.6),
    ("h3", ("h3",), 0.5),
    ("elysia", ("elysia",), 0.7),
    ("hapi", ("@hapi/hapi",), 0.7),
    ("adonis", ("@adonisjs/core",), 0.8),
    ("sails", ("sails",), 0.7),
    ("hexo", ("hexo",), 0.8),
    ("gridsome", ("gridsome",), 0.8),
    ("umi", ("umi", "@umijs/max"), 0.75),
    ("ember", ("ember-cli", "ember-source"), 0.7),
    ("stencil", ("@stencil/core",), 0.7),
    ("brunch", ("brunch",), 0.7),
    ("metalsmith", ("metalsmith",), 0.7),
    ("dojo", ("@dojo/framework",), 0.7),
    ("rspress", ("rspress", "@rspress/core"), 0.8),
    ("hugo", ("hugo-bin", "hugo-extended"), 0.7),
    ("preact", ("preact",), 0.65),
    ("lit", ("lit",), 0.5),
    ("react", ("react",), 0.6),
    ("vue", ("vue",), 0.6),
    ("svelte", ("@sveltejs/kit", "svelte"), 0.6),
)
"""(name, dependencies of which one is enough, weight); a name that ends in a slash stands for a scope."""

_BUNDLERS: Final = (("vite", ("vite",), 0.3), ("parcel", ("parcel", "parcel-bundler"), 0.3))
"""What stands for the framework of a site that has no other."""

_PYTHON_FRAMEWORKS: Final = (
    *((name, (name,), 0.7) for name in ("fastapi", "django", "flask", "starlette", "litestar", "streamlit", "sphinx")),
    ("mkdocs", ("mkdocs", "mkdocs-material"), 0.7),
    *((name, (name,), 0.75) for name in ("quart", "sanic", "dash", "chainlit", "pelican")),
    *((name, (name,), 0.5) for name in ("gradio", "tornado", "aiohttp")),
)
_RUBY_FRAMEWORKS: Final = (
    *(("rails", 0.8), ("sinatra", 0.7), ("hanami", 0.7), ("jekyll", 0.7)),
    *(("middleman", 0.7), ("bridgetown", 0.7), ("nanoc", 0.7)),
)
_PHP_FRAMEWORKS: Final = (
    ("laravel", "laravel/framework"),
    ("symfony", "symfony/framework-bundle"),
    ("slim", "slim/slim"),
    ("cakephp", "cakephp/cakephp"),
    ("codeigniter", "codeigniter4/framework"),
    ("yii", "yiisoft/yii2"),
    ("drupal", "drupal/core-recommended"),
)
_JVM: Final = ("pom.xml", "build.gradle", "build.gradle.kts")
_DOTNET: Final = (".csproj", ".fsproj")
_TEXT_FRAMEWORKS: Final = (
    ("spring-boot", _JVM, "org.springframework.boot"),
    ("quarkus", _JVM, "io.quarkus"),
    ("micronaut", _JVM, "io.micronaut"),
    ("ktor", _JVM, "io.ktor"),
    ("phoenix", ("mix.exs",), ":phoenix,"),
    ("axum", ("Cargo.toml",), "axum"),
    ("actix", ("Cargo.toml",), "actix-web"),
    ("rocket", ("Cargo.toml",), "rocket"),
    ("gin", ("go.mod",), "gin-gonic/gin"),
    ("echo", ("go.mod",), "labstack/echo"),
    ("fiber", ("go.mod",), "gofiber/fiber"),
    ("chi", ("go.mod",), "go-chi/chi"),
    ("blazor", _DOTNET, "Microsoft.NET.Sdk.BlazorWebAssembly"),
    ("aspnet", _DOTNET, "Microsoft.NET.Sdk.Web"),
    ("fresh", ("deno.json", "deno.jsonc"), "fresh"),
)
"""(name, ends of the paths of files up to two folders down, a text in one of them)."""

_SERVERS: Final = {
    Runtime.PYTHON: frozenset({"fastapi", "django", "flask", "starlette", "litestar", "streamlit", "quart", "sanic"}),
    Runtime.RUBY: frozenset({"rails", "sinatra", "hanami"}),
    Runtime.PHP: frozenset(name for name, _ in _PHP_FRAMEWORKS),
    Runtime.JAVA: frozenset({"spring-boot", "quarkus", "micronaut", "ktor"}),
    Runtime.ELIXIR: frozenset({"phoenix"}),
    Runtime.RUST: frozenset({"axum", "actix", "rocket"}),
    Runtime.GO: frozenset({"gin", "echo", "fiber", "chi"}),
    Runtime.DOTNET: frozenset({"aspnet"}),
    Runtime.NODE: SERVERS,
}


def served_by(names: Iterable[str]) -> dict[Runtime, str]:
    """Return which runtimes have a framework among these that answers requests, and its name."""
    known = sorted(names)
    return {
        runtime: found
        for runtime, servers in _SERVERS.items()
        if (found := next((name for name in known if name in servers), None))
    }


def find_frameworks(source: Source, node: frozenset[str], python: frozenset[str]) -> Iterator[Finding]:
    """Yield the frameworks that an app depends on; `node` and `python` are its packages."""
    yield from _of_node(source, node)
    gems, composer = ruby_packages(source), php_packages(source)
    named: list[tuple[str, float, str]] = [
        (name, weight, f"requires {match}")
        for name, packages, weight in _PYTHON_FRAMEWORKS
        if (match := _dependency(python, packages))
    ]
    named += [(name, weight, f"the Gemfile names {name}") for name, weight in _RUBY_FRAMEWORKS if name in gems]
    named += [(name, 0.8, f"requires {package}") for name, package in _PHP_FRAMEWORKS if package in composer]
    for name, weight, reason in named:
        yield hit(f"framework.{name}", weight, reason, name)
    for name, endings, mark in _TEXT_FRAMEWORKS:
        path = next((one for one in source.below(*endings, depth=2) if mark in source.text(one)), None)
        if path:
            yield hit(f"framework.{name}", 0.7, f"{path} names {mark.strip(':,')}", name)


def _of_node(source: Source, node: frozenset[str]) -> Iterator[Finding]:
    for name in ("next", "nuxt"):
        if name in node:
            config = source.first(*(f"{name}.config.{ending}" for ending in ("js", "mjs", "ts", "cjs", "mts")))
            yield hit(f"framework.{name}", 0.85 if config else 0.8, f"depends on {name}", name)
    found = bool({"next", "nuxt"} & node)
    for name, packages, weight in _NODE_FRAMEWORKS:
        match = _dependency(node, packages)
        if match:
            found = True
            yield hit(f"framework.{name}", weight, f"depends on {match}", name)
    for name, packages, weight in () if found else _BUNDLERS:
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
