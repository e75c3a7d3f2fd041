"""The least that could answer a request on the same HTTP server: a handler of fixed bytes, and one on bare sqlite3."""

import asyncio
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from asterism.vcs.content import hash_bytes
from bench.servers import free_port

Answer = Callable[[bytes], bytes]
COLUMNS = ("id", "name", "slug", "created_at", "updated_at", "head", "visibility", "role")


@contextmanager
def bare(body: bytes, *, rows: int = 0) -> Iterator[str]:
    """Run a handler in a process of its own; yield its address.

    It answers `body`; with `rows` it looks the caller's token up in SQLite and reads so many rows, which it answers as
    JSON of about the length of `body`.
    """
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port, body, rows), daemon=True)
    process.start()
    try:
        _until_answered(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.join()


def _until_answered(url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the bare handler did not start")


def _serve(port: int, body: bytes, rows: int) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        answer = _rows(Path(folder) / "bare.db", rows, len(body)) if rows else lambda _authorization: body
        server = Server(_app(answer), port=port, interface=Interfaces.ASGI, log_enabled=False)
        asyncio.run(server.serve())


def _app(answer: Answer) -> Callable[[Any, Any, Any], Awaitable[None]]:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            body = answer(dict(scope["headers"]).get(b"authorization", b""))
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return app


def _rows(path: Path, rows: int, length: int) -> Answer:
    """Return what reads `rows` rows of the caller, each `length / rows` bytes long as JSON."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE tokens (hash TEXT PRIMARY KEY, user_id TEXT, expires_at REAL)")
    db.execute(f"CREATE TABLE projects ({', '.join(COLUMNS)}, owner_id TEXT)")
    db.execute("CREATE INDEX by_owner ON projects (owner_id, created_at)")
    filler = "x" * max(1, length // rows // len(COLUMNS) - 12)
    for number in range(rows):
        db.execute(f"INSERT INTO projects VALUES ({'?, ' * len(COLUMNS)}'u')", [f"{number}{filler}"] * len(COLUMNS))
    encode = msgspec.json.Encoder().encode
    known: set[str] = set()

    def answer(authorization: bytes) -> bytes:
        token = hash_bytes(authorization)
        if token not in known:  # the first request signs its caller in
            known.add(token)
            db.execute("INSERT OR REPLACE INTO tokens VALUES (?, 'u', ?)", (token, time.time() + 36_000))
        db.execute("BEGIN")
        user, expires = db.execute("SELECT user_id, expires_at FROM tokens WHERE hash = ?", (token,)).fetchone()
        if expires < time.time():
            raise RuntimeError("expired")
        select = f"SELECT {', '.join(COLUMNS)} FROM projects WHERE owner_id = ? ORDER BY created_at DESC LIMIT 21"
        found = [dict(zip(COLUMNS, row, strict=True)) for row in db.execute(select, (user,))]
        db.execute("COMMIT")
        return encode({"projects": found, "next_cursor": None})

    return answer
