"""`/v1/integrations`: connecting Notion and GitHub (Starbot 8.1)."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from asterism.asgi.addresses import origin_of
from asterism.asgi.limits import TOOL_CALLS
from asterism.base.errors import Invalid
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get, post
from asterism.faces.v1.wire import Done
from asterism.features.talk import integrations

CONNECT_ERRORS = (
    integrations.IntegrationNotConfigured,
    integrations.InvalidCredential,
    integrations.InvalidState,
    integrations.UpstreamRateLimited,
    integrations.UpstreamError,
)
CALLBACK = "/integrations/notion/callback"
Token = Annotated[str, Meta(max_length=integrations.LONGEST_TOKEN)]
Text = Annotated[str, Meta(max_length=4096)]


class NotionConnect(msgspec.Struct):
    """A token; or what a sign-in ended with; or nothing, to begin one."""

    token: Token | None = None
    code: Text | None = None
    redirect_uri: Text | None = None
    state: Text | None = None


class GitHubConnect(msgspec.Struct):
    """A token; or an installation of the app; or what a sign-in ended with; or nothing, to begin one."""

    token: Token | None = None
    installation_id: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    code: Text | None = None
    state: Text | None = None


class Account(msgspec.Struct):
    """Whose account it is at the service."""

    id: str
    name: str


class Integration(msgspec.Struct):
    """A service, connected or not. Its credential is never shown."""

    provider: Literal["notion", "github"]
    connected: bool
    auth_type: Literal["token", "oauth", "app"] | None
    account: Account | None
    scopes: list[str]
    connected_at: str | None
    status: Literal["ok", "needs_reauth", "disconnected"]

    @classmethod
    def of(cls, found: integrations.Integration) -> Self:
        """Write an integration."""
        return copied(cls, found)


class IntegrationList(msgspec.Struct):
    """Both services, Notion first."""

    integrations: list[Integration]


class Connected(msgspec.Struct):
    """A service that is connected now, or, after a start, where a person goes to allow it."""

    integration: Integration | msgspec.UnsetType = msgspec.UNSET
    authorization_url: str | msgspec.UnsetType = msgspec.UNSET
    state: str | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(cls, found: integrations.Integration | integrations.Started) -> Self:
        """Write what connecting came to."""
        if isinstance(found, integrations.Started):
            return cls(authorization_url=found.authorization_url, state=found.state)
        return cls(Integration.of(found))


@get("/v1/integrations")
def index(call: Call) -> IntegrationList:
    """GET /v1/integrations: Notion and GitHub, connected or not."""
    found = integrations.list_integrations(call.tx, call.caller.user_id)
    return IntegrationList([Integration.of(one) for one in found])


@post("/v1/integrations/notion/connect", rate=TOOL_CALLS, errors=CONNECT_ERRORS)
async def connect_notion(call: Call, body: NotionConnect) -> Connected:
    """POST /v1/integrations/notion/connect: connect by token or code, or begin a sign-in."""
    connector, caller, given = call.rt.integrations.connector, call.caller, given_keys(body)
    if given == {"token"} and body.token is not None:
        return Connected.of(await connector.by_token(caller, "notion", body.token, call.origin))
    redirect_uri = checked_redirect(call, body.redirect_uri)
    if given == {"code", "redirect_uri", "state"} and body.code is not None and body.state is not None:
        return Connected.of(await connector.finish(caller, "notion", body.code, body.state, redirect_uri, call.origin))
    if given <= {"redirect_uri"}:
        return Connected.of(await connector.start(caller, "notion", redirect_uri))
    raise Invalid("Give token, or code with redirect_uri and state, or nothing but redirect_uri.")


@post("/v1/integrations/github/connect", rate=TOOL_CALLS, errors=CONNECT_ERRORS)
async def connect_github(call: Call, body: GitHubConnect) -> Connected:
    """POST /v1/integrations/github/connect: connect by token, installation or code, or begin a sign-in."""
    connector, caller, given = call.rt.integrations.connector, call.caller, given_keys(body)
    code, state, number = body.code, body.state, body.installation_id
    if given == {"token"} and body.token is not None:
        return Connected.of(await connector.by_token(caller, "github", body.token, call.origin))
    if number is not None and given in ({"installation_id"}, {"installation_id", "code", "state"}):
        return Connected.of(await connector.by_installation(caller, number, code, state, call.origin))
    if given == {"code", "state"} and code is not None and state is not None:
        return Connected.of(await connector.finish(caller, "github", code, state, None, call.origin))
    if not given:
        return Connected.of(await connector.start(caller, "github", None))
    raise Invalid("Give token, or installation_id, or code with state, or nothing.")


@delete("/v1/integrations/{provider:str}", errors=(integrations.UnknownIntegration,))
async def disconnect(call: Call, provider: str) -> Done:
    """DELETE /v1/integrations/:provider: forget a credential, also when there is none."""
    await call.rt.integrations.connector.disconnect(call.caller, provider, call.origin)
    return Done()


def given_keys(body: NotionConnect | GitHubConnect) -> set[str]:
    """Return the keys that a body gives."""
    return {name for name in body.__struct_fields__ if getattr(body, name) is not None}


def checked_redirect(call: Call, given: str | None) -> str:
    """Return where the service sends a person back to. Raises Invalid unless that is us, or a page of a listed site."""
    addresses = call.rt.sign_in.addresses
    if given is None:
        return addresses.base(call.request) + CALLBACK
    try:
        origin = origin_of(given)
    except ValueError:
        origin = ""
    if origin not in addresses.origins(call.request) | call.rt.sign_in.origins or "@" in given.partition("?")[0]:
        raise Invalid.field("redirect_uri", "must be an address of this server, or of a site in ASTERISM_CORS_ORIGINS")
    return given
