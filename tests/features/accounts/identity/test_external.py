"""Who signs in by what a provider says."""

import pytest

from asterism.features.accounts import identity
from asterism.features.accounts.identity import SignUp
from asterism.kernel.db import Database, Tx
from asterism.kernel.oidc import Identity

ISSUER = "https://accounts.google.com"
OPEN = SignUp("owner@localhost")


@pytest.fixture
def tx(db: Database):
    with db.write() as tx:
        identity.ensure_owner(tx, "owner@localhost")
        yield tx


def who(subject: str = "1", email: str = "ada@example.org", issuer: str = ISSUER, name: str = "Ada") -> Identity:
    return Identity(issuer, subject, email, name, "http://pictures/1")


def test_a_new_subject_is_a_new_user_and_an_old_one_is_refreshed(tx: Tx) -> None:
    first = identity.user_of_identity(tx, who(), OPEN)
    second = identity.user_of_identity(tx, who(email="ada@new.example", name="Ada L."), OPEN)
    assert (second.id, second.email, second.name) == (first.id, "ada@new.example", "Ada L.")
    assert identity.find_user(tx, "ada@new.example").id == first.id


def test_both_names_of_google_are_one_issuer(tx: Tx) -> None:
    first = identity.user_of_identity(tx, who(), OPEN)
    assert identity.user_of_identity(tx, who(issuer="accounts.google.com"), OPEN).id == first.id


def test_one_address_at_two_issuers_is_two_users(tx: Tx) -> None:
    first = identity.user_of_identity(tx, who(), OPEN)
    second = identity.user_of_identity(tx, who(issuer="https://other.example"), OPEN)
    local = identity.add_user(tx, "ada@example.org")
    assert len({first.id, second.id, local.id}) == 3


def test_the_owners_address_links_the_owner_once(tx: Tx) -> None:
    sign_up = SignUp("Boss@Example.org", frozenset({"nobody.example"}))
    owner = identity.find_user(tx, None)
    assert identity.user_of_identity(tx, who("1", "boss@example.org"), sign_up).id == owner.id
    with pytest.raises(identity.SignUpNotAllowed):
        identity.user_of_identity(tx, who("2", "boss@example.org"), sign_up)


@pytest.mark.parametrize(
    ("allowed", "email", "fine"),
    [
        ({"example.org"}, "ada@example.org", True),
        ({"example.org"}, "ada@evil-example.org", False),
        ({"example.org"}, "ada@sub.example.org", False),
        ({"ada@example.org"}, "ada@example.org", True),
        ({"ada@example.org"}, "bob@example.org", False),
    ],
)
def test_only_the_allowed_may_sign_up(tx: Tx, allowed: set[str], email: str, fine: bool) -> None:
    sign_up = SignUp("owner@localhost", frozenset(allowed))
    if fine:
        assert identity.user_of_identity(tx, who(email=email), sign_up).email == email
    else:
        with pytest.raises(identity.SignUpNotAllowed):
            identity.user_of_identity(tx, who(email=email), sign_up)


@pytest.mark.parametrize(
    "picture",
    ["javascript:alert(1)", "data:text/html,x", "//host/x", "https://", "https://a b/", "https://a/\x00", "x" * 3000],
)
def test_a_picture_that_is_no_web_address_is_left_out(tx: Tx, picture: str) -> None:
    found = identity.user_of_identity(tx, Identity(ISSUER, "1", "ada@example.org", "Ada", picture), OPEN)
    assert found.picture is None
    assert identity.find_user(tx, "ada@example.org").picture is None


def test_control_characters_of_a_name_are_not_kept(tx: Tx) -> None:
    found = identity.user_of_identity(tx, who(name="A\x00da\n\ud800" + "x" * 300), OPEN)
    assert found.name == "A da  " + "x" * 249


@pytest.mark.parametrize("changes", [{"subject": "1\x00"}, {"email": "a\x00@example.org"}, {"subject": "\ud800"}])
def test_an_identity_that_is_not_text_signs_nobody_in(tx: Tx, changes: dict[str, str]) -> None:
    with pytest.raises(identity.SignUpNotAllowed):
        identity.user_of_identity(tx, who(**changes), OPEN)
