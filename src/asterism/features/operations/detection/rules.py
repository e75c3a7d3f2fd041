"""The rule table of Fastest 10.4: what a file or a dependency says, with what weight."""

from collections.abc import Iterator
from typing import Final

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import SITE_FOLDERS, has_go_main
from asterism.features.operations.detection.findings import Finding, hit
from asterism.features.operations.detection.frameworks import find_frameworks, served_by
from asterism.features.operations.detection.models import Database, Runtime
from asterism.features.operations.detection.packages import node_packages, python_packages, ruby_packages
from asterism.features.operations.detection.source import Source, text_member

SCRIPTS: Final = (".js", ".ts", ".tsx", ".mjs", ".cjs")
WRANGLER_FILES: Final = ("wrangler.toml", "wrangler.json", "wrangler.jsonc")
_EDGE_HINT = compiled(r"""runtime:\s*["']edge["']|edge-runtime""")
_NODE_ONLY = compiled(r"""(?:from|import|require)\s*\(?\s*["'](?:node:)?(?:fs|child_process|net)(?:/promises)?["']""")
_PRISMA_PROVIDER = compiled(r'(?s)datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"')

_SCRIPT = compiled(r"""<script[^>\n]{0,200}\ssrc\s*=\s*["']([^"'\n]{1,200})["']""")
_HUGO_FILES: Final = tuple(
    f"{folder}{name}.{ending}"
    for folder, name in (("", "hugo"), ("config/_default/", "hugo"), ("config/_default/", "config"))
    for ending in ("toml", "yaml", "yml", "json")
)

_POSTGRES = frozenset(["pg", "postgres", "@prisma/client", "prisma", "drizzle-orm", "typeorm", "sequelize", "knex"])
_POSTGRES_DRIVERS = frozenset({"pg", "postgres"})
_MYSQL = frozenset({"mysql", "mysql2"})
_MYSQL_PYTHON = frozenset({"mysqlclient", "pymysql"})
_REDIS = frozenset(["redis", "ioredis", "@upstash/redis", "bull", "bullmq"])
_REDIS_PYTHON = frozenset({"redis", "celery"})
_STORAGE = frozenset(["@aws-sdk/client-s3", "aws-sdk", "@google-cloud/storage", "multer", "formidable"])
_BUN = frozenset({"bun-types", "@types/bun", "elysia", "baojs"})
_EDGE = frozenset(["@cloudflare/workers-types", "hono", "itty-router"])

_RUNTIME_FILES: Final = (
    (Runtime.NODE, "runtime.node.package", 0.7, ("package.json",)),
    (Runtime.PYTHON, "runtime.python.config", 0.8, ("requirements.txt", "pyproject.toml", "setup.py", "Pipfile")),
    (Runtime.PYTHON, "runtime.python.django", 0.7, ("manage.py",)),
    (Runtime.GO, "runtime.go.module", 0.8, ("go.mod", "go.sum")),
    (Runtime.GO, "runtime.go.workspace", 0.8, ("go.work",)),
    (Runtime.STATIC, "runtime.static.index", 0.6, ("index.html", "public/index.html")),
    (Runtime.STATIC, "runtime.static.file", 0.8, ("Staticfile",)),
    (Runtime.STATIC, "runtime.static.mkdocs", 0.9, ("mkdocs.yml", "mkdocs.yaml")),
    (Runtime.STATIC, "runtime.static.mdbook", 0.9, ("book.toml",)),
    (Runtime.STATIC, "runtime.static.quarto", 0.9, ("_quarto.yml", "_quarto.yaml")),
    (Runtime.BUN, "runtime.bun.lock", 1.4, ("bun.lock", "bun.lockb", "bunfig.toml")),
    (Runtime.DENO, "runtime.deno.config", 1.0, ("deno.json", "deno.jsonc", "deno.lock")),
    (Runtime.RUST, "runtime.rust.cargo", 0.9, ("Cargo.toml",)),
    (Runtime.JAVA, "runtime.java.maven", 1.4, ("pom.xml",)),
    (
        Runtime.JAVA,
        "runtime.java.gradle",
        1.4,
        ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradlew"),
    ),
    (Runtime.JAVA, "runtime.java.other", 1.4, ("build.sbt", "project.clj", "deps.edn")),
    (Runtime.RUBY, "runtime.ruby.gemfile", 0.9, ("Gemfile",)),
    (Runtime.RUBY, "runtime.ruby.rack", 0.6, ("config.ru", "config/environment.rb")),
    (Runtime.PHP, "runtime.php.composer", 0.9, ("composer.json",)),
    (
        Runtime.PHP,
        "runtime.php.index",
        0.7,
        ("index.php", *(f"{name}/index.php" for name in ("public", "web", "webroot", "htdocs")), "artisan"),
    ),
    (Runtime.ELIXIR, "runtime.elixir.mix", 1.5, ("mix.exs",)),
    (Runtime.CRYSTAL, "runtime.crystal.shard", 0.9, ("shard.yml",)),
    (Runtime.DART, "runtime.dart.pubspec", 0.9, ("pubspec.yaml",)),
    (Runtime.GLEAM, "runtime.gleam.project", 1.0, ("gleam.toml",)),
    (Runtime.HASKELL, "runtime.haskell.stack", 0.9, ("stack.yaml", "package.yaml")),
    (Runtime.SWIFT, "runtime.swift.package", 0.9, ("Package.swift",)),
    (Runtime.ZIG, "runtime.zig.build", 0.9, ("build.zig",)),
    (Runtime.CPP, "runtime.cpp.cmake", 0.6, ("CMakeLists.txt",)),
    (Runtime.DOCKER, "runtime.docker.file", 0.3, ("Dockerfile", "Containerfile")),
)


