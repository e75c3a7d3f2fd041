"""Three servers on PostgreSQL and a bucket, used and killed at random for a minute: nothing acknowledged may be lost.

`SOAK_SEED` and `SOAK_SECONDS` repeat or prolong a run.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from bench.first_token import provider
from bench.fleets import Member, fleet
from bench.report import Report
from tests.support.balancer import Balancer
from tests.support.sse import parse_frames
from tests.support.trees import name_of, put_tree

TITLE = "a minute of use and of random kills, three servers behind a balancer"
PATIENCE = 120.0
ENDED = ("message.final", "run.error")


@dataclass
class Ledger:
    """What was acknowledged, and how often nothing was."""

    snapshots: list[tuple[str, str, bytes]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def run() -> Report:
    """Use, kill, and look at what is left."""
    seed, seconds = int(os.environ.get("SOAK_SEED", "16")), float(os.environ.get("SOAK_SECONDS", "60"))
    report, ledger = Report(), Ledger()
    with provider(delay=0.02) as base:
        settings = {"ASTERISM_LOCAL_BASE_URL": base, "ASTERISM_LOCAL_MODEL": "demo"}
        with fleet(3, settings) as (members, token), Balancer([member.port for member in members]) as balancer:
            headers, none_kept = {"Authorization": f"Bearer {token}"}, httpx.Limits(max_keepalive_connections=0)
            with httpx.Client(
                base_url=balancer.url, headers=headers, limits=none_kept, timeout=30, trust_env=False
            ) as client:
                kills = _use_and_kill(client, members, ledger, random.Random(seed), seconds)
                lost = _look(client, ledger)
    rows = [
        ["snapshots, with their content", str(len(ledger.snapshots)), str(lost["snapshots"])],
        ["messages", str(len(ledger.messages)), str(lost["messages"])],
        ["runs, lost or without exactly one end", str(len(ledger.runs)), str(lost["runs"])],
    ]
    report.table(["acknowledged", "number", "lost"], rows)
    report.note(
        f"Seed {seed}, {seconds:.0f} s, {kills} kills (SIGKILL, started again at once); "
        f"{ledger.counts['refused']} requests were not acknowledged, {ledger.counts['ended early']} followers were cut "
        "off. Garbage is collected every second meanwhile."
    )
    if any(lost.values()):
        raise RuntimeError(f"something that was acknowledged is lost: {dict(lost)}\n{report.markdown()}")
    return report


def _use_and_kill(
    client: httpx.Client, members: Sequence[Member], ledger: Ledger, chance: random.Random, seconds: float
) -> int:
    project = client.post("/v1/projects", json={"name": "soak"}).raise_for_status().json()["project"]["id"]
    chats = [client.post(f"/v1/projects/{project}/chats").raise_for_status().json()["chat"]["id"] for _ in range(3)]
    end = time.monotonic() + seconds
    kinds: list[Callable[[], None]] = [
        lambda: _push(client, project, ledger),
        lambda: _push(client, project, ledger),
        *(lambda chat=chat: _talk(client, chat, ledger) for chat in chats),
        lambda: _collect(client),
    ]

    def work(kind: Callable[[], None]) -> None:
        while time.monotonic() < end:
            try:
                kind()
            except (httpx.HTTPError, AssertionError):  # not acknowledged, so nothing is owed
                ledger.counts["refused"] += 1

    threads = [threading.Thread(target=work, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    kills = 0
    while time.monotonic() < end:
        time.sleep(chance.uniform(1, 4))
        member = chance.choice(members)
        member.kill()
        kills += 1
        member.start()
    for thread in threads:
        thread.join(PATIENCE)
    return kills


def _push(client: httpx.Client, project: str, ledger: Ledger) -> None:
    content = os.urandom(500)
    tree = put_tree(client, {"file": content})
    answer = client.post(f"/v1/projects/{project}/snapshots", json={"manifest_hash": tree})
    answer.raise_for_status()
    ledger.snapshots.append((answer.json()["snapshot"]["id"], tree, content))


def _talk(client: httpx.Client, chat: str, ledger: Ledger) -> None:
    answer = client.post(f"/v1/chats/{chat}/messages", json={"role": "user", "content": os.urandom(8).hex()})
    answer.raise_for_status()
    ledger.messages.append((chat, answer.json()["message"]["id"]))
    with client.stream("POST", f"/v1/chats/{chat}/run") as run:
        run.raise_for_status()
        ledger.runs.append(run.headers["x-run-id"])
        try:
            for _ in run.iter_raw():
                pass
        except httpx.HTTPError:
            ledger.counts["ended early"] += 1


def _collect(client: httpx.Client) -> None:
    time.sleep(1)
    client.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 60}).raise_for_status()


def _look(client: httpx.Client, ledger: Ledger) -> Counter[str]:
    """Return how much of what was acknowledged is lost, by kind."""
    lost: Counter[str] = Counter({"snapshots": 0, "messages": 0, "runs": 0})
    for snapshot, tree, content in ledger.snapshots:
        found = client.get(f"/v1/snapshots/{snapshot}")
        kept = found.status_code == 200 and found.json()["snapshot"]["manifest_hash"] == tree
        lost["snapshots"] += not (kept and client.get(f"/v1/blobs/download/{name_of(content)}").content == content)
    there = {chat: _messages(client, chat) for chat, _ in set(ledger.messages)}
    lost["messages"] = sum(message not in there[chat] for chat, message in ledger.messages)
    end = time.monotonic() + PATIENCE
    for run in ledger.runs:
        while _goes_on(client, run) and time.monotonic() < end:
            time.sleep(0.5)
        lost["runs"] += not _ended_once(client, run)
    return lost


def _messages(client: httpx.Client, chat: str) -> set[str]:
    answer = client.get(f"/v1/chats/{chat}/messages").raise_for_status()
    return {message["id"] for message in answer.json()["messages"]}


def _goes_on(client: httpx.Client, run: str) -> bool:
    answer = client.get(f"/v1/runs/{run}")
    return answer.status_code == 200 and answer.json()["run"]["status"] not in ("completed", "failed", "cancelled")


def _ended_once(client: httpx.Client, run: str) -> bool:
    if _goes_on(client, run) or client.get(f"/v1/runs/{run}").status_code != 200:
        return False
    frames = parse_frames(client.get(f"/v1/runs/{run}/events", params={"after": 0}).content)
    return sum(frame.event in ENDED for frame in frames) == 1
