"""Manifests: golden bytes of the canonical form, both dialects, and every rule of validity."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs import manifest, rules
from asterism.vcs.manifest import Entry, InvalidJson, ManifestInvalid, TooManyEntries


def file(path: str, content: bytes = b"", mode: int = 0o644) -> Entry:
    return Entry(type="file", path=path, hash=hashlib.sha256(content).hexdigest(), size=len(content), mode=mode)


DEMO = [
    Entry(type="symlink", path="run", target="bin/run.sh"),
    file("README.md", b"# Demo\n"),
    Entry(type="dir", path="docs", mode=0o755),
    file("docs/über.md", "héllo\n".encode()),
    file("docs/r&d <v1>.md", b"a&b\n"),
    file("bin/run.sh", b"#!/bin/sh\necho hi\n", 0o755),
    Entry(type="dir", path="bin", mode=0o755),
    file(".keep"),
]


def test_the_worked_example_is_written_byte_for_byte() -> None:
    data = manifest.encode(DEMO)
    assert len(data) == 1174
    assert hashlib.sha256(data).hexdigest() == "d73b8b79ba2441dad8be47cc2ea6d9de2ebccf0accfd3ee522f287b4bda68b58"
    assert manifest.read(data) == manifest.canonical(DEMO)


def test_the_empty_manifest_is_35_bytes() -> None:
    assert len(manifest.EMPTY) == 35
    assert manifest.EMPTY_MANIFEST_HASH == "ae430cc749b673d2f62795880ca53904a19351c271068b31fece8428431b918f"
    assert manifest.read(manifest.EMPTY) == []


def test_untyped_and_mixed_entries_are_read_in_any_key_order_and_indentation() -> None:
    typed = file("a.txt", b"x")
    text = json.dumps(
        {
            "files": [
                {"mode": 420, "size": 1, "hash": typed.hash, "path": "a.txt", "mod_time": 1},
                {"path": "d", "type": "dir", "mode": 493},
            ],
            "version": 1,
        }
    )
    assert manifest.read(text.encode()) == [typed, Entry(type="dir", path="d", mode=493)]
    assert manifest.read(b'{"files":[]}') == []


def go_text(value: str) -> str:
    """Write a string as Fastest 7.4 rule 5 says, character by character."""
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    out = ""
    for c in value:
        if c in short:
            out += short[c]
        elif ord(c) < 0x20 or c in "<>&\u2028\u2029":
            out += f"\\u{ord(c):04x}"
        else:
            out += c
    return f'"{out}"'


def reference(entries: list[Entry]) -> str:
    blocks = []
    for e in sorted(entries, key=lambda e: (e.path.encode(), e.type)):
        lines = [f'      "type": "{e.type}"', f'      "path": {go_text(e.path)}']
        lines += [f'      "hash": "{e.hash}"'] if e.type == "file" else []
        lines += [f'      "size": {e.size}'] if e.type == "file" and e.size else []
        lines += [f'      "mode": {e.mode}'] if e.type != "symlink" and e.mode else []
        lines += [f'      "target": {go_text(e.target)}'] if e.type == "symlink" else []
        blocks.append("    {\n" + ",\n".join(lines) + "\n    }")
    files = "[\n" + ",\n".join(blocks) + "\n  ]" if blocks else "[]"
    return f'{{\n  "version": "1",\n  "files": {files}\n}}'


names = st.text(st.characters(exclude_characters="/\0\\:", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: not any(rules.path_reasons(name))
)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@st.composite
def trees(draw: st.DrawFn) -> list[Entry]:
    chosen: dict[str, Entry] = {}
    for path in draw(st.lists(paths, max_size=12, unique=True)):
        kind = draw(st.sampled_from(["file", "file", "dir", "symlink"]))
        if kind == "file":
            entry = file(path, draw(st.binary(max_size=8)), draw(st.sampled_from([0, 0o644, 0o755, 0o7777])))
        elif kind == "dir":
            entry = Entry(type="dir", path=path, mode=draw(st.sampled_from([0, 0o755])))
        else:
            entry = Entry(type="symlink", path=path, target=draw(names))
        chosen[path] = entry
    folders = rules.folders_of(list(chosen))
    return [e for e in chosen.values() if e.type == "dir" or e.path not in folders]


@given(trees())
def test_the_canonical_form_is_the_reference_and_reads_back(tree: list[Entry]) -> None:
    data = manifest.encode(tree)
    assert data.decode() == reference(tree)
    assert manifest.read(data) == manifest.canonical(tree)
    assert manifest.encode(reversed(tree)) == data


HASH = "a" * 64
GOOD = {"type": "file", "path": "ok", "hash": HASH, "size": 1, "mode": 420}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"path": "../x"}, "path_segment"),
    ({"path": "/x"}, "path_absolute"),
    ({"path": "a//b"}, "path_segment"),
    ({"path": "a/./b"}, "path_segment"),
    ({"path": "a/"}, "path_segment"),
    ({"path": "."}, "path_segment"),
    ({"path": ".."}, "path_segment"),
    ({"path": "..\\x"}, "path_backslash"),
    ({"path": "\\x"}, "path_backslash"),
    ({"path": "C:/x"}, "path_absolute"),
    ({"path": "c:\\x"}, "path_absolute"),
    ({"path": "a\0b"}, "path_absolute"),
    ({"path": ""}, "path_length"),
    ({"path": "x/" * 600 + "x"}, "path_length"),
    ({"path": "a/" * 64 + "b"}, "path_segment"),
    ({"path": "n" * 256}, "path_segment"),
    ({"path": "é" * 128}, "path_segment"),
    ({"path": "x\ud800"}, "path_encoding"),
    ({"path": 7}, "shape"),
    ({"path": None}, "shape"),
    ({"hash": HASH.upper()}, "hash"),
    ({"hash": HASH[1:]}, "hash"),
    ({"hash": HASH + "\n"}, "hash"),
    ({"hash": None}, "hash"),
    ({"size": -1}, "size"),
    ({"size": "1"}, "size"),
    ({"size": True}, "size"),
    ({"size": 1.5}, "size"),
    ({"mode": 4096}, "mode"),
    ({"mode": -1}, "mode"),
    ({"type": "socket"}, "type"),
    ({"type": 3}, "shape"),
    ({"type": "symlink", "target": ""}, "target"),
    ({"type": "symlink"}, "target"),
    ({"type": "symlink", "target": "t" * 4097}, "target"),
    ({"type": "symlink", "target": "a\0"}, "target"),
]


def problems_of(document: Any) -> list[dict[str, Any]]:
    with pytest.raises(ManifestInvalid) as caught:
        manifest.read(json.dumps(document).encode())
    assert caught.value.details is not None
    json.dumps(caught.value.details, ensure_ascii=False).encode()
    return list(caught.value.details["problems"])


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_every_rule_names_its_reason(change: dict[str, Any], reason: str) -> None:
    found = problems_of({"version": "1", "files": [GOOD, {**GOOD, "path": "other", **change}]})
    assert [(p["index"], p["reason"]) for p in found] == [(1, reason)]


@pytest.mark.parametrize(
    "document",
    [[], "x", {}, {"files": {}}, {"files": [], "version": 2}, {"files": [], "version": True}, {"version": "1"}],
)
def test_a_document_of_another_shape_is_refused(document: Any) -> None:
    assert problems_of(document) == [{"index": None, "reason": "shape"}]


def test_duplicates_and_files_used_as_folders_are_refused() -> None:
    assert problems_of({"files": [GOOD, GOOD]}) == [{"index": 1, "path": "ok", "reason": "duplicate"}]
    below = {**GOOD, "path": "ok/deep/below"}
    assert problems_of({"files": [below, GOOD]}) == [{"index": 1, "path": "ok", "reason": "not_a_directory"}]
    link = {"type": "symlink", "path": "ok/deep", "target": "x"}
    assert problems_of({"files": [below, link]}) == [{"index": 1, "path": "ok/deep", "reason": "not_a_directory"}]


def test_at_most_twenty_problems_are_listed() -> None:
    assert len(problems_of({"files": [{"path": "/x"}] * 50})) == 20


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"files":[NaN]}', b"[" * 100_000])
def test_what_is_not_json_is_told_apart(data: bytes) -> None:
    with pytest.raises(InvalidJson):
        manifest.read(data)


def test_odd_but_valid_names_pass() -> None:
    odd = ["a..b", "...", "a\\b", " ", "-", "\n", "é" * 127, "x/" * 63 + "x", "nul", "A", "a", "\u202e"]
    tree = [file(path) for path in odd]
    assert manifest.read(manifest.encode(tree)) == manifest.canonical(tree)


def test_more_entries_than_allowed_are_too_large() -> None:
    entry = json.dumps(GOOD)
    body = ",".join(entry.replace('"ok"', f'"{i}"') for i in range(manifest.MAX_ENTRIES + 1))
    with pytest.raises(TooManyEntries):
        manifest.read(f'{{"files":[{body}]}}'.encode())


loose_paths = st.text(st.sampled_from("a./\\:C\0é"), max_size=9)
loose = st.fixed_dictionaries(
    {"path": loose_paths},
    optional={
        "type": st.sampled_from(["file", "dir", "symlink"]),
        "hash": st.sampled_from([HASH, "A" * 64, "b"]),
        "size": st.sampled_from([-1, 0, 5]),
        "mode": st.sampled_from([-1, 0, 420, 4095, 4096]),
        "target": st.sampled_from(["", "t", "\0"]),
    },
)


@given(st.lists(loose, max_size=6))
def test_the_fast_look_agrees_with_the_slow_one(entries: list[dict[str, Any]]) -> None:
    data = json.dumps({"files": entries}).encode()
    slow = rules.check_document({"files": entries})
    if slow:
        assert problems_of({"files": entries}) == slow
    else:
        assert len(manifest.read(data)) == len(entries)
