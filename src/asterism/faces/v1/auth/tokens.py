"""`/v1/auth/tokens`: the caller's tokens, seen and taken back."""

from typing import Any

from asterism.faces.v1.call import Call, delete, get
from asterism.features.accounts import identity


@get("/v1/auth/tokens")
def read(call: Call[None]) -> Any:
    """GET /v1/auth/tokens: the caller's live tokens, newest first, never their text."""
    return {"tokens": [token_entry(call, token) for token in identity.list_tokens(call.tx, call.caller)]}


@delete("/v1/auth/tokens/{token_id:str}")
def revoke(call: Call[None]) -> Any:
    """DELETE /v1/auth/tokens/:tokenId: take one token back."""
    identity.revoke_token(call.tx, call.caller, call.path["token_id"], origin=call.origin)
    return {"success": True}


def token_entry(call: Call[Any], token: identity.Token) -> dict[str, Any]:
    """Write a stored token as lists show it."""
    scope = token.scope
    entry = {
        "id": token.id,
        "kind": token.kind,
        "name": token.name,
        "client": token.client,
        "hint": token.hint,
        "scope": None if scope.name == "all" else scope.name,
        "created_at": token.created_at,
        "last_used_at": call.rt.sign_in.activity.token_used_at(token.id, token.last_used_at),
        "expires_at": token.expires_at,
        "current": token.id == call.caller.token_id,
    }
    if scope.name == "agent":
        entry |= {"project_id": scope.project_id, "workspace_id": scope.workspace_id}
    return entry
