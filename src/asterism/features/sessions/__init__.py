"""Chat sessions of the local app: conversations about a project, often about a review's findings."""

from asterism.features.sessions.chat import ChatRun, Chats
from asterism.features.sessions.errors import BadSession, MessageNotSaved, SessionBusy, UnknownSession
from asterism.features.sessions.masking import MaskedText
from asterism.features.sessions.models import LONGEST_MESSAGE, Message, Role, Session, is_project_path
from asterism.features.sessions.service import (
    add_message,
    create_session,
    delete_session,
    last_session,
    list_sessions,
    read_session,
)

__all__ = [
    "LONGEST_MESSAGE",
    "BadSession",
    "ChatRun",
    "Chats",
    "MaskedText",
    "Message",
    "MessageNotSaved",
    "Role",
    "Session",
    "SessionBusy",
    "UnknownSession",
    "add_message",
    "create_session",
    "delete_session",
    "is_project_path",
    "last_session",
    "list_sessions",
    "read_session",
]
