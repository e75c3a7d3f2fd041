"""The jobs that a server registers do their work on its own data."""

import httpx
import pytest

from asterism.features.accounts import identity
from asterism.features.operations import maintenance
from asterism.features.versions import drift
from asterism.kernel.jobs import MemoryJobs, Status
from tests.support.facts import until
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace


def jobs_of(server: TestServer) -> MemoryJobs:
    assert isinstance(server.rt.jobs, MemoryJobs)
    return server.rt.jobs


@pytest.mark.parametrize("name", [maintenance.EXPIRY, maintenance.RETENTION])
def test_every_chore_of_the_clean_up_can_be_done(name: str, server: TestServer) -> None:
    jobs = jobs_of(server)
    done = jobs.wait(jobs.fire(name), 1)
    assert done.status is Status.DONE, done.error
    assert all(isinstance(count, int) for count in done.result.values())


def test_what_has_expired_is_gone_and_what_has_not_stays(server: TestServer, alice: httpx.Client) -> None:
    with server.rt.db.write() as tx:
        user = identity.find_user(tx, alice.get("/v1/auth/me").json()["user"]["email"])
        identity.create_token(tx, user, kind="s", name="over", client="cli", seconds=-60)
    jobs = jobs_of(server)
    done = jobs.wait(jobs.fire(maintenance.EXPIRY), 1)
    assert done.result["tokens"] >= 1
    assert alice.get("/v1/auth/me").status_code == 200


def test_a_workspace_that_moves_is_followed_by_jobs(server: TestServer, alice: httpx.Client) -> None:
    jobs, project = jobs_of(server), make_project(alice)
    make_workspace(alice, project, name="main")
    until(lambda: project in {job.key for job in jobs.list(name=drift.REFRESH, limit=10_000)})
