"""The provider `local`: apps of this machine, their folders and addresses, over the life of the server."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from asterism.features.operations.deployments.env import Variables
from asterism.features.operations.deployments.journal import Journal
from asterism.features.operations.deployments.models import Deployment, Slot, Step
from asterism.features.operations.deployments.workshop import Tools
from asterism.features.operations.detection import Requirements
from asterism.kernel.apps import App, AppHost

KEPT_VERSIONS: Final = 2  # the one that answers, and the one before it, which may still be ending


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """Runs apps from folders below `folder`; `name` is the host in their addresses."""

    folder: Path
    tools: Tools
    host: AppHost
    name: str
    journals: dict[str, Journal]

    def place(self, deployment_id: str) -> Path:
        """Return the folder of a deployment's files."""
        return self.folder / "trees" / deployment_id

    async def start(
        self, deployment: Deployment, needs: Requirements, variables: Variables, journal: Journal, port: int
    ) -> tuple[str, Slot]:
        """Start an app, let it take over its address, and return that. `port` is the one it had, 0 for none.

        What it says goes on to `journal`. Raises AppFailed or SandboxUnavailable.
        """
        lines = journal.lines(Step.DEPLOY)
        port = await self.host.put(deployment.slot, self._app(deployment, needs, variables), lines.feed, port=port)
        old = self.journals.get(deployment.slot)
        self.journals[deployment.slot] = journal
        if old is not None and old is not journal:
            await old.close()
        return f"http://{self.name}:{port}", Slot(deployment.slot, port, deployment.id)

    def _app(self, deployment: Deployment, needs: Requirements, variables: Variables) -> App:
        recipe, root = needs.recipe, needs.root or "."
        values = {key: value for key, (value, _) in variables.items()}
        writable = tuple(Path(values[key]) for key in ("STORAGE_DIR",) if key in values)
        served = f"{root}/{recipe.output or '.'}"
        return App(
            folder=self.place(deployment.id),
            command=recipe.start,
            environment={"NODE_ENV": "production", **values},
            served=served,
            workdir=root,
            path=self.tools.path,
            readable=(*self.tools.readable, *_sockets(values.get("DATABASE_URL"))),
            writable=tuple(path for path in writable if path.is_relative_to(self.folder.parent) and path.is_dir()),
        )

    async def stop(self, slot: str) -> None:
        """End the app of a slot."""
        await self.host.stop(slot)
        journal = self.journals.pop(slot, None)
        if journal is not None:
            await journal.close()

    async def close(self) -> None:
        """End every app."""
        await self.host.close()
        for journal in self.journals.values():
            await journal.close()
        self.journals.clear()

    async def forget(self, deployment_ids: set[str]) -> None:
        """Remove the folders of these deployments."""
        for one in deployment_ids:
            await asyncio.to_thread(shutil.rmtree, self.place(one), True)


def _sockets(url: str | None) -> tuple[Path, ...]:
    """Return the folder of the Unix socket that a PostgreSQL address names, which an app has to see."""
    if url is None:
        return ()
    found = [Path(value) for value in parse_qs(urlsplit(url).query).get("host", []) if value.startswith("/")]
    return tuple(path for path in found if path.is_dir())
