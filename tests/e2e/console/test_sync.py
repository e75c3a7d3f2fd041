"""The flow of a sync by keyboard alone: what differs, decisions edited by hand, the sync, and its undoing."""

import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import BASE, STATS, World, look
from tests.support.trees import make_workspace, ok, push

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]
RESULT = ".cm-content[contenteditable=true]"
OTHER = {
    **BASE,
    "src/config.ini": b"[net]\ntimeout = 45\nretries = 3\n",
    "src/stats.py": STATS.replace("value + 3\n", "value - 3\n").replace("value + 30\n", "value * 30\n").encode(),
    "NOTES.md": b"my notes\r\nin two lines\r\n",
}


def text_of(world: World, workspace: str, path: str) -> str:
    head = world.client.get(f"/v1/workspaces/{workspace}").json()["workspace"]["current_snapshot_id"]
    listed = ok(world.client.get(f"/v1/snapshots/{head}/files", params={"path": path.rpartition("/")[0]}))["entries"]
    [found] = [one["hash"] for one in listed if one["path"] == path]
    return world.client.get(f"/v1/blobs/download/{found}").text


def test_decisions_are_edited_by_hand_and_the_sync_undone(browser: Browser, world: World) -> None:
    mine = make_workspace(world.client, world.project, name="other-stats")
    push(world.client, world.project, mine, OTHER, parent_snapshot_ids=[world.base], summary="Otherwise")
    browser.open(world.path(f"/workspaces/{mine}/sync"))
    browser.wait_text("Both have, differently")
    look(browser, "sync-drift")
    browser.tab_to("button[data-prepare]")
    browser.press("Enter")
    browser.wait_text("0 of 3 decided")
    browser.wait_text("NOTES.md")
    browser.tab_to("[data-option=use_workspace]")  # text whose lines end in CR LF
    browser.press("Enter")
    browser.wait_text("1 of 3 decided")
    browser.tab_to(RESULT)
    browser.wait(f"document.querySelector({RESULT!r}).innerText.includes('in two lines')")
    browser.press("End", ctrl=True)
    browser.say("and a third\n")
    browser.wait_text("edited")
    browser.press("ArrowRight", alt=True)
    browser.wait_text("timeout = 45")
    browser.wait_text("timeout = 30")
    look(browser, "sync-decision")
    browser.tab_to(RESULT)
    browser.press("a", ctrl=True)
    browser.say("[net]\ntimeout = 37\nretries = 3\n")
    browser.wait_text("2 of 3 decided")
    browser.press("ArrowRight", alt=True)
    browser.wait_text("value - 3")
    browser.tab_to("[data-option=use_main]")
    browser.press("Enter")
    browser.wait_text("3 of 3 decided")
    browser.tab_to("button[data-execute]", back=True)
    browser.press("Enter")
    browser.wait_text("Undo this sync")
    assert "timeout = 37" in text_of(world, mine, "src/config.ini")
    assert "value + 33" in text_of(world, mine, "src/stats.py")
    assert text_of(world, mine, "NOTES.md") == "my notes\r\nin two lines\r\nand a third\r\n"
    look(browser, "sync-done")
    browser.tab_to("button[data-undo]")
    browser.press("Enter")
    browser.wait_text("The workspace is back at")
    assert "timeout = 45" in text_of(world, mine, "src/config.ini")
