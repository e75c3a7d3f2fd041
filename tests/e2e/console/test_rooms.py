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
    browser.enter("[aria-label='Project log']")
    browser.wait("!!document.querySelector('[role=log]')")
    world.client.post(f"/v1/projects/{world.project}/workspaces", json={"name": "made-elsewhere"})
    browser.wait("document.querySelector('[role=log]').innerText.includes('made-elsewhere')")
    browser.wait("document.querySelector('nav').innerText.includes('made-elsewhere')")
    look(browser, "project-log")
    browser.enter("[aria-label='Hide the project log']")


def test_files_history_and_comparison_of_a_workspace(browser: Browser, world: World) -> None:
    browser.open(world.path(f"/workspaces/{world.main}"))
    browser.wait("document.querySelector('[role=tree]')?.innerText.includes('README.md')")
    browser.run("document.querySelector('[role=tree]').focus()")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):  # bin, docs, src: by keyboard alone
        browser.press(key)
    browser.wait("document.querySelector('[role=tree]').innerText.includes('stats.py')")
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.wait_text("value + 33")
    look(browser, "workspace-files")
    browser.tab_to(".cm-content")
    browser.press("f", ctrl=True)
    browser.wait("document.activeElement.name === 'search'")
    browser.say("value + 39")
    browser.press("End")  # fields hear of keys, not of texts
    browser.press("Enter")
    browser.wait_text("value + 39")  # lines are drawn where they are looked at
    look(browser, "workspace-search")
    browser.press("Escape")
    browser.wait("document.activeElement.matches('.cm-content')")
    browser.open(world.path(f"/workspaces/{world.main}?path=src%2Fconfig.ini&blame=true"))
    browser.wait_text("timeout = 30")
    look(browser, "workspace-blame")
    browser.open(world.path(f"/workspaces/{world.main}?view=history"))
    browser.wait_text("Wait longer")
    look(browser, "workspace-history")
    browser.enter("[data-name='Name it']")
    browser.write("[name=name]", "before-the-move")
    browser.press("Enter")
    browser.enter("[aria-label='Take the name away: before-the-move']")
    browser.wait("!document.querySelector('[aria-label^=\"Take the name away\"]')")
    browser.open(world.path(f"/workspaces/{world.main}?view=compare"))
    browser.wait_text("src/config.ini")
    buttons = "[...document.querySelectorAll('button[aria-expanded]')]"
    browser.run(f"{buttons}.filter((one) => /ini|png/.test(one.innerText)).forEach((one) => one.click())")
    browser.wait_text("timeout = 10")
    browser.wait("document.querySelectorAll('img').length === 2")
    look(browser, "workspace-compare")
    assert browser.run("document.querySelectorAll('.cm-mergeView .cm-changedLine').length") == 2
    browser.enter("[data-split]")
    browser.wait("document.querySelector('.cm-deletedChunk')?.innerText.includes('timeout = 10')")
    browser.run(f"{buttons}.find((one) => one.innerText.includes('stats')).click()")
    browser.tab_to(".cm-content[aria-label='src/stats.py']")
    browser.wait("document.querySelectorAll('.cm-collapsedLines').length === 2")
    browser.press("Enter")
    browser.wait("!document.querySelector('.cm-collapsedLines')")


def test_a_workspace_goes_back_to_a_snapshot_and_forth_again(browser: Browser, world: World) -> None:
    browser.open(world.path(f"/workspaces/{world.main}?view=history"))
    browser.enter("button[data-restore]")
    browser.wait_text("you can come back")
    browser.enter("dialog[open] button[data-go]")
    browser.wait_text("The workspace now stands at")
    state = world.client.get(f"/v1/workspaces/{world.main}").json()["workspace"]
    assert state["current_snapshot_id"] == world.base
    browser.enter("button[data-undo]")
    browser.wait("document.querySelector('main ol li')?.innerText.includes('Wait longer')")
    state = world.client.get(f"/v1/workspaces/{world.main}").json()["workspace"]
    assert state["current_snapshot_id"] == world.head
