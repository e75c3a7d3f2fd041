"""Git objects of a repository at GitHub: branches, commits, trees and blobs (Starbot 8.2)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from asterism.features.talk.integrations import replies
from asterism.features.talk.integrations.access import Access
from asterism.features.talk.integrations.errors import Seen, UpstreamError, UpstreamNotFound
from asterism.kernel.upstreams import Call, Reply, path_of

T = TypeVar("T")
SUBMODULE = "160000"


class Sha(msgspec.Struct):
    """The name of an object."""

    sha: str


class Ref(msgspec.Struct):
    """What a branch names."""

    object: Sha


class Entry(msgspec.Struct):
    """An entry of a tree; a folder and a submodule have no size."""

    path: str
    mode: str
    sha: str = ""
    type: str = "blob"
    size: int | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a file or a link."""
        return self.type == "blob" and self.mode != SUBMODULE


class Listing(msgspec.Struct):
    """All that is below a tree, as far as GitHub lists it: `truncated` says that there is more."""

    tree: list[Entry]
    truncated: bool = False

    def files(self) -> Mapping[str, Entry]:
        """Return the files by path."""
        return {entry.path: entry for entry in self.tree if entry.is_file}


class _Commit(msgspec.Struct):
    tree: Sha


class _Blob(msgspec.Struct):
    content: str
    encoding: str = "base64"


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of the repository `repo` (`owner/name`), in a user's name. Raises the errors of Starbot 8.5."""

    access: Access
    user_id: str
    repo: str

    async def tip(self, branch: str) -> str:
        """Return the commit of a branch. Raises UpstreamNotFound."""
        return read(await self._get(*self._path("git", "ref", "heads"), within=branch), Ref).object.sha

    async def find_tip(self, branch: str) -> str | None:
        """Return the commit of a branch, None when there is no such branch."""
        try:
            return await self.tip(branch)
        except UpstreamNotFound:
            return None

    async def tree_of(self, commit: str) -> str:
        """Return the tree of a commit."""
        return read(await self._get(*self._path("git", "commits", commit)), _Commit).tree.sha

    async def listing(self, tree: str) -> Listing:
        """Return what is below a tree."""
        return read(await self._get(*self._path("git", "trees", tree), query={"recursive": "1"}), Listing)

    async def content(self, blob: str) -> bytes:
        """Return the content of a blob. Raises UpstreamError for one that is none."""
        found = read(await self._get(*self._path("git", "blobs", blob)), _Blob)
        if found.encoding != "base64":
            return found.content.encode()
        try:
            return base64.b64decode(found.content)
        except ValueError:
            raise UpstreamError(Seen("github"), "sent content that cannot be read") from None

    async def make(self, what: str, body: Mapping[str, Any], shape: type[T]) -> T:
        """Post to `what`, a path below the repository, and return what was made."""
        call = Call("POST", "", path_of(*self._path(), within=what), json=body)
        return read(await self.access.send(self.user_id, "github", call), shape)

    async def remove_branch(self, branch: str) -> None:
        """Remove a branch that a failure left behind; a limit that is known does not keep us from it."""
        path = path_of(*self._path("git", "refs", "heads"), within=branch)
        await self.access.send(self.user_id, "github", Call("DELETE", "", path), cleaning_up=True)

    def _path(self, *parts: str) -> tuple[str, ...]:
        return ("repos", *self.repo.split("/"), *parts)

    async def _get(self, *parts: str, within: str = "", query: Mapping[str, str] | None = None) -> Reply:
        call = Call("GET", "", path_of(*parts, within=within), query=query or {}, read=True)
        return await self.access.send(self.user_id, "github", call)


def read(reply: Reply, shape: type[T]) -> T:
    """Return the body of a reply. Raises UpstreamError when it is anything else than `shape`."""
    return replies.decoded("github", reply, shape)
