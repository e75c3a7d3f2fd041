"""Sentences that a model writes: a better title, and what a turn changed. Without one, rules do (Fastest 8.3, 8.6)."""

from dataclasses import dataclass

from asterism.features.talk import catalogue
from asterism.features.talk.conversations import store
from asterism.features.talk.conversations.models import Conversation
from asterism.features.talk.conversations.service import tell_changed
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Limits, ModelFailure, Models, Request, Target, Turn
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams

LONGEST_TITLE = 60
LONGEST_SUMMARY = 200
MOST_ASKED = 4000  # characters of what the sentence is about
IN_TIME = Limits(30, 10, 30)


@dataclass(frozen=True, slots=True)
class Writer:
    """Asks the model that writes short sentences."""

    models: Models
    secrets: Secrets
    directory: catalogue.ModelDirectory

    def target(self, tx: Tx, user_id: str) -> Target | None:
        """Return the model for titles: the one that the settings name, else a fast one; None without any."""
        named = self.directory.title_model
        try:
            chosen = catalogue.choose(tx, self.secrets, self.directory, user_id, tier="fast", model=named)
        except (catalogue.ModelNotConfigured, catalogue.UnknownModel):
            return None
        return chosen.target

    async def sentence(self, target: Target, asked: str, about: str, longest: int) -> str | None:
        """Return one line of at most `longest` characters, None when the model writes nothing that can be used."""
        text = f"{asked}\n\n{about[:MOST_ASKED]}"
        request = Request(target, (Turn("user", text),), max_output_tokens=128, limits=IN_TIME)
        try:
            answer = await self.models.complete(request)
        except ModelFailure:
            return None
        line = next((" ".join(one.split()) for one in answer.text.splitlines() if one.strip()), "").strip("\"'“”#* ")
        return line if 0 < len(line) <= longest else None


@dataclass(frozen=True, slots=True)
class Titling:
    """Finds a better title for a conversation while its first turn runs."""

    db: Database
    streams: Streams
    writer: Writer
    target: Target
    conversation: Conversation
    prompt: str

    async def run(self) -> None:
        """Ask, and keep the title unless somebody has set one meanwhile."""
        asked = f"Write a title of at most {LONGEST_TITLE} characters for the task that follows. Only the title."
        title = await self.writer.sentence(self.target, asked, self.prompt, LONGEST_TITLE)
        if title is not None:
            await self.db.run(set_title, self.streams, self.conversation.id, title)


def set_title(tx: Tx, streams: Streams, conversation_id: str, title: str) -> None:
    """Replace a title that was made of the first prompt, once."""
    found = store.locked(tx, conversation_id)
    if found is not None and found.title_source == "prompt":
        store.update(tx, found.id, {"title": title, "title_source": "model"})
        tell_changed(tx, streams, found.id)
