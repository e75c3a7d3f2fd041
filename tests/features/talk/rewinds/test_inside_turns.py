"""Going back, and branching, in the middle of a turn: it is cut after the tool call, files and talk (beyond 2)."""

from dataclasses import replace
from typing import Any

import pytest

from asterism.features.talk import checkpoints, conversations, rewinds
from asterism.features.talk.checkpoints import Called
from asterism.features.talk.conversations import Conversation, Message, Parts, TimelineItem, UnknownConversation, store
from asterism.features.talk.conversations.cuts import CUT_HERE, head_of, said_before
from asterism.features.talk.conversations.events import agent_told
from asterism.features.talk.rewinds import Rewound, UnknownCheckpoint, Wanted
from asterism.features.versions.storage import BlobsMissing
from asterism.features.versions.workcopies import Checked, FileChange
from asterism.server.roots import ROOTS
from tests.features.talk.rewinds.conftest import TWO, Talk
from tests.support.trees import Tree, entries_of

STEPS: list[Tree] = [TWO, {**TWO, "c": b"c\n"}, {**TWO, "c": b"c\n", "d": b"d\n"}]
NAMES = ("c", "d")


def call(number: int, message: str = "m1") -> dict[str, Any]:
    state = {"status": "completed", "input": {"filePath": NAMES[number]}, "output": f"wrote {NAMES[number]}"}
    return {
        "id": f"w{number}",
        "type": "tool",
        "tool": "write",
        "callID": "again",
        "messageID": message,
        "state": state,
    }


def text(name: str, said: str, message: str = "m1") -> dict[str, Any]:
    return {"id": name, "type": "text", "text": said, "messageID": message}


TOLD = Parts(
    tuple({"id": name, "time": {"created": 1, "completed": 2}} for name in ("m1", "m2", "m3")),
    (text("x", "First. "), call(0), text("y", "Then. ", "m2"), call(1, "m2"), text("z", "Done.", "m3")),
)


class Third:
    """A third turn of the conversation: it failed after two calls, each of which wrote a file."""

    def __init__(self, talk: Talk, *, status: str = "failed") -> None:
        self.talk = talk
        self.trees = [talk.shelf.put_tree(tree) for tree in STEPS]
        with talk.db.write() as tx:
            common = {"conversation_id": talk.id, "created_at": tx.now()}
            store.insert_message(
                tx, Message(id="u3", position=5, role="user", content="prompt 3", status="completed", **common)
            )
            turn = Message(id="a3", position=6, role="assistant", content="", status=status, **common)  # type: ignore[arg-type]
            store.insert_message(tx, turn)
            store.update(tx, talk.id, {"next_position": 7})
            self.checkpoints = []
            for number, name in enumerate(NAMES):
                checked = Checked(self.trees[number + 1], self.trees[number], (FileChange(name, "added"),))
                called = Called("again", "write", f"w{number}")
                made = checkpoints.record(tx, talk.caller.user_id, talk.id, "a3", checked, call=called)
                self.checkpoints.append(made.id)
            if status == "failed":
                values = {"content": "First. Then. Done.", "error": "It broke.", "files_changed": NAMES}
                values |= {"tree": self.trees[0], "manifest_hash": self.trees[2], "completed_at": tx.now()}
                store.update_message(tx, "a3", values)
                store.put_parts(tx, "a3", TOLD)
                talk.changed(tx, "a3", self.trees[0], self.trees[2])
            else:
                frames = [agent_told("a3", "message.updated", {"info": info}) for info in TOLD.infos]
                frames += [agent_told("a3", "message.part.updated", {"part": part}) for part in TOLD.parts[:-1]]
                talk.streams.append_in(tx, conversations.STREAM + talk.id, *frames)
        talk.show(self.trees[2])

    def back(self, number: int, *, preview: bool = False, **wanted: bool) -> Rewound:
        talk, at = self.talk, Wanted(checkpoint_id=self.checkpoints[number], **wanted)
        with talk.db.write() as tx:
            return rewinds.rewind(tx, talk.streams, talk.caller, talk.id, at, preview=preview)

    def fork(self, number: int) -> Conversation:
        talk, at = self.talk, Wanted(checkpoint_id=self.checkpoints[number])
        with talk.db.write() as tx:
            return rewinds.fork(tx, talk.streams, talk.caller, talk.id, at, new_workspace=True).conversation

    def state(self, conversation_id: str | None = None) -> tuple[list[Message], list[Parts], list[TimelineItem]]:
        talk, named = self.talk, conversation_id or self.talk.id
        with talk.db.read() as tx:
            messages, _ = conversations.list_messages(tx, talk.caller, named, limit=100)
            parts = conversations.all_parts(tx, talk.streams, talk.caller, named)
            return messages, list(parts.values()), conversations.list_timeline(tx, talk.caller, named)


def undo(talk: Talk, done: Rewound) -> None:
    with talk.db.write() as tx:
        rewinds.undo(tx, talk.streams, talk.caller, talk.id, done.rewind_id or "")


