"""Rates of several servers on one database: each lets through by itself, and hears soon of all the others."""

import asyncio
from pathlib import Path
from typing import cast

import httpx
import pytest
import sqlalchemy as sa

from asterism.asgi.limits import SIGN_IN, Limits
from asterism.base.clock import ManualClock
from asterism.base.errors import RateLimited, Unavailable
from asterism.kernel import rates
from asterism.kernel.db import Database
from asterism.server.rates import RateSharer
from tests.support.databases import drop_postgres, fresh_postgres_url
from tests.support.facts import until
from tests.support.server import TestServer


class Down:
    """A database that is not there."""

    dialect = "postgresql"

    async def run(self, *_: object) -> list[float]:
        raise Unavailable("The database does not answer.")


class Server:
    def __init__(self, db: Database, clock: ManualClock) -> None:
        self.limits = Limits(clock)
        self.sharer = RateSharer(db, self.limits)

    def take(self, times: int, key: str = "192.0.2.1") -> None:
        for _ in range(times):
            self.limits.take(SIGN_IN, key)

    def refuses(self, key: str = "192.0.2.1") -> float:
        with pytest.raises(RateLimited) as refused:
            self.limits.take(SIGN_IN, key)
        return refused.value.retry_after

    def share(self) -> None:
        asyncio.run(self.sharer.share())


def test_what_one_server_let_through_is_refused_by_the_next(db: Database, clock: ManualClock) -> None:
    one, two = Server(db, clock), Server(db, clock)
    one.take(SIGN_IN.calls)
    one.share()
    two.take(1)  # it has heard nothing yet
    two.share()
    assert two.refuses() == 12  # one call was too many: that, and the next one
    two.take(1, "192.0.2.2")
    clock.advance(12)
    two.take(1)
    assert two.refuses() == 6


def test_calls_count_once_however_often_and_whenever_they_are_told(db: Database, clock: ManualClock) -> None:
    one, two = Server(db, clock), Server(db, clock)
    one.take(3)
    one.share()
    one.share()
    two.take(3)
    told = two.limits.drain()
    two.take(2)  # while it is being told
    with db.write() as tx:
        two.limits.settle(told, rates.spend(tx, clock.now().timestamp(), told))
    two.take(2)
    assert two.refuses() == 6
    two.share()
    assert two.refuses() == 6


def test_a_database_that_is_down_costs_nobody_their_count(clock: ManualClock) -> None:
    server = Server(cast(Database, Down()), clock)
    server.take(4)
    server.share()
    assert [one.seconds for one in server.limits.drain()] == [24]


def test_full_buckets_are_removed_and_name_nobody(db: Database, clock: ManualClock) -> None:
    server = Server(db, clock)
    server.take(2)
    server.share()
    with db.write() as tx:
        assert rates.purge(tx) == 0
        clock.advance(13)
        assert rates.purge(tx) == 1
    assert "192.0.2.1" not in rates.Spend("sign-in", "192.0.2.1", 6).id


def test_a_server_on_postgresql_tells_what_it_let_through(tmp_path: Path) -> None:
    url = fresh_postgres_url()
    with TestServer(tmp_path, url, rate_limits="on") as server:
        answer = httpx.post(f"{server.url}/v1/auth/link", json={"code": "nobody's"}, trust_env=False)
        assert answer.status_code == 401

        def buckets() -> int:
            with server.rt.db.read() as tx:
                return int(tx.scalar(sa.text("SELECT count(*) FROM rate_buckets")))

        until(lambda: buckets() == 1)
    drop_postgres(url)
