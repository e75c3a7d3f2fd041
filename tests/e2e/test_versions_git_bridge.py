"""History goes from git to a project and back without loss: trees, messages, authors, times, order of parents."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import answer, run

WHO = {
    "GIT_AUTHOR_NAME": "Ada Löve",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Löve",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Repo:
    """A git repository that is being made; commits get times a minute apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.moment = 1_700_000_000
        folder.mkdir()
        self.git("init", "-q", "-b", "trunk")

    def git(self, *words: str, **more: str) -> str:
        when = f"{self.moment} +0200"
        environment = {**os.environ, **WHO, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, **more}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-C", str(self.folder), *words]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def commit(self, message: str, *words: str, **more: str) -> None:
        self.moment += 60
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message, *words, **more)

    def write(self, name: str, content: bytes, mode: int = 0o644) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)

    def history(self, ref: str = "HEAD") -> list[tuple[str, ...]]:
        """Return what each commit holds, parents before children, with parents by their place in this list."""
        rows = self.git(
            "log", "--topo-order", "--reverse", "-z", "--format=%H%x1f%P%x1f%T%x1f%an%x1f%ae%x1f%at%x1f%B", ref
        )
        place: dict[str, int] = {}
        found = []
        for row in rows.split("\0"):
            if row:
                oid, parents, *rest = row.split("\x1f")
                place[oid] = len(place)
                found.append((" ".join(str(place[parent]) for parent in parents.split()), *rest))
        return found


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with merges, modes, links, odd names, long and empty messages, several authors."""
    repo = Repo(tmp_path / "repo")
    repo.write("a.txt", b"one\n")
    repo.write("bin/run", b"#!/bin/sh\n", 0o755)
    repo.commit("First commit\n\nWith a body,\nof several lines.\n\n  indented\n")
    repo.write('имя/日本語 "quoted"\n.txt', b"\0\1\2" * 50_000)
    (repo.folder / "link").symlink_to("bin/run")
    (repo.folder / "dangling").symlink_to("nowhere/é")
    repo.commit("Odd names", GIT_AUTHOR_NAME="Bob", GIT_AUTHOR_EMAIL="bob@example.org")
    repo.git("checkout", "-q", "-b", "side")
    repo.write("side.txt", b"side\n")
    repo.commit("On the side")
    repo.git("checkout", "-q", "trunk")
    repo.write("a.txt", b"two\n", 0o755)
    repo.commit("Mode and content")
    repo.moment += 60
    repo.git("merge", "-q", "--no-ff", "-m", "Merge the side", "side")
    repo.commit("Nothing changes here")
    (repo.folder / "link").unlink()
    repo.write("link/now/a/folder", b"")
    repo.commit("A link becomes a folder")
    repo.git("checkout", "-q", "-b", "ahead")
    repo.write("ahead.txt", b"ahead\n")
    repo.commit("Only on a branch")
    repo.git("checkout", "-q", "trunk")
    return repo


def test_a_history_goes_there_and_comes_back(tmp_path, signed_in, repo, sqlite_server):
    done = answer(run(tmp_path, signed_in, "import-git", "repo", "--project", "bridge", "--json"))
    assert done["commits"] == done["created"] == 8
    out = answer(run(tmp_path, signed_in, "export-git", "bridge", "out", "--json"))
    assert out["commits"] == 8
    back = Repo.__new__(Repo)
    back.folder, back.moment = tmp_path / "out", 0
    assert back.history() == repo.history()
    assert back.history("ahead") == repo.history("ahead")
    assert back.git("rev-parse", "HEAD").strip() == out["head"]
    assert back.git("symbolic-ref", "HEAD").strip() == "refs/heads/main"
    assert back.git("status", "--porcelain") == ""
    assert back.git("fsck", "--strict") == ""
    with sqlite_server.client(signed_in["ASTERISM_TOKEN"]) as client:
        newest = client.get(f"/v1/projects/{done['project_id']}/events").json()["events"][0]
    assert (newest["type"], newest["snapshot_id"]) == ("git.exported", done["snapshot_id"])


def test_importing_again_adds_only_what_is_new(tmp_path, signed_in, repo, sqlite_server):
    first = answer(run(tmp_path, signed_in, "import-git", "repo", "--project", "bridge", "--json"))
    repo.write("new", b"new\n")
    repo.commit("One more")
    again = answer(run(tmp_path, signed_in, "import-git", "repo", "--project", "bridge", "--json"))
    assert (again["commits"], again["created"], again["project_id"]) == (9, 1, first["project_id"])
    with sqlite_server.client(signed_in["ASTERISM_TOKEN"]) as client:
        snapshot = client.get(f"/v1/snapshots/{again['snapshot_id']}").json()["snapshot"]
        workspaces = client.get(f"/v1/projects/{first['project_id']}/workspaces").json()["workspaces"]
    assert (snapshot["source"], snapshot["summary"], snapshot["author_name"]) == ("import", "One more", "Ada Löve")
    assert snapshot["parent_snapshot_ids"] == [first["snapshot_id"]]
    heads = {workspace["name"]: workspace["current_snapshot_id"] for workspace in workspaces}
    assert heads["main"] == again["snapshot_id"]
    assert {"ahead", "side"} <= heads.keys()


def test_what_is_no_repository_makes_no_project(tmp_path, signed_in):
    (tmp_path / "plain").mkdir()
    Repo(tmp_path / "empty")
    for folder, words in (("plain", "no git repository"), ("empty", "no commits"), ("missing", "no folder")):
        done = run(tmp_path, signed_in, "import-git", folder, "--project", "never")
        assert done.returncode != 0
        assert words in done.stderr
    assert answer(run(tmp_path, signed_in, "projects", "--json"))["projects"] == []


def test_a_clone_of_an_imported_project_is_clean(tmp_path, signed_in, repo):
    repo.write(".gitignore", b"*.log\n")
    repo.write("kept.log", b"versioned all the same\n")
    repo.git("add", "-f", "kept.log")
    repo.commit("An ignored file that is versioned")
    answer(run(tmp_path, signed_in, "import-git", "repo", "--project", "bridge", "--json"))
    answer(run(tmp_path, signed_in, "clone", "bridge", "back", "--json"))
    assert answer(run(tmp_path, signed_in, "status", "--json", cwd=tmp_path / "back"))["files"] == []


def test_export_refuses_what_is_in_the_way(tmp_path, signed_in, repo):
    answer(run(tmp_path, signed_in, "import-git", "repo", "--project", "bridge", "--json"))
    assert run(tmp_path, signed_in, "export-git", "bridge", "repo").returncode == 5
    assert run(tmp_path, signed_in, "export-git", "no such", "out").returncode == 4
    assert not (tmp_path / "out").exists()
