"""Node and Bun: the scripts of package.json, and the package manager that wrote the lock file."""

from typing import Final

from asterism.features.operations.detection.ecosystems import procfile
from asterism.features.operations.detection.ecosystems.versions import pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import node_packages
from asterism.features.operations.detection.source import Source, member, text_member

_LOCKS: Final = (
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("yarn.lock", "yarn"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
)
_MANAGERS: Final = ("npm", "pnpm", "yarn", "bun")
_ENTRIES: Final = tuple(
    f"{folder}{name}.{ending}"
    for folder in ("", "src/")
    for ending in ("js", "mjs", "cjs", "ts", "mts")
    for name in ("server", "index", "app", "main")
)
_STARTS: Final = {
    "next": "next start",
    "nuxt": "node .output/server/index.mjs",
    "nestjs": "node dist/main",
    "remix": "remix-serve build/server/index.js",
}
_SERVERS: Final = frozenset({"next", "nuxt", "nestjs", "remix", "express", "fastify", "hono", "koa"})
_OUTPUTS: Final = {
    "gatsby": "public",
    "eleventy": "_site",
    "docusaurus": "build",
    "vitepress": ".vitepress/dist",
    "vuepress": ".vuepress/dist",
    "astro": "dist",
}


def package_manager(source: Source) -> str | None:
    """Return who installs: `packageManager` of package.json, else the lock file, here or at the top; None unsaid."""
    for place in (source, source.above):
        if place is None:
            continue
        said = text_member(place.json("package.json"), "packageManager")
        name = said.split("@")[0] if said else None
        if name in _MANAGERS:
            return name
        found = next((manager for lock, manager in _LOCKS if lock in place), None)
        if found:
            return found
    return None


def recipe(source: Source, framework: str | None, *, bun: bool = False) -> Recipe:
    """Return how a Node app, or one for Bun, is made and run. Build and start are the texts of the scripts."""
    package = source.json("package.json")
    manager = package_manager(source) or ("bun" if bun else "npm" if package else None)
    build = text_member(package, "scripts", "build")
    start = _script(package) or procfile.web(source) or _default_start(source, package, framework, bun=bun)
    return Recipe(
        package_manager=manager,
        version=_version(source, package, bun=bun),
        install=_install(source, manager) if package else None,
        build=build,
        start=start,
        output=_output(source, framework) if build and _is_site(source, framework, start) else None,
    )


def _script(package: dict[str, object]) -> str | None:
    return text_member(package, "scripts", "start") or text_member(package, "scripts", "serve")


def _version(source: Source, package: dict[str, object], *, bun: bool) -> str | None:
    if bun:
        said = text_member(package, "packageManager") or ""
        of_manager = said.partition("@")[2].split("+")[0] if said.startswith("bun@") else None
        return text_member(package, "engines", "bun") or of_manager or pinned(source, "bun", ".bun-version")
    return (
        text_member(package, "engines", "node")
        or pinned(source, "node", ".nvmrc", ".node-version")
        or text_member(package, "volta", "node")
    )


def _install(source: Source, manager: str | None) -> str:
    locked = any(lock in place for lock, _ in _LOCKS for place in (source, source.above) if place is not None)
    commands = {
        "npm": "npm ci" if locked else "npm install",
        "pnpm": "pnpm install --frozen-lockfile" if locked else "pnpm install",
        "yarn": "yarn install --frozen-lockfile" if locked and not _is_berry(source) else "yarn install",
        "bun": "bun install --frozen-lockfile" if locked else "bun install",
    }
    if _is_berry(source) and locked:
        commands["yarn"] = "yarn install --immutable"
    return commands[manager or "npm"]


def _is_berry(source: Source) -> bool:
    places = [place for place in (source, source.above) if place is not None]
    return any(".yarnrc.yml" in place for place in places) or any(
        (text_member(place.json("package.json"), "packageManager") or "").startswith(("yarn@2", "yarn@3", "yarn@4"))
        for place in places
    )


def _default_start(source: Source, package: dict[str, object], framework: str | None, *, bun: bool) -> str | None:
    """Return what runs an app that names no script: its framework's server, else its entry file."""
    if framework in _STARTS:
        return _STARTS[framework]
    packages = node_packages(source)
    if "@sveltejs/adapter-node" in packages:
        return "node build"
    if "@astrojs/node" in packages:
        return "node ./dist/server/entry.mjs"
    entry = _entry(source, package)
    if entry is None or (framework is not None and framework not in _SERVERS):
        return None
    if bun:
        return f"bun run {entry}"
    runner = next((one for one in ("tsx", "ts-node") if one in packages), "node") if _is_typed(entry) else "node"
    return f"{runner} {entry}"


def _entry(source: Source, package: dict[str, object]) -> str | None:
    main = text_member(package, "main") or text_member(package, "module")
    if main:
        bare = main.removeprefix("./")
        found = source.first(bare, f"{bare}.js", f"{bare.rstrip('/')}/index.js")
        if found:
            return found
    return source.first(*_ENTRIES)


def _is_typed(path: str) -> bool:
    return path.endswith((".ts", ".mts"))


def _is_site(source: Source, framework: str | None, start: str | None) -> bool:
    """Tell whether a build leaves files to be served as they are; a server is started instead."""
    packages = node_packages(source)
    if framework == "next":
        return any(
            "output" in source.text(path) and "export" in source.text(path).split("output", 1)[1][:40]
            for path in source.in_root(".js", ".mjs", ".ts", ".cjs")
            if path.startswith("next.config.")
        )
    if {"@astrojs/node", "@sveltejs/adapter-node"} & packages or framework in _SERVERS:
        return False
    return framework is not None or start is None


def _output(source: Source, framework: str | None) -> str:
    if framework == "next":
        return "out"
    if framework in _OUTPUTS:
        return _OUTPUTS[framework]
    packages = node_packages(source)
    if "react-scripts" in packages or "@sveltejs/adapter-static" in packages:
        return "build"
    if framework == "angular":
        return _angular_output(source)
    return "dist"


def _angular_output(source: Source) -> str:
    projects = source.json("angular.json").get("projects")
    for name, project in projects.items() if isinstance(projects, dict) else ():
        options = member(project, "architect", "build")
        browser = "application" in (text_member(options, "builder") or "")
        path = text_member(options, "options", "outputPath") or f"dist/{name}"
        return f"{path}/browser" if browser else path
    return "dist"
