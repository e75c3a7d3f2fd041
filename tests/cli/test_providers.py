"""`asterism providers`: keys and models of reviews and chats, and a review in process that uses them."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer
from tests.support.forks import ASTERISM, run
from tests.support.process import clean_environment
from tests.wire.local.reviewing import Checkout

KEY = "sk-" + "test-key-of-openai"


def asterism(home: Path, *arguments: str, stdin: str = "", cwd: Path | None = None, **environment: str):
    command = [*ASTERISM, *arguments]
    return run(command, env=clean_environment(home, environment), cwd=cwd or home, input=stdin, text=True)


def rows(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, str]]:
    assert done.returncode == 0, done.stderr
    return {row["provider"]: row for row in json.loads(done.stdout)["providers"]}


def test_a_key_is_saved_for_both_sides_and_never_shown(tmp_path: Path) -> None:
    nowhere = asterism(tmp_path, "providers", "list")
    assert (nowhere.returncode, "is not the data folder of a server" in nowhere.stderr) == (4, True)
    done = asterism(tmp_path, "providers", "set", "openai", "--model", "gpt-x", stdin=KEY + "\n")
    assert (done.returncode, done.stdout) == (0, "OpenAI is set for reviews and chats.\n"), done.stderr
    listed = asterism(tmp_path, "providers", "list", "--json")
    found = rows(listed)["openai"]
    assert found == {"provider": "openai", "reviews": "in use", "model": "gpt-x", "chats": "your key"}
    assert KEY not in done.stdout + done.stderr + listed.stdout
    done = asterism(tmp_path, "providers", "set", "google", "--for", "chats", stdin="another-key-1\n")
    assert done.returncode == 0, done.stderr
    found = rows(asterism(tmp_path, "providers", "list", "--json"))["gemini"]
    assert (found["reviews"], found["chats"]) == ("no key", "your key")
    for refused, says in (("local", "use local --model MODEL"), ("anthropic", "no usable API key")):
        done = asterism(tmp_path, "providers", "use", refused)
        assert (done.returncode, says in done.stderr) == (6, True), done.stderr
    people = asterism(tmp_path, "providers", "list").stdout
    assert "openai       reviews: in use (gpt-x)" in people


@pytest.mark.parametrize(("arguments", "code", "says"), [
    (("set", "opnai"), 2, "Providers: gemini, zai"),
    (("set", "openai"), 2, "no key on standard input"),
    (("set", "groq", "--for", "reviews"), 2, "not offered for reviews"),
    (("use", "anthropic"), 6, "no usable API key for Anthropic"),
    (("test", "--for", "reviews"), 1, "No AI provider is active"),
    (("set", "openai", "--for", "both-of-them"), 2, "both"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    asterism(tmp_path, "token", "create")
    stdin = "key-1\n" if "groq" in arguments else ""
    done = asterism(tmp_path, "providers", *arguments, stdin=stdin)
    assert done.returncode == code, done.stdout + done.stderr
    assert says in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr


@pytest.mark.xdist_group("llm")
def test_models_are_tried_and_a_review_in_process_asks_the_one_in_use(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    checkout = Checkout(tmp_path / "project")
    checkout.write("a.py", "x = 1\n")
    checkout.commit()
    checkout.write("a.py", "x = 2\n")

    async def work() -> tuple[list[str], list[str]]:
        async with FakeModelServer(key=KEY) as fake:
            where = {"ASTERISM_OPENAI_BASE_URL": fake.url}

            async def run(*arguments: str, stdin: str = "", cwd: Path | None = None) -> str:
                done = await asyncio.to_thread(asterism, home, *arguments, stdin=stdin, cwd=cwd, **where)
                return done.stdout + done.stderr

            saved = await run("providers", "set", "openai", "--model", "gpt-x", stdin=KEY + "\n")
            fake.play("ready")
            fake.play("ready")
            tried = await run("providers", "test")
            for _ in range(12):
                fake.play('{"summary":"done","issues":[]}')
            reviewed = await run("review", cwd=checkout.root)
            alone = await run("review", "--no-model", cwd=checkout.root)
            models = [call.model for call in fake.calls]
            await run("providers", "set", "openai", stdin="a-wrong-key\n")
            (checkout.root / "x.diff").write_text("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n")
            refused = [
                await run("review", cwd=checkout.root),
                await run("review", "--diff", "x.diff", cwd=checkout.root),
            ]
            return [saved, tried, reviewed, alone, *refused], models

    (saved, tried, reviewed, alone, *refused), models = asyncio.run(work())
    assert all("OpenAI rejected the API key" in text and "--no-model" in text for text in refused), refused
    assert "OpenAI is set" in saved
    assert "reviews  ok: OpenAI, gpt-x" in tried, tried
    assert "chats    ok: OpenAI" in tried
    assert "only static checks" not in reviewed
    assert models.count("gpt-x") >= 2, "a lens asked the model"
    assert "only static checks ran. To set one up, run: asterism providers set" in alone
