"""Vectors of texts: the port, and what asks a provider's embeddings route in the form that most of them share."""

import asyncio
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from asterism.base.libraries import later
from asterism.kernel.llm.failures import FailureKind, ModelFailure, of_status
from asterism.kernel.llm.models import Target
from asterism.kernel.llm.providers import label

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

SECONDS = 60.0
MAX_DIMENSION = 16_384
SILENCE = 0.01

Vector = tuple[float, ...]
"""A vector of length 1."""


class Embeddings(Protocol):
    """The port."""

    async def embed(self, target: Target, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors of some texts, in order and all of one dimension. Raises ModelFailure."""
        ...

    async def stop(self) -> None:
        """Close every connection."""
        ...


class HttpEmbeddings:
    """Asks `POST {base}/embeddings`. Redirects are not followed, so a key goes to the address it is for."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._client: httpx.AsyncClient | None = None

    async def embed(self, target: Target, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors of some texts. Raises ModelFailure."""
        if not texts:
            return []
        name = label(target.provider)
        client = self._client = self._client or httpx.AsyncClient(follow_redirects=False, trust_env=False)
        headers = {"authorization": f"Bearer {target.api_key}"} if target.api_key else {}
        body = {"model": target.model, "input": list(texts), "encoding_format": "float"}
        try:
            async with asyncio.timeout(self._seconds):
                address = f"{target.base_url.rstrip('/')}/embeddings"
                answer = await client.post(address, json=body, headers=headers, timeout=None)
        except (TimeoutError, httpx.HTTPError) as error:
            raise ModelFailure(FailureKind.UNAVAILABLE, name=name, model=target.model) from error
        if answer.status_code != 200:
            kind = of_status(answer.status_code) or FailureKind.OTHER
            raise ModelFailure(kind, name=name, model=target.model, status=answer.status_code)
        return vectors_of(answer, len(texts), name)

    async def stop(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()


def vectors_of(answer: "httpx.Response", count: int, name: str) -> list[Vector]:
    """Read an answer. Raises ModelFailure of kind `other` unless it has one good vector for each text."""
    try:
        data = answer.json()["data"]
        found = {int(item["index"]): unit([float(number) for number in item["embedding"]]) for item in data}
        vectors = [found[place] for place in range(count)]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise ModelFailure(FailureKind.OTHER, name=name) from error
    if len({len(vector) for vector in vectors}) != 1 or not 0 < len(vectors[0]) <= MAX_DIMENSION:
        raise ModelFailure(FailureKind.OTHER, name=name)
    return vectors


def unit(numbers: Sequence[float]) -> Vector:
    """Return a vector with length 1. Raises ValueError for one without a direction."""
    length = math.sqrt(math.fsum(number * number for number in numbers))
    if not math.isfinite(length) or length == 0:
        raise ValueError("the vector has no direction")
    return tuple(number / length for number in numbers)


class ScriptedEmbeddings:
    """The memory fake: texts that share words are near each other. `fail` makes every question fail."""

    def __init__(self, *, fail: FailureKind | None = None) -> None:
        self.fail = fail
        self.asked: list[tuple[Any, list[str]]] = []

    async def embed(self, target: Target, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors of some texts. Raises ModelFailure when it is to fail."""
        self.asked.append((target, list(texts)))
        if self.fail is not None:
            raise ModelFailure(self.fail, name=label(target.provider))
        return [unit(word_vector(text)) for text in texts]

    async def stop(self) -> None:
        """Do nothing."""


def word_vector(text: str, dimension: int = 64) -> list[float]:
    """Return how often a text has words of each of some kinds: a fake's idea of what a text means."""
    found = [SILENCE] * dimension
    for word in text.lower().replace("_", " ").split():
        found[sum(word.strip(".,:;()'\"").encode()) % dimension] += 1.0
    return found
