"""What happens to a tab when its token is taken back, and when the server cannot be reached."""

import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import World, sign_in, token_of
from tests.support.facts import until
from tests.support.server import TestServer
from tests.support.trees import make_project, ok

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]


@pytest.mark.parametrize("room", ["", "/projects/{project}"])
def test_a_token_that_is_taken_back_signs_the_tab_out(
    browser: Browser, world: World, server: TestServer, room: str
) -> None:
    with server.person() as other:
        project = make_project(other, "Short-lived")
        sign_in(browser, server, other)
        browser.open(f"{server.url}{room.format(project=project) or '/'}")
        browser.wait_text("Short-lived")
        browser.wait_text("Projects" if not room else "What it is for")
        ok(other.delete(f"/v1/auth/tokens/{token_of(server, other)}"))
    browser.wait("location.pathname === '/signin'")
    assert browser.wait("localStorage.getItem('asterism_token') === null")
    assert browser.wait("new URLSearchParams(location.search).get('next').startsWith('/')")
    world.sign_in(browser)


def test_a_banner_says_that_the_server_is_away_and_goes_when_it_is_back(browser: Browser, world: World) -> None:
    browser.requested.clear()
    browser.open(world.path())
    browser.wait_text("What it is for")
    until(lambda: browser.wait("true") and any("/log/stream" in url for url in browser.requested))
    browser.offline(True)
    try:
        # Told as the system tells it, until the last answer that was on its way has come.
        told = "dispatchEvent(new Event('offline')), document.body.innerText.includes('The server does not answer.')"
        browser.wait(f"({told})")
    finally:
        browser.offline(False)
    browser.wait("!document.body.innerText.includes('The server does not answer.')")
    ok(world.client.post(f"/v1/projects/{world.project}/workspaces", json={"name": "made-meanwhile"}), 201)
    browser.wait("document.querySelector('nav').innerText.includes('made-meanwhile')")
