"""Whole flows by keyboard alone: Tab goes to everything, keys do the rest; nothing is clicked or focused by script."""

from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer
from tests.support.browser import Browser, chromium
from tests.support.console import World
from tests.support.deploying import Place
from tests.support.flows import BROKEN, FINDING, GOOD, REMEMBERED, SETTLED, SQL, faulty
from tests.support.trees import push

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]


def choose(browser: Browser, selector: str, *, back: bool = False) -> None:
    """Go to a link or button by Tab, and press Enter on it."""
    browser.tab_to(selector, back=back)
    browser.press("Enter")


def test_the_map_is_searched_and_leads_to_a_file(browser: Browser, world: World) -> None:
    browser.open(world.path("/map"))
    choose(browser, "[data-index]")
    browser.wait_text("config.ini")
    browser.tab_to("[name=find]")
    browser.say("stats")
    browser.wait_text("What was found")
    choose(browser, "main section li a[href*='stats.py']")
    choose(browser, "[data-open]")
    browser.wait(f"location.pathname.endsWith('/workspaces/{world.main}')")
    browser.wait_text("def step_0")
    browser.tab_to(".cm-content[aria-label='src/stats.py']")


def test_a_chat_proposes_what_to_remember_and_it_is_approved(
    browser: Browser, world: World, fake: FakeModelServer
) -> None:
    fake.act(REMEMBERED)
    browser.open(world.path("/chats"))
    choose(browser, "[data-begin]")
    browser.tab_to("[name=say]")
    browser.say("Times are in UTC")
    browser.press("Enter")
    browser.wait("document.querySelector('[data-proposal=pending]') && !document.querySelector('[data-live]')")
    choose(browser, "[data-approve]")
    browser.wait("!!document.querySelector('[data-proposal=done]')")
    choose(browser, "nav a[href$='/memory']", back=True)
    browser.wait("document.querySelector('[name=memory]').value.includes('All times are in UTC.')")


def test_a_folder_is_trusted_reviewed_and_what_is_dismissed_stays_so(
    browser: Browser, world: World, place: Path
) -> None:
    checkout = faulty(place / "orbit")
    browser.open(f"{world.server.url}/review")
    browser.wait("document.querySelector('[name=root]').value !== ''")
    browser.tab_to("[name=root]")
    browser.say(str(checkout.root))
    browser.press("Enter")
    browser.wait(f"document.querySelector('[data-trust]').closest('section').innerText.includes('{checkout.root}')")
    browser.wait("document.activeElement.name === 'root'")
    choose(browser, "[data-trust]")
    browser.wait_text("0 staged, 1 not staged, 1 new")
    choose(browser, "[data-review]")
    browser.wait(f"!!{FINDING}")
    choose(browser, f"{SQL} [data-dismiss]")
    browser.wait(f"{FINDING}.innerText.includes('dismissed')")
    choose(browser, "[data-review]", back=True)
    browser.wait_text("1 dismissed")
    browser.wait(f"!{FINDING} && document.querySelectorAll('[data-finding]').length > 0")


def test_a_deployment_fails_and_the_one_before_comes_back(browser: Browser, world: World) -> None:
    place = Place(world.client, {"main.py": GOOD})
    place.deploy(workspace_id=place.workspace, wait=True)
    push(world.client, place.project, place.workspace, {"main.py": BROKEN}, parent_snapshot_ids=[str(place.snapshot)])
    browser.open(f"{world.server.url}/projects/{place.project}/deployments")
    choose(browser, "[data-deploy]")
    browser.wait("!!document.querySelector('[data-cause]')")
    browser.tab_to("[data-cause] a[href*='main.py']")
    browser.tab_to("[role=log]")
    browser.wait("document.activeElement.innerText.includes('SyntaxError')")
    choose(browser, "section li a:not([aria-current])", back=True)
    choose(browser, "[data-confirm='Go back to this one']")
    choose(browser, "dialog[open] [data-go]")
    browser.wait_text("back to an older one")
    browser.wait(SETTLED)