def find(source: Source) -> list[Finding]:
    """Return every rule that matches a folder, each id once."""
    found: dict[str, Finding] = {}
    node, python = node_packages(source), python_packages(source)
    runtimes, frameworks = list(_runtimes(source)), list(find_frameworks(source, node, python))
    for part in (
        runtimes,
        _nested(source, runtimes),
        _serving(source, {one.effect for one in runtimes}, {one.effect for one in frameworks}),
        frameworks,
        _edge(source, node),
        _databases(source, node, python),
        _storage(source, node, python),
    ):
        for finding in part:
            found.setdefault(finding.signal.id, finding)
    return list(found.values())


def _runtimes(source: Source) -> Iterator[Finding]:
    for runtime, rule, weight, paths in _RUNTIME_FILES:
        path = source.first(*paths)
        if path is not None:
            yield hit(rule, weight, f"{path} is there", runtime)
    for runtime, rule, weight, endings in (
        (Runtime.NODE, "runtime.node.source", 0.6, SCRIPTS),
        (Runtime.PYTHON, "runtime.python.source", 0.5, (".py",)),
        (Runtime.GO, "runtime.go.source", 0.5, (".go",)),
        (Runtime.RUBY, "runtime.ruby.source", 0.5, (".rb",)),
        (Runtime.NIM, "runtime.nim.package", 0.9, (".nimble",)),
        (Runtime.HASKELL, "runtime.haskell.cabal", 0.9, (".cabal",)),
        (Runtime.DOTNET, "runtime.dotnet.project", 1.5, (".csproj", ".fsproj", ".vbproj", ".sln", ".slnx")),
    ):
        files = source.in_root(*endings)
        if files:
            yield hit(rule, weight, f"{files[0]} lies in the root", runtime)
    yield from _bun(source)
    yield from _deno_sources(source)
    yield from _sites(source)


def _nested(source: Source, runtimes: list[Finding]) -> Iterator[Finding]:
    """Yield what lies below a top that says nothing: a .NET project, whose tools find it by name, or a page."""
    project = next(iter(source.below(".csproj", ".fsproj", depth=3)), None)
    page = source.first(*(f"{folder}/index.html" for folder in SITE_FOLDERS))
    if project and not runtimes:
        yield hit("runtime.dotnet.nested", 0.9, f"{project} is there", Runtime.DOTNET)
    elif page and not runtimes:
        yield hit("runtime.static.nested", 0.5, f"{page} is there", Runtime.STATIC)


def _serving(source: Source, runtimes: set[str], frameworks: set[str]) -> Iterator[Finding]:
    """Tell apart runtimes that stand beside each other: what answers requests counts, what only builds parts less."""
    families = runtimes - {Runtime.STATIC, Runtime.DOCKER, Runtime.BUN, Runtime.DENO}
    if len(families) < 2:
        return
    serving = served_by(frameworks)
    package = source.json("package.json")
    for runtime in sorted(families):
        name = serving.get(Runtime(runtime))
        if runtime == Runtime.NODE:
            main = text_member(package, "main")
            starts = text_member(package, "scripts", "start") is not None or (main is not None and main in source)
            if starts or name:
                reason = f"requests are answered by {name}" if name else "package.json says what to start"
                yield hit("runtime.node.server", 0.5, reason, Runtime.BUN if Runtime.BUN in runtimes else runtime)
        elif name:
            yield hit(f"runtime.{runtime}.server", 0.8, f"requests are answered by {name}", runtime)
        elif (runtime == Runtime.GO and has_go_main(source)) or (runtime == Runtime.RUST and "src/main.rs" in source):
            yield hit(f"runtime.{runtime}.program", 0.5, "it makes a program", runtime)


def _bun(source: Source) -> Iterator[Finding]:
    package = source.json("package.json")
    if (text_member(package, "packageManager") or "").startswith("bun@"):
        yield hit("runtime.bun.manager", 1.4, "bun is the package manager", Runtime.BUN)
    if any((text_member(package, "scripts", name) or "").startswith("bun ") for name in ("start", "dev")):
        yield hit("runtime.bun.script", 0.8, "its scripts run bun", Runtime.BUN)
    own = sorted(_BUN & node_packages(source))
    if own:
        yield hit("runtime.bun.packages", 0.6, f"depends on {own[0]}", Runtime.BUN)


