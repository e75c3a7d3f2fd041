"""The rooms of the console in a real browser."""

import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import World, look

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]


def test_home_leads_to_projects_by_keyboard_alone(browser: Browser, world: World) -> None:
    browser.open(f"{world.server.url}/")
    browser.wait_text("What needs you")
    browser.wait_text("Orbit planner")
    look(browser, "home")
    browser.press("k", ctrl=True)
    browser.wait("document.activeElement.getAttribute('role') === 'combobox'")
    browser.write("[role=combobox]", "orbit project")
    browser.wait("document.querySelectorAll('[role=option]').length === 1")
    look(browser, "palette")
    browser.press("Enter")
    browser.wait(f"location.pathname === '/projects/{world.project}'")
    browser.wait_text("Plan the orbits of small bodies")


def test_a_project_shows_what_happens_as_it_happens(browser: Browser, world: World) -> None:
    browser.open(world.path())
    browser.wait_text("What it is for")
    browser.wait_text("of small bodies.")
    look(browser, "project")
    browser.click("[aria-label='Project log']")
    browser.wait("!!document.querySelector('[role=log]')")
    world.client.post(f"/v1/projects/{world.project}/workspaces", json={"name": "made-elsewhere"})
    browser.wait("document.querySelector('[role=log]').innerText.includes('made-elsewhere')")
    browser.wait("document.querySelector('nav').innerText.includes('made-elsewhere')")
    look(browser, "project-log")
    browser.click("[aria-label='Hide the project log']")
