"""Devices, refresh tokens and signing out."""

import threading

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import audit, identity
from asterism.features.accounts.identity import Refused
from asterism.kernel.db import Database, Tx

LIFETIMES = identity.Lifetimes()
LAPTOP = identity.ClientInfo("device", "laptop", "star", "1.0", "linux x86_64")
HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def tx(db: Database):
    with db.write() as tx:
        yield tx


@pytest.fixture
def alice(tx: Tx) -> identity.User:
    return identity.add_user(tx, "alice@example.org")


@pytest.fixture
def pair(tx: Tx, alice: identity.User) -> identity.TokenPair:
    return identity.start_refreshing_session(tx, alice, LAPTOP, LIFETIMES, method="device")


def refreshed(tx: Tx, text: str) -> identity.TokenPair:
    found = identity.refresh(tx, text, LIFETIMES)
    assert isinstance(found, identity.TokenPair)
    return found


def test_a_refresh_gives_a_new_pair_of_the_same_device(tx: Tx, pair: identity.TokenPair) -> None:
    before = identity.authenticate(tx, pair.access.text)
    after = identity.authenticate(tx, refreshed(tx, pair.refresh.text).access.text)
    assert before.device_id == after.device_id
    assert identity.authenticate(tx, pair.access.text) == before  # it runs out on its own


def test_within_the_grace_the_same_token_is_taken_again(tx: Tx, pair: identity.TokenPair, clock: ManualClock) -> None:
    first = refreshed(tx, pair.refresh.text)
    clock.advance(10)
    second = refreshed(tx, pair.refresh.text)
    clock.advance(31)
    for successor in (first, second):
        assert isinstance(identity.refresh(tx, successor.refresh.text, LIFETIMES), identity.TokenPair)


def test_after_the_grace_the_family_is_revoked(tx: Tx, pair: identity.TokenPair, clock: ManualClock) -> None:
    successor = refreshed(tx, pair.refresh.text)
    clock.advance(31)
    assert identity.refresh(tx, pair.refresh.text, LIFETIMES) is Refused.REUSED
    assert identity.refresh(tx, successor.refresh.text, LIFETIMES) is Refused.INVALID
    for access in (pair.access, successor.access):
        with pytest.raises(identity.NotSignedIn):
            identity.authenticate(tx, access.text)


def test_reuse_once_a_successor_was_exchanged_is_reuse_even_within_the_grace(
    tx: Tx, pair: identity.TokenPair, clock: ManualClock
) -> None:
    refreshed(tx, refreshed(tx, pair.refresh.text).refresh.text)
    clock.advance(1)
    assert identity.refresh(tx, pair.refresh.text, LIFETIMES) is Refused.REUSED


def test_a_client_that_refreshes_hourly_stays_signed_in(tx: Tx, pair: identity.TokenPair, clock: ManualClock) -> None:
    for _ in range(24 * 45):
        clock.advance(HOUR - 1)
        pair = refreshed(tx, pair.refresh.text)
    assert identity.authenticate(tx, pair.access.text).user_id == pair.access.user.id


def test_what_is_no_live_refresh_token_is_invalid(tx: Tx, pair: identity.TokenPair, clock: ManualClock) -> None:
    assert identity.refresh(tx, pair.access.text, LIFETIMES) is Refused.INVALID
    assert identity.refresh(tx, "junk", LIFETIMES) is Refused.INVALID
    clock.advance(30 * DAY)
    assert identity.refresh(tx, pair.refresh.text, LIFETIMES) is Refused.INVALID


def test_two_exchanges_at_once_both_work_and_nothing_is_revoked(db: Database) -> None:
    with db.write() as tx:
        user = identity.add_user(tx, "alice@example.org")
        pair = identity.start_refreshing_session(tx, user, LAPTOP, LIFETIMES, method="device")
    found: list[object] = []

    def exchange() -> None:
        with db.write() as tx:
            found.append(identity.refresh(tx, pair.refresh.text, LIFETIMES))

    threads = [threading.Thread(target=exchange) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(one, identity.TokenPair) for one in found)
    assert len(found) == 8


