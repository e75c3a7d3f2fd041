"""Provider keys as use cases: what is taken, what is shown of them, and that both are written down (Fastest 1.4)."""

import pytest

from asterism.base.errors import Invalid
from asterism.features.accounts import apikeys, audit, identity
from asterism.kernel.db import Database
from asterism.kernel.secrets import Secrets, SecretUnreadable, memory_secrets


@pytest.fixture
def secrets() -> Secrets:
    return memory_secrets()


@pytest.fixture
def user(db: Database) -> str:
    with db.write() as tx:
        return identity.add_user(tx, "ada@example.org").id


def save(db: Database, secrets: Secrets, user: str, value: str, provider: str = "openai") -> None:
    with db.write() as tx:
        apikeys.set_key(tx, secrets, user, provider=provider, value=value)


def shown(db: Database, secrets: Secrets, user: str) -> list[tuple[str, str]]:
    with db.read() as tx:
        return [(key.provider, key.masked) for key in apikeys.list_keys(tx, secrets, user)]


def actions(db: Database, user: str) -> list[str]:
    with db.read() as tx:
        entries = audit.list_entries(tx, user, limit=10).items
    return [entry.action for entry in entries if entry.action.startswith("api_key")]


def test_a_key_is_saved_replaced_and_forgotten(db: Database, secrets: Secrets, user: str) -> None:
    save(db, secrets, user, "  first-key-0001\n")
    with db.read() as tx:
        (first,) = apikeys.list_keys(tx, secrets, user)
        assert apikeys.key_of(tx, secrets, user, "openai") == "first-key-0001"
        assert apikeys.key_of(tx, secrets, "somebody else", "openai") is None
    save(db, secrets, user, "second-key-0002")
    with db.read() as tx:
        (second,) = apikeys.list_keys(tx, secrets, user)
    assert (second.id, second.created_at, second.key_name) == (first.id, first.created_at, "OPENAI_API_KEY")
    with db.write() as tx:
        apikeys.delete_key(tx, user, "openai")
        apikeys.delete_key(tx, user, "openai")
    assert shown(db, secrets, user) == []
    assert actions(db, user) == ["api_key_deleted", "api_key_set", "api_key_set"]


def test_keys_are_listed_by_provider_and_read_as_an_environment(db: Database, secrets: Secrets, user: str) -> None:
    for provider in ("openai", "anthropic", "mistral"):
        save(db, secrets, user, f"key-of-{provider}", provider)
    assert [provider for provider, _ in shown(db, secrets, user)] == ["anthropic", "mistral", "openai"]
    with db.write() as tx:
        assert apikeys.environment(tx, secrets, user) == {
            "ANTHROPIC_API_KEY": "key-of-anthropic",
            "MISTRAL_API_KEY": "key-of-mistral",
            "OPENAI_API_KEY": "key-of-openai",
        }
    assert actions(db, user)[0] == "api_keys_read"


@pytest.mark.parametrize(
    ("value", "masked"),
    [("x" * 11, "••••"), ("12345678wxyz", "•" * 20 + "wxyz"), ("y" * 4096, "•" * 20 + "yyyy")],
)
def test_of_a_key_at_most_its_last_four_characters_are_shown(
    db: Database, secrets: Secrets, user: str, value: str, masked: str
) -> None:
    save(db, secrets, user, value)
    assert shown(db, secrets, user) == [("openai", masked)]


@pytest.mark.parametrize("value", ["", " \n", "x" * 4097, "a\nb", "a\x7fb"])
def test_what_is_no_key_is_refused(db: Database, secrets: Secrets, user: str, value: str) -> None:
    with pytest.raises(Invalid, match="1 to 4096 characters"):
        save(db, secrets, user, value)
    with pytest.raises(Invalid):
        save(db, secrets, user, "good-enough-key", "nobody")
    assert shown(db, secrets, user) == []


def test_a_key_that_cannot_be_opened_is_masked_and_never_handed_out(db: Database, secrets: Secrets, user: str) -> None:
    save(db, secrets, user, "a-key-of-before")
    others = memory_secrets()
    assert shown(db, others, user) == [("openai", "••••")]
    with db.read() as tx, pytest.raises(SecretUnreadable):
        apikeys.key_of(tx, others, user, "openai")
