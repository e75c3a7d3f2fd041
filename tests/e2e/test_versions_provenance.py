"""`asterism blame`, `rewind` and `fork` against a server."""

import httpx

from tests.client.trees import build
from tests.support.commands import answer, run


def test_lines_are_blamed_and_conversations_forked(tmp_path, signed_in):
    work = tmp_path / "work"
    build(work, {"a.txt": ("file", b"one\ntwo\n", 0o644)})

    def command(*words: str, code: int = 0) -> dict:
        return answer(run(tmp_path, signed_in, *words, "--json", cwd=work), code)

    command("init", "--project", "demo")
    first = command("push", "-m", "first")
    (work / "a.txt").write_bytes(b"one\nTWO\n")
    second = command("push", "-m", "second")
    lines = command("blame", "a.txt")["lines"]
    assert [(one["text"], one["snapshot_id"]) for one in lines] == [
        ("one", first["snapshot_id"]),
        ("TWO", second["snapshot_id"]),
    ]
    assert [one["text"] for one in command("blame", "a.txt", first["snapshot_id"])["lines"]] == ["one", "two"]
    printed = run(tmp_path, signed_in, "blame", "a.txt", cwd=work).stdout
    assert [line[:12] for line in printed.splitlines()] == [one["snapshot_id"][:12] for one in lines]
    assert command("blame", "nothing", code=4)["error"]["code"] == "NOT_FOUND"

    bearer = {"Authorization": f"Bearer {signed_in['ASTERISM_TOKEN']}"}
    with httpx.Client(base_url=signed_in["ASTERISM_URL"], headers=bearer) as api:
        made = api.post("/v1/conversations", json={"workspace_id": first["workspace_id"], "title": "talk"}).json()
    talk = made["conversation"]["id"]
    assert command("rewind", talk) == {"checkpoints": []}
    assert command("rewind", talk, "--to", "nothing", code=4)["error"]["code"] == "NOT_FOUND"
    assert command("fork", talk, "--before", "nothing", code=4)["error"]["code"] == "NOT_FOUND"
    assert command("fork", talk, code=2)["error"]["code"] == "VALIDATION_ERROR"
