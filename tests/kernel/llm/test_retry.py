"""Asking a model again: when, after which pause, and when nobody does."""

import asyncio

import pytest

from asterism.kernel.llm import FailureKind, ModelFailure, RetryPolicy, asked

POLICY = RetryPolicy((0.5, 2.0), patience=10.0)


class Asking:
    """An attempt that fails as told, and then answers."""

    def __init__(self, *failures: FailureKind, retry_after: float | None = None) -> None:
        self.failures = [ModelFailure(kind, name="demo", retry_after=retry_after) for kind in failures]
        self.attempts, self.pauses, self.told = 0, list[float](), list[str]()

    async def attempt(self) -> str:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def tell(self, failure: ModelFailure) -> None:
        self.told.append(failure.failure)


def test_what_may_pass_is_asked_twice_more() -> None:
    limited, down = FailureKind.RATE_LIMITED, FailureKind.UNAVAILABLE
    asking = Asking(limited, down)
    assert asyncio.run(asked(asking.attempt, POLICY, tell=asking.tell, sleep=asking.pause)) == "answer"
    assert (asking.pauses, asking.told) == ([0.5, 2.0], [limited, down])
    asking = Asking(down, down, down)
    with pytest.raises(ModelFailure):
        asyncio.run(asked(asking.attempt, POLICY, sleep=asking.pause))
    assert asking.attempts == 3


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind not in {"rate_limited", "unavailable"}])
def test_everything_else_is_asked_once(kind: FailureKind) -> None:
    asking = Asking(kind)
    with pytest.raises(ModelFailure):
        asyncio.run(asked(asking.attempt, POLICY, sleep=asking.pause))
    assert (asking.attempts, asking.pauses) == (1, [])


@pytest.mark.parametrize(("wished", "pauses"), [(0.1, [0.5]), (10.0, [10]), (10.1, None)])
def test_a_provider_may_wish_for_a_longer_pause_up_to_a_limit(wished: float, pauses: list[float] | None) -> None:
    asking = Asking(FailureKind.RATE_LIMITED, retry_after=wished)
    if pauses is None:
        with pytest.raises(ModelFailure):
            asyncio.run(asked(asking.attempt, POLICY, sleep=asking.pause))
    else:
        asyncio.run(asked(asking.attempt, POLICY, sleep=asking.pause))
        assert asking.pauses == pauses


def test_what_readers_were_told_is_not_asked_for_again() -> None:
    asking = Asking(FailureKind.UNAVAILABLE)
    with pytest.raises(ModelFailure):
        asyncio.run(asked(asking.attempt, POLICY, told=lambda: True, sleep=asking.pause))
    assert asking.attempts == 1


def test_a_remedy_is_tried_at_once_and_takes_no_attempt_away() -> None:
    asking = Asking(FailureKind.EMPTY, FailureKind.UNAVAILABLE, FailureKind.UNAVAILABLE)

    async def remedy(failure: ModelFailure) -> bool:
        return failure.failure is FailureKind.EMPTY

    assert asyncio.run(asked(asking.attempt, POLICY, remedy=remedy, sleep=asking.pause)) == "answer"
    assert asking.pauses == [0.5, 2.0]
