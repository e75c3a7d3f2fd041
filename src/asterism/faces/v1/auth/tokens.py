"""`/v1/auth/tokens`: the caller's tokens, seen and taken back."""

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.v1.call import Call, delete, get
from asterism.faces.v1.wire import Done
from asterism.features.accounts import identity


class Token(msgspec.Struct, kw_only=True):
    """A live token, never its text; project and workspace are those of a token for an agent alone."""

    id: str
    kind: str
    name: str
    client: str
    hint: str
    scope: str | None
    created_at: str
    last_used_at: str | None
    expires_at: str
    current: bool
    project_id: str | UnsetType | None = UNSET
    workspace_id: str | UnsetType | None = UNSET


class TokenList(msgspec.Struct):
    """Tokens, newest first."""

    tokens: list[Token]


@get("/v1/auth/tokens")
def read(call: Call) -> TokenList:
    """GET /v1/auth/tokens: the caller's live tokens, newest first, never their text."""
    return TokenList([token_entry(call, token) for token in identity.list_tokens(call.tx, call.caller)])


@delete("/v1/auth/tokens/{token_id:str}")
def revoke(call: Call, token_id: str) -> Done:
    """DELETE /v1/auth/tokens/:tokenId: take one token back."""
    identity.revoke_token(call.tx, call.caller, token_id, origin=call.origin)
    return Done()


def token_entry(call: Call, token: identity.Token) -> Token:
    """Write a stored token as lists show it."""
    scope = token.scope
    agent = scope.name == "agent"
    return Token(
        id=token.id,
        kind=token.kind,
        name=token.name,
        client=token.client,
        hint=token.hint,
        scope=None if scope.name == "all" else scope.name,
        created_at=token.created_at,
        last_used_at=call.rt.sign_in.activity.token_used_at(token.id, token.last_used_at),
        expires_at=token.expires_at,
        current=token.id == call.caller.token_id,
        project_id=scope.project_id if agent else UNSET,
        workspace_id=scope.workspace_id if agent else UNSET,
    )
