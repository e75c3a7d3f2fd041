"""A stream ends when the token that opened it is taken back."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import pytest

from asterism.asgi.crowd import Crowd
from asterism.asgi.sse import with_heartbeat
from asterism.base.errors import RateLimited
from asterism.faces.v1.open_streams import follow, while_signed_in
from asterism.features.accounts import identity
from asterism.kernel.db import Database


async def silence() -> AsyncGenerator[bytes, None]:
    yield b"first"
    await asyncio.Event().wait()


def test_an_open_stream_ends_after_a_revocation(db: Database) -> None:
    with db.write() as tx:
        user = identity.add_user(tx, "ada@example.org")
        issued = identity.create_token(tx, user, kind="u", name="t", client="cli", seconds=60)
        caller = identity.authenticate(tx, issued.text)
    call: Any = SimpleNamespace(rt=SimpleNamespace(db=db, sse_heartbeat=0.01), caller=caller)

    async def follow() -> list[bytes]:
        seen = []
        async for chunk in while_signed_in(call, with_heartbeat(silence(), every=0.01)):
            seen.append(chunk)
            if len(seen) == 3:  # the first frame and two heartbeats: a live token keeps it open
                await db.run(identity.revoke_token, caller, caller.token_id)
        return seen

    seen = asyncio.run(asyncio.wait_for(follow(), 60))
    assert seen[0] == b"first"
    assert set(seen[1:]) == {b": ping\n\n"}
    assert 3 <= len(seen) <= 4


def test_one_user_has_so_many_streams_and_what_nobody_reads_is_not_counted() -> None:
    services = SimpleNamespace(streams=Crowd(total=4, each=1))
    rt = SimpleNamespace(sign_in=services, sse_heartbeat=60.0)

    def opened(user: str) -> AsyncGenerator[bytes, None]:
        call: Any = SimpleNamespace(rt=rt, caller=SimpleNamespace(user_id=user))
        return follow(call, silence(), {}).frames

    async def scenario() -> None:
        opened("ada")
        reading = opened("ada")
        assert await anext(reading) == b"first"
        with pytest.raises(RateLimited):
            opened("ada")
        other = opened("bob")
        assert await anext(other) == b"first"
        await reading.aclose()
        again = opened("ada")
        assert await anext(again) == b"first"
        await again.aclose()
        await other.aclose()
        one, two = opened("ada"), opened("ada")  # at one instant: neither is counted yet
        assert await anext(one) == b"first"
        assert [chunk async for chunk in two] == []
        await one.aclose()

    asyncio.run(scenario())
