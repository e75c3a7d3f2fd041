"""Names of workspaces and tags as references, and commits as text, apart from any repository."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.client.gitbridge.commits import Origin, decode, parse_commit, read_origin
from asterism.client.gitbridge.notes import MOST, Notes
from asterism.client.gitbridge.refs import RefNames
from asterism.client.gitbridge.trees import parse_tree
from tests.support.raw_git import run_git

names = st.text(st.characters(blacklist_categories=["Cs"]) | st.sampled_from("/.@{-~ \\"), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(names | st.sampled_from(["a", "a/b", "a/b/c", "x.lock.lock", "n" * 255, "日" * 255]), max_size=8))
def test_any_names_stand_side_by_side(tmp_path_factory: pytest.TempPathFactory, wanted: list[str]) -> None:
    folder = tmp_path_factory.mktemp("r")
    run_git(folder, "init", "-q", "--bare")
    commit = _empty_commit(folder)
    notes = Notes()
    given_out = RefNames("refs/heads/", notes, ["refs/heads/main"])
    refs = [given_out.give("workspace", name) for name in wanted]
    assert len(set(refs)) == len(refs)
    for ref in ["refs/heads/main", *refs]:
        run_git(folder, "update-ref", ref, commit)
    renamed = {(name, ref) for name, ref in zip(wanted, refs, strict=True) if ref != f"refs/heads/{name}"}
    assert len(list(notes)) == len(renamed)


def _empty_commit(folder: Path) -> str:
    tree = run_git(folder, "hash-object", "-t", "tree", "-w", "/dev/null").strip()
    who = ("-c", "user.name=a", "-c", "user.email=b")
    return run_git(folder, *who, "commit-tree", tree, "-m", "x").strip()


def test_names_that_git_takes_stay() -> None:
    notes = Notes()
    given_out = RefNames("refs/tags/", notes)
    for name in ("v1.0", "release/2", "ünï/code", "a-b_c@d", "@"):
        assert given_out.give("tag", name) == f"refs/tags/{name}"
    assert list(notes) == []


@pytest.mark.parametrize("name", ["-x", "--", "-", "HEAD", "@", "~x", "-/-a", "..-d", " .~", "~.a"])
def test_branches_have_names_that_the_commands_of_git_take(tmp_path: Path, name: str) -> None:
    notes = Notes()
    ref = RefNames("refs/heads/", notes).give("workspace", name)
    assert run_git(tmp_path, "check-ref-format", "--branch", ref.removeprefix("refs/heads/"))
    assert len(list(notes)) == 1


lines = st.text(max_size=40)


@given(lines, lines)
def test_an_origin_says_only_lines_that_git_takes(author: str, committer: str) -> None:
    found = read_origin(f"author {author}\ncommitter {committer}\nend none\n")
    for line in (found.author, found.committer):
        assert line is None or ("\n" not in line and line.count("<") == line.count(">") == 1)


def test_an_origin_is_read_as_it_was_written() -> None:
    raw = b"tree %s\nauthor Z <z> 1 +0530\ncommitter C <c> 2 -0100\n\nm" % (b"1" * 40)
    commit = parse_commit("0" * 40, raw)
    assert commit is not None
    assert read_origin(commit.origin) == Origin("Z <z> 1 +0530", "C <c> 2 -0100", ends=False)
    assert read_origin(None) == Origin()


@given(st.binary(max_size=80))
def test_any_bytes_are_a_commit_or_none(data: bytes) -> None:
    commit = parse_commit("0" * 40, b"tree " + b"1" * 40 + b"\n" + data)
    assert commit is None or (commit.created_at.endswith("Z") and commit.summary.encode() is not None)


@given(
    st.binary(max_size=60), st.sampled_from(["utf-8", "latin-1", "utf-7", "utf-16", "rot13", "idna", "nope", "", "\0"])
)
def test_any_text_is_read_in_any_encoding(raw: bytes, encoding: str) -> None:
    text = decode(raw, encoding)
    assert "\0" not in text
    assert isinstance(text.encode(), bytes)


@given(st.binary(max_size=120))
def test_any_bytes_are_rows_of_a_tree_as_far_as_they_go(data: bytes) -> None:
    assert all(len(oid) == 40 for _, _, oid in parse_tree(data, 20))


def test_notes_are_told_once_and_counted_beyond_the_limit() -> None:
    notes = Notes()
    for number in range(MOST + 3):
        notes.add(f"n{number}")
        notes.add("n0")
    assert len(list(notes)) == MOST + 1
    assert list(notes)[-1].startswith("3 more")
