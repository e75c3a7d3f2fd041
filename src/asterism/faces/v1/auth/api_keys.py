"""`/v1/auth/api-keys`: keys for model providers (Fastest 1.4)."""

from typing import Any

import msgspec

from asterism.faces.v1.call import Call, delete, get, post
from asterism.features.accounts import apikeys


class NewKey(msgspec.Struct):
    """A key to save for a provider."""

    provider: str
    key_value: str


@get("/v1/auth/api-keys")
def read(call: Call[None]) -> Any:
    """GET /v1/auth/api-keys: the caller's keys, masked, sorted by provider."""
    return {
        "api_keys": [
            {
                "id": key.id,
                "user_id": key.user_id,
                "provider": key.provider,
                "key_name": key.key_name,
                "key_value": key.masked,
                "created_at": key.created_at,
                "updated_at": key.updated_at,
            }
            for key in apikeys.list_keys(call.tx, call.rt.secrets, call.caller.user_id)
        ]
    }


@post("/v1/auth/api-keys", body=NewKey)
def save(call: Call[NewKey]) -> Any:
    """POST /v1/auth/api-keys: save the key of one provider, in place of an older one."""
    provider, value = call.body.provider, call.body.key_value
    user_id, origin = call.caller.user_id, call.origin
    apikeys.set_key(call.tx, call.rt.secrets, user_id, provider=provider, value=value, origin=origin)
    return {"success": True}


@delete("/v1/auth/api-keys/{provider:str}")
def forget(call: Call[None]) -> Any:
    """DELETE /v1/auth/api-keys/:provider: forget a key, also when there is none."""
    apikeys.delete_key(call.tx, call.caller.user_id, call.path["provider"], origin=call.origin)
    return {"success": True}


@get("/v1/auth/api-keys/values", tx="write")
def values(call: Call[None]) -> Any:
    """GET /v1/auth/api-keys/values: every key in clear, as environment variables; each call is audited."""
    return {"env_vars": apikeys.environment(call.tx, call.rt.secrets, call.caller.user_id, origin=call.origin)}
