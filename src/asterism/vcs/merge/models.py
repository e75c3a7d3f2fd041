"""What a merge of trees came to: actions that need nobody, decisions that do, and the changes of each. Fastest 5.8."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from asterism.vcs.lines import Region
from asterism.vcs.manifest import Entry

ActionKind = Literal["copy_from_main", "ai_combined", "delete"]
Method = Literal["lines", "structure", "model"]
DecisionKind = Literal[
    "content",
    "add_add",
    "binary",
    "too_large",
    "modify_delete",
    "delete_modify",
    "symlink",
    "type_change",
    "rename",
    "lockfile",
]
Count = Literal["add", "update", "delete"]
USE_MAIN, USE_WORKSPACE = "use_main", "use_workspace"

Changes = Mapping[str, Entry | None]
"""What becomes of paths of ours: the new entry, None for a path that goes. Paths not named stay as they are in ours."""

Read = Callable[[Sequence[str]], Mapping[str, bytes]]
"""Reads blobs by hash, all at once; those that are not stored are absent from the answer."""


@dataclass(frozen=True, slots=True)
class Triple:
    """One path on the three sides, None where there is no entry.

    A renamed file is looked at under its new name: `renamed_from` is the path that base knew it by, and `moved` says
    that ours still has it there, and nothing here. `forced` is a decision that the contents alone do not call for.
    """

    path: str
    base: Entry | None
    ours: Entry | None
    main: Entry | None
    renamed_from: str | None = None
    moved: bool = False
    forced: DecisionKind | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a decision. `changes` leads from ours to the tree with this answer.

    With `later`, what stands there is made when it is chosen; `changes` are what it is made beside.
    """

    id: str
    label: str
    description: str
    entry: Entry | None
    changes: Changes
    later: bool = False

    @property
    def deletes(self) -> bool:
        """Whether nothing stands at the path with this answer."""
        return self.entry is None and not self.later


@dataclass(frozen=True, slots=True)
class Action:
    """Something the merge does by itself; `row` is that of the decision table, Fastest 5.4.

    `content` is what a merge made (its hash is `entry.hash`) and has to be stored; None for copies and deletions. A
    merged file can be decided otherwise: it has `options`, and its `mode` goes to content of a person's own.
    """

    path: str
    kind: ActionKind
    row: int
    description: str
    entry: Entry | None
    changes: Changes
    count: Count = "update"
    method: Method | None = None
    content: bytes | None = None
    proof: tuple[str, ...] = ()
    renamed_from: str | None = None
    options: tuple[Option, ...] = ()
    sides: Triple | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Something a person has to say; `mode` is what content of their own is written with.

    `content` is what a merge made for the options, and has to be stored with them; nearly always None. Row 0 is what
    Fastest 5.7 says of one path with two shapes.
    """

    path: str
    kind: DecisionKind
    row: int
    main_intent: str
    workspace_intent: str
    reason: str
    options: tuple[Option, ...]
    sides: Triple
    recommended: str | None = None
    allows_custom: bool = False
    mode: int = 0o644
    regions: tuple[Region, ...] = ()
    renamed_from: str | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The merge of three trees. Lists are in byte order of path.

    `changes` leads from ours to the result without the decisions: what the actions do, and what goes unlisted (folder
    entries, modes that compare as equal). `unchanged` counts the files and links that both sides have alike.
    `missing_blobs` names contents that a merge needed and that could not be read; their paths are decisions.
    """

    actions: tuple[Action, ...]
    decisions: tuple[Decision, ...]
    changes: Changes
    unchanged: int
    missing_blobs: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do and nothing to decide."""
        return not self.actions and not self.decisions

    @property
    def to_add(self) -> int:
        """How many files and links main brings that ours has not."""
        return self._count("add")

    @property
    def to_update(self) -> int:
        """How many paths change or wait for a decision."""
        return self._count("update") + len(self.decisions)

    @property
    def to_delete(self) -> int:
        """How many paths go because main deleted them."""
        return self._count("delete")

    def _count(self, what: Count) -> int:
        return sum(action.count == what for action in self.actions)
