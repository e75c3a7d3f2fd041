"""What OpenCode is spared: servers that wait for a turn, and the desk where it looks things up (ADR 0172)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.kernel.agents import AgentJob, AgentUnavailable, Ground, Lookup, OpenCodeAgents
from asterism.kernel.agents.opencode.desk import Desk
from asterism.kernel.agents.opencode.spares import Spares
from asterism.kernel.llm import Scenario, Target, Tool
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.sandbox import bubblewrap_problem, serving, serving_locally
from tests.support.agents import OPENCODE, SILENT, call, needs_opencode, turn_of

TARGET = Target("local", "demo", "http://127.0.0.1:1/v1", "sk-key")
URL = "http://127.0.0.1:9"


def lookup(answer: str, name: str = "map_search") -> Lookup:
    async def answered(given: Mapping[str, Any]) -> str:
        if given.get("query") == "break":
            raise RuntimeError
        return f"{answer} {given['query']}"

    return Lookup(Tool(name, "Search.", {"type": "object", "properties": {"query": {"type": "string"}}}), answered)


def bound(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(seconds):
            await work()

    asyncio.run(main())


class Started:
    """Stands for a server that was started; `ended` is done when it has died."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def session(self) -> str:
        return "ses_1"

    async def warm(self) -> None:
        """It loads nothing."""


class Yard:
    """Spares of servers that are not real: what was started, and what is still up."""

    def __init__(self, folder: Path, *, most: int = 2, seconds: float = 600, fails: bool = False) -> None:
        self.folder, self.fails = folder, fails
        self.up: list[Started] = []
        self.fall = asyncio.Event()
        self.spares = Spares(folder / "waiting", self._start, most=most, seconds=seconds)  # type: ignore[arg-type]

    @asynccontextmanager
    async def _start(self, job: AgentJob, placed: Callable[[], None]) -> AsyncIterator[Started]:
        placed()
        if self.fails:
            await self.fall.wait()
            raise AgentUnavailable("No.")
        server = Started()
        self.up.append(server)
        try:
            yield server
        finally:
            self.up.remove(server)

    def job(self, tree: Path, **values: Any) -> AgentJob:
        made = AgentJob(tree, "Do it", TARGET, environment={"ASTERISM_URL": URL, "ASTERISM_TOKEN": "t"})
        return replace(made, **values)

    async def claim(self) -> Path:
        """Prepare a spare, and make a working copy of its folder."""
        await self.spares.prepare(self.job(self.folder))
        found = await self.found()
        assert list(found.iterdir()) == []
        return found.rename(self.folder / "tree")

    async def found(self) -> Path:
        """Claim a spare as soon as its sandbox has its folder."""
        while (found := self.spares.claim(TARGET, URL)) is None:
            await asyncio.sleep(0)
        return found


def test_a_spare_is_taken_once_by_the_job_on_its_folder(tmp_path: Path) -> None:
    async def body() -> None:
        yard = Yard(tmp_path)
        assert yard.spares.claim(TARGET, URL) is None
        job = yard.job(await yard.claim())
        assert yard.spares.claim(TARGET, URL) is None
        spare = yard.spares.claimed(job)
        assert spare is not None
        assert yard.spares.claimed(job) is None
        assert spare.job.environment == {"ASTERISM_URL": URL}  # nothing of the turn that it was like
        assert await spare.take() is yard.up[0]
        await spare.end()
        assert yard.up == []
        assert job.tree.is_dir()

    bound(60, body)


@pytest.mark.parametrize(
    "other",
    [
        {"target": replace(TARGET, api_key="sk-other")},
        {"target": replace(TARGET, model="other")},
        {"environment": {"ASTERISM_URL": "http://127.0.0.1:8"}},
        {"lookups": (lookup("x"),)},
        {"tree": Path("/")},
    ],
    ids=["key", "model", "address", "lookups", "folder"],
)
def test_another_job_gets_none(tmp_path: Path, other: dict[str, Any]) -> None:
    async def body() -> None:
        yard = Yard(tmp_path)
        job = replace(yard.job(await yard.claim()), **other)
        assert yard.spares.claimed(job) is None
        await yard.spares.stop()
        assert yard.up == []

    bound(60, body)


def test_a_tree_with_plugins_of_its_own_gets_none(tmp_path: Path) -> None:
    async def body() -> None:
        yard = Yard(tmp_path)
        tree = await yard.claim()
        (tree / ".opencode").symlink_to("nowhere")
        assert yard.spares.claimed(yard.job(tree)) is None
        await yard.spares.stop()

    bound(60, body)


def test_spares_are_few_and_end_by_themselves(tmp_path: Path) -> None:
    async def body() -> None:
        yard = Yard(tmp_path, most=1)
        await yard.spares.prepare(yard.job(tmp_path))
        await yard.spares.prepare(yard.job(tmp_path))  # there is one
        other = replace(TARGET, model="other")
        await yard.spares.prepare(yard.job(tmp_path, target=other))
        assert yard.spares.claim(TARGET, URL) is None  # gave way
        assert len(list((tmp_path / "waiting").iterdir())) == 1
        await yard.spares.stop()
        assert (yard.up, list((tmp_path / "waiting").iterdir())) == ([], [])

        short = Yard(tmp_path, seconds=0.01)
        await short.spares.prepare(short.job(tmp_path))
        while list((tmp_path / "waiting").iterdir()):
            await asyncio.sleep(0.01)
        assert (short.up, short.spares.claim(TARGET, URL)) == ([], None)

    bound(60, body)


