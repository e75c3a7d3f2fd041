"""Runs: answering chats with a model, streamed, resumable, cancellable (Starbot 5 and 6).

`RunEngine` performs them (`begin`, `cancel`, `delete_chat`); the rest are use cases over what is stored. The stream of
a run is `run.stream`; its events are the wire's events.
"""

from asterism.features.talk.runs.engine import RunEngine
from asterism.features.talk.runs.errors import (
    ContextTooLong,
    EventsExpired,
    IntegrationNotConnected,
    NoUserMessage,
    RunInProgress,
    ShuttingDown,
    UnknownRun,
)
from asterism.features.talk.runs.models import ACTIVE, STREAM, Run, RunOptions, RunView
from asterism.features.talk.runs.profiles import PROFILES
from asterism.features.talk.runs.service import (
    active_runs,
    follow_run,
    get_run,
    list_runs,
    manifest_roots,
    require_idle,
    view_run,
)
from asterism.features.talk.runs.starting import Starter

__all__ = [
    "ACTIVE",
    "PROFILES",
    "STREAM",
    "ContextTooLong",
    "EventsExpired",
    "IntegrationNotConnected",
    "NoUserMessage",
    "Run",
    "RunEngine",
    "RunInProgress",
    "RunOptions",
    "RunView",
    "ShuttingDown",
    "Starter",
    "UnknownRun",
    "active_runs",
    "follow_run",
    "get_run",
    "list_runs",
    "manifest_roots",
    "require_idle",
    "view_run",
]
