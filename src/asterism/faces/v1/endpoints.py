"""Everything that `/v1` serves."""

from asterism.asgi.endpoint import endpoints_of
from asterism.asgi.websocket import sockets_of
from asterism.faces.v1 import (
    action_items,
    auth,
    blobs,
    chats,
    conversations,
    findings,
    health,
    infrastructure,
    integrations,
    jobs,
    manifests,
    models,
    oauth,
    projects,
    proposals,
    reviews,
    runs,
    snapshots,
    tools,
    usage,
    users,
    workspaces,
)
from asterism.faces.v1.description import V1Description
from asterism.faces.v1.edge import V1Face
from asterism.faces.v1.sockets import V1Sockets

MODULES = (
    *auth.MODULES,
    *oauth.MODULES,
    health,
    *projects.MODULES,
    *workspaces.MODULES,
    snapshots,
    *blobs.MODULES,
    *chats.MODULES,
    *conversations.MODULES,
    *infrastructure.MODULES,
    *action_items.MODULES,
    runs,
    reviews,
    findings,
    manifests,
    models,
    integrations,
    *tools.MODULES,
    proposals,
    usage,
    jobs,
    users,
)
ENDPOINTS = endpoints_of(MODULES)
SOCKETS = sockets_of(MODULES)
FACE = V1Face()
SOCKET_FACE = V1Sockets()
DESCRIPTION = V1Description()
