"""What a project knows, and what is mine: the rooms Chats, Memory, Map and Settings in a real browser."""

import json
import threading

import httpx
import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.llm.scenario import Scenario
from tests.support.browser import Browser, chromium
from tests.support.console import World, look, token_of
from tests.support.flows import REMEMBERED
from tests.support.trees import ok

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]


def give_token(browser: Browser, client: httpx.Client) -> None:
    """Sign somebody else in."""
    text = client.headers["authorization"].removeprefix("Bearer ")
    browser.run(f"localStorage.setItem('asterism_token', {json.dumps(text)})")


def test_a_chat_proposes_what_to_remember_and_the_memory_has_it(
    browser: Browser, world: World, fake: FakeModelServer
) -> None:
    fake.act(REMEMBERED)
    browser.open(world.path("/chats"))
    browser.enter("[data-begin]")
    browser.write("[name=say]", "Times are in UTC")
    browser.press("Enter")
    browser.wait_text("I propose to remember that.")
    browser.wait("!!document.querySelector('[data-proposal=pending]')")
    browser.wait_text("All times are in UTC.")
    browser.wait("!document.querySelector('[data-live]')")
    look(browser, "chat")
    browser.enter("[data-name=Rename]")
    browser.write("[name=name]", "Which clock")
    browser.press("Enter")
    browser.wait("document.querySelector('h1').innerText === 'Which clock' && !document.querySelector('dialog[open]')")
    browser.run("location.reload()")
    browser.wait_text("I propose to remember that.")
    browser.enter("[data-approve]")
    browser.wait("!!document.querySelector('[data-proposal=done]')")

    browser.open(world.path("/memory"))
    browser.wait("document.querySelector('[name=memory]').value.includes('All times are in UTC.')")
    current = ok(world.client.get(f"/v1/projects/{world.project}/memory"))
    changed = {"content": current["content"] + "\nWritten elsewhere.\n", "base_updated_at": current["updated_at"]}
    browser.write("[name=memory]", "# Orbit and more\n\nAll times are in UTC.\n")
    ok(world.client.put(f"/v1/projects/{world.project}/memory", json=changed))
    browser.enter("[data-save]")
    browser.wait_text("merged with what was written meanwhile")
    browser.wait("document.querySelector('[name=memory]').value.startsWith('# Orbit and more')")
    browser.wait("document.querySelector('[name=memory]').value.includes('Written elsewhere.')")
    clash_and_decide(browser, world)
    browser.open(world.path("/memory?part=blame"))
    browser.wait_text("a model")
    browser.open(world.path("/memory?part=history"))
    browser.wait_text("by a proposal")
    look(browser, "memory")


def clash_and_decide(browser: Browser, world: World) -> None:
    """Write a line that somebody else writes too, see base, mine and theirs, and save what is right."""
    current = ok(world.client.get(f"/v1/projects/{world.project}/memory"))
    theirs = {"content": "# Theirs\n" + current["content"].partition("\n")[2], "base_updated_at": current["updated_at"]}
    browser.write("[name=memory]", "# Mine\n\nAll times are in UTC.\n\nWritten elsewhere.\n")
    ok(world.client.put(f"/v1/projects/{world.project}/memory", json=theirs))
    browser.enter("[data-save]")
    browser.wait("document.querySelector('[data-clash]').innerText.includes('# Theirs')")
    look(browser, "memory-clash")
    browser.enter("[data-take=theirs]")
    browser.write("[name=memory]", "# Both\n\nAll times are in UTC.\n\nWritten elsewhere.\n")
    browser.enter("[data-save]")
    browser.wait("!document.querySelector('[data-clash]')")
    assert ok(world.client.get(f"/v1/projects/{world.project}/memory"))["content"].startswith("# Both")


def test_an_answer_survives_a_reload_and_is_stopped(browser: Browser, world: World, fake: FakeModelServer) -> None:
    held = threading.Event()
    fake.act(Scenario({"Go on for ever": [Script(("It begins", " and goes on"), hold=held)]}, None))
    try:
        browser.open(world.path("/chats"))
        browser.enter("[data-begin]")
        browser.write("[name=say]", "Go on for ever")
        browser.press("Enter")
        browser.wait("document.querySelector('[data-live]').innerText.includes('It begins and goes on')")
        browser.run("location.reload()")
        browser.wait("document.querySelector('[data-live]').innerText.includes('It begins and goes on')")
        browser.enter("[data-cancel]")
        browser.wait("document.querySelector('[name=say]') && !document.querySelector('[data-live]')")
        browser.wait_text("cut short")
    finally:
        held.set()


def test_the_map_is_made_searched_and_leads_to_a_file(browser: Browser, world: World) -> None:
    browser.open(world.path("/map"))
    browser.enter("[data-index]")
    browser.wait_text("config.ini")
    browser.write("[name=find]", "stats")
    browser.wait_text("What was found")
    browser.enter("main section li a[href*='stats.py']")
    browser.wait_text("Open the file")
    look(browser, "map")
    browser.enter("a[href*='shape=graph']")
    browser.wait("document.querySelectorAll('svg path.stroke-accent').length > 0")
    look(browser, "map-graph")
    browser.enter("a[href*='shape=diagrams']")
    browser.enter("[data-draw]")
    browser.wait_text("As a list:")
    look(browser, "map-diagram")
    browser.enter("a[href*='shape=difference']")
    browser.wait("document.querySelector('[data-difference]').innerText.includes('stats.py')")
    look(browser, "map-difference")
    browser.enter("a[href*='shape=layers']")
    browser.enter("[data-open]")
    browser.wait(f"location.pathname.endsWith('/workspaces/{world.main}')")
    browser.wait_text("def step_0")


def test_a_key_is_set_and_a_token_taken_back_signs_out(browser: Browser, world: World) -> None:
    with world.server.person() as other:
        give_token(browser, other)
        browser.open(f"{world.server.url}/settings")
        browser.wait_text("No keys of yours")
        browser.write("[name=key]", "sk-a-key-that-is-long-enough")
        browser.press("Enter")
        browser.wait("document.querySelector('section li code').innerText.endsWith('ough')")
        assert "sk-a-key" not in browser.wait("document.body.innerText")
        look(browser, "settings")
        browser.enter("a[href='/settings?part=audit']")
        browser.wait_text("api_key_set")
        browser.enter("a[href='/settings?part=access']")
        browser.wait_text("this one")
        look(browser, "settings-access")
        ok(other.delete(f"/v1/auth/tokens/{token_of(world.server, other)}"))
        browser.enter("a[href='/settings?part=integrations']")
        browser.wait("location.pathname === '/signin'")
    world.sign_in(browser)
