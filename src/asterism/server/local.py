"""Builds what the local face needs."""

from pathlib import Path

from asterism.faces.runtime import LocalServices
from asterism.features.review.local_chats import SessionRuns
from asterism.features.review.local_providers import KeyPlaces
from asterism.features.review.trust import RootRules, split_path_list
from asterism.kernel.credentials import FileCredentials, KeyringCredentials
from asterism.kernel.db import Database
from asterism.kernel.git import Git
from asterism.kernel.llm import Models
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.settings import Settings
from asterism.server.settings_sources import process_environment


def build_local(
    settings: Settings, host: RunHost, *, db: Database, streams: Streams, secrets: Secrets, models: Models
) -> LocalServices:
    """Build the ports and services of `/api`."""
    keys = key_places(settings, secrets)
    roots = RootRules(settings.project_root or Path.cwd(), tuple(split_path_list(settings.allowed_roots)))
    return LocalServices(git=Git(), roots=roots, keys=keys, answers=SessionRuns(db, streams, models, host))


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
