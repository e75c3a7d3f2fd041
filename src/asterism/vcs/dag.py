"""The graph of snapshots: which common ancestors of two are best (Fastest 5.2). Pure; cycles are tolerated."""

from collections.abc import Callable, Iterable, Sequence

Parents = Callable[[str], Sequence[str]]
"""The parents of a snapshot; nothing for one that is not known, which makes it a leaf."""


def ancestors(heads: Iterable[str], parents: Parents) -> dict[str, None]:
    """Return the heads and everything that they come from, in the order of first sight, nearest first."""
    found = dict.fromkeys(heads)
    level = list(found)
    while level:
        following = dict.fromkeys(parent for snapshot in level for parent in parents(snapshot))
        level = [snapshot for snapshot in following if snapshot not in found]
        found.update(dict.fromkeys(level))
    return found


def is_ancestor(one: str, other: str, parents: Parents) -> bool:
    """Say whether `one` is `other` or something that `other` comes from."""
    return one in ancestors([other], parents)


def best_common_ancestors(one: str, other: str, parents: Parents) -> list[str]:
    """Return the common ancestors that are not an ancestor of another one; a snapshot is its own ancestor.

    Where a damaged history goes in circles, the snapshots of a circle are ancestors of each other; the nearest of
    them stands for all.
    """
    ours, theirs = ancestors([one], parents), ancestors([other], parents)
    common = {snapshot: None for snapshot in ours if snapshot in theirs}
    inner = {parent for snapshot in common for parent in parents(snapshot) if parent != snapshot}
    best = [snapshot for snapshot in common if snapshot not in inner]
    covered = set(ancestors(best, parents))
    in_circles = []
    for snapshot in common:
        if snapshot not in covered:
            in_circles.append(snapshot)
            covered |= ancestors([snapshot], parents).keys()
    # One that was taken first may still come from one that was taken later, without being in its circle.
    reach = {snapshot: ancestors([snapshot], parents) for snapshot in in_circles}
    return best + [
        snapshot
        for snapshot in in_circles
        if not any(snapshot in reach[later] and later not in reach[snapshot] for later in in_circles)
    ]
