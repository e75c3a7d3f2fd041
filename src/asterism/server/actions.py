"""Builds what action items need: what finds them, and what works on them."""

from asterism.faces.runtime import ActionServices
from asterism.features.operations.action_items import Analyst
from asterism.features.operations.action_runs import ActionRuns, Bench
from asterism.features.operations.deployments import Deployments
from asterism.features.review import analyzers
from asterism.features.talk import catalogue
from asterism.features.talk.conversations import TurnPorts, Writer
from asterism.features.versions.sync import Advisor
from asterism.features.versions.workcopies import WorkingCopies
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.kernel.llm import Target
from asterism.kernel.runs import RunHost
from asterism.server.settings import Settings

SCRATCH, COPIES = "analysis", "actions"


def build_actions(
    settings: Settings,
    host: RunHost,
    ports: TurnPorts,
    writer: Writer,
    advisor: Advisor,
    deployments: Deployments,
    *,
    blobs: Blobs,
) -> ActionServices:
    """Return what analyses projects, and the runs of agents, performed by `host`, by the user's balanced model.

    Copies that a dead server left of files under analysis are swept.
    """
    scratch = analyzers.Scratch(settings.data_dir / SCRATCH)
    scratch.open()
    analyst = Analyst(ports.db, blobs, advisor, analyzers.ToolRunner(scratch), settings.analysis_delay)

    def choose(tx: Tx, user_id: str) -> Target:
        return catalogue.choose(tx, writer.secrets, writer.directory, user_id, tier="balanced").target

    limits = ports.copies.limits
    copies = WorkingCopies(ports.db, blobs, settings.data_dir / COPIES, limits, ports.db.clock)
    bench = Bench(ports.db, blobs, ports.agents, copies, deployments.tools, ports.url)
    at_once, quota = settings.agent_concurrency, limits.quota_bytes
    runs = ActionRuns(bench, choose, deployments.deploy_workspace, host, concurrency=at_once, quota=quota)
    return ActionServices(analyst, runs)
