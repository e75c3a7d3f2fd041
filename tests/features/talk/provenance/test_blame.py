"""From a line to the snapshot, the turn and the prompt that brought it (beyond 12)."""

import pytest

from asterism.base.errors import Invalid
from asterism.features.talk import provenance
from asterism.features.talk.conversations import store
from asterism.features.talk.provenance import Line, Origin
from asterism.features.versions import workspaces
from asterism.features.versions.snapshots import NewSnapshot, UnknownSnapshot
from asterism.features.versions.storage import UnknownPath
from tests.features.talk.rewinds.conftest import Talk
from tests.support.trees import Tree, entries_of


def push(talk: Talk, tree: Tree, *parents: str) -> str:
    manifest_hash = talk.shelf.put_tree(tree)
    talk.shelf.clock.advance(60)
    with talk.db.write() as tx:
        new = NewSnapshot(manifest_hash, parents=parents, author_name="Ann")
        return workspaces.push_snapshot(tx, talk.caller, talk.project.id, new, talk.main.id).snapshot.id


def ask(talk: Talk, snapshot: str, path: str, **span: int) -> list[Line]:
    with talk.db.read() as tx:
        return provenance.blame_file(tx, talk.shelf.blobs, talk.caller, snapshot, path, **span)


def test_lines_lead_through_snapshots_and_a_rename(talk: Talk) -> None:
    text = b"".join(b"line %d\n" % number for number in range(8))
    first = push(talk, {"old.py": text})
    second = push(talk, {"new.py": text.replace(b"line 3", b"LINE 3")}, first)
    found = ask(talk, second, "new.py")
    assert [one.snapshot_id for one in found] == [first] * 3 + [second] + [first] * 4
    assert (found[0].path, found[3].path, found[3].text, found[3].author_name) == ("old.py", "new.py", "LINE 3", "Ann")
    assert [one.number for one in ask(talk, second, "new.py", first=3, last=4)] == [3, 4]


def test_a_line_that_a_turn_brought_names_turn_and_prompt(talk: Talk) -> None:
    first = push(talk, {"a": b"by hand\n"})
    steps: list[Tree] = [{"a": b"by hand\n"}, {"a": b"by hand\nby one\n"}, {"a": b"by hand\nby one\nby two\n"}]
    trees = [talk.shelf.put_tree(tree) for tree in steps]
    for number in (1, 2):
        talk.shelf.clock.advance(60)
        with talk.db.write() as tx:
            store.update_message(tx, f"a{number}", {"workspace_id": talk.main.id, "completed_at": tx.now()})
            talk.changed(tx, f"a{number}", trees[number - 1], trees[number])
    shown = provenance.ShownFile(talk.project.id, talk.main.id, trees[2], "a")
    with talk.db.read() as tx:
        unsaved = provenance.origins_of(tx, talk.shelf.blobs, shown, [1, 2, 3])
    assert unsaved == {1: Origin(first, None, None), 2: Origin(None, talk.id, "a1"), 3: Origin(None, talk.id, "a2")}
    last = push(talk, {"a": b"by hand\nby one\nby two\nby hand too\n"}, first)
    found = ask(talk, last, "a")
    assert [one.snapshot_id for one in found] == [first, last, last, last]
    assert [one.turn.message_id if one.turn else None for one in found] == [None, "a1", "a2", None]
    turn = found[2].turn
    assert turn is not None
    assert (turn.prompt, turn.conversation_id) == ("prompt 2", talk.id)


def test_what_is_no_text_or_not_there_is_refused(talk: Talk) -> None:
    made = push(talk, {"bin": b"\0\1", "d/x": b"x\n", "empty": b""})
    with pytest.raises(Invalid):
        ask(talk, made, "bin")
    for path in ("d", "nothing", "d/x/y"):
        with pytest.raises(UnknownPath):
            ask(talk, made, path)
    with pytest.raises(UnknownSnapshot):
        ask(talk, "nothing", "d/x")
    assert ask(talk, made, "empty") == []


def test_contents_that_are_lost_end_the_way_back(talk: Talk) -> None:
    lost = talk.shelf.put_entries(entries_of({"a": b"lost\n"}))
    with talk.db.write() as tx:
        first = workspaces.push_snapshot(tx, talk.caller, talk.project.id, NewSnapshot(lost), talk.main.id).snapshot.id
    second = push(talk, {"a": b"lost\nnew\n"}, first)
    assert [one.snapshot_id for one in ask(talk, second, "a")] == [second, second]
