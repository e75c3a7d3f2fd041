"""`/v1/users`: who has an account on this server, for administrators (Beyond 15)."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Created
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.features.accounts import identity
from asterism.features.accounts.identity import NotAdmin, OwnerStays, UserExists
from asterism.features.operations import users


class ServerUser(msgspec.Struct):
    """Somebody with an account; the owner is an administrator for good."""

    id: str
    email: str
    name: str | None
    is_admin: bool
    is_owner: bool
    created_at: str

    @classmethod
    def of(cls, found: identity.User) -> Self:
        """Write a user."""
        return copied(cls, found)


class ServerUserPage(msgspec.Struct):
    """Users, the first one first; `next_cursor` is null on the last page."""

    users: list[ServerUser]
    next_cursor: str | None


class ServerUsersAsked(msgspec.Struct):
    """Which page of the users to read."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    cursor: str | None = None


class NewServerUser(msgspec.Struct):
    """Whom to add."""

    email: str
    is_admin: bool = False


class AddedServerUser(msgspec.Struct):
    """The new user, and the link that lets them in once; `expires_in` is in seconds."""

    user: ServerUser
    link: str
    code: str
    expires_in: int


class ServerUserChange(msgspec.Struct):
    """What to change."""

    is_admin: bool | None = None


class ServerUserAnswer(msgspec.Struct):
    """A user."""

    user: ServerUser


class RemovedServerUser(msgspec.Struct):
    """Who was removed, and how many projects went along."""

    user_id: str
    projects: int


@get("/v1/users", errors=(NotAdmin,))
def index(call: Call, query: ServerUsersAsked) -> ServerUserPage:
    """GET /v1/users: who has an account on this server, the first one first."""
    page = users.list_users(call.tx, call.caller, limit=query.limit, cursor=query.cursor)
    return ServerUserPage([ServerUser.of(user) for user in page.items], page.next_cursor)


@post("/v1/users", errors=(NotAdmin, UserExists))
def add(call: Call, body: NewServerUser) -> Created[AddedServerUser]:
    """POST /v1/users: add a local user, with a one-time link to sign in."""
    made = users.add_user(call.tx, call.caller, body.email, is_admin=body.is_admin, origin=call.origin)
    link = f"{call.rt.sign_in.addresses.base(call.request)}/signin#{made.text}"
    return Created(AddedServerUser(ServerUser.of(made.user), link, made.text, made.expires_in))


@patch("/v1/users/{user_id:str}", errors=(OwnerStays,))
def change(call: Call, user_id: str, body: ServerUserChange) -> ServerUserAnswer:
    """PATCH /v1/users/:userId: make a user an administrator, or no longer."""
    user = users.change_user(call.tx, call.caller, user_id, is_admin=body.is_admin, origin=call.origin)
    return ServerUserAnswer(ServerUser.of(user))


@delete("/v1/users/{user_id:str}", errors=(OwnerStays,))
def remove(call: Call, user_id: str) -> RemovedServerUser:
    """DELETE /v1/users/:userId: remove a user, at once, with their projects; those are purged after 30 days."""
    return RemovedServerUser(user_id, users.remove_user(call.tx, call.caller, user_id, origin=call.origin))