def test_a_turn_is_cut_after_the_call_and_made_whole_again(talk: Talk) -> None:
    third = Third(talk)
    before = third.state()
    seen = third.back(0, preview=True)
    assert (seen.hidden_messages, seen.hidden_parts, seen.rewind_id) == (0, 3, None)
    assert third.state() == before
    done = third.back(0)
    assert (done.hidden_messages, done.hidden_parts, done.tree) == (0, 3, third.trees[1])
    messages, parts, timeline = third.state()
    cut = messages[-1]
    assert (cut.content, cut.status, cut.error, cut.cut_after) == ("First. ", "completed", None, "again")
    assert (cut.files_changed, cut.manifest_hash) == (("c",), third.trees[1])
    assert parts[-1] == Parts(TOLD.infos[:1], TOLD.parts[:2])
    assert [(one.manifest_hash, one.summary) for one in timeline] == [(third.trees[1], "Added 1 file: c")]
    assert talk.content(talk.look().current_manifest_hash) == STEPS[1]
    undo(talk, done)
    assert third.state() == before
    assert talk.content(talk.look().current_manifest_hash) == STEPS[2]


def test_a_turn_is_cut_again_and_made_whole_in_turn(talk: Talk) -> None:
    third = Third(talk)
    states = [third.state()]
    done = []
    for number in (1, 0):
        done.append(third.back(number))
        states.append(third.state())
    assert [one.hidden_parts for one in done] == [1, 2]
    again = third.back(1)  # what it was taken after is hidden already; its files come back
    assert (again.hidden_parts, again.tree) == (0, third.trees[2])
    assert third.state() == states[2]
    for rewound in (again, *reversed(done)):
        undo(talk, rewound)
    assert third.state() == states[0]


def test_files_alone_go_back_into_a_turn(talk: Talk) -> None:
    third = Third(talk)
    before = third.state()
    third.back(0, messages=False)
    assert third.state() == before
    assert talk.content(talk.look().current_manifest_hash) == STEPS[1]


def test_the_next_turn_is_told_what_was_kept(talk: Talk) -> None:
    third = Third(talk)
    third.back(0)
    with talk.db.read() as tx:
        said = said_before(tx, third.state()[0][-1])
    assert said.text == f'First. \n\n[write {{"filePath": "c"}}: completed]\nwrote c\n\n{CUT_HERE}'


@pytest.mark.parametrize("status", ["failed", "running"])
def test_a_fork_goes_on_from_a_call_also_while_the_turn_runs(talk: Talk, status: str) -> None:
    third = Third(talk, status=status)
    made = third.fork(1)
    messages, parts, _ = third.state(made.id)
    assert [one.content for one in messages[-2:]] == ["prompt 3", "First. Then. "]
    cut = messages[-1]
    assert (cut.status, cut.tree, cut.manifest_hash) == ("completed", third.trees[0], third.trees[2])
    assert parts[-1] == Parts(TOLD.infos[:2], TOLD.parts[:4])
    assert made.next_position == cut.position + 1
    assert talk.content(talk.look(made.workspace_id).current_manifest_hash) == STEPS[2]


def test_the_start_of_a_turn_is_before_its_prompt(talk: Talk) -> None:
    with talk.db.read() as tx:
        start = checkpoints.page(tx, talk.id, limit=1)[0]
    with talk.db.write() as tx:
        rewinds.rewind(tx, talk.streams, talk.caller, talk.id, Wanted(checkpoint_id=start.id), preview=False)
    assert talk.said() == []
    assert talk.look().current_manifest_hash == talk.trees[0]


def test_a_checkpoint_of_others_or_one_that_is_gone_leads_nowhere(talk: Talk) -> None:
    third = Third(talk)
    stranger = replace(talk.caller, user_id="nobody")
    wanted = Wanted(checkpoint_id=third.checkpoints[0])
    with talk.db.write() as tx, pytest.raises(UnknownConversation):
        rewinds.rewind(tx, talk.streams, stranger, talk.id, wanted, preview=False)
    with talk.db.write() as tx, pytest.raises(UnknownConversation):
        rewinds.fork(tx, talk.streams, stranger, talk.id, wanted, new_workspace=True)
    lost = talk.shelf.put_entries(entries_of({"lost": b"never stored\n"}))
    with talk.db.write() as tx:
        at = Checked(lost, third.trees[2], (FileChange("lost", "added"),))
        called = Called("again", "write", "w1")
        gone = checkpoints.record(tx, talk.caller.user_id, talk.id, "a3", at, call=called)
    before = third.state()
    with pytest.raises(BlobsMissing), talk.db.write() as tx:
        rewinds.rewind(tx, talk.streams, talk.caller, talk.id, Wanted(checkpoint_id=gone.id), preview=False)
    assert third.state() == before  # half of it is nothing
    talk.shelf.clock.advance(30 * 24 * 3600 + 1)
    with talk.db.write() as tx:
        checkpoints.purge(tx)
    with pytest.raises(UnknownCheckpoint):
        third.back(0)


def test_what_a_cut_turn_was_is_kept_from_collection(talk: Talk) -> None:
    third = Third(talk)
    third.back(0)
    talk.shelf.clock.advance(30 * 24 * 3600 + 1)
    with talk.db.write() as tx:
        checkpoints.purge(tx)
        kept = {name for one in ROOTS if one.maybe for name in one.maybe(tx, talk.shelf.user)}
    assert set(third.trees) <= kept


def test_without_the_id_of_a_part_the_last_call_of_a_name_is_meant(talk: Talk) -> None:
    third = Third(talk)
    with talk.db.read() as tx:
        at = checkpoints.one(tx, talk.id, third.checkpoints[0])
    assert at is not None
    kept = head_of(TOLD, replace(at, part_id=None))
    assert kept is not None
    assert len(kept.parts) == 4
    assert head_of(TOLD, replace(at, part_id="other")) is None
