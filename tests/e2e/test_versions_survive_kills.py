"""SIGKILL of server and client at random moments: what was acknowledged stays, what is listed can be cloned."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from asterism.base.errors import Unavailable
from asterism.client.api import Api
from asterism.client.clone import clone
from asterism.client.http import Http
from asterism.client.progress import Silent
from asterism.client.push import Wish, push
from tests.client.trees import build, describe
from tests.support.commands import answer, run
from tests.support.killable import KillableServer
from tests.support.process import ASTERISM, asterism, clean_environment, started
from tests.support.server import TestServer, free_port

KILLS = 14
SIDE_BY_SIDE = 2
PUSHES_A_LIFE = 2


@pytest.mark.slow
@pytest.mark.timeout(600)  # most of it is waiting for processes; on a busy machine it takes its time
def test_a_server_killed_during_pushes_loses_nothing_it_acknowledged(tmp_path):
    """`KILLS` kills in all, spread over servers that run side by side, each on data of its own."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        trials = [
            pool.submit(trial, tmp_path / str(number), KILLS // SIDE_BY_SIDE, seed=number)
            for number in range(SIDE_BY_SIDE)
        ]
        acknowledged = [each.result() for each in trials]
    assert sum(acknowledged) >= KILLS // 10, "too few pushes went through for the kills to mean anything"


def trial(home: Path, kills: int, *, seed: int) -> int:
    """Kill one server again and again while a client pushes; returns how many snapshots it had acknowledged."""
    home.mkdir()
    data, work, port = home / "data", home / "work", free_port()
    made = asterism("token", "create", "--data-dir", str(data), "--json", home=home)
    pusher = Pusher(work, json.loads(made.stdout)["access_token"], random.Random(seed))
    build(work, {f"f{n}": ("file", b"%d" % n * 50, 0o644) for n in range(12)})
    server = KillableServer(data, port)
    pusher.push_once(server.url)
    for _ in range(kills):
        killer = threading.Timer(pusher.chance.uniform(0, PUSHES_A_LIFE * pusher.seconds), server.kill)
        killer.start()
        while pusher.push_once(server.url):
            pass
        killer.join()
        assert server.process.exitcode == -signal.SIGKILL
        server = KillableServer(data, port)
    with Http(server.url, pusher.token) as http:
        check(Api(http), pusher.acknowledged, home)
    server.kill()
    return len(pusher.acknowledged)


class Pusher:
    """Somebody who edits and pushes; `acknowledged` maps snapshots to their trees, `seconds` is what a push takes."""

    def __init__(self, work: Path, token: str, chance: random.Random) -> None:
        self.work, self.token, self.chance = work, token, chance
        self.acknowledged: dict[str, dict] = {}
        self.seconds = 0.1

    def push_once(self, url: str) -> bool:
        """Edit three files and push; False when the server died under it."""
        for _ in range(3):
            content = self.chance.randbytes(self.chance.choice([10, 1000, 100_000]))
            (self.work / f"f{self.chance.randrange(12)}").write_bytes(content)
        tree = describe(self.work)
        began = time.monotonic()
        with Http(url, self.token, sleep=lambda _: None) as http:
            try:
                done = push(Api(http), str(self.work), Wish("p"), progress=Silent(), threads=2)
            except Unavailable:
                return False
        self.seconds = time.monotonic() - began
        self.acknowledged[done.snapshot.id] = tree
        return True


def check(api: Api, acknowledged: dict[str, dict], home: Path) -> None:
    """Every acknowledged snapshot is listed with its tree, and every listed one can be cloned."""
    if not acknowledged:
        return
    [project] = api.find_projects("p")
    listed = [snapshot.id for snapshot in api.snapshots(project.id)]
    assert set(acknowledged) <= set(listed)
    head = api.workspaces(project.id)[0].current_snapshot_id
    assert head in listed
    for number, snapshot_id in enumerate(listed):
        target = home / f"clone{number}"
        clone(api, project.id, str(target), snapshot=snapshot_id, progress=Silent())
        if snapshot_id in acknowledged:
            assert describe(target) == acknowledged[snapshot_id]


def test_a_killed_push_keeps_the_blobs_it_had_sent(tmp_path, sqlite_server: TestServer, signed_in):
    """Inside a batch too: the client dies in the middle of a body, and the next push sends only the rest."""
    work = tmp_path / "work"
    build(work, {f"f{n}": ("file", os.urandom(200_000), 0o644) for n in range(400)})
    command = [*ASTERISM, "push", "work", "--json"]
    stored = 0
    for _ in range(10):
        with started(command, cwd=tmp_path, env=clean_environment(tmp_path, signed_in), stdout=-3) as process:
            stored = wait_for_blobs(sqlite_server, signed_in, process, more_than=stored)
        if stored:
            break
    done = answer(run(tmp_path, signed_in, "push", "work", "--json"))
    assert 0 < done["sent_blobs"] < 400 or process.returncode == 0
    back = answer(run(tmp_path, signed_in, "clone", "work", "back", "--json"))
    assert back["snapshot_id"] == done["snapshot_id"]
    assert describe(tmp_path / "back") == describe(work)


def wait_for_blobs(server: TestServer, signed_in: dict, process: "subprocess.Popen[bytes]", *, more_than: int) -> int:
    """Return how many blobs the user has stored as soon as there are any more, or the process has ended."""
    with server.client(signed_in["ASTERISM_TOKEN"]) as client:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            count = int(client.get("/v1/blobs/stats").json()["blobs"]["count"])
            if count > more_than or process.poll() is not None:
                return count
    raise AssertionError("nothing was stored")


def test_a_killed_clone_is_finished_by_the_next(tmp_path, signed_in):
    build(tmp_path / "work", {f"f{n}": ("file", os.urandom(100_000), 0o644) for n in range(300)})
    answer(run(tmp_path, signed_in, "push", "work", "--json"))
    incoming = tmp_path / "back" / ".asterism" / "incoming"
    command = [*ASTERISM, "clone", "work", "back"]
    with started(command, cwd=tmp_path, env=clean_environment(tmp_path, signed_in), stderr=-3) as process:
        while process.poll() is None and not (incoming.is_dir() and len(os.listdir(incoming)) > 5):
            pass
    seen = describe(tmp_path / "back")
    assert {name: seen[name] for name in seen} == {name: describe(tmp_path / "work")[name] for name in seen}
    if process.returncode != 0:
        answer(run(tmp_path, signed_in, "clone", "work", "back", "--json"))
    assert describe(tmp_path / "back") == describe(tmp_path / "work")
