"""A conversation of two turns, each of which left a tree."""

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.talk import checkpoints, conversations
from asterism.features.talk.checkpoints import Called
from asterism.features.talk.conversations import Conversation, Message, Parts, TimelineItem, question_store, store
from asterism.features.versions import projects, storage, workspaces
from asterism.features.versions.workcopies import Checked, FileChange
from asterism.features.versions.workspaces import NewWorkspace, Workspace
from asterism.kernel.db import Tx
from asterism.kernel.streams import DatabaseStreams
from tests.features.versions.conftest import caller, shelf
from tests.support.shelf import Shelf
from tests.support.trees import Tree

__all__ = ["caller", "shelf"]

ZERO: Tree = {"a": b"zero\n"}
ONE: Tree = {"a": b"one\n", "b": b"b\n"}
TWO: Tree = {"a": b"two\n", "b": b"b\n"}


class Talk:
    """The workspace began at `ZERO`; the first turn made `ONE` of it, the second `TWO`."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        self.shelf, self.caller, self.db = shelf, caller, shelf.db
        self.streams = DatabaseStreams(shelf.db)
        self.trees = [shelf.put_tree(tree) for tree in (ZERO, ONE, TWO)]
        with self.db.write() as tx:
            self.project = projects.create_project(tx, caller, name="p")
            self.main = workspaces.create_workspace(tx, caller, self.project.id, NewWorkspace(name="main"))
            made = conversations.create_conversation(tx, self.streams, caller, self.main.id, title="talk")
        self.id = made.id
        self.show(self.trees[0])
        self.checkpoints = [self.turn(number) for number in (1, 2)]

    def turn(self, number: int) -> str:
        """Write a prompt and a turn that left the tree of this number; return its checkpoint."""
        position = 2 * number - 1
        before, after = self.trees[number - 1 : number + 1]
        with self.db.write() as tx:
            common = {"conversation_id": self.id, "status": "completed", "created_at": tx.now()}
            store.insert_message(
                tx, Message(id=f"u{number}", position=position, role="user", content=f"prompt {number}", **common)
            )
            answer = Message(
                id=f"a{number}",
                position=position + 1,
                role="assistant",
                content=f"answer {number}",
                tree=before,
                manifest_hash=after,
                **common,
            )
            store.insert_message(tx, answer)
            store.put_parts(tx, answer.id, Parts((), ({"id": f"p{number}", "type": "text", "text": "t"},)))
            store.update(tx, self.id, {"next_position": position + 2})
            checkpoints.record_start(tx, self.caller.user_id, self.id, answer.id, before)
            checked = Checked(after, before, (FileChange("a", "modified", 1, 1),))
            made = checkpoints.record(
                tx, self.caller.user_id, self.id, answer.id, checked, call=Called(f"call{number}", "bash")
            )
        self.show(after)
        return made.id

    def changed(self, tx: Tx, turn: str, before: str, after: str) -> None:
        """Say on the timeline that a turn made one tree of another."""
        item = TimelineItem(f"t-{turn}", self.id, turn, tx.now(), "did", "completed", (), after, before)
        question_store.insert_item(tx, item)

    def show(self, tree: str) -> None:
        shown = self.look().current_manifest_hash
        with self.db.write() as tx:
            workspaces.set_current_manifest(tx, self.caller, self.main.id, tree, shown)

    def look(self, workspace_id: str | None = None) -> Workspace:
        with self.db.read() as tx:
            return workspaces.get_workspace(tx, self.caller, workspace_id or self.main.id)

    def conversation(self) -> Conversation:
        with self.db.read() as tx:
            return conversations.get_conversation(tx, self.caller, self.id)

    def said(self, conversation_id: str | None = None) -> list[str]:
        with self.db.read() as tx:
            found, _ = conversations.list_messages(tx, self.caller, conversation_id or self.id, limit=100)
        return [one.content for one in found]

    def content(self, manifest_hash: str | None) -> Tree:
        assert manifest_hash is not None
        with self.db.read() as tx:
            entries = storage.entries(tx, self.shelf.blobs, self.shelf.user, manifest_hash)
            return {one.path: storage.content(tx, self.shelf.blobs, self.shelf.user, one.hash) for one in entries}


@pytest.fixture
def talk(shelf: Shelf, caller: Caller) -> Talk:
    return Talk(shelf, caller)
