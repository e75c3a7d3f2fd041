"""The merge base of two snapshots, made up where they have several (Fastest 5.2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from asterism.vcs.content import hash_bytes
from asterism.vcs.dag import Parents, best_common_ancestors
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.choices import apply_changes, merged_contents
from asterism.vcs.merge.contents import Combine, combine
from asterism.vcs.merge.models import Plan, Read
from asterism.vcs.merge.plan import make_plan
from asterism.vcs.merge.triples import from_entries

MAX_DEPTH = 8
MAX_WIDTH = 16
MAX_MERGES = 64

BaseKind = Literal["empty", "snapshot", "virtual"]


@dataclass(frozen=True, slots=True)
class History:
    """What a merge base is found in: the parents of snapshots, when each was registered, and their trees."""

    parents: Parents
    registered: Callable[[str], str | int]
    tree: Callable[[str], Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class MergeBase:
    """The base of a merge. `snapshots` are the best common ancestors that it is made of, oldest first.

    A base of kind `snapshot` is the tree of the one snapshot, which is not fetched here: `entries` is None then. A
    virtual one has its tree in `entries`, and `contents` are blobs of it that are stored nowhere.
    """

    kind: BaseKind
    snapshots: tuple[str, ...] = ()
    entries: tuple[Entry, ...] | None = None
    contents: dict[str, bytes] = field(default_factory=dict)


class _TooDeep(Exception):
    """The history crosses more often than a virtual base is made for."""


def find_base(one: str, other: str, history: History, read: Read, *, combine: Combine = combine) -> MergeBase:
    """Return the base for a merge of two snapshots.

    Beyond depth 8, width 16 or 64 inner merges the newest best ancestor is used alone, as kind `snapshot`.
    """
    best = _oldest_first(best_common_ancestors(one, other, history.parents), history)
    if not best:
        return MergeBase("empty", entries=())
    if len(best) == 1:
        return MergeBase("snapshot", tuple(best))
    folding = _Folding(history, read, combine)
    try:
        entries = folding.fold(best, 1)
    except _TooDeep:
        return MergeBase("snapshot", (best[-1],))
    return MergeBase("virtual", tuple(best), tuple(entries), folding.contents)


def _oldest_first(snapshots: Iterable[str], history: History) -> list[str]:
    return sorted(snapshots, key=lambda snapshot: (history.registered(snapshot), snapshot))


class _Folding:
    """Merges ancestors with each other. What a merge made of several gets a name, so that it has ancestors too."""

    def __init__(self, history: History, read: Read, combine: Combine) -> None:
        self.history = history
        self.stored = read
        self.combine = combine
        self.contents: dict[str, bytes] = {}
        self.made: dict[str, tuple[list[str], Sequence[Entry]]] = {}
        self.merges = 0

    def fold(self, best: Sequence[str], depth: int) -> Sequence[Entry]:
        if len(best) > 1 and (depth > MAX_DEPTH or len(best) > MAX_WIDTH):
            raise _TooDeep
        folded = best[0]
        for following in best[1:]:
            folded = self._merge(folded, following, depth)
        return self._tree(folded)

    def _merge(self, one: str, other: str, depth: int) -> str:
        name = "virtual:" + hash_bytes(f"{one}\n{other}".encode())
        if name in self.made:
            return name
        self.merges += 1
        if self.merges > MAX_MERGES:
            raise _TooDeep
        inner = best_common_ancestors(one, other, self._parents)
        known = [snapshot for snapshot in inner if snapshot not in self.made]
        base = (
            self.fold([*sorted(set(inner) - set(known)), *_oldest_first(known, self.history)], depth + 1)
            if inner
            else ()
        )
        ours, main = self._tree(one), self._tree(other)
        plan = make_plan(from_entries(base, ours, main), self._read, combine=self.combine)
        self.contents.update(merged_contents(plan))
        entries = _with_base(plan, base, apply_changes(ours, plan.changes))
        self.made[name] = ([one, other], entries)
        return name

    def _parents(self, snapshot: str) -> Sequence[str]:
        made = self.made.get(snapshot)
        return made[0] if made else self.history.parents(snapshot)

    def _tree(self, snapshot: str) -> Sequence[Entry]:
        made = self.made.get(snapshot)
        return made[1] if made else self.history.tree(snapshot)

    def _read(self, hashes: Sequence[str]) -> dict[str, bytes]:
        found = {name: self.contents[name] for name in hashes if name in self.contents}
        rest = [name for name in hashes if name not in found]
        return {**found, **self.stored(rest)} if rest else found


def _with_base(plan: Plan, base: Iterable[Entry], merged: Iterable[Entry]) -> list[Entry]:
    """Return the merged entries, and at conflicts those of the inner base, or nothing.

    So a real difference is seen as a change on both sides later, and never silently decided.
    """
    open_paths = {path for decision in plan.decisions for option in decision.options for path in option.changes}
    open_paths.update(decision.path for decision in plan.decisions)
    kept = [entry for entry in merged if entry.path not in open_paths]
    return kept + [entry for entry in base if entry.path in open_paths]
