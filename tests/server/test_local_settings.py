"""Settings of the local face, and which addresses it is served on."""

from pathlib import Path

import pytest

from asterism.base.hosts import is_loopback
from asterism.server.settings_sources import load_settings


def test_the_project_root_has_an_older_name() -> None:
    older = load_settings({"STARGAZER_PROJECT_ROOT": "/older"})
    assert older.project_root == Path("/older")
    both = load_settings({"STARGAZER_PROJECT_ROOT": "/older", "ASTERISM_PROJECT_ROOT": "/newer"})
    assert both.project_root == Path("/newer")
    assert load_settings({}).project_root is None


def test_base_urls_are_named_by_provider() -> None:
    environment = {
        "ASTERISM_ZAI_CODING_BASE_URL": "https://z.example.org/v4",
        "ASTERISM_OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "ASTERISM_GEMINI_BASE_URL": "",
    }
    assert load_settings(environment).base_urls == {
        "zai-coding": "https://z.example.org/v4",
        "openai": "http://127.0.0.1:1/v1",
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "::1"])
def test_loopback_addresses(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "127.evil.example", "localhost.evil", ""])
def test_other_addresses(host: str) -> None:
    assert not is_loopback(host)
