"""The server: connections, scripts, records."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from asterism.kernel.llm.conversation import ToolCall
from asterism.kernel.llm.embeddings import word_vector
from asterism.kernel.llm.fake_server import wire_requests
from asterism.kernel.llm.fake_server.script import Call, Script
from asterism.kernel.llm.fake_server.writing import FORMATS, GARBAGE
from asterism.kernel.llm.scenario import Scenario
from asterism.kernel.loopback import LoopbackServer, http, in_thread

MISLEADING = "This text says API key, rate limit, quota, timeout and context length, whatever happened."
HOLD_SECONDS = 0.01
_CALL = re.compile(r"call (?P<name>\w+) (?P<arguments>\{.*\})", re.DOTALL)
_STREAM_HEAD = http.head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})


class FakeModelServer(LoopbackServer):
    """Serves on a loopback port until closed. `calls` lists what it was asked; `play` queues answers.

    `embedded` lists the models and texts of which vectors were asked, answered with `embedding_status`.

    `answer` makes the script of a call for which none is queued; by default it echoes. With `key`, calls without that
    key get 401.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        key: str | None = None,
        answer: Callable[[Call], Script] | None = None,
    ) -> None:
        super().__init__(host=host, port=port)
        self._key = key
        self._answer = answer or echo
        self._queue: deque[Script] = deque()
        self.calls: list[Call] = []
        self.embedded: list[tuple[str, list[str]]] = []
        self.embedding_status = 200

    @property
    def url(self) -> str:
        """The base URL for the OpenAI and Anthropic wires, version path included."""
        return f"{self.origin}/v1"

    @property
    def google_url(self) -> str:
        """The base URL for the Google wire."""
        return f"{self.origin}/v1beta"

    def play(self, *scripts: Script | str) -> None:
        """Queue answers; a text is a whole answer in one piece."""
        self._queue.extend(Script(chunks=(s,)) if isinstance(s, str) else s for s in scripts)

    def act(self, scenario: Scenario[Script | None]) -> None:
        """Answer by prompt from now on; None in place of a script leaves the answer to what was there before."""
        before = self._answer
        self._answer = lambda call: scenario.pick(call.prompt, call.rounds) or before(call)

    async def serve(
        self, request: http.HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer a question, or do what the test says."""
        if request.path.startswith("/__fake__/"):
            writer.write(self._control(request))
            return
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            body = None
        if request.path.endswith("/embeddings") and isinstance(body, dict):
            writer.write(self._embed(request, body))
            return
        call = wire_requests.read_call(request.path, request.headers, body) if isinstance(body, dict) else None
        if call is None:
            writer.write(http.response(404, b'{"error":{"message":"no such route"}}'))
            return
        call.began = asyncio.get_running_loop().time()
        self.calls.append(call)
        script = self._queue.popleft() if self._queue else self._answer(call)
        if self._key is not None and call.key != self._key:
            script = Script(status=401)
        await self._watched(call, script, reader, writer)

    def _embed(self, request: http.HttpRequest, body: Mapping[str, Any]) -> bytes:
        """Answer with vectors by which texts with the same words are near each other."""
        if self._key is not None and request.headers.get("authorization") != f"Bearer {self._key}":
            return http.response(401, b'{"error":{"message":"wrong key"}}')
        texts = [text for text in body.get("input", ()) if isinstance(text, str)]
        self.embedded.append((str(body.get("model")), texts))
        if self.embedding_status != 200:
            return http.response(self.embedding_status, b'{"error":{"message":"no"}}')
        data = [{"object": "embedding", "index": n, "embedding": word_vector(text)} for n, text in enumerate(texts)]
        return http.response(200, _json({"object": "list", "model": body.get("model"), "data": data}))

    async def _watched(
        self, call: Call, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer, and note when the client closes the connection before the end."""
        answering = asyncio.ensure_future(_answer(call, script, writer))
        watching = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                call.closed_early = True
                call.closed_after = asyncio.get_running_loop().time() - call.began
                writer.transport.abort()
            else:
                await answering
        finally:
            for task in (answering, watching):
                task.cancel()
                with suppress(asyncio.CancelledError, ConnectionError):
                    await task

    def _control(self, request: http.HttpRequest) -> bytes:
        if request.path == "/__fake__/script" and request.method == "POST":
            for entry in json.loads(request.body):
                self.play(Script.of(entry))
            return http.response(200, b"{}")
        if request.path == "/__fake__/scenario" and request.method == "POST":
            prompts = json.loads(request.body)
            self.act(Scenario({part: [Script.of(step) for step in steps] for part, steps in prompts.items()}, None))
            return http.response(200, b"{}")
        if request.path == "/__fake__/calls":
            return http.response(200, json.dumps([asdict(call) for call in self.calls]).encode())
        return http.response(404, b"{}")


async def _answer(call: Call, script: Script, writer: asyncio.StreamWriter) -> None:
    if script.status != 200:
        extra = {} if script.retry_after is None else {"retry-after": f"{script.retry_after:g}"}
        if script.location:
            extra["location"] = script.location
        body = FORMATS[call.wire].error(script.status, MISLEADING)
        writer.write(http.response(script.status, body if script.error is None else _json(script.error), extra))
    elif script.raw is not None:
        await _raw(script.raw, script, writer)
    elif call.stream:
        await _stream(call, script, writer)
    else:
        await asyncio.sleep(script.first_delay + script.delay * max(0, len(script.chunks) - 1))
        await _released(script)
        call.sent = len(script.chunks)
        writer.write(http.response(200, FORMATS[call.wire].whole(call, script)))
    await writer.drain()
    call.finished = True


async def _released(script: Script) -> None:
    """Wait for the event of another thread, without a thread that could not be cancelled."""
    while script.hold is not None and not script.hold.is_set():  # noqa: ASYNC110 - it is set by another thread
        await asyncio.sleep(HOLD_SECONDS)


async def _raw(body: bytes, script: Script, writer: asyncio.StreamWriter) -> None:
    writer.write(_STREAM_HEAD)
    step = script.split or max(1, len(body))
    for place in range(0, len(body), step):
        writer.write(http.chunk(body[place : place + step]))
        await writer.drain()
        await asyncio.sleep(0)
    if script.cut:
        writer.close()  # what was written arrives, the end of the body does not
        await writer.wait_closed()
    else:
        writer.write(http.chunk(b""))


async def _stream(call: Call, script: Script, writer: asyncio.StreamWriter) -> None:
    form = FORMATS[call.wire]
    writer.write(_STREAM_HEAD)
    await writer.drain()
    if script.hang:
        await asyncio.Event().wait()
    if opening := form.head(call):
        writer.write(http.chunk(opening))
    for number, piece in enumerate((*form.pieces(call, script), None)):
        if script.cut_after == number:
            writer.transport.abort()
            return
        if script.end_after == number:
            writer.write(http.chunk(b""))
            return
        if script.garbage_after == number:
            writer.write(http.chunk(GARBAGE))
        if piece is None:
            break
        pause = script.delay if number else script.first_delay
        if pause:
            await asyncio.sleep(pause)
        writer.write(http.chunk(piece))
        call.sent += 1
        await writer.drain()
    await _released(script)
    writer.write(http.chunk(form.end(call, script)) + http.chunk(b""))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def echo(call: Call) -> Script:
    """Answer with the last user message, word by word, or with the emptiest object of a wanted schema.

    A message `call NAME {…}` calls that tool, where it is offered, with these arguments, and tells what came of it.
    """
    schema = wire_requests.wanted_schema(call)
    if schema is not None:
        return Script(chunks=(json.dumps(wire_requests.sample(schema)),))
    asked = _CALL.fullmatch(call.prompt.strip())
    if asked and asked["name"] in call.tools and not call.rounds:
        return Script(calls=(ToolCall(f"call_{len(call.results)}", asked["name"], asked["arguments"]),))
    told = f"You wrote: {call.prompt}"
    if asked and call.rounds and call.results:
        told = f"{asked['name']} said: {call.results[-1].text}"
    words = f"This is the fake model {call.model}. {told}".split(" ")
    pieces = tuple(word if n == 0 else f" {word}" for n, word in enumerate(words))
    return Script(chunks=pieces, usage=(sum(len(t) for _, t in call.texts) // 4, len(words)))


@contextmanager
def running_in_thread(**options: Any) -> Iterator[FakeModelServer]:
    """Serve from a thread with an event loop of its own, for callers that block."""
    with in_thread(FakeModelServer(**options)) as server:
        yield server
