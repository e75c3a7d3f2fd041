"""Each tool call of a turn leaves a tree, and one can go back to any of them (beyond 2)."""

from typing import Any

from asterism.kernel.agents import Write
from tests.support.sockets import Stream
from tests.support.trees import ok, push
from tests.support.turns import Person, Scripts


def tree_of(person: Person, manifest: str) -> dict[str, Any]:
    found = person.client.get(f"/v1/blobs/manifests/{manifest}")
    assert found.status_code == 200, found.text
    return {entry["path"]: entry["hash"] for entry in found.json()["files"]}


def test_each_call_leaves_a_tree_that_one_can_go_back_to(person: Person, scripts: Scripts) -> None:
    push(person.client, person.project, person.workspace, {"a.txt": b"one\n"})
    scripts["Write twice"] = ("I ", Write("a.txt", "two\n"), Write("b.txt", "new\n"), "did.")
    with Stream(person.client, person.conversation) as stream:
        person.send("Write twice")
        frames = stream.until("timeline_summary")
    told = [one["item"] for one in frames if one["type"] == "checkpoint"]
    start, first, second = ok(person.client.get(f"/v1/conversations/{person.conversation}/checkpoints"))["checkpoints"]
    assert [one["id"] for one in told] == [start["id"], first["id"], second["id"]]
    assert (start["call_id"], start["tool"], start["previous_tree"]) == (None, None, None)
    assert (first["tool"], second["tool"]) == ("write", "write")
    assert first["call_id"] != second["call_id"]
    assert (first["previous_tree"], second["previous_tree"]) == (start["tree"], first["tree"])
    assert [file["path"] for file in first["files"]] == ["a.txt"]
    assert second["files"] == [{"path": "b.txt", "change": "added", "additions": 1, "deletions": 0}]
    assert second["tree"] == person.messages()[1]["manifestHash"]

    back = {"checkpoint_id": first["id"], "messages": False}
    rewound = ok(person.client.post(f"/v1/conversations/{person.conversation}/rewind", json=back))
    assert rewound["tree"] == first["tree"]
    assert tree_of(person, rewound["tree"]).keys() == {"a.txt"}
    workspace = ok(person.client.get(f"/v1/workspaces/{person.workspace}"))["workspace"]
    assert workspace["current_manifest_hash"] == first["tree"]

    path = f"/v1/conversations/{person.conversation}/rewind"
    cut = ok(person.client.post(path, json={"checkpoint_id": first["id"]}))
    assert (cut["hidden_messages"], cut["hidden_parts"]) == (0, 2)
    shown = person.messages()[1]
    assert (shown["content"], shown["cutAfter"], shown["filesChanged"]) == ("I ", first["call_id"], ["a.txt"])
    ok(person.client.post(f"{path}/undo", json={"rewind_id": cut["rewind_id"]}))
    assert person.messages()[1]["content"] == "I did."


def test_a_turn_that_changes_nothing_leaves_its_start_alone_and_only_once(person: Person, scripts: Scripts) -> None:
    push(person.client, person.project, person.workspace, {"a.txt": b"one\n"})
    scripts["Only talk"] = ("Fine.",)
    for _ in range(2):
        with Stream(person.client, person.conversation) as stream:
            person.send("Only talk")
            stream.until("message_complete")
    (only,) = ok(person.client.get(f"/v1/conversations/{person.conversation}/checkpoints"))["checkpoints"]
    assert (only["call_id"], only["files"]) == (None, [])
