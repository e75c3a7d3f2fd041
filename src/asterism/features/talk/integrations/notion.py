"""Searching and changing pages in Notion (Starbot 8.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from asterism.base.errors import DomainError
from asterism.features.talk.integrations import replies
from asterism.features.talk.integrations.access import Access
from asterism.features.talk.integrations.notion_arguments import (
    MAX_PAGE,
    NotionSearch,
    NotionUpdate,
    check_update,
    content_change,
)
from asterism.kernel.upstreams import Call, Reply, path_of

T = TypeVar("T")
DEFAULT_PAGE = 20


class _Text(msgspec.Struct):
    plain_text: str = ""


class _Property(msgspec.Struct):
    type: str = ""
    title: list[_Text] | None = None


class _Object(msgspec.Struct):
    id: str
    object: str = "page"
    url: str | None = None
    last_edited_time: str | None = None
    properties: dict[str, Any] = {}
    title: list[_Text] | None = None

    def title_property(self) -> str | None:
        """Return what the property is called that holds the title."""
        return next((name for name, value in self.properties.items() if _property(value).type == "title"), None)

    def title_text(self) -> str:
        """Return the title as plain text."""
        texts = self.title
        if texts is None:
            texts = next((p.title for p in map(_property, self.properties.values()) if p.type == "title"), None)
        return "".join(text.plain_text for text in texts or ())


class _Found(msgspec.Struct):
    results: list[_Object]
    next_cursor: str | None = None
    has_more: bool = False


class NotionResult(msgspec.Struct, frozen=True):
    """A page or data source that was found; `title` is empty when it has none."""

    id: str
    object: str
    title: str
    url: str | None
    last_edited_time: str | None


class NotionResults(msgspec.Struct, frozen=True):
    """One page of results."""

    results: list[NotionResult]
    next_cursor: str | None
    has_more: bool


class ChangedPage(msgspec.Struct, frozen=True):
    """A page after its change."""

    id: str
    url: str | None
    last_edited_time: str | None


@dataclass(frozen=True, slots=True)
class Notion:
    """The tools of Notion, in a user's name. Each raises IntegrationNotConnected and the errors of Starbot 8.5."""

    access: Access

    async def search(self, user_id: str, asked: NotionSearch) -> NotionResults:
        """Find pages and data sources by title."""
        body: dict[str, Any] = {"query": asked.query, "page_size": min(asked.page_size or DEFAULT_PAGE, MAX_PAGE)}
        if asked.filter is not None:
            body["filter"] = {"property": "object", "value": asked.filter}
        if asked.cursor is not None:
            body["start_cursor"] = asked.cursor
        found = _read(await self._send(user_id, Call("POST", "", "/v1/search", json=body, read=True)), _Found)
        results = [NotionResult(o.id, o.object, o.title_text(), o.url, o.last_edited_time) for o in found.results]
        return NotionResults(results, found.next_cursor, found.has_more)

    async def update(self, user_id: str, asked: NotionUpdate) -> ChangedPage:
        """Change a page: properties first, then its content. Raises Invalid and TooLarge before anything is sent.

        When the properties were changed and the content was not, the error's `details.applied` says so.
        """
        page_id = check_update(asked)
        changed: _Object | None = None
        properties = dict(asked.properties or {})
        if asked.title is not None:
            properties |= await self._title(user_id, page_id, asked.title)
        change = {"properties": properties or None, "in_trash": asked.in_trash}
        change = {name: value for name, value in change.items() if value is not None}
        if change:
            reply = await self._send(user_id, Call("PATCH", "", path_of("v1", "pages", page_id), json=change))
            changed = _read(reply, _Object)
        content = content_change(asked)
        if content is not None:
            try:
                path = path_of("v1", "pages", page_id, "markdown")
                await self._send(user_id, Call("PATCH", "", path, json=content))
            except DomainError as error:
                if change:
                    error.details = {**(error.details or {}), "applied": ["properties"]}
                raise
            changed = await self._look(user_id, page_id) or changed
        if changed is None:
            return ChangedPage(page_id, None, None)
        return ChangedPage(changed.id, changed.url, changed.last_edited_time)

    async def _title(self, user_id: str, page_id: str, title: str) -> Mapping[str, Any]:
        page = _read(await self._send(user_id, _reading(page_id)), _Object)
        texts = [{"type": "text", "text": {"content": title}}] if title else []
        return {page.title_property() or "title": {"title": texts}}

    async def _look(self, user_id: str, page_id: str) -> _Object | None:
        """Return a page that was changed; that it cannot be read now does not undo the change."""
        try:
            return _read(await self._send(user_id, _reading(page_id)), _Object)
        except DomainError:
            return None

    async def _send(self, user_id: str, call: Call) -> Reply:
        return await self.access.send(user_id, "notion", call)


def _reading(page_id: str) -> Call:
    return Call("GET", "", path_of("v1", "pages", page_id), read=True)


def _property(value: Any) -> _Property:
    try:
        return msgspec.convert(value, _Property)
    except msgspec.ValidationError:
        return _Property()


def _read(reply: Reply, shape: type[T]) -> T:
    return replies.decoded("notion", reply, shape)
