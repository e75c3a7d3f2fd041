"""Installing and building when the tree means no good, or is broken."""

import asyncio
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asterism.features.operations.deployments import Tools
from asterism.features.operations.deployments.models import Step
from asterism.features.operations.deployments.workshop import StepFailed, Workshop
from asterism.features.operations.detection import Recipe, Requirements
from asterism.kernel.llm.fake_server import FakeModelServer
from asterism.kernel.sandbox import Isolation, Reach
from tests.support.sandboxes import needs_bubblewrap


class Shop:
    """A workshop on a folder, and what was heard in it."""

    def __init__(self, folder: Path, isolation: Isolation = "plain", **tools: Any) -> None:
        self.tree, self.said = folder / "tree", bytearray()
        self.tools = Tools(isolation, folder / "cache", **tools)
        self.tree.mkdir(exist_ok=True)

    def hear(self, _: Step) -> Callable[[bytes], None]:
        return self.said.extend

    def make(self, install: str | None = None, build: str | None = None, **environment: str) -> str:
        needs = Requirements(recipe=Recipe(install=install, build=build))
        asyncio.run(Workshop(self.tools, "project", self.tree, needs, environment).make(self.hear))
        return self.said.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("exit 4", "The build failed with exit code 4."),
        ("kill -9 $$", "The build failed with exit code -9."),
        ("sleep 600", "The build took longer than 2 seconds."),
        ("echo x > /dev/full", "The build failed with exit code 1."),
        ("head -c 300000 /dev/zero", "The build said more than 100000 bytes and was ended."),
    ],
)
def test_a_broken_build_says_what_happened(tmp_path: Path, command: str, error: str) -> None:
    shop = Shop(tmp_path, seconds=2, output=100_000)
    with pytest.raises(StepFailed) as failed:
        shop.make(build=command)
    assert str(failed.value) == error


def test_values_reach_a_build_as_they_are_and_what_is_said_may_be_anything(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    value = "line one\nline \"two\" 'three' $HOME `id` \\ ü"
    shop.make(build="printf %s \"$VALUE\" > out; printf '\\377\\001\\n'", VALUE=value)
    assert (shop.tree / "out").read_text() == value
    assert b"\xff\x01" in shop.said


def test_a_build_is_the_text_of_a_script_and_finds_what_was_installed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    install = "mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho bundled\\n' > node_modules/.bin/bundle"
    said = shop.make(install=f"{install}; chmod +x node_modules/.bin/bundle", build="bundle && echo $((1 + 1))")
    assert said.endswith("bundled\n2\n")


def test_what_was_installed_is_not_installed_again(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    (shop.tree / "package-lock.json").write_text("{}")
    install = 'mkdir -p node_modules/a "$npm_config_cache"; echo x >> "$npm_config_cache/count"'
    for _ in range(2):
        said = shop.make(install=install, build="test -d node_modules/a")
    assert "The dependencies are those of an earlier deployment." in said
    (count,) = (tmp_path / "cache").rglob("count")
    assert count.read_text() == "x\n"


@needs_bubblewrap
def test_a_hostile_install_reaches_nothing(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text("the master key")
    script = f"""
import os, socket
for path in ({str(tmp_path / "master.key")!r}, "/root/.ssh/id_rsa", "/etc/shadow"):
    try: print("read", open(path).read())
    except OSError: print("refused")
for address in (("127.0.0.1", PORT), ("192.0.2.1", 80)):
    try: socket.create_connection(address, 2); print("connected")
    except OSError: print("refused")
print("asterism" in str(os.environ).lower() and "MARK" in os.environ)
"""
    shop = Shop(tmp_path, "bubblewrap")

    async def scenario() -> None:
        async with FakeModelServer() as server:
            port = server.url.rpartition(":")[2].partition("/")[0]
            command = f"python3 -c {shlex.quote(script.replace('PORT', port))}; exit 1"
            needs = Requirements(recipe=Recipe(install=command))
            await Workshop(shop.tools, "project", shop.tree, needs, {}).make(shop.hear)

    with pytest.raises(StepFailed, match="exit code 1"):
        asyncio.run(scenario())
    said = shop.said.decode()
    assert said.count("refused\n") == 5
    assert "connected\n" not in said.partition("\n" + "refused")[2]
    assert "ASTERISM_DEPLOY_NETWORK" in said


@needs_bubblewrap
def test_an_install_reaches_the_hosts_that_the_operator_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with FakeModelServer() as server:
            reach = Reach(("127.0.0.1",), lambda _: False)
            shop = Shop(tmp_path, "bubblewrap", reach=reach)
            port = server.url.rpartition(":")[2].partition("/")[0]
            script = f"""
import os, urllib.request
os.environ.pop("no_proxy"); os.environ.pop("NO_PROXY")
for host in ("127.0.0.1", "localhost"):
    try: print(host, urllib.request.urlopen("http://" + host + ":{port}/v1/models", timeout=20).status)
    except urllib.error.HTTPError as error: print(host, error.code)
"""
            needs = Requirements(recipe=Recipe(install=f"python3 -c {shlex.quote(script)}"))
            await Workshop(shop.tools, "project", shop.tree, needs, {}).make(shop.hear)
            said = shop.said.decode().splitlines()
            assert said[-1] == "localhost 403"
            assert said[-2].startswith("127.0.0.1 ")
            assert said[-2] != "127.0.0.1 403"

    asyncio.run(scenario())
