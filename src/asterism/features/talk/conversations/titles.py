"""Titles of conversations (Fastest 8.3)."""

from asterism.base.errors import Invalid
from asterism.features.talk.chats import cut_title
from asterism.features.talk.conversations.models import MAX_TITLE


def clean_title(text: str) -> str:
    """Return a title that a person wrote, white space collapsed. Raises Invalid when it is blank or too long."""
    title = " ".join(text.split())
    if not title:
        raise Invalid.field("title", "must not be blank")
    if len(title) > MAX_TITLE:
        raise Invalid.field("title", f"must have at most {MAX_TITLE} characters")
    return title


def title_from(prompt: str) -> str:
    """Return the first line that is not blank, white space collapsed, cut at 60 characters on a word."""
    line = next((line for line in prompt.splitlines() if line.strip()), prompt)
    return cut_title(" ".join(line.split()))
