"""`/v1/jobs`: administrators see what was done in the background, with its outcome (Fastest 12)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from asterism.features.accounts import identity
from asterism.features.operations import action_items, maintenance
from asterism.features.versions import drift, forecast
from asterism.kernel.jobs import MemoryJobs
from tests.support.facts import until
from tests.support.server import TestServer
from tests.support.trees import error, field_error, make_project, make_workspace, ok


@pytest.fixture
def admin(server: TestServer) -> Iterator[httpx.Client]:
    with server.rt.db.write() as tx:
        owner = identity.find_user(tx, None)
        issued = identity.create_token(tx, owner, kind="u", name="test", client="cli", seconds=3600)
    with server.client(issued.text) as client:
        yield client


def listed(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    return list(ok(client.get("/v1/jobs", params=query))["jobs"])


def test_an_administrator_sees_each_job_with_its_outcome(server: TestServer, admin: httpx.Client) -> None:
    jobs = server.rt.jobs
    assert isinstance(jobs, MemoryJobs)
    done = jobs.wait(jobs.fire(maintenance.EXPIRY), 1)
    (newest, *_) = listed(admin, name=maintenance.EXPIRY, limit=1)
    assert newest.pop("created_at") <= newest.pop("started_at") <= newest.pop("ended_at")
    assert newest.pop("duration_ms") >= 0
    assert newest == {
        "id": done.id, "name": "maintenance.expiry", "key": "maintenance.expiry", "status": "done", "attempts": 1,
        "error": None,
    }  # fmt: skip
    assert len(listed(admin, limit=1)) == 1
    assert listed(admin, name="nothing") == []
    field_error(admin.get("/v1/jobs", params={"limit": 0}), "query.limit")


def test_nobody_else_does(alice: httpx.Client, anonymous: httpx.Client) -> None:
    error(alice.get("/v1/jobs"), 403, "ADMIN_ONLY")
    error(anonymous.get("/v1/jobs"), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("name", "seconds", "at_start"),
    [
        (drift.SWEEP, 900, True),  # 12.1
        (action_items.SWEEP, 900, True),  # 12.4
        (maintenance.EXPIRY, 600, True),  # 12.5
        (maintenance.RETENTION, 86_400, False),  # 12.6
    ],
)
def test_what_comes_by_the_clock_has_its_times(server: TestServer, name: str, seconds: int, at_start: bool) -> None:
    jobs = server.rt.jobs
    assert isinstance(jobs, MemoryJobs)
    schedule = jobs.schedules[name]
    assert (schedule.seconds, schedule.at_start) == (seconds, at_start)


@pytest.mark.parametrize("name", [drift.REFRESH, forecast.REFRESH, "decisions.check", action_items.ANALYZE])
def test_a_move_has_its_project_looked_at_once(server: TestServer, alice: httpx.Client, name: str) -> None:
    jobs = server.rt.jobs
    assert isinstance(jobs, MemoryJobs)
    project = make_project(alice)
    for workspace in ("main", "side"):
        make_workspace(alice, project, name=workspace)

    def waiting() -> list[str]:
        return [job.id for job in jobs.list(name=name, limit=10_000) if job.key == project and not job.status.final]

    until(waiting)
    assert len(waiting()) == 1, "moves are taken together"
