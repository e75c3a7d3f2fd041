"""Which workspaces are paired: at most thirty, seen in the last fourteen days, main always (Beyond 4). Pure."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from asterism.base.clock import shift
from asterism.features.versions.forecast.models import MAX_WORKSPACES, SEEN_DAYS, Place, Skipped
from asterism.features.versions.workspaces import Workspace


def choose(live: Sequence[Workspace], now: str) -> tuple[list[Workspace], list[Skipped]]:
    """Return the workspaces to pair, main first, then by when they were seen; and the others with the reason."""
    since = shift(now, seconds=-SEEN_DAYS * 86_400)
    ordered = sorted(live, key=lambda one: (one.is_main, last_seen(one), one.id), reverse=True)
    recent = [one for one in ordered if one.is_main or last_seen(one) >= since]
    late = [Skipped(one, "not_seen") for one in ordered if not one.is_main and last_seen(one) < since]
    return recent[:MAX_WORKSPACES], [*(Skipped(one, "too_many") for one in recent[MAX_WORKSPACES:]), *late]


def last_seen(workspace: Workspace) -> str:
    """Return when a workspace was last heard of."""
    return max(workspace.last_seen_at or "", workspace.created_at)


def pairs(places: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    """Yield every two places once: merged is the second into the first, main into others, the older into the newer."""
    by_age = sorted(places, key=lambda place: (not place.workspace.is_main, place.workspace.id))
    for older, newer in combinations(by_age, 2):
        yield newer, older
