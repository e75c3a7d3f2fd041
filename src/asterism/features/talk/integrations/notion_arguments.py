"""What Notion is asked, and what of it is refused before anything is sent (Starbot 8.3). Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from asterism.base.errors import Invalid, TooLarge

MAX_PAGE = 100
MAX_BODY = 400 * 1024
_ID = re.compile(
    r"(?:.*[^0-9a-f])?([0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.DOTALL
)


class NotionSearch(msgspec.Struct, omit_defaults=True):
    """Search what is shared with the connection, by title. An empty query lists everything."""

    query: Annotated[str, Meta(max_length=500)]
    filter: Literal["page", "data_source"] | None = None
    page_size: Annotated[int, Meta(ge=1)] | None = None
    cursor: Annotated[str, Meta(max_length=2048)] | None = None


class TextEdit(msgspec.Struct, omit_defaults=True):
    """A text to find, and what takes its place."""

    old_str: Annotated[str, Meta(min_length=1)]
    new_str: str


class NotionUpdate(msgspec.Struct, omit_defaults=True):
    """Change a page: its properties or title, its content, or whether it is in the trash.

    `markdown` is added at the end unless `mode` is `replace`; with `mode` `edit`, `edits` change parts of the content.
    """

    page_id: Annotated[str, Meta(max_length=2048)]
    properties: dict[str, Any] | None = None
    title: Annotated[str, Meta(max_length=2000)] | None = None
    markdown: str | None = None
    mode: Literal["append", "replace", "edit"] | None = None
    edits: Annotated[list[TextEdit], Meta(min_length=1, max_length=100)] | None = None
    in_trash: bool | None = None
    allow_deleting_content: bool | None = None


def page_id_of(text: str) -> str:
    """Return the id in `page_id`, with dashes: an id, or an address that ends in one. Raises Invalid."""
    whole = text.strip()
    if "/" in whole:
        whole = urlsplit(whole).path.rstrip("/").rpartition("/")[2] if _is_address(whole) else ""
        found = _ID.fullmatch(whole.lower())
    else:
        found = _ID.fullmatch(whole.lower())
        found = found if found is not None and found.start(1) == 0 else None
    if found is None:
        raise Invalid.field("page_id", "must be 32 hexadecimal digits, or the address of a Notion page")
    digits = found[1].replace("-", "")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def check_update(asked: NotionUpdate) -> str:
    """Return the page's id. Raises Invalid for what makes no sense together, TooLarge for too much text."""
    page_id = page_id_of(asked.page_id)
    changes = (asked.properties or None, asked.title, asked.markdown, asked.edits, asked.in_trash)
    if all(change is None for change in changes):
        raise Invalid("Nothing is to be changed.", hint="Give properties, title, markdown, edits or in_trash.")
    if asked.title is not None and _has_title(asked.properties or {}):
        raise Invalid.field("title", "must not be given beside a title in properties")
    if asked.mode == "edit":
        if asked.edits is None or asked.markdown is not None:
            raise Invalid.field("edits", "is needed with the mode edit, and markdown must not be given")
    elif asked.edits is not None:
        raise Invalid.field("mode", "must be edit where edits are given")
    elif asked.mode is not None and asked.markdown is None:
        raise Invalid.field("markdown", f"is needed with the mode {asked.mode}")
    texts = [asked.markdown or "", *(text for edit in asked.edits or () for text in (edit.old_str, edit.new_str))]
    if sum(len(text.encode()) for text in texts) > MAX_BODY:
        raise TooLarge.bytes(MAX_BODY, "The text")
    return page_id


def _has_title(properties: Mapping[str, Any]) -> bool:
    return any(
        name == "title" or (isinstance(value, dict) and ("title" in value or value.get("type") == "title"))
        for name, value in properties.items()
    )


def content_change(asked: NotionUpdate) -> Mapping[str, Any] | None:
    """Return the body that changes a page's content, None when it stays."""
    allow = {"allow_deleting_content": True} if asked.allow_deleting_content else {}
    if asked.edits is not None:
        updates: Sequence[Mapping[str, str]] = [{"old_str": e.old_str, "new_str": e.new_str} for e in asked.edits]
        return {"type": "update_content", "update_content": {"content_updates": updates, **allow}}
    if asked.markdown is None:
        return None
    if asked.mode == "replace":
        return {"type": "replace_content", "replace_content": {"new_str": asked.markdown, **allow}}
    return {"type": "insert_content", "insert_content": {"content": asked.markdown, "position": {"type": "end"}}}
