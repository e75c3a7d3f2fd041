"""The fake Notion: pages and data sources by title, properties, and content as Markdown."""

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asterism.kernel.loopback import Asked, FakeService, Given

VERSION = "2026-03-11"
MAX_BODY = 500 * 1024
MAX_TEXT = 2000
BOT: Mapping[str, Any] = {"id": "b0700000-0000-4000-8000-000000000001", "workspace": "Acme"}


class Problem(Exception):
    """A request that cannot be done: status, code and message as Notion words them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.given = Given(status, {"object": "error", "status": status, "code": code, "message": message})


@dataclass(slots=True)
class Page:
    """A page, or a data source. `title_name` is what its title property is called; `children` would be lost with it."""

    id: str
    title: str = ""
    markdown: str = ""
    object: str = "page"
    title_name: str = "Name"
    properties: dict[str, Any] = field(default_factory=dict)
    in_trash: bool = False
    shared: bool = True
    children: bool = False
    last_edited_time: str = "2026-11-20T10:01:00.000Z"

    @property
    def url(self) -> str:
        """The address for people."""
        return f"https://www.notion.so/{self.id.replace('-', '')}"

    def shown(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        texts = [{"type": "text", "plain_text": self.title, "text": {"content": self.title}}] if self.title else []
        common = {"object": self.object, "id": self.id, "url": self.url, "last_edited_time": self.last_edited_time}
        if self.object != "page":
            return {**common, "title": texts, "in_trash": self.in_trash}
        title = {self.title_name: {"id": "title", "type": "title", "title": texts}}
        return {**common, "properties": {**self.properties, **title}, "in_trash": self.in_trash}


class FakeNotion(FakeService):
    """Notion on loopback. `tokens` are those that are good and whose they are; without any, every token is."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, prefix: str = "") -> None:
        super().__init__(host=host, port=port, prefix=prefix)
        self.reset()
        self.route(
            [
                ("GET", "/v1/oauth/authorize", self._authorize),
                ("POST", "/v1/oauth/token", self._exchange),
                ("POST", "/v1/oauth/revoke", self._revoke),
                ("GET", "/v1/users/me", self._me),
                ("POST", "/v1/search", self._search),
                ("GET", "/v1/pages/{ident}", self._read),
                ("PATCH", "/v1/pages/{ident}", self._change),
                ("PATCH", "/v1/pages/{ident}/markdown", self._write),
            ]
        )

    def reset(self) -> None:
        """Be as new."""
        self.forget()
        self.tokens: dict[str, Mapping[str, Any]] = {}
        self.codes: dict[str, str] = {}
        self.refresh_tokens: set[str] = set()
        self.client = ("notion-client", "notion-secret")
        self.pages: dict[str, Page] = {}

    def add_page(self, ident: str, title: str = "", **more: Any) -> Page:
        """Make a page."""
        made = self.pages[ident.replace("-", "")] = Page(ident, title, **more)
        return made

    def grant(self, redirect_uri: str) -> str:
        """Return a code as a person brings it back from the sign-in page."""
        code = secrets.token_hex(8)
        self.codes[code] = redirect_uri
        return code

    def respond(self, asked: Asked) -> Given:
        """Check version, token and size, then answer."""
        try:
            self._check(asked)
            return super().respond(asked)
        except Problem as problem:
            given = problem.given
            return Given(given.status, {**given.body, "request_id": f"req-{len(self.asked)}"}, given.headers)

    def _check(self, asked: Asked) -> None:
        if asked.parts[:2] == ("v1", "oauth"):
            return
        version = asked.headers.get("notion-version")
        if version is None:
            raise Problem(400, "missing_version", "Notion-Version header should be defined.")
        if version != VERSION:
            raise Problem(400, "validation_error", "Notion-Version header is not supported.")
        if not asked.bearer or (self.tokens and asked.bearer not in self.tokens):
            raise Problem(401, "unauthorized", "API token is invalid.")
        if len(asked.raw) > MAX_BODY:
            raise Problem(400, "validation_error", "Payload too large.")

    def _authorize(self, asked: Asked) -> Given:
        back = asked.query.get("redirect_uri", "")
        location = f"{back}?code={self.grant(back)}&state={asked.query.get('state', '')}"
        return Given(302, None, {"location": location})

    def _exchange(self, asked: Asked) -> Given:
        body = asked.body or {}
        self._check_client(asked)
        if body.get("grant_type") == "refresh_token":
            if body.get("refresh_token") not in self.refresh_tokens:
                return Given(400, {"error": "invalid_grant"})
            self.refresh_tokens.discard(body["refresh_token"])
        elif self.codes.pop(body.get("code", ""), None) != body.get("redirect_uri"):
            return Given(400, {"error": "invalid_grant"})
        access, refresh = f"ntn_{secrets.token_hex(8)}", f"nrt_{secrets.token_hex(8)}"
        self.tokens[access] = BOT
        self.refresh_tokens.add(refresh)
        made = {"access_token": access, "token_type": "bearer", "refresh_token": refresh, "bot_id": BOT["id"]}
        return Given(
            200, {**made, "workspace_id": "ws-1", "workspace_name": BOT["workspace"], "owner": {"type": "user"}}
        )

    def _revoke(self, asked: Asked) -> Given:
        self._check_client(asked)
        self.tokens.pop((asked.body or {}).get("token", ""), None)
        return Given(200, {})

    def _check_client(self, asked: Asked) -> None:
        sent = base64.b64encode(":".join(self.client).encode()).decode()
        if asked.headers.get("authorization") != f"Basic {sent}":
            raise Problem(401, "unauthorized", "The client is unknown.")

    def _me(self, asked: Asked) -> Given:
        bot = self.tokens.get(asked.bearer, BOT)
        shown = {"object": "user", "id": bot["id"], "type": "bot", "name": "Asterism"}
        return Given(200, {**shown, "bot": {"workspace_name": bot["workspace"]}})

    def _search(self, asked: Asked) -> Given:
        body = asked.body or {}
        kind = (body.get("filter") or {}).get("value")
        if kind not in (None, "page", "data_source"):
            raise Problem(400, "validation_error", "body.filter.value should be page or data_source.")
        words = str(body.get("query", "")).lower().split()
        found = [
            page
            for page in self.pages.values()
            if page.shared and kind in (None, page.object) and all(word in page.title.lower() for word in words)
        ]
        cursor = str(body.get("start_cursor") or 0)
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 9):
            raise Problem(400, "validation_error", "body.start_cursor is not a cursor of this search.")
        size, start = int(body.get("page_size", 100)), int(cursor)
        shown, more = found[start : start + size], len(found) > start + size
        after = str(start + size) if more else None
        results = [page.shown() for page in shown]
        return Given(200, {"object": "list", "results": results, "next_cursor": after, "has_more": more})

    def _page(self, ident: str) -> Page:
        found = self.pages.get(ident.replace("-", ""))
        if found is None or not found.shared:
            raise Problem(404, "object_not_found", f"Could not find page with ID: {ident}.")
        return found

    def _read(self, _asked: Asked, ident: str) -> Given:
        return Given(200, self._page(ident).shown())

    def _change(self, asked: Asked, ident: str) -> Given:
        page, body = self._page(ident), asked.body or {}
        for name, value in (body.get("properties") or {}).items():
            if name in {"title", page.title_name}:
                texts = value["title"] if isinstance(value, dict) else value
                if any(len(text["text"]["content"]) > MAX_TEXT for text in texts):
                    raise Problem(400, "validation_error", "text.content.length should be at most 2000.")
                page.title = "".join(text["text"]["content"] for text in texts)
            elif name not in page.properties:
                raise Problem(400, "validation_error", f"{name} is not a property that exists.")
            else:
                page.properties[name] = value
        page.in_trash = body.get("in_trash", page.in_trash)
        return Given(200, self._edited(page).shown())

    def _write(self, asked: Asked, ident: str) -> Given:
        page, body = self._page(ident), asked.body or {}
        kind = body.get("type")
        content = body.get(kind) if isinstance(kind, str) else None
        if not isinstance(content, dict):
            raise Problem(400, "validation_error", "body.type names no content.")
        if kind == "insert_content":
            page.markdown += content["content"]
        elif kind == "replace_content":
            if page.children and not content.get("allow_deleting_content", False):
                raise Problem(400, "validation_error", "This would delete child pages.")
            page.markdown = content["new_str"]
        elif kind == "update_content":
            page.markdown = _edited_text(page.markdown, content["content_updates"])
        else:
            raise Problem(400, "validation_error", "body.type is unknown.")
        return Given(200, {"object": "page_markdown", "id": self._edited(page).id, "markdown": page.markdown})

    def _edited(self, page: Page) -> Page:
        page.last_edited_time = time.strftime("%Y-%m-%dT%H:%M:00.000Z", time.gmtime())
        return page


def _edited_text(text: str, updates: list[dict[str, Any]]) -> str:
    for update in updates:
        if update["old_str"] not in text:
            raise Problem(400, "validation_error", "old_str was not found in the page.")
        text = text.replace(update["old_str"], update["new_str"], 1)
    return text
