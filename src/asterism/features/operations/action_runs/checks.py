"""Which checks a changed project goes through, told by its files (Fastest 9.4). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from asterism.features.operations.action_runs.models import CheckKind
from asterism.features.operations.detection import Requirements, Runtime, Source

_SCRIPTS: Final[tuple[tuple[CheckKind, tuple[str, ...]], ...]] = (
    ("build", ("build", "compile")),
    ("typecheck", ("typecheck", "type-check", "tsc", "check:types", "lint:types")),
    ("test", ("test", "test:ci", "ci:test", "unit", "unit:test")),
)
_PLACEHOLDER: Final = "no test specified"
"""What `npm init` writes in the place of a test, which always fails."""

_LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb")
_DEPENDENCIES: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "workspaces")
_RUNNERS: Final = {"uv": "uv run ", "poetry": "poetry run ", "pdm": "pdm run ", "pipenv": "pipenv run "}
_PYTEST_TABLES: Final = (("pytest.ini", "[pytest]"), ("tox.ini", "[pytest]"), ("setup.cfg", "[tool:pytest]"))


@dataclass(frozen=True, slots=True)
class Planned:
    """A check: what is run, in the folder of the app, or at the top of the tree where the lock file is."""

    kind: CheckKind
    command: str
    top: bool = False


def plan_checks(source: Source, needs: Requirements) -> list[Planned]:
    """Return the checks in the order in which they are run; only what the project has is among them.

    `source` is the folder of the app.
    """
    if "package.json" in source:
        return list(_node(source, needs))
    if needs.runtime is Runtime.PYTHON or "pyproject.toml" in source or "requirements.txt" in source:
        return list(_python(source, needs))
    return []


def _node(source: Source, needs: Requirements) -> Iterator[Planned]:
    package = source.json("package.json")
    manager = needs.recipe.package_manager or "npm"
    above = source.above
    here = any(lock in source for lock in _LOCKS)
    top = not here and above is not None and any(lock in above for lock in _LOCKS)
    if here or top or any(package.get(name) for name in _DEPENDENCIES):
        yield Planned("install", needs.recipe.install or f"{manager} install", top)
    scripts = package.get("scripts")
    for kind, names in _SCRIPTS:
        name = next((name for name in names if isinstance(scripts, dict) and _is_script(scripts.get(name))), None)
        if name is not None:
            yield Planned(kind, f"{manager} run {name}")


def _is_script(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and _PLACEHOLDER not in text


def _python(source: Source, needs: Requirements) -> Iterator[Planned]:
    manager = needs.recipe.package_manager
    install = needs.recipe.install
    if install is not None:
        made = f"python3 -m venv .venv && .venv/bin/{install}" if manager == "pip" else install
        yield Planned("install", made)
    if not _declares_pytest(source):
        return
    python = ".venv/bin/python" if install is not None and manager == "pip" else "python3"
    yield Planned(
        "test", f"{_RUNNERS.get(manager or '', '')}{python if manager not in _RUNNERS else 'python'} -m pytest"
    )


def _declares_pytest(source: Source) -> bool:
    """Say whether the project names pytest: by its settings, or among what it depends on."""
    if any(mark in source.text(path) for path, mark in _PYTEST_TABLES):
        return True
    if "[tool.pytest" in source.text("pyproject.toml"):
        return True
    listed = [path for path in source.in_root(".txt", ".in") if path.startswith(("requirements", "dev-requirements"))]
    texts = [source.text(path) for path in (*listed, "pyproject.toml", "Pipfile", "setup.py", "setup.cfg")]
    return any("pytest" in text for text in texts)
