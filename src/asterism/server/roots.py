"""What keeps stored content from being collected: the roots that features declare, in one list."""

from asterism.features.insight import decisions
from asterism.features.operations import action_runs, deployments
from asterism.features.review import tree_reviews
from asterism.features.talk import checkpoints, conversations, rewinds, runs
from asterism.features.versions import snapshots, sync, workspaces

ROOTS = (
    snapshots.ROOTS,
    workspaces.ROOTS,
    runs.ROOTS,
    sync.ROOTS,
    conversations.ROOTS,
    checkpoints.ROOTS,
    rewinds.ROOTS,
    deployments.ROOTS,
    decisions.ROOTS,
    action_runs.ROOTS,
    tree_reviews.ROOTS,
)
