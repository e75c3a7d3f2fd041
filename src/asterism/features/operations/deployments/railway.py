"""The provider `railway`: a service for each project, built and run there from the uploaded tree (Fastest 10.5)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asterism.base.libraries import later
from asterism.features.operations.deployments.journal import Journal
from asterism.features.operations.deployments.models import Step
from asterism.features.operations.deployments.workshop import StepFailed
from asterism.features.operations.detection import Requirements
from asterism.kernel.clouds import Railway

if TYPE_CHECKING:
    import tarfile
else:
    tarfile = later("tarfile")

LOOK_SECONDS: Final = 2.0
_ENDED_WELL: Final = frozenset({"SUCCESS", "SLEEPING"})
_ENDED_BADLY: Final = frozenset({"FAILED", "CRASHED", "REMOVED", "REMOVING", "SKIPPED"})


@dataclass(frozen=True, slots=True)
class RailwayTarget:
    """Deploys one tree. `name` is what a service is called that has to be made, in `project_id` where one is named."""

    railway: Railway
    name: str
    project_id: str | None

    async def deploy(self, folder: Path, needs: Requirements, variables: Mapping[str, str], journal: Journal) -> str:
        """Upload the tree in `folder` and wait until Railway runs it; return its address.

        Raises StepFailed or CloudFailed.
        """
        railway, recipe = self.railway, needs.recipe
        place = await railway.place_for(self.name, self.project_id)
        await railway.set_variables(place, variables)
        await railway.set_commands(place, recipe.build, recipe.start, needs.root)
        archive = folder.with_suffix(".tar.gz")
        try:
            await asyncio.to_thread(_pack, folder, archive)
            deployment_id = await railway.upload(place, archive)
        finally:
            await asyncio.to_thread(archive.unlink, missing_ok=True)
        journal.say(Step.BUILD, f"Uploaded to Railway as deployment {deployment_id}.")
        await self._follow(deployment_id, journal)
        return f"https://{await railway.domain_of(place)}"

    async def _follow(self, deployment_id: str, journal: Journal) -> None:
        """Tell what the build says until it has ended. Raises StepFailed when it has ended badly."""
        told, before = 0, ""
        while True:
            status = await self.railway.status_of(deployment_id)
            lines = await self.railway.build_lines(deployment_id)
            for line in lines[told:]:
                journal.say(Step.BUILD, line)
            told = len(lines)
            if status != before:
                journal.say(Step.DEPLOY, f"Railway: {status.lower()}")
            if status in _ENDED_WELL:
                return
            if status in _ENDED_BADLY:
                raise StepFailed(Step.DEPLOY, f"Railway ended the deployment as {status.lower()}.")
            before = status
            await asyncio.sleep(LOOK_SECONDS)


def _pack(folder: Path, archive: Path) -> None:
    """Write a tree as a gzipped tar: names as in the tree, links as links, no owner and no time of this machine."""

    def plain(entry: "tarfile.TarInfo") -> "tarfile.TarInfo":
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        return entry

    with tarfile.open(archive, "w:gz", compresslevel=3) as packed:
        for path in sorted(folder.iterdir()):
            packed.add(path, path.name, filter=plain)
