"""The kinds of the project log, each with its `data` (Beyond 1). What an entry is about stands in its `subject`."""

from dataclasses import dataclass
from typing import Literal

from asterism.kernel.streams import Fact

EventType = Literal[
    "project.created",
    "workspace.created",
    "snapshot.pushed",
    "snapshot.pulled",
    "drift.reported",
    "merge.completed",
    "workspace.out_of_date",
    "workspace.main_changed",
    "deployment.succeeded",
    "deployment.failed",
    "git.exported",
]


@dataclass(frozen=True, slots=True)
class Activity:
    """How a kind shows in the list of activity events (Fastest 0.10)."""

    type: EventType
    snapshot_id: str | None = None
    message: str | None = None


class Told(Fact, frozen=True):
    """The base of the kinds: its fields are the `data` of an entry."""

    def activity(self) -> Activity | None:
        """Return the activity event that comes with it; None for most kinds."""
        return None


@dataclass(frozen=True, slots=True)
class Telling:
    """What happened, as `append` takes it."""

    told: Told
    title: str
    subject: tuple[str, str]
    actor: str = "system"
    workspace_id: str | None = None
    tree: str | None = None


class ProjectCreated(Told, frozen=True, tag="project.created"):
    """A project was made."""

    name: str

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("project.created")


class ProjectChanged(Told, frozen=True, tag="project.changed"):
    """`fields` of a project changed: `name`, `archived_at`, `intent`, `brief` or `env_vars`."""

    fields: tuple[str, ...]


class ProjectDeleted(Told, frozen=True, tag="project.deleted"):
    """A project was deleted; the streams of its log end here."""


class ProjectRestored(Told, frozen=True, tag="project.restored"):
    """A deleted project is back."""


class WorkspaceCreated(Told, frozen=True, tag="workspace.created"):
    """A workspace was made, from a snapshot or from nothing."""

    name: str
    snapshot_id: str | None

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("workspace.created", self.snapshot_id, self.name)


class WorkspaceChanged(Told, frozen=True, tag="workspace.changed"):
    """`fields` of a workspace changed: `name`, `identifier` or `local_path`."""

    fields: tuple[str, ...]


class WorkspaceDeleted(Told, frozen=True, tag="workspace.deleted"):
    """A workspace was deleted; its snapshots stay."""


class WorkspaceMainChanged(Told, frozen=True, tag="workspace.main_changed"):
    """Another workspace is main now."""

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("workspace.main_changed")


class WorkspaceMoved(Told, frozen=True, tag="workspace.moved"):
    """The head or the working tree of a workspace moved; `cause` says by what."""

    snapshot_id: str | None
    cause: str


class WorkspaceRestored(Told, frozen=True, tag="workspace.restored"):
    """A workspace went back, or over, to a snapshot."""

    snapshot_id: str

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("snapshot.pulled", self.snapshot_id)


class WorkspaceOutOfDate(Told, frozen=True, tag="workspace.out_of_date"):
    """Two writers met on one working tree; what would have been lost is the snapshot `snapshot_id`."""

    snapshot_id: str
    summary: str | None

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("workspace.out_of_date", self.snapshot_id, self.summary)


class SnapshotMade(Told, frozen=True, tag="snapshot.made"):
    """A snapshot was registered, whoever made it."""

    snapshot_id: str
    source: str
    parents: tuple[str, ...]
    summary: str | None

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("snapshot.pushed", self.snapshot_id, self.summary)


class DriftChanged(Told, frozen=True, tag="drift.changed"):
    """A workspace differs from `source_workspace_id`, or from a client's files without one, by other numbers."""

    source_workspace_id: str | None
    files_added: int
    files_modified: int
    files_deleted: int
    summary: str | None

    def activity(self) -> Activity | None:
        """Return the event: of a client that reported any difference."""
        different = self.files_added or self.files_modified or self.files_deleted
        reported = self.source_workspace_id is None and different
        return Activity("drift.reported", message=self.summary) if reported else None


class ForecastChanged(Told, frozen=True, tag="forecast.changed"):
    """A pair of workspaces turned from clean to conflicting, or back; `conflicts` counts the paths."""

    a: str
    b: str
    clean: bool
    conflicts: int


class SyncExecuted(Told, frozen=True, tag="sync.executed"):
    """A sync brought a workspace a merge, the snapshot `snapshot_id`."""

    sync_id: str
    source_workspace_id: str
    snapshot_id: str
    before_snapshot_id: str | None
    summary: str | None

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("merge.completed", self.snapshot_id, self.summary)


class SyncUndone(Told, frozen=True, tag="sync.undone"):
    """A sync was undone: the workspace is at `snapshot_id` again."""

    sync_id: str
    snapshot_id: str | None

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("snapshot.pulled", self.snapshot_id)


