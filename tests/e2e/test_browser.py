"""The sign-in and device pages in a real browser."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from asterism.features.accounts import identity
from asterism.kernel.loopback import in_thread
from asterism.kernel.upstreams.fakes import FakeGitHub
from tests.support.browser import Browser, chromium
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def github() -> Iterator[FakeGitHub]:
    with in_thread(FakeGitHub()) as running:
        yield running


@pytest.fixture(scope="module")
def server(
    github: FakeGitHub, sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestServer]:
    options = {
        "rate_limits": "off",
        "github_base_url": github.url,
        "github_login_url": github.login_url,
        "github_client_id": github.client[0],
        "github_client_secret": github.client[1],
    }
    with TestServer(tmp_path_factory.mktemp("browser"), sqlite_factory.url(), **options) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser() as running:
        yield running
        assert running.complaints == []


@pytest.fixture
def link(server: TestServer) -> str:
    with server.rt.db.write() as tx:
        return identity.create_link(tx, identity.find_user(tx, None)).text


def start(server: TestServer, **body: Any) -> dict[str, Any]:
    with server.client() as device:
        return device.post("/v1/auth/device/start", json=body).json()


def poll(server: TestServer, grant: dict[str, Any]) -> str:
    with server.client() as device:
        answer: httpx.Response = device.post("/v1/auth/device/poll", json={"device_code": grant["device_code"]})
        return str(answer.json()["status"])


def test_a_device_is_approved_after_signing_in_by_link(server: TestServer, browser: Browser, link: str) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    grant = start(server, client_name=hostile, device_meta={"hostname": "laptop", "os": "linux"})
    browser.open(f"{server.url}/device?code={grant['user_code']}")
    browser.wait_text("Sign in to decide about a device.")
    assert poll(server, grant) == "pending"
    back = quote(f"/device?code={grant['user_code']}", safe="")
    assert browser.wait("document.querySelector('#signin-link').getAttribute('href')") == f"/signin?next={back}"
    browser.open(f"{server.url}/signin?next={back}#{link}")
    browser.wait_text("Let this device act as you?")
    browser.wait_text(hostile)  # shown as text, not run
    browser.wait_text("laptop")
    browser.wait_text("127.0.0.1")
    assert poll(server, grant) == "pending"  # opening the page approves nothing
    browser.click("#approve")
    browser.wait_text("Approved.")
    assert poll(server, grant) == "authorized"
    assert browser.wait("localStorage.getItem('fst_token')").startswith("ast_u_")
    assert all(url.startswith((server.url, "about:", "data:")) for url in browser.requested)


def test_a_device_is_denied_by_a_typed_code(server: TestServer, browser: Browser, link: str) -> None:
    grant = start(server)
    browser.open(f"{server.url}/signin#{link}")
    browser.wait_text("You are signed in as owner@localhost")
    assert browser.wait("location.hash === '' && 'clean'") == "clean"
    browser.open(f"{server.url}/device")
    browser.type("#code", "ZZZZ-9999")
    browser.click("#code-form button")
    browser.wait_text("No device is waiting with this code.")
    browser.type("#code", grant["user_code"].lower().replace("-", " "))
    browser.click("#code-form button")
    browser.click("#deny")
    browser.wait_text("Denied.")
    assert poll(server, grant) == "denied"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "data:text/html,x"],
)
def test_signing_in_never_leads_to_another_site(server: TestServer, shared: Browser, wanted: str) -> None:
    with server.rt.db.write() as tx:
        code = identity.create_link(tx, identity.find_user(tx, None)).text
    shared.open("about:blank")
    shared.open(f"{server.url}/signin?next={quote(wanted, safe='')}#{code}")
    shared.wait_text("You are signed in as")
    assert shared.wait("location.origin") == server.url


@pytest.fixture(scope="module")
def shared() -> Iterator[Browser]:
    with Browser() as running:
        yield running


def test_the_pages_refuse_to_be_framed(server: TestServer, shared: Browser) -> None:
    shared.open(f"{server.url}/health")
    shared.wait_text("ok")
    frame = "const f = window.framed = document.createElement('iframe'); f.src = '/device'"
    loaded = "f.onload = () => { window.loaded = true }; document.body.append(f)"
    shared.wait(f"!window.framed && (() => {{ {frame}; {loaded}; return true }})()")
    shared.wait("window.loaded")
    assert shared.wait("window.framed.contentDocument ? 'shown' : 'refused'") == "refused"


def test_a_service_is_connected_by_the_page_that_it_sends_people_back_to(
    server: TestServer, shared: Browser, github: FakeGitHub, link: str
) -> None:
    page = f"{server.url}/integrations/github/callback"
    shared.open(f"{server.url}/signin#{link}")
    shared.wait_text("You are signed in as")
    token = shared.wait("localStorage.getItem('asterism_token')")
    with server.client() as client:
        begun = client.post("/v1/integrations/github/connect", json={}, headers={"Authorization": f"Bearer {token}"})
    shared.open(f"{page}?code={github.grant()}&state={begun.json()['state']}")
    shared.wait_text("GitHub is connected as octo-team.")
    assert shared.wait("location.search + '|'") == "|"
    shared.open(f"{page}?code=again&state={begun.json()['state']}")
    shared.wait_text("This sign-in is not known, was used, or took too long. Start to connect anew.")
    assert shared.wait("(localStorage.clear(), true)")
    shared.open(f"{page}?code=c&state=s")
    shared.wait_text("as the user who began this")
    back = quote("/integrations/github/callback?code=c&state=s", safe="")
    assert shared.wait("document.querySelector('#signin-link').getAttribute('href')") == f"/signin?next={back}"


def test_a_used_link_says_so(server: TestServer, shared: Browser) -> None:
    shared.open(f"{server.url}/signin")
    shared.wait("(localStorage.clear(), true)")
    shared.open("about:blank")
    shared.open(f"{server.url}/signin#ast_l_{'x' * 46}")
    shared.wait_text("This sign-in link is not valid any more.")
    shared.wait("document.querySelector('#link-form').offsetParent && 'shown'")


def test_the_pages_say_what_to_do_about_an_error_and_which_request_it_was(server: TestServer, browser: Browser) -> None:
    browser.open(f"{server.url}/signin")
    told = "{body: {error: {message: 'It broke.', hint: 'Try again.', details: {request_id: 'r-1'}}}}"
    shown = f"import('/signin/assets/session.js').then((session) => {{ window.told = session.messageOf({told}) }})"
    assert browser.wait(f"({shown}, true)")
    assert browser.wait("window.told") == "It broke. Try again. Request r-1."
