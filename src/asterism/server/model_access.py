"""Which models there are, and where their keys live, by the settings; for commands too, without a web framework."""

from asterism.features.review.local_providers import KeyPlaces
from asterism.features.talk.catalogue import ModelDirectory, load_catalogue
from asterism.kernel.credentials import FileCredentials, KeyringCredentials
from asterism.kernel.secrets import Secrets
from asterism.server.settings import Settings
from asterism.server.settings_sources import process_environment

KEYS = ("anthropic", "openai", "google", "groq", "mistral", "local")
TIERS = ("fast", "balanced", "best")


def build_directory(settings: Settings) -> ModelDirectory:
    """Return what the settings say of models. Raises Invalid when the catalogue cannot be read."""
    keys = {name: getattr(settings, f"{name}_api_key") for name in KEYS}
    tiers = {tier: getattr(settings, f"model_{tier}") for tier in TIERS}
    return ModelDirectory(
        catalogue=load_catalogue(settings.model_catalog),
        base_urls=settings.base_urls,
        server_keys={name: key for name, key in keys.items() if key},
        tiers={tier: model for tier, model in tiers.items() if model},  # type: ignore[misc]
        local_model=settings.local_model,
        title_model=settings.title_model,
        embedding_model=settings.embedding_model,
    )


def key_places(settings: Settings, secrets: Secrets) -> KeyPlaces:
    """Return where the keys of model providers live."""
    return KeyPlaces(
        file=credentials_file(settings, secrets),
        keyring=KeyringCredentials(),
        environment=process_environment(),
        base_urls=settings.base_urls,
        view=settings.api_provider_view,
    )


def credentials_file(settings: Settings, secrets: Secrets) -> FileCredentials:
    """Return the encrypted file of provider keys."""
    return FileCredentials(settings.data_dir / "credentials.json", secrets)
