"""What wrangler is told, and what is read from what it says."""

import json

import pytest

from asterism.features.operations.deployments.wrangler import (
    generated_config,
    read_config,
    reported_address,
    worker_name,
)

PROJECT = "01HZZZZZZZZZZZZZABCDEFGHJK"


@pytest.mark.parametrize(
    ("project", "workspace", "name"),
    [
        ("My Shop!", None, "my-shop-abcdefghjk"),
        ("My Shop!", "Feature/One", "my-shop-abcdefghjk-feature-one"),
        ("日本", None, "app-abcdefghjk"),
        ("x" * 90, "y" * 90, f"{'x' * 40}-abcdefghjk-{'y' * 11}"),
    ],
)
def test_workers_are_named_after_project_and_workspace(project: str, workspace: str | None, name: str) -> None:
    found = worker_name(project, PROJECT.replace("ABCDEFGHJK", "abcdefghjk".upper()), workspace)
    assert found == name
    assert len(found) <= 63


def test_the_trees_own_configuration_stays_but_for_what_is_ours() -> None:
    toml = 'name = "theirs"\nmain = "src/index.ts"\naccount_id = "other"\n[vars]\nA = "1"\nB = "1"\n'
    jsonc = '{"name": "theirs", /* x */ "main": "src/index.ts", "vars": {"A": "1", "B": "1"},}'
    for path, text in (("wrangler.toml", toml), ("wrangler.jsonc", jsonc)):
        found = read_config(path, text)
        assert found is not None
        assert json.loads(generated_config(found, "ours", "acc", {"B": "2"})) == {
            "name": "ours", "account_id": "acc", "workers_dev": True, "main": "src/index.ts",
            "vars": {"A": "1", "B": "2"},
        }  # fmt: skip
    for path, text in (("wrangler.toml", "= ="), ("wrangler.json", "[]"), ("wrangler.json", "{" * 5000)):
        assert read_config(path, text) is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Uploaded x (1 sec)\nDeployed x triggers (1 sec)\n  https://x.me.workers.dev\nVersion", "https://x.me.workers.dev"),
        ("\x1b[32mPublished x\x1b[0m\n  https://app.example.org", "https://app.example.org"),
        ("see https://developers.cloudflare.com/x\nno luck", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_address_is_the_one_that_is_reported(said: str, address: str | None) -> None:
    assert reported_address(said) == address
