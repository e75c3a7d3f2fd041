"""Tokens: form, authentication, taking back, tickets, agents."""

import string

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.clock import ManualClock, parse
from asterism.features.accounts import identity
from asterism.features.accounts.identity.tables import access_tokens
from asterism.features.accounts.identity.token_format import check_characters, kind_of, make_token, token_hash
from asterism.kernel.db import Database, Tx

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
DAY = 24 * 3600


@pytest.fixture
def tx(db: Database):
    with db.write() as tx:
        yield tx


@pytest.fixture
def alice(tx: Tx) -> identity.User:
    return identity.add_user(tx, "alice@example.org")


@pytest.fixture
def bob(tx: Tx) -> identity.User:
    return identity.add_user(tx, "bob@example.org")


def token_of(tx: Tx, user: identity.User, **options) -> identity.IssuedToken:
    return identity.create_token(tx, user, **{"kind": "u", "name": "test", "client": "cli", "seconds": DAY, **options})


def caller_of(tx: Tx, user: identity.User, **options) -> identity.Caller:
    return identity.authenticate(tx, token_of(tx, user, **options).text)


@given(kind=st.sampled_from("uarswl"), place=st.integers(6, 51), other=st.sampled_from(BASE62))
def test_one_changed_character_is_always_noticed(kind: str, place: int, other: str) -> None:
    token = make_token(kind)
    assert kind_of(token) == kind
    assert len(token) == 52
    changed = token[:place] + other + token[place + 1 :]
    assert (kind_of(changed) is None) == (changed != token)


def test_the_check_is_crc32_in_base62() -> None:
    assert check_characters("ast_u_" + "0" * 40) == check_characters("ast_u_" + "0" * 40)
    assert all(c in BASE62 for c in check_characters("ast_u_x"))
    assert kind_of("ast_u_7Qm2ZcV0aXk9RtB4nLs6WpY1dEfGhJ3uKo8iNvCx1qeBy9") in {None, "u"}


@pytest.mark.parametrize("junk", [None, "", "ast_u_", "Bearer x", "ast_x_" + "a" * 46, "ast_u_" + "a" * 46, "é" * 52])
def test_junk_is_nobody(tx: Tx, junk: str | None) -> None:
    with pytest.raises(identity.NotSignedIn):
        identity.authenticate(tx, junk)


def test_a_token_names_its_user_until_it_expires(tx: Tx, alice: identity.User, clock: ManualClock) -> None:
    issued = token_of(tx, alice, seconds=60)
    assert identity.authenticate(tx, issued.text) == identity.Caller(alice.id, issued.id, "u", "cli")
    clock.advance(60)
    with pytest.raises(identity.NotSignedIn):
        identity.authenticate(tx, issued.text)


@pytest.mark.parametrize("kind", ["r", "w", "l"])
def test_only_access_tokens_are_bearers(tx: Tx, alice: identity.User, kind: str) -> None:
    issued = token_of(tx, alice, kind=kind)
    with pytest.raises(identity.NotSignedIn):
        identity.authenticate(tx, issued.text)


def test_the_database_holds_no_token(tx: Tx, alice: identity.User) -> None:
    issued = token_of(tx, alice)
    rows = tx.all(sa.select(access_tokens))
    assert not any(issued.text in str(value) for row in rows for value in row.values())
    assert {row["hash"] for row in rows} == {token_hash(issued.text)}
    assert issued.text not in repr(issued)


def test_a_revoked_token_opens_nothing(tx: Tx, alice: identity.User) -> None:
    caller, other = caller_of(tx, alice), token_of(tx, alice)
    identity.revoke_token(tx, caller, other.id)
    with pytest.raises(identity.NotSignedIn):
        identity.authenticate(tx, other.text)
    with pytest.raises(identity.errors.UnknownToken):
        identity.revoke_token(tx, caller, other.id)


def test_another_users_token_is_unknown(tx: Tx, alice: identity.User, bob: identity.User) -> None:
    other = token_of(tx, bob)
    caller = caller_of(tx, alice)
    with pytest.raises(identity.errors.UnknownToken):
        identity.revoke_token(tx, caller, other.id)
    assert identity.introspect(tx, caller, other.text) is None
    assert [token.id for token in identity.list_tokens(tx, caller)] == [caller.token_id]


def test_introspection_tells_the_owner(tx: Tx, alice: identity.User) -> None:
    caller = caller_of(tx, alice)
    other = token_of(tx, alice, scope=identity.READ)
    found = identity.introspect(tx, caller, other.text)
    assert found is not None
    assert (found[0].id, found[0].scope, found[1]) == (other.id, identity.READ, alice)
    identity.revoke_presented(tx, other.text)
    assert identity.introspect(tx, caller, other.text) is None
    identity.revoke_presented(tx, other.text)
    identity.revoke_presented(tx, "junk")


