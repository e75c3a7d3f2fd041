"""The flow of a conversation: a file written, a question, a queue, a stop, a reload in mid-stream, back and forth."""

import asyncio

import pytest

from asterism.kernel.agents import Ask, Inquiry, Option, Wait, Write
from tests.support.browser import Browser, chromium
from tests.support.console import World, look
from tests.support.server import TestServer
from tests.support.turns import Scripts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]
PROMPT = "textarea[aria-label='What should be done?']"


def say(browser: Browser, text: str) -> None:
    browser.write(PROMPT, text)
    browser.press("Enter")


def test_a_turn_is_seen_as_it_happens_and_survives_a_reload(
    browser: Browser, world: World, server: TestServer, scripts: Scripts
) -> None:
    gate = asyncio.Event()
    question = Ask((Inquiry("Where should the endpoint live?", "Path", [Option("/health"), Option("/api/health")]),))
    scripts["Add a health endpoint"] = (
        "First words, **bold ones**. ",
        Write("app/health.py", "def health() -> str:\n    return 'ok'\n"),
        question,
        "Half of it",
        Wait(gate),
        " and the other half.",
    )
    scripts["Then a test"] = (Write("tests/test_health.py", "def test_health(): ...\n"), "A test is there.")
    conversation = world.conversation(world.side)
    browser.open(world.path(f"/conversations/{conversation}"))
    browser.wait_text("Nothing was said yet")
    say(browser, "Add a health endpoint")
    browser.wait_text("Where should the endpoint live?")
    browser.wait_text("First words, bold ones.")
    browser.wait_text("app/health.py")
    look(browser, "conversation-question")
    browser.enter("input[type=radio]", " ")
    browser.enter("form[aria-label='The agent has a question'] button[type=submit]")
    browser.wait_text("Half of it")
    say(browser, "Then a test")
    browser.wait_text("waits its turn")
    look(browser, "conversation-queue")
    browser.open("about:blank")
    browser.open(world.path(f"/conversations/{conversation}"))
    browser.wait_text("Half of it")
    server.run(opened(gate))
    browser.wait_text("Half of it and the other half.")
    browser.wait_text("A test is there.")
    shown = browser.wait("document.querySelector('[role=log]').innerText")
    assert shown.count("Half of it") == shown.count("First words") == 1
    browser.wait_text("idle")
    browser.enter("button[data-file]")
    browser.wait_text("+def health() -> str:")
    browser.enter("button[data-checkpoints]")
    browser.wait("!!document.querySelector('input[type=range]')")
    look(browser, "conversation-checkpoints")
    rewind_and_return(browser, world, conversation)


async def opened(gate: asyncio.Event) -> None:
    gate.set()


def rewind_and_return(browser: Browser, world: World, conversation: str) -> None:
    """Go back to the first checkpoint, see the test gone, come back, then fork from there."""
    browser.run("document.querySelector('input[type=range]').focus()")
    browser.press("Home")
    browser.enter("button[data-preview]")
    browser.wait_text("Would change")
    browser.enter("button[data-rewind]")
    browser.wait_text("The workspace and the conversation are back at that moment.")
    browser.wait("!document.querySelector('[role=log]').innerText.includes('A test is there.')")
    browser.enter("button[data-return]")
    browser.wait_text("A test is there.")
    browser.enter("button[data-fork]")
    browser.wait(f"location.pathname.includes('/conversations/') && !location.pathname.endsWith('{conversation}')")


def test_a_turn_is_stopped(browser: Browser, world: World, scripts: Scripts) -> None:
    scripts["Work for ever"] = ("Working on it", Wait(asyncio.Event()))
    browser.open(world.path(f"/conversations/{world.conversation()}"))
    say(browser, "Work for ever")
    browser.wait_text("Working on it")
    browser.open(f"{world.server.url}/")
    browser.wait_text("works")
    look(browser, "home-running")
    browser.run("history.back()")
    browser.enter("button[data-stop]")
    browser.wait_text("stopped")
    browser.wait_text("idle")
