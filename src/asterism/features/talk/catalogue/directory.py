"""What the server knows of models, apart from users: the catalogue and its settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from asterism.features.talk.catalogue.models import ModelSpec, Tier
from asterism.kernel.llm import PROVIDERS, base_url, provider
from asterism.kernel.llm.providers import Wire

RUN_PROVIDERS = ("anthropic", "openai", "google", "groq", "mistral", "local")
TIERS: tuple[Tier, ...] = ("fast", "balanced", "best")


@dataclass(frozen=True, slots=True)
class ModelDirectory:
    """`base_urls` and `server_keys` are by provider id or alias; `tiers` and the single models name `provider:model`.

    `local_model` is what the server behind the provider `local` serves; it is available only with an address for it.
    """

    catalogue: tuple[ModelSpec, ...] = ()
    base_urls: Mapping[str, str] = field(default_factory=dict)
    server_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    tiers: Mapping[Tier, str] = field(default_factory=dict)
    local_model: str | None = None
    title_model: str | None = None
    embedding_model: str | None = None

    def specs(self) -> tuple[ModelSpec, ...]:
        """Return every model of the catalogue that runs can use, and the local one."""
        known = [spec for spec in self.catalogue if spec.provider in RUN_PROVIDERS]
        if self.local_model and self.has_local:
            known.append(self.spec("local", self.local_model))
        return tuple(known)

    @property
    def has_local(self) -> bool:
        """Whether the provider `local` has an address."""
        return bool(self.base_urls.get("local"))

    def spec(self, provider_id: str, model: str) -> ModelSpec:
        """Return what the catalogue says of a model, or cautious assumptions for one that it lacks."""
        found = next((s for s in self.catalogue if (s.provider, s.model) == (provider_id, model)), None)
        label = f"{model} (local)" if provider_id == "local" else model
        return found or ModelSpec(provider=provider_id, model=model, label=label, tier="balanced")

    def of_tier(self, tier: Tier) -> Iterator[ModelSpec]:
        """Yield the models to try for a tier: the setting's, then the catalogue's in the order of providers.

        The local model serves every tier.
        """
        if tier in self.tiers:
            provider_id, _, model = self.tiers[tier].partition(":")
            yield self.spec(provider_id, model)
        for provider_id in RUN_PROVIDERS[:-1]:
            yield from (s for s in self.catalogue if s.provider == provider_id and s.tier == tier)
        if self.local_model:
            yield self.spec("local", self.local_model)

    def address(self, provider_id: str) -> str:
        """Return the base URL of a provider. Raises BadBaseUrl."""
        return base_url(provider_id, self.base_urls)

    def server_key(self, provider_id: str) -> str | None:
        """Return the server's own key of a provider."""
        entry = provider(provider_id)
        names = [provider_id] + ([entry.id] if entry else [])
        return next((self.server_keys[name] for name in names if self.server_keys.get(name)), None)

    def expected_wires(self) -> tuple[Wire, ...]:
        """Return the wire formats that this server's settings make likely, each once, in the order of PROVIDERS."""
        configured = {entry.id for name in self.server_keys if (entry := provider(name))}
        if self.has_local:
            configured.add("local")
        return tuple(dict.fromkeys(entry.wire for entry in PROVIDERS.values() if entry.id in configured))


def fallbacks(tier: Tier) -> list[Tier]:
    """Return the tier, then the lower ones from near to far, then the higher ones (Starbot 7.1)."""
    place = TIERS.index(tier)
    return [tier, *reversed(TIERS[:place]), *TIERS[place + 1 :]]
