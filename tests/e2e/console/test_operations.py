"""What runs, and what needs a hand: the rooms Deployments and Action items in a real browser, by keyboard alone."""

import pytest

from asterism.kernel.agents import ScriptedAgents, Write
from tests.support.browser import Browser, chromium
from tests.support.console import World, look
from tests.support.deploying import Place
from tests.support.flows import BROKEN, GOOD, SETTLED
from tests.support.trees import push

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]


def test_a_deployment_fails_an_agent_mends_it_and_it_is_rolled_back(browser: Browser, world: World) -> None:
    place = Place(world.client, {"main.py": GOOD})
    first = place.deploy(workspace_id=place.workspace, wait=True)["deployment_id"]
    push(world.client, place.project, place.workspace, {"main.py": BROKEN}, parent_snapshot_ids=[str(place.snapshot)])
    mended = GOOD.replace(b"one", b"mended").decode()
    bench = world.server.rt.actions.runs.bench
    bench.agents = ScriptedAgents(lambda _: (Write("main.py", mended), "Closed the parenthesis in `main.py`."))

    base = f"{world.server.url}/projects/{place.project}"
    browser.open(f"{base}/deployments")
    browser.write("[name=key]", "GREETING_TOKEN")
    browser.write("[name=value]", "a-secret-of-some-length")
    browser.press("Enter")
    browser.wait_text("GREETING_TOKEN")
    browser.enter("[data-deploy]")
    browser.wait("!!document.querySelector('[data-cause]')")
    browser.wait("document.querySelector('[role=log]').innerText.includes('SyntaxError')")
    assert "a-secret-of-some-length" not in browser.wait("document.body.innerText")
    look(browser, "deployment-failed")

    browser.enter("[data-cause] a[href$='/items']")
    browser.enter("[data-run]")
    browser.wait_text("Closed the parenthesis")
    look(browser, "action-item")
    browser.enter("[data-redeploy]", " ")
    browser.enter("[data-apply]")
    browser.wait_text("Nothing should be looked at")

    browser.open(f"{base}/deployments")
    browser.wait("document.querySelectorAll('a[aria-current]').length > 0")
    browser.wait(f"document.querySelectorAll('section li a').length >= 3 && {SETTLED}")
    browser.open(f"{base}/deployments?deployment={first}")
    browser.enter("[data-confirm='Go back to this one']")
    browser.wait("!!document.querySelector('dialog[open]')")
    browser.enter("[data-go]")
    browser.wait_text("back to an older one")
    browser.wait(SETTLED)
    browser.open(f"{base}/deployments?other={first}")
    browser.wait_text("What differs from the other one")
    look(browser, "deployments")


def test_an_item_is_dismissed(browser: Browser, world: World) -> None:
    place = Place(world.client, {"main.py": BROKEN})
    place.deploy(workspace_id=place.workspace, wait=True)
    browser.open(f"{world.server.url}/projects/{place.project}/items")
    browser.enter("[data-dismiss]")
    browser.wait_text("Nothing should be looked at")
