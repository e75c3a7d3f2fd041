"""Searching GitHub and opening pull requests there (Starbot 8.4)."""

import base64
from typing import Any

import pytest

from asterism.kernel.upstreams.fakes import FakeGitHub, File, Issue
from tests.support.trees import error, ok
from tests.wire.v1.integrations.conftest import Member

ENGINES = ["sqlite", "postgresql"]
FILES = {
    "README.md": File(b"# Demo\n"),
    "run.sh": File(b"#!/bin/sh\necho old\n", "100755"),
    "link": File(b"README.md", "120000"),
    "old.txt": File(b"old\n"),
}
PULL = {"repo": "octo/demo", "title": "Say hello", "head": "hello", "base": "main"}


def test_code_is_found_with_its_fragment(connected: Member, github: FakeGitHub) -> None:
    github.add_repository("octo/demo", FILES)
    github.add_repository("octo/other", FILES)
    found = ok(connected.tool("github/search", query="echo", repo="octo/demo"))
    assert (found["total_count"], found["incomplete"]) == (1, False)
    assert found["results"] == [
        {
            "type": "code",
            "title": "run.sh",
            "url": "https://github.com/octo/demo/blob/main/run.sh",
            "repo": "octo/demo",
            "path": "run.sh",
            "sha": found["results"][0]["sha"],
            "snippet": "echo old",
        }
    ]
    [sent] = github.of("GET", "/search/code")
    assert sent.headers["accept"] == "application/vnd.github.text-match+json"
    assert sent.query == {"q": "echo repo:octo/demo", "per_page": "20", "page": "1"}


