"""Use cases of sessions; answering a message is in `session_runs`."""

from asterism.base.ids import uuid4
from asterism.features.review.local_chats import store
from asterism.features.review.local_chats.errors import BadSession, UnknownSession
from asterism.features.review.local_chats.models import (
    LONGEST_MESSAGE,
    Message,
    Role,
    Session,
    clean_title,
    derived_title,
    is_project_path,
)
from asterism.kernel.db import Tx


def list_sessions(tx: Tx, project_path: str | None = None, *, limit: int = 500, offset: int = 0) -> list[Session]:
    """Return sessions, the last changed first. Raises BadSession for a path that no session can have."""
    if project_path is not None:
        _check_path(project_path)
    return store.sessions(tx, project_path, limit=limit, offset=offset)


def last_session(tx: Tx, project_path: str) -> tuple[Session, list[Message]]:
    """Return the last changed session of a path with its messages. Raises BadSession and UnknownSession."""
    found = list_sessions(tx, project_path, limit=1)
    if not found:
        raise UnknownSession
    return found[0], store.messages(tx, found[0].id)


def read_session(tx: Tx, session_id: str) -> tuple[Session, list[Message]]:
    """Return a session with its messages. Raises UnknownSession."""
    found = store.session(tx, session_id)
    if found is None:
        raise UnknownSession
    return found, store.messages(tx, session_id)


def create_session(tx: Tx, *, project_path: str, title: str | None = None) -> Session:
    """Make an empty session. Raises BadSession."""
    _check_path(project_path)
    now = tx.now()
    made = Session(uuid4(), project_path, clean_title(title), now, now, 0)
    store.add_session(tx, made)
    return made


def add_message(tx: Tx, session_id: str, *, role: Role, content: str) -> Message:
    """Add a message; the first one of a user names a session without a title. Raises BadSession, UnknownSession."""
    if len(content.encode()) > LONGEST_MESSAGE:
        raise BadSession(f"content: is longer than {LONGEST_MESSAGE} bytes")
    message = Message(uuid4(), role, content, tx.now())
    title = derived_title(content) if role == "user" else None
    if not store.count_message(tx, session_id, title=title, now=message.created_at):
        raise UnknownSession
    store.add_message(tx, session_id, message)
    return message


def delete_session(tx: Tx, session_id: str) -> bool:
    """Delete a session with its messages; return whether it existed."""
    return store.delete_session(tx, session_id)


def _check_path(project_path: str) -> None:
    if not is_project_path(project_path):
        raise BadSession("projectPath: is too long, or holds a NUL or a `..` component")
