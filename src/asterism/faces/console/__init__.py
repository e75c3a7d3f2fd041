"""What browsers get: the console, and the pages that the server makes itself for signing in and approving devices."""

from typing import Any

from asterism.faces.console import app, pages

__all__ = ["handlers"]


def handlers() -> list[Any]:
    """Return the web framework's handlers of all of it."""
    return [*pages.handlers(), *app.handlers()]
