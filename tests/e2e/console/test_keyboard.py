"""Flows by keyboard alone: the focus goes by Tab, is seen wherever it is, is kept nowhere, and comes back."""

import pytest

from asterism.features.accounts import identity
from asterism.kernel.agents import Ask, Inquiry, Option
from tests.support.browser import Browser, chromium
from tests.support.console import World, look, sign_in
from tests.support.turns import Scripts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]
PROMPT = "textarea[aria-label='What should be done?']"
AT = "document.activeElement.matches({!r})"


def test_a_dialog_keeps_the_focus_and_gives_it_back(browser: Browser, world: World) -> None:
    browser.open(f"{world.server.url}/")
    browser.wait_text("Orbit planner")
    browser.tab_to("[data-new-project]")
    browser.press("Enter")
    browser.wait(AT.format("dialog input"))
    for _ in range(8):
        browser.press("Tab")
        assert browser.run("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog input')")
    assert browser.run(AT.format("[data-new-project]"))
    browser.press("Enter")
    browser.wait(AT.format("dialog input"))
    browser.say("By keyboard")
    browser.press("Enter")
    browser.wait_text("No workspace yet")
    browser.tab_to("[data-new-workspace]")
    browser.press("Enter")
    browser.wait(AT.format("dialog input"))
    browser.say("main")
    browser.press("Enter")
    browser.wait("document.querySelector('nav').innerText.includes('main')")


def test_tab_goes_through_every_room_and_out_again(browser: Browser, world: World) -> None:
    browser.shape(360, 740)
    at = f"/workspaces/{world.main}"
    views = (at, f"{at}?path=src%2Fstats.py", f"{at}?view=history", f"{at}?view=compare", f"{at}/sync")
    rooms = ("", "/conversations", f"/conversations/{world.conversation()}", "/chats", "/map", "/memory", "/findings")
    for room in (*rooms, "/items", "/deployments", *views):
        browser.open(world.path(room))
        browser.wait("!!document.querySelector('main h1') && !document.querySelector('[data-waiting]')")
        browser.tab_through()
    for part in ("models", "integrations", "access", "audit", "look"):
        browser.open(f"{world.server.url}/settings?part={part}")
        browser.wait("!!document.querySelector('main h1') && !document.querySelector('[data-waiting]')")
        browser.tab_through()


def test_a_menu_is_left_by_escape(browser: Browser, world: World) -> None:
    browser.open(world.path())
    browser.wait_text("What it is for")
    browser.tab_to("button[aria-label^='Account']")
    browser.press("Enter")
    browser.tab_to("[href='/settings']")
    browser.press("Escape")
    browser.wait(AT.format("button[aria-label^='Account']"))
    browser.press("Enter")
    browser.tab_to("[href='/settings']")
    browser.press("Enter")
    browser.wait("location.pathname === '/settings'")
    browser.wait("!document.querySelector('button[aria-expanded=true]')")
    browser.wait("document.activeElement !== document.body")
    browser.press("k", ctrl=True)
    browser.wait(AT.format("[role=combobox]"))
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog[open]')")
    assert browser.run("document.activeElement !== document.body")


def test_the_menu_of_a_narrow_window_and_the_log_give_the_focus_back(browser: Browser, world: World) -> None:
    browser.open(world.path())
    browser.wait_text("What it is for")
    browser.tab_to("button[aria-label='Project log']")
    browser.press("Enter")
    browser.tab_to("aside button")
    browser.press("Enter")
    browser.wait(AT.format("button[aria-label='Project log']"))
    browser.shape(360, 740)
    menu = "button[aria-label='Projects and rooms']"
    browser.tab_to(menu, back=True)
    browser.press("Enter")
    browser.wait(AT.format("nav a"))
    browser.press("Escape")
    browser.wait(AT.format(menu))
    browser.press("Enter")
    browser.tab_to(f"nav a[href$='{world.side}']")
    browser.press("Enter")
    browser.wait_text("Talk to an agent")
    browser.wait("document.activeElement.id === 'content'")


def test_an_agent_is_asked_and_answered(browser: Browser, world: World, scripts: Scripts) -> None:
    scripts["Which of both?"] = (Ask((Inquiry("Which?", "Which", [Option("this"), Option("that")]),)), "Thank you.")
    browser.open(world.path(f"/workspaces/{world.side}"))
    browser.wait_text("faster-stats")
    browser.tab_to("[data-talk]")
    browser.press("Enter")
    browser.wait("location.pathname.includes('/conversations/')")
    browser.tab_to(PROMPT)
    browser.say("Which of both?")
    browser.press("Enter")
    browser.wait("!!document.querySelector('input[type=radio]')")
    browser.tab_to("input[type=radio]", back=True)
    browser.press("ArrowUp")
    browser.wait("document.querySelector('input[type=radio]').checked")
    browser.tab_to("form[aria-label='The agent has a question'] button[type=submit]")
    browser.press("Enter")
    browser.wait_text("Thank you.")
    browser.wait_text("idle")


def test_a_key_is_set(browser: Browser, world: World) -> None:
    with world.server.person() as other:
        sign_in(browser, world.server, other)
        browser.open(f"{world.server.url}/settings")
        browser.tab_to("[name=provider]")
        browser.tab_to("[name=key]")
        browser.say("sk-a-key-that-is-long-enough")
        browser.press("Enter")
        browser.wait("document.querySelector('section li code').innerText.endsWith('ough')")
    world.sign_in(browser)


def test_the_owner_adds_and_removes_a_user(browser: Browser, world: World) -> None:
    with world.server.rt.db.write() as tx:
        owner = identity.find_user(tx, None)
        token = identity.create_token(tx, owner, kind="u", name="test", client="web", seconds=3600)
    with world.server.client(token.text) as client:
        sign_in(browser, world.server, client)
        browser.open(f"{world.server.url}/settings")
        browser.tab_to("a[href='/settings?part=users']")
        browser.press("Enter")
        browser.tab_to("[name=email]")
        browser.say("a-user-with-a-name-that-goes-on@example.org")
        browser.press("Enter")
        browser.wait_text("/signin#")
        look(browser, "settings-users")
        row = "[data-user^=a-user-with]"
        browser.tab_to(f"{row} [data-confirm=Remove]", back=True)
        browser.press("Enter")
        browser.tab_to("dialog[open] [data-go]")
        browser.press("Enter")
        browser.wait(f"!document.querySelector({row!r})")
    world.sign_in(browser)
