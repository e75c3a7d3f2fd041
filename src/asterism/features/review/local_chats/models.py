"""Chat sessions of the local app (Stargazer 4)."""

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "assistant", "system"]

LONGEST_PATH = 4096  # characters
LONGEST_TITLE = 200
LONGEST_MESSAGE = 256 << 10  # bytes of UTF-8
DERIVED_TITLE = 50


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation about one project; `message_count` is the number of its messages."""

    id: str
    project_path: str
    title: str | None
    created_at: str
    updated_at: str
    message_count: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it was typed or answered."""

    id: str
    role: Role
    content: str
    created_at: str


def clean_title(title: str | None) -> str | None:
    """Trim a title to what is kept; a blank one is none."""
    return (title or "").strip()[:LONGEST_TITLE].strip() or None


def derived_title(content: str) -> str | None:
    """Make a title from a user's first message: one line, at most 50 characters."""
    line = " ".join(content.split())
    if len(line) > DERIVED_TITLE:
        line = line[: DERIVED_TITLE - 3] + "..."
    return line or None


def is_project_path(path: str) -> bool:
    """Whether a session may name this path: no NUL, no `..` component, at most 4,096 characters."""
    return len(path) <= LONGEST_PATH and "\0" not in path and ".." not in re.split(r"[/\\]", path)
