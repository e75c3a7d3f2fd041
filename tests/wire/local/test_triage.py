"""The triage stream and everything about saved reviews, on real sockets, with analyzers alone."""

import re
import threading

import pytest

from tests.wire.local.reviewing import Checkout, local, read_stream, trust

SQL = """import sqlite3


def find(user):
    return sqlite3.connect("x").execute("SELECT * FROM t WHERE u = '" + user + "'")
"""
CODES = {
    "INTERNAL_ERROR", "API_KEY_INVALID", "API_KEY_MISSING", "RATE_LIMITED", "NO_DIFF", "AI_ERROR", "GENERATION_FAILED",
}  # fmt: skip
LEGACY_FIELDS = {
    "id", "issueCount", "projectPath", "createdAt", "staged", "branch", "overallScore", "criticalCount", "warningCount",
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    made = Checkout(tmp_path / "project")
    made.write("README.md", "hello\n")
    made.commit("first")
    return made


@pytest.fixture
def api(server, checkout):
    with local(server, checkout.root) as client:
        trust(client)
        yield client


def reviewed(api, query="mode=unstaged"):
    raw, events = read_stream(api, f"/api/triage/stream?{query}")
    return raw, events, events[0]["reviewId"]


def test_live_replay_and_store_agree(api, checkout):
    checkout.write("src/db.py", SQL)
    raw, events, review_id = reviewed(api)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", review_id)
    assert raw.startswith('id: 1\nevent: review_started\ndata: {"type":"review_started",')
    replayed, _ = read_stream(api, f"/api/reviews/{review_id}/stream")
    assert replayed == raw
    tail, _ = read_stream(api, f"/api/reviews/{review_id}/stream", headers={"Last-Event-ID": "3"})
    assert tail == "\n\n".join(raw.split("\n\n")[3:])
    last = len(events)
    assert read_stream(api, f"/api/reviews/{review_id}/stream?after={last}")[1] == []
    assert read_stream(api, f"/api/reviews/{review_id}/stream?after={last + 7}")[1] == [events[-1]]
    saved = api.get(f"/api/triage/reviews/{review_id}").json()["review"]
    found = [event["issue"] for event in events if event["type"] == "issue_found"]
    assert found
    assert [{k: v for k, v in issue.items() if k != "enrichment"} for issue in saved["result"]["issues"]] == found
    assert events[-1]["type"] == "complete"
    assert events[-1]["result"] == saved["result"]
    assert saved["metadata"]["issueCount"] == len(found)
    assert saved["metadata"]["projectPath"] == str(checkout.root)
    assert saved["coverage"]["analyzers"]
    listed = api.get("/api/triage/reviews", params={"projectPath": str(checkout.root)}).json()
    assert listed == {"reviews": [saved["metadata"]], "warnings": []}
    status = api.get(f"/api/reviews/{review_id}/status").json()
    assert status == {
        "sessionActive": False, "reviewSaved": True, "isComplete": True,
        "startedAt": saved["metadata"]["createdAt"], "state": "completed",
    }  # fmt: skip


def test_the_older_form_counts_what_it_shows(api, checkout):
    checkout.write("src/db.py", SQL)
    _, _, review_id = reviewed(api)
    (listed,) = api.get("/api/reviews").json()
    assert set(listed) == LEGACY_FIELDS
    review = api.get(f"/api/reviews/{review_id}").json()["review"]
    assert review["metadata"] == listed
    issues = review["result"]["issues"]
    assert listed["issueCount"] == len(issues)
    assert listed["warningCount"] == sum(issue["severity"] == "warning" for issue in issues)
    assert review["gitContext"] == {"branch": "main", "fileCount": 1}


def test_staged_reviews_see_the_index_alone(api, checkout):
    checkout.write("a.py", "import os\n")
    checkout.git("add", "a.py")
    checkout.write("a.py", SQL)
    checkout.write("untracked.py", SQL)
    _, events, _ = reviewed(api, "mode=staged")
    found = [(e["issue"]["file"], e["issue"]["ruleId"]) for e in events if e["type"] == "issue_found"]
    assert found == [("a.py", "F401")]


def test_nothing_to_review(api, checkout):
    for mode, text in (("staged", "No staged changes"), ("unstaged", "No unstaged changes")):
        raw, events, review_id = reviewed(api, f"mode={mode}")
        assert [event["type"] for event in events] == ["review_started", "step_start", "step_error", "error"]
        assert events[-1]["error"]["code"] == "NO_DIFF"
        assert text in events[-1]["error"]["message"]
        status = api.get(f"/api/reviews/{review_id}/status").json()
        assert (status["sessionActive"], status["isComplete"], status["state"]) == (True, True, "failed")
        assert read_stream(api, f"/api/reviews/{review_id}/stream")[0] == raw
        assert api.get(f"/api/triage/reviews/{review_id}").status_code == 404
    assert api.get("/api/triage/reviews", params={"projectPath": str(checkout.root)}).json()["reviews"] == []


def test_everything_skipped_is_no_diff_in_other_words(api, checkout):
    checkout.write("package-lock.json", "{}\n")
    _, events, _ = reviewed(api)
    assert events[-1]["error"]["code"] == "NO_DIFF"
    assert "package-lock.json (lockfile)" in events[-1]["error"]["message"]
    assert "No unstaged changes" not in events[-1]["error"]["message"]


@pytest.mark.parametrize(
    "query",
    [
        "mode=nonsense", "lenses=security,nope", "profile=nope", "minSeverity=nope", "files=../x", "file=/etc/passwd",
        "staged=maybe", "file=" + "x" * 1025,
    ],
)  # fmt: skip
def test_bad_queries_are_refused_before_the_stream(api, query):
    answer = api.get(f"/api/triage/stream?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "VALIDATION_ERROR"


def test_what_is_not_trusted_or_no_repository(server, tmp_path):
    (tmp_path / "plain").mkdir()
    with local(server, tmp_path / "plain") as api:
        answer = api.get("/api/triage/stream")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "TRUST_REQUIRED")
        trust(api)
        answer = api.get("/api/triage/stream")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "NOT_GIT_REPO")
    with local(server, tmp_path / "missing") as api:
        answer = api.get("/api/triage/stream")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_PATH")


