"""What happens to a tab when its token is taken back."""

import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import World, sign_in, token_of
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
