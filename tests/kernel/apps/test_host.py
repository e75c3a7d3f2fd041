"""Apps that this machine runs: replaced without a lost request, started again, and gone when they are told to go."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from asterism.kernel.apps import App, AppFailed, AppHost
from asterism.kernel.sandbox import Isolation, bubblewrap_problem
from tests.support.process import started

APP = """
import http.server, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/slow": time.sleep(3)
        if self.path == "/die": os._exit(7)
        text = (os.environ["VERSION"] + " " + str(os.getppid())).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def log_message(self, *a): print("asked", self.path, flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
ISOLATIONS: list[Isolation] = ["plain", "bubblewrap"]


def app(folder: Path, version: str = "one", command: str = "exec python3 app.py") -> App:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(APP)
    return App(folder, command, {"VERSION": version})


@pytest.fixture(params=ISOLATIONS)
def isolation(request: pytest.FixtureRequest) -> Isolation:
    if request.param == "bubblewrap" and bubblewrap_problem():
        pytest.skip(f"bubblewrap cannot run here: {bubblewrap_problem()}")
    return request.param  # type: ignore[no-any-return]


@asynccontextmanager
async def hosted(isolation: Isolation, seconds: float = 60) -> AsyncIterator[AppHost]:
    host = AppHost(isolation=isolation, start_seconds=seconds)
    try:
        yield host
    finally:
        await host.close()


def quiet(_: bytes) -> None:
    pass


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not fact():
            await asyncio.sleep(0.02)  # polling for a fact


def client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)


