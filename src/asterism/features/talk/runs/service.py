"""Use cases of runs that need the database only; beginning and cancelling is `chat_runs`."""

from collections.abc import Mapping, Sequence

from asterism.features.accounts.identity import Caller
from asterism.features.talk import chats
from asterism.features.talk.chats import BadCursor
from asterism.features.talk.runs import store
from asterism.features.talk.runs.errors import EventsExpired, RunInProgress, UnknownRun
from asterism.features.talk.runs.events import TokenDelta
from asterism.features.talk.runs.models import STREAM, Run, RunView, Status
from asterism.features.talk.runs.result import text_of
from asterism.features.versions import storage
from asterism.kernel.db import Tx
from asterism.kernel.runs import RunHost
from asterism.kernel.streams import Head, Streams, type_of


def get_run(tx: Tx, caller: Caller, run_id: str) -> Run:
    """Return a run of the caller. Raises UnknownRun."""
    run = store.of_user(tx, caller.user_id, run_id)
    if run is None:
        raise UnknownRun
    try:
        chats.get_chat(tx, caller, run.chat_id)
    except chats.UnknownChat:
        raise UnknownRun from None
    return run


def view_run(tx: Tx, streams: Streams, caller: Caller, run_id: str) -> RunView:
    """Return a run with the text so far and the seq it belongs to. Raises UnknownRun."""
    run = get_run(tx, caller, run_id)
    events = streams.read_after(tx, run.stream, 0)
    last_seq = events[-1].seq if events else 0
    content = text_of(events)
    if not events:  # purged: the head remains, and the text is the message's
        head = streams.head(tx, run.stream)
        message = chats.get_message(tx, run.chat_id, run.message_id)
        last_seq, content = head.last_seq if head else 0, message.content if message else ""
    return RunView(run, content, last_seq, bool(content))


def list_runs(
    tx: Tx,
    streams: Streams,
    caller: Caller,
    chat_id: str,
    *,
    statuses: Sequence[Status] | None,
    limit: int,
    before: str | None = None,
) -> list[RunView]:
    """Return runs of a chat, newest first, without their text. Raises UnknownChat, BadCursor."""
    chat = chats.get_chat(tx, caller, chat_id)
    start = store.of_user(tx, caller.user_id, before) if before is not None else None
    if before is not None and (start is None or start.chat_id != chat.id):
        raise BadCursor("before")
    found = []
    for run in store.page(tx, chat.id, statuses, limit, start):
        head = streams.head(tx, run.stream)
        answering = run.usage.output_tokens > 0 or chats.get_message(tx, chat.id, run.message_id) is not None
        if run.active:
            answering = any(event.type == type_of(TokenDelta) for event in streams.read_after(tx, run.stream, 0))
        found.append(RunView(run, "", head.last_seq if head else 0, answering))
    return found


def follow_run(tx: Tx, streams: Streams, caller: Caller, run_id: str) -> tuple[Run, Head]:
    """Return a run and how far its log has come. Raises UnknownRun, EventsExpired."""
    run = get_run(tx, caller, run_id)
    head = streams.head(tx, run.stream)
    if head is None or head.expired:
        raise EventsExpired
    return run, head


def active_runs(tx: Tx, chat_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the active run of each chat that has one."""
    return store.active_ids(tx, chat_ids)


def require_idle(tx: Tx, chat_id: str) -> None:
    """Raise RunInProgress when the chat has an active run."""
    run = store.active_of_chat(tx, chat_id)
    if run is not None:
        raise RunInProgress(run.id)


def request_cancel(tx: Tx, host: RunHost, caller: Caller, chat_id: str, *, reason: str) -> Run | None:
    """Note that the active run of a chat shall end; return it, None when there is none. Raises UnknownChat."""
    chat = chats.get_chat(tx, caller, chat_id)
    run = store.active_of_chat(tx, chat.id)
    return run if run is not None and _cancelled(tx, host, run, reason) else None


def cancel_orphans(tx: Tx, host: RunHost, *, reason: str) -> list[Run]:
    """Note that the active runs of deleted projects shall end; return them."""
    return [run for run in store.orphans(tx) if _cancelled(tx, host, run, reason)]


def has_orphans(tx: Tx) -> bool:
    """Whether a run of a deleted project is active."""
    return bool(store.orphans(tx))


def _cancelled(tx: Tx, host: RunHost, run: Run, reason: str) -> bool:
    if not host.request_cancel(tx, run.stream, reason):  # the host's row first: so does its end
        return False
    store.update(tx, run.id, {"status": "cancelling"}, only_in=("running",))
    return True


def leave_queue(tx: Tx, run_id: str) -> bool:
    """Move a queued run to running; return whether it was queued still."""
    return store.update(tx, run_id, {"status": "running", "started_at": tx.now()}, only_in=("queued",))


def delete_chat(tx: Tx, streams: Streams, caller: Caller, chat_id: str) -> None:
    """Remove a chat with its messages, runs and events. Raises UnknownChat, RunInProgress."""
    chat = chats.get_chat(tx, caller, chat_id, lock=True)
    require_idle(tx, chat.id)
    for run_id in store.ids_of_chat(tx, chat.id):
        streams.delete(tx, STREAM + run_id)
    chats.delete_chat(tx, chat)


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that runs of the user were made on, which keeps them from being collected."""
    return store.manifest_hashes(tx, user_id)


ROOTS = storage.Roots(maybe=manifest_roots, columns=("runs.tree",))
