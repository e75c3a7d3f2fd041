"""One, two and three servers on PostgreSQL and a bucket against one on SQLite and a folder."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import httpx

from bench.first_token import chat, provider, through
from bench.fleets import fleet
from bench.load import load
from bench.report import Report, median
from bench.servers import serving
from tests.support.trees import push

TITLE = "one, two and three servers on PostgreSQL and S3 against one on SQLite and a folder"
PUSHERS, PUSH_SECONDS = 6, 5.0
FILES, FILE_BYTES = 50, 2_000
FIRST_TOKENS = 15
_numbers = count()

Where = tuple[Sequence[str], str]


def run() -> Report:
    """Measure and report."""
    report = Report()
    with provider() as base:
        settings = {"ASTERISM_LOCAL_BASE_URL": base, "ASTERISM_LOCAL_MODEL": "demo"}
        rows = [_row("SQLite and a folder, 1", _embedded(settings))]
        rows += [_row(f"PostgreSQL and S3, {number}", _shared(number, settings)) for number in (1, 2, 3)]
    report.table(["servers", "GET of 20 projects, requests/s", "pushes of 50 files/s", "first token, ms"], rows)
    report.note(
        f"Servers, PostgreSQL, the S3 server (a thread of the measuring process) and the load share {os.cpu_count()} "
        f"cores, so more servers cannot be faster here than the cores allow: what the table shows is what a server "
        f"costs, and that N of them cost no more than one. Load meanwhile: {os.getloadavg()[0]:.1f}."
    )
    return report


def _row(name: str, place: AbstractContextManager[Where]) -> list[str]:
    with place as (urls, token):
        clients = [_client(url, token) for url in urls]
        for number in range(20):
            clients[0].post("/v1/projects", json={"name": f"project {number}"}).raise_for_status()
        requests = _requests(urls, token)
        pushes = _pushes(urls, token)
        chats = [chat(client) for client in clients]
        for client, (made, question) in zip(clients, chats, strict=True):
            through(client, made, question)
        tokens = [through(clients[n % len(clients)], *chats[n % len(clients)]) for n in range(FIRST_TOKENS)]
    return [name, f"{requests:.0f}", f"{pushes:.1f}", f"{median(tokens) * 1000:.0f}"]


def _client(url: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120, trust_env=False)


def _requests(urls: Sequence[str], token: str) -> float:
    """Return what all servers together answer in a second, asked over 24 connections."""
    with ThreadPoolExecutor(len(urls)) as pool:
        each = 24 // len(urls)
        return sum(
            found.per_second
            for found in pool.map(lambda url: load(url, "/v1/projects", token=token, connections=each, seconds=3), urls)
        )


def _pushes(urls: Sequence[str], token: str) -> float:
    """Return how many trees of new content are pushed in a second, by several at once."""
    done, lock = 0, threading.Lock()
    end = time.monotonic() + PUSH_SECONDS

    def work(number: int) -> None:
        nonlocal done
        with _client(urls[number % len(urls)], token) as client:
            project = client.post("/v1/projects", json={"name": f"pushes {number}"}).json()["project"]["id"]
            while time.monotonic() < end:
                mark = next(_numbers)
                tree = {f"file{n}": os.urandom(FILE_BYTES) for n in range(FILES)} | {"mark": b"%d" % mark}
                push(client, project, None, tree)
                with lock:
                    done += 1

    with ThreadPoolExecutor(PUSHERS) as pool:
        list(pool.map(work, range(PUSHERS)))
    return done / PUSH_SECONDS


@contextmanager
def _embedded(settings: dict[str, str]) -> Iterator[Where]:
    with serving(settings=settings) as server:
        yield [server.url], server.token


@contextmanager
def _shared(number: int, settings: dict[str, str]) -> Iterator[Where]:
    with fleet(number, settings) as (members, token):
        yield [member.url for member in members], token
