"""Chat sessions of the local app: conversations about a project, often about a review's findings."""

from asterism.features.review.local_chats import events
from asterism.features.review.local_chats.answer import STREAM
from asterism.features.review.local_chats.errors import BadSession, MessageNotSaved, SessionBusy, UnknownSession
from asterism.features.review.local_chats.mask import MaskedText
from asterism.features.review.local_chats.models import LONGEST_MESSAGE, Message, Role, Session, is_project_path
from asterism.features.review.local_chats.service import (
    add_message,
    create_session,
    delete_session,
    last_session,
    list_sessions,
    read_session,
)
from asterism.features.review.local_chats.session_runs import SessionRuns

__all__ = [
    "LONGEST_MESSAGE",
    "STREAM",
    "BadSession",
    "MaskedText",
    "Message",
    "MessageNotSaved",
    "Role",
    "Session",
    "SessionBusy",
    "SessionRuns",
    "UnknownSession",
    "add_message",
    "create_session",
    "delete_session",
    "events",
    "is_project_path",
    "last_session",
    "list_sessions",
    "read_session",
]
