"""Repositories of the fake GitHub: content-addressed objects, branches, issues and pull requests, in memory."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class File:
    """A file of a tree."""

    content: bytes
    mode: str = "100644"


@dataclass(slots=True)
class Issue:
    """An issue, or a pull request when it has a `head`."""

    number: int
    title: str
    body: str | None = None
    author: str | None = "octo-team"
    state: str = "open"
    head: str | None = None
    base: str | None = None
    draft: bool = False
    updated_at: str = "2026-11-20T10:01:00Z"


class Problem(Exception):
    """A request that cannot be done: status and message as GitHub words them."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


@dataclass(slots=True)
class Commit:
    """A commit."""

    tree: str
    parents: tuple[str, ...]
    message: str


@dataclass(slots=True)
class Repository:
    """One repository; `trees` are flat: path to mode and name of a blob. `truncated` cuts listings of trees off."""

    name: str
    description: str | None = None
    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    truncated: bool = False

    def start(self, files: Mapping[str, File], branch: str = "main") -> None:
        """Make a first commit."""
        entries = {path: (file.mode, self.add_blob(file.content)) for path, file in files.items()}
        self.branches[branch] = self.add_commit(self._keep_tree(entries), (), "First commit")

    def files(self, branch: str) -> dict[str, File]:
        """Return what a branch holds."""
        tree = self.trees[self.commits[self.branches[branch]].tree]
        return {path: File(self.blobs[blob], mode) for path, (mode, blob) in tree.items()}

    def add_blob(self, content: bytes) -> str:
        """Keep a content; return its name, which is git's."""
        name = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        self.blobs[name] = content
        return name

    def blob_of(self, body: Mapping[str, Any]) -> str:
        """Keep the content of `POST …/git/blobs`."""
        text = str(body.get("content", ""))
        return self.add_blob(base64.b64decode(text) if body.get("encoding") == "base64" else text.encode())

    def add_tree(self, body: Mapping[str, Any]) -> str:
        """Make the tree of `POST …/git/trees`."""
        base = body.get("base_tree")
        if base is not None and base not in self.trees:
            raise Problem(404, "Not Found")
        entries = dict(self.trees[base]) if base is not None else {}
        for entry in body["tree"]:
            path, mode, blob = entry["path"], entry["mode"], entry["sha"]
            if blob is None:
                if entries.pop(path, None) is None:
                    raise Problem(422, "GitRPC::BadObjectState")
                continue
            if blob not in self.blobs:
                raise Problem(422, f"tree.sha {blob} is not a valid blob")
            entries[path] = (mode, blob)
        return self._keep_tree(entries)

    def add_commit(self, tree: str, parents: tuple[str, ...], message: str) -> str:
        """Make a commit."""
        if tree not in self.trees:
            raise Problem(422, "Tree SHA does not exist")
        name = _name([tree, parents, message])
        self.commits[name] = Commit(tree, parents, message)
        return name

    def add_branch(self, ref: str, commit: str) -> None:
        """Make a branch of `POST …/git/refs`."""
        branch = ref.removeprefix("refs/heads/")
        if branch in self.branches:
            raise Problem(422, "Reference already exists")
        if commit not in self.commits:
            raise Problem(422, "Object does not exist")
        self.branches[branch] = commit

    def open_pull(self, body: Mapping[str, Any]) -> Issue:
        """Open a pull request."""
        head, base = str(body["head"]), str(body["base"])
        owner, _, branch = head.rpartition(":")
        if base not in self.branches or (not owner and branch not in self.branches):
            raise Problem(422, "Validation Failed", "invalid")
        if any(i.head == head and i.base == base and i.state == "open" for i in self.issues):
            raise Problem(422, f"A pull request already exists for {head}.", "custom")
        made = Issue(
            max((i.number for i in self.issues), default=0) + 1,
            str(body["title"]),
            body.get("body"),
            head=head,
            base=base,
            draft=bool(body.get("draft", False)),
        )
        self.issues.append(made)
        return made

    def listing(self, tree: str) -> list[dict[str, str]]:
        """Return the entries of a tree, as `?recursive=1` lists them."""
        found = [
            {"path": path, "mode": mode, "type": "commit" if mode == "160000" else "blob", "sha": blob}
            for path, (mode, blob) in sorted(self.trees[tree].items())
        ]
        return found[: len(found) // 2] if self.truncated else found

    def _keep_tree(self, entries: dict[str, tuple[str, str]]) -> str:
        name = _name(sorted(entries.items()))
        self.trees[name] = entries
        return name


def _name(value: Any) -> str:
    return hashlib.sha1(json.dumps(value).encode(), usedforsecurity=False).hexdigest()
