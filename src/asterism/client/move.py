"""Bring a working copy from the tree that is there to another one: stage what is needed, then carry it out whole."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from asterism.client.api import Api
from asterism.client.download import fetch
from asterism.client.progress import Progress
from asterism.client.tree import Tree, read_tree
from asterism.client.workcopy.apply import EditedMeanwhile, Journal, Obstructed, carry_out, left_alone, obstacles
from asterism.client.workcopy.plan import Step, plan, with_folders
from asterism.client.workcopy.state import Base, State
from asterism.kernel.workcopy.writer import Writer
from asterism.vcs.manifest import Entry

PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a working copy is to go.

    `entries` is the tree; `base` the snapshot that it will be based on, with its manifest; `head` the workspace's head.
    `contents` holds what is not stored anywhere yet, by hash; `workspace` (id, name) is where the folder goes with it.
    """

    entries: Sequence[Entry]
    base: Base
    manifest: bytes
    head: str | None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    workspace: tuple[str, str] | None = None


def move(api: Api, state: State, tree: Tree, goal: Goal, progress: Progress) -> list[str]:
    """Make the tree that of `goal` and return the paths that changed on disk. `state` is locked by the caller.

    Raises Obstructed before anything changes, and EditedMeanwhile when some paths had to be left alone.
    """
    steps = steps_to(state, tree, goal.entries)
    _stage(api, state, steps, goal.contents, _places(tree, steps), progress)
    skipped = carry_out(state, Journal(goal.base, goal.head, steps, goal.workspace), goal.manifest, progress)
    read_tree(state, threads=2, progress=progress).remember(state)
    if skipped:
        raise left_alone(skipped)
    return sorted({step.path for step in steps if step.kind not in ("leave_folder", "make_folder")})


def steps_to(state: State, tree: Tree, entries: Sequence[Entry]) -> list[Step]:
    """Return what leads from a tree to another one. Raises Obstructed where something unversioned is in the way."""
    current = with_folders(tree.entries())
    steps = plan(current, with_folders(entries), tree.signatures())
    blocked = obstacles(state.top, steps, current)
    if blocked:
        raise Obstructed(
            f"Files that are not versioned are in the way: {', '.join(blocked[:5])}",
            hint="Move them away and try again.",
            details={"paths": blocked[:100]},
        )
    return steps


def _places(tree: Tree, steps: Sequence[Step]) -> dict[str, str]:
    """Return where in the working copy contents lie that steps place elsewhere, by hash."""
    wanted = {step.hash for step in steps if step.kind == "place"}
    return {entry.hash: entry.path for entry in tree.entries() if entry.hash in wanted}


def _stage(
    api: Api,
    state: State,
    steps: Sequence[Step],
    contents: Mapping[str, bytes],
    places: Mapping[str, str],
    progress: Progress,
) -> None:
    """Put the contents that the steps place into staged files: from memory, from the working copy, from the server."""
    files = [
        Entry(type="file", path=str(step.staged), hash=step.hash, size=step.size, mode=step.mode)
        for step in steps
        if step.kind == "place"
    ]
    writer = Writer(state.incoming(), files)
    sizes = writer.wanted()
    for blob in [blob for blob in sizes if blob in contents]:
        writer.small(blob, contents[blob])
        del sizes[blob]
    for blob in [blob for blob in sizes if blob in places]:
        writer.big(blob, _checked(os.path.join(state.top, places[blob]), blob))
        del sizes[blob]
    progress.start("Receiving", sum(sizes.values()))
    try:
        fetch(api, sizes, writer, progress)
    finally:
        progress.finish()


def _checked(path: str, blob: str) -> Iterator[bytes]:
    """Yield a file of the working copy piece by piece. Raises EditedMeanwhile when it is no longer what it was."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb", buffering=0) as file:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
                yield piece
    except OSError as error:
        raise EditedMeanwhile(f"{path!r} can't be read any more.", hint="Run the command again.") from error
    if digest.hexdigest() != blob:
        raise EditedMeanwhile(f"{path!r} was edited meanwhile.", hint="Run the command again.")
