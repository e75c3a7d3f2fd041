"""The port `Embeddings`: the memory fake, and the adapter against the loopback server."""

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest

from asterism.kernel.llm import (
    Embeddings,
    FailureKind,
    HttpEmbeddings,
    ModelFailure,
    ScriptedEmbeddings,
    Target,
    Vector,
)
from asterism.kernel.llm.embeddings import vectors_of
from asterism.kernel.llm.fake_server import FakeModelServer, running_in_thread

KEY = "sk-right"
Ask = Callable[..., list[Vector]]


def run(embeddings: Embeddings, target: Target, texts: list[str]) -> list[Vector]:
    async def ask() -> list[Vector]:
        try:
            return await embeddings.embed(target, texts)
        finally:
            await embeddings.stop()

    work: Coroutine[Any, Any, list[Vector]] = ask()
    return asyncio.run(work)


@pytest.fixture
def server() -> Iterator[FakeModelServer]:
    with running_in_thread(key=KEY) as running:
        yield running


@pytest.fixture(params=["memory", "http"])
def ask(request: pytest.FixtureRequest, server: FakeModelServer) -> Ask:
    target = Target("local", "vectors", server.url, KEY)

    def embed(*texts: str) -> list[Vector]:
        port: Embeddings = ScriptedEmbeddings() if request.param == "memory" else HttpEmbeddings()
        return run(port, target, list(texts))

    return embed


def test_each_text_has_a_vector_of_length_one_and_the_same_dimension(ask: Ask):
    vectors = ask("one two", "three", "")
    assert len(vectors) == 3
    assert len({len(vector) for vector in vectors}) == 1
    assert all(math.isclose(math.fsum(n * n for n in vector), 1, rel_tol=1e-6) for vector in vectors)


def test_the_same_text_has_the_same_vector_and_likeness_is_nearness(ask: Ask):
    one, same, near, far = ask("apple banana", "apple banana", "banana", "engine wheel")

    def cosine(other: Vector) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert same == one
    assert cosine(near) > cosine(far)


def test_of_no_text_nothing_is_asked(ask: Ask, server: FakeModelServer):
    assert ask() == []
    assert server.embedded == []


def test_the_model_and_the_texts_are_sent(server: FakeModelServer):
    run(HttpEmbeddings(), Target("local", "vectors", server.url, KEY), ["a", "b"])
    assert server.embedded == [("vectors", ["a", "b"])]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FailureKind.AUTH),
        (404, FailureKind.MODEL_UNKNOWN),
        (429, FailureKind.RATE_LIMITED),
        (500, FailureKind.UNAVAILABLE),
        (302, FailureKind.OTHER),
    ],
)
def test_a_refusal_is_a_failure_of_its_kind(server: FakeModelServer, status: int, kind: FailureKind):
    server.embedding_status = status
    with pytest.raises(ModelFailure) as raised:
        run(HttpEmbeddings(), Target("local", "vectors", server.url, KEY), ["a"])
    assert (raised.value.failure, raised.value.status) == (kind, status)


def test_a_wrong_key_is_told_and_not_shown(server: FakeModelServer):
    with pytest.raises(ModelFailure) as raised:
        run(HttpEmbeddings(), Target("local", "vectors", server.url, "sk-wrong"), ["a"])
    assert raised.value.failure is FailureKind.AUTH
    assert "sk-wrong" not in str(raised.value)


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(ModelFailure) as raised:
        run(HttpEmbeddings(), Target("local", "vectors", "http://127.0.0.1:1/v1"), ["a"])
    assert raised.value.failure is FailureKind.UNAVAILABLE


@pytest.mark.parametrize(
    "answer",
    [
        "[]",
        "{}",
        '{"data": []}',
        '{"data": [{"index": 0, "embedding": []}]}',
        '{"data": [{"index": 0, "embedding": [0, 0]}]}',
        '{"data": [{"index": 0, "embedding": ["x"]}]}',
        '{"data": [{"index": 0, "embedding": [1e999]}]}',
        '{"data": [{"index": 7, "embedding": [1]}]}',
        '{"data": 3}',
        "no JSON",
    ],
)
def test_nonsense_is_a_failure(answer: str):
    with pytest.raises(ModelFailure) as raised:
        vectors_of(httpx.Response(200, text=answer), 1, "local")
    assert raised.value.failure is FailureKind.OTHER


@pytest.mark.parametrize(("length", "taken"), [(16_384, True), (16_385, False)])
def test_an_embedding_has_16384_numbers(length: int, taken: bool) -> None:
    answer = httpx.Response(200, json={"data": [{"index": 0, "embedding": list(range(length))}]})
    if taken:
        assert len(vectors_of(answer, 1, "local")[0]) == length
    else:
        with pytest.raises(ModelFailure):
            vectors_of(answer, 1, "local")
