"""The first run of each provider after the start, with several providers configured at once."""

import json
from pathlib import Path

import httpx
import pytest

from asterism.kernel.llm.fake_server import running_in_thread
from tests.support.process import asterism, serving
from tests.support.sse import parse_frames

pytestmark = [pytest.mark.xdist_group("llm"), pytest.mark.slow]


def test_the_first_run_of_every_configured_provider_ends_with_a_message(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_in_thread() as local, running_in_thread(key="ka") as claude, running_in_thread(key="kg") as google:
        settings = {
            "ASTERISM_LOCAL_BASE_URL": local.url,
            "ASTERISM_ANTHROPIC_API_KEY": "ka",
            "ASTERISM_ANTHROPIC_BASE_URL": claude.url,
            "ASTERISM_GOOGLE_API_KEY": "kg",
            "ASTERISM_GOOGLE_BASE_URL": google.google_url,
        }
        with serving(data, home=tmp_path, extra=settings) as server:
            made = asterism("token", "create", "--data-dir", str(data), "--json", home=tmp_path)
            headers = {"Authorization": f"Bearer {json.loads(made.stdout)['access_token']}"}
            with httpx.Client(base_url=server.url, headers=headers, timeout=120, trust_env=False) as client:
                project = client.post("/v1/projects", json={"name": "P"}).json()["project"]["id"]
                for model in ("local:demo", "anthropic:demo", "google:demo"):
                    chat = client.post(f"/v1/projects/{project}/chats").json()["chat"]["id"]
                    client.post(f"/v1/chats/{chat}/messages", json={"role": "user", "content": "Hello"})
                    answer = client.post(f"/v1/chats/{chat}/run", json={"model": model})
                    told = [frame.event for frame in parse_frames(answer.content)]
                    assert "message.final" in told, (model, told)
                    assert "run.error" not in told
        assert [len(fake.calls) >= 1 for fake in (local, claude, google)] == [True] * 3
