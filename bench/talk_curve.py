"""Curves over the messages and runs of a chat, and over the turns of a conversation with an agent: 10 to 10,000.

One run and one turn happen over HTTP; the others are copies of what these left, stored by the code of the store.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from asterism.base import ids
from asterism.base.clock import shift
from asterism.features.talk import chats
from asterism.features.talk.conversations import store as conversation_store
from asterism.features.talk.runs import store as run_store
from asterism.kernel.streams import store as stream_store
from bench.conversations import opened, until
from bench.first_token import provider
from bench.growth import FLAT, Curves, asked
from bench.report import Report
from bench.seeds import Seeds, seeding
from bench.servers import Running, serving
from bench.trees import settle

TITLE = "curves over messages and runs of a chat, and turns of a conversation"
SIZES = (10, 100, 1_000, 10_000)
AT_ONCE = 500
REQUESTS, RUNS = 40, 10
WORDS, VOCABULARY = 80, 5_000


@dataclass(frozen=True)
class Talk:
    """A chat with a run that has ended, and a conversation with a turn that has."""

    project: str
    chat: str
    run: str
    conversation: str


def run() -> Report:
    """Measure and report."""
    report, curves = Report(), Curves("messages, runs or turns", SIZES)
    with provider() as base:
        for size in SIZES:
            with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
                with server(Path(folder), base) as begun, begun.client() as client:
                    talk = begin(begun, client)
                with seeding(Path(folder)) as seeds:
                    grow_chat(seeds, talk, size)
                    grow_conversation(seeds, talk, size)
                with server(Path(folder), base) as grown:
                    measure(grown, talk, curves)
    curves.table(report, "milliseconds", "seconds", 1000, 1)
    curves.table(report, "processor time of the server, ms", "server", 1000, 1)
    curves.table(report, "peak memory of the server, MiB", "server_mib")
    for work in curves.found:
        curves.headline(report, work, "server", FLAT)
    report.note(
        f"As many messages as runs in the chat, each of {WORDS} of {VOCABULARY:,} words; means of {REQUESTS} reads, "
        f"or {RUNS} runs and turns from the request to their end."
    )
    return report


@contextmanager
def server(data: Path, base: str) -> Iterator[Running]:
    """Run a server whose model is a fake one."""
    settings = {"ASTERISM_LOCAL_BASE_URL": base, "ASTERISM_LOCAL_MODEL": "demo", "ASTERISM_AGENT": "builtin"}
    with serving(data, settings) as running:
        yield running


def begin(server: Running, client: httpx.Client) -> Talk:
    """Have one run and one turn."""

    def made(path: str, body: dict[str, Any], name: str) -> str:
        return str(client.post(path, json=body).raise_for_status().json()[name]["id"])

    project = made("/v1/projects", {"name": "bench"}, "project")
    chat = made(f"/v1/projects/{project}/chats", {"title": "bench"}, "chat")
    answer(client, chat)
    workspace = made(f"/v1/projects/{project}/workspaces", {"name": "main"}, "workspace")
    conversation = made("/v1/conversations", {"workspace_id": workspace, "title": "bench"}, "conversation")
    with opened(server, conversation) as socket:
        turn(client, conversation, socket)
    run = client.get(f"/v1/chats/{chat}/runs").raise_for_status().json()["runs"][0]["id"]
    return Talk(project, chat, str(run), conversation)


def answer(client: httpx.Client, chat: str) -> None:
    """Ask in a chat and read the answer to its end."""
    message = {"role": "user", "content": text(-1)}
    client.post(f"/v1/chats/{chat}/messages", json=message).raise_for_status()
    client.post(f"/v1/chats/{chat}/run", json={}).raise_for_status()


def turn(client: httpx.Client, conversation: str, socket: Any) -> None:
    """Ask an agent and wait until it has answered."""
    client.post(f"/v1/conversations/{conversation}/messages", json={"prompt": "Hello"}).raise_for_status()
    until(socket, "message_complete")


def grow_chat(seeds: Seeds, talk: Talk, size: int) -> None:
    """Add messages, and copies of the run, until there are so many of each."""
    for start in range(0, size, AT_ONCE):
        with seeds.db.write() as tx:
            first = run_store.of_user(tx, seeds.caller.user_id, talk.run)
            if first is None:
                raise RuntimeError("the run is missing")
            for number in range(start, min(start + AT_ONCE, size)):
                role: chats.Role = "assistant" if number % 2 else "user"
                posted = chats.post_message(tx, seeds.caller, talk.chat, role=role, content=text(number))
                at = shift(first.created_at, seconds=number / 1000)
                names = {"id": ids.ulid(), "message_id": ids.ulid()}
                copy = replace(first, **names, position=posted.position, created_at=at)
                run_store.insert(tx, copy)
                stream_store.insert(tx, copy.stream)


def text(number: int) -> str:
    """Return a message that has some words in common with some of the others."""
    chance = random.Random(number)
    return " ".join(f"word{chance.randrange(VOCABULARY)}" for _ in range(WORDS))


def grow_conversation(seeds: Seeds, talk: Talk, size: int) -> None:
    """Add copies of the turn with its prompt, its parts and its frames, until there are so many."""
    with seeds.db.read() as tx:
        prompt, first = conversation_store.newest(tx, talk.conversation, limit=2)
        parts = conversation_store.parts_of(tx, first)
        place = conversation_store.find(tx, talk.conversation)
        if place is None:
            raise RuntimeError("the conversation is missing")
        frames = stream_store.read_after(tx, place.stream, 0, None)
    for start in range(1, size, AT_ONCE):
        with seeds.db.write() as tx:
            for number in range(start, min(start + AT_ONCE, size)):
                for one in (prompt, first):
                    at = shift(one.created_at, seconds=number / 1000)
                    copy = replace(one, id=ids.uuid4(), position=one.position + 2 * number, created_at=at)
                    conversation_store.insert_message(tx, copy)
                conversation_store.put_parts(tx, copy.id, parts)
                last = stream_store.extend(tx, place.stream, len(frames)) or 0
                moved = [replace(one, seq=last - len(frames) + n) for n, one in enumerate(frames, 1)]
                stream_store.write_new(tx, place.stream, moved)
            changed = {"next_position": copy.position + 1, "last_at": copy.created_at}
            conversation_store.update(tx, talk.conversation, changed)


def measure(server: Running, talk: Talk, curves: Curves) -> None:
    """Measure what is asked of a grown chat and conversation."""
    with server.client() as client, opened(server, talk.conversation) as socket:
        answer(client, talk.chat)
        turn(client, talk.conversation, socket)
        settle(server.process.pid)
        chat, conversation = f"/v1/chats/{talk.chat}", f"/v1/conversations/{talk.conversation}"
        leaf = client.get(f"{chat}/messages").raise_for_status().json()["messages"][-1]["id"]
        works: list[tuple[str, int, Callable[[], object]]] = [
            ("open a chat", REQUESTS, get(client, chat, include="meta")),
            ("its newest 50 messages", REQUESTS, get(client, f"{chat}/messages", limit=50, before=leaf)),
            ("its runs, first page", REQUESTS, get(client, f"{chat}/runs")),
            ("the project's chats", REQUESTS, get(client, f"/v1/projects/{talk.project}/chats", include="meta")),
            ("a run in the chat", RUNS, lambda: answer(client, talk.chat)),
            ("open a conversation", REQUESTS, get(client, conversation)),
            ("its newest 50 messages with parts", REQUESTS, get(client, f"{conversation}/messages", limit=50)),
            ("conversations, first page", REQUESTS, get(client, "/v1/conversations")),
            ("its checkpoints, first page", REQUESTS, get(client, f"{conversation}/checkpoints")),
            ("a turn in the conversation", RUNS, lambda: turn(client, talk.conversation, socket)),
        ]
        for work, times, request in works:
            request()
            curves.add(work, asked(server, request, times))


def get(client: httpx.Client, path: str, **asked: int | str) -> Callable[[], object]:
    """Return a request that has to succeed."""
    return lambda: client.get(path, params=asked).raise_for_status()
