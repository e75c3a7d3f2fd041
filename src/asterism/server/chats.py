"""Builds what chats need: the model directory and the engine that performs runs."""

import os
import socket

from asterism.base.ids import ulid
from asterism.features.talk.catalogue import ModelDirectory, load_catalogue
from asterism.features.talk.runs import RunEngine, Starter
from asterism.kernel.db import Database
from asterism.kernel.llm import Models
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.settings import Settings

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
    )


def build_runs(
    db: Database, streams: Streams, models: Models, secrets: Secrets, directory: ModelDirectory
) -> RunEngine:
    """Return the engine of this process."""
    starter = Starter(streams, secrets, directory, owner=f"{socket.gethostname()}/{os.getpid()}/{ulid()}")
    return RunEngine(db, streams, models, starter, is_gone=is_gone)


def is_gone(owner: str) -> bool:
    """Say whether the process that calls itself `owner` has surely ended; only of this machine that can be known."""
    host, _, rest = owner.partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():  # its number, but not its name: a successor, as in a restarted container
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