def test_one_that_is_still_starting_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def body() -> None:
        yard = Yard(tmp_path, fails=True)  # which it does when it is told to, so never
        await yard.spares.prepare(yard.job(tmp_path))
        await yard.found()
        await yard.spares.stop()
        assert list((tmp_path / "waiting").iterdir()) == []

    bound(60, body)


@pytest.mark.parametrize("fails", [True, False], ids=["does not start", "has died"])
def test_one_that_is_gone_is_no_harm(tmp_path: Path, fails: bool) -> None:
    async def body() -> None:
        yard = Yard(tmp_path, fails=fails)
        await yard.spares.prepare(yard.job(tmp_path))
        assert yard.spares.claim(TARGET, URL) is None  # its sandbox would look for its folder in vain
        tree = await yard.found()
        spare = yard.spares.claimed(yard.job(tree))
        assert spare is not None
        if fails:
            yard.fall.set()
        else:
            yard.up[0].ended.set_result(None)
        assert await spare.take() is None
        await spare.end()
        await yard.spares.stop()

    bound(60, body)


@pytest.mark.parametrize("local", [False, True], ids=["socket", "port"])
def test_a_desk_answers_lookups_to_who_has_its_secret(tmp_path: Path, local: bool) -> None:
    async def body() -> None:
        desk = Desk([lookup("one")])
        headers = desk.configuration("http://x/")["asterism"]["headers"]
        async with AsyncExitStack() as stack:
            if local:
                base, transport = (
                    f"http://127.0.0.1:{await stack.enter_async_context(serving_locally(desk.carry))}/",
                    None,
                )
            else:
                await stack.enter_async_context(serving(tmp_path / "desk.sock", desk.carry))
                base, transport = "http://desk/", httpx.AsyncHTTPTransport(uds=str(tmp_path / "desk.sock"))
            client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=base, transport=transport, headers=headers, trust_env=False)
            )

            async def ask(method: str, **params: Any) -> Any:
                message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
                answer = (await client.post("/", json=message)).json()
                assert (answer.pop("jsonrpc"), answer.pop("id")) == ("2.0", 7)
                return answer

            async def look(query: Any) -> tuple[str, bool]:
                result = (await ask("tools/call", name="map_search", arguments={"query": query}))["result"]
                return result["content"][0]["text"], result["isError"]

            assert (await ask("initialize"))["result"]["capabilities"] == {"tools": {}}
            assert [one["name"] for one in (await ask("tools/list"))["result"]["tools"]] == ["map_search"]
            assert await look("here") == ("one here", False)
            desk.offer([lookup("two")])
            assert await look("here") == ("two here", False)
            assert await look("break") == ("The lookup failed.", True)
            assert (await ask("tools/call", name="other"))["result"]["isError"]
            assert (await ask("tools/call", name="map_search", arguments=["x"]))["result"]["isError"]
            assert (await ask("resources/list"))["error"]["code"] == -32601
            told = await client.post("/", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
            assert told.status_code == 202
            for content, status in ((b"{", 400), (b"[" * 100_000, 400), (b"[]", 400), (b"x" * (1 << 21), 413)):
                assert (await client.post("/", content=content)).status_code == status
            assert (await client.get("/")).status_code == 405
            assert (await client.post("/", json={}, headers={"Authorization": "Bearer no"})).status_code == 401

    bound(60, body)


@needs_opencode
@pytest.mark.xdist_group("opencode")
@pytest.mark.skipif(bubblewrap_problem() is not None, reason="only a sandbox lets a server wait for its working copy")
def test_a_waiting_opencode_knows_the_turn_that_takes_it(tmp_path: Path) -> None:
    """The real one: tree, token and lookups are those of the turn, which it was started before."""
    steps = {
        "First": [Script(("Hello.",))],
        "Second": [
            Script(calls=(call("asterism_map_search", query="it"),)),
            Script(calls=(call("bash", "c2", command="grep -c TOKEN= /proc/$PPID/environ; echo $ASTERISM_TOKEN; ls"),)),
            Script(("Found.",)),
        ],
    }

    async def body() -> None:
        async with FakeModelServer(
            answer=lambda asked: Scenario(steps, SILENT).pick(asked.prompt, asked.rounds)
        ) as fake:
            target = Target("local", "demo", fake.url, "sk-key")
            agents = OpenCodeAgents(OPENCODE, Ground(), folder=tmp_path / "waiting", spares=1)

            async def turn(prompt: str, tree: Path) -> Any:
                (tree / f"{prompt}.txt").write_text("x")
                environment = {"ASTERISM_URL": URL, "ASTERISM_TOKEN": f"token of {prompt}"}
                job = AgentJob(tree, prompt, target, environment=environment, lookups=(lookup(prompt),))
                return await turn_of(agents, job)

            (first := tmp_path / "first").mkdir()
            assert (await turn("First", first)).text == "Hello."
            while (waiting := agents.claim_folder(target, URL)) is None:
                await asyncio.sleep(0.05)
            told = await turn("Second", waiting.rename(tmp_path / "second"))
            assert (told.end.reason, told.text) == ("done", "Found.")
            looked, shell = told.calls
            assert (looked.tool, looked.state.output) == ("map_search", "Second it")
            # OpenCode itself was started before there was a token
            assert (shell.state.output or "").split() == ["0", "token", "of", "Second", "Second.txt"]
            await agents.stop()

    bound(240, body)