def _sites(source: Source) -> Iterator[Finding]:
    hugo = source.first(*_HUGO_FILES)
    plain = source.first("config.toml", "config.yaml", "config.yml")
    if plain and any(source.has_folder(name) for name in ("content", "layouts", "archetypes")):
        hugo = hugo or plain
    if hugo:
        by_npm = "hugo" in (text_member(source.json("package.json"), "scripts", "build") or "")
        rule = "runtime.static.zola" if _is_zola(source) else "runtime.static.hugo"
        yield hit(rule, 0.5 if by_npm else 1.4, f"{hugo} stands beside a site's folders", Runtime.STATIC)
    has_folders = any(source.has_folder(name) for name in ("_posts", "_layouts", "_includes"))
    if {"jekyll", "github-pages"} & ruby_packages(source) or ("_config.yml" in source and has_folders):
        yield hit("runtime.static.jekyll", 1.6, "a Jekyll site", Runtime.STATIC)
    if "index.html" in source and "package.json" not in source:
        loaded = (hit_[1].removeprefix("./").removeprefix("/") for hit_ in _SCRIPT.finditer(source.text("index.html")))
        script = next((path for path in loaded if path in source), None)
        if script:
            yield hit("runtime.static.page", 0.3, f"index.html loads {script}", Runtime.STATIC)


def _is_zola(source: Source) -> bool:
    return "base_url" in source.text("config.toml") and source.has_folder("templates")


def _deno_sources(source: Source) -> Iterator[Finding]:
    if "package.json" in source:
        return
    scripts = source.below(".ts", ".js", ".tsx", ".mjs", depth=1)
    for path in (one for one in scripts if one.startswith("src/") or "/" not in one):
        text = source.text(path)
        if "Deno." in text or "https://deno.land/" in text or '"jsr:' in text:
            yield hit("runtime.deno.source", 0.9, f"{path} speaks to Deno", Runtime.DENO)
            return


def _edge(source: Source, node: frozenset[str]) -> Iterator[Finding]:
    wrangler, worker = source.first(*WRANGLER_FILES), source.first("worker.js", "worker.ts")
    if wrangler:
        yield hit("edge.wrangler", 0.8, f"{wrangler} is there", "edge")
    match = sorted(_EDGE & node)
    if match:
        yield hit("edge.dependency", 0.6, f"depends on {match[0]}", "edge")
    if worker:
        yield hit("edge.worker-file", 0.7, f"{worker} lies in the root", "edge")
    for path, text in source.sources((*SCRIPTS, ".jsx")):
        if _EDGE_HINT.search(text):
            yield hit("edge.runtime-hint", 0.6, f"{path} asks for the edge", "edge")
        if _NODE_ONLY.search(text):
            yield hit("edge.node-only", -0.6, f"{path} needs Node's own modules", "edge")


def _databases(source: Source, node: frozenset[str], python: frozenset[str]) -> Iterator[Finding]:
    postgres = sorted(_POSTGRES & node) or sorted(name for name in python if name.startswith(("psycopg", "asyncpg")))
    mysql = sorted(_MYSQL & node) or sorted(_MYSQL_PYTHON & python)
    redis = sorted(_REDIS & node) or sorted(_REDIS_PYTHON & python)
    schema = next(iter(source.below("schema.prisma", depth=3)), None)
    prisma = _PRISMA_PROVIDER.search(source.text(schema)) if schema else None
    provider = prisma[1] if prisma else None
    driver = bool(_POSTGRES_DRIVERS & node) or any(name.startswith(("psycopg", "asyncpg")) for name in python)
    if (postgres or schema) and (driver or not mysql):
        reason = f"depends on {postgres[0]}" if postgres else f"{schema} is there"
        other = {"mysql": Database.MYSQL, "sqlite": "sqlite"}.get(provider or "")
        effect = other if other and not driver else Database.POSTGRES
        yield hit("database.postgres.dependency", 0.7, reason, effect)
    if mysql:
        yield hit("database.mysql.dependency", 0.6, f"depends on {mysql[0]}", Database.MYSQL)
    if redis:
        yield hit("database.redis.dependency", 0.6, f"depends on {redis[0]}", Database.REDIS)
    for path, text in source.sources((".ts", ".js", ".tsx", ".py", ".go")):
        for mark, database in (
            ("DATABASE_URL", Database.POSTGRES),
            ("MYSQL_URL", Database.MYSQL),
            ("REDIS_URL", Database.REDIS),
        ):
            if mark in text:
                yield hit(f"database.{database}.env", 0.5, f"{path} reads {mark}", f"env:{database}")


def _storage(source: Source, node: frozenset[str], python: frozenset[str]) -> Iterator[Finding]:
    match = sorted(_STORAGE & node) or sorted({"boto3"} & python)
    if match:
        yield hit("storage.dependency", 0.6, f"depends on {match[0]}", "storage")
    for path in WRANGLER_FILES:
        if "r2_buckets" in source.text(path):
            yield hit("storage.r2", 0.7, f"{path} binds a bucket", "storage")
