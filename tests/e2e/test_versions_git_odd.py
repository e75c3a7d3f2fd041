"""Odd repositories are imported and exported whole: what can be carried is, and what cannot is named."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from asterism.client.api import Api
from asterism.client.bind import find_place, make_place
from asterism.client.gitbridge import exports, imports
from asterism.client.http import Http
from asterism.client.progress import Silent
from asterism.client.projects import get_project
from asterism.vcs.manifest import EMPTY, EMPTY_MANIFEST_HASH
from asterism.vcs.rules import path_reasons
from tests.support.raw_git import ADA, FILE, FOLDER, LINK, PROGRAM, SUBMODULE, RawRepo, run_git

ONE = {b"a.txt": (FILE, b"a\n")}


@dataclass
class Bridge:
    """Imports and exports with one server, as one person."""

    api: Api
    tmp: Path

    def repo(self) -> RawRepo:
        return RawRepo(Path(tempfile.mkdtemp(dir=self.tmp)))

    def take(self, repo: RawRepo, project: str = "p") -> imports.Imported:
        return imports.import_git(self.api, str(repo.folder), project, Silent(), made_before=self.tmp / "imports.json")

    def give(self, project: str = "p") -> tuple[Path, list[str]]:
        out = Path(tempfile.mkdtemp(dir=self.tmp)) / "out"
        done = exports.export_git(self.api, get_project(self.api, project), str(out), Silent())
        assert run_git(out, "fsck", "--no-dangling") == ""
        return out, list(done.notes)

    def heads(self, project: str = "p") -> dict[str, str | None]:
        found = get_project(self.api, project)
        return {each.name: each.current_snapshot_id for each in self.api.workspaces(found.id)}

    def tags(self, project: str = "p") -> dict[str, str]:
        return {tag.name: tag.snapshot_id for tag in self.api.tags(get_project(self.api, project).id)}

    def workspace(self, name: str, project: str = "p") -> str:
        return next(w.id for w in self.api.workspaces(get_project(self.api, project).id) if w.name == name)


@pytest.fixture
def bridge(tmp_path: Path, signed_in: dict[str, str]) -> Iterator[Bridge]:
    with Http(signed_in["ASTERISM_URL"], signed_in["ASTERISM_TOKEN"]) as http:
        yield Bridge(Api(http), tmp_path)


def refs_of(folder: Path, prefix: str) -> dict[str, str]:
    lines = run_git(folder, "for-each-ref", "--format=%(objectname) %(refname)", prefix).splitlines()
    return {line.partition(" ")[2].removeprefix(prefix): line.partition(" ")[0] for line in lines}


def noted(notes: Any, *words: str) -> bool:
    return any(all(word in note for word in words) for note in notes)


# branches, tags and where they lead


def test_a_branch_called_main_that_is_not_head_keeps_its_history(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    two, three = repo.commit(ONE, [one], b"two\n"), repo.commit(ONE, [one], b"three\n")
    repo.ref(b"refs/heads/feature", two)
    repo.ref(b"refs/heads/main", three)
    repo.ref(b"refs/heads/same", two)
    repo.head(b"refs/heads/feature")
    done = bridge.take(repo)
    assert bridge.heads() == {"main": f"git-{two}", "main-2": f"git-{three}", "same": f"git-{two}"}
    assert noted(done.notes, "'main'", "'main-2'")
    out, _ = bridge.give()
    assert refs_of(out, "refs/heads/") == {"main": two, "main-2": three, "same": two}
    again = bridge.take(repo)
    assert (again.created, len(bridge.heads())) == (0, 3)


def test_a_mirror_whose_head_names_nothing(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    repo.ref(b"refs/heads/main", one)
    repo.head(b"refs/heads/master")
    done = bridge.take(repo)
    assert bridge.heads() == {"main": f"git-{one}"}
    assert noted(done.notes, "'master'", "does not exist")


def test_a_linked_work_tree_and_a_detached_head(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    two = repo.commit(ONE, [one], b"two\n")
    repo.ref(b"refs/heads/main", two)
    repo.ref(b"refs/heads/side", one)
    repo.git("worktree", "add", "-q", str(bridge.tmp / "linked"), "side")
    linked = RawRepo.__new__(RawRepo)
    linked.folder = bridge.tmp / "linked"
    bridge.take(linked, "linked")
    assert bridge.heads("linked") == {"main": f"git-{one}", "main-2": f"git-{two}"}
    repo.head(one.encode())
    bridge.take(repo, "detached")
    assert bridge.heads("detached") == {"main": f"git-{one}", "main-2": f"git-{two}", "side": f"git-{one}"}


def test_running_again_follows_what_moved(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    two = repo.commit(ONE, [one], b"two\n")
    for name in (b"refs/heads/main", b"refs/heads/dev", b"refs/tags/latest", b"refs/heads/gone"):
        repo.ref(name, two)
    bridge.take(repo)
    three = repo.commit(ONE, [two], b"three\n")
    repo.ref(b"refs/heads/dev", three)
    repo.ref(b"refs/tags/latest", three)
    repo.ref(b"refs/heads/main", one)
    os.unlink(repo.folder / ".git/refs/heads/gone")
    done = bridge.take(repo)
    assert bridge.heads() == {"main": f"git-{one}", "dev": f"git-{three}", "gone": f"git-{two}"}
    assert bridge.tags() == {"latest": f"git-{three}"}
    assert noted(done.notes, "'gone'", "stays")
    assert done.created == 1


def test_what_a_person_moved_meanwhile_stays(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    two = repo.commit(ONE, [one], b"two\n")
    repo.ref(b"refs/heads/main", two)
    repo.ref(b"refs/heads/dev", two)
    repo.ref(b"refs/tags/v", two)
    project = bridge.take(repo).project
    bridge.api.move_head(bridge.workspace("dev"), f"git-{one}")
    bridge.api.delete_tag(project.id, "v")
    bridge.api.create_tag(project.id, "v", f"git-{one}")
    for name in (b"refs/heads/main", b"refs/heads/dev", b"refs/tags/v"):
        repo.ref(name, repo.commit(ONE, [two], b"three\n"))
    done = bridge.take(repo)
    assert bridge.heads()["dev"] == f"git-{one}"
    assert bridge.tags() == {"v": f"git-{one}"}
    assert noted(done.notes, "workspace 'dev'", "stays")
    assert noted(done.notes, "tag 'v'", "stays")


def test_without_a_record_what_somebody_pushed_stays_and_the_rest_follows(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    repo.ref(b"refs/heads/main", one)
    repo.ref(b"refs/heads/dev", one)
    done = bridge.take(repo)
    manifest = bridge.api.snapshot(f"git-{one}", project_id=done.project.id).manifest_hash
    body = {"manifest_hash": manifest, "workspace_id": bridge.workspace("dev"), "parent_snapshot_ids": [f"git-{one}"]}
    pushed, _ = bridge.api.register_snapshot(done.project.id, body)
    two = repo.commit(ONE, [one], b"two\n")
    repo.ref(b"refs/heads/main", two)
    repo.ref(b"refs/heads/dev", two)
    (bridge.tmp / "imports.json").write_text("{damaged")
    done = bridge.take(repo)
    assert bridge.heads() == {"main": f"git-{two}", "dev": pushed.id}
    assert noted(done.notes, "'dev'", "stays")


def test_into_a_project_that_somebody_filled_the_history_gets_a_workspace_of_its_own(bridge: Bridge) -> None:
    project, main = make_place(bridge.api, "x", find_place(bridge.api, "x", "p"))
    bridge.api.put_manifest(EMPTY_MANIFEST_HASH, EMPTY)
    body = {"manifest_hash": EMPTY_MANIFEST_HASH, "workspace_id": main.id}
    mine, _ = bridge.api.register_snapshot(project.id, body)
    repo = bridge.repo()
    one = repo.commit(ONE)
    repo.ref(b"refs/heads/main", one)
    for _ in range(2):
        done = bridge.take(repo)
        assert bridge.heads() == {"main": mine.id, "main-2": f"git-{one}"}
    two = repo.commit(ONE, [one], b"two\n")
    repo.ref(b"refs/heads/main", two)
    done = bridge.take(repo)
    assert bridge.heads() == {"main": mine.id, "main-2": f"git-{two}"}
    assert done.head == f"git-{two}"


def test_a_sha256_repository_and_a_bare_one(bridge: Bridge) -> None:
    for name, options in (("long", ["--object-format=sha256"]), ("bare", ["--bare"])):
        folder = bridge.tmp / name
        run_git(bridge.tmp, "init", "-q", "-b", "main", *options, name)
        tree = run_git(folder, "hash-object", "-t", "tree", "-w", "/dev/null").strip()
        who = ("-c", "user.name=a", "-c", "user.email=b")
        commit = run_git(folder, *who, "commit-tree", tree, "-m", "x").strip()
        run_git(folder, "update-ref", "refs/heads/main", commit)
        repo = RawRepo.__new__(RawRepo)
        repo.folder = folder
        assert bridge.take(repo, name).head == f"git-{commit}"
        bridge.give(name)


def test_a_reworded_commit_is_another_snapshot(bridge: Bridge) -> None:
    repo = bridge.repo()
    repo.ref(b"refs/heads/main", repo.commit(ONE, message=b"old\n"))
    bridge.take(repo)
    new = repo.commit(ONE, message=b"new\n", committer=b"Ada <ada@example.org> 1700000060 +0200")
    repo.ref(b"refs/heads/main", new)
    bridge.take(repo)
    out, _ = bridge.give()
    assert run_git(out, "rev-parse", "HEAD").strip() == new


def test_odd_names_of_references(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    repo.ref(b"refs/heads/main", one)
    repo.ref(b"refs/heads/caf\xe9", repo.commit(ONE, [one], b"latin\n"))
    repo.ref(b"refs/tags/release/1.0", one)
    repo.ref(b"refs/tags/release-1.0", repo.commit(ONE, [one], b"other\n"))
    repo.ref(b"refs/tags/of-a-blob", repo.put("blob", b"x"))
    tag = repo.put("tag", f"object {one}\ntype commit\ntag t\ntagger {ADA.decode()}\n\nwords\n".encode())
    repo.ref(
        b"refs/tags/twice", repo.put("tag", f"object {tag}\ntype tag\ntag u\ntagger {ADA.decode()}\n\nw\n".encode())
    )
    repo.ref(b"refs/notes/commits", one)
    done = bridge.take(repo)
    assert bridge.tags().keys() == {"release-1.0", "release-1.0-2", "twice"}
    assert bridge.tags()["release-1.0-2"] == f"git-{one}"
    for words in (("caf\\xe9", "UTF-8"), ("of-a-blob",), ("twice", "messages"), ("refs/notes/commits",)):
        assert noted(done.notes, *words), words
    assert done.commits == 3


def test_names_of_workspaces_that_are_no_set_of_references(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE)
    repo.ref(b"refs/heads/main", one)
    project = bridge.take(repo).project
    names = [
        "feat",
        "feat/x",
        "main/sub",
        "x.lock.lock",
        "x",
        "n" * 255,
        "日本" * 80,
        "a..b",
        "-",
        "@{",
        "/",
        "MAIN",
        ".",
    ]
    for number, name in enumerate(names):
        made, _ = bridge.api.register_snapshot(
            project.id,
            {
                "manifest_hash": bridge.api.snapshot(f"git-{one}").manifest_hash,
                "parent_snapshot_ids": [f"git-{one}"],
                "summary": str(number),
            },
        )
        bridge.api.create_workspace(project.id, name, base_snapshot_id=made.id)
    for name in ("t x", "t:x", "t-x"):
        bridge.api.create_tag(project.id, name, f"git-{one}")
    out, notes = bridge.give()
    found = run_git(out, "for-each-ref", "--format=%(subject)", "refs/heads").split()
    assert sorted(found, key=str) == sorted(["message", *(str(n) for n in range(len(names)))], key=str)
    assert len(refs_of(out, "refs/tags/")) == 3
    for name in ("feat/x", "main/sub", "x.lock.lock", "日本", "a..b", "@{", "t:x"):
        assert noted(notes, name), name
    assert not noted(notes, "'feat' became")


# what is in commits


TIMES = [
    b"2145916800 +0000",
    b"999999999999999 +0000",
    b"-33000000000 +0000",
    b"0 -0330",
    b"1700000000 +1400",
    b"9" * 19,
]


@pytest.mark.parametrize("when", TIMES)
def test_any_time_is_carried_or_named(bridge: Bridge, when: bytes) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE, author=b"Ada <a@b> " + when, committer=b"Bob <b@c> 1700000000 -0500")
    two = repo.commit(ONE, [one], b"two\n")
    repo.ref(b"refs/heads/main", two)
    done = bridge.take(repo)
    assert (done.created, done.head) == (2, f"git-{two}")
    out, _ = bridge.give()
    same = run_git(out, "rev-parse", "HEAD").strip() == two
    assert same or noted(done.notes, one[:12]) or when.startswith(b"-") or b" " not in when


BAD: dict[bytes, tuple[bytes, bytes]] = {
    b"dir\\": (FILE, b"x"),
    b"C:x": (FILE, b"x"),
    b"caf\xe9": (FILE, b"x"),
    b"link-to-latin": (LINK, b"caf\xe9"),
    b"link-to-nothing": (LINK, b""),
    b"d" * 250 + b"/" + b"e" * 250 + b"/" + b"f" * 250 + b"/" + b"g" * 250 + b"/" + b"h" * 250: (FILE, b"x"),
    b"/".join([b"f"] * 66): (FILE, b"x"),
    b"n" * 256: (FILE, b"x"),
}


def test_one_entry_of_one_old_commit_never_stops_an_import(bridge: Bridge) -> None:
    repo = bridge.repo()
    good = {b"a.txt": (FILE, b"a\n"), b"run": (PROGRAM, b"#!\n"), b"l": (LINK, b"a.txt"), b"d/e": (FILE, b"e")}
    one = repo.commit({**good, **BAD, b"sub": (SUBMODULE, b"1" * 40)}, message=b"one\n")
    two = repo.commit(good, [one], b"two\n")
    repo.ref(b"refs/heads/main", two)
    done = bridge.take(repo)
    assert done.created == 2
    for path in BAD:
        told = path.decode("utf-8", "backslashreplace").replace("\\", "\\") if b"\xe9" in path else path.decode()
        assert any(one[:12] in note for note in done.notes if told[:40] in note), path
    assert noted(done.notes, "'sub'", one[:12])
    out, _ = bridge.give()
    assert run_git(out, "ls-tree", "-r", "HEAD") == repo.git("ls-tree", "-r", two)
    kept = run_git(out, "ls-tree", "-r", "--name-only", "HEAD~1").split("\n")
    assert {"a.txt", "run", "l", "d/e"} <= set(kept)


def test_missing_and_broken_objects_are_left_out_and_named(bridge: Bridge) -> None:
    repo = bridge.repo()
    gone = "2" * 40
    rows = [
        (FILE, b"a", repo.put("blob", b"a")),
        (FILE, b"gone", gone),
        (FOLDER, b"lost", gone),
        (LINK, b"nowhere", gone),
    ]
    one = repo.commit(repo.rows(rows))
    two = repo.commit(
        repo.rows([(FILE, b"a", rows[0][2]), (FILE, b"a", rows[0][2]), (b"100664", b"b", rows[0][2])]), [one]
    )
    three = repo.commit(gone, [two])
    repo.ref(b"refs/heads/main", repo.commit(ONE, [three], b"last\n"))
    done = bridge.take(repo)
    assert done.created == 4
    for words in (("gone", "missing"), ("lost", "missing"), ("nowhere", "link"), ("two of that name",), ("100664",)):
        assert noted(done.notes, *words), words


def test_odd_headers_and_messages(bridge: Bridge) -> None:
    repo = bridge.repo()
    authors = [
        b"",
        b"no brackets",
        b"A <a@b>",
        b"A <<a@b>> 1 +0000",
        b"\xe9 <a@b> 1 +0000",
        b"A" * 400 + b" <a@b> 1 +0000",
    ]
    last = repo.commit(ONE, message=b"caf\xe9\n", extra=b"encoding latin-1\n")
    for author in authors:
        last = repo.commit(ONE, [last], author=author, committer=ADA)
    last = repo.commit(ONE, [last], b"m" * 200_001 + b"\n")
    last = repo.commit(ONE, [last], b"\0nul\xff\n", extra=b"encoding no-such-thing\ngpgsig x\n y\n")
    last = repo.commit(ONE, [repo.commit({}, message=b"%d" % number) for number in range(20)] + [last, last])
    repo.ref(b"refs/heads/main", last)
    done = bridge.take(repo)
    assert done.created == done.commits == 30
    for words in (("200000 characters",), ("255 characters",), ("21 parents",), ("signed",)):
        assert noted(done.notes, *words), words
    bridge.give()


def test_a_shallow_history_says_that_it_is_cut_off(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit(ONE, ["3" * 40])
    repo.ref(b"refs/heads/main", one)
    (repo.folder / ".git" / "shallow").write_text(f"{one}\n")
    assert noted(bridge.take(repo).notes, "cut off")


def test_a_file_that_is_too_large_is_named_with_its_commit(bridge: Bridge) -> None:
    repo = bridge.repo()
    one = repo.commit({**ONE, b"big.iso": (FILE, bytes(257 << 20)), b"middle": (FILE, bytes(9 << 20))})
    repo.ref(b"refs/heads/main", one)
    done = bridge.take(repo)
    assert noted(done.notes, "'big.iso'", one[:12], "256 MiB")
    out, _ = bridge.give()
    assert sorted(os.listdir(out)) == [".git", "a.txt", "middle"]


def test_nothing_of_a_hostile_repository_runs(bridge: Bridge) -> None:
    repo = bridge.repo()
    repo.ref(b"refs/heads/main", repo.commit({**ONE, b".gitattributes": (FILE, b"* filter=evil\n")}))
    footprint = bridge.tmp / "footprint"
    evil = f"touch {footprint}"
    lines = [f"[core]\n\tfsmonitor = {evil}\n\thooksPath = {bridge.tmp}\n\talternateRefsCommand = {evil}\n"]
    lines.append(f'[filter "evil"]\n\tsmudge = {evil}\n\tclean = {evil}\n[diff]\n\torderFile = /nonexistent\n')
    lines.append("[core]\n\tbare = bogus\n[diff]\n\trenameLimit = bogus\n")
    (repo.folder / ".git" / "config").write_text("".join(lines))
    assert bridge.take(repo).created == 1
    bridge.give()
    assert not footprint.exists()


# any repository


words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0/"), min_size=1, max_size=6)
parts = words.filter(
    lambda name: (
        not any(path_reasons(name)) and "\\" not in name and ":" not in name and not name.lower().startswith(".git")
    )
).map(str.encode)
paths = st.lists(parts, min_size=1, max_size=3).map(b"/".join)
contents = st.tuples(st.sampled_from([FILE, PROGRAM]), st.binary(max_size=8)) | st.tuples(
    st.just(LINK), words.map(str.encode)
)
people = st.builds(
    lambda name, mail, when, zone: b"%s <%s> %d %s" % (name, mail, when, zone),
    st.sampled_from([b"", b"Ada", "Zoë 日本".encode(), b"a.b, c"]),
    st.sampled_from([b"", b"ada@example.org", b"x y"]),
    st.integers(0, 4_000_000_000),
    st.sampled_from([b"+0000", b"-0930", b"+1345"]),
)
messages = st.sampled_from([b"", b"\n", b"x", b"x\n", b"x\n\n", b"\n\nx", "ü\r\n\n  y\n".encode(), b"a\tb\n"])


def is_tree(files: dict[bytes, Any]) -> bool:
    """Whether no path is a folder of another."""
    folders = {path[: at + 0] for path in files for at in range(len(path)) if path[at : at + 1] == b"/"}
    return folders.isdisjoint(files)


histories = st.lists(
    st.tuples(
        st.dictionaries(paths, contents, min_size=1, max_size=4).filter(is_tree),
        st.sets(st.integers(0, 9), max_size=3),
        messages,
        people,
        people,
        st.sampled_from(["", "heads/", "tags/"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example takes a server's time, so none is made smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories)
def test_any_history_comes_back_with_the_same_names_of_commits(bridge: Bridge, history: list[tuple[Any, ...]]) -> None:
    repo, made = bridge.repo(), list[str]()
    for number, (files, parents, message, author, committer, ref) in enumerate(history):
        chosen = [made[at] for at in sorted(parents) if at < len(made)]
        made.append(repo.commit(files, chosen, message, author, committer))
        if ref:
            repo.ref(f"refs/{ref}n{number}".encode(), made[-1])
    repo.ref(b"refs/heads/main", made[-1])
    reached = set(repo.git("rev-list", "--all").split())
    name = f"p{next(_numbers)}"
    done = bridge.take(repo, name)
    assert (list(done.notes), done.created) == ([], len(reached))
    out, notes = bridge.give(name)
    assert notes == []
    for prefix in ("refs/heads/", "refs/tags/"):
        assert refs_of(out, prefix) == refs_of(repo.folder, prefix)
    assert set(run_git(out, "rev-list", "--all").split()) == reached
    assert bridge.take(repo, name).created == 0


_numbers = iter(range(10**9))
