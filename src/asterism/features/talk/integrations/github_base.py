"""What a pull request would change: the files that it touches, as they are on its base now."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.base.errors import DomainError
from asterism.features.talk.integrations.access import Access
from asterism.features.talk.integrations.github_arguments import GitHubPullRequest
from asterism.features.talk.integrations.github_objects import Objects

MOST_FILES = 30
MOST_BYTES = 256 * 1024
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OnBase:
    """What is known of the files of a pull request: content by path, None where base has no such file.

    A path that is not there is not known. `commit` is the one that base named, None when not even that is known.
    """

    commit: str | None = None
    files: Mapping[str, bytes | None] = field(default_factory=dict)


async def look(access: Access, user_id: str, asked: GitHubPullRequest) -> OnBase:
    """Return what base holds of the files of a pull request. Never fails: what can't be read in time is not known.

    Reads at most 30 files of at most 256 KiB; changes nothing.
    """
    if not asked.files:
        return OnBase()
    found: dict[str, bytes | None] = {}
    commit: str | None = None
    try:
        async with asyncio.timeout(SECONDS):
            objects = Objects(access, user_id, asked.repo)
            commit = await objects.tip(asked.base)
            listing = await objects.listing(await objects.tree_of(commit))
            there = listing.files()
            for change in asked.files[:MOST_FILES]:
                entry = there.get(change.path)
                if entry is None and not listing.truncated:
                    found[change.path] = None
                elif entry is not None and (entry.size or 0) <= MOST_BYTES:
                    found[change.path] = await objects.content(entry.sha)
    except (DomainError, TimeoutError):
        pass
    return OnBase(commit, found)
