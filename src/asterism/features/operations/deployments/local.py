"""The provider `local`: apps of this machine, their folders and addresses, over the life of the server."""

import asyncio
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from asterism.features.operations.deployments.env import Variables
from asterism.features.operations.deployments.journal import Journal
from asterism.features.operations.deployments.models import Deployment, Slot, Step
from asterism.features.operations.deployments.toolchains import Tools
from asterism.features.operations.deployments.ways import ways_of
from asterism.features.operations.detection import Requirements
from asterism.kernel.apps import App, AppHost

KEPT_VERSIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Values:
    """The variables of an app. `own` are addresses that providers made for its project: only what such a one names, a
    folder, a socket or a server, is open to the app, whatever else somebody writes into a variable."""

    variables: Variables
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """Runs apps from folders below `folder`; `name` is the host in their addresses."""

    folder: Path
    tools: Tools
    host: AppHost
    name: str
    journals: dict[str, Journal]
    _versions: dict[str, list[str]] = field(default_factory=dict)

    def place(self, deployment_id: str) -> Path:
        """Return the folder of a deployment's files."""
        return self.folder / "trees" / deployment_id

    def writing(self, deployment_id: str) -> Path:
        """Return the folder beside it in which a deployment's files are written first."""
        return self.folder / "trees" / f"{deployment_id}.writing"

    async def start(
        self, deployment: Deployment, needs: Requirements, values: Values, journal: Journal, port: int
    ) -> tuple[str, Slot]:
        """Start an app, let it take over its address, and return that. `port` is the one it had, 0 for none.

        What it says goes on to `journal`. Raises AppFailed or SandboxUnavailable.
        """
        lines = journal.lines(Step.DEPLOY)
        port = await self.host.put(
            deployment.slot, self._app(deployment, needs, values.variables, values.own), lines.feed, port=port
        )
        await self._forget_older(deployment)
        old = self.journals.get(deployment.slot)
        self.journals[deployment.slot] = journal
        if old is not None and old is not journal:
            await old.close()
        return f"http://{self.name}:{port}", Slot(deployment.slot, port, deployment.id)

    async def _forget_older(self, deployment: Deployment) -> None:
        """Remove the folders of ended versions: all but the new one and the one before, which may be ending."""
        versions = self._versions.setdefault(deployment.slot, [])
        versions.append(deployment.id)
        ended = set(versions[:-KEPT_VERSIONS])
        del versions[:-KEPT_VERSIONS]
        await self.forget(ended)

    def _app(self, deployment: Deployment, needs: Requirements, variables: Variables, own: frozenset[str]) -> App:
        recipe, root = needs.recipe, needs.root or "."
        values = {key: value for key, (value, _) in variables.items()}
        ways = ways_of(values, own, isolated=self.tools.isolation != "plain")
        served = f"{root}/{recipe.output or '.'}"
        return App(
            folder=self.place(deployment.id),
            command=recipe.command,
            environment={"NODE_ENV": "production", **ways.variables},
            served=served,
            workdir=root,
            path=self.tools.path,
            readable=(*self.tools.readable, *ways.readable),
            writable=ways.writable,
            servers=ways.servers,
            hosts=ways.hosts,
        )

    def running(self) -> set[str]:
        """Return the places that have an app in this process."""
        return self.host.slots()

    def newest(self) -> dict[str, str]:
        """Return the deployment that was started last in each place that has an app in this process."""
        return {slot: versions[-1] for slot, versions in self._versions.items() if slot in self.running()}

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

    def left(self) -> set[str]:
        """Return the deployments whose folders are there."""
        trees = self.folder / "trees"
        return {place.name.partition(".")[0] for place in trees.iterdir()} if trees.is_dir() else set()

    def caches(self) -> set[str]:
        """Return the projects of which is kept what they depend on."""
        cache = self.tools.cache
        return {place.name for place in cache.iterdir()} if cache.is_dir() else set()

    async def forget_caches(self, project_ids: set[str]) -> None:
        """Remove what is kept for these projects."""
        for one in project_ids:
            await asyncio.to_thread(shutil.rmtree, self.tools.cache / one, True)

    async def forget(self, deployment_ids: set[str]) -> None:
        """Remove the folders of these deployments."""
        for one in deployment_ids:
            for folder in (self.place(one), self.writing(one)):
                await asyncio.to_thread(shutil.rmtree, folder, True)
