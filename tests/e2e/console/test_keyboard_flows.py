"""Whole flows by keyboard alone: Tab goes to everything, keys do the rest; nothing is clicked or focused by script."""

import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import World

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
