"""Searching GitHub and opening pull requests there (Starbot 8.4)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from asterism.base.errors import DomainError, Invalid
from asterism.features.talk.integrations import github_base
from asterism.features.talk.integrations.access import Access
from asterism.features.talk.integrations.errors import BranchExists, UpstreamError, UpstreamValidation
from asterism.features.talk.integrations.github_arguments import (
    GitHubPullRequest,
    GitHubSearch,
    PullRequestFile,
    check_pull,
    content_of,
)
from asterism.features.talk.integrations.github_base import OnBase
from asterism.features.talk.integrations.github_objects import Entry, Listing, Objects, Ref, Sha, read
from asterism.features.talk.integrations.github_search import Found, GitHubResults, request

NEW_FILE = "100644"


class _Branch(msgspec.Struct):
    ref: str = ""


class _Pull(msgspec.Struct):
    number: int
    url: str
    html_url: str
    state: str = "open"
    draft: bool = False
    head: _Branch | None = None
    base: _Branch | None = None


class PullRequest(msgspec.Struct, frozen=True):
    """A pull request as it stands at GitHub; `head` and `base` are names of branches."""

    number: int
    url: str
    html_url: str
    state: str
    draft: bool
    head: str
    base: str


@dataclass(frozen=True, slots=True)
class GitHub:
    """The tools of GitHub, in a user's name. Each raises IntegrationNotConnected and the errors of Starbot 8.5."""

    access: Access

    async def search(self, user_id: str, asked: GitHubSearch) -> GitHubResults:
        """Find code, issues, pull requests, repositories or commits. Raises Invalid before anything is sent."""
        call, resource = request(asked)
        reply = await self.access.send(user_id, "github", call, resource=resource)
        return read(reply, Found).results(asked.kind)

    async def open_pull_request(self, user_id: str, asked: GitHubPullRequest) -> PullRequest:
        """Open a pull request; with files, on a new branch made for it. Raises Invalid, TooLarge, BranchExists.

        When the branch was made and the pull request was not, the branch is removed again, and the error's
        `details.branch_removed` says whether that worked.
        """
        check_pull(asked)
        opening = _Opening(Objects(self.access, user_id, asked.repo), asked)
        return await opening.with_files(asked.files) if asked.files is not None else await opening.open()

    async def look_at_base(self, user_id: str, asked: GitHubPullRequest) -> OnBase:
        """Return what is known of a pull request's files on its base, for people to compare with. Never fails."""
        return await github_base.look(self.access, user_id, asked)


@dataclass(frozen=True, slots=True)
class _Opening:
    """The opening of one pull request."""

    objects: Objects
    asked: GitHubPullRequest

    async def with_files(self, files: list[PullRequestFile]) -> PullRequest:
        base = await self.objects.tip(self.asked.base)
        if await self.objects.find_tip(self.asked.head) is not None:
            raise BranchExists(self.asked.head)
        commit = await self._commit(base, files)
        await self._make_branch(commit)
        try:
            return await self.open()
        except DomainError as error:
            error.details = {**(error.details or {}), "branch_removed": await self._remove_branch()}
            raise

    async def open(self) -> PullRequest:
        asked = self.asked
        body = {"title": asked.title, "head": asked.head, "base": asked.base, "draft": bool(asked.draft)}
        if asked.body is not None:
            body["body"] = asked.body
        made = await self.objects.make("pulls", body, _Pull)
        head = made.head.ref if made.head and made.head.ref else asked.head
        base = made.base.ref if made.base and made.base.ref else asked.base
        return PullRequest(made.number, made.url, made.html_url, made.state, made.draft, head, base)

    async def _commit(self, base: str, files: list[PullRequestFile]) -> str:
        """Make blobs, a tree on the base's tree and one commit; nothing of it is seen before a branch names it."""
        tree = await self.objects.tree_of(base)
        listed = await self.objects.listing(tree)
        there = listed.files()
        entries = [await self._entry(place, change, there, listed) for place, change in enumerate(files)]
        made = await self.objects.make("git/trees", {"base_tree": tree, "tree": entries}, Sha)
        message = self.asked.commit_message or self.asked.title
        commit = {"message": message, "tree": made.sha, "parents": [base]}
        return (await self.objects.make("git/commits", commit, Sha)).sha

    async def _entry(
        self, place: int, change: PullRequestFile, there: Mapping[str, Entry], listed: Listing
    ) -> Mapping[str, Any]:
        mode = there[change.path].mode if change.path in there else NEW_FILE
        if change.delete:
            if change.path not in there and not listed.truncated:
                raise Invalid.field(f"files[{place}].path", f"does not exist on {self.asked.base}")
            return {"path": change.path, "mode": mode, "type": "blob", "sha": None}
        content = content_of(f"files[{place}]", change)
        body = (
            {"content": base64.b64encode(content).decode(), "encoding": "base64"}
            if change.encoding == "base64"
            else {"content": change.content, "encoding": "utf-8"}
        )
        blob = await self.objects.make("git/blobs", body, Sha)
        return {"path": change.path, "mode": mode, "type": "blob", "sha": blob.sha}

    async def _make_branch(self, commit: str) -> None:
        try:
            await self.objects.make("git/refs", {"ref": f"refs/heads/{self.asked.head}", "sha": commit}, Ref)
        except UpstreamValidation as error:
            if "already exists" in str((error.details or {}).get("upstream_message", "")).lower():
                raise BranchExists(self.asked.head) from None
            raise
        except UpstreamError as error:  # it may have been made nevertheless
            removed = await self._is_ours(commit) and await self._remove_branch()
            error.details = {**(error.details or {}), "branch_removed": removed}
            raise

    async def _is_ours(self, commit: str) -> bool:
        try:
            return await self.objects.find_tip(self.asked.head) == commit
        except DomainError:
            return False

    async def _remove_branch(self) -> bool:
        try:
            await self.objects.remove_branch(self.asked.head)
        except DomainError:
            return False
        return True
