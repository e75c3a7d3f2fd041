"""Every table of the schema, for what must see them all whether or not it uses the feature (key rotation)."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from asterism import features, kernel


def declare_tables() -> None:
    """Import the tables of every feature and kernel port, so that they stand in the one metadata."""
    wings = [import_module(found.name) for found in iter_modules(features.__path__, f"{features.__name__}.")]
    for package in (kernel, *wings):
        for found in iter_modules(package.__path__, f"{package.__name__}."):
            name = f"{found.name}.tables"
            if found.ispkg and find_spec(name) is not None:
                import_module(name)
