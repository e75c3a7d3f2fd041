"""Deployments: from a stored tree to a running app, exactly repeatable (Fastest 10.5, Beyond 8)."""

from asterism.features.operations.deployments.elsewhere import Elsewhere
from asterism.features.operations.deployments.errors import (
    AlreadyEnded,
    NoSnapshot,
    NotApproved,
    NothingToRollBackTo,
    UnknownDeployment,
)
from asterism.features.operations.deployments.frames import running_frames, shown
from asterism.features.operations.deployments.jobs import enqueue, enqueue_tidy, register
from asterism.features.operations.deployments.local import LocalTarget
from asterism.features.operations.deployments.log_following import Piece, follow_log, read_growth
from asterism.features.operations.deployments.manager import Deployments
from asterism.features.operations.deployments.models import (
    Cause,
    Deployment,
    Log,
    LogEntry,
    Plan,
    Status,
    Step,
    Trigger,
    Unsatisfied,
)
from asterism.features.operations.deployments.pipeline import DeploymentRun, Shop
from asterism.features.operations.deployments.service import (
    ROOTS,
    Asked,
    Difference,
    Told,
    compare_deployments,
    get_deployment,
    list_deployments,
    list_of_conversation,
    list_of_snapshot,
    newest_failures,
    prune_logs,
    read_log,
)
from asterism.features.operations.deployments.toolchains import Tools, find_tools, lend_node, lend_python

__all__ = [
    "ROOTS",
    "AlreadyEnded",
    "Asked",
    "Cause",
    "Deployment",
    "DeploymentRun",
    "Deployments",
    "Difference",
    "Elsewhere",
    "LocalTarget",
    "Log",
    "LogEntry",
    "NoSnapshot",
    "NotApproved",
    "NothingToRollBackTo",
    "Piece",
    "Plan",
    "Shop",
    "Status",
    "Step",
    "Told",
    "Tools",
    "Trigger",
    "UnknownDeployment",
    "Unsatisfied",
    "compare_deployments",
    "enqueue",
    "enqueue_tidy",
    "find_tools",
    "follow_log",
    "get_deployment",
    "lend_node",
    "lend_python",
    "list_deployments",
    "list_of_conversation",
    "list_of_snapshot",
    "newest_failures",
    "prune_logs",
    "read_growth",
    "read_log",
    "register",
    "running_frames",
    "shown",
]
