"""Device sign-in (RFC 8628): one store of grants behind the two dialects of the contracts."""

from asterism.features.accounts.device_grants.errors import CodeExpired, CodeUsed, UnknownCode
from asterism.features.accounts.device_grants.rules import Grant, GrantState, clean_description, normalise_user_code
from asterism.features.accounts.device_grants.service import (
    Client,
    Outcome,
    Poll,
    Started,
    approve,
    deny,
    deny_quietly,
    look,
    pending_grant,
    poll,
    poll_paced,
    purge,
    start,
)

__all__ = [
    "Client",
    "CodeExpired",
    "CodeUsed",
    "Grant",
    "GrantState",
    "Outcome",
    "Poll",
    "Started",
    "UnknownCode",
    "approve",
    "clean_description",
    "deny",
    "deny_quietly",
    "look",
    "normalise_user_code",
    "pending_grant",
    "poll",
    "poll_paced",
    "purge",
    "start",
]
