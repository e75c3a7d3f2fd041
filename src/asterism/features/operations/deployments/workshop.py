"""Where apps are made: install and build in a sandbox, with what was installed before under the same lock file."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from asterism.features.operations.deployments.dependencies import Dependencies
from asterism.features.operations.deployments.models import Step
from asterism.features.operations.deployments.toolchains import Tools
from asterism.features.operations.detection import Requirements
from asterism.kernel.sandbox import Beyond, Ending, Outcome, Place, Run, open_door, open_session

_MEMORY: Final = 8 << 30
_FIRST_DOOR: Final = 4010
NO_NETWORK: Final = (
    "The {step} had no network. Whoever runs this server can allow hosts with ASTERISM_DEPLOY_NETWORK, as `open` or "
    "the names of package registries."
)


class StepFailed(Exception):
    """A step of the pipeline ended badly; the text is for people."""

    def __init__(self, step: Step, message: str) -> None:
        super().__init__(message)
        self.step = step


class Workshop:
    """Installs and builds one app in its folder; `project_id` is whose earlier installs it may take."""

    def __init__(
        self, tools: Tools, project_id: str, folder: Path, needs: Requirements, environment: Mapping[str, str]
    ) -> None:
        self._tools, self._folder, self._needs, self._environment = tools, folder, needs, environment
        movable = tools.isolation != "plain"
        self._dependencies = Dependencies(tools.cache / project_id, folder, needs, movable)

    async def make(self, hear: Callable[[Step], Callable[[bytes], None]]) -> None:
        """Install what the app depends on, then build it. Raises StepFailed or SandboxUnavailable."""
        recipe = self._needs.recipe
        if recipe.install is not None:
            await self._install(recipe.install, hear(Step.INSTALL))
        if recipe.build is not None:
            folder = self._needs.root or "."
            await self._run(Step.BUILD, recipe.build, folder, {"NODE_ENV": "production"}, hear(Step.BUILD))

    async def perform(
        self,
        command: str,
        variables: Mapping[str, str],
        beyond: Mapping[str, str],
        hear: Callable[[bytes], None],
        *,
        shown: str,
    ) -> None:
        """Run a program that brings what was built to where it shall run; `shown` is what the log says of it.

        `beyond` are the addresses that it reaches, by the variable that tells it where each is. It is given none of
        the app's own variables. Raises StepFailed or SandboxUnavailable.
        """
        hear(f"$ {shown}\n".encode())
        folder = self._needs.root or "."
        async with AsyncExitStack() as stack:
            doors, ways = dict[int, Path](), dict(beyond)
            if self._tools.isolation != "plain":
                place = Path(stack.enter_context(TemporaryDirectory(prefix="asterism-doors-")))
                for port, (name, url) in enumerate(beyond.items(), _FIRST_DOOR):
                    far = Beyond.of(url)
                    doors[port] = await stack.enter_async_context(open_door(place / f"{port}.sock", far))
                    ways[name] = far.url(port)
            outcome = await self._inside(doors, command, folder, {**variables, **ways}, hear)
        self._judge(Step.DEPLOY, outcome, hear)

    async def _install(self, command: str, hear: Callable[[bytes], None]) -> None:
        dependencies = self._dependencies
        kept = await asyncio.to_thread(dependencies.kept, command)
        if await asyncio.to_thread(dependencies.take, kept):
            hear(b"The dependencies are those of an earlier deployment.\n")
            return
        if self._needs.recipe.package_manager == "pip":
            command = f"python3 -m venv .venv && .venv/bin/{command}"
        await self._run(Step.INSTALL, command, dependencies.where, dependencies.variables(), hear)
        await asyncio.to_thread(dependencies.keep, kept)

    async def _run(
        self, step: Step, command: str, folder: str, variables: Mapping[str, str], hear: Callable[[bytes], None]
    ) -> None:
        hear(f"$ {command}\n".encode())
        async with self._tools.reach.doors() as (doors, ways):
            outcome = await self._inside(doors, command, folder, {**ways, **variables, **self._environment}, hear)
        self._judge(step, outcome, hear)

    async def _inside(
        self,
        doors: Mapping[int, Path],
        command: str,
        folder: str,
        variables: Mapping[str, str],
        hear: Callable[[bytes], None],
    ) -> Outcome:
        tools, downloads = self._tools, self._dependencies.downloads
        await asyncio.to_thread(downloads.mkdir, parents=True, exist_ok=True, mode=0o700)
        place = Place(self._folder, tools.readable, memory=_MEMORY, writable=(downloads,), doors=doors)
        async with open_session(tools.isolation, place) as session:
            inner = [f"{session.tree}/{name}" for name in _inner_path(folder)]
            path = os.pathsep.join((*inner, *tools.path, session.environment["PATH"]))
            run = Run(
                ("/bin/sh", "-c", command),
                f"{session.tree}/{folder}",
                {"CI": "1", **variables, "PATH": path},
                seconds=tools.seconds,
                flood=tools.output,
                memory=None,
            )
            return await session.run(run, hear)

    def _judge(self, step: Step, outcome: Outcome, hear: Callable[[bytes], None]) -> None:
        if outcome.ending is Ending.EXITED and outcome.returncode == 0:
            return
        if step is Step.INSTALL and self._tools.reach.closed and self._tools.isolation != "plain":
            hear(f"{NO_NETWORK.format(step=step)}\n".encode())
        if outcome.ending is Ending.TIMED_OUT:
            raise StepFailed(step, f"The {step} took longer than {self._tools.seconds:g} seconds.")
        if outcome.ending is Ending.TOO_MUCH_OUTPUT:
            raise StepFailed(step, f"The {step} said more than {self._tools.output} bytes and was ended.")
        raise StepFailed(step, f"The {step} failed with exit code {outcome.returncode}.")


def _inner_path(folder: str) -> list[str]:
    places = dict.fromkeys((folder, "."))
    return [f"{place}/{name}" for place in places for name in ("node_modules/.bin", ".venv/bin")]
