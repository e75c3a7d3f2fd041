"""Programs of analyzers that load while the change is still being read."""

import asyncio
from collections.abc import Iterable, Sequence

from asterism.features.review.analyzers.bandit import Bandit
from asterism.features.review.analyzers.models import Analyzer, Begun, Tools


class Ahead:
    """What was begun for one review; leaving the context ends what nobody has finished."""

    def __init__(self, analyzers: Sequence[Analyzer], tools: Tools) -> None:
        self._bandit = next((one for one in analyzers if isinstance(one, Bandit)), None)
        self._tools = tools
        self._loop = asyncio.get_running_loop()
        self._left = False
        self.begun: dict[str, Begun] = {}

    async def __aenter__(self) -> "Ahead":
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left = True
        for program in self.begun.values():
            await program.end()

    def expect(self, paths: Iterable[str]) -> None:
        """Begin what these changed paths will need, once; may be called from any thread."""
        if self._bandit is not None and any(map(self._bandit.checks, paths)):
            self._loop.call_soon_threadsafe(self._begin, self._bandit)

    def _begin(self, bandit: Bandit) -> None:
        if not self._left and bandit.id not in self.begun:  # git may go on for a while after a review was cancelled
            self.begun[bandit.id] = bandit.begin(self._tools)
