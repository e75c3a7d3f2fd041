"""Invariants of users, devices and codes, with two transactions at once, on both databases."""

import pytest
import sqlalchemy as sa

from asterism.features.accounts import device_grants, identity
from asterism.features.accounts.identity import SignUp, TokenPair, User
from asterism.features.accounts.identity.tables import access_tokens, external_identities
from asterism.kernel.db import Database, Tx
from asterism.kernel.oidc import Identity
from tests.support.races import errors_of, race

LIFETIMES = identity.Lifetimes()


@pytest.fixture
def ada(db: Database) -> User:
    with db.write() as tx:
        identity.ensure_owner(tx, "owner@localhost")
        return identity.add_user(tx, "ada@example.org")


@pytest.fixture
def pair(db: Database, ada: User) -> TokenPair:
    client = identity.ClientInfo("device", "laptop")
    with db.write() as tx:
        return identity.start_refreshing_session(tx, ada, client, LIFETIMES, method="device")


def live_tokens(db: Database, user: User) -> int:
    with db.read() as tx:
        mine = (access_tokens.c.user_id == user.id, access_tokens.c.revoked_at.is_(None))
        return int(tx.scalar(sa.select(sa.func.count()).where(*mine)))


def test_an_address_is_added_once(db: Database, ada: User) -> None:
    def add(tx: Tx) -> User:
        return identity.add_user(tx, "eve@example.org")

    assert [type(error) for error in errors_of(race(db, add, add))] == [identity.UserExists]


def test_the_owner_is_linked_to_one_subject_of_an_issuer(db: Database, ada: User) -> None:
    def sign_in(tx: Tx, subject: str) -> User:
        who = Identity("https://issuer.example", subject, "owner@localhost", None, None)
        return identity.user_of_identity(tx, who, SignUp("owner@localhost"))

    race(db, lambda tx: sign_in(tx, "1"), lambda tx: sign_in(tx, "2"))
    with db.read() as tx:
        owner = identity.find_user(tx, None)
        linked = tx.all(sa.select(external_identities).where(external_identities.c.user_id == owner.id))
    assert len(linked) == 1


@pytest.mark.parametrize("everywhere", [True, False])
@pytest.mark.parametrize("refresh_first", [True, False])
def test_a_device_that_is_signed_out_keeps_no_token(
    db: Database, ada: User, pair: TokenPair, everywhere: bool, refresh_first: bool
) -> None:
    with db.read() as tx:
        caller = identity.authenticate(tx, pair.access.text)
    calls = [
        lambda tx: identity.refresh(tx, pair.refresh.text, LIFETIMES),
        lambda tx: identity.log_out(tx, caller, everywhere=everywhere),
    ]
    race(db, *(calls if refresh_first else reversed(calls)))
    assert live_tokens(db, ada) == 0


def test_a_link_is_redeemed_once(db: Database, ada: User) -> None:
    with db.write() as tx:
        code = identity.create_link(tx, ada).text

    def redeem(tx: Tx) -> object:
        return identity.redeem_link(tx, code)

    assert [type(error) for error in errors_of(race(db, redeem, redeem))] == [identity.InvalidLink]


def test_a_device_code_is_decided_once(db: Database, ada: User) -> None:
    with db.write() as tx:
        started = device_grants.start(tx, device_grants.Client(), seconds=900)
    outcomes = race(
        db,
        lambda tx: device_grants.deny(tx, started.user_code, ada.id),
        lambda tx: device_grants.approve(tx, started.user_code, ada.id),
    )
    assert len(errors_of(outcomes)) == 1
    with db.write() as tx:
        assert device_grants.poll(tx, started.device_code).outcome is device_grants.Outcome.DENIED


def test_an_approved_code_is_redeemed_once(db: Database, ada: User) -> None:
    with db.write() as tx:
        started = device_grants.start(tx, device_grants.Client(), seconds=900)
        device_grants.approve(tx, started.user_code, ada.id)

    def poll(tx: Tx) -> device_grants.Outcome:
        return device_grants.poll(tx, started.device_code).outcome

    assert sorted(found.name for found in race(db, poll, poll)) == ["READY", "REDEEMED"]
