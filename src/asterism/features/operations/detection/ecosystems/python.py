"""Python: who installs, and what starts a web app."""

from typing import Final

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import declared
from asterism.features.operations.detection.ecosystems.versions import number_in, pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.packages import python_packages
from asterism.features.operations.detection.source import Source, member, names_of, text_member

_APP: Final = {
    "fastapi": compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*(?:fastapi\.)?FastAPI\("),
    "starlette": compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*Starlette\("),
    "litestar": compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*Litestar\("),
    "flask": compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*(?:flask\.)?Flask\("),
    "quart": compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*(?:quart\.)?Quart\("),
    "sanic": compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*(?:sanic\.)?Sanic\("),
    "dash": compiled(r"(?m)^(\w+)\s*=\s*\w+\.server\s*$"),
}
_MADE = compiled(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?create_app\(")
_FACTORY = compiled(r"(?m)^def\s+create_app\s*\(")
_WSGI = compiled(r"""WSGI_APPLICATION\s*=\s*["']([\w.]+)\.\w+["']""")
_SCRIPT_SERVERS: Final = {
    "streamlit": "streamlit run {} --server.address 0.0.0.0 --server.port $PORT",
    "chainlit": "chainlit run {} --headless --host 0.0.0.0 --port $PORT",
}
_SITES: Final = {
    "mkdocs": ("mkdocs build", "site"),
    "pelican": ("pelican content -o output -s publishconf.py", "output"),
}
"""What makes a site of a generator, and where it lies then."""
_INSTALLS: Final = {
    "uv": "uv sync",
    "poetry": "poetry install --no-interaction",
    "pdm": "pdm install",
    "pipenv": "pipenv install",
    "conda": "conda env update --file environment.yml",
}


def recipe(source: Source, framework: str | None) -> Recipe:
    """Return how a Python app is installed and started, or made where it is a site."""
    manager = _manager(source)
    build, output = _SITES.get(framework or "", (None, None))
    return Recipe(
        package_manager=manager,
        version=_version(source),
        install=_install(source, manager),
        build=build or declared.build(source),
        start=None if build else _script(source) or declared.start(source) or _start(source, framework),
        output=output,
    )


def _script(source: Source) -> str | None:
    """Return the command that a package manager's own file calls `start`."""
    said = text_member(source.toml("Pipfile"), "scripts", "start")
    named = member(source.toml("pyproject.toml"), "tool", "pdm", "scripts", "start")
    return said or ("pdm run start" if named is not None else None)


def _manager(source: Source) -> str:
    project = source.toml("pyproject.toml")
    for lock, name in (("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile.lock", "pipenv")):
        if lock in source:
            return name
    for name in ("poetry", "pdm", "uv"):
        if member(project, "tool", name) is not None and "requirements.txt" not in source:
            return name
    if "Pipfile" in source and "requirements.txt" not in source:
        return "pipenv"
    alone = source.first("requirements.txt", "pyproject.toml", "setup.py") is None
    return "conda" if alone and "environment.yml" in source else "pip"


def _install(source: Source, manager: str) -> str | None:
    if manager == "uv":
        return "uv sync --frozen" if "uv.lock" in source else "uv sync"
    if manager == "pipenv" and "Pipfile.lock" in source:
        return "pipenv sync"
    if manager != "pip":
        return _INSTALLS[manager]
    if "requirements.txt" in source:
        return "pip install -r requirements.txt"
    return "pip install ." if source.first("pyproject.toml", "setup.py") else None


def _version(source: Source) -> str | None:
    project = source.toml("pyproject.toml")
    return (
        text_member(project, "project", "requires-python")
        or pinned(source, "python", ".python-version")
        or number_in(next(iter(source.lines("runtime.txt")), None))
        or text_member(project, "tool", "poetry", "dependencies", "python")
        or text_member(source.toml("Pipfile"), "requires", "python_version")
        or text_member(source.toml("Pipfile"), "requires", "python_full_version")
    )


def _start(source: Source, framework: str | None) -> str | None:
    packages = python_packages(source)
    if framework == "django" or "manage.py" in source:
        return _django(source, packages)
    if framework in _APP:
        return _web_app(source, framework, packages)
    unnamed = _unnamed_framework(source, packages) if framework is None else None
    if unnamed:
        return _web_app(source, unnamed, packages)
    entry = source.first("main.py", "app.py", "server.py", "run.py", "wsgi.py", "src/main.py", "src/app.py", "bot.py")
    if framework in _SCRIPT_SERVERS:
        using = (path for path in source.in_root(".py") if f"import {framework}" in source.text(path))
        script = source.first("streamlit_app.py") or entry or next(using, None)
        return _SCRIPT_SERVERS[framework].format(script) if script else None
    if entry:
        return f"python {entry}"
    return _module(source)


def _unnamed_framework(source: Source, packages: frozenset[str]) -> str | None:
    """Return the framework of an app that names what serves it, but has the framework by way of another package."""
    if not packages & {"uvicorn", "hypercorn", "gunicorn"}:
        return None
    texts = [source.text(path) for path in source.below(".py", depth=2) if "test" not in path]
    return next((name for name, pattern in _APP.items() if any(pattern.search(text) for text in texts)), None)


def _module(source: Source) -> str | None:
    """Return how a package without a script is started: its console script, else `__main__`, else its only file."""
    project = source.toml("pyproject.toml")
    for place in (("project", "scripts"), ("tool", "poetry", "scripts")):
        scripts = member(project, *place)
        name = next(iter(names_of(scripts)), None) if isinstance(scripts, dict) else None
        if name:
            return name
    main = next(iter(source.below("__main__.py", depth=2)), None)
    if main and "/" in main:
        return f"python -m {main.removeprefix('src/').rpartition('/')[0].replace('/', '.')}"
    alone = [path for path in source.in_root(".py") if path not in {"setup.py", "conftest.py", "noxfile.py"}]
    return f"python {alone[0]}" if len(alone) == 1 else None


def _django(source: Source, packages: frozenset[str]) -> str:
    """Return what serves a Django site, whose manage.py may lie up to two folders down."""
    found = (path for path in source.below("manage.py", depth=2) if path.rpartition("/")[2] == "manage.py")
    manage = next(found, "manage.py")
    folder = manage.rpartition("/")[0]
    inside = source.at(folder)
    chosen = next((name for name in ("gunicorn", "daphne", "uvicorn") if name in packages), None)
    module = _django_module(inside, "asgi" if chosen in {"daphne", "uvicorn"} else "wsgi")
    if chosen is None or module is None:
        return f"python {manage} runserver 0.0.0.0:$PORT"
    if chosen == "gunicorn":
        return f"gunicorn {f'--chdir {folder} ' if folder else ''}{module} --bind 0.0.0.0:$PORT"
    entering = f"cd {folder} && " if folder else ""
    where = "-b 0.0.0.0 -p $PORT" if chosen == "daphne" else "--host 0.0.0.0 --port $PORT"
    return f"{entering}{chosen} {where} {module}:application"


def _django_module(source: Source, kind: str) -> str | None:
    if kind == "wsgi":
        settings = (path for path in source.below(".py", depth=3) if "settings" in path)
        named = next((hit[1] for path in settings if (hit := _WSGI.search(source.text(path)))), None)
        if named:
            return named
    found = next(iter(source.below(f"{kind}.py", depth=2)), None)
    return found.removesuffix(".py").replace("/", ".") if found else None


def _web_app(source: Source, framework: str, packages: frozenset[str]) -> str | None:
    module, name, made = _find_app(source, framework)
    target = f"{module}:{name}"
    if framework in {"flask", "dash"}:
        if "gunicorn" in packages:
            return f"gunicorn {target}{'()' if made else ''} --bind 0.0.0.0:$PORT"
        return f"flask --app {target} run --host 0.0.0.0 --port $PORT"
    if framework == "sanic":
        return f"sanic {target}{' --factory' if made else ''} --host 0.0.0.0 --port $PORT"
    if framework == "quart" or ("hypercorn" in packages and "uvicorn" not in packages):
        return f"hypercorn {target}{'()' if made else ''} --bind 0.0.0.0:$PORT"
    return f"uvicorn {target}{' --factory' if made else ''} --host 0.0.0.0 --port $PORT"


def _find_app(source: Source, framework: str) -> tuple[str, str, bool]:
    """Return module and name of the app object, and whether the name is a function that makes it.

    Of several files the shallowest is taken, usual names before others.
    """
    usual = ("main.py", "app.py", "server.py", "wsgi.py", "asgi.py", "__init__.py", "run.py", "application.py")
    files = sorted(
        (path for path in source.below(".py", depth=3) if "test" not in path),
        key=lambda path: (path.count("/"), path.rpartition("/")[2] not in usual, path),
    )
    for pattern, made in ((_APP[framework], False), (_MADE, False), (_FACTORY, True)):
        for path in files:
            hit = pattern.search(source.text(path))
            if hit:
                return _module_name(source, path), "create_app" if made else hit[1], made
    if framework == "dash":
        return "app", "server", False
    return ("app" if framework == "flask" else "main"), "app", False


def _module_name(source: Source, path: str) -> str:
    """Return how a module is imported; what lies in `src` of a project that is installed goes without it."""
    project = source.toml("pyproject.toml")
    installed = "setup.py" in source or "build-system" in project or member(project, "tool", "poetry") is not None
    if installed and path.startswith("src/") and path.count("/") > 1 and "src/__init__.py" not in source:
        path = path.removeprefix("src/")
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
