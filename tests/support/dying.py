"""Servers that die in the middle of deployments and of runs of action items: what stands in their place to do it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from asterism.faces.runtime import Runtime
from asterism.kernel.agents import AgentJob, ScriptedAgents, Step
from asterism.kernel.blobs import Blobs
from tests.support.turns import die

NPM = "#!/bin/sh\nexec sh die.sh install\n"


class DyingBlobs:
    """A store whose process dies when something is read, once a file says that it shall."""

    def __init__(self, blobs: Blobs, armed: Path) -> None:
        self._blobs, self._armed = blobs, armed

    def __getattr__(self, name: str) -> Any:
        if self._armed.exists():
            self._armed.unlink()
            die()
        return getattr(self._blobs, name)


def deploy_and_die(tools: Path, armed: Path, rt: Runtime) -> None:
    """Give a server an `npm` that runs the tree's `die.sh`, and a store that it may die at while it deploys."""
    tools.mkdir(exist_ok=True)
    (tools / "npm").write_text(NPM)
    (tools / "npm").chmod(0o755)
    shop = rt.deployments.shop
    found = replace(shop.local.tools, path=(str(tools), *shop.local.tools.path))
    blobs = cast(Blobs, DyingBlobs(shop.blobs, armed))
    rt.deployments.shop = replace(shop, blobs=blobs, local=replace(shop.local, tools=found))


def work_and_die(rt: Runtime) -> None:
    """Give a server agents whose first step kills it."""

    def steps(_job: AgentJob) -> Sequence[Step]:
        return (lambda _: die(),)

    rt.actions.runs.bench.agents = ScriptedAgents(steps)


dying_deployments = partial(partial, deploy_and_die)
"""Binds folder and file: what `KillableServer` calls is found by name in its process."""
