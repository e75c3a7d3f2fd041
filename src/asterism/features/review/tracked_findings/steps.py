"""From where findings stand in one tree to where they stand in another: the cost is that of what differs. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from asterism.features.review.tracked_findings.anchors import Text
from asterism.features.review.tracked_findings.models import Spot, Tracked
from asterism.vcs.diff import Change
from asterism.vcs.linediff import MAX_BYTES, within_limits
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.similarity import pair_files

Read = Callable[[Sequence[str]], Mapping[str, bytes]]


class Steps:
    """What leads from one tree to another. `read` returns those blobs that are stored, by hash."""

    def __init__(self, changes: Sequence[Change], read: Read) -> None:
        self.changed = {change.path: change for change in changes}
        self._read = read
        self._texts: dict[str, Text | None] = {}

    @cached_property
    def _renames(self) -> Mapping[str, str]:
        changes = self.changed.values()
        vanished = [one.old for one in changes if one.kind == "deleted" and one.old and one.old.type == "file"]
        appeared = [one.new for one in changes if one.kind == "added" and one.new and one.new.type == "file"]
        return pair_files(vanished, appeared, self._read, edited=True)

    def path_now(self, path: str) -> str:
        """Return what a file that was there is called now, renamed or not."""
        change = self.changed.get(path)
        return self._renames.get(path, path) if change is not None and change.new is None else path

    def prepare(self, paths: Iterable[str]) -> None:
        """Read what will be looked into, at once."""
        wanted = {entry.hash for path in paths if (entry := self.entry(path)) is not None and entry.size <= MAX_BYTES}
        found = self._read(sorted(wanted - self._texts.keys()))
        self._texts |= {name: _text(found.get(name)) for name in wanted}

    def entry(self, path: str) -> Entry | None:
        """Return the file that a changed path has now."""
        change = self.changed.get(path)
        new = change.new if change is not None else None
        return new if new is not None and new.type == "file" else None

    def text(self, path: str) -> Text | None:
        """Return what a changed path holds now, None for nothing or what cannot be read."""
        entry = self.entry(path)
        return None if entry is None else self._texts.get(entry.hash)


def _text(content: bytes | None) -> Text | None:
    return Text(content) if content is not None and within_limits(content) else None


def carry(found: Sequence[Tracked], standing: Mapping[str, Spot], steps: Steps) -> dict[str, Spot | None]:
    """Return where findings stand after the steps, by id, None for nowhere; `standing` is where they stood before.

    What is in a changed file that cannot be read counts as being where it was.
    """
    candidates = {one.id: _candidates(one, standing.get(one.id), steps) for one in found}
    steps.prepare({path for paths in candidates.values() for path in paths})
    return {one.id: _placed(one, standing.get(one.id), candidates[one.id], steps) for one in found}


def _candidates(one: Tracked, spot: Spot | None, steps: Steps) -> list[str]:
    """Return the changed paths at which a finding may be now: its own one first, then those it has had anywhere."""
    had = [] if spot is None else [spot.path]
    had += [one.first.path, *sorted({place.path for place in one.places.values()})]
    known = [name for path in had for name in (steps.path_now(path), path)]
    return [path for path in dict.fromkeys(known) if steps.entry(path) is not None]


def _placed(one: Tracked, spot: Spot | None, candidates: Sequence[str], steps: Steps) -> Spot | None:
    if one.anchor.kind == "absent":
        change = steps.changed.get(one.first.path)
        return spot if change is None else Spot(one.first.path, 0) if change.new is None else None
    if spot is not None and spot.path not in steps.changed:
        return spot
    near = one.first.line if spot is None else spot.line
    for path in candidates:
        text = steps.text(path)
        line = text.line_of(one.anchor, near) if text is not None else None
        if line is not None:
            return Spot(path, line)
        if text is None and spot is not None and path == steps.path_now(spot.path):
            return Spot(path, spot.line)
    return None
