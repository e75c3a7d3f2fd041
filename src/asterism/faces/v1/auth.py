"""`/v1/auth`: signing in and who is signed in."""

from typing import Any

import msgspec

from asterism.asgi.endpoint import Call, get, post
from asterism.features import identity


class Link(msgspec.Struct):
    """A one-time sign-in code."""

    code: str


@post("/v1/auth/link", body=Link, auth=False)
def link(call: Call[Link]) -> Any:
    """POST /v1/auth/link: exchange a one-time sign-in code for a token."""
    return token_object(identity.redeem_link(call.tx, call.body.code))


@get("/v1/auth/me")
def me(call: Call[None]) -> Any:
    """GET /v1/auth/me: the signed-in user."""
    user = identity.current_user(call.tx, call.caller)
    return {"user": {"id": user.id, "email": user.email, "name": user.name, "picture": user.picture}}


def token_object(issued: identity.IssuedToken) -> dict[str, Any]:
    """Write a freshly made token as every sign-in answers it."""
    return {
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "user": {"id": issued.user.id, "email": issued.user.email},
    }