def test_a_ticket_works_once_for_its_purpose(tx: Tx, alice: identity.User, clock: ManualClock) -> None:
    caller = caller_of(tx, alice)
    ticket = identity.create_ticket(tx, caller, "conversation:1").text
    with pytest.raises(identity.NotSignedIn):
        identity.redeem_ticket(tx, ticket, "conversation:2")
    assert identity.redeem_ticket(tx, ticket, "conversation:1") == caller
    with pytest.raises(identity.NotSignedIn):
        identity.redeem_ticket(tx, ticket, "conversation:1")
    late = identity.create_ticket(tx, caller, "conversation:1").text
    clock.advance(60)
    with pytest.raises(identity.NotSignedIn):
        identity.redeem_ticket(tx, late, "conversation:1")


def test_a_ticket_dies_with_the_token_that_asked_for_it(tx: Tx, alice: identity.User) -> None:
    caller = caller_of(tx, alice)
    ticket = identity.create_ticket(tx, caller, "x").text
    assert identity.still_valid(tx, caller)
    identity.revoke_token(tx, caller, caller.token_id)
    assert not identity.still_valid(tx, caller)
    with pytest.raises(identity.NotSignedIn):
        identity.redeem_ticket(tx, ticket, "x")


def test_agent_tokens_are_bound_and_short(tx: Tx, alice: identity.User) -> None:
    scope = identity.Scope("agent", project_id="p", workspace_id="w", run_id="r")
    issued = identity.create_agent_token(tx, alice.id, scope, name="run", seconds=DAY)
    assert issued.expires_in == 2 * 3600
    caller = identity.authenticate(tx, issued.text)
    assert (caller.scope, caller.kind, caller.client) == (scope, "s", "system")
    with pytest.raises(ValueError, match="workspace"):
        identity.create_agent_token(tx, alice.id, identity.READ, name="run")


def test_a_link_signs_in_once(tx: Tx, alice: identity.User, clock: ManualClock) -> None:
    link = identity.create_link(tx, alice)
    assert kind_of(link.text) == "l"
    issued = identity.redeem_link(tx, link.text)
    assert identity.authenticate(tx, issued.text).client == "web"
    late = identity.create_link(tx, alice)
    clock.advance(15 * 60)
    for code in (link.text, late.text, token_of(tx, alice).text, "junk", ""):
        with pytest.raises(identity.InvalidLink):
            identity.redeem_link(tx, code)


def test_uses_are_written_once_a_minute(db: Database, clock: ManualClock) -> None:
    activity = identity.Activity()
    with db.write() as tx:
        user = identity.add_user(tx, "alice@example.org")
        caller = identity.authenticate(tx, identity.redeem_link(tx, identity.create_link(tx, user).text).text)
    activity.note(caller, parse("2026-02-04T12:00:10.000Z"))
    assert activity.token_used_at(caller.token_id, None) == "2026-02-04T12:00:10.000Z"
    with db.write() as tx:
        activity.flush(tx)
    assert not activity.waiting()
    activity.note(caller, parse("2026-02-04T12:01:09.000Z"))
    assert not activity.waiting()
    activity.note(caller, parse("2026-02-04T12:01:10.000Z"))
    with db.write() as tx:
        activity.flush(tx)
        [token] = identity.list_tokens(tx, caller)
        [device] = identity.list_devices(tx, caller)
    assert token.last_used_at == device.last_seen_at == "2026-02-04T12:01:10.000Z"


def test_old_tokens_are_purged(tx: Tx, alice: identity.User, clock: ManualClock) -> None:
    identity.redeem_link(tx, identity.create_link(tx, alice).text)
    identity.create_link(tx, alice)
    kept = token_of(tx, alice, seconds=90 * DAY)
    clock.advance(31 * DAY)
    assert identity.purge(tx) == 2  # the codes; the session expired yesterday
    clock.advance(30 * DAY)
    assert identity.purge(tx) == 1
    assert [token.id for token in identity.list_tokens(tx, identity.authenticate(tx, kept.text))] == [kept.id]


@pytest.mark.parametrize("email", ["", "a", "@", "a@", "@b", "a b@c", "a\n@c", "x" * 250 + "@a.bc"])
def test_what_is_no_address_is_refused(tx: Tx, email: str) -> None:
    with pytest.raises(identity.service.Invalid):
        identity.add_user(tx, email)


def test_a_local_user_is_added_once(tx: Tx, alice: identity.User) -> None:
    with pytest.raises(identity.UserExists):
        identity.add_user(tx, " ALICE@example.org ")


def test_there_is_one_owner(tx: Tx) -> None:
    first, made = identity.ensure_owner(tx, "Owner@Localhost")
    second, again = identity.ensure_owner(tx, "someone@else")
    assert (made, again, first.id) == (True, False, second.id)
    assert first.is_admin
