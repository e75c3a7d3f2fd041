"""`asterism activity`: what happened in a project, and what happens while somebody looks."""

import json
import subprocess

import httpx

from tests.client.trees import build
from tests.support.commands import answer, run
from tests.support.forks import ASTERISM, popen
from tests.support.process import clean_environment


def test_what_happened_is_listed_and_what_happens_is_followed(tmp_path, signed_in):
    work = tmp_path / "work"
    build(work, {"a.txt": ("file", b"one\n", 0o644)})
    made = answer(run(tmp_path, signed_in, "push", "-m", "first\x1b[2J", "--project", "demo", "--json", cwd=work))
    listed = run(tmp_path, signed_in, "activity", "--kinds", "snapshot.made", cwd=work)
    [line] = listed.stdout.splitlines()
    assert listed.returncode == 0
    assert made["snapshot_id"][:12] in line
    assert "\x1b" not in line

    bearer = {"Authorization": f"Bearer {signed_in['ASTERISM_TOKEN']}"}
    with (
        httpx.Client(base_url=signed_in["ASTERISM_URL"], headers=bearer) as api,
        popen(
            [*ASTERISM, "activity", "--follow", "--limit", "1", "--json"],
            cwd=work,
            env=clean_environment(tmp_path, signed_in),
            stdout=subprocess.PIPE,
            text=True,
        ) as following,
    ):
        try:
            assert following.stdout is not None
            first = json.loads(following.stdout.readline())
            assert api.patch(f"/v1/projects/{made['project_id']}", json={"name": "renamed"}).status_code == 200
            second = json.loads(following.stdout.readline())
            assert api.delete(f"/v1/projects/{made['project_id']}").status_code == 200
            last = json.loads(following.stdout.readline())
            assert following.wait(60) == 0
        finally:
            following.kill()
    assert [second["kind"], last["kind"]] == ["project.changed", "project.deleted"]
    assert [first["seq"] + 1, first["seq"] + 2] == [second["seq"], last["seq"]]
    refused = run(tmp_path, signed_in, "activity", "--json", cwd=work)
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (4, "NOT_FOUND")
