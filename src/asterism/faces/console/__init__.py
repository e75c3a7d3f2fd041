"""What browsers get: the console, and the pages that the server makes itself for signing in and approving devices."""

from collections.abc import Mapping

from asterism.asgi.router import Answering
from asterism.faces.console import app, pages

__all__ = ["served"]


def served() -> Mapping[str, Answering]:
    """Return all of it, by path."""
    return {**pages.pages(), **app.pages()}
