"""The console in a browser: a server with scripted agents, somebody with a project in it, and screens looked at."""

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import httpx

from asterism.features.accounts import identity
from tests.support.browser import Browser
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace, ok, push
from tools import console

AXE = console.WEB / "node_modules" / "axe-core" / "axe.min.js"
SHAPES = {"light": (1280, 800, False), "dark": (1280, 800, True), "narrow": (360, 740, True)}
JUDGED = ("light", "narrow")  # either theme and either width, once
LONG = "a-workspace-with-a-name-that-goes-on-and-on-" + "and-on-" * 8


def picture(red: int) -> bytes:
    """Return a small PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((red, 90, 200)) * 64 for _ in range(64))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


STATS = "".join(f"def step_{n}(value: int) -> int:\n    return value + {n}\n\n\n" for n in range(40))
BASE = {
    "README.md": b"# Orbit\n\nPlans **orbits** of small bodies.\n\n- `stats.py` counts\n- `config.ini` waits\n\n"
    b"```sh\npython -m orbit plan\n```\n",
    "docs/guide.md": b"# Guide\n\nBegin with a plan.\n",
    "src/stats.py": STATS.encode(),
    "src/config.ini": b"[net]\ntimeout = 10\nretries = 3\n",
    "logo.png": picture(60),
    "bin/data.bin": b"\0\1\2" * 40,
}
MAIN = {
    **BASE,
    "src/config.ini": b"[net]\ntimeout = 30\nretries = 3\n",
    "src/stats.py": STATS.replace("value + 3\n", "value + 33\n").encode(),
    "NOTES.md": b"notes\n",
    "logo.png": picture(200),
}
SIDE = {
    **BASE,
    "src/config.ini": b"[net]\ntimeout = 45\nretries = 3\n",
    "src/stats.py": STATS.replace("value + 30\n", "value * 30\n").encode(),
}


class World:
    """A person with a project: main, a side that drifted from it, and names that are hard to lay out."""

    def __init__(self, server: TestServer, client: httpx.Client) -> None:
        self.server = server
        self.client = client
        self.project = make_project(self.client, "Orbit planner")
        make_project(self.client, "مشروع بالعربية " + "اسم طويل " * 12)
        self.main = make_workspace(self.client, self.project, name="main")
        self.side = make_workspace(self.client, self.project, name="faster-stats")
        make_workspace(self.client, self.project, name=LONG)
        base = push(self.client, self.project, self.main, BASE, summary="Begin")["id"]
        self.head = push(self.client, self.project, self.main, MAIN, parent_snapshot_ids=[base], summary="Wait longer")[
            "id"
        ]
        self.base = base
        push(self.client, self.project, self.side, SIDE, parent_snapshot_ids=[base], summary="Multiply instead")
        brief = {"intent": "Plan the orbits of small bodies, and explain each step of a plan."}
        ok(self.client.patch(f"/v1/projects/{self.project}/brief", json=brief))

    def sign_in(self, browser: Browser) -> None:
        """Give a browser the person's token, as signing in does."""
        sign_in(browser, self.server, self.client)

    def conversation(self, workspace: str | None = None) -> str:
        """Begin a conversation; return its id."""
        body = {"workspace_id": workspace or self.main}
        return str(ok(self.client.post("/v1/conversations", json=body))["conversation"]["id"])

    def path(self, tail: str = "") -> str:
        """Return the address of a room of the project."""
        return f"{self.server.url}/projects/{self.project}{tail}"


def sign_in(browser: Browser, server: TestServer, client: httpx.Client) -> None:
    """Give a browser the token that a client carries."""
    token = client.headers["authorization"].removeprefix("Bearer ")
    browser.open(f"{server.url}/health")
    browser.wait("location.pathname === '/health'")
    browser.wait(f"(localStorage.setItem('asterism_token', {json.dumps(token)}), true)")


def look(browser: Browser, name: str) -> None:
    """Fail for what is seriously wrong for people who see, hear or move otherwise, or is wider than the window.

    With the variable CONSOLE_SCREENSHOTS, pictures in light, dark and narrow are kept in that folder.
    """
    kept = os.environ.get("CONSOLE_SCREENSHOTS")
    browser.wait("!document.querySelector('[data-waiting]')")
    browser.run(AXE.read_text() + "; true")
    for shape, (width, height, dark) in SHAPES.items():
        if shape not in JUDGED and not kept:
            continue
        browser.shape(width, height, dark=dark)
        browser.wait("document.fonts.ready.then(() => true)")
        if kept:
            browser.screenshot(Path(kept) / f"{name}-{shape}.png")
        found = serious(browser) if shape in JUDGED else []
        assert not found, f"{name}, {shape}: {found}"
        wide = browser.wait("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{name}, {shape}: wider than the window"
    browser.shape(*SHAPES["light"][:2])


def serious(browser: Browser) -> list[Any]:
    """Return what axe-core finds on the page that is serious or worse."""
    script = """axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200)).slice(0, 3)]))"""
    return list(browser.run(script))


def token_of(server: TestServer, client: httpx.Client) -> str:
    """Return the id of the token that a client carries."""
    text = client.headers["authorization"].removeprefix("Bearer ")
    with server.rt.db.read() as tx:
        return str(identity.authenticate(tx, text).token_id)
