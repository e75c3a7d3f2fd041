"""Connecting other services, and deciding on what models propose: the calls and what they answer."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from asterism.base.errors import Invalid
from asterism.client.http import TRANSFER_SECONDS, Http

PROVIDERS = ("notion", "github")


class Account(msgspec.Struct):
    """Whose account it is."""

    id: str
    name: str


class Integration(msgspec.Struct):
    """A service, connected or not."""

    provider: str
    connected: bool
    status: str
    auth_type: str | None = None
    account: Account | None = None
    scopes: list[str] = []
    connected_at: str | None = None


class Preview(msgspec.Struct):
    """What a person is shown before deciding."""

    title: str
    diff: str


class Problem(msgspec.Struct):
    """Why an execution failed."""

    code: str
    message: str


class Proposal(msgspec.Struct):
    """A write that a model asked for."""

    id: str
    run_id: str
    chat_id: str
    tool_name: str
    arguments: dict[str, Any]
    preview: Preview
    status: str
    created_at: str
    expires_at: str
    result: dict[str, Any] | None = None
    error: Problem | None = None
    decided_at: str | None = None


class _Connected(msgspec.Struct):
    integration: Integration


class _Started(msgspec.Struct):
    authorization_url: str
    state: str


class _Listed(msgspec.Struct):
    integrations: list[Integration]


class _Proposals(msgspec.Struct):
    proposals: list[Proposal]


class _OneProposal(msgspec.Struct):
    proposal: Proposal


def list_integrations(http: Http) -> list[Integration]:
    """Return both services."""
    return http.json("GET", "/v1/integrations", _Listed).integrations


def find(http: Http, provider: str) -> Integration:
    """Return one of the services."""
    return next(one for one in list_integrations(http) if one.provider == provider)


def start(http: Http, provider: str) -> str:
    """Begin a sign-in; return the address that a person opens. Raises Conflict where it is not set up."""
    return http.json("POST", _connect(provider), _Started, body={}).authorization_url


def connect(http: Http, provider: str, **given: str | int) -> Integration:
    """Connect by `token`, by `installation_id`, or by what a sign-in ended with. Raises Invalid."""
    return http.json("POST", _connect(provider), _Connected, body=given, seconds=TRANSFER_SECONDS).integration


def disconnect(http: Http, provider: str) -> None:
    """Forget a credential."""
    http.json("DELETE", f"/v1/integrations/{quote(provider, safe='')}", dict[str, Any])


def answer_of(provider: str, address: str) -> dict[str, str]:
    """Return what the address holds that a service sent a browser back to. Raises Invalid."""
    parts = urlsplit(address.strip())
    found = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not {"code", "state"} <= set(found):
        raise Invalid("That address holds no code and state.", hint="Copy all of it from the browser's address bar.")
    given = {"code": found["code"], "state": found["state"]}
    return {**given, "redirect_uri": f"{parts.scheme}://{parts.netloc}{parts.path}"} if provider == "notion" else given


def list_proposals(
    http: Http, *, status: str | None = None, chat_id: str | None = None, limit: int = 50
) -> list[Proposal]:
    """Return the newest proposals, newest first."""
    given = {"status": status, "chat_id": chat_id}
    query: dict[str, str | int] = {name: value for name, value in given.items() if value is not None}
    return http.json("GET", "/v1/proposals", _Proposals, query={**query, "limit": limit}).proposals


def proposal(http: Http, proposal_id: str) -> Proposal:
    """Return a proposal. Raises NotFound."""
    return http.json("GET", _proposal(proposal_id), _OneProposal).proposal


def decide(http: Http, proposal_id: str, verb: str) -> Proposal:
    """Approve (and wait until that is executed) or reject a proposal. Raises NotFound, Conflict."""
    path = f"{_proposal(proposal_id)}/{verb}"
    return http.json("POST", path, _OneProposal, seconds=TRANSFER_SECONDS).proposal


def _connect(provider: str) -> str:
    return f"/v1/integrations/{quote(provider, safe='')}/connect"


def _proposal(proposal_id: str) -> str:
    return f"/v1/proposals/{quote(proposal_id, safe='')}"
