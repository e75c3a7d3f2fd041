"""Going back in a conversation, undoing that, and branching from it (beyond 2)."""

import pytest

from asterism.base.errors import Invalid
from asterism.features.talk import checkpoints, conversations, rewinds
from asterism.features.talk.conversations import Message, UnknownMessage, store
from asterism.features.talk.rewinds import CannotUndo, Rewound, TurnRunning, UnknownCheckpoint, UnknownRewind, Wanted
from asterism.features.versions import snapshots
from asterism.server.roots import ROOTS
from tests.features.talk.rewinds.conftest import ONE, TWO, ZERO, Talk


def go_back(talk: Talk, *, preview: bool = False, **wanted: object) -> Rewound:
    with talk.db.write() as tx:
        return rewinds.rewind(tx, talk.streams, talk.caller, talk.id, Wanted(**wanted), preview=preview)  # type: ignore[arg-type]


def undo(talk: Talk, rewind_id: str | None) -> Rewound:
    with talk.db.write() as tx:
        return rewinds.undo(tx, talk.streams, talk.caller, talk.id, rewind_id or "")


def test_checkpoints_are_listed_oldest_first_and_by_turn(talk: Talk) -> None:
    with talk.db.read() as tx:
        page = rewinds.list_checkpoints(tx, talk.caller, talk.id, limit=2)
        rest = rewinds.list_checkpoints(tx, talk.caller, talk.id, limit=2, cursor=page.next_cursor)
        second = rewinds.list_checkpoints(tx, talk.caller, talk.id, limit=9, message_id="a2")
    found = [*page.items, *rest.items]
    assert [(one.message_id, one.tool, one.tree) for one in found] == [
        ("a1", None, talk.trees[0]),
        ("a1", "bash", talk.trees[1]),
        ("a2", "bash", talk.trees[2]),  # the tree that the second turn began with had one already
    ]
    assert rest.next_cursor is None
    assert [one.id for one in second.items] == [talk.checkpoints[1]]


def test_going_back_before_a_prompt_brings_back_files_and_hides_talk(talk: Talk) -> None:
    shown = go_back(talk, preview=True, message_id="u2")
    assert (shown.rewind_id, shown.hidden_messages) == (None, 2)
    assert talk.said() == ["prompt 1", "answer 1", "prompt 2", "answer 2"]
    done = go_back(talk, message_id="u2")
    assert talk.said() == ["prompt 1", "answer 1"]
    assert talk.content(talk.look().current_manifest_hash) == ONE
    assert (done.tree, done.hidden_messages, [one.path for one in done.files]) == (talk.trees[1], 2, ["a"])
    with talk.db.read() as tx:
        kept = snapshots.get_snapshot(tx, talk.caller, done.safety_snapshot_id or "")
        told = conversations.all_parts(tx, talk.streams, talk.caller, talk.id)
    assert kept.manifest_hash == talk.trees[2]
    assert list(told) == ["a1"]


def test_going_back_to_a_checkpoint_keeps_its_turn(talk: Talk) -> None:
    done = go_back(talk, checkpoint_id=talk.checkpoints[0])
    assert talk.said() == ["prompt 1", "answer 1"]
    assert (done.tree, talk.look().current_manifest_hash) == (talk.trees[1], talk.trees[1])


def test_files_and_messages_go_back_alone(talk: Talk) -> None:
    go_back(talk, message_id="u1", messages=False)
    assert len(talk.said()) == 4
    assert talk.content(talk.look().current_manifest_hash) == ZERO
    go_back(talk, message_id="u1", files=False)
    assert talk.said() == []
    assert talk.content(talk.look().current_manifest_hash) == ZERO


def test_undoing_brings_both_back(talk: Talk) -> None:
    done = go_back(talk, message_id="u1")
    back = undo(talk, done.rewind_id)
    assert talk.said() == ["prompt 1", "answer 1", "prompt 2", "answer 2"]
    assert talk.content(talk.look().current_manifest_hash) == TWO
    assert (back.tree, back.safety_snapshot_id) == (talk.trees[2], None)
    with pytest.raises(CannotUndo):
        undo(talk, done.rewind_id)


