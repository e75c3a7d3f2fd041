"""docs/reference/errors.md: every typed error, its kind and its status on each face."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any

from asterism.asgi.openapi import request_path
from asterism.base.errors import DomainError
from asterism.cli.routes import all_endpoints
from tools.reference.tables import all_modules, first_line, subclasses, table

INTRO = """# Errors

Every error that a caller can meet is a `DomainError` with a kind and a stable code (`src/asterism/base/errors.py`);
each face words it in its own envelope and gives it a status. Anything else is a bug: 500 with a request id."""
PREFIXES = {"v1": "/v1", "local": "/api"}
FACES = {"/v1": "asterism.faces.v1.errors", "/api": "asterism.faces.local.errors"}


def page() -> str:
    """Write the page."""
    faces = status_functions()
    rows = []
    for error in error_classes():
        home = error.__module__.removeprefix("asterism.").replace(".", "/")
        sent = home.partition("/")[0] not in ("client", "cli")  # those stay in the command that met them
        statuses = [str(status(error)) if sent else "" for status in faces.values()]
        rows.append(
            [f"`{error.code}`", error.kind.value, *statuses, f"`{home}.py::{error.__name__}`", first_line(error)]
        )
    rows += [row for row in more_codes() if row not in rows]
    head = ["code", "kind", *faces, "class", "meaning"]
    return f"{INTRO}\n\n{table(head, sorted(rows))}"


def more_codes() -> list[list[str]]:
    """Return a row for each code that an endpoint declares a class to be raised with, beside the class's own."""
    rows = []
    for face, endpoints in all_endpoints().items():
        for endpoint in endpoints:
            for kind, code in (one for one in endpoint.errors if isinstance(one, tuple)):
                home = kind.__module__.removeprefix("asterism.").replace(".", "/")
                sent = SimpleNamespace(code=code, kind=kind.kind, details=None, message="")
                statuses = [
                    str(import_module(module).status_of(sent)) if name == PREFIXES[face] else ""
                    for name, module in FACES.items()
                ]
                route = f"{endpoint.method} {request_path(endpoint)}"
                rows.append(
                    [f"`{code}`", kind.kind.value, *statuses, f"`{home}.py::{kind.__name__}`", f"At `{route}`."]
                )
    return rows


def error_classes() -> list[type[DomainError]]:
    """Return every subclass of DomainError that the program defines."""
    for _ in all_modules("asterism"):
        pass
    return [e for e in subclasses(DomainError) if e is not DomainError and e.__module__.startswith("asterism.")]


def status_functions() -> dict[str, Callable[[type[DomainError]], int]]:
    """Return, for each face that is there, a function from an error class to its status."""
    modules = {name: module for name, module in FACES.items() if find_spec(module.rpartition(".")[0])}
    return {name: status_in(import_module(module)) for name, module in modules.items() if find_spec(module)}


def status_in(module: ModuleType) -> Callable[[type[DomainError]], int]:
    """Return the status that a face's `status_of` gives to an error class."""
    return lambda error: int(module.status_of(stand_in(error)))


def stand_in(error: type[DomainError]) -> Any:
    """Return something that looks like an instance, whatever the class wants to be constructed with."""
    return SimpleNamespace(code=error.code, kind=error.kind, details=None, message="")
