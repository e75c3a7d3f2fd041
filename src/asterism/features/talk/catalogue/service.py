"""Use cases: what is available to a user, and which model a run gets."""

from collections.abc import Mapping, Sequence

from asterism.base.errors import Invalid
from asterism.features.accounts import apikeys
from asterism.features.talk.catalogue.directory import RUN_PROVIDERS, ModelDirectory, fallbacks
from asterism.features.talk.catalogue.errors import ModelNotConfigured, UnknownModel
from asterism.features.talk.catalogue.models import Chosen, ListedModel, ModelSpec, Source, Tier
from asterism.kernel.db import Tx
from asterism.kernel.llm import Target
from asterism.kernel.secrets import Secrets

MAX_MODEL = 200
TIER_ORDER = {"fast": 0, "balanced": 1, "best": 2}


def usable_providers(tx: Tx, secrets: Secrets, directory: ModelDirectory, user_id: str) -> Mapping[str, Source]:
    """Return the providers that the user can use, and whose key each would use."""
    own = {key.provider for key in apikeys.list_keys(tx, secrets, user_id)}
    found: dict[str, Source] = {}
    for provider in RUN_PROVIDERS:
        if provider == "local":
            if directory.has_local:
                found[provider] = "server"
        elif provider in own:
            found[provider] = "user"
        elif directory.server_key(provider):
            found[provider] = "server"
    return found


def list_models(tx: Tx, secrets: Secrets, directory: ModelDirectory, user_id: str) -> Sequence[ListedModel]:
    """Return every known model, sorted by provider, then tier."""
    usable = usable_providers(tx, secrets, directory, user_id)
    specs = sorted(directory.specs(), key=lambda s: (s.provider, TIER_ORDER[s.tier], s.model))
    return [ListedModel(spec, usable.get(spec.provider)) for spec in specs]


def defaults(
    tx: Tx, secrets: Secrets, directory: ModelDirectory, user_id: str, tiers: Mapping[str, Tier]
) -> dict[str, str | None]:
    """Return the model that each mode would use now, None where none is available. `tiers` maps modes to tiers."""
    usable = usable_providers(tx, secrets, directory, user_id)
    found = {mode: _first(directory, tier, usable) for mode, tier in tiers.items()}
    return {mode: spec.id if spec else None for mode, spec in found.items()}


def choose(
    tx: Tx,
    secrets: Secrets,
    directory: ModelDirectory,
    user_id: str,
    *,
    tier: Tier,
    model: str | None = None,
    mode: str = "standard",
) -> Chosen:
    """Return the model to ask: the named `provider:model`, else the first available one of the tier or a near one.

    Raises Invalid when the name is malformed, UnknownModel, ModelNotConfigured, BadBaseUrl.
    """
    if model is None:
        usable = usable_providers(tx, secrets, directory, user_id)
        spec = _first(directory, tier, usable)
        if spec is None:
            raise ModelNotConfigured(mode=mode)
    else:
        spec = named(directory, model)
    target = target_of(tx, secrets, directory, user_id, spec)
    if target is None:
        raise ModelNotConfigured(mode=mode, model=spec.id)
    return Chosen(spec, target)


def check_name(model: str) -> tuple[str, str]:
    """Read `provider:model`. Raises Invalid."""
    provider, colon, name = model.partition(":")
    if not colon or not provider or not name.strip() or len(name) > MAX_MODEL:
        raise Invalid.field("model", "must look like provider:model")
    return provider, name


def named(directory: ModelDirectory, model: str) -> ModelSpec:
    """Return what is known of `provider:model`. Raises Invalid or UnknownModel."""
    provider, name = check_name(model)
    if provider not in RUN_PROVIDERS:
        raise UnknownModel(model, RUN_PROVIDERS)
    return directory.spec(provider, name)


def target_of(tx: Tx, secrets: Secrets, directory: ModelDirectory, user_id: str, spec: ModelSpec) -> Target | None:
    """Return how to reach a model with the user's key, else the server's; None without either. Raises BadBaseUrl."""
    if spec.provider == "local":
        if not directory.has_local:
            return None
        return Target("local", spec.model, directory.address("local"), directory.server_key("local"))
    key = apikeys.key_of(tx, secrets, user_id, spec.provider) or directory.server_key(spec.provider)
    return Target(spec.provider, spec.model, directory.address(spec.provider), key) if key else None


def _first(directory: ModelDirectory, tier: Tier, usable: Mapping[str, Source]) -> ModelSpec | None:
    for candidate in fallbacks(tier):
        for spec in directory.of_tier(candidate):
            if spec.provider in usable:
                return spec
    return None
