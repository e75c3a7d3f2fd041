"""The jobs that read what was said lately, after every fifth answer (Fastest 3.7)."""

from asterism.features.insight.extraction.service import Extractor
from asterism.kernel.jobs import Job, JobQueue

CONVERSATION = "decisions.read_conversation"
CHAT = "decisions.read_chat"
SETTLING_SECONDS = 5


def register(jobs: JobQueue, extractor: Extractor) -> None:
    """Have conversations and chats read for decisions."""

    async def conversation(job: Job) -> int:
        return await extractor.read_conversation(str(job.payload["id"]))

    async def chat(job: Job) -> int:
        return await extractor.read_chat(str(job.payload["id"]))

    jobs.register(CONVERSATION, conversation)
    jobs.register(CHAT, chat)


def enqueue_conversation(jobs: JobQueue, conversation_id: str) -> None:
    """Have a conversation read soon."""
    jobs.enqueue(CONVERSATION, {"id": conversation_id}, key=conversation_id, delay=SETTLING_SECONDS)


def enqueue_chat(jobs: JobQueue, chat_id: str) -> None:
    """Have a chat read soon."""
    jobs.enqueue(CHAT, {"id": chat_id}, key=chat_id, delay=SETTLING_SECONDS)
