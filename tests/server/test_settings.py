"""Where settings come from, which places are believed, and which values are refused."""

from pathlib import Path
from typing import Any

import pytest

from asterism.base.errors import DomainError, Invalid, NotFound
from asterism.server.settings import IN_WORKING_FOLDER, Settings
from asterism.server.settings_sources import FILE_NAME, distrust, is_trusted, load_settings, read_file, trust


@pytest.fixture
def user(tmp_path: Path) -> Path:
    (tmp_path / "user").mkdir()
    return tmp_path / "user"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def load(user: Path, work: Path, environment: dict[str, str] | None = None, **more: Any) -> Settings:
    return load_settings(environment or {}, user_folder=user, working_folder=work, **more)


def test_options_win_over_variables_and_those_over_the_users_file(user: Path, work: Path) -> None:
    (user / FILE_NAME).write_text('port = 4001\nlog_format = "json"\nlocal_model = "a"\n')
    found = load(user, work, {"ASTERISM_PORT": "4002", "ASTERISM_LOCAL_MODEL": "b"}, overrides={"port": 4003})
    assert (found.port, found.local_model, found.log_format) == (4003, "b", "json")


def test_a_named_file_takes_the_place_of_the_others(user: Path, work: Path, tmp_path: Path) -> None:
    (user / FILE_NAME).write_text("port = 4001\nquota_bytes = 5\n")
    named = tmp_path / "named.toml"
    named.write_text("port = 4002\n")
    for found in (load(user, work, file=named), load(user, work, {"ASTERISM_CONFIG": str(named)})):
        assert (found.port, found.quota_bytes) == (4002, Settings().quota_bytes)
    with pytest.raises(NotFound, match="no file"):
        load(user, work, file=tmp_path / "other.toml")


def test_the_working_folder_is_not_obeyed(user: Path, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / FILE_NAME).write_text('openai_base_url = "http://evil.example/v1"\nport = 1\nquota_bytes = 7')
    assert load(user, work) == Settings()
    assert "config trust" in capsys.readouterr().err


def test_a_trusted_file_sets_what_is_harmless_until_it_changes(user: Path, work: Path) -> None:
    file = work / FILE_NAME
    file.write_text("quota_bytes = 7\n")
    trust(file, user)
    assert load(user, work).quota_bytes == 7
    file.write_text("quota_bytes = 8\n")
    assert load(user, work) == Settings()
    trust(file, user)
    assert is_trusted(file, user)
    assert distrust(file, user)
    assert load(user, work) == Settings()


@pytest.mark.parametrize("name", sorted(set(Settings.__struct_fields__) - IN_WORKING_FOLDER))
def test_no_trust_goes_as_far_as_addresses_programs_folders_and_keys(name: str, user: Path, work: Path) -> None:
    file = work / FILE_NAME
    file.write_text(f'{name} = "x"\n')
    with pytest.raises(Invalid, match=f"sets {name}"):
        trust(file, user)


def test_what_is_harmless_names_nothing_that_could_leak() -> None:
    suspicious = ("url", "key", "host", "port", "dir", "file", "command", "root", "origin", "prox", "allowed", "email")
    assert [name for name in IN_WORKING_FOLDER if any(sign in name for sign in suspicious)] == []
    assert set(Settings.__struct_fields__) >= IN_WORKING_FOLDER


