"""Folders of this machine: the room Review in a real browser."""

import json
from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.llm.scenario import Scenario
from tests.support.browser import Browser, chromium
from tests.support.console import World, look
from tests.support.flows import FINDING, INJECTION, SQL, faulty
from tests.support.trees import ok, push
from tests.wire.local.reviewing import local

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("console"),
]

CLOSER = {
    "detailedAnalysis": "The quote ends the **text** of the statement.",
    "rootCause": "Text is joined where a parameter belongs.",
    "impact": "Everything in the table can be read.",
    "suggestedFix": "Bind the value.",
    "patch": None,
    "relatedIssues": [],
    "references": [],
}


def test_a_folder_is_trusted_reviewed_and_what_is_dismissed_stays_so(
    browser: Browser, world: World, fake: FakeModelServer, place: Path
) -> None:
    checkout = faulty(place / "ein täst")
    root = json.dumps(str(checkout.root))

    browser.open(f"{world.server.url}/review")
    browser.wait("document.querySelector('[name=root]').value !== ''")
    browser.write("[name=root]", str(checkout.root))
    browser.press("Enter")
    browser.wait(f"document.querySelector('[data-trust]').closest('section').innerText.includes({root})")
    look(browser, "review-trust")
    assert not (checkout.root / ".stargazer").exists()
    browser.enter("[data-trust]")
    browser.wait_text("0 staged, 1 not staged, 1 new")
    browser.enter("[data-review]")
    browser.wait(f"!!{FINDING}")
    browser.wait_text("Mutable default argument")
    look(browser, "review")

    fake.act(Scenario({"Finding: ": [Script((json.dumps(CLOSER),))]}, Script((json.dumps({"issues": []}),))))
    with local(world.server) as api:
        assert api.post("/api/config/provider/local/activate", json={"model": "demo"}).status_code == 200
        browser.enter(f"{SQL} [data-explain]")
        browser.wait_text("Everything in the table can be read.")
        assert api.delete("/api/config").status_code == 200
    browser.enter(f"{SQL} [data-dismiss]")
    browser.wait(f"{FINDING}.innerText.includes('dismissed')")
    assert "bound parameters" in browser.run(
        "fetch(document.querySelector('a[download]').href).then((one) => one.text())"
    )

    browser.enter("[data-review]")
    browser.wait_text("1 dismissed")
    browser.wait(f"!{FINDING} && document.querySelectorAll('[data-finding]').length > 0")
    browser.wait("document.querySelectorAll('main li a').length >= 2")
    look(browser, "review-second")


def test_a_workspace_is_reviewed_and_a_finding_dismissed_by_keyboard_alone(browser: Browser, world: World) -> None:
    tree = {"README.md": b"# Orbit\n", "src/db.py": INJECTION.encode()}
    head = ok(world.client.get(f"/v1/workspaces/{world.side}"))["workspace"]["current_snapshot_id"]
    push(world.client, world.project, world.side, tree, parent_snapshot_ids=[head])
    browser.open(world.path(f"/findings?workspace={world.side}"))
    browser.wait_text("Nothing is open")
    browser.enter("[data-review]")
    browser.wait(f"!!{FINDING}")
    browser.wait("document.querySelector('[data-summary]')?.innerText.startsWith('Found')")
    browser.wait(
        "[...document.querySelectorAll('[data-finding] a')].some((one) => one.innerText === 'in faster-stats')"
    )
    look(browser, "findings")
    browser.enter(f"{SQL} [data-dismiss]")
    browser.wait(f"!{FINDING}")
    browser.enter("a[href*='standing=dismissed']")
    browser.wait(f"{FINDING}.innerText.includes('Take the dismissal back')")
