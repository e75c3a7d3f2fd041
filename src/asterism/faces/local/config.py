"""`/api/config`: providers, their keys and models, and what the app needs at its start (Stargazer 1)."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.local import wire
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.features.review import local_providers, local_settings, trust

BODY = 50 << 10
Model = Annotated[str, Meta(min_length=1, max_length=200)]


class Credentials(msgspec.Struct, rename="camel"):
    """A provider's key; `api_key` may also name one of the provider's environment variables."""

    provider: str
    api_key: str | UnsetType = UNSET
    model: Model | UnsetType = UNSET


class Choice(msgspec.Struct):
    """A model to choose with a provider."""

    model: Model | UnsetType = UNSET


def known_provider(call: LocalCall[Any]) -> None:
    """Refuse a provider id that nobody knows before anything else is looked at."""
    local_providers.require_known(call.path["provider_id"])


@get("/api/config/init", root=True, tx="write")
def init(call: LocalCall[None]) -> Any:
    """GET /api/config/init: everything the app needs at its start."""
    everything = call.query.flag("all")
    project = trust.project_of(call.tx, call.root)
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    found = trust.trust_of(call.tx, call.rt.local.session_trust, project.id)
    return {
        "config": None if active is None else wire.active_config(active),
        "settings": wire.settings(local_settings.read_settings(call.tx)),
        "providers": provider_list(call, everything),
        "configured": active is not None and active.configured,
        "project": wire.project(project, found),
    }


@get("/api/config/check")
def check(call: LocalCall[None]) -> Any:
    """GET /api/config/check: whether a provider is active and has a key."""
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    if active is None or not active.configured:
        return {"configured": False}
    return {"configured": True, "config": wire.active_config(active)}


@get("/api/config")
def read(call: LocalCall[None]) -> Any:
    """GET /api/config: the active provider."""
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    if active is None:
        raise local_providers.NoProvider
    return wire.active_config(active)


@get("/api/config/providers")
def providers(call: LocalCall[None]) -> Any:
    """GET /api/config/providers: every provider and the active one."""
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    listed = {"providers": provider_list(call, call.query.flag("all"))}
    return listed if active is None else {**listed, "activeProvider": active.provider}


@post("/api/config", body=Credentials, max_body=BODY, invalid="INVALID_BODY", tx="none")
def save(call: LocalCall[Credentials]) -> Any:
    """POST /api/config: save a provider's key and make it the active one."""
    body, keys = call.body, call.rt.local.keys
    local_providers.save_key(call.rt.db, keys, provider=body.provider, key=given(body.api_key), model=given(body.model))
    return {"saved": True}


@post(
    "/api/config/provider/{provider_id:str}/activate",
    body=Choice,
    max_body=BODY,
    invalid="INVALID_BODY",
    empty_body=True,
    check=known_provider,
)
def activate(call: LocalCall[Choice]) -> Any:
    """POST /api/config/provider/:providerId/activate: make a provider the active one."""
    return wire.active_config(local_providers.activate(call.tx, call.path["provider_id"], given(call.body.model)))


@delete("/api/config/provider/{provider_id:str}", check=known_provider, tx="none")
def forget(call: LocalCall[None]) -> Any:
    """DELETE /api/config/provider/:providerId: forget a provider's key and model."""
    provider = call.path["provider_id"]
    deleted = local_providers.forget_provider(call.rt.db, call.rt.local.keys, provider)
    return {"deleted": deleted, "provider": provider}


@delete("/api/config", tx="none")
def forget_active(call: LocalCall[None]) -> Any:
    """DELETE /api/config: forget the active provider's key and model."""
    local_providers.forget_active(call.rt.db, call.rt.local.keys)
    return {"deleted": True}


def provider_list(call: LocalCall[Any], everything: bool) -> list[dict[str, Any]]:
    """Write the providers to show."""
    found = local_providers.list_providers(call.tx, call.rt.local.keys, everything=everything)
    return [wire.provider_status(status) for status in found]


def given(value: str | UnsetType) -> str | None:
    """Return a field's value, None when it was not sent."""
    return None if isinstance(value, UnsetType) else value
