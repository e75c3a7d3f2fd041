"""`/api/git/status` and `/api/git/diff` on the wire; the states of repositories are tested with `kernel/git`."""

import os
from pathlib import Path

import pytest

from asterism.kernel.git import Git
from tests.contracts.stargazer_schemas import check
from tests.support.checkouts import git, make_repository, write
from tests.support.local_api import Api, refused


def test_status(changed: Api) -> None:
    body = check("GitStatus", changed.get("/api/git/status").json())
    assert body == {
        "isGitRepo": True,
        "branch": "main",
        "remoteBranch": None,
        "ahead": 0,
        "behind": 0,
        "files": {
            "staged": [],
            "unstaged": [{"path": "a.txt", "indexStatus": " ", "workTreeStatus": "M"}],
            "untracked": [{"path": "new.txt", "indexStatus": "?", "workTreeStatus": "?"}],
        },
        "hasChanges": True,
        "conflicted": [],
    }


def test_renames_and_names_that_are_not_utf8(changed: Api) -> None:
    git(changed.root, "mv", "a.txt", "b c.txt")
    (changed.root / os.fsdecode(b"\xff\n.txt")).write_text("x")
    files = check("GitStatus", changed.get("/api/git/status").json())["files"]
    assert files["staged"] == [
        {"path": "b c.txt", "indexStatus": "R", "workTreeStatus": "M", "origPath": "a.txt"},
    ]
    assert {"path": "\ufffd\n.txt", "indexStatus": "?", "workTreeStatus": "?"} in files["untracked"]


def test_diff_modes(changed: Api) -> None:
    write(changed.root, {"staged.txt": "s\n"})
    git(changed.root, "add", "staged.txt")
    unstaged = check("GitDiff", changed.get("/api/git/diff").json())
    assert (unstaged["mode"], unstaged["staged"]) == ("unstaged", False)
    assert unstaged["diff"] == git(changed.root, "diff")
    staged = check("GitDiff", changed.get("/api/git/diff?mode=staged").json())
    assert (staged["diff"], staged["staged"]) == (git(changed.root, "diff", "--cached"), True)
    both = check("GitDiff", changed.get("/api/git/diff?mode=files&staged=true").json())
    assert (both["diff"], both["staged"]) == (git(changed.root, "diff", "HEAD"), False)
    assert changed.get("/api/git/diff?staged=yes").json() == staged
    assert changed.get("/api/git/diff?staged").json() == staged
    assert changed.get("/api/git/diff?staged=0").json() == unstaged


def test_untracked_files_on_request(changed: Api) -> None:
    with_new = changed.get("/api/git/diff?untracked=true").json()["diff"]
    assert "+++ b/new.txt" in with_new
    assert "new.txt" not in changed.get("/api/git/diff?untracked=false").json()["diff"]
    assert "new.txt" not in changed.get("/api/git/diff?untracked=true&mode=staged").json()["diff"]


def test_a_path_limits_the_answer(changed: Api) -> None:
    write(changed.root, {"sub/x.txt": "x\n"})
    status = changed.get("/api/git/status", params={"path": "sub"}).json()
    assert [e["path"] for e in status["files"]["untracked"]] == ["sub/"]
    assert status["files"]["unstaged"] == []
    assert changed.get("/api/git/diff", params={"path": "a.txt"}).json()["diff"].startswith("diff --git a/a.txt")
    for path in ("missing.txt", "a..b", "*", ":(top)a.txt", "-x"):
        assert changed.get("/api/git/diff", params={"path": path}).json()["diff"] == ""
        assert changed.get("/api/git/status", params={"path": path}).json()["hasChanges"] is False


def test_paths_that_lead_out(changed: Api, tmp_path: Path) -> None:
    (changed.root / "out").symlink_to(tmp_path)
    for path in ("..", "../x", "a/../../x", "/etc", "\\x", "C:\\x", "a\0b", "out", "out/x"):
        for route in ("status", "diff"):
            refused(changed.get(f"/api/git/{route}", params={"path": path}), 400, "INVALID_PATH")


def test_trust_comes_before_the_query(api: Api) -> None:
    for path in ("/api/git/status?path=/etc", "/api/git/diff?mode=nonsense", "/api/git/diff"):
        refused(api.get(path), 403, "TRUST_REQUIRED")


def test_bad_queries(changed: Api) -> None:
    for query in ("mode=nonsense", "mode=", "staged=maybe", "untracked=2"):
        refused(changed.get(f"/api/git/diff?{query}"), 400, "VALIDATION_ERROR")


def trusted_root(api: Api, root: Path) -> dict[str, str]:
    api.trust(projectId=api.project_id(root), repoRoot=str(root))
    return {"x-stargazer-project-root": str(root)}


def test_not_a_repository(api: Api, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    for name in ("plain", "bare.git"):
        headers = trusted_root(api, tmp_path / name)
        for route in ("status", "diff", "diff?mode=staged", "diff?mode=files"):
            refused(api.get(f"/api/git/{route}", headers=headers), 400, "NOT_GIT_REPO")


def test_a_damaged_repository(api: Api, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "damaged", {"a": "a\n"})
    (root / ".git" / "index").write_bytes(b"garbage")
    refused(api.get("/api/git/status", headers=trusted_root(api, root)), 500, "COMMAND_FAILED")


def test_git_missing_and_git_that_fails(changed: Api, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    present = changed.rt.local.git
    request.addfinalizer(lambda: setattr(changed.rt.local, "git", present))
    changed.rt.local.git = Git(environment={"PATH": str(tmp_path)})
    refused(changed.get("/api/git/status"), 500, "GIT_NOT_FOUND")
    broken = tmp_path / "git"
    broken.write_text('#!/bin/sh\ncase "$*" in *version*) echo git version 2.39.5;; *) exit 1;; esac\n')
    broken.chmod(0o755)
    changed.rt.local.git = Git(environment={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    refused(changed.get("/api/git/status"), 500, "COMMAND_FAILED")


def test_a_root_below_the_top_of_the_work_tree(api: Api, tmp_path: Path) -> None:
    top = make_repository(tmp_path / "top", {"sub/a.txt": "a\n", "b.txt": "b\n"})
    write(top, {"sub/a.txt": "A\n", "b.txt": "B\n"})
    headers = trusted_root(api, top / "sub")
    files = api.get("/api/git/status", headers=headers).json()["files"]
    assert [e["path"] for e in files["unstaged"]] == ["a.txt"]
    assert "a/a.txt" in api.get("/api/git/diff", headers=headers).json()["diff"]


def test_conflicts(api: Api, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"f": "0\n"})
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"f": "2\n"})
    git(root, "commit", "-qam", "other")
    git(root, "checkout", "-q", "main")
    write(root, {"f": "1\n"})
    git(root, "commit", "-qam", "main")
    git(root, "merge", "-q", "other", check=False)
    body = check("GitStatus", api.get("/api/git/status", headers=trusted_root(api, root)).json())
    assert body["conflicted"] == ["f"]
    assert body["files"]["unstaged"] == [{"path": "f", "indexStatus": "U", "workTreeStatus": "U"}]