def test_issues_pull_requests_repositories_and_commits(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo", FILES)
    demo.description = "A rocket"
    demo.issues = [
        Issue(1, "Rocket does not fly", author=None),
        Issue(2, "Rocket flies", "b" * 400, head="fly", base="main"),
    ]
    [issue] = ok(connected.tool("github/search", query="rocket", type="issues"))["results"]
    assert (issue["type"], issue["number"], issue["author"], issue["snippet"]) == ("issue", 1, None, "")
    [pull] = ok(connected.tool("github/search", query="rocket", type="pull_requests"))["results"]
    assert (pull["type"], pull["repo"], len(pull["snippet"])) == ("pull_request", "octo/demo", 300)
    ok(connected.tool("github/search", query="rocket is:issue", type="pull_requests"))
    asked = [sent.query["q"] for sent in github.of("GET", "/search/issues")]
    assert asked == ["rocket is:issue", "rocket is:pull-request", "rocket is:issue"]
    [repository] = ok(connected.tool("github/search", query="rocket", type="repositories"))["results"]
    assert repository == {
        "type": "repository",
        "title": "octo/demo",
        "url": "https://github.com/octo/demo",
        "repo": "octo/demo",
        "description": "A rocket",
        "stars": 3,
        "language": None,
        "updated_at": "2026-11-20T10:01:00Z",
    }
    [commit] = ok(connected.tool("github/search", query="first", type="commits"))["results"]
    assert (commit["title"], commit["author"]) == ("First commit", "Octo Team")
    assert github.of("GET", "/search/commits")[0].headers["accept"] == "application/vnd.github+json"


def test_a_pull_request_with_files_is_one_commit_on_a_new_branch(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo", FILES)
    raw = bytes(range(256))
    files = [
        {"path": "run.sh", "content": "#!/bin/sh\necho new\n"},
        {"path": "docs/ünïcode #1.md", "content": "héllo\r\n"},
        {"path": "logo.bin", "content": base64.b64encode(raw).decode(), "encoding": "base64"},
        {"path": "old.txt", "delete": True},
    ]
    answer = connected.tool("github/pr", **PULL | {"head": "feature/ünïcode#2", "files": files, "draft": True})
    assert ok(answer, 201) == {
        "pull_request": {
            "number": 1,
            "url": f"{github.url}/repos/octo/demo/pulls/1",
            "html_url": "https://github.com/octo/demo/pull/1",
            "state": "open",
            "draft": True,
            "head": "feature/ünïcode#2",
            "base": "main",
        }
    }
    assert demo.files("feature/ünïcode#2") == {
        "README.md": FILES["README.md"],
        "link": FILES["link"],
        "run.sh": File(b"#!/bin/sh\necho new\n", "100755"),
        "docs/ünïcode #1.md": File("héllo\r\n".encode()),
        "logo.bin": File(raw),
    }
    tip = demo.commits[demo.branches["feature/ünïcode#2"]]
    assert tip.parents == (demo.branches["main"],)
    assert tip.message == "Say hello"
    kinds = [asked.path.rpartition("/")[2] for asked in github.asked if asked.method == "POST"]
    assert kinds == ["blobs"] * 3 + ["trees", "commits", "refs", "pulls"]


def test_a_hundred_files_and_a_truncated_listing(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo", FILES)
    demo.truncated = True
    files = [{"path": f"f{n}", "content": str(n)} for n in range(99)] + [{"path": "run.sh", "content": "new"}]
    ok(connected.tool("github/pr", **PULL, files=files), 201)
    assert len(demo.files("hello")) == 103
    assert demo.files("hello")["run.sh"].mode == "100644"


def test_a_pull_request_of_branches_that_are_there(connected: Member, github: FakeGitHub) -> None:
    github.add_repository("octo/demo", FILES)
    made = ok(connected.tool("github/pr", **PULL | {"head": "fork:hello", "body": "Why"}), 201)["pull_request"]
    assert made["head"] == "hello"
    assert github.of("POST", "/pulls")[0].body == {
        "title": "Say hello",
        "head": "fork:hello",
        "base": "main",
        "draft": False,
        "body": "Why",
    }


FILE = [{"path": "a", "content": "a"}]


def test_an_existing_branch_stays_as_it_is(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo", FILES)
    demo.branches["hello"] = demo.branches["main"]
    error(connected.tool("github/pr", **PULL, files=FILE), 409, "BRANCH_EXISTS")
    assert [asked.method for asked in github.asked] == ["GET"] * 3  # of connecting, of the base, of the branch


def test_a_branch_that_appears_meanwhile_is_not_removed(connected: Member, github: FakeGitHub) -> None:
    github.add_repository("octo/demo", FILES)
    github.fail("/git/refs", 422, {"message": "Reference already exists"}, method="POST")
    error(connected.tool("github/pr", **PULL, files=FILE), 409, "BRANCH_EXISTS")
    assert github.of("DELETE", "/git/refs") == []


@pytest.mark.parametrize("removable", [True, False])
def test_a_branch_without_its_pull_request_is_removed(connected: Member, github: FakeGitHub, removable: bool) -> None:
    demo = github.add_repository("octo/demo", FILES)
    github.fail("/pulls", 422, {"message": "Validation Failed", "errors": [{"code": "custom"}]})
    if not removable:
        github.fail("/git/refs/heads", 403, {"message": "no"}, method="DELETE")
    found = error(connected.tool("github/pr", **PULL, files=FILE), 422, "UPSTREAM_VALIDATION")
    assert (found["details"]["branch_removed"], "hello" in demo.branches) == (removable, not removable)
    assert found["details"]["upstream_code"] == "custom"


def test_a_branch_that_was_made_although_the_answer_was_lost_is_removed(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo", FILES)
    github.fail("/git/refs", 502, method="POST", late=True)
    found = error(connected.tool("github/pr", **PULL, files=FILE), 502, "UPSTREAM_ERROR")
    assert found["details"]["branch_removed"] is True
    assert "hello" not in demo.branches


@pytest.mark.parametrize("step", ["/git/blobs", "/git/trees", "/git/commits"])
def test_a_failure_before_the_branch_leaves_nothing(connected: Member, github: FakeGitHub, step: str) -> None:
    demo = github.add_repository("octo/demo", FILES)
    github.fail(step, 500, method="POST")
    error(connected.tool("github/pr", **PULL, files=FILE), 502, "UPSTREAM_ERROR")
    assert (set(demo.branches), len(github.of("POST", step))) == ({"main"}, 1)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"repo": "../x"}, 422),
        ({"repo": "octo/.."}, 422),
        ({"repo": "octo/demo/../../user"}, 422),
        ({"repo": "octo\r\nX: 1/demo"}, 422),
        ({"head": "a..b"}, 422),
        ({"head": "-x"}, 422),
        ({"head": "x.lock"}, 422),
        ({"head": "main"}, 422),
        ({"base": "refs heads"}, 422),
        ({"head": "fork:x", "files": FILE}, 422),
        ({"title": ""}, 422),
        ({"title": "x" * 257}, 422),
        ({"body": "x" * 65_537}, 422),
        ({"files": []}, 422),
        ({"files": [{"path": "../../a", "content": ""}]}, 422),
        ({"files": [{"path": "/a", "content": ""}]}, 422),
        ({"files": [{"path": "a//b", "content": ""}]}, 422),
        ({"files": [{"path": "a/.GIT/config", "content": ""}]}, 422),
        ({"files": [{"path": ".g\u200cit/hooks/x", "content": ""}]}, 422),
        ({"files": [{"path": "GIT~1/config", "content": ""}]}, 422),
        ({"files": [{"path": "a\\.git\\config", "content": ""}]}, 422),
        ({"files": [{"path": "a\u0000", "content": ""}]}, 422),
        ({"files": [{"path": "x" * 1025, "content": ""}]}, 422),
        ({"files": FILE * 2}, 422),
        ({"files": [{"path": "a/b/c", "content": ""}, {"path": "a", "content": ""}]}, 422),
        ({"files": [{"path": "a"}]}, 422),
        ({"files": [{"path": "a", "content": "", "delete": True}]}, 422),
        ({"files": [{"path": "a", "content": "!", "encoding": "base64"}]}, 422),
        ({"files": [{"path": f"f{n}", "content": ""} for n in range(101)]}, 422),
        ({"files": [{"path": "a", "content": "x" * (1024 * 1024 + 1)}]}, 413),
        ({"files": [{"path": f"f{n}", "content": "x" * 1024 * 1024} for n in range(6)]}, 413),
    ],
)
def test_what_cannot_be_is_never_sent(
    connected: Member, github: FakeGitHub, change: dict[str, Any], status: int
) -> None:
    github.asked.clear()
    answer = connected.tool("github/pr", **PULL | change)
    assert answer.status_code == status, answer.text
    assert github.asked == []


@pytest.mark.parametrize(
    "body",
    [
        {"query": ""},
        {"query": "x" * 257},
        {"query": "x", "repo": "../x"},
        {"query": "x", "per_page": 100, "page": 11},
        {"query": "x", "per_page": 0},
        {"query": "x", "type": "users"},
    ],
)
def test_searches_that_cannot_be(connected: Member, github: FakeGitHub, body: dict[str, Any]) -> None:
    github.asked.clear()
    error(connected.tool("github/search", **body), 422, "VALIDATION_ERROR")
    assert github.asked == []


def test_a_file_that_is_not_there_cannot_be_deleted(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo", FILES)
    answer = connected.tool("github/pr", **PULL, files=[{"path": "gone", "delete": True}])
    assert error(answer, 422, "VALIDATION_ERROR")["details"]["fields"][0]["path"] == "files[0].path"
    assert set(demo.branches) == {"main"}


def test_a_repository_that_moved_is_followed(connected: Member, github: FakeGitHub) -> None:
    new = github.add_repository("octo/new", FILES)
    github.repositories["octo/demo"] = new
    github.moved["octo/demo"] = "octo/new"
    ok(connected.tool("github/pr", **PULL, files=FILE), 201)
    assert "hello" in new.branches


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([{"code": "custom", "message": "A pull request already exists for octo:hello."}], ": A pull request already"),
        ([{"resource": "PullRequest", "field": "head", "code": "invalid"}], ": head invalid."),
        (["Only that."], ": Only that."),
        ([{"code": 7, "field": []}], "this request."),
        ("odd", "this request."),
        ([["odd"]], "this request."),
    ],
)
def test_what_github_says_is_wrong_is_told(connected: Member, github: FakeGitHub, errors: Any, said: str) -> None:
    github.fail("/pulls", 422, {"message": "Validation Failed", "errors": errors})
    found = error(connected.tool("github/pr", **PULL), 422, "UPSTREAM_VALIDATION")
    assert said in found["message"]
    assert found["details"]["upstream_message"] == "Validation Failed"
    assert "reason" not in found["details"]


def test_base64_may_be_broken_into_lines_and_a_folder_take_the_place_of_a_file(
    connected: Member, github: FakeGitHub
) -> None:
    demo = github.add_repository("octo/demo", FILES)
    wrapped = base64.encodebytes(bytes(range(256))).decode()
    files = [
        {"path": "old.txt", "delete": True},
        {"path": "old.txt/new", "content": wrapped, "encoding": "base64"},
    ]
    ok(connected.tool("github/pr", **PULL, files=files), 201)
    assert demo.files("hello")["old.txt/new"].content == bytes(range(256))
