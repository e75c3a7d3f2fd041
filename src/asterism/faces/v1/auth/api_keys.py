"""`/v1/auth/api-keys`: keys for model providers (Fastest 1.4)."""

from collections.abc import Mapping
from typing import Self

import msgspec

from asterism.base.errors import Conflict
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get, post
from asterism.faces.v1.wire import Done
from asterism.features.accounts import apikeys


class NewKey(msgspec.Struct):
    """A key to save for a provider."""

    provider: str
    key_value: str


class ApiKey(msgspec.Struct):
    """A key, masked; `key_name` is the environment variable of its provider."""

    id: str
    user_id: str
    provider: str
    key_name: str
    key_value: str
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, found: apikeys.ApiKey) -> Self:
        """Write a key."""
        return copied(cls, found, key_value=found.masked)


class ApiKeyList(msgspec.Struct):
    """Keys, sorted by provider."""

    api_keys: list[ApiKey]


class Environment(msgspec.Struct):
    """Keys in clear, as environment variables."""

    env_vars: Mapping[str, str]


@get("/v1/auth/api-keys")
def read(call: Call) -> ApiKeyList:
    """GET /v1/auth/api-keys: the caller's keys, masked, sorted by provider."""
    found = apikeys.list_keys(call.tx, call.rt.secrets, call.caller.user_id)
    return ApiKeyList([ApiKey.of(key) for key in found])


@post("/v1/auth/api-keys", errors=(Conflict,))
def save(call: Call, body: NewKey) -> Done:
    """POST /v1/auth/api-keys: save the key of one provider, in place of an older one."""
    provider, value = body.provider, body.key_value
    user_id, origin = call.caller.user_id, call.origin
    apikeys.set_key(call.tx, call.rt.secrets, user_id, provider=provider, value=value, origin=origin)
    return Done()


@delete("/v1/auth/api-keys/{provider:str}")
def forget(call: Call, provider: str) -> Done:
    """DELETE /v1/auth/api-keys/:provider: forget a key, also when there is none."""
    apikeys.delete_key(call.tx, call.caller.user_id, provider, origin=call.origin)
    return Done()


@get("/v1/auth/api-keys/values", tx="write")
def values(call: Call) -> Environment:
    """GET /v1/auth/api-keys/values: every key in clear, as environment variables; each call is audited."""
    return Environment(apikeys.environment(call.tx, call.rt.secrets, call.caller.user_id, origin=call.origin))
