"""Secrets of a running server: nowhere in clear, rotated without a stop, and a clear word when the key is lost."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.features.accounts.identity.token_format import make_token
from tests.support.process import ServerProcess, asterism, serving

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def made_token(data: Path, home: Path, *more: str) -> str:
    done = asterism("token", "create", "--data-dir", str(data), "--json", *more, home=home)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["access_token"])


def rotate(data: Path, home: Path) -> dict[str, Any]:
    done = asterism("keys", "rotate", "--data-dir", str(data), "--json", home=home)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def signed_in(server: ServerProcess, token: str) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def sealed_values(data: Path) -> list[str]:
    with sqlite3.connect(data / "asterism.db") as connection:
        rows = connection.execute("SELECT key_value FROM api_keys UNION ALL SELECT value FROM env_vars").fetchall()
    connection.close()
    return [row[0] for row in rows]


class Canaries:
    """Secrets that were planted, each to be found nowhere but in the answer that hands it out."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, name: str, secret: str) -> str:
        self.planted[name] = secret
        return secret

    def found_in(self, text: str) -> set[str]:
        return {name for name, secret in self.planted.items() if secret in text}


def plant_by_use(client: httpx.Client, canaries: Canaries, outputs: list[str]) -> None:
    """Use every kind of secret as it is meant to be used."""
    key = canaries.plant("provider key", "sk-canary-provider-key-0001")
    client.post("/v1/auth/api-keys", json={"provider": "openai", "key_value": key})
    project = client.post("/v1/projects", json={"name": "canary"}).json()["project"]["id"]
    value = canaries.plant("env var", "canary-env-var-value-0002")
    client.post(f"/v1/projects/{project}/env-vars", json={"key": "TOKEN", "value": value, "is_secret": True})
    grant = client.post("/v1/auth/device/start", json={"client_name": "canary"}).json()
    canaries.plant("device code", grant["device_code"])
    client.post("/v1/auth/device/confirm", json={"user_code": grant["user_code"]})
    pair = client.post("/v1/auth/device/poll", json={"device_code": grant["device_code"]}).json()
    canaries.plant("access token", pair["access_token"])
    canaries.plant("refresh token", pair["refresh_token"])
    renewed = client.post("/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]}).json()
    canaries.plant("second refresh token", renewed["refresh_token"])
    shown = ["api-keys", "tokens", "devices", "audit", "me"]
    outputs += [client.get(f"/v1/auth/{name}").text for name in shown]
    outputs += [client.get(f"/v1/projects/{project}/{name}").text for name in ("env-vars", "events", "status")]


def plant_by_mistake(client: httpx.Client, canaries: Canaries, outputs: list[str]) -> None:
    """Put secrets where they do not belong: in addresses, broken bodies, wrong fields, other people's headers."""
    token = canaries.plant("token in a query", make_token("u"))
    outputs.append(client.get("/v1/projects", params={"token": token}).text)
    outputs.append(client.get(f"/v1/{canaries.plant('token in a path', make_token('u'))}").text)
    wrong = canaries.plant("token of nobody", make_token("u"))
    outputs.append(client.get("/v1/auth/me", headers={"Authorization": f"Bearer {wrong}"}).text)
    body = '{"provider": "openai", "key_value": "' + canaries.plant("key in broken JSON", "sk-canary-broken-0003")
    outputs.append(client.post("/v1/auth/api-keys", content=body).text)
    bad = {"provider": "nobody", "key_value": canaries.plant("key of an unknown provider", "sk-canary-unknown-0004")}
    outputs.append(client.post("/v1/auth/api-keys", json=bad).text)
    long = {"provider": "openai", "key_value": canaries.plant("bad key", "sk-canary-control-0005") + "\x07"}
    outputs.append(client.post("/v1/auth/api-keys", json=long).text)
    for route in ("google", "oidc", "link"):
        secret = canaries.plant(f"credential for {route}", f"canary-credential-{route}.a.b")
        outputs.append(client.post(f"/v1/auth/{route}", json={"credential": secret, "code": secret}).text)
    code = canaries.plant("unknown device code", "canaryDeviceCode00000000000000x")
    form = {"grant_type": DEVICE_CODE, "device_code": code}
    outputs.append(client.post("/v1/oauth/token", data=form).text)
    form = {"grant_type": "refresh_token", "refresh_token": canaries.plant("unknown refresh token", make_token("r"))}
    outputs.append(client.post("/v1/oauth/token", data=form).text)


def test_no_secret_is_anywhere_in_clear(data: Path, tmp_path: Path) -> None:
    canaries, outputs = Canaries(), []
    token = canaries.plant("owner's token", made_token(data, tmp_path))
    with serving(data, home=tmp_path, extra={"ASTERISM_LOG_FORMAT": "json"}) as server:
        link = server.lines and next((line for line in server.lines if "signin#" in line), None)
        assert link is None  # the owner exists since `token create`
        with signed_in(server, token) as client:
            plant_by_use(client, canaries, outputs)
            plant_by_mistake(client, canaries, outputs)
            outputs += [client.get(path).text for path in ("/metrics", "/schema/openapi.json", "/signin", "/device")]
        assert server.end(15) == 0
        outputs.append("\n".join(server.lines))
    assert sum(1 for line in server.lines if '"event": "request"' in line) > 20
    assert canaries.found_in("\n".join(outputs)) == set()
    for path in [path for path in data.rglob("*") if path.is_file()]:
        assert canaries.found_in(path.read_bytes().decode("latin-1")) == set(), path


def test_keys_rotate_beside_a_running_server(data: Path, tmp_path: Path) -> None:
    token = made_token(data, tmp_path)
    with serving(data, home=tmp_path) as server, signed_in(server, token) as client:
        project = client.post("/v1/projects", json={"name": "p"}).json()["project"]["id"]
        client.post("/v1/auth/api-keys", json={"provider": "openai", "key_value": "sk-first-key-0001"})
        client.post(f"/v1/projects/{project}/env-vars", json={"key": "A", "value": "first"})
        before = sealed_values(data)
        report = rotate(data, tmp_path)
        after = sealed_values(data)
        assert all(value.startswith(f"enc:v2:{report['key_id']}:") for value in after)
        assert [value.split(":")[4:] for value in after] == [value.split(":")[4:] for value in before]
        client.post("/v1/auth/api-keys", json={"provider": "groq", "key_value": "sk-second-key-0002"})
        assert all(value.startswith(f"enc:v2:{report['key_id']}:") for value in sealed_values(data))
        values = client.get("/v1/auth/api-keys/values").json()["env_vars"]
        assert values == {"OPENAI_API_KEY": "sk-first-key-0001", "GROQ_API_KEY": "sk-second-key-0002"}


def test_a_server_without_its_key_does_not_start_and_says_why(data: Path, tmp_path: Path) -> None:
    with serving(data, home=tmp_path):
        pass
    (data / "master.key").unlink()
    refused = ServerProcess(data, home=tmp_path)
    assert refused.process.wait(60) == 6
    refused._reader.join(5)
    said = "\n".join(refused.lines)
    assert "master key of this data folder is missing" in said
    assert "hint: " in said
    assert "Traceback" not in said
    assert not (data / "master.key").exists()  # no new key in place of the lost one