def test_a_trusted_file_that_is_replaced_by_a_link_is_another_file(user: Path, work: Path, tmp_path: Path) -> None:
    file = work / FILE_NAME
    file.write_text("quota_bytes = 7\n")
    trust(file, user)
    other = tmp_path / "other.toml"
    other.write_text("quota_bytes = 9\n")
    file.unlink()
    file.symlink_to(other)
    assert load(user, work) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PORT", "abc", "a whole number"),
        ("PORT", "0", "at least 1"),
        ("PORT", "65536", "at most 65535"),
        ("QUOTA_BYTES", "-5", "at least 1"),
        ("BLOB_MAX_BYTES", "0", "at least 1"),
        ("QUOTA_BYTES", "9" * 40, "at most"),
        ("ACCESS_TTL", "-1", "at least 1"),
        ("DEVICE_POLL_INTERVAL", "0", "at least 1"),
        ("REFRESH_TTL", "10", "as long as access_ttl"),
        ("RUN_EVENT_RETENTION_DAYS", "0", "at least 1"),
        ("SSE_HEARTBEAT", "nan", "more than 0"),
        ("SSE_HEARTBEAT", "-1", "more than 0"),
        ("LOG_FORMAT", "xml", "one of"),
        ("RATE_LIMITS", "maybe", "one of"),
        ("REVIEW_REQUIRE_MODEL", "sometimes", "true or false"),
        ("HOST", "not a host", "an address of this machine"),
        ("HOST", "300.1.1.1", "an address of this machine"),
        ("PUBLIC_URL", "example.org", "https://"),
        ("PUBLIC_URL", "javascript:alert(1)", "https://"),
        ("OPENAI_BASE_URL", "ftp://example.org", "https://"),
        ("OPENAI_BASE_URL", "http://", "https://"),
        ("OIDC_ISSUER", "https://a b", "https://"),
        ("GOOGLE_JWKS_URL", "http://host:99999", "https://"),
        ("CORS_ORIGINS", "example.org", "origins"),
        ("CORS_ORIGINS", "https://example.org/path", "origins"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, abc", "addresses or networks"),
        ("DATABASE_URL", "mysql://localhost/x", "postgresql://"),
        ("DATABASE_URL", "sqlite:///relative.db", "absolute"),
        ("OBJECT_STORE", "S3 ://bucket", "s3://"),
        ("OWNER_EMAIL", "nobody", "name@host"),
        ("MODEL_FAST", "gpt-5", "provider:model"),
        ("DATA_DIR", "~no-such-user-here/data", "path"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_its_place(variable: str, value: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        load_settings({f"ASTERISM_{variable}": value})
    assert f"ASTERISM_{variable}" in caught.value.message
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOST", "::1"),
        ("HOST", "localhost"),
        ("HOST", "0.0.0.0"),
        ("PUBLIC_URL", "https://asterism.example.org:8443/base/"),
        ("OPENAI_BASE_URL", "http://[::1]:8080/v1"),
        ("CORS_ORIGINS", "https://a.example, http://localhost:5173"),
        ("CORS_ORIGINS", "*"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("DATABASE_URL", "postgresql://me:secret@/asterism?host=/run/postgresql"),
        ("OBJECT_STORE", "s3://bucket/prefix"),
        ("OBJECT_STORE", "/somewhere/else"),
        ("SSE_HEARTBEAT", "0.5"),
        ("MODEL_BEST", "openai:gpt-5"),
        ("REVIEW_ANALYZERS", ""),
    ],
)
def test_a_value_that_makes_sense_is_taken(variable: str, value: str) -> None:
    found = load_settings({f"ASTERISM_{variable}": value})
    assert str(getattr(found, variable.lower())) == value


def test_every_default_makes_sense() -> None:
    assert load_settings({}) == Settings()
    fields = {name: getattr(Settings(), name) for name in Settings.__struct_fields__}
    assert load_settings({}, overrides=fields) == Settings()


@pytest.mark.parametrize("text", ["portt = 1", "[server]\nport = 1", '"" = 1', "port = ", "\x00", '"__class__" = 1'])
def test_unknown_keys_and_files_that_are_none_are_refused(text: str, user: Path, work: Path) -> None:
    (user / FILE_NAME).write_text(text)
    with pytest.raises(Invalid) as caught:
        load(user, work)
    assert FILE_NAME in caught.value.message


def test_an_unknown_key_is_answered_with_those_there_are(user: Path, work: Path) -> None:
    (user / FILE_NAME).write_text("portt = 1")
    with pytest.raises(Invalid) as caught:
        load(user, work)
    assert "Did you mean 'port'?" in (caught.value.hint or "")
    assert "quota_bytes" in (caught.value.hint or "")


@pytest.mark.parametrize("variable", ["ASTERISM_QUOTA_BYTE", "ASTERISM_DATADIR", "ASTERISM_PUBLIC_URLS"])
def test_a_misspelt_variable_is_refused(variable: str) -> None:
    with pytest.raises(Invalid, match=variable) as caught:
        load_settings({variable: "1"})
    assert "Did you mean ASTERISM_" in (caught.value.hint or "")


@pytest.mark.parametrize("variable", ["ASTERISM_URL", "ASTERISM_TOKEN", "ASTERISM_DEBUG", "ASTERISM_ANYTHING", "PATH"])
def test_other_variables_are_left_alone(variable: str) -> None:
    assert load_settings({variable: "x"}) == Settings()


def test_no_secret_is_repeated_in_an_error() -> None:
    with pytest.raises(DomainError) as caught:
        load_settings({"ASTERISM_DATABASE_URL": "mysql://me:hunter2@localhost/x"})
    assert "hunter2" not in caught.value.message


def test_a_folder_or_a_link_to_nothing_is_no_file_of_settings(user: Path, work: Path, tmp_path: Path) -> None:
    (user / FILE_NAME).mkdir()
    with pytest.raises(Invalid, match="cannot be read"):
        load(user, work)
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 2_000_000)
    with pytest.raises(Invalid, match="larger"):
        load(user, work, file=big)


@pytest.mark.parametrize(("size", "taken"), [(1 << 20, True), ((1 << 20) + 1, False)])
def test_a_file_of_settings_has_a_mebibyte(tmp_path: Path, size: int, taken: bool) -> None:
    file = tmp_path / FILE_NAME
    file.write_bytes(b"#" * size)
    if taken:
        assert read_file(file) == {}
    else:
        with pytest.raises(Invalid, match="larger than a file of settings"):
            read_file(file)
