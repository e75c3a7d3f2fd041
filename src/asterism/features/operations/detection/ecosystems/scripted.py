"""Ruby, PHP, Elixir and Deno: what installs them and what starts a web app."""

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import node, procfile
from asterism.features.operations.detection.ecosystems.versions import number_in, pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import ruby_packages
from asterism.features.operations.detection.source import Source, member, names_of, text_member

_RUBY_LINE = compiled(r"""(?m)^\s*ruby\s*\(?\s*["']([^"'\n]+)["']""")
_ELIXIR_LINE = compiled(r"""elixir:\s*["']([^"'\n]+)["']""")
_DENO_SERVE = compiled(r"Deno\.(?:serve|listen)|oak|serve\(")


def ruby(source: Source, framework: str | None) -> Recipe:
    """Return how a Ruby app is started: Rails, whatever speaks Rack, or a script."""
    gems = ruby_packages(source)
    line = _RUBY_LINE.search(source.text("Gemfile"))
    version = line[1] if line else number_in(pinned(source, "ruby", ".ruby-version"))
    install = "bundle install" if "Gemfile" in source else None
    build, start = None, procfile.web(source)
    if framework == "rails" or "config/application.rb" in source:
        has_assets = source.has_folder("app/assets") or source.has_folder("app/javascript")
        build = "bundle exec rails assets:precompile" if has_assets else None
        start = start or "bundle exec rails server -b 0.0.0.0 -p $PORT"
    elif "config.ru" in source:
        server = "puma --port $PORT" if "puma" in gems else "rackup --host 0.0.0.0 --port $PORT"
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
    start = procfile.web(source)
    if start is None and (framework == "laravel" or "artisan" in source):
        start = "php artisan serve --host=0.0.0.0 --port=$PORT"
    folder = next((f" -t {name}" for name in ("public", "web", "htdocs") if f"{name}/index.php" in source), "")
    return Recipe(
        package_manager="composer" if composer else None,
        version=version,
        install="composer install --no-dev --optimize-autoloader" if composer else None,
        build=node.recipe(source, None).build if "package.json" in source else None,
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
        build="mix compile && mix assets.deploy" if deploys else "mix compile",
        start=procfile.web(source) or ("mix phx.server" if phoenix else "mix run --no-halt"),
    )


def deno(source: Source) -> Recipe:
    """Return how a Deno app is started: its task, else the file that serves."""
    path = source.first("deno.json", "deno.jsonc")
    tasks = member(source.json(path), "tasks") if path else None
    names = set(names_of(tasks))
    build = "deno task build" if "build" in names else None
    start = "deno task start" if "start" in names else procfile.web(source) or _deno_entry(source)
    return Recipe("deno", pinned(source, "deno", ".deno-version", ".dvmrc"), "deno install", build, start)


def _deno_entry(source: Source) -> str | None:
    scripts = source.in_root(".ts", ".js", ".tsx", ".mjs") + source.below("main.ts", "server.ts", depth=2)
    usual = source.first(
        "main.ts", "server.ts", "mod.ts", "index.ts", "app.ts", "main.js", "src/main.ts", "src/index.ts"
    )
    entry = usual or next((one for one in scripts if _DENO_SERVE.search(source.text(one))), next(iter(scripts), None))
    return f"deno run --allow-all {entry}" if entry else None
