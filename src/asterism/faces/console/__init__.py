"""The pages that the server makes itself: signing in, and approving devices."""

from asterism.faces.console.pages import handlers

__all__ = ["handlers"]
