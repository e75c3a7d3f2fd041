"""Finding decisions in what people and models said: conversations and chats (Fastest 3.7).

A model of the user reads the newest messages where there is one; else rules look for sentences that decide something.
`Talk` is the port to where people talk.
"""

from asterism.features.insight.extraction.jobs import enqueue_chat, enqueue_conversation, register
from asterism.features.insight.extraction.models import Line, Talk, Thread
from asterism.features.insight.extraction.service import Extractor, Wanted
from asterism.features.insight.extraction.sources import Chats, Conversations

__all__ = [
    "Chats",
    "Conversations",
    "Extractor",
    "Line",
    "Talk",
    "Thread",
    "Wanted",
    "enqueue_chat",
    "enqueue_conversation",
    "register",
]
