"""`/api/config` and `/api/settings`: providers, keys, where they are kept, and what the owner chose."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.kernel.credentials import KeyringReadFailed, KeyringUnavailable, KeyringWriteFailed
from tests.contracts.stargazer_schemas import check
from tests.support.databases import SqliteFactory
from tests.support.local_api import Api, refused
from tests.support.server import TestServer

UNKNOWN = "00000000-0000-4000-8000-000000000000"
FRESH = {
    "theme": "auto",
    "defaultLenses": ["correctness", "security", "performance", "simplicity", "tests"],
    "defaultProfile": None,
    "severityThreshold": "low",
    "secretsStorage": None,
}


def test_a_fresh_installation(api: Api) -> None:
    body = check("Init", api.get("/api/config/init").json())
    assert body["config"] is None
    assert body["configured"] is False
    assert body["settings"] == FRESH
    assert body["project"]["path"] == str(api.root)
    assert body["project"]["trust"] is None
    assert [p["provider"] for p in body["providers"]] == ["gemini", "zai", "zai-coding", "openrouter"]
    assert api.get("/api/config/check").json() == {"configured": False}
    refused(api.get("/api/config"), 404, "CONFIG_NOT_FOUND")
    refused(api.delete("/api/config"), 404, "CONFIG_NOT_FOUND")
    assert "activeProvider" not in check("ProvidersStatus", api.get("/api/config/providers").json())
    assert not (api.root / ".stargazer").exists()


def test_saving_a_key_makes_its_provider_the_active_one(api: Api) -> None:
    api.configure("gemini", "first-key", model="gemini-2.5-pro")
    api.configure("zai", "second-key")
    assert check("ActiveConfig", api.get("/api/config").json()) == {"provider": "zai"}
    body = check("ProvidersStatus", api.get("/api/config/providers").json())
    assert body["activeProvider"] == "zai"
    assert [(p["provider"], p["hasApiKey"], p["isActive"]) for p in body["providers"][:2]] == [
        ("gemini", True, False),
        ("zai", True, True),
    ]
    api.configure("gemini", "third-key")
    assert check("ConfigCheck", api.get("/api/config/check").json()) == {
        "configured": True,
        "config": {"provider": "gemini", "model": "gemini-2.5-pro"},
    }
    data = api.server.settings.data_dir
    assert not [p for p in data.rglob("*") if p.is_file() and b"third-key" in p.read_bytes()]
    assert (data / "credentials.json").stat().st_mode & 0o777 == 0o600


def test_activating(api: Api) -> None:
    path = "/api/config/provider/zai/activate"
    assert api.post(path).json() == {"provider": "zai"}
    assert api.post(path, {}).json() == {"provider": "zai"}
    assert api.post(path, {"model": "glm-4.6"}).json() == {"provider": "zai", "model": "glm-4.6"}
    assert api.post(path).json() == {"provider": "zai", "model": "glm-4.6"}
    assert api.get("/api/config/check").json() == {"configured": False}
    assert check("Init", api.get("/api/config/init").json())["configured"] is False
    assert api.get("/api/config").json() == {"provider": "zai", "model": "glm-4.6"}
    refused(api.post("/api/config/provider/nobody/activate", {"model": 7}), 404, "PROVIDER_NOT_FOUND")
    for body in ({"model": 7}, {"model": ""}, {"model": "m" * 201}, {"model": None}, []):
        refused(api.post(path, body), 400, "INVALID_BODY")
    refused(api.post(path, {"model": "m", "x": "y" * 51_200}), 413, "PAYLOAD_TOO_LARGE")


def test_forgetting(api: Api) -> None:
    api.configure("openrouter", "some-key", model="any/model")
    assert api.delete("/api/config/provider/openrouter").json() == {"deleted": True, "provider": "openrouter"}
    assert api.delete("/api/config/provider/openrouter").json() == {"deleted": False, "provider": "openrouter"}
    refused(api.delete("/api/config/provider/nobody"), 404, "PROVIDER_NOT_FOUND")
    api.post("/api/config/provider/zai/activate")
    assert api.delete("/api/config").json() == {"deleted": True}
    refused(api.delete("/api/config"), 404, "CONFIG_NOT_FOUND")


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "nobody", "apiKey": "k"},
        {"provider": "groq", "apiKey": "k"},
        {"provider": "gemini"},
        {"provider": "gemini", "apiKey": " "},
        {"provider": "gemini", "apiKey": "a\nb"},
        {"provider": "gemini", "apiKey": "k" * 8193},
        {"provider": "gemini", "apiKey": 5},
        {"provider": "gemini", "apiKey": None},
        {"provider": "gemini", "apiKey": "k", "model": ""},
        {"provider": 1, "apiKey": "k"},
        {"apiKey": "k"},
    ],
)
def test_unusable_credentials(api: Api, body: dict[str, Any]) -> None:
    refused(api.post("/api/config", body), 400, "INVALID_BODY")
    refused(api.get("/api/config"), 404, "CONFIG_NOT_FOUND")


BROKEN = [
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b'{"theme":"dark","x":"\\ud800"}',
    b'{"theme":NaN}',
    b'{"x":' + b"[" * 65 + b"]" * 65 + b"}",
    b'{"theme":"dark"}\xff',
    b"",
    b'{"theme":true}',
    b'{"theme":null}',
]


@pytest.mark.parametrize("raw", BROKEN)
@pytest.mark.parametrize("path", ["/api/config", "/api/settings", "/api/settings/trust"])
def test_broken_bodies(api: Api, path: str, raw: bytes) -> None:
    answer = api.client.post(path, content=raw, headers={"content-type": "application/json"})
    refused(answer, 400, "INVALID_BODY")


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"projectPath":"/x","y":"\\udc00"}', b"", b'{"projectPath":1}'])
def test_broken_bodies_elsewhere_have_the_other_code(api: Api, raw: bytes) -> None:
    answer = api.client.post("/api/sessions", content=raw, headers={"content-type": "application/json"})
    refused(answer, 400, "VALIDATION_ERROR")


def test_content_types(api: Api) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = api.client.post("/api/settings", content=b'{"theme":"dark"}', headers={"content-type": kind})
        refused(answer, 400, "INVALID_BODY")
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json", "APPLICATION/JSON"):
        answer = api.client.post("/api/settings", content=b'{"theme":"dark"}', headers={"content-type": kind})
        assert answer.status_code == 200


def test_deep_but_legal_nesting_and_unknown_fields_pass(api: Api) -> None:
    deep: Any = "x"
    for _ in range(62):
        deep = [deep]
    assert api.post("/api/settings", {"theme": "dark", "unknown": deep, "text": "[[{{" * 40}).status_code == 200


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/config", 50 << 10),
        ("/api/config/provider/gemini/activate", 50 << 10),
        ("/api/settings", 10 << 10),
        ("/api/settings/trust", 10 << 10),
        ("/api/sessions", 16 << 10),
        (f"/api/sessions/{UNKNOWN}/messages", 1 << 20),
        (f"/api/sessions/{UNKNOWN}/chat", 1 << 20),
        (f"/api/triage/reviews/{UNKNOWN}/drilldown", 16 << 10),
        (f"/api/reviews/{UNKNOWN}/cancel", 16 << 10),
        ("/api/pr-review", 5 << 20),
    ],
)
def test_body_limits(api: Api, path: str, limit: int) -> None:
    fits = b'{"x":"' + b"y" * (limit - 8) + b'"}'
    headers = {"content-type": "application/json"}
    assert api.client.post(path, content=fits, headers=headers).status_code in {200, 400, 404}
    refused(api.client.post(path, content=fits + b" ", headers=headers), 413, "PAYLOAD_TOO_LARGE")

    def chunks() -> Iterator[bytes]:
        yield fits
        yield b" "

    refused(api.client.post(path, content=chunks(), headers=headers), 413, "PAYLOAD_TOO_LARGE")


def test_keys_that_are_references_to_the_environment(api: Api) -> None:
    body = {"provider": "gemini", "apiKey": "GEMINI_API_KEY"}
    refused(api.post("/api/config", body), 400, "SECRET_NOT_FOUND")
    api.environment["GEMINI_API_KEY"] = "from-the-environment"
    assert api.post("/api/config", body).json() == {"saved": True}
    assert api.get("/api/config/check").json()["configured"] is True
    del api.environment["GEMINI_API_KEY"]
    assert api.get("/api/config/check").json() == {"configured": False}
    assert api.get("/api/config").json() == {"provider": "gemini"}
    assert not (api.server.settings.data_dir / "credentials.json").exists()


def test_a_variable_of_another_provider_is_an_ordinary_key(api: Api) -> None:
    api.configure("zai", "GEMINI_API_KEY")
    assert api.get("/api/config/check").json()["configured"] is True


def test_extensions_are_listed_only_when_used_or_asked_for(api: Api) -> None:
    names = [
        p["provider"] for p in check("ProvidersStatus+", api.get("/api/config/providers?all=true").json())["providers"]
    ]
    assert names == ["gemini", "zai", "zai-coding", "openrouter", "openai", "anthropic", "local"]
    check("ProvidersStatus", api.get("/api/config/providers?all=off").json())
    refused(api.get("/api/config/providers?all=maybe"), 400, "VALIDATION_ERROR")
    assert api.post("/api/config", {"provider": "local", "model": "llama"}).json() == {"saved": True}
    body = check("Init+", api.get("/api/config/init").json())
    assert body["providers"][-1] == {"provider": "local", "hasApiKey": True, "isActive": True, "model": "llama"}
    assert body["configured"] is True


@pytest.fixture
def documented(tmp_path: Path, sqlite_factory: SqliteFactory) -> Iterator[httpx.Client]:
    """Return a client of a server that shows documented providers only."""
    with (
        TestServer(tmp_path / "data", sqlite_factory.url(), api_provider_view="documented") as server,
        server.client() as client,
    ):
        yield client


def test_the_documented_view_hides_extensions_everywhere(documented: httpx.Client) -> None:
    assert documented.post("/api/config", json={"provider": "openai", "apiKey": "k", "model": "m"}).json() == {
        "saved": True
    }
    body = check("Init", documented.get("/api/config/init?all=true").json())
    assert (body["config"], body["configured"]) == (None, False)
    check("ProvidersStatus", documented.get("/api/config/providers?all=1").json())
    assert documented.get("/api/config/check").json() == {"configured": False}
    refused(documented.get("/api/config"), 404, "CONFIG_NOT_FOUND")


def test_settings_are_patched(api: Api) -> None:
    assert check("Settings", api.get("/api/settings").json()) == FRESH
    assert api.post("/api/settings", {"theme": "dark"}).json() == {**FRESH, "theme": "dark"}
    changed = api.post("/api/settings", {"defaultLenses": ["tests", "security", "tests"], "defaultProfile": "strict"})
    assert check("Settings", changed.json())["defaultLenses"] == ["security", "tests"]
    assert api.post("/api/settings", {"defaultLenses": []}).json()["defaultLenses"] == FRESH["defaultLenses"]
    assert api.post("/api/settings", {"defaultProfile": ""}).json()["defaultProfile"] is None
    assert api.post("/api/settings", {}).json() == {**FRESH, "theme": "dark"}
    assert api.get("/api/settings").json() == {**FRESH, "theme": "dark"}


def test_the_words_of_the_contracts_sample_are_kept(api: Api) -> None:
    body = {"defaultProfile": "default", "severityThreshold": "warning", "defaultLenses": ["security"]}
    assert api.post("/api/settings", body).json() == {**FRESH, **body}


@pytest.mark.parametrize(
    "body",
    [
        {"theme": "pink"},
        {"theme": None},
        {"defaultLenses": ["style"]},
        {"defaultLenses": "security"},
        {"defaultLenses": None},
        {"defaultProfile": "fast"},
        {"severityThreshold": "worst"},
        {"severityThreshold": None},
        {"secretsStorage": "paper"},
    ],
)
def test_unknown_words_change_nothing(api: Api, body: dict[str, Any]) -> None:
    refused(api.post("/api/settings", {"theme": "dark", **body}), 400, "INVALID_BODY")
    assert api.get("/api/settings").json() == FRESH


def test_keys_move_between_the_storages(api: Api) -> None:
    api.configure("gemini", "key-one")
    api.configure("zai", "key-two")
    file = api.server.settings.data_dir / "credentials.json"
    assert api.post("/api/settings", {"secretsStorage": "keyring"}).json()["secretsStorage"] == "keyring"
    assert api.keyring.kept == {"gemini": "key-one", "zai": "key-two"}
    assert json.loads(file.read_bytes()) == {}
    api.configure("openrouter", "key-three")
    assert api.keyring.kept["openrouter"] == "key-three"
    assert api.post("/api/settings", {"secretsStorage": "file"}).json()["secretsStorage"] == "file"
    assert api.keyring.kept == {}
    assert sorted(json.loads(file.read_bytes())) == ["gemini", "openrouter", "zai"]


@pytest.mark.parametrize(
    ("method", "error", "code"),
    [
        ("check", KeyringUnavailable("none"), "KEYRING_UNAVAILABLE"),
        ("write", KeyringWriteFailed("no"), "KEYRING_WRITE_FAILED"),
        ("read", KeyringReadFailed("no"), "KEYRING_READ_FAILED"),
    ],
)
def test_a_failed_move_changes_nothing(api: Api, method: str, error: Exception, code: str) -> None:
    api.configure("gemini", "key-one")
    api.keyring.refuse[method] = error
    refused(api.post("/api/settings", {"theme": "dark", "secretsStorage": "keyring"}), 400, code)
    assert api.get("/api/settings").json() == FRESH
    assert api.keyring.kept == {}
    assert api.get("/api/config/check").json()["configured"] is True


def test_a_key_that_is_gone_stops_the_move(api: Api) -> None:
    api.configure("gemini", "key-one")
    (api.server.settings.data_dir / "credentials.json").write_text("{}")
    refused(api.post("/api/settings", {"secretsStorage": "keyring"}), 400, "SECRET_NOT_FOUND")


def test_keys_of_another_installation_are_told_and_not_used(api: Api) -> None:
    api.configure("gemini", "key-one")
    file = api.server.settings.data_dir / "credentials.json"
    sealed = json.loads(file.read_bytes())["gemini"]
    file.write_text(json.dumps({"gemini": sealed[:-4] + "AAAA"}))
    refused(api.post("/api/settings", {"secretsStorage": "keyring"}), 400, "SECRET_DECRYPT_FAILED")
    file.write_text("not json")
    refused(api.delete("/api/config"), 400, "SECRET_DECRYPT_FAILED")
    assert api.get("/api/config").json() == {"provider": "gemini"}


def test_no_answer_ever_holds_a_key(api: Api) -> None:
    key = "very-secret-key-4711"
    api.configure("gemini", key)
    for path in ("/api/config", "/api/config/init", "/api/config/check", "/api/config/providers", "/api/settings"):
        assert key not in api.get(path).text
    assert key not in api.post("/api/config", {"provider": "gemini", "apiKey": key, "model": 1}).text
