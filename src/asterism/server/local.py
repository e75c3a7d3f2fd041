"""Builds what the local face needs."""

from pathlib import Path

from asterism.faces.runtime import LocalServices
from asterism.features.review.local_chats import SessionRuns
from asterism.features.review.trust import RootRules, split_path_list
from asterism.kernel.db import Database
from asterism.kernel.git import Git
from asterism.kernel.llm import Models
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.model_access import key_places
from asterism.server.settings import Settings


def build_local(
    settings: Settings, host: RunHost, *, db: Database, streams: Streams, secrets: Secrets, models: Models
) -> LocalServices:
    """Build the ports and services of `/api`."""
    keys = key_places(settings, secrets)
    roots = RootRules(settings.project_root or Path.cwd(), tuple(split_path_list(settings.allowed_roots)))
    return LocalServices(git=Git(), roots=roots, keys=keys, answers=SessionRuns(db, streams, models, host))
