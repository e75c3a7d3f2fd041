"""What an editor asks by the protocol: sessions are conversations of the workspace that a folder is bound to."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import acp
from acp import schema

from asterism import __version__
from asterism.base.errors import Conflict, DomainError, Invalid, Kind, NotFound, Unavailable
from asterism.client.acp.carrying import Carrier
from asterism.client.acp.content import prompt_of
from asterism.client.acp.turn import Turn
from asterism.client.acp.updates import replayed
from asterism.client.http import Http
from asterism.client.talk import Talk

PAGE = 50
SIGN_IN = schema.AuthMethodAgent(
    id="asterism-login",
    name="Sign in with asterism login",
    description="Run `asterism login` in a terminal, then go on here.",
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A working copy: its top, and the workspace that it is bound to on a server.

    `carrier` keeps the two alike; without one they are left apart.
    """

    top: str
    http: Http
    workspace_id: str
    carrier: Carrier | None = None


OpenFolder = Callable[[str], Folder]
"""Finds the working copy around a folder. Raises NotBound, NotFound, Unauthenticated."""


@dataclass(slots=True)
class _Session:
    folder: Folder
    talk: Talk
    turn: Turn | None = None


class EditorLeft(Unavailable):
    """Nobody is there to be told how a turn goes on."""

    code = "EDITOR_LEFT"


class EditorAgent:
    """The agent that an editor sees. Whatever it is asked is asked of the server with the user's own token."""

    def __init__(self, open_folder: OpenFolder) -> None:
        self._open_folder = open_folder
        self._sessions: dict[str, _Session] = {}
        self._editor: Any = None
        self._left = threading.Event()

    def leave(self) -> None:
        """Wait for no answer any more: the editor has gone."""
        self._left.set()

    def _pause(self, seconds: float) -> None:
        if self._left.wait(seconds):
            raise EditorLeft("The editor has gone.")

    def on_connect(self, conn: Any) -> None:
        """Remember who is to be told and asked."""
        self._editor = conn

    async def initialize(self, protocol_version: int, **_: Any) -> schema.InitializeResponse:
        """Say what is spoken here: the newest version that both know."""
        return schema.InitializeResponse(
            protocol_version=min(protocol_version, acp.PROTOCOL_VERSION),
            agent_info=schema.Implementation(name="asterism", title="Asterism", version=__version__),
            agent_capabilities=schema.AgentCapabilities(
                load_session=True,
                prompt_capabilities=schema.PromptCapabilities(embedded_context=True),
                session_capabilities=schema.SessionCapabilities(list=schema.SessionListCapabilities()),
            ),
            auth_methods=[SIGN_IN],
        )

    async def authenticate(self, method_id: str, **_: Any) -> None:
        """Take the user's word that they have signed in; the next session shows."""
        if method_id != SIGN_IN.id:
            raise acp.RequestError(-32602, f"There is no way to sign in named {method_id!r}.")

    async def new_session(self, cwd: str, **_: Any) -> schema.NewSessionResponse:
        """Begin a conversation in the workspace of a folder."""
        with _told():
            folder = await self._folder(cwd)
            talk = await asyncio.to_thread(Talk.begin, folder.http, folder.workspace_id, sleep=self._pause)
        self._sessions[talk.id] = _Session(folder, talk)
        return schema.NewSessionResponse(session_id=talk.id)

    async def load_session(self, cwd: str, session_id: str, **_: Any) -> schema.LoadSessionResponse:
        """Go on with a conversation: all of it is told first."""
        with _told():
            folder = await self._folder(cwd)
            talk = await asyncio.to_thread(Talk, folder.http, session_id, sleep=self._pause)
            history = await asyncio.to_thread(lambda: list(talk.history()))
        self._sessions[session_id] = _Session(folder, talk)
        for update in replayed(history, folder.top):
            await self._editor.session_update(session_id=session_id, update=update)
        return schema.LoadSessionResponse()

    async def list_sessions(
        self, cwd: str | None = None, cursor: str | None = None, **_: Any
    ) -> schema.ListSessionsResponse:
        """List the conversations of a folder's workspace, the one that changed last first."""
        with _told():
            folder = await self._folder(cwd or os.getcwd())
            if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
                raise Invalid("This cursor is none that was told.")
            offset = int(cursor or 0)
            query: dict[str, str | int] = {"workspace_id": folder.workspace_id, "limit": PAGE, "offset": offset}
            answer = await asyncio.to_thread(
                lambda: folder.http.json("GET", "/v1/conversations", dict[str, list[dict[str, Any]]], query=query)
            )
        listed = answer["conversations"]
        sessions = [
            schema.SessionInfo(session_id=one["id"], cwd=folder.top, title=one["title"], updated_at=one["updated_at"])
            for one in listed
        ]
        more = str(offset + PAGE) if len(listed) == PAGE else None
        return schema.ListSessionsResponse(sessions=sessions, next_cursor=more)

    async def prompt(self, session_id: str, prompt: list[Any], **_: Any) -> schema.PromptResponse:
        """Hand the agent a prompt and tell its answer."""
        with _told():
            session = self._session(session_id)
            if session.turn is not None:
                raise Conflict("This session answers a prompt already.", hint="Wait for its end, or cancel it.")
            text = prompt_of(prompt, session.folder.top)
            turn = session.turn = Turn(
                self._editor, session_id, session.talk, session.folder.top, session.folder.carrier
            )
            try:
                return await turn.run(text)
            finally:
                session.turn = None

    async def cancel(self, session_id: str, **_: Any) -> None:
        """End the turn that runs, also one that was begun elsewhere."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        with _told():
            if session.turn is not None:
                await session.turn.cancel()
            else:
                await asyncio.to_thread(session.talk.cancel, None)

    async def _folder(self, cwd: str) -> Folder:
        return await asyncio.to_thread(self._open_folder, cwd)

    def _session(self, session_id: str) -> _Session:
        found = self._sessions.get(session_id)
        if found is None:
            raise NotFound("There is no such session here.", hint="Load it, or begin a new one.")
        return found


@contextmanager
def _told() -> Iterator[None]:
    """Raise errors of ours as those of the protocol, with what to do about them."""
    try:
        yield
    except DomainError as error:
        codes = {Kind.UNAUTHENTICATED: -32000, Kind.NOT_FOUND: -32002, Kind.INVALID: -32602, Kind.UNSUPPORTED: -32602}
        hint = error.hint
        if error.kind is Kind.UNAUTHENTICATED and "asterism login" not in (hint or ""):  # a server speaks of headers
            hint = SIGN_IN.description
        message = f"{error.message} {hint}" if hint else error.message
        told = {"code": error.code, "hint": hint}
        raise acp.RequestError(codes.get(error.kind, -32603), message, told) from error


async def serve(open_folder: OpenFolder) -> None:
    """Answer an editor on standard input and output, until the input ends. Turns that run go on without it."""
    agent = EditorAgent(open_folder)
    try:
        await acp.run_agent(cast("acp.Agent", agent))  # the protocol's other methods are optional, and answered so
    finally:
        agent.leave()
