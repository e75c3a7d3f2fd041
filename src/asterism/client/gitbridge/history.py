"""Commits become snapshots: many by one request, or one by one where the server does not take them so (ADR 0178)."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from asterism.base.errors import Conflict, DomainError, Invalid, NotFound, TooLarge, Unsupported
from asterism.client.api import Api
from asterism.client.gitbridge.commits import AUTHOR_CHARACTERS, ORIGIN_CHARACTERS, PARENTS, SUMMARY_CHARACTERS, Commit
from asterism.client.gitbridge.contents import is_about_all
from asterism.client.gitbridge.notes import Notes
from asterism.client.gitbridge.texts import Text
from asterism.client.models import Project, Workspace
from asterism.vcs.manifest import Entry

THREADS = 4

_NOT_SO = (Invalid, Conflict, TooLarge, NotFound, Unsupported)
"""What a server answers when one of many is wrong, or when it is older and does not know how to take many."""


@dataclass(slots=True)
class Imported:
    """What an import did. `snapshots` are those of commits; `notes` name what git holds and a project cannot."""

    project: Project
    workspace: Workspace
    commits: int = 0
    created: int = 0
    head: str | None = None
    snapshots: dict[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)


class History:
    """Registers commits for one project, parents first."""

    def __init__(self, api: Api, done: Imported) -> None:
        self._api = api
        self._done = done
        self._instead: dict[str, tuple[str, ...]] = {}

    def send(self, texts: Sequence[Text], main: Collection[str]) -> None:
        """Store the manifests of these commits and register them; those in `main` move the head of main."""
        refused = {} if self._send_edits(texts) else self._send_whole(texts)
        if refused or not self._register_many(texts, main):
            for text in texts:
                refusal = refused.get(text.name) or self._register(text.commit, text.name, main)
                if refusal is not None:
                    self.pass_over(text.commit.oid, text.commit.parents, refusal.message)

    def pass_over(self, oid: str, parents: tuple[str, ...], reason: str) -> None:
        """Leave a commit out; its children get its parents."""
        self._instead[oid] = tuple(itertools.chain.from_iterable(self._mapped(parent) for parent in parents))
        self._done.notes.add(f"the commit {oid[:12]} is left out: {reason}")

    def snapshot_of(self, oid: str) -> str | None:
        """Return what a commit became: its snapshot, or that of its first parent where it was left out."""
        return next(iter(self._mapped(oid)), None)

    def _send_edits(self, texts: Sequence[Text]) -> bool:
        """Store the manifests by what differs; say whether the server took all of them."""
        whole = {text.name: text for text in texts if text.base is None}
        try:
            for text in whole.values():
                self._api.put_manifest(text.name, text.data)
            edits: dict[str, tuple[str, Mapping[str, Entry | None]]] = {}
            for text in texts:
                if text.base is not None:  # of two alike the first, whose base is there by then
                    edits.setdefault(text.name, (text.base, text.changes))
            if edits:
                self._api.edit_manifests(edits)
        except _NOT_SO as error:
            if is_about_all(error):
                raise
            return False
        return True

    def _send_whole(self, texts: Sequence[Text]) -> dict[str, DomainError]:
        """Store each manifest by itself; return the refusals by name."""
        manifests = {text.name: text.data for text in texts}
        with ThreadPoolExecutor(THREADS) as pool:
            return {name: error for name, error in pool.map(self._put, manifests.items()) if error is not None}

    def _put(self, named: tuple[str, bytes]) -> tuple[str, DomainError | None]:
        try:
            self._api.put_manifest(*named)
        except (Invalid, TooLarge) as error:
            if is_about_all(error):
                raise
            return named[0], error
        return named[0], None

    def _register_many(self, texts: Sequence[Text], main: Collection[str]) -> bool:
        """Register snapshots by one request; say whether the server took all of them."""
        bodies = []
        for text in texts:
            bodies.append(self._body(text.commit, text.name, main))
            self._done.snapshots[text.commit.oid] = f"git-{text.commit.oid}"
        try:
            created = self._api.register_snapshots(self._done.project.id, bodies) if bodies else []
        except BaseException as error:
            for text in texts:
                del self._done.snapshots[text.commit.oid]
            if isinstance(error, _NOT_SO) and not is_about_all(error):
                return False
            raise
        self._done.created += len(created)
        return True

    def _register(self, commit: Commit, manifest: str, main: Collection[str]) -> DomainError | None:
        """Register a commit's snapshot; returns the error when the server does not take it."""
        body = self._body(commit, manifest, main) | {"source": "import"}
        try:
            try:
                snapshot, created = self._api.register_snapshot(self._done.project.id, body)
            except Conflict:  # an earlier import had to leave out more of it
                body["snapshot_id"] = f"git-{commit.oid}-{manifest[:12]}"
                snapshot, created = self._api.register_snapshot(self._done.project.id, body)
        except (Invalid, Conflict, TooLarge) as error:
            if is_about_all(error):
                raise
            return error
        self._done.snapshots[commit.oid] = snapshot.id
        self._done.created += created
        return None

    def _body(self, commit: Commit, manifest: str, main: Collection[str]) -> dict[str, Any]:
        parents = dict.fromkeys(itertools.chain.from_iterable(self._mapped(parent) for parent in commit.parents))
        if any(parent not in self._done.snapshots and parent not in self._instead for parent in commit.parents):
            self._done.notes.once(
                "shallow", text=f"the history is cut off: {commit.oid[:12]} has parents that are not here"
            )
        origin = commit.origin
        return {
            "snapshot_id": f"git-{commit.oid}",
            "manifest_hash": manifest,
            "parent_snapshot_ids": list(parents)[:PARENTS],
            "summary": commit.summary[:SUMMARY_CHARACTERS],
            "author_name": commit.author.name[:AUTHOR_CHARACTERS],
            "author_email": commit.author.email[:AUTHOR_CHARACTERS],
            "created_at": commit.created_at,
            **({"workspace_id": self._done.workspace.id} if commit.oid in main else {}),
            **({"origin": origin} if len(origin) <= ORIGIN_CHARACTERS else {}),
        }

    def _mapped(self, oid: str) -> tuple[str, ...]:
        snapshot = self._done.snapshots.get(oid)
        return (snapshot,) if snapshot is not None else self._instead.get(oid, ())
