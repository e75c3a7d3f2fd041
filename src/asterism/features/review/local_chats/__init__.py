"""Chat sessions of the local app: conversations about a project, often about a review's findings."""

from asterism.features.review.local_chats.chat import ChatRun, Chats
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
