"""Everything that `/api` serves."""

from asterism.asgi.endpoint import endpoints_of
from asterism.faces.local import config, git, health, pr_review, review, reviews, triage
from asterism.faces.local.description import LocalDescription
from asterism.faces.local.edge import LocalFace
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
DESCRIPTION = LocalDescription()
