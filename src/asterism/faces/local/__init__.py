"""The `/api` face: the Stargazer contract, for the owner on this machine alone."""

from typing import Any

from litestar import Response

from asterism.asgi.endpoint import endpoints_of
from asterism.faces.local import config, git, health, pr_review, review, reviews, triage
from asterism.faces.local.edge import LocalFace
from asterism.faces.local.errors import plain_error
from asterism.faces.local.sessions import chat as sessions_chat
from asterism.faces.local.sessions import messages as sessions_messages
from asterism.faces.local.sessions import root as sessions
from asterism.faces.local.settings import root as settings
from asterism.faces.local.settings import trust as settings_trust

MODULES = (
    config,
    git,
    health,
    pr_review,
    review,
    reviews,
    sessions,
    sessions_chat,
    sessions_messages,
    settings,
    settings_trust,
    triage,
)
ENDPOINTS = endpoints_of(MODULES)
FACE = LocalFace()


def unknown_route() -> Response[Any]:
    """Answer an unknown path, or a method that a path does not take: both are 404 without a code."""
    return plain_error(404, "Not Found")
