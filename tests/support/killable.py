"""A server that can be killed and started again many times a second: a real process, forked from a loaded one.

Jobs and models stay off, since nothing that is killed here needs them; the rest is what `asterism serve` runs.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from asterism.faces.runtime import Runtime
from asterism.kernel.jobs import MemoryJobs
from asterism.server.boot import prepare, running
from asterism.server.container import build_runtime
from asterism.server.settings import Settings

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.support.killable"])
START_SECONDS = 60


class KillableServer:
    """A server on `data` and `port`; runs from construction until `kill`.

    `environment` is added to its own. `alter` is called in its process before anything starts; it is found by name
    there, so it stands in a module.
    """

    def __init__(
        self,
        data: Path,
        port: int,
        alter: Callable[[Runtime], None] | None = None,
        environment: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        ours, theirs = _processes.Pipe(duplex=False)
        arguments = (data, port, theirs, alter, environment or {}, settings)
        self.process = _processes.Process(target=_main, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        assert ours.poll(START_SECONDS), "the server did not start"
        assert ours.recv() == "listening"
        ours.close()

    def kill(self) -> None:
        """End it as `kill -9` does; twice does no harm."""
        self.process.kill()
        self.process.join(30)


def _main(
    data: Path,
    port: int,
    ready: Connection,
    alter: Callable[[Runtime], None] | None,
    environment: Mapping[str, str],
    settings: dict[str, Any],
) -> None:
    os.environ.update(environment)  # what it is forked from has that of an earlier test
    asyncio.run(_serve(Settings(data_dir=data, port=port, **settings), ready, alter))


async def _serve(settings: Settings, ready: Connection, alter: Callable[[Runtime], None] | None) -> None:
    rt = build_runtime(settings)
    rt.jobs = MemoryJobs()
    if alter is not None:
        alter(rt)
    prepare(rt, settings)
    async with running(rt, settings):
        ready.send("listening")
        await asyncio.Event().wait()
