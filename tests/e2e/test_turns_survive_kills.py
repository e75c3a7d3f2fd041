"""Turns of agents over the death of their server: nothing lost, nothing twice, one end each (Fastest 8.4, 12.2)."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.killable import KillableServer
from tests.support.server import free_port
from tests.support.trees import ok
from tests.support.turns import Person, by_prompt

pytestmark = pytest.mark.slow
SECONDS = 60


class Life:
    """A server that is killed and comes back, and somebody with a conversation on it."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "asterism", "token", "create", "--data-dir", str(data), "--json"]
        made = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "HOME": str(data)})
        self.data, self.port = data, free_port()
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {json.loads(made.stdout)['access_token']}"},
            timeout=SECONDS,
            trust_env=False,
        )
        self.start()
        self.person = Person(self.client)

    def start(self) -> None:
        self.server = KillableServer(
            self.data, self.port, by_prompt, local_base_url="http://127.0.0.1:9", local_model="demo"
        )

    def again(self) -> None:
        """Kill the server and start it anew."""
        self.server.kill()
        self.start()

    def until(self, check: Callable[[], Any]) -> Any:
        """Wait for a fact."""
        end = time.monotonic() + SECONDS
        while not (found := check()):
            assert time.monotonic() < end, self.person.messages()
            time.sleep(0.05)
        return found

    def answers(self) -> list[dict[str, Any]]:
        return [one for one in self.person.messages() if one["role"] == "assistant"]

    def ended(self) -> bool:
        return all(one["status"] not in ("pending", "running") for one in self.answers())


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path)
    yield made
    made.server.kill()
    made.client.close()


def test_running_waiting_and_pending_turns_over_a_kill(life: Life) -> None:
    person = life.person
    running, waiting = person.conversation, person.begin()
    person.send("write kept hang")
    for prompt in ("one", "two"):
        assert person.send(prompt)["status"] == "pending"
    life.until(lambda: "kept" in str(person.get("/opencode-messages")))
    asked = person.send("write before ask write after", waiting)
    person.conversation = waiting
    [question] = life.until(lambda: person.get("/opencode-questions")["questions"])
    life.again()
    person.conversation = running
    life.until(life.ended)
    failed, *others = life.answers()
    assert (failed["status"], failed["error"]) == ("failed", "The server restarted during this turn")
    assert [(one["status"], one["content"]) for one in others] == [("completed", "one "), ("completed", "two ")]
    life.until(lambda: person.get("/timeline")["timeline"])
    assert [one["path"] for one in person.get("/timeline")["timeline"][0]["files"]] == ["kept"]
    person.conversation = waiting
    [answer] = life.answers()
    assert (answer["id"], answer["status"]) == (asked["messageId"], "running")
    assert person.get("/opencode-questions")["questions"] == [question]
    path = person.path(f"/opencode-questions/{question['id']}/reply")
    assert ok(person.client.post(path, json={"answers": [["that"]]})) == {"success": True}
    life.until(life.ended)
    [answer] = life.answers()
    assert (answer["status"], answer["content"]) == ("completed", "resumed with that.")
    life.until(lambda: person.get("/timeline")["timeline"])
    assert [one["path"] for one in person.get("/timeline")["timeline"][0]["files"]] == ["after", "before"]


def test_a_waiting_turn_is_cancelled_after_a_kill(life: Life) -> None:
    person = life.person
    sent = person.send("ask")
    life.until(lambda: person.get("/opencode-questions")["questions"])
    life.again()
    assert ok(person.client.post(person.path("/cancel")))["cancelled"] == [sent["messageId"]]
    [answer] = life.answers()
    assert answer["status"] == "cancelled"
    assert person.get("/opencode-questions")["questions"] == []
