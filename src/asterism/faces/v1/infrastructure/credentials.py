"""`/v1/infrastructure/credentials`: accounts at hosting providers (Fastest 10.1)."""

from collections.abc import Mapping
from typing import Self

import msgspec

from asterism.asgi.answers import Created, Ok
from asterism.base.errors import Invalid
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get, post
from asterism.faces.v1.wire import Done
from asterism.features.operations import infrastructure
from asterism.features.operations.infrastructure import InvalidCredentials, NewCredential, ProviderDown


class NewAccount(msgspec.Struct):
    """A token to check and keep; `metadata` holds `account_id` or `project_id` where the provider wants one."""

    provider: str
    api_token: str
    metadata: Mapping[str, str] | None = None


class ProviderAccount(msgspec.Struct):
    """An account at a provider, without its token; `metadata` is JSON text."""

    id: str
    user_id: str
    provider: str
    metadata: str | None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, found: infrastructure.Credential) -> Self:
        """Write a credential."""
        return copied(cls, found)


class CredentialList(msgspec.Struct):
    """Credentials, by provider."""

    credentials: list[ProviderAccount]


class CredentialSaved(msgspec.Struct):
    """The id of what was kept."""

    success: bool
    id: str


@get("/v1/infrastructure/credentials")
def index(call: Call) -> CredentialList:
    """GET /v1/infrastructure/credentials: the caller's accounts at providers, without tokens."""
    return CredentialList([ProviderAccount.of(one) for one in infrastructure.list_credentials(call.tx, call.caller)])


@post("/v1/infrastructure/credentials", errors=(Invalid, InvalidCredentials, ProviderDown))
async def save(call: Call, body: NewAccount) -> Created[CredentialSaved] | Ok[CredentialSaved]:
    """POST /v1/infrastructure/credentials: check a token with its provider, then keep it."""
    checked = await infrastructure.check_credential(
        call.rt.clouds, NewCredential(body.provider, body.api_token, body.metadata)
    )
    saved, is_new = await call.rt.db.run(
        infrastructure.save_credential, call.rt.secrets, call.caller, checked, origin=call.origin
    )
    answer = CredentialSaved(success=True, id=saved)
    return Created(answer) if is_new else Ok(answer)


@delete("/v1/infrastructure/credentials/{provider:str}", errors=(Invalid,))
def remove(call: Call, provider: str) -> Done:
    """DELETE /v1/infrastructure/credentials/:provider: forget an account."""
    infrastructure.delete_credential(call.tx, call.caller, provider, origin=call.origin)
    return Done()
