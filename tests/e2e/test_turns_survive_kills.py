"""Turns of agents over the death of their server: nothing lost, nothing twice, one end each (Fastest 8.4, 12.2)."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.faces.runtime import Runtime
from asterism.kernel.llm.fake_server import running_in_thread
from tests.support.forks import ASTERISM, run
from tests.support.killable import KillableServer
from tests.support.server import free_port
from tests.support.trees import ok
from tests.support.turns import Person, by_prompt, by_prompt_and_dying

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SECONDS = 120
KILLS = 6


@dataclass(frozen=True)
class Moment:
    """A step of a turn at which the server dies: in its working copies, or where the prompt says `die`."""

    call: str
    status: str
    written: bool
    prompt: str = "write FILE said"


MOMENTS = (
    Moment("before open", "failed", written=False),
    Moment("after open", "failed", written=False),
    Moment("never dies", "failed", written=False, prompt="die write FILE"),
    Moment("never dies", "failed", written=True, prompt="write FILE die said"),
    Moment("never dies", "failed", written=True, prompt="write FILE said die"),
    Moment("before collect", "completed", written=True),
    Moment("after collect", "completed", written=True),
    Moment("after settle", "completed", written=True),
    Moment("before close", "completed", written=True),
    Moment("after close", "completed", written=True),
)


class Life:
    """A server that is killed and comes back, and somebody with a conversation on it."""

    def __init__(self, data: Path, model_url: str) -> None:
        command = [*ASTERISM, "token", "create", "--data-dir", str(data), "--json"]
        made = run(command, env={**os.environ, "HOME": str(data)})
        self.data, self.port, self.model_url = data, free_port(), model_url
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {json.loads(made.stdout)['access_token']}"},
            timeout=SECONDS,
            trust_env=False,
        )
        self.start()
        self.person = Person(self.client)

    def start(self, alter: Callable[[Runtime], None] = by_prompt) -> None:
        self.server = KillableServer(self.data, self.port, alter, local_base_url=self.model_url, local_model="demo")

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
    with running_in_thread() as model:  # what writes the summaries
        made = Life(tmp_path, model.url)
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


def test_kills_at_any_moment_lose_nothing_and_do_nothing_twice(life: Life) -> None:
    person, chance = life.person, random.Random(7)
    sent: list[str] = []
    for number in range(KILLS):
        killer = threading.Timer(chance.uniform(0.0, 1.0), life.server.kill)
        killer.start()
        try:
            while True:
                answer = person.client.post(
                    person.path("/messages"), json={"prompt": f"write f{number}-{len(sent)} said"}
                )
                if answer.status_code == 200:
                    sent.append(answer.json()["messageId"])
                else:
                    assert answer.json()["error"]["code"] in ("QUEUE_FULL", "SHUTTING_DOWN")
                    time.sleep(0.02)
        except httpx.TransportError:
            pass
        killer.join()
        assert life.server.process.exitcode == -signal.SIGKILL
        life.start()
    life.until(life.ended)
    life.until(lambda: person.get("")["conversation"]["state"] == "idle")
    answers = {one["id"]: one for one in life.answers()}
    assert set(sent) <= set(answers)
    log = _log(person)
    ends = Counter(one["message"]["id"] for one in log if one["type"] == "message_complete")
    assert ends == Counter(answers.keys())
    seqs = [one["seq"] for one in log]
    assert seqs == sorted(set(seqs))
    life.until(lambda: _all_files_there(person))


def test_a_server_killed_in_each_step_of_a_turn_gives_it_one_end_and_keeps_its_files(
    life: Life, tmp_path: Path
) -> None:
    person, armed = life.person, tmp_path / "armed"
    sent: list[Moment] = []
    for number, moment in enumerate(MOMENTS):
        life.server.kill()
        life.start(partial(by_prompt_and_dying, moment.call, armed))
        life.until(lambda: _settled(person, sent))
        prompt = moment.prompt.replace("FILE", f"f{number}")
        sent.append(replace(moment, prompt=prompt))
        armed.touch()
        with suppress(httpx.TransportError):  # the server may die before it answers
            person.send(prompt)
        life.server.process.join(SECONDS)
        assert life.server.process.exitcode == -signal.SIGKILL, moment
        armed.unlink()
    life.start()
    life.until(lambda: _settled(person, sent))
    ends = Counter(one["message"]["id"] for one in _log(person) if one["type"] == "message_complete")
    assert ends == Counter(one["id"] for one in life.answers())
    assert person.send("and on")["status"] == "running"
    life.until(life.ended)
    life.until(lambda: not list((tmp_path / "workcopies").iterdir()))


def _settled(person: Person, sent: Sequence[Moment]) -> bool:
    """Whether each turn has the end that belongs to its step, and the files it wrote are in the timeline."""
    if person.get("")["conversation"]["state"] != "idle":
        return False
    said = person.messages()
    assert [one["content"] for one in said[::2]] == [one.prompt for one in sent]
    assert [one["status"] for one in said[1::2]] == [one.status for one in sent]
    items = {one["messageId"]: one for one in person.get("/timeline")["timeline"]}
    for answer, moment in zip(said[1::2], sent, strict=True):
        item = items.get(answer["id"])
        if moment.written and (item is None or item["summaryStatus"] != "completed"):
            return False
        found = [one["path"] for one in item["files"]] if item else []
        assert found == [moment.prompt.split()[1]] * moment.written, moment
        assert item is None or item.get("previousManifestHash") != item["manifestHash"], moment
    return True


def _log(person: Person) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = []
    while page := person.get("/events", after=log[-1]["seq"] if log else 0, limit=1000)["events"]:
        log += page
    return log


def _all_files_there(person: Person) -> bool:
    """Whether each turn that completed has left its file in the workspace."""
    workspace = ok(person.client.get(f"/v1/workspaces/{person.workspace}"))["workspace"]
    tree = workspace["current_manifest_hash"]
    shown = person.client.get(f"/v1/blobs/manifests/{tree}").text if tree else ""
    said = person.messages()
    pairs = zip(said[::2], said[1::2], strict=True)
    wanted = [asked["content"].split()[1] for asked, answer in pairs if answer["status"] == "completed"]
    return all(f'"{name}"' in shown for name in wanted)
