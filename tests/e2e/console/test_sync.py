"""The flow of a sync by keyboard alone: what differs, a decision edited by hand, the sync, and its undoing."""

import pytest

from tests.support.browser import Browser, chromium
from tests.support.console import World, look
from tests.support.trees import ok

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]


def text_of(world: World, path: str) -> str:
    head = world.client.get(f"/v1/workspaces/{world.side}").json()["workspace"]["current_snapshot_id"]
    listed = ok(world.client.get(f"/v1/snapshots/{head}/files", params={"path": path.rpartition("/")[0]}))["entries"]
    [found] = [one["hash"] for one in listed if one["path"] == path]
    return world.client.get(f"/v1/blobs/download/{found}").text


def test_a_decision_is_edited_by_hand_and_the_sync_undone(browser: Browser, world: World) -> None:
    before = text_of(world, "src/config.ini")
    browser.open(world.path(f"/workspaces/{world.side}/sync"))
    browser.wait_text("Both have, differently")
    look(browser, "sync-drift")
    browser.enter("button[data-prepare]")
    browser.wait_text("0 of 1 decided")
    browser.wait_text("timeout = 45")
    browser.wait_text("timeout = 30")
    look(browser, "sync-decision")
    browser.run("document.querySelector('textarea').focus(); document.querySelector('textarea').select()")
    browser.write("textarea", "[net]\ntimeout = 37\nretries = 3\n")
    browser.wait_text("1 of 1 decided")
    browser.enter("button[data-execute]")
    browser.wait_text("Undo this sync")
    assert "timeout = 37" in text_of(world, "src/config.ini")
    both = text_of(world, "src/stats.py")
    assert "value + 33" in both
    assert "value * 30" in both
    look(browser, "sync-done")
    browser.enter("button[data-undo]")
    browser.wait_text("The workspace is back at")
    assert text_of(world, "src/config.ini") == before