def test_devices_are_listed_and_revoked(tx: Tx, alice: identity.User, clock: ManualClock) -> None:
    texts = []
    for name in ("one", "two", "three"):
        clock.advance(1)
        client = identity.ClientInfo("web", name)
        texts.append(identity.start_session(tx, alice, client, seconds=DAY, method="link").text)
    callers = [identity.authenticate(tx, text) for text in texts]
    assert [device.name for device in identity.list_devices(tx, callers[0])] == ["three", "two", "one"]
    identity.revoke_device(tx, callers[0], callers[1].device_id or "")
    with pytest.raises(identity.errors.UnknownDevice):
        identity.revoke_device(tx, callers[0], callers[1].device_id or "")
    assert identity.revoke_other_devices(tx, callers[0]) == 1
    assert [device.name for device in identity.list_devices(tx, callers[0])] == ["one"]


def test_another_users_device_is_unknown(tx: Tx, pair: identity.TokenPair) -> None:
    bob = identity.add_user(tx, "bob@example.org")
    issued = identity.start_session(tx, bob, LAPTOP, seconds=DAY, method="link")
    device_id = identity.authenticate(tx, issued.text).device_id or ""
    with pytest.raises(identity.errors.UnknownDevice):
        identity.revoke_device(tx, identity.authenticate(tx, pair.access.text), device_id)


def test_a_device_whose_tokens_ran_out_is_not_listed(
    tx: Tx, alice: identity.User, pair: identity.TokenPair, clock: ManualClock
) -> None:
    clock.advance(30 * DAY)
    issued = identity.create_token(tx, alice, kind="u", name="t", client="cli", seconds=DAY)
    assert identity.list_devices(tx, identity.authenticate(tx, issued.text)) == []


def test_signing_out_ends_the_device(tx: Tx, pair: identity.TokenPair) -> None:
    identity.log_out(tx, identity.authenticate(tx, pair.access.text))
    assert identity.refresh(tx, pair.refresh.text, LIFETIMES) is Refused.INVALID


def test_a_refresh_token_signs_out_when_the_access_token_has_run_out(
    tx: Tx, pair: identity.TokenPair, clock: ManualClock
) -> None:
    clock.advance(HOUR)
    identity.log_out(tx, None, refresh_token=pair.refresh.text)
    for text in (pair.refresh.text, None, "junk"):
        with pytest.raises(identity.NotSignedIn):
            identity.log_out(tx, None, refresh_token=text)


def test_signing_out_everywhere_takes_back_every_token(tx: Tx, alice: identity.User, pair: identity.TokenPair) -> None:
    other = identity.create_token(tx, alice, kind="u", name="t", client="cli", seconds=DAY)
    identity.log_out(tx, identity.authenticate(tx, pair.access.text), everywhere=True)
    with pytest.raises(identity.NotSignedIn):
        identity.authenticate(tx, other.text)


def test_revoking_a_session_token_ends_its_device_but_an_access_token_only_itself(
    tx: Tx, alice: identity.User, pair: identity.TokenPair
) -> None:
    caller = identity.authenticate(tx, pair.access.text)
    identity.revoke_token(tx, caller, pair.access.id)
    assert isinstance(identity.refresh(tx, pair.refresh.text, LIFETIMES), identity.TokenPair)
    identity.revoke_token(tx, caller, pair.refresh.id)
    assert identity.list_devices(tx, caller) == []


def test_the_audit_log_tells_what_happened(tx: Tx, alice: identity.User, pair: identity.TokenPair) -> None:
    origin = audit.Origin("192.0.2.7", pair.access.id)
    identity.log_out(tx, identity.authenticate(tx, pair.access.text), origin=origin)
    first = audit.list_entries(tx, alice.id, limit=2)
    assert [entry.action for entry in first.items] == ["signed_out", "signed_in"]
    assert (first.items[0].address, first.items[0].token_id) == ("192.0.2.7", pair.access.id)
    rest = audit.list_entries(tx, alice.id, limit=2, cursor=first.next_cursor)
    assert [entry.action for entry in rest.items] == ["user_added"]
    assert rest.next_cursor is None
