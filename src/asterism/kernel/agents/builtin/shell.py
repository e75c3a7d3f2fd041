"""The shell of a turn: a sandbox that is opened when the first command comes, and again when one was lost."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import TypeAlias

from asterism.kernel.sandbox import Outcome, Run, Session, SessionLost


@dataclass(frozen=True, slots=True)
class Opened:
    """A sandbox, and the environment of the agent's processes in it."""

    session: Session
    environment: Mapping[str, str]


Opener: TypeAlias = Callable[[], AbstractAsyncContextManager[Opened]]


class Shell:
    """Runs commands in one sandbox, so that what one leaves in the background is there for the next."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._stack = AsyncExitStack()
        self._opened: Opened | None = None

    async def run(
        self, command: str, *, folder: str, seconds: float, heard: Callable[[bytes], None] | None = None
    ) -> Outcome:
        """Run a command line below the working copy. Raises SessionLost when the sandbox ended with all in it."""
        opened = self._opened
        if opened is None:
            opened = self._opened = await self._stack.enter_async_context(self._opener())
        session = opened.session
        cwd = session.tree if folder == "." else f"{session.tree}/{folder}"
        wanted = Run(("/bin/sh", "-c", _WITH_BASH, "sh", command), cwd, opened.environment, seconds)
        try:
            return await session.run(wanted, heard)
        except SessionLost:
            await self.close()
            raise

    async def close(self) -> None:
        """End every process."""
        self._opened = None
        await self._stack.aclose()


_WITH_BASH = 'if command -v bash >/dev/null; then exec bash -c "$1"; else exec sh -c "$1"; fi'
