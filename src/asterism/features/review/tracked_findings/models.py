"""A finding that lives with trees: what names it in a text, where it stands, what became of it (Beyond 5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from asterism.features.review.findings import Issue
from asterism.kernel.db import Tx

Status = Literal["open", "fixed", "dismissed"]
AnchorKind = Literal["lines", "without", "absent"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What decides whether a finding is in a tree.

    `lines`: the file holds these lines, one after the other, anywhere. `without`: the file is there and does not hold
    them, since the finding is about their removal. `absent`: the file is not there. `lines` are short hashes of lines
    whose spaces were folded, so nothing of a text is kept here.
    """

    kind: AnchorKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding stands in a tree: the path that its file has there, and a line (0: the whole file)."""

    path: str
    line: int


class Introduced(msgspec.Struct, frozen=True, omit_defaults=True):
    """What brought the line of a finding: a snapshot, or a turn of an agent, or both."""

    snapshot_id: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file (numbered from 1) in a tree that a workspace shows, or showed."""

    project_id: str
    workspace_id: str
    tree: str
    path: str
    numbers: Sequence[int]


Origins: TypeAlias = Callable[[Tx, Lines], Mapping[int, Introduced]]
"""Says what brought lines, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a review has found in a tree, ready to be kept."""

    issue: Issue
    anchor: Anchor
    introduced: Introduced | None = None

    @property
    def spot(self) -> Spot:
        """Where it stands in the reviewed tree."""
        return Spot(self.issue.file, self.issue.line_start or 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """The review that found something: its tree, the snapshot of that tree if there is one, and its workspace."""

    review_id: str
    tree: str
    snapshot_id: str | None
    workspace_id: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A finding of a project. `number` counts them; `gone_tree` is the tree in which it was missed last."""

    id: str
    project_id: str
    number: int
    fingerprint: str
    likeness: str
    status: Status
    anchor: Anchor
    first: Spot
    issue: Issue
    seen: Seen
    gone_tree: str | None
    introduced: Introduced | None
    created_at: str
    changed_at: str
    places: Mapping[str, Spot]
    """Where it stands, by workspace."""


@dataclass(frozen=True, slots=True)
class TreeState:
    """The tree in which a workspace's findings were looked up, and the newest finding that was; None without a tree."""

    tree: str | None
    upto: int
