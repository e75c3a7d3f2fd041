"""Diffs that are built to break the reader of `/api/pr-review`: refused or read, never a 5xx."""

import pytest

from tests.support.local_api import Api

DIGITS = "9" * 5_000
BODY = "@@ -0,0 +1 @@\n+x = 1\n"
HOSTILE = {
    "a header of 5,000 digits": f"--- a/a.py\n+++ b/a.py\n@@ -{DIGITS} +{DIGITS} @@\n-x\n+y\n",
    "a count of 5,000 digits": f"--- a/a.py\n+++ b/a.py\n@@ -1,{DIGITS} +1,{DIGITS} @@\n-x\n+y\n",
    "digits of another script": "--- a/a.py\n+++ b/a.py\n@@ -\u0661 +\u0661 @@\n-x\n+y\n",
    "an open quote": f'--- "a/a.py\n+++ "b/a.py\n{BODY}',
    "an open quote of git": f'diff --git "a/a.py "b/a.py\n--- a/a.py\n+++ b/a.py\n{BODY}',
    "a path that is not UTF-8": f'--- "a/\\377.py"\n+++ "b/\\377.py"\n{BODY}',
    "a path with a NUL": f'--- "a/\\000.py"\n+++ "b/\\000.py"\n{BODY}',
    "a line of half a megabyte": f"--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+{'x' * 500_000}\n",
}


@pytest.mark.parametrize("diff", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_diff_is_refused_or_read(api: Api, diff: str) -> None:
    answer = api.post("/api/pr-review", {"diff": diff})
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert answer.json()["error"]["code"]