class GitExported(Told, frozen=True, tag="git.exported"):
    """The history of a workspace was written to a git repository."""

    snapshot_id: str

    def activity(self) -> Activity:
        """Return the event."""
        return Activity("git.exported", self.snapshot_id)


class TurnStarted(Told, frozen=True, tag="turn.started"):
    """An agent's turn has begun, in `tree`."""

    conversation_id: str


class TurnEnded(Told, frozen=True, tag="turn.ended"):
    """A turn has its terminal `status`: `completed`, `failed` or `cancelled`."""

    conversation_id: str
    status: str
    error: str | None


class QuestionAsked(Told, frozen=True, tag="question.asked"):
    """A turn waits for an answer."""

    conversation_id: str
    message_id: str


class QuestionAnswered(Told, frozen=True, tag="question.answered"):
    """A question was closed: `answered`, or `rejected`."""

    conversation_id: str
    message_id: str
    status: str


class CheckpointMade(Told, frozen=True, tag="checkpoint.made"):
    """A tool call of a turn, or its start or end, left a tree; `files` counts what changed since the last one."""

    conversation_id: str
    message_id: str
    tool: str | None
    files: int


class RunStarted(Told, frozen=True, tag="run.started"):
    """A run has begun: `of` a chat or an action item, whose id is `of_id`."""

    of: str
    of_id: str


class RunEnded(Told, frozen=True, tag="run.ended"):
    """A run has its terminal `status`."""

    of: str
    of_id: str
    status: str


class MemoryChanged(Told, frozen=True, tag="memory.changed"):
    """The memory of the project, or of the workspace, has another version; `source` is `user` or `proposal`."""

    version: int
    source: str


class ProposalCreated(Told, frozen=True, tag="proposal.created"):
    """A run asks for a write, by the tool `tool`, that somebody has to approve."""

    chat_id: str
    tool: str


class ProposalDecided(Told, frozen=True, tag="proposal.decided"):
    """A proposal was `approved` or `rejected`."""

    chat_id: str
    tool: str
    decision: str


class IndexDone(Told, frozen=True, tag="index.done"):
    """The map of the project was made anew, of `tree`."""

    concepts: int
    edges: int


class DecisionMade(Told, frozen=True, tag="decision.made"):
    """A decision was found in talk and is kept."""

    category: str | None
    conversation_id: str | None


class DecisionStale(Told, frozen=True, tag="decision.stale"):
    """The code that a decision cites is another by now: `paths`, at most ten of them."""

    paths: tuple[str, ...]


class ActionItemNew(Told, frozen=True, tag="action_item.new"):
    """There is something to look at, for the first time or again; `rule` is what found it."""

    severity: str
    rule: str


class ActionItemResolved(Told, frozen=True, tag="action_item.resolved"):
    """The cause of an item is gone, or the patch of a run was applied."""

    rule: str


class DeploymentStarted(Told, frozen=True, tag="deployment.started"):
    """A deployment has begun, of `tree`."""

    trigger: str


class DeploymentEnded(Told, frozen=True, tag="deployment.ended"):
    """A deployment has its end: `status` is `success` or `failed`."""

    status: str
    snapshot_id: str | None
    url: str | None
    error: str | None

    def activity(self) -> Activity:
        """Return the event."""
        if self.status == "success":
            return Activity("deployment.succeeded", self.snapshot_id, self.url)
        return Activity("deployment.failed", self.snapshot_id, self.error)


class ReviewStarted(Told, frozen=True, tag="review.started"):
    """A review of `tree` has begun; `base_tree` is what it is compared with, null for nothing."""

    against: str
    base_tree: str | None


class ReviewEnded(Told, frozen=True, tag="review.ended"):
    """A review has its end: `status` is `completed`, `failed` or `cancelled`; `new` findings were not known before."""

    status: str
    findings: int
    new: int


class FindingNew(Told, frozen=True, tag="finding.new"):
    """There is a finding; `again` when it was known, and fixed or dismissed, before."""

    file: str
    line: int | None
    severity: str
    lens: str
    finding: str
    again: bool


class FindingFixed(Told, frozen=True, tag="finding.fixed"):
    """A finding is in no workspace any more; `tree` is the one in which it was missed last."""

    file: str
    finding: str


class FindingDismissed(Told, frozen=True, tag="finding.dismissed"):
    """A finding is not wanted."""

    file: str
    finding: str


KINDS: frozenset[str] = frozenset(
    str(one.__struct_config__.tag)
    for one in list(globals().values())
    if isinstance(one, type) and issubclass(one, Told) and one is not Told
)
"""Every kind that there is."""
