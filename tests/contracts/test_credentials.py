"""What every place that keeps provider keys promises."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from asterism.kernel.credentials import (
    Credentials,
    FileCredentials,
    KeyringCredentials,
    KeyringDeleteFailed,
    KeyringReadFailed,
    KeyringUnavailable,
    KeyringWriteFailed,
    MemoryCredentials,
    SecretDecryptFailed,
)
from asterism.kernel.secrets import memory_secrets


class Keychain(KeyringBackend):
    """A system keyring that lives in memory."""

    priority = 9  # type: ignore[assignment]

    def __init__(self, *, forgets: bool = False) -> None:
        super().__init__()
        self.forgets = forgets
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return None if self.forgets else self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture(params=["file", "keyring", "memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Credentials]:
    """Return what opens the same place again, as another process would."""
    secrets, keychain, memory = memory_secrets(), Keychain(), MemoryCredentials()
    makers: dict[str, Callable[[], Credentials]] = {
        "file": lambda: FileCredentials(tmp_path / "data" / "credentials.json", secrets),
        "keyring": lambda: KeyringCredentials(keychain),
        "memory": lambda: memory,
    }
    return makers[request.param]


def test_a_key_is_kept_until_it_is_deleted(reopen: Callable[[], Credentials]) -> None:
    reopen().check()
    assert reopen().read("gemini") is None
    reopen().write("gemini", "first")
    reopen().write("zai", "other")
    reopen().write("gemini", "sécond \u2603")
    assert (reopen().read("gemini"), reopen().read("zai")) == ("sécond \u2603", "other")
    reopen().delete("gemini")
    reopen().delete("gemini")
    assert (reopen().read("gemini"), reopen().read("zai")) == (None, "other")


def test_keys_written_at_once_are_all_kept(reopen: Callable[[], Credentials]) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: reopen().write(f"p{n}", f"key {n}"), range(12)))
    assert [reopen().read(f"p{n}") for n in range(12)] == [f"key {n}" for n in range(12)]


def test_the_file_holds_no_key_and_is_private(tmp_path: Path) -> None:
    place = FileCredentials(tmp_path / "credentials.json", memory_secrets())
    place.write("gemini", "a-very-secret-key")
    assert b"a-very-secret-key" not in place.path.read_bytes()
    assert place.path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["credentials.json"]


def test_a_file_of_another_installation_gives_nothing(tmp_path: Path) -> None:
    FileCredentials(tmp_path / "c.json", memory_secrets()).write("gemini", "key")
    stranger = FileCredentials(tmp_path / "c.json", memory_secrets())
    with pytest.raises(SecretDecryptFailed):
        stranger.read("gemini")


def test_a_key_copied_to_another_account_does_not_open(tmp_path: Path) -> None:
    place = FileCredentials(tmp_path / "c.json", memory_secrets())
    place.write("gemini", "key")
    sealed = json.loads(place.path.read_bytes())["gemini"]
    place.path.write_text(json.dumps({"zai": sealed}))
    with pytest.raises(SecretDecryptFailed):
        place.read("zai")


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', "\x00"])
def test_a_damaged_file_is_told_and_never_overwritten(tmp_path: Path, text: str) -> None:
    place = FileCredentials(tmp_path / "c.json", memory_secrets())
    place.path.write_text(text)
    for use in (lambda: place.read("a"), lambda: place.write("a", "k"), lambda: place.delete("a")):
        with pytest.raises(SecretDecryptFailed):
            use()
    assert place.path.read_text() == text


def test_sealing_anew_keeps_the_keys(tmp_path: Path) -> None:
    place = FileCredentials(tmp_path / "c.json", memory_secrets())
    place.reseal()
    place.write("gemini", "key")
    before = place.path.read_bytes()
    place.reseal()
    assert place.path.read_bytes() != before
    assert place.read("gemini") == "key"


def test_a_keyring_that_refuses_is_told_by_what_was_refused() -> None:
    place = KeyringCredentials(NoKeyring())
    for error, use in (
        (KeyringUnavailable, place.check),
        (KeyringReadFailed, lambda: place.read("a")),
        (KeyringWriteFailed, lambda: place.write("a", "k")),
        (KeyringDeleteFailed, lambda: place.delete("a")),
    ):
        with pytest.raises(error):
            use()


def test_a_keyring_that_forgets_is_not_usable() -> None:
    with pytest.raises(KeyringUnavailable):
        KeyringCredentials(Keychain(forgets=True)).check()


def test_entries_have_the_documented_names() -> None:
    keychain = Keychain()
    place = KeyringCredentials(keychain)
    place.check()
    place.write("zai-coding", "k")
    assert keychain.entries == {("asterism", "api_key_zai-coding"): "k"}
