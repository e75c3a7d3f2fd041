"""Conversations with a coding agent inside a workspace (Fastest 8).

Everything is in the database: conversations, messages, parts, questions, timeline, and a shared stream of frames
(`events`) that is the log of each conversation. What follows a conversation reads state and log (`replay`).
"""

from asterism.features.talk.conversations import events
from asterism.features.talk.conversations.branch_store import count_from, hide_from, is_hidden, show_again
from asterism.features.talk.conversations.branches import copy_before, find_message, has_active
from asterism.features.talk.conversations.cuts import Cut, Inside, copy_cut, count_cut, cut_turn, restore_turn
from asterism.features.talk.conversations.errors import (
    AnswerRefused,
    OtherProject,
    QuestionClosed,
    QueueFull,
    TooManyConversations,
    UnknownConversation,
    UnknownMessage,
    UnknownQuestion,
)
from asterism.features.talk.conversations.grants import GrantRequired
from asterism.features.talk.conversations.jobs import register
from asterism.features.talk.conversations.models import (
    ANSWERED,
    STREAM,
    Conversation,
    ConversationView,
    Message,
    Parts,
    Question,
    QuestionStatus,
    State,
    TimelineItem,
)
from asterism.features.talk.conversations.project_info import ProjectInfo, read_project_info
from asterism.features.talk.conversations.replay import Opened, open_questions, open_stream
from asterism.features.talk.conversations.sentences import Writer
from asterism.features.talk.conversations.service import (
    ROOTS,
    TICKET,
    all_parts,
    change_conversation,
    create_conversation,
    find_conversation,
    get_conversation,
    list_conversations,
    list_messages,
    list_questions,
    list_timeline,
    make_stream_ticket,
    prune_logs,
    read_log,
    view_conversation,
)
from asterism.features.talk.conversations.snapshots import Saved, save_snapshot
from asterism.features.talk.conversations.store import message_at, titles_of
from asterism.features.talk.conversations.turn import TURN_STREAM, TurnLimits, TurnPorts
from asterism.features.talk.conversations.turns import Sent, Turns

__all__ = [
    "ANSWERED",
    "ROOTS",
    "STREAM",
    "TICKET",
    "TURN_STREAM",
    "AnswerRefused",
    "Conversation",
    "ConversationView",
    "Cut",
    "GrantRequired",
    "Inside",
    "Message",
    "Opened",
    "OtherProject",
    "Parts",
    "ProjectInfo",
    "Question",
    "QuestionClosed",
    "QuestionStatus",
    "QueueFull",
    "Saved",
    "Sent",
    "State",
    "TimelineItem",
    "TooManyConversations",
    "TurnLimits",
    "TurnPorts",
    "Turns",
    "UnknownConversation",
    "UnknownMessage",
    "UnknownQuestion",
    "Writer",
    "all_parts",
    "change_conversation",
    "copy_before",
    "copy_cut",
    "count_cut",
    "count_from",
    "create_conversation",
    "cut_turn",
    "events",
    "find_conversation",
    "find_message",
    "get_conversation",
    "has_active",
    "hide_from",
    "is_hidden",
    "list_conversations",
    "list_messages",
    "list_questions",
    "list_timeline",
    "make_stream_ticket",
    "message_at",
    "open_questions",
    "open_stream",
    "prune_logs",
    "read_log",
    "read_project_info",
    "register",
    "restore_turn",
    "save_snapshot",
    "show_again",
    "titles_of",
    "view_conversation",
]
