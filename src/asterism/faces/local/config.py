"""`/api/config`: providers, their keys and models, and what the app needs at its start (Stargazer 1)."""

from collections.abc import Sequence
from typing import Annotated, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.signature import Reads
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.faces.local.wire import ActiveConfig, Id, Provider, Settings, TrustConfig, given, present
from asterism.features.review import local_providers, local_settings, trust
from asterism.features.review.trust import LocalProject, Trust

BODY = 50 << 10
Model = Annotated[str, Meta(min_length=1, max_length=200)]


def known_provider(text: str) -> str:
    """Refuse a provider id that nobody knows before anything else is looked at. Raises UnknownProvider."""
    local_providers.require_known(text)
    return text


KnownProvider = Annotated[Provider, Reads(known_provider)]


class All(msgspec.Struct):
    """Whether to list the providers too that are neither documented nor in use."""

    all: bool = False


class ProviderCredentials(msgspec.Struct, rename="camel"):
    """A provider's key; `api_key` may also name one of the provider's environment variables."""

    provider: Provider
    api_key: str | UnsetType = UNSET
    model: Model | UnsetType = UNSET


class ModelChoice(msgspec.Struct):
    """A model to choose with a provider."""

    model: Model | UnsetType = UNSET


class ProviderStatus(msgspec.Struct, rename="camel"):
    """A provider of the list."""

    provider: Provider
    has_api_key: bool
    is_active: bool
    model: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: local_providers.ProviderStatus) -> Self:
        """Write it."""
        return cls(found.provider, found.has_key, found.active, present(found.model))


class ProjectInfo(msgspec.Struct, rename="camel"):
    """The project, with the trust in it if there is any."""

    path: str
    project_id: Id
    trust: TrustConfig | None

    @classmethod
    def of(cls, found: LocalProject, trusted: Trust | None) -> Self:
        """Write it."""
        return cls(str(found.root), found.id, None if trusted is None else TrustConfig.of(trusted))


class Init(msgspec.Struct):
    """Everything the app needs at its start; `config` is null when no provider is active."""

    config: ActiveConfig | None
    settings: Settings
    providers: Sequence[ProviderStatus]
    configured: bool
    project: ProjectInfo


class ConfigCheck(msgspec.Struct):
    """Whether a provider is active and has a key; then which."""

    configured: bool
    config: ActiveConfig | UnsetType = UNSET


class ProvidersStatus(msgspec.Struct, rename="camel"):
    """Every provider, and the active one."""

    providers: Sequence[ProviderStatus]
    active_provider: Provider | UnsetType = UNSET


class Saved(msgspec.Struct):
    """It is saved."""

    saved: bool = True


class ProviderForgotten(msgspec.Struct):
    """Whether there was anything to forget."""

    deleted: bool
    provider: Provider


class Forgotten(msgspec.Struct):
    """It is forgotten."""

    deleted: bool = True


@get("/api/config/init", root=True, tx="write")
def init(call: LocalCall, query: All) -> Init:
    """GET /api/config/init: everything the app needs at its start."""
    project = trust.project_of(call.tx, call.root)
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    found = trust.trust_of(call.tx, call.rt.local.session_trust, project.id)
    return Init(
        config=None if active is None else ActiveConfig.of(active),
        settings=Settings.of(local_settings.read_settings(call.tx)),
        providers=provider_list(call, query),
        configured=active is not None and active.configured,
        project=ProjectInfo.of(project, found),
    )


@get("/api/config/check")
def check(call: LocalCall) -> ConfigCheck:
    """GET /api/config/check: whether a provider is active and has a key."""
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    if active is None or not active.configured:
        return ConfigCheck(configured=False)
    return ConfigCheck(configured=True, config=ActiveConfig.of(active))


@get("/api/config", errors=(local_providers.NoProvider,))
def read(call: LocalCall) -> ActiveConfig:
    """GET /api/config: the active provider."""
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    if active is None:
        raise local_providers.NoProvider
    return ActiveConfig.of(active)


@get("/api/config/providers")
def providers(call: LocalCall, query: All) -> ProvidersStatus:
    """GET /api/config/providers: every provider and the active one."""
    active = local_providers.active_provider(call.tx, call.rt.local.keys)
    return ProvidersStatus(provider_list(call, query), UNSET if active is None else active.provider)


@post(
    "/api/config",
    max_body=BODY,
    invalid="INVALID_BODY",
    tx="none",
    errors=(local_providers.SecretMissing, *local_providers.KEY_ERRORS),
)
def save(call: LocalCall, body: ProviderCredentials) -> Saved:
    """POST /api/config: save a provider's key and make it the active one."""
    key, model = given(body.api_key), given(body.model)
    local_providers.save_key(call.rt.db, call.rt.local.keys, provider=body.provider, key=key, model=model)
    return Saved()


@post(
    "/api/config/provider/{provider_id:str}/activate",
    max_body=BODY,
    invalid="INVALID_BODY",
    empty_body=True,
    errors=(local_providers.UnknownProvider,),
)
def activate(call: LocalCall, provider_id: KnownProvider, body: ModelChoice) -> ActiveConfig:
    """POST /api/config/provider/:providerId/activate: make a provider the active one."""
    return ActiveConfig.of(local_providers.activate(call.tx, provider_id, given(body.model)))


@delete(
    "/api/config/provider/{provider_id:str}",
    tx="none",
    errors=(local_providers.UnknownProvider, *local_providers.KEY_ERRORS),
)
def forget(call: LocalCall, provider_id: KnownProvider) -> ProviderForgotten:
    """DELETE /api/config/provider/:providerId: forget a provider's key and model."""
    deleted = local_providers.forget_provider(call.rt.db, call.rt.local.keys, provider_id)
    return ProviderForgotten(deleted, provider_id)


@delete("/api/config", tx="none", errors=(local_providers.NoProvider, *local_providers.KEY_ERRORS))
def forget_active(call: LocalCall) -> Forgotten:
    """DELETE /api/config: forget the active provider's key and model."""
    local_providers.forget_active(call.rt.db, call.rt.local.keys)
    return Forgotten()


def provider_list(call: LocalCall, query: All) -> list[ProviderStatus]:
    """Write the providers to show."""
    found = local_providers.list_providers(call.tx, call.rt.local.keys, everything=query.all)
    return [ProviderStatus.of(status) for status in found]