def test_an_app_answers_at_one_address_through_its_versions(isolation: Isolation, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with hosted(isolation) as host:
            port = await host.put("a", app(tmp_path / "one"), quiet)
            async with client(port) as kept:
                assert (await kept.get("/")).text.startswith("one")
                slow = asyncio.create_task(kept.get("/slow"))
                fast = (await kept.get("/")).text
                assert await host.put("a", app(tmp_path / "two", "two"), quiet) == port
                assert (await kept.get("/")).text.startswith("two")  # over a connection that was kept
                assert fast.startswith("one")
                assert (await slow).text.startswith("one")  # begun on the older one, ended by it

    asyncio.run(scenario())


def test_no_request_is_lost_while_versions_change(isolation: Isolation, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with hosted(isolation) as host:
            port = await host.put("a", app(tmp_path / "0", "0"), quiet)
            stop, seen = asyncio.Event(), []

            async def ask() -> None:
                async with client(port) as kept:
                    while not stop.is_set():
                        answer = await kept.get("/")
                        assert answer.status_code == 200
                        seen.append(answer.text.split()[0])

            asking = [asyncio.create_task(ask()) for _ in range(4)]
            for number in range(1, 4):
                await host.put("a", app(tmp_path / str(number), str(number)), quiet)
                await until(lambda number=number: str(number) in seen[-4:])
            stop.set()
            await asyncio.gather(*asking)

    asyncio.run(scenario())


def test_a_version_that_does_not_come_up_changes_nothing(isolation: Isolation, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with hosted(isolation) as host:
            port = await host.put("a", app(tmp_path / "one"), quiet)
            said: list[bytes] = []
            broken = App(tmp_path / "one", "echo no luck; exit 3")
            with pytest.raises(AppFailed, match="status 3"):
                await host.put("a", broken, said.append)
            assert b"".join(said) == b"no luck\n"
            async with client(port) as kept:
                assert (await kept.get("/")).text.startswith("one")

    asyncio.run(scenario())


def test_an_app_that_never_listens_or_forks_away_fails(isolation: Isolation, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with hosted(isolation, seconds=0.5) as host:
            with pytest.raises(AppFailed, match="did not listen"):
                await host.put("a", App(tmp_path, "exec sleep 600"), quiet)
        async with hosted(isolation) as host:
            with pytest.raises(AppFailed, match="status 0"):
                await host.put("a", app(tmp_path / "f", command="setsid sleep 600 & exit 0"), quiet)
            assert not host.runs("a")

    asyncio.run(scenario())


def test_an_app_that_ends_is_started_again_until_it_ends_too_often(isolation: Isolation, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with hosted(isolation) as host:
            said = bytearray()
            port = await host.put("a", app(tmp_path / "one"), said.extend)
            async with client(port) as asking:
                for times in range(1, 7):
                    await until(lambda: host.runs("a"))
                    with pytest.raises(httpx.HTTPError):
                        await asking.get("/die")
                    await until(lambda times=times: said.count(b"ended with status 7") == times)
                await until(lambda: b"too often" in said)
                assert said.count(b"Starting it again.") == 5
                assert (await asking.get("/")).status_code == 503

    asyncio.run(scenario())


def test_a_version_that_was_replaced_is_gone_when_the_host_has_closed(isolation: Isolation, tmp_path: Path) -> None:
    mark = f"old-{os.getpid()}-{tmp_path.name}"

    async def scenario() -> None:
        async with hosted(isolation) as host:
            ending_late = f"trap 'sleep 1; exit' TERM; python3 app.py & : {mark}; wait"
            await host.put("a", app(tmp_path / "one", command=ending_late), quiet)
            await host.put("a", app(tmp_path / "two"), quiet)
        assert not processes_with(mark)
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()

    asyncio.run(scenario())


def test_nothing_of_an_app_is_left(isolation: Isolation, tmp_path: Path) -> None:
    mark = f"left-{os.getpid()}-{tmp_path.name}"

    async def scenario() -> None:
        async with hosted(isolation) as host:
            forking = f"setsid sh -c 'sleep 600; : {mark}' & exec python3 app.py"
            await host.put("a", app(tmp_path / "one", command=forking), quiet)
            await until(lambda: bool(processes_with(mark)))
            await host.stop("a")
            await until(lambda: not processes_with(mark))

    try:
        asyncio.run(scenario())
    finally:
        for process in processes_with(mark):
            os.kill(int(process), signal.SIGKILL)


KILLED = """
import asyncio, pathlib, sys
from asterism.kernel.apps import App, AppHost
async def main():
    command = f"setsid sh -c 'sleep 600; : {sys.argv[3]}' & exec python3 app.py"
    host = AppHost(isolation=sys.argv[1])
    await host.put("a", App(pathlib.Path(sys.argv[2]), command, {"VERSION": "one"}), lambda _: None)
    print("up", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def test_a_server_that_is_killed_leaves_nothing_of_its_apps(isolation: Isolation, tmp_path: Path) -> None:
    mark, folder = f"left-{os.getpid()}-{tmp_path.name}", tmp_path / "one"
    app(folder)
    words = [sys.executable, "-c", KILLED, isolation, str(folder), mark]
    with started(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "up\n"
        assert processes_with(mark)
        process.kill()
        process.wait(60)
        asyncio.run(until(lambda: not processes_with(mark)))


def processes_with(mark: str) -> list[str]:
    """Return the processes that have a word on their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in process.read_bytes():
                found.append(process.parent.name)
        except OSError:
            continue
    return found


def test_a_folder_is_served_as_it_is_and_nothing_beside_it(isolation: Isolation, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "public" / "sub").mkdir(parents=True)
    (site / "public" / "index.html").write_text("<h1>home</h1>")
    (site / "public" / ".env").write_text("secret")
    (site / "secret.txt").write_text("secret")
    (site / "public" / "link").symlink_to("../secret.txt")
    (site / "public" / "sub" / "style.css").write_text("a{}")

    async def scenario() -> None:
        async with hosted(isolation) as host:
            port = await host.put("s", App(site, served="public"), quiet)
            async with client(port) as web:
                home = await web.get("/")
                assert (home.text, home.headers["content-type"]) == ("<h1>home</h1>", "text/html")
                assert (await web.get("/sub/style.css")).headers["content-type"] == "text/css"
                for path in ("/sub/", "/link", "/.env", "/../secret.txt", "/%2e%2e/secret.txt", "/none"):
                    assert (await web.get(path)).status_code == 404, path

    asyncio.run(scenario())


def test_the_port_is_the_one_that_was_had_before_where_it_is_free(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with hosted("plain") as first:
            port = await first.put("a", app(tmp_path / "one"), quiet)
            async with hosted("plain") as second:
                assert await second.put("b", app(tmp_path / "two"), quiet, port=port) != port
        async with hosted("plain") as third:
            assert await third.put("a", app(tmp_path / "one"), quiet, port=port) == port

    asyncio.run(scenario())