def test_a_foreign_page_starts_nothing(api, checkout):
    checkout.write("a.py", SQL)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
        assert api.get("/api/triage/stream", headers=headers).status_code == 403
    assert api.get("/api/reviews").json() == []


def test_unknown_reviews(api):
    unknown = "11111111-1111-4111-8111-111111111111"
    assert api.get(f"/api/reviews/{unknown}/status").json() == {
        "sessionActive": False, "reviewSaved": False, "isComplete": False,
    }  # fmt: skip
    for method, path, code in (
        ("GET", f"/api/reviews/{unknown}/stream", "NOT_FOUND"),
        ("GET", f"/api/reviews/{unknown}", "REVIEW_NOT_FOUND"),
        ("GET", f"/api/triage/reviews/{unknown}", "NOT_FOUND"),
        ("GET", f"/api/triage/reviews/{unknown}/export", "NOT_FOUND"),
        ("POST", f"/api/reviews/{unknown}/cancel", "NOT_FOUND"),
    ):
        answer = api.request(method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code), path
    assert api.delete(f"/api/reviews/{unknown}").json() == {"deleted": False}
    assert api.delete(f"/api/triage/reviews/{unknown}").json() == {"existed": False}
    for path in (
        "/api/reviews/nope",
        "/api/reviews/nope/status",
        "/api/reviews/nope/stream",
        "/api/triage/reviews/nope",
    ):
        answer = api.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


def test_deleting_removes_a_review_everywhere(api, checkout):
    checkout.write("a.py", SQL)
    _, _, review_id = reviewed(api)
    assert api.delete(f"/api/reviews/{review_id}").json() == {"deleted": True}
    assert api.delete(f"/api/triage/reviews/{review_id}").json() == {"existed": False}
    assert api.get("/api/reviews").json() == []
    assert api.get(f"/api/reviews/{review_id}/stream").status_code == 404


def test_two_identical_requests_at_once_are_one_review(api, checkout):
    checkout.write("a.py", SQL)
    results = []

    def work():
        results.append(reviewed(api))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results[0][0] == results[1][0]
    assert len(api.get("/api/reviews").json()) == 1


