"""The first start as one walk, by keyboard alone: a real server, its link, a project, a push seen live, a restart."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import look
from tests.support.process import ServerProcess, asterism, serving
from tests.support.trees import ok
from tools import console

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]
AWAY = "document.body.innerText.includes('The server does not answer.')"


@pytest.fixture
def browser(tab: Browser) -> Iterator[Browser]:
    """The tab, without what it keeps of other servers; it lets go of this one before that ends."""
    console.build()
    tab.shape(1280, 800)
    tab.requested.clear()
    yield tab
    tab.open("about:blank")
    complaints, requested = tab.complaints[:], tab.requested[:]
    tab.complaints.clear()
    tab.requested.clear()
    assert complaints == []
    assert all(url.startswith(("http://127.0.0.1:", "about:", "blob:http://127.0.0.1:")) for url in requested)


def push(server: ServerProcess, folder: Path, home: Path, data: Path) -> str:
    """Push a folder as the README says; return the token it was done with."""
    made = asterism("token", "create", "--data-dir", str(data), home=home)
    told = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": made.stdout.strip()}
    done = asterism("push", str(folder), "--project", "Orbit", "--message", "First", home=home, extra=told)
    assert done.returncode == 0, done.stderr
    return told["ASTERISM_TOKEN"]


def test_from_the_printed_link_to_a_push_that_is_seen_and_a_restart(browser: Browser, tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "orbit"
    folder.mkdir()
    (folder / "plan.py").write_text("print('plan')\n")
    with serving(data, home=tmp_path) as server:
        browser.open(server.wait_for(r"sign in once at (http\S+)$").group(1))
        browser.wait_text("You are signed in as owner@localhost.")
        browser.tab_to("a[href='/']")
        browser.press("Enter")
        browser.wait_text("Start with a project")
        look(browser, "first-start")
        browser.tab_to("[data-new-project]")
        browser.press("Enter")
        browser.wait("document.activeElement.name === 'name'")
        browser.say("Orbit")
        browser.press("Enter")
        browser.wait_text("No workspace yet")
        look(browser, "first-project")
        token = push(server, folder, tmp_path, data)
        browser.wait("document.querySelector('nav').innerText.includes('main')")
        browser.tab_to("nav a[title=main]")
        browser.press("Enter")
        browser.tab_to("[role=tree]")
        browser.wait("document.querySelector('[role=tree]').innerText.includes('plan.py')")
        browser.press("Enter")
        browser.wait_text("print('plan')")
        assert server.end(signal.SIGTERM) == 0
        browser.wait(AWAY)
        look(browser, "server-away")
    with serving(data, home=tmp_path, port=server.port):
        browser.wait(f"!{AWAY}")
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as client:
            [project] = ok(client.get("/v1/projects"))["projects"]
            ok(client.post(f"/v1/projects/{project['id']}/workspaces", json={"name": "afterwards"}), 201)
        browser.wait("document.querySelector('nav').innerText.includes('afterwards')")
        browser.open("about:blank")
