"""Titles: what people may write, and what a chat is called when nobody named it (Starbot 4.1, 4.6)."""

from asterism.base.errors import Invalid
from asterism.features.talk.chats.models import MAX_TITLE

LONGEST_AUTO = 60


def clean_title(text: str) -> str:
    """Return a title with all runs of white space made one blank. Raises Invalid over 255 characters."""
    title = " ".join(text.split())
    if len(title) > MAX_TITLE:
        raise Invalid.field("title", f"must have at most {MAX_TITLE} characters")
    return title


def title_from(first_message: str) -> str | None:
    """Return a title made of the first line that says something, cut at a word end; None when no line does."""
    for line in first_message.splitlines():
        title = " ".join(line.strip().lstrip("#>-*` \t").replace("`", "").split())
        if title:
            return cut_title(title)
    return None


def cut_title(title: str) -> str:
    """Cut a title at 60 characters, at the end of a word."""
    if len(title) <= LONGEST_AUTO:
        return title
    room = LONGEST_AUTO - 1
    head = title[: room + 1].rpartition(" ")[0] or title[:room]
    return head.rstrip() + "…"
