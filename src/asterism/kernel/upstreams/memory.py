"""The memory fake."""

from collections.abc import Callable

from asterism.kernel.upstreams import rules
from asterism.kernel.upstreams.models import Call, Reply


class MemoryUpstreams:
    """Answers by a function of the call and the address it is sent to; `calls` are those that came."""

    def __init__(self, answer: Callable[[Call, str], Reply]) -> None:
        self._answer = answer
        self.calls: list[tuple[Call, str]] = []

    async def send(self, call: Call) -> Reply:
        """Answer a call. Raises UpstreamFailure."""
        return await rules.send(self._exchange, call)

    async def stop(self) -> None:
        """Nothing to close."""

    async def _exchange(self, call: Call, url: str) -> Reply:
        self.calls.append((call, url))
        return self._answer(call, url)
