"""Node and Bun: the scripts of package.json, and the package manager that wrote the lock file."""

from typing import Final

from asterism.features.operations.detection.ecosystems import declared, site_tools
from asterism.features.operations.detection.ecosystems.versions import pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import is_monorepo, node_packages
from asterism.features.operations.detection.source import Source, text_member

_LOCKS: Final = (
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("yarn.lock", "yarn"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
)
_MANAGERS: Final = ("npm", "pnpm", "yarn", "bun")
_HINTS: Final = ((".yarnrc.yml", "yarn"), (".yarnrc", "yarn"), ("pnpm-workspace.yaml", "pnpm"))
_BUILDS: Final = ("build", "generate", "docs:build", "build:prod", "build:production")
_STARTS: Final = ("start", "serve")
_STARTS_AFTER_PROCFILE: Final = ("start:prod", "start:production", "production")
_BUILT: Final = ("dist/", "build/", "lib/", "out/")
_ENTRIES: Final = tuple(
    f"{folder}{name}.{ending}"
    for folder in ("", "src/")
    for ending in ("js", "mjs", "cjs", "ts", "mts")
    for name in ("server", "index", "app", "main")
)


def package_manager(source: Source) -> str | None:
    """Return who installs, as said here or at the top; None unsaid.

    `packageManager` of package.json goes before the lock file, that before `devEngines`, files of a manager's own
    and `engines`.
    """
    places = _places(source)
    for place in places:
        said = text_member(place.json("package.json"), "packageManager")
        name = said.split("@")[0] if said else None
        found = name if name in _MANAGERS else next((manager for lock, manager in _LOCKS if lock in place), None)
        if found:
            return found
    for place in places:
        package = place.json("package.json")
        said = text_member(package, "devEngines", "packageManager", "name")
        if said in _MANAGERS:
            return said
        hinted = next((manager for path, manager in _HINTS if path in place), None)
        if hinted:
            return hinted
        engine = next((one for one in ("pnpm", "yarn", "bun") if text_member(package, "engines", one)), None)
        if engine:
            return engine
    return None


def recipe(source: Source, framework: str | None, *, bun: bool = False) -> Recipe:
    """Return how a Node app, or one for Bun, is made and run. Build and start are the texts of the scripts."""
    package = source.json("package.json")
    manager = package_manager(source) or ("bun" if bun else "npm" if package else None)
    usual = site_tools.usual(source, framework)
    build = _script(package, _BUILDS[:1]) or declared.build(source) or _script(package, _BUILDS)
    build = build or (usual.build if framework else None)
    site = site_tools.leaves_files(source, framework, build) if build else False
    start = _start(source, package, framework, bun=bun, site=bool(site))
    if site is None:
        site = start is None and not is_monorepo(source)
    return Recipe(
        package_manager=manager,
        version=_version(source, package, bun=bun),
        install=install(source, manager) if package else None,
        build=build,
        start=start,
        output=site_tools.output(source, framework, build) if build and site and site_tools.only_shows(start) else None,
    )


def _places(source: Source) -> list[Source]:
    return [source] if source.above is None else [source, source.above]


def _script(package: dict[str, object], names: tuple[str, ...]) -> str | None:
    return next((said for name in names if (said := text_member(package, "scripts", name))), None)


def _start(source: Source, package: dict[str, object], framework: str | None, *, bun: bool, site: bool) -> str | None:
    said = _script(package, _STARTS) or declared.start(source) or _script(package, _STARTS_AFTER_PROCFILE)
    if said or site:
        return said
    return _default_start(source, package, framework, bun=bun)


def _version(source: Source, package: dict[str, object], *, bun: bool) -> str | None:
    if bun:
        said = text_member(package, "packageManager") or ""
        of_manager = said.partition("@")[2].split("+")[0] if said.startswith("bun@") else None
        return text_member(package, "engines", "bun") or of_manager or pinned(source, "bun", ".bun-version")
    return (
        text_member(package, "engines", "node")
        or pinned(source, "node", ".nvmrc", ".node-version")
        or text_member(package, "volta", "node")
        or text_member(package, "devEngines", "runtime", "version")
    )


def install(source: Source, manager: str | None) -> str:
    """Return the command that installs: just what the lock file of the manager says, where there is one."""
    locked = any(name == manager and lock in place for lock, name in _LOCKS for place in _places(source))
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
    return any(
        ".yarnrc.yml" in place
        or (text_member(place.json("package.json"), "packageManager") or "").startswith(("yarn@2", "yarn@3", "yarn@4"))
        for place in _places(source)
    )


def _default_start(source: Source, package: dict[str, object], framework: str | None, *, bun: bool) -> str | None:
    """Return what runs an app that names no script: its framework's server, else its entry file."""
    usual = site_tools.usual(source, framework).start
    if usual:
        return usual
    entry = _entry(source, package)
    if entry is None or (framework is not None and framework not in site_tools.SERVERS):
        return None
    if bun:
        return f"bun run {entry}"
    packages = node_packages(source)
    runner = next((one for one in ("tsx", "ts-node") if one in packages), "node") if _is_typed(entry) else "node"
    return f"{runner} {entry}"


def _entry(source: Source, package: dict[str, object]) -> str | None:
    main = text_member(package, "main") or text_member(package, "module")
    if main:
        bare = main.removeprefix("./")
        if bare.startswith(_BUILT) and _script(package, _BUILDS):
            return bare
        found = source.first(bare, f"{bare}.js", f"{bare.rstrip('/')}/index.js", f"{bare.removesuffix('.js')}.ts")
        if found:
            return found
    return source.first(*_ENTRIES)


def _is_typed(path: str) -> bool:
    return path.endswith((".ts", ".mts"))