def test_exports(api, checkout):
    checkout.write("a.py", SQL)
    _, _, review_id = reviewed(api)
    path = f"/api/triage/reviews/{review_id}/export"
    plain = api.get(path)
    assert plain.json() == api.get(f"/api/triage/reviews/{review_id}").json()
    assert plain.headers["content-disposition"] == f'attachment; filename="review-{review_id}.json"'
    sarif = api.get(path, params={"format": "sarif"})
    assert sarif.headers["content-type"].startswith("application/sarif+json")
    assert sarif.json()["version"] == "2.1.0"
    github = api.get(path, params={"format": "github"}).json()
    assert github["annotations"][0]["path"] == "a.py"
    assert len(github["annotations"]) == len(github["issues"]) == len(github["inlineComments"])
    markdown = api.get(path, params={"format": "markdown"})
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "SQL built by string concatenation" in markdown.text
    assert api.get(path, params={"format": "pdf"}).status_code == 400


def test_a_dismissed_finding_stays_dismissed(api, checkout):
    checkout.write("a.py", SQL)
    _, events, review_id = reviewed(api)
    issue = next(event["issue"] for event in events if event["type"] == "issue_found")
    route = f"/api/triage/reviews/{review_id}/issues/{issue['id']}/dismiss"
    assert api.post(route).json() == {"dismissed": True, "issueId": issue["id"], "fingerprint": issue["fingerprint"]}
    checkout.write("a.py", "\n\n" + SQL)
    _, events, _ = reviewed(api)
    assert issue["fingerprint"] not in [e["issue"]["fingerprint"] for e in events if e["type"] == "issue_found"]
    assert api.delete(route).json() == {"restored": True}
    checkout.write("a.py", SQL)
    _, events, _ = reviewed(api)
    again = [e["issue"] for e in events if e["type"] == "issue_found" and e["issue"]["id"] == issue["id"]]
    assert len(again) == 1
    missing = api.post(f"/api/triage/reviews/{review_id}/issues/security-0000000000/dismiss")
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, "ISSUE_NOT_FOUND")


def test_a_growing_change_says_new_still_and_fixed(api, checkout):
    checkout.write("a.py", SQL)
    reviewed(api)
    checkout.write("a.py", "import os\n" + SQL.replace('\'" + user + "\'"', '1", user'))
    _, _, review_id = reviewed(api)
    review = api.get(f"/api/triage/reviews/{review_id}").json()["review"]
    by_id = {issue["id"]: issue for issue in review["result"]["issues"]}
    assert [by_id[one]["ruleId"] for one in review["standing"]["new"]] == ["F401"]
    assert len(review["standing"]["fixed"]) == 1
    assert review["standing"]["still"] == []


def test_a_posted_diff(api):
    diff = "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,5 @@\n" + "".join(f"+{line}\n" for line in SQL.splitlines())
    answer = api.post("/api/pr-review", json={"diff": diff, "lenses": ["security"], "baseRef": "main"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["summary"].startswith("Found 1 issue: 1 medium.")
    assert body["annotations"][0]["start_line"] == body["issues"][0]["line"] == 5
    assert body["inlineComments"][0]["body"].startswith("**MEDIUM**: SQL built by string concatenation\n\n")
    for bad, code in (
        ({"diff": ""}, "VALIDATION_ERROR"), ({"diff": "hello"}, "NO_DIFF"), ({}, "VALIDATION_ERROR"),
        ({"diff": diff, "lenses": ["x"]}, "VALIDATION_ERROR"), ({"diff": 1}, "VALIDATION_ERROR"),
    ):  # fmt: skip
        answer = api.post("/api/pr-review", json=bad)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    skipped = api.post("/api/pr-review", json={"diff": diff.replace("a.py", "yarn.lock")}).json()
    assert skipped["issues"] == []
    assert "yarn.lock (lockfile)" in skipped["summary"]


def test_model_routes_without_a_model(api, checkout):
    checkout.write("a.py", SQL)
    _, events, review_id = reviewed(api)
    issue = next(event["issue"] for event in events if event["type"] == "issue_found")
    for query in ("staged=false", "mode=staged", "mode=unstaged&staged=true"):
        answer = api.get(f"/api/review/stream?{query}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "CONFIG_NOT_FOUND")
    answer = api.get("/api/review/stream?mode=everything")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    answer = api.post(f"/api/triage/reviews/{review_id}/drilldown", json={"issueId": issue["id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "CONFIG_NOT_FOUND")
    answer = api.post(f"/api/triage/reviews/{review_id}/drilldown", json={"issueId": "nope"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ISSUE_NOT_FOUND")


def test_every_error_code_is_a_known_one(api, checkout):
    checkout.write("big.py", "".join(f"value_{number} = {number}\n" for number in range(130_000)))
    _, events, _ = reviewed(api)
    assert events[-1]["error"]["code"] in CODES
