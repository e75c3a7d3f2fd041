"""Who may push onto what: nothing that others pushed is ever replaced without a word."""

from typing import Any

import httpx
import pytest

from asterism.base.errors import DomainError, Invalid, NotFound
from asterism.client.bind import BoundAlready, bind, find_place
from asterism.client.push import HeadMoved
from asterism.client.servers import BoundElsewhere, same_server
from asterism.client.workcopy.state import State
from tests.client.fake_server import FakeServer
from tests.client.test_round_trip import cloned, pushed
from tests.client.test_update import pulled, restored
from tests.client.trees import build, describe


@pytest.fixture
def pair(tmp_path):
    """A server, and two working copies of one project at its first snapshot."""
    server = FakeServer()
    build(tmp_path / "one", {"a": ("file", b"1\n", 0o644), "b": ("file", b"1\n", 0o644)})
    pushed(server, tmp_path / "one", project="p")
    cloned(server, "p", tmp_path / "two")
    return server, tmp_path / "one", tmp_path / "two"


def head(server: FakeServer) -> str:
    [workspace] = server.workspaces.values()
    return workspace["current_snapshot_id"]


def first(server: FakeServer) -> str:
    return next(iter(server.snapshots))


def test_a_push_after_others_is_refused_before_anything_is_sent(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    theirs = pushed(server, one)
    (two / "b").write_bytes(b"3\n")
    server.calls.clear()
    with pytest.raises(HeadMoved) as refused:
        pushed(server, two)
    assert "asterism pull" in refused.value.hint
    assert refused.value.details == {"head": theirs.snapshot.id, "base": first(server)}
    assert all(method == "GET" for method, _ in server.calls)
    assert head(server) == theirs.snapshot.id
    assert (two / "b").read_bytes() == b"3\n"
    pulled(server, two)
    done = pushed(server, two)
    assert done.snapshot.parent_snapshot_ids == [theirs.snapshot.id]
    cloned(server, "p", two.parent / "three")
    assert describe(two.parent / "three")["a"][2] == b"2\n"


def test_an_unchanged_folder_that_is_behind_is_refused_too(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    pushed(server, one)
    with pytest.raises(HeadMoved):
        pushed(server, two)
    with pytest.raises(HeadMoved):
        pushed(server, two, message="again")


def test_a_forced_push_follows_its_own_base(pair):
    server, one, two = pair
    base = head(server)
    (one / "a").write_bytes(b"2\n")
    theirs = pushed(server, one)
    (two / "b").write_bytes(b"3\n")
    done = pushed(server, two, force=True)
    assert done.snapshot.parent_snapshot_ids == [base]
    assert done.overtook == theirs.snapshot.id
    assert head(server) == done.snapshot.id


def test_two_pushes_at_one_moment_do_not_replace_each_other(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    (two / "b").write_bytes(b"3\n")
    answer = server._put_manifests

    def overtaken(request, parts):
        server._put_manifests = answer
        pushed(server, one)
        return answer(request, parts)

    server._put_manifests = overtaken
    for force in (False, True):  # even --force replaces only what was there when it began
        with pytest.raises(HeadMoved):
            pushed(server, two, force=force)
        server._put_manifests = overtaken
        (one / "a").write_bytes(b"4\n")
    server._put_manifests = answer


def test_the_same_edits_made_twice_are_one_snapshot(pair):
    server, one, two = pair
    for folder in (one, two):
        (folder / "a").write_bytes(b"2\n")
    theirs = pushed(server, one)
    again = pushed(server, two)
    assert (again.created, again.snapshot.id) == (False, theirs.snapshot.id)
    (two / "b").write_bytes(b"3\n")
    assert pushed(server, two).snapshot.parent_snapshot_ids == [theirs.snapshot.id]


def test_another_spelling_of_the_tree_is_no_new_snapshot(pair):
    server, one, _ = pair
    (one / "a").chmod(0o600)
    assert not pushed(server, one).created
    (one / "empty").mkdir()
    assert pushed(server, one).created


def test_a_clone_of_an_old_snapshot_knows_its_base(pair, tmp_path):
    server, one, _ = pair
    old = head(server)
    (one / "a").write_bytes(b"2\n")
    pushed(server, one)
    cloned(server, "p", tmp_path / "old", snapshot=old[:8])
    (tmp_path / "old" / "b").write_bytes(b"3\n")
    with pytest.raises(HeadMoved):
        pushed(server, tmp_path / "old")
    assert pushed(server, tmp_path / "old", force=True).snapshot.parent_snapshot_ids == [old]


def test_a_clone_of_another_workspaces_head_is_bound_to_that_workspace(pair, tmp_path):
    server, _, two = pair
    api = server.api()
    [main] = server.workspaces.values()
    side = api.create_workspace(main["project_id"], "side")
    state = State(str(two))
    binding = state.binding()
    binding.workspace_id, binding.workspace_name = side.id, side.name
    state.save(binding)
    (two / "b").write_bytes(b"3\n")
    there = pushed(server, two)
    before = main["current_snapshot_id"]
    for number, words in enumerate([("p", there.snapshot.id), ("p:side", None), ("p", "side"), (f"p:{side.id}", None)]):
        copy = tmp_path / f"copy{number}"
        assert cloned(server, words[0], copy, snapshot=words[1]).workspace.id == side.id
        (copy / "a").write_bytes(b"%d" % number)
        if number:
            pulled(server, copy)
        done = pushed(server, copy, message="from a clone")
        assert done.workspace.id == side.id
    assert main["current_snapshot_id"] == before
    with pytest.raises(DomainError, match="no workspace 'nope'"):
        cloned(server, "p:nope", tmp_path / "nope")


def test_restore_then_push_wants_force(pair):
    server, one, _ = pair
    old = first(server)
    (one / "a").write_bytes(b"2\n")
    pushed(server, one)
    restored(server, one, server.api().snapshot(old))
    with pytest.raises(HeadMoved):
        pushed(server, one)
    third = pushed(server, one, force=True)
    assert third.created
    assert third.snapshot.parent_snapshot_ids == [old]


def test_edits_can_be_kept_beside_the_workspace(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    theirs = pushed(server, one)
    (two / "b").write_bytes(b"3\n")
    kept = pushed(server, two, note="kept", aside=True)
    assert kept.created
    assert kept.snapshot.workspace_id is None
    assert head(server) == theirs.snapshot.id
    assert State(str(two)).binding().base.snapshot_id == first(server)
    (two / "b").write_bytes(b"1\n")
    assert not pushed(server, two, note="kept", aside=True).created


def test_a_failed_push_makes_no_project(tmp_path):
    server = FakeServer()
    build(tmp_path / "new", {"a": ("file", b"1", 0o644)})
    (tmp_path / "new" / ("x" * 200)).mkdir()
    deep = tmp_path / "new"
    for _ in range(66):
        deep = deep / "d"
    deep.mkdir(parents=True)
    with pytest.raises(DomainError):
        pushed(server, tmp_path / "new")
    assert server.projects == {}
    assert State(str(tmp_path / "new")).binding() is None


def test_a_folder_of_another_project_or_server_is_not_bound_anew_by_itself(pair, tmp_path):
    server, one, _ = pair
    with pytest.raises(BoundAlready):
        pushed(server, one, project="other")
    with pytest.raises(BoundAlready):
        bind(server.api(), str(one), "other")
    assert len(server.projects) == 1
    elsewhere = FakeServer("http://elsewhere:9")
    with pytest.raises(BoundElsewhere):
        pushed(elsewhere, one)
    with pytest.raises(BoundElsewhere):
        bind(elsewhere.api(), str(one), None)
    assert all(method == "GET" for method, _ in elsewhere.calls)
    moved = pushed(elsewhere, one, rebind=True)
    assert moved.created
    assert moved.snapshot.parent_snapshot_ids == []
    assert State(str(one)).binding().server == "http://elsewhere:9"


def test_a_folder_bound_anew_to_a_project_with_a_head_is_not_pushed_over_it(pair, tmp_path):
    server, _, _ = pair
    build(tmp_path / "new", {"a": ("file", b"mine\n", 0o644)})
    with pytest.raises(HeadMoved, match="based on no snapshot"):
        pushed(server, tmp_path / "new", project="p")
    bind(server.api(), str(tmp_path / "new"), "p")
    with pytest.raises(HeadMoved):
        pushed(server, tmp_path / "new")
    assert pushed(server, tmp_path / "new", force=True).snapshot.parent_snapshot_ids == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://127.0.0.1:3000", "http://localhost:3000/", True),
        ("http://A.example", "http://a.example:80", True),
        ("https://a.example", "https://a.example:443/", True),
        ("http://a.example", "https://a.example", False),
        ("http://a.example:1", "http://a.example:2", False),
        ("http://a.example/x", "http://a.example/y", False),
        ("http://a.example:port", "http://b.example:port", False),
    ],
)
def test_when_two_addresses_are_one_server(one, other, same):
    assert same_server(one, other) is same


def test_a_push_whose_answer_was_lost_is_known_to_be_ones_own(pair):
    server, one, _ = pair
    (one / "a").write_bytes(b"2\n")
    answer = server._post_projects_3_snapshots

    def lose(request, parts):
        answer(request, parts)
        raise OSError("the process dies here")

    server._post_projects_3_snapshots = lose
    with pytest.raises(OSError, match="dies"):
        pushed(server, one)
    server._post_projects_3_snapshots = answer
    lost = head(server)
    assert lost != first(server)
    (one / "a").write_bytes(b"3\n")
    assert pushed(server, one).snapshot.parent_snapshot_ids == [lost]


def test_a_push_that_never_arrived_leaves_no_trace(pair):
    server, one, _ = pair
    (one / "a").write_bytes(b"2\n")
    answer = server._post_projects_3_snapshots

    def never(request, parts):
        raise OSError("the process dies here")

    server._post_projects_3_snapshots = never
    with pytest.raises(OSError, match="dies"):
        pushed(server, one)
    server._post_projects_3_snapshots = answer
    (one / "a").write_bytes(b"3\n")
    assert pushed(server, one).snapshot.parent_snapshot_ids == [first(server)]


def test_a_batch_that_broke_goes_on_with_what_has_not_arrived(tmp_path):
    server = FakeServer()
    build(tmp_path / "new", {f"f{n}": ("file", b"%d" % n * 30_000, 0o644) for n in range(10)})
    answer = server._post_batch
    sent = []

    def torn(request, parts):
        body = request.read()
        sent.append(len(body))
        if len(sent) == 1:
            half = body[: len(body) // 2]
            answer(httpx.Request("POST", "http://fake/", content=whole_frames(half)), parts)
            raise httpx.ReadError("the connection breaks")
        return answer(request, parts)

    server._post_batch = torn
    assert pushed(server, tmp_path / "new").snapshot.complete
    assert len(sent) == 2
    assert sent[1] <= sent[0] - sent[0] // 2 + 31_000


@pytest.mark.parametrize(
    ("files", "size", "asked"), [(100, 10, False), (101, 10, True), (10, 26_214, False), (10, 26_215, True)]
)
def test_a_few_small_contents_are_sent_without_asking_first(tmp_path, files, size, asked):
    server = FakeServer()
    work = tmp_path / "new"
    build(work, {f"f{n:03d}": ("file", b"%03d" % n + bytes(size - 3), 0o644) for n in range(files)})
    assert pushed(server, work).sent_blobs == files
    assert (("POST", "/v1/blobs/batch-exists") in server.calls) is asked
    (work / "f001").rename(work / "g")
    (work / "h").write_bytes(b"new")
    again = pushed(server, work)
    assert (again.sent_blobs, again.sent_bytes) == (1, 3)


def whole_frames(body: bytes) -> bytes:
    """Return the frames of a torn batch that are complete."""
    end = 0
    while end + 40 <= len(body):
        after = end + 40 + int.from_bytes(body[end + 32 : end + 40], "big")
        if after > len(body):
            break
        end = after
    return body[:end]


def test_a_workspace_that_is_gone_is_named_with_a_way_on(pair):
    server, one, _ = pair
    old = server.api().snapshot(first(server))
    server.workspaces.clear()
    (one / "a").write_bytes(b"2\n")
    for attempt in (
        lambda: pushed(server, one),
        lambda: pulled(server, one),
        lambda: restored(server, one, old, note="x"),
    ):
        with pytest.raises(NotFound, match="'main' of 'p'") as refused:
            attempt()
        assert "workspace switch" in refused.value.hint


def test_an_empty_name_means_no_project_at_all() -> None:
    nobody: Any = None
    with pytest.raises(Invalid, match="name of the project is empty"):
        find_place(nobody, "/x", " ")


@pytest.mark.parametrize(("length", "taken"), [(2000, True), (2001, False)])
def test_a_message_has_2000_characters(pair, length, taken):
    server, one, _ = pair
    (one / "a").write_bytes(b"2\n")
    if taken:
        pushed(server, one, message="x" * length)
        assert server.snapshots[head(server)]["summary"] == "x" * length
    else:
        with pytest.raises(Invalid, match="longer than 2000"):
            pushed(server, one, message="x" * length)
