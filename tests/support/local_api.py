"""A client of the local face in tests: what it needs, and the checks that every test makes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from asterism.faces.runtime import Runtime
from asterism.kernel.credentials import MemoryCredentials
from asterism.kernel.llm import ScriptedModels
from tests.contracts.stargazer_schemas import check
from tests.support.server import TestServer


@dataclass
class Api:
    """What a test of `/api` needs. `models` answers chats, `environment` holds variables keys may refer to."""

    server: TestServer
    client: httpx.Client
    root: Path
    models: ScriptedModels
    keyring: MemoryCredentials
    environment: dict[str, str]

    @property
    def rt(self) -> Runtime:
        return self.server.rt

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.client.post(path, json=body, **options) if body is not None else self.client.post(path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.client.delete(path, **options)

    def project_id(self, root: Path | None = None) -> str:
        """Return the id that the server gave to a root."""
        headers = {} if root is None else {"x-stargazer-project-root": str(root)}
        answer = self.get("/api/config/init", headers=headers)
        return str(answer.json()["project"]["projectId"])

    def trust_entry(self, **changes: Any) -> dict[str, Any]:
        """Return a body that trusts the default root."""
        entry = {
            "projectId": self.project_id(),
            "repoRoot": str(self.root),
            "trustedAt": "2026-02-04T12:00:00.000Z",
            "capabilities": {"readFiles": True, "runCommands": False},
            "trustMode": "persistent",
        }
        return {**entry, **changes}

    def trust(self, **changes: Any) -> dict[str, Any]:
        """Trust the default root."""
        answer = self.post("/api/settings/trust", self.trust_entry(**changes))
        assert answer.status_code == 200, answer.text
        return dict(check("TrustAnswer", answer.json())["trust"])

    def configure(self, provider: str = "gemini", key: str = "key-123", **more: Any) -> None:
        """Save a provider."""
        answer = self.post("/api/config", {"provider": provider, "apiKey": key, **more})
        assert answer.json() == {"saved": True}, answer.text


def refused(answer: httpx.Response, status: int, code: str | None) -> str:
    """Check that an answer is this error and return its message."""
    body = check("Error", answer.json())
    assert (answer.status_code, body["error"].get("code")) == (status, code), answer.text
    assert "Traceback" not in answer.text
    return str(body["error"]["message"])


def events_of(text: str) -> list[dict[str, Any]]:
    """Read a stream as the simplest client does: lines that begin with `data: `, each one JSON document."""
    events = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if not lines:
            continue
        event = msgspec.json.decode(next(line for line in lines if line.startswith("data: "))[6:])
        assert f"event: {event['type']}" in lines
        events.append(event)
    return events
