"""A manifest that is stored by what differs from a stored one is the one that would have been sent whole."""

from typing import Any

import httpx
import msgspec
import pytest

from asterism.vcs import manifest
from asterism.vcs.manifest import Entry
from tests.support.trees import entries_of, error, field_error, name_of, ok, put_manifest, put_tree

TREE = {f"d{n % 7}/f{n}": b"%d" % n for n in range(40)}
NEW = entries_of({"d1/new": b"1", "d1/f1": b"other", "zz": b""})


def edit(client: httpx.Client, base: str, changed: list[Entry], *removed: str) -> httpx.Response:
    rows = [msgspec.to_builtins(entry) for entry in changed]
    return client.post("/v1/manifests/delta", json={"base_hash": base, "changed": rows, "removed": list(removed)})


def test_the_result_is_stored_as_if_it_had_been_sent_whole(alice: httpx.Client) -> None:
    base = put_tree(alice, TREE)
    kept = {path: content for path, content in TREE.items() if path not in ("d1/f1", "d2/f2")}
    text = manifest.encode([*entries_of(kept), *NEW])
    made = edit(alice, base, NEW, "d2/f2", "not/there")
    assert ok(made, 201) == {"hash": name_of(text), "created": True}
    assert alice.get(f"/v1/blobs/manifests/{name_of(text)}").content == text
    assert ok(edit(alice, base, NEW, "d2/f2")) == {"hash": name_of(text), "created": False}
    assert ok(edit(alice, base, [])) == {"hash": base, "created": False}


def test_a_base_of_another_layout_is_read_and_written_anew(alice: httpx.Client) -> None:
    text = msgspec.json.encode({"files": [msgspec.to_builtins(entry) for entry in reversed(entries_of(TREE))]})
    ok(alice.put(f"/v1/blobs/manifests/{name_of(text)}", content=text), 201)
    whole = manifest.encode([*entries_of(TREE), Entry(type="dir", path="e", mode=0o755)])
    made = edit(alice, name_of(text), [Entry(type="dir", path="e", mode=0o755)])
    assert ok(made, 201)["hash"] == name_of(whole)


def test_a_base_that_is_unknown_or_foreign_is_not_there(alice: httpx.Client, bob: httpx.Client) -> None:
    base = put_tree(alice, TREE)
    for name in (base, name_of(b"nowhere"), "no hash"):
        error(edit(bob, name, NEW), 404, "NOT_FOUND")


@pytest.mark.parametrize(("changed", "removed"), [
    ([Entry(type="file", path="../x", hash=name_of(b""))], []),
    ([Entry(type="file", path="x", hash="short")], []),
    ([Entry(type="file", path="d1/f1/below", hash=name_of(b""))], []),
    ([Entry(type="file", path="d1", hash=name_of(b""))], []),
    ([Entry(type="file", path="x", hash=name_of(b"")), Entry(type="dir", path="x", mode=0o755)], []),
])  # fmt: skip
def test_what_no_manifest_may_hold_is_refused(alice: httpx.Client, changed: list[Entry], removed: list[str]) -> None:
    error(edit(alice, put_tree(alice, TREE), changed, *removed), 422, "MANIFEST_INVALID")


def test_a_path_is_named_once(alice: httpx.Client) -> None:
    base = put_tree(alice, TREE)
    for removed in (["d1/f1"], ["x", "x"]):
        field_error(edit(alice, base, NEW, *removed), "removed")


@pytest.mark.parametrize("member", ["changed", "removed"])
def test_two_thousand_changes_are_taken(alice: httpx.Client, member: str) -> None:
    base = put_manifest(alice, [])

    def send(count: int) -> httpx.Response:
        paths = [f"p{n}" for n in range(count)]
        rows: list[Any] = [{"type": "symlink", "path": path, "target": "x"} for path in paths]
        return alice.post(
            "/v1/manifests/delta", json={"base_hash": base, member: rows if member == "changed" else paths}
        )

    assert send(2_000).status_code in (200, 201)
    field_error(send(2_001), member)
