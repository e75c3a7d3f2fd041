"""Use case: a user leaves, and what the server keeps for them goes too."""

from asterism.features.accounts import apikeys, identity
from asterism.features.operations import infrastructure
from asterism.features.talk import integrations
from asterism.features.versions import projects
from asterism.kernel.clouds import Cloud
from asterism.kernel.db import Tx


def remove_user(tx: Tx, user: identity.User) -> int:
    """Remove a user; returns how many projects went along.

    At once: every sign-in and token ends, keys and accounts at other services are forgotten, projects are deleted (and
    purged after 30 days, as any). The address may be added again, as somebody new. Raises OwnerStays.
    """
    identity.remove_user(tx, user)
    caller = identity.acting_for(user.id)
    for provider in apikeys.KEY_NAMES:
        apikeys.delete_key(tx, user.id, provider)
    integrations.forget_all(tx, caller)
    for cloud in Cloud:
        infrastructure.delete_credential(tx, caller, cloud)
    count = 0
    while found := projects.list_projects(tx, caller, limit=100).items:
        for project in found:
            projects.delete_project(tx, caller, project.id)
        count += len(found)
    return count
