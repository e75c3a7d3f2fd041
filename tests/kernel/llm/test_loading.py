"""Loading the wire formats: in every order, in fresh processes, and again after a failure."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from asterism.features.talk.catalogue import ModelDirectory
from asterism.kernel.llm import FailureKind, ModelFailure, PydanticModels, Request, Target, Turn
from asterism.kernel.llm.fake_server import FakeModelServer
from asterism.kernel.llm.loader import load_wire
from asterism.kernel.llm.providers import Wire

pytestmark = pytest.mark.xdist_group("llm")

WIRES: tuple[Wire, ...] = ("openai", "anthropic", "google")
ORDERS = [WIRES[first:] + WIRES[:first] for first in range(len(WIRES))]  # each of two comes first in one of them
PROVIDERS = {"openai": "local", "anthropic": "anthropic", "google": "google"}

PROGRAM = """
import asyncio, sys
from asterism.kernel.llm import PydanticModels, Request, Target, Turn
from asterism.kernel.llm.fake_server import FakeModelServer

async def main(expected, asked):
    models = PydanticModels(expected)
    await models.start()
    async with FakeModelServer() as fake:
        targets = [Target(name, "demo", fake.google_url if name == "google" else fake.url, "k") for name in asked]
        requests = [Request(target, (Turn("user", "Hello"),)) for target in targets]
        answers = await asyncio.gather(*(models.complete(request) for request in requests))
    await models.stop()
    print(sum(answer.text.endswith("You wrote: Hello") for answer in answers))

asyncio.run(main(sys.argv[1].split(), sys.argv[2].split()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_every_order_loads_and_every_first_question_is_answered(order: tuple[Wire, ...]) -> None:
    asked = " ".join(PROVIDERS[wire] for wire in reversed(order))
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", PROGRAM, " ".join(order), asked]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{len(order)}\n", "")


@pytest.mark.slow
def test_formats_that_nobody_expected_load_together_at_the_first_questions() -> None:
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", PROGRAM, "", "google anthropic local"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stdout) == (0, "3\n"), ran.stderr


def test_a_failed_load_fails_one_question_and_is_tried_again_at_the_next() -> None:
    tries: list[Wire] = []

    def load(wire: Wire) -> Any:
        tries.append(wire)
        if len(tries) <= 2:
            raise ImportError("half a module")
        return load_wire(wire)

    async def main() -> None:
        models = PydanticModels(["openai"], load=load)
        async with FakeModelServer() as fake, asyncio.timeout(120):
            request = Request(Target("local", "demo", fake.url), (Turn("user", "Hello"),))
            for _ in range(2):
                with pytest.raises(ModelFailure) as failed:
                    await models.complete(request)
                assert failed.value.failure is FailureKind.UNAVAILABLE
            assert (await models.complete(request)).text.endswith("Hello")
            assert (await models.complete(request)).text.endswith("Hello")
            await models.stop()

    asyncio.run(main())
    assert tries == ["openai"] * 3


def test_a_failed_load_at_the_start_is_over_when_the_first_question_comes() -> None:
    tries: list[Wire] = []

    def load(wire: Wire) -> Any:
        tries.append(wire)
        if len(tries) == 1:
            raise MemoryError
        return load_wire(wire)

    async def main() -> None:
        models = PydanticModels(["openai"], load=load)
        await models.start()
        async with FakeModelServer() as fake, asyncio.timeout(120):
            while models._loading:
                await asyncio.sleep(0)
            request = Request(Target("local", "demo", fake.url), (Turn("user", "Hello"),))
            assert (await models.complete(request)).text.endswith("Hello")
            await models.stop()

    asyncio.run(main())
    assert tries == ["openai"] * 2


def test_what_a_server_loads_in_advance_has_one_order() -> None:
    keys = {"mistral": "k", "anthropic": "k", "google": "k"}
    local = {"local": "http://127.0.0.1:1/v1"}
    order = ("google", "anthropic", "openai")
    assert ModelDirectory(server_keys=keys).expected_wires() == order
    assert ModelDirectory(server_keys={"google": "k", "anthropic": "k"}, base_urls=local).expected_wires() == order
    assert ModelDirectory().expected_wires() == ()
