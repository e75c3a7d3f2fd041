"""Providers and keys: how each is called over its own wire format, and what happens when a storage fails midway."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from asterism.features.review import local_providers
from asterism.features.review.local_providers import KeyMissing, KeyPlaces, MigrationFailed, NoProvider, NotUsable
from asterism.features.review.local_settings import read_settings
from asterism.kernel.credentials import KeyringDeleteFailed, KeyringReadFailed, MemoryCredentials
from asterism.kernel.db import Database, open_database
from asterism.kernel.llm import Delta, PydanticModels, Request, Turn
from asterism.kernel.llm.fake_server import FakeModelServer
from tests.support.databases import SqliteFactory


@pytest.fixture
def places() -> KeyPlaces:
    return KeyPlaces(file=MemoryCredentials(), keyring=MemoryCredentials(), environment={})


@pytest.fixture
def embedded(sqlite_factory: SqliteFactory) -> Iterator[Database]:
    database = open_database(sqlite_factory.url())
    yield database
    database.close()


async def ask(provider: str, database: Database, places: KeyPlaces) -> tuple[str, Any]:
    """Save a key, find the model, ask it; return the answer and what the provider received."""
    async with FakeModelServer(key="key-of-it") as fake:
        address = fake.google_url if provider == "gemini" else fake.url
        keys = replace(places, base_urls={provider: f"{address}/"})
        local_providers.save_key(database, keys, provider=provider, key="key-of-it", model="some-model")
        models = PydanticModels()
        fake.play("hello")
        request = Request(local_providers.find_model(database, keys), (Turn("user", "hi"),), "be kind")
        parts = [part async for part in models.stream(request)]
        await models.stop()
        return "".join(part.text for part in parts if isinstance(part, Delta)), fake.calls[0]


@pytest.mark.xdist_group("llm")
@pytest.mark.parametrize("provider", local_providers.KNOWN)
def test_each_provider_answers_on_its_own_wire(provider: str, embedded: Database, places: KeyPlaces) -> None:
    text, call = asyncio.run(ask(provider, embedded, places))
    assert text == "hello"
    assert (call.key, call.model) == ("key-of-it", "some-model")


def test_what_is_missing_is_told_apart(embedded: Database, places: KeyPlaces) -> None:
    with pytest.raises(NoProvider):
        local_providers.find_model(embedded, places)
    with embedded.write() as tx:
        local_providers.activate(tx, "openrouter", None)
    with pytest.raises(KeyMissing):
        local_providers.find_model(embedded, places)
    local_providers.save_key(embedded, places, provider="openrouter", key="k", model=None)
    with pytest.raises(NotUsable):
        local_providers.find_model(embedded, places)
    local_providers.save_key(embedded, places, provider="openrouter", key="k", model="m")
    bad = replace(places, base_urls={"openrouter": "http://models.example.org/v1"})
    with pytest.raises(NotUsable):
        local_providers.find_model(embedded, bad)
    assert local_providers.find_model(embedded, places).base_url == "https://openrouter.ai/api/v1"


def test_a_key_that_the_storage_does_not_give_counts_as_missing(embedded: Database, places: KeyPlaces) -> None:
    local_providers.save_key(embedded, places, provider="gemini", key="k", model=None)
    file: Any = places.file
    file.refuse["read"] = KeyringReadFailed("locked")
    with pytest.raises(KeyMissing):
        local_providers.find_model(embedded, places)


def test_only_https_or_this_machine_or_local_gets_a_key(embedded: Database, places: KeyPlaces) -> None:
    local_providers.save_key(embedded, places, provider="local", key="k", model="m")
    for address in ("http://192.168.1.5:11434/v1", "https://models.example.org/v1/", "http://localhost:1/v1"):
        keys = replace(places, base_urls={"local": address})
        assert local_providers.find_model(embedded, keys).base_url == address.rstrip("/")
    local_providers.save_key(embedded, places, provider="gemini", key="k", model="m")
    for address in ("http://192.168.1.5/v1", "ftp://x/v1", "nonsense", "https://user:pw@x/v1"):
        with pytest.raises(NotUsable):
            local_providers.find_model(embedded, replace(places, base_urls={"gemini": address}))


def test_a_reference_follows_the_environment_and_drops_the_stored_key(embedded: Database, places: KeyPlaces) -> None:
    variables: dict[str, str] = {}
    keys = replace(places, environment=variables)
    local_providers.save_key(embedded, keys, provider="gemini", key="stored", model=None)
    variables["GOOGLE_API_KEY"] = "from outside"
    local_providers.save_key(embedded, keys, provider="gemini", key=" GOOGLE_API_KEY ", model=None)
    assert local_providers.find_model(embedded, keys).api_key == "from outside"
    file: Any = keys.file
    assert file.kept == {}
    variables["GOOGLE_API_KEY"] = "changed"
    assert local_providers.find_model(embedded, keys).api_key == "changed"
    variables["GOOGLE_API_KEY"] = " "
    with pytest.raises(KeyMissing):
        local_providers.find_model(embedded, keys)


def refuse_commits_of(database: Database, table: str) -> Callable[[], None]:
    """Make every write to a table fail, as a full disk would; return what ends that."""
    with database.write() as tx:
        tx.execute(sa.text(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END"))

    def end() -> None:
        with database.write() as tx:
            tx.execute(sa.text("DROP TRIGGER refuse"))

    return end


def test_a_record_that_cannot_be_written_leaves_the_former_key(embedded: Database, places: KeyPlaces) -> None:
    local_providers.save_key(embedded, places, provider="gemini", key="former", model=None)
    end = refuse_commits_of(embedded, "local_providers")
    for provider in ("gemini", "zai"):
        with pytest.raises(sa.exc.IntegrityError):
            local_providers.save_key(embedded, places, provider=provider, key="newer", model=None)
    end()
    file: Any = places.file
    assert file.kept == {"gemini": "former"}
    with embedded.read() as tx:
        active = local_providers.active_provider(tx, places)
    assert active is not None
    assert active.provider == "gemini"


def test_a_move_that_cannot_be_committed_is_taken_back(embedded: Database, places: KeyPlaces) -> None:
    local_providers.save_key(embedded, places, provider="gemini", key="k", model=None)
    end = refuse_commits_of(embedded, "local_settings")
    with pytest.raises(MigrationFailed):
        local_providers.change_all_settings(embedded, places, {"secrets_storage": "keyring", "theme": "dark"})
    end()
    file: Any = places.file
    keyring: Any = places.keyring
    assert (file.kept, keyring.kept) == ({"gemini": "k"}, {})
    with embedded.read() as tx:
        assert read_settings(tx).theme == "auto"


def test_a_storage_that_changes_what_it_takes_is_not_trusted(embedded: Database, places: KeyPlaces) -> None:
    class Mangling(MemoryCredentials):
        def write(self, account: str, text: str) -> None:
            super().write(account, text.upper())

    keys = replace(places, keyring=Mangling())
    local_providers.save_key(embedded, keys, provider="gemini", key="key", model=None)
    with pytest.raises(MigrationFailed):
        local_providers.change_all_settings(embedded, keys, {"secrets_storage": "keyring"})
    keyring: Any = keys.keyring
    assert keyring.kept == {}


def test_a_key_left_behind_by_a_move_is_no_failure(embedded: Database, places: KeyPlaces) -> None:
    local_providers.save_key(embedded, places, provider="gemini", key="k", model=None)
    file: Any = places.file
    file.refuse["delete"] = KeyringDeleteFailed("no")
    local_providers.change_all_settings(embedded, places, {"secrets_storage": "keyring"})
    assert local_providers.find_model(embedded, places).api_key == "k"


def test_a_key_that_cannot_be_deleted_keeps_its_record(embedded: Database, places: KeyPlaces) -> None:
    local_providers.save_key(embedded, places, provider="gemini", key="k", model=None)
    file: Any = places.file
    file.refuse["delete"] = KeyringDeleteFailed("no")
    with pytest.raises(KeyringDeleteFailed):
        local_providers.forget_active(embedded, places)
    assert local_providers.find_model(embedded, places).api_key == "k"


@pytest.mark.parametrize(("given", "longest"), [("key", 8192), ("model", 200)])
def test_a_key_and_a_model_have_a_longest(embedded: Database, places: KeyPlaces, given: str, longest: int) -> None:
    def save(length: int) -> None:
        words = {"key": "k", "model": None} | {given: "x" * length}
        local_providers.save_key(embedded, places, provider="openrouter", **words)

    save(longest)
    with pytest.raises(local_providers.BadChoice, match=f"1 to {longest} characters"):
        save(longest + 1)
