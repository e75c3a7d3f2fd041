"""Connecting another service: verified first, by a state that is good once, in time, for whom it was made."""

import asyncio

import pytest

from asterism.base.clock import ManualClock
from asterism.base.errors import Invalid
from asterism.features.accounts import identity
from asterism.features.accounts.audit import NOWHERE
from asterism.features.accounts.identity import Caller
from asterism.features.talk import integrations
from asterism.features.talk.integrations import Access, Client, Connector, Services
from asterism.kernel.db import Database
from asterism.kernel.secrets import memory_secrets
from asterism.kernel.upstreams import Call, MemoryUpstreams, Reply

BACK = "http://127.0.0.1/back"
BOT = b'{"object": "user", "id": "bot", "type": "bot", "name": "B", "bot": {"workspace_name": "W"}}'
TOKENS = b'{"access_token": "t", "refresh_token": "r", "bot_id": "bot"}'


class World:
    """Two people, and a Notion that takes the token `t` and the code `code`."""

    def __init__(self, db: Database, clock: ManualClock) -> None:
        self.db, self.clock = db, clock
        self.upstreams = MemoryUpstreams(self.answer)
        services = Services("1", notion_client=Client("id", "secret"))
        self.connector = Connector(db, Access(db, memory_secrets(), self.upstreams, services, clock))
        with db.write() as tx:
            self.alice, self.bob = (
                Caller(identity.add_user(tx, f"{name}@example.org").id, "", "u", "cli") for name in ("alice", "bob")
            )

    @staticmethod
    def answer(call: Call, _url: str) -> Reply:
        if call.method == "POST":
            return Reply(200, {}, TOKENS)
        good = call.headers["Authorization"] == "Bearer t"
        return Reply(200, {}, BOT) if good else Reply(401, {}, b"{}")

    def start(self) -> str:
        return asyncio.run(self.connector.start(self.alice, "notion", BACK)).state

    def finish(self, state: str, caller: Caller | None = None, code: str = "code", back: str = BACK) -> str:
        made = self.connector.finish(caller or self.alice, "notion", code, state, back, NOWHERE)
        return asyncio.run(made).status

    def shown(self, caller: Caller) -> list[str]:
        with self.db.read() as tx:
            return [one.status for one in integrations.list_integrations(tx, caller.user_id)]


@pytest.fixture
def world(db: Database, clock: ManualClock) -> World:
    return World(db, clock)


def test_a_state_is_good_once(world: World) -> None:
    state = world.start()
    assert world.finish(state) == "ok"
    assert (world.shown(world.alice)[0], world.shown(world.bob)[0]) == ("ok", "disconnected")
    with pytest.raises(integrations.InvalidState):
        world.finish(state)


@pytest.mark.parametrize(("seconds", "good"), [(599, True), (600, False)])
def test_a_state_is_good_for_ten_minutes(world: World, seconds: int, good: bool) -> None:
    state = world.start()
    world.clock.advance(seconds)
    if good:
        assert world.finish(state) == "ok"
    else:
        with pytest.raises(integrations.InvalidState):
            world.finish(state)


def test_a_state_is_good_for_whom_it_was_made_and_stays_so(world: World) -> None:
    state = world.start()
    with pytest.raises(integrations.InvalidState):
        world.finish(state, world.bob)
    with pytest.raises(Invalid, match="redirect_uri"):
        world.finish(state, back=BACK + "2")
    with pytest.raises(Invalid, match="1 to 4096"):
        world.finish(state, code="c" * 4097)
    assert world.finish(state, code="c" * 4096) == "ok"


def test_a_token_is_verified_before_it_is_kept(world: World) -> None:
    with pytest.raises(integrations.InvalidCredential):
        asyncio.run(world.connector.by_token(world.alice, "notion", "bad", NOWHERE))
    assert world.shown(world.alice)[0] == "disconnected"
    made = asyncio.run(world.connector.by_token(world.alice, "notion", "t", NOWHERE))
    assert made.account is not None
    assert made.account.name == "W"
    asyncio.run(world.connector.disconnect(world.alice, "notion", NOWHERE))
    assert world.shown(world.alice)[0] == "disconnected"
