"""Ruby, PHP, Elixir and Deno: what installs them and what starts a web app."""

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import declared, node
from asterism.features.operations.detection.ecosystems.versions import number_in, pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import ruby_packages
from asterism.features.operations.detection.source import Source, member, names_of, text_member

_RUBY_LINE = compiled(r"""(?m)^\s*ruby\s*\(?\s*["']([^"'\n]+)["']""")
_RUBY_LOCKED = compiled(r"(?m)^RUBY VERSION\s+ruby ([\d.]+)")
_ELIXIR_LINE = compiled(r"""elixir:\s*["']([^"'\n]+)["']""")
_DENO_SERVE = compiled(r"Deno\.(?:serve|listen)|oak|serve\(")
_DENO_FETCH = compiled(r"(?m)^export default \{\s*(?:async )?fetch\b")
_RUBY_SITES = {
    "middleman": ("bundle exec middleman build", "build"),
    "bridgetown": ("bin/bridgetown deploy", "output"),
    "nanoc": ("bundle exec nanoc compile", "output"),
}
"""What makes a site of a generator, and where it lies then."""
_PHP_FOLDERS = ("public", "web", "webroot", "htdocs", "public_html", "www", "html")


def ruby(source: Source, framework: str | None) -> Recipe:
    """Return how a Ruby app is started: Rails, whatever speaks Rack, or a script."""
    gems = ruby_packages(source)
    line = _RUBY_LINE.search(source.text("Gemfile"))
    locked = _RUBY_LOCKED.search(source.text("Gemfile.lock"))
    version = line[1] if line else number_in(pinned(source, "ruby", ".ruby-version")) or (locked[1] if locked else None)
    install = "bundle install" if "Gemfile" in source else None
    build, start = declared.build(source), declared.start(source)
    if framework in _RUBY_SITES:
        made, output = _RUBY_SITES[framework]
        return Recipe("bundler" if install else None, version, install, made, None, output)
    if framework == "rails" or "config/application.rb" in source:
        has_assets = source.has_folder("app/assets") or source.has_folder("app/javascript")
        build = build or ("bundle exec rails assets:precompile" if has_assets else None)
        start = start or "bundle exec rails server -b 0.0.0.0 -p $PORT"
    elif "config.ru" in source:
        server = "puma --port $PORT" if "puma" in gems else "rackup --host 0.0.0.0 --port $PORT"
        server = "puma -C config/puma.rb" if "puma" in gems and "config/puma.rb" in source else server
        start = start or f"bundle exec {server}"
    else:
        prefix = "bundle exec ruby" if install else "ruby"
        script = source.first("app.rb", "main.rb", "server.rb", *source.in_root(".rb"))
        start = start or (f"{prefix} {script}" if script else None)
    return Recipe("bundler" if install else None, version, install, build, start)


def php(source: Source, framework: str | None) -> Recipe:
    """Return how a PHP app is served by PHP's own server, from `public` where there is one."""
    composer = source.json("composer.json")
    version = text_member(composer, "require", "php") or pinned(source, "php", ".php-version")
    start = declared.start(source)
    if start is None and (framework == "laravel" or "artisan" in source):
        start = "php artisan serve --host=0.0.0.0 --port=$PORT"
    folder = next((f" -t {name}" for name in _PHP_FOLDERS if f"{name}/index.php" in source), "")
    installs = ["composer install --no-dev --optimize-autoloader"] if composer else []
    build = node.recipe(source, None).build if "package.json" in source else None
    if build:
        installs.append(node.install(source, node.package_manager(source)))
    return Recipe(
        package_manager="composer" if composer else None,
        version=version,
        install=" && ".join(installs) or None,
        build=build,
        start=start or f"php -S 0.0.0.0:$PORT{folder}",
    )


def elixir(source: Source, framework: str | None) -> Recipe:
    """Return how an Elixir app is compiled and started."""
    line = _ELIXIR_LINE.search(source.text("mix.exs"))
    phoenix = framework == "phoenix"
    deploys = phoenix and "assets.deploy" in source.text("mix.exs")
    return Recipe(
        package_manager="mix",
        version=pinned(source, "elixir", ".elixir-version") or (line[1] if line else None),
        install="mix deps.get --only prod",
        build=declared.build(source) or ("mix compile && mix assets.deploy" if deploys else "mix compile"),
        start=declared.start(source) or ("mix phx.server" if phoenix else "mix run --no-halt"),
    )


def deno(source: Source, _framework: str | None) -> Recipe:
    """Return how a Deno app is started: its task, else the file that serves."""
    path = source.first("deno.json", "deno.jsonc")
    tasks = member(source.json(path), "tasks") if path else None
    names = set(names_of(tasks))
    build = "deno task build" if "build" in names else None
    task = next((f"deno task {name}" for name in ("start", "serve") if name in names), None)
    start = task or declared.start(source) or _deno_entry(source)
    return Recipe("deno", pinned(source, "deno", ".deno-version", ".dvmrc"), "deno install", build, start)


def _deno_entry(source: Source) -> str | None:
    scripts = source.in_root(".ts", ".js", ".tsx", ".mjs") + source.below("main.ts", "server.ts", depth=2)
    usual = source.first(
        "main.ts",
        "server.ts",
        "mod.ts",
        "index.ts",
        "app.ts",
        "main.js",
        "src/main.ts",
        "src/index.ts",
        "src/server.ts",
    )
    entry = usual or next((one for one in scripts if _DENO_SERVE.search(source.text(one))), next(iter(scripts), None))
    if entry and _DENO_FETCH.search(source.text(entry)):
        return f"deno serve --allow-all --host 0.0.0.0 --port $PORT {entry}"
    return f"deno run --allow-all {entry}" if entry else None
