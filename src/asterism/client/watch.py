"""Watching a working copy, so that commands look only where something changed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from asterism.base.errors import Conflict, Unavailable
from asterism.client.look import tracked_paths
from asterism.client.workcopy.lock import Busy, exclusive
from asterism.client.workcopy.state import FOLDER, State
from asterism.client.workcopy.watching.channel import call, listening, serve
from asterism.client.workcopy.watching.messages import Question
from asterism.client.workcopy.watching.watcher import Watcher
from asterism.kernel.workcopy.walk import look

LOCK = "watch.lock"
LOG = "watch.log"
END_SECONDS = 10.0


class WatchedAlready(Conflict):
    """Another process watches the folder."""

    code = "WATCHED_ALREADY"


class WatcherFailed(Unavailable):
    """The watcher in the background ended before it watched."""

    code = "WATCHER_FAILED"


def watch(state: State, ready: Callable[[int], None], *, look_after: float = 10.0) -> None:
    """Watch a bound folder until `stop` is called; `ready` hears once of how many folders are watched.

    `look_after` is the time in seconds after which it sees that its socket has gone, and ends. Raises WatchedAlready,
    Unwatchable, WatchesExhausted, and what a look raises.
    """
    state.bound()
    with _alone(state), Watcher(state.top, _folders(state)) as watcher, listening(state.folder) as door:
        ready(watcher.count)
        serve(watcher, door, os.path.join(watcher.top, FOLDER), look_after=look_after)


def watch_in_background(state: State) -> int:
    """Start a process that watches a folder, and return its id once it does. Raises WatchedAlready, WatcherFailed."""
    state.bound()
    with _alone(state):
        pass
    log = os.path.join(state.folder, LOG)
    with open(log, "wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "asterism", "watch"],
            cwd=state.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
    if process.stdout is not None and process.stdout.readline():
        return process.pid
    process.wait()
    with open(log, encoding="utf-8", errors="replace") as said:
        message, _, hint = said.read().strip().partition("\nhint: ")
    raise WatcherFailed(message.removeprefix("asterism: ") or "The watcher ended at once.", hint=hint or None)


def stop(state: State) -> bool:
    """End the watcher of a folder; False when there is none. Raises Unavailable when it does not end."""
    asked = call(state.folder, Question(stop=True)) is not None
    until = time.monotonic() + (END_SECONDS if asked else 0)
    while True:
        try:
            with _alone(state):
                return asked
        except WatchedAlready as error:
            if time.monotonic() >= until:
                raise Unavailable(
                    "The watcher does not answer.", hint=f"It ends by itself when {FOLDER}/watch is removed."
                ) from error
        time.sleep(0.01)


@contextmanager
def _alone(state: State) -> Iterator[None]:
    try:
        with exclusive(os.path.join(state.folder, LOCK)):
            yield
    except Busy:
        raise WatchedAlready(
            f"{state.top} is watched already.", hint="`asterism watch --stop` ends that watcher."
        ) from None


def _folders(state: State) -> list[str]:
    return list(look(state.top, state.cache(), lambda: tracked_paths(state)).folders)