def test_undoing_keeps_what_was_edited_since(talk: Talk) -> None:
    done = go_back(talk, message_id="u1")
    edited = talk.shelf.put_tree({"mine": b"since\n"})
    talk.show(edited)
    back = undo(talk, done.rewind_id)
    with talk.db.read() as tx:
        assert snapshots.get_snapshot(tx, talk.caller, back.safety_snapshot_id or "").manifest_hash == edited


def test_rewinds_are_undone_last_first_and_never_over_a_later_turn(talk: Talk) -> None:
    first = go_back(talk, message_id="u2")
    second = go_back(talk, message_id="u1")
    with pytest.raises(CannotUndo):
        undo(talk, first.rewind_id)
    undo(talk, second.rewind_id)
    assert talk.said() == ["prompt 1", "answer 1"]
    with talk.db.write() as tx:
        store.update(tx, talk.id, {"next_position": 7})
    with pytest.raises(CannotUndo):
        undo(talk, first.rewind_id)
    with pytest.raises(UnknownRewind):
        undo(talk, "nothing")


def test_nobody_goes_back_while_a_turn_runs(talk: Talk) -> None:
    with talk.db.write() as tx:
        store.insert_message(tx, Message("a3", talk.id, 6, "assistant", "", "running", tx.now()))
    with pytest.raises(TurnRunning):
        go_back(talk, message_id="u1")


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({}, Invalid),
        ({"message_id": "u1", "checkpoint_id": "x"}, Invalid),
        ({"message_id": "a1"}, Invalid),
        ({"message_id": "nothing"}, UnknownMessage),
        ({"checkpoint_id": "nothing"}, UnknownCheckpoint),
    ],
)
def test_a_moment_has_to_be_there(talk: Talk, wanted: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        go_back(talk, **wanted)


def test_a_fork_goes_on_from_a_moment_in_a_workspace_of_its_own(talk: Talk) -> None:
    with talk.db.write() as tx:
        wanted = Wanted(checkpoint_id=talk.checkpoints[0])
        made = rewinds.fork(tx, talk.streams, talk.caller, talk.id, wanted, new_workspace=True)
    assert talk.said(made.conversation.id) == ["prompt 1", "answer 1"]
    assert (made.workspace.name, made.conversation.title) == ("main fork", "talk")
    assert talk.content(made.workspace.current_manifest_hash) == ONE
    assert made.conversation.next_position == 3
    with talk.db.read() as tx:
        told = conversations.all_parts(tx, talk.streams, talk.caller, made.conversation.id)
    assert [parts.parts[0]["id"] for parts in told.values()] == ["p1"]
    go_back(talk, message_id="u1")
    assert len(talk.said(made.conversation.id)) == 2
    assert talk.look().current_manifest_hash == talk.trees[0]


def test_a_fork_can_stay_in_its_workspace(talk: Talk) -> None:
    with talk.db.write() as tx:
        made = rewinds.fork(
            tx, talk.streams, talk.caller, talk.id, Wanted(message_id="u2"), new_workspace=False, title="other"
        )
    assert (made.workspace.id, made.conversation.title) == (talk.main.id, "other")
    assert talk.look().current_manifest_hash == talk.trees[2]


def test_trees_of_checkpoints_are_kept_for_thirty_days(talk: Talk) -> None:
    with talk.db.read() as tx:
        kept = {name for one in ROOTS if one.maybe for name in one.maybe(tx, talk.shelf.user)}
    assert set(talk.trees) <= kept
    talk.shelf.clock.advance(30 * 24 * 3600)
    with talk.db.write() as tx:
        assert checkpoints.purge(tx) == 0
    talk.shelf.clock.advance(1)
    with talk.db.write() as tx:
        assert checkpoints.purge(tx) == 3
