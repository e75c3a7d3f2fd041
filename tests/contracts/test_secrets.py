"""What every adapter of the secrets port promises, whatever keeps its key ring."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

from asterism.kernel.secrets import (
    EnvelopeSecrets,
    FileKeyStore,
    KeyStore,
    MasterKeyError,
    MemoryKeyStore,
    OsKeyStore,
    Place,
    SecretUnreadable,
    memory_secrets,
)
from asterism.kernel.secrets.file_store import NoteFile
from asterism.kernel.secrets.keys import new_ring

HERE = Place("api_keys", "key_value", "01JH00000000000000000000AA")
THERE = Place("api_keys", "key_value", "01JH00000000000000000000BB")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


class Keychain(KeyringBackend):
    """A system key store that lives in memory."""

    priority = 9  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture(params=["file", "system", "memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], KeyStore]:
    """Return what opens the same key store again, as another process would."""
    keychain, memory = Keychain(), MemoryKeyStore()
    path = tmp_path / "data" / "master.key"
    return {
        "file": lambda: FileKeyStore(path),
        "system": lambda: OsKeyStore(NoteFile(path), keychain),
        "memory": lambda: memory,
    }[request.param]


@pytest.fixture
def secrets(reopen: Callable[[], KeyStore]) -> EnvelopeSecrets:
    reopen().create(new_ring("2026-01-01"))
    return EnvelopeSecrets(reopen())


def test_what_was_sealed_opens_in_its_place(secrets: EnvelopeSecrets) -> None:
    assert secrets.open(HERE, secrets.seal(HERE, "sk-пример ⁂")) == "sk-пример ⁂"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(text=TEXTS)
def test_every_text_comes_back(secrets: EnvelopeSecrets, text: str) -> None:
    assert secrets.open(HERE, secrets.seal(HERE, text)) == text


def test_the_sealed_form_names_key_id_and_hides_the_text(secrets: EnvelopeSecrets) -> None:
    sealed = secrets.seal(HERE, "sk-very-secret")
    prefix, version, key_id, *rest = sealed.split(":")
    assert (prefix, version, key_id, len(rest)) == ("enc", "v2", secrets.ring().active, 3)
    assert "sk-very-secret" not in sealed


def test_one_text_is_sealed_differently_each_time(secrets: EnvelopeSecrets) -> None:
    assert secrets.seal(HERE, "same") != secrets.seal(HERE, "same")


def test_a_value_moved_to_another_row_does_not_open(secrets: EnvelopeSecrets) -> None:
    with pytest.raises(SecretUnreadable):
        secrets.open(THERE, secrets.seal(HERE, "mine"))


@pytest.mark.parametrize("part", [2, 3, 4, 5])
def test_a_value_changed_anywhere_does_not_open(secrets: EnvelopeSecrets, part: int) -> None:
    parts = secrets.seal(HERE, "mine").split(":")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    with pytest.raises(SecretUnreadable):
        secrets.open(HERE, ":".join(parts))


@pytest.mark.parametrize("junk", ["", "plain", "enc:v2:", "enc:v2:k:a:b", "enc:v2:k:%:%:%", "enc:v1:k:AA:AA:AA"])
def test_what_was_never_sealed_does_not_open(secrets: EnvelopeSecrets, junk: str) -> None:
    with pytest.raises(SecretUnreadable):
        secrets.open(HERE, junk)


def test_no_key_means_a_clear_error(reopen: Callable[[], KeyStore]) -> None:
    with pytest.raises(MasterKeyError, match="missing"):
        EnvelopeSecrets(reopen()).seal(HERE, "x")


def test_the_first_ring_stays_when_two_processes_start_at_once(reopen: Callable[[], KeyStore]) -> None:
    first, second = new_ring("2026-01-01"), new_ring("2026-01-01")
    reopen().create(first)
    assert reopen().create(second).active == first.active


def test_a_new_key_made_elsewhere_is_used_at_once_and_old_values_still_open(
    reopen: Callable[[], KeyStore], secrets: EnvelopeSecrets
) -> None:
    sealed = secrets.seal(HERE, "before")
    store = reopen()
    ring = store.load()
    assert ring is not None
    store.save(ring.with_new_key("k-20260202-second", "2026-02-02T00:00:00.000Z"))
    assert secrets.seal(HERE, "after").startswith("enc:v2:k-20260202-second:")
    assert secrets.open(HERE, sealed) == "before"


def test_the_ready_made_fake_works() -> None:
    fake = memory_secrets()
    assert fake.open(HERE, fake.seal(HERE, "x")) == "x"


def test_no_repr_shows_a_key(secrets: EnvelopeSecrets) -> None:
    ring = secrets.ring()
    shown = repr(secrets) + repr(ring) + str(ring)
    assert not any(repr(key) in shown or key.hex() in shown for key in ring.keys.values())
