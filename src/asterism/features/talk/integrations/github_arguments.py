"""What GitHub is asked, and what of it is refused before anything is sent (Starbot 8.4). Pure."""

import base64
import binascii
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asterism.base.errors import Invalid, TooLarge
from asterism.kernel.git import is_ref
from asterism.vcs.protected_names import is_disguised

MAX_PER_PAGE = 100
MAX_RESULTS = 1_000
MAX_FILE = 1024 * 1024
MAX_FILES = 5 * 1024 * 1024
MAX_PATH = 1024
MAX_BRANCH = 250
_REPO = re.compile(r"[A-Za-z0-9_-]{1,39}/[A-Za-z0-9._-]{1,100}")
_OWNER = re.compile(r"[A-Za-z0-9_-]{1,39}")
_LINE_ENDS = {ord("\r"): None, ord("\n"): None}  # programs that write base64 break its lines (RFC 2045)
_QUALIFIED = re.compile(r"(?:^|\s)-?(?:is|type):", re.IGNORECASE)

Kind = Literal["code", "issues", "pull_requests", "repositories", "commits"]
Encoding = Literal["utf-8", "base64"]


class GitHubSearch(msgspec.Struct, omit_defaults=True):
    """Search GitHub; `repo` is `owner/name`. The query may hold GitHub's own qualifiers."""

    query: Annotated[str, Meta(min_length=1, max_length=256)]
    type: Kind | None = None
    repo: Annotated[str, Meta(max_length=200)] | None = None
    per_page: Annotated[int, Meta(ge=1)] | None = None
    page: Annotated[int, Meta(ge=1)] | None = None

    @property
    def kind(self) -> Kind:
        """What is searched for."""
        return self.type or "code"

    @property
    def size(self) -> int:
        """How many results make a page."""
        return min(self.per_page or 20, MAX_PER_PAGE)


class PullRequestFile(msgspec.Struct, omit_defaults=True):
    """A file as it shall be: its content, as text or base64; or gone, with `delete`."""

    path: str
    content: str | None = None
    encoding: Encoding | None = None
    delete: bool | None = None


class GitHubPullRequest(msgspec.Struct, omit_defaults=True):
    """Open a pull request. With `files`, `head` is a new branch made of `base` and these changes in one commit."""

    repo: Annotated[str, Meta(max_length=200)]
    title: Annotated[str, Meta(min_length=1, max_length=256)]
    head: Annotated[str, Meta(max_length=400)]
    base: Annotated[str, Meta(max_length=400)]
    body: Annotated[str, Meta(max_length=65_536)] | None = None
    draft: bool | None = None
    files: Annotated[list[PullRequestFile], Meta(min_length=1, max_length=100)] | None = None
    commit_message: Annotated[str, Meta(min_length=1, max_length=65_536)] | None = None


def check_search(asked: GitHubSearch) -> str:
    """Return the query with what is appended to it. Raises Invalid."""
    if asked.repo is not None:
        check_repo(asked.repo)
    if (asked.page or 1) * asked.size > MAX_RESULTS:
        raise Invalid.field("page", f"must not reach beyond the first {MAX_RESULTS} results")
    query = asked.query
    if asked.repo is not None:
        query += f" repo:{asked.repo}"
    if asked.kind in {"issues", "pull_requests"} and not _QUALIFIED.search(asked.query):
        query += " is:issue" if asked.kind == "issues" else " is:pull-request"
    return query


def check_repo(repo: str) -> tuple[str, str]:
    """Return owner and name. Raises Invalid."""
    owner, _, name = repo.partition("/")
    if not _REPO.fullmatch(repo) or name in {".", ".."}:
        raise Invalid.field("repo", "must be owner/name")
    return owner, name


def check_pull(asked: GitHubPullRequest) -> None:
    """Raise Invalid or TooLarge for a pull request that cannot be made."""
    check_repo(asked.repo)
    owner, colon, branch = asked.head.rpartition(":")
    if colon and (asked.files is not None or not _OWNER.fullmatch(owner)):
        raise Invalid.field("head", "must be a branch, or owner:branch where no files are given")
    for field, name in (("head", branch), ("base", asked.base)):
        if not is_branch(name):
            raise Invalid.field(field, "must be a valid name of a branch")
    if asked.head == asked.base:
        raise Invalid.field("head", "must be another branch than base")
    paths: set[str] = set()
    total = 0
    for place, change in enumerate(asked.files or ()):
        total += _check_file(f"files[{place}]", change)
        if change.path in paths:
            raise Invalid.field(f"files[{place}].path", "is listed twice")
        paths.add(change.path)
    _check_folders(asked.files or ())
    if total > MAX_FILES:
        raise TooLarge.bytes(MAX_FILES, "All files together")


def _check_folders(files: Sequence[PullRequestFile]) -> None:
    """Raise Invalid for a file whose path another one needs as a folder."""
    written = {change.path for change in files if not change.delete}
    for place, change in enumerate(files):
        above = [str(folder) for folder in PurePosixPath(change.path).parents]
        if not change.delete and not written.isdisjoint(above):
            raise Invalid.field(f"files[{place}].path", "lies below a path that is listed as a file")


def is_branch(name: str) -> bool:
    """Whether git takes a name for a branch."""
    return not name.startswith("-") and len(name.encode()) <= MAX_BRANCH and is_ref(f"refs/heads/{name}")


def _check_file(where: str, change: PullRequestFile) -> int:
    """Return the size of a change. Raises Invalid, TooLarge."""
    segments = change.path.split("/")
    bad = any(part in {"", ".", ".."} or part.lower() == ".git" or is_disguised(part) for part in segments)
    if bad or len(change.path.encode()) > MAX_PATH:
        raise Invalid.field(f"{where}.path", "must be a relative path without empty, ., .. or .git parts")
    if change.delete:
        if change.content is not None or change.encoding is not None:
            raise Invalid.field(f"{where}.content", "must not be given for a file that is deleted")
        return 0
    size = len(content_of(where, change))
    if size > MAX_FILE:
        raise TooLarge.bytes(MAX_FILE, f"The file {where}")
    return size


def content_of(where: str, change: PullRequestFile) -> bytes:
    """Return the content of a change. Raises Invalid."""
    if change.content is None:
        raise Invalid.field(f"{where}.content", "is required unless the file is deleted")
    if change.encoding != "base64":
        return change.content.encode()
    try:
        return base64.b64decode(change.content.translate(_LINE_ENDS), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid.field(f"{where}.content", "is no base64") from None
