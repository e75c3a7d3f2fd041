"""Deployments on this machine: again, during an update, and while they do nothing."""

import os
import shutil
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx

from bench.projects import Project
from bench.report import Report, median
from bench.servers import Running, serving

TITLE = "deployments on this machine"
RUNS = 5
UPDATES, PER_SECOND = 3, 200
IDLE_APPS, IDLE_SECONDS, IDLE_SPANS = 20, 30, 3
ANSWERS_WITHIN = 30.0  # seconds
SITE = {"index.html": b"<h1>one</h1>", **{f"pages/{n}.html": b"<p>%d" % n for n in range(200)}}
NODE = {
    "package.json": b'{"name": "app", "version": "1.0.0", "scripts": {"start": "node server.js"},'
    b' "dependencies": {"part": "file:./part"}}',
    "package-lock.json": b'{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {'
    b'"": {"name": "app", "version": "1.0.0", "dependencies": {"part": "file:./part"}},'
    b' "node_modules/part": {"resolved": "part", "link": true}, "part": {"version": "1.0.0"}}}',
    "part/package.json": b'{"name": "part", "version": "1.0.0", "main": "index.js"}',
    "part/index.js": b"module.exports = 'part'\n",
    "server.js": b"const part = require('part')\n"
    b"require('http').createServer((_, to) => to.end(part)).listen(process.env.PORT, '127.0.0.1')\n",
}


def run() -> Report:
    """Measure and report."""
    report, rows = Report(), []
    with serving(settings={"ASTERISM_SANDBOX": "auto"}) as server, server.client() as client:
        client.timeout = httpx.Timeout(120)
        rows.append(["a static site again, one page changed", *again(client, SITE, "index.html"), "< 1,000 ms"])
        rows.append(["a Node app again, its lock file as it was", *again(client, NODE, "server.js"), "< 3,000 ms"])
        asked, failed = updated(client)
        rows.append(
            [f"{asked:,} requests, {PER_SECOND} a second, over {UPDATES} updates", f"{failed} failed", "", "0 failed"]
        )
    rows.append([f"server with {IDLE_APPS} deployments that idle, of a processor", idle(), "", "< 1 % more"])
    report.table(["", "median", "slowest", "aim"], rows)
    sandbox = "in bubblewrap" if shutil.which("bwrap") else "as plain processes"
    report.note(
        f"Apps run {sandbox}; `POST …/deploy` until it answers. The last row gives one server without any app and then "
        f"with all of them, each the calmest of {IDLE_SPANS} spans of {IDLE_SECONDS} s. Load at the end: "
        f"{os.getloadavg()[0]:.1f}."
    )
    return report


class App(Project):
    """A project with an app."""

    def __init__(
        self, client: httpx.Client, tree: Mapping[str, bytes], variables: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(client)
        if variables:
            wanted = [{"key": key, "value": value, "is_secret": False} for key, value in variables.items()]
            client.put(f"/v1/projects/{self.id}/env-vars", json={"variables": wanted}).raise_for_status()
        self.main = self.workspace("main")
        self.head = self.push(self.main, tree)
        self.url = str(self.deploy()["url"])

    def deploy(self) -> Any:
        """Deploy what was pushed last, until it runs."""
        done = self.post(f"/v1/infrastructure/projects/{self.id}/deploy")
        if not done["success"]:
            raise RuntimeError(done["error"])
        return done

    def change(self, tree: Mapping[str, bytes]) -> None:
        """Push another tree on top."""
        self.head = self.push(self.main, tree, self.head)


def again(client: httpx.Client, tree: Mapping[str, bytes], path: str) -> tuple[str, str]:
    """Return the median and the slowest of deploying an app whose file at `path` gets longer."""
    app, seconds = App(client, tree), []
    for count in range(1, RUNS + 1):
        app.change({**tree, path: tree[path] + b"\n" * count})
        started = time.perf_counter()
        app.deploy()
        seconds.append(time.perf_counter() - started)
    return f"{1000 * median(seconds):,.0f} ms", f"{1000 * max(seconds):,.0f} ms"


def updated(client: httpx.Client) -> tuple[int, int]:
    """Return how many requests were sent while an app was updated, and how many were not answered with 200."""
    app = App(client, NODE)
    with Crowd(app.url) as crowd:
        for count in range(1, UPDATES + 1):
            app.change({**NODE, "server.js": NODE["server.js"] + b"\n" * count})
            app.deploy()
    return crowd.asked, crowd.failed


class Crowd:
    """Threads that ask one address for as long as the block runs, together `PER_SECOND` times a second.

    They end with the block whatever happens in it; one that still asked would keep the whole program from ending.
    """

    THREADS = 20

    def __init__(self, url: str) -> None:
        self.asked = self.failed = 0
        self._counting, self._ended = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(url,), daemon=True) for _ in range(self.THREADS)]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(2 * ANSWERS_WITHIN)

    def _ask(self, url: str) -> None:
        with httpx.Client(trust_env=False, timeout=ANSWERS_WITHIN) as client:
            due = time.monotonic()
            while not self._ended.is_set():
                failed = False
                try:
                    failed = client.get(url).status_code != 200
                except httpx.HTTPError:
                    failed = True
                with self._counting:
                    self.asked += 1
                    self.failed += failed
                due += self.THREADS / PER_SECOND
                self._ended.wait(max(0.0, due - time.monotonic()))


def idle() -> str:
    """Return which share of a processor a server takes alone, and then with `IDLE_APPS` apps, sandboxes apart."""
    with serving(settings={"ASTERISM_SANDBOX": "auto"}) as server, server.client() as client:
        before = share(server)
        for _ in range(IDLE_APPS):
            App(client, SITE)
        return f"{before:.2%} before, {share(server):.2%} with them"


def share(server: Running) -> float:
    """Return the share of one processor that the server takes while nothing happens: the calmest of some spans."""
    server.settle()
    return min(_share(server) for _ in range(IDLE_SPANS))


def _share(server: Running) -> float:
    started = server.processor_seconds()
    time.sleep(IDLE_SECONDS)
    return (server.processor_seconds() - started) / IDLE_SECONDS
