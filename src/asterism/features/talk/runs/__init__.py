"""Runs: answering chats with a model, streamed, resumable, cancellable (Starbot 5 and 6).

`ChatRuns` begins and cancels them (`begin`, `cancel`, `delete_chat`); the rest are use cases over what is stored. The
stream of a run is `run.stream`; its events are those of `events`.
"""

from asterism.features.talk.runs import events
from asterism.features.talk.runs.chat_runs import ChatRuns
from asterism.features.talk.runs.errors import (
    ContextTooLong,
    EventsExpired,
    NoUserMessage,
    RunInProgress,
    UnknownRun,
)
from asterism.features.talk.runs.events import RunEvent
from asterism.features.talk.runs.models import (
    ACTIVE,
    STREAM,
    Budget,
    ContextItem,
    Run,
    RunError,
    RunOptions,
    RunUsage,
    RunView,
    Tree,
    Window,
)
from asterism.features.talk.runs.profiles import PROFILES
from asterism.features.talk.runs.service import (
    ROOTS,
    active_runs,
    follow_run,
    get_run,
    list_runs,
    require_idle,
    view_run,
)
from asterism.features.talk.runs.start import Starter

__all__ = [
    "ACTIVE",
    "PROFILES",
    "ROOTS",
    "STREAM",
    "Budget",
    "ChatRuns",
    "ContextItem",
    "ContextTooLong",
    "EventsExpired",
    "NoUserMessage",
    "Run",
    "RunError",
    "RunEvent",
    "RunInProgress",
    "RunOptions",
    "RunUsage",
    "RunView",
    "Starter",
    "Tree",
    "UnknownRun",
    "Window",
    "active_runs",
    "events",
    "follow_run",
    "get_run",
    "list_runs",
    "require_idle",
    "view_run",
]
