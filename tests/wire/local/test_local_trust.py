"""Project roots and trust: which folder is meant, and what is allowed in it."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from asterism.features.review.trust import InvalidPath, RootRules
from asterism.kernel.llm import Scripted
from tests.contracts.stargazer_schemas import check
from tests.support.checkouts import make_repository, write
from tests.support.local_api import Api, refused

HEADER = "x-stargazer-project-root"


def init(api: Api, root: str | bytes) -> Any:
    value = root if isinstance(root, bytes) else root.encode()
    return api.get("/api/config/init", headers={HEADER.encode(): value})


def test_a_root_in_any_spelling_is_one_project(api: Api, tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "prøject %41")
    (tmp_path / "link").symlink_to(folder)
    first = check("Init", init(api, str(folder)).json())["project"]
    for spelling in (
        f"{folder}/",
        f"{folder}/.",
        str(tmp_path / "link"),
        quote(str(folder)),
        str(folder).encode("latin-1"),
    ):
        assert init(api, spelling).json()["project"] == first
    assert first["path"] == str(folder)
    assert first["projectId"] != api.project_id()
    assert init(api, "").json()["project"]["path"] == str(api.root)


def test_roots_that_are_no_folders(api: Api, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    for bad in ("relative/path", str(tmp_path / "missing"), str(tmp_path / "file"), str(tmp_path / "loop"), "~", "%00"):
        refused(init(api, bad), 400, "INVALID_PATH")
        refused(api.get("/api/git/status", headers={HEADER: bad}), 400, "INVALID_PATH")
    with api.rt.db.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM local_projects").scalar() == 0


def test_a_bad_root_matters_only_where_it_is_used(api: Api) -> None:
    for path in ("/api/settings", "/api/config/check", "/api/sessions", "/api/settings/trust/list", "/api/health"):
        assert api.get(path, headers={HEADER: "not/absolute"}).status_code == 200


def test_foreign_roots(tmp_path: Path) -> None:
    mine, inside, other = tmp_path / "mine", tmp_path / "mine" / "inside", tmp_path / "other"
    for folder in (inside, other):
        folder.mkdir(parents=True)
    rules = RootRules(default=other, allowed=(mine,))
    assert rules.resolve(str(inside).encode()) == inside.resolve()
    assert rules.resolve(str(mine).encode()) == mine.resolve()
    assert rules.resolve(None) == other.resolve()
    assert rules.resolve(str(other).encode()) == other.resolve()
    (mine / "out").symlink_to(tmp_path)
    for bad in (tmp_path, mine / "out", Path("/")):
        with pytest.raises(InvalidPath):
            rules.resolve(str(bad).encode())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_folders_of_others_are_foreign_unless_allowed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    with pytest.raises(InvalidPath):
        RootRules(default=tmp_path).resolve(str(theirs).encode())
    assert RootRules(default=theirs).resolve(None) == theirs.resolve()
    assert RootRules(default=tmp_path, allowed=(tmp_path,)).resolve(str(theirs).encode()) == theirs.resolve()


def test_trusting_a_project(api: Api) -> None:
    project = api.project_id()
    refused(api.get(f"/api/settings/trust?projectId={project}"), 404, "NOT_FOUND")
    saved = api.trust(trustedAt="2026-02-04T12:00Z")
    assert saved["trustedAt"] == "2026-02-04T12:00:00.000Z"
    assert check("TrustAnswer", api.get(f"/api/settings/trust?projectId={project}").json())["trust"] == saved
    assert check("TrustList", api.get("/api/settings/trust/list").json())["projects"] == [saved]
    assert check("Init", api.get("/api/config/init").json())["project"]["trust"] == saved
    written = api.root / ".stargazer"
    facts = json.loads((written / "project.json").read_text())
    assert (facts["projectId"], facts["repoRoot"]) == (project, str(api.root))
    assert (written / ".gitignore").read_text() == "*\n"
    assert written.stat().st_mode & 0o777 == 0o700
    assert (written / "project.json").stat().st_mode & 0o777 == 0o600
    assert api.get("/api/git/status").json()["files"]["untracked"] == []
    assert api.delete(f"/api/settings/trust?projectId={project}").json() == {"removed": True}
    assert api.delete(f"/api/settings/trust?projectId={project}").json() == {"removed": False}
    refused(api.get("/api/git/status"), 403, "TRUST_REQUIRED")
    assert written.exists()


def test_trust_for_a_session_leaves_no_trace(api: Api) -> None:
    saved = api.trust(trustMode="session")
    assert saved["trustMode"] == "session"
    assert not (api.root / ".stargazer").exists()
    assert api.get("/api/git/status").status_code == 200
    assert api.get("/api/settings/trust/list").json()["projects"] == [saved]
    with api.rt.db.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM local_trust").scalar() == 0
    api.trust()
    assert api.get("/api/settings/trust/list").json()["projects"][0]["trustMode"] == "persistent"
    api.trust(trustMode="session")
    assert [p["trustMode"] for p in api.get("/api/settings/trust/list").json()["projects"]] == ["session"]


def test_trust_without_reading_opens_nothing(api: Api) -> None:
    saved = api.trust(capabilities={"readFiles": False, "runCommands": False})
    assert api.get("/api/config/init").json()["project"]["trust"] == saved
    refused(api.get("/api/git/status"), 403, "TRUST_REQUIRED")
    assert not (api.root / ".stargazer").exists()


def test_trust_does_not_travel_with_the_folder(api: Api, tmp_path: Path) -> None:
    api.trust()
    copy = make_repository(tmp_path / "copy")
    (copy / ".stargazer").mkdir()
    facts = (api.root / ".stargazer" / "project.json").read_bytes()
    (copy / ".stargazer" / "project.json").write_bytes(facts)
    body = init(api, str(copy)).json()
    assert body["project"]["trust"] is None
    assert body["project"]["projectId"] != json.loads(facts)["projectId"]
    refused(api.get("/api/git/status", headers={HEADER: str(copy)}), 403, "TRUST_REQUIRED")


@pytest.mark.parametrize("theirs", [
    '{"projectId":"11111111-2222-4333-8444-555555555555","repoRoot":"/x","createdAt":"2020-01-01T00:00:00Z","n":1}\n',
    "not json", "[1, 2]", "", "\xff",
])  # fmt: skip
def test_another_tools_project_file_is_kept(api: Api, theirs: str) -> None:
    folder = api.root / ".stargazer"
    folder.mkdir()
    (folder / "project.json").write_bytes(theirs.encode("latin-1"))
    (folder / ".gitignore").write_text("*.log\n")
    api.trust()
    assert (folder / "project.json").read_bytes() == theirs.encode("latin-1")
    assert (folder / ".gitignore").read_text() == "*.log\n"


def test_a_project_file_without_an_id_is_completed_and_ours_brought_up_to_date(api: Api) -> None:
    folder = api.root / ".stargazer"
    folder.mkdir()
    for facts in ({"theme": "dark"}, {"theme": "dark", "projectId": api.project_id(), "repoRoot": "/elsewhere"}):
        (folder / "project.json").write_text(json.dumps(facts))
        api.trust()
        found = json.loads((folder / "project.json").read_text())
        assert (found["theme"], found["projectId"], found["repoRoot"]) == ("dark", api.project_id(), str(api.root))


def test_a_folder_in_the_way_of_ours_is_left_alone(api: Api, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (api.root / ".stargazer").symlink_to(tmp_path / "elsewhere")
    api.trust()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (api.root / ".stargazer").unlink()
    (api.root / ".stargazer").write_text("a file")
    api.trust()
    assert (api.root / ".stargazer").read_text() == "a file"


def test_the_newest_trust_comes_first(api: Api, tmp_path: Path) -> None:
    api.trust(trustedAt="2026-02-04T12:00:00Z")
    other = make_repository(tmp_path / "other")
    api.trust(
        projectId=api.project_id(other), repoRoot=str(other), trustedAt="2026-02-05T12:00:00.5Z", trustMode="session"
    )
    listed = api.get("/api/settings/trust/list").json()["projects"]
    assert [entry["repoRoot"] for entry in listed] == [str(other), str(api.root)]


BAD_ENTRIES: list[dict[str, Any]] = [
    {"projectId": "0d5e2b8a-6f3c-4e0b-9f57-2f1f0f6a7c11"},
    {"projectId": 5},
    {"trustedAt": "2026-02-04T12:00:00+00:00"},
    {"trustedAt": "2026-02-30T12:00:00Z"},
    {"trustedAt": "yesterday"},
    {"trustedAt": "2026-02-04"},
    {"capabilities": {"readFiles": True}},
    {"capabilities": {"readFiles": "true", "runCommands": False}},
    {"trustMode": "forever"},
    {"capabilities": None},
]


@pytest.mark.parametrize("changes", BAD_ENTRIES)
def test_malformed_entries(api: Api, changes: dict[str, Any]) -> None:
    refused(api.post("/api/settings/trust", api.trust_entry(**changes)), 400, "INVALID_BODY")
    assert api.get("/api/settings/trust/list").json() == {"projects": []}


def test_entries_for_another_folder(api: Api, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other")
    refused(api.post("/api/settings/trust", api.trust_entry(repoRoot=str(other))), 400, "INVALID_BODY")
    refused(api.post("/api/settings/trust", api.trust_entry(repoRoot="relative")), 400, "INVALID_PATH")
    refused(api.post("/api/settings/trust", api.trust_entry(repoRoot=str(tmp_path / "no"))), 400, "INVALID_PATH")


@pytest.mark.parametrize("query", ["", "?projectId=", "?projectId=%20"])
def test_the_project_id_is_needed(api: Api, query: str) -> None:
    refused(api.get(f"/api/settings/trust{query}"), 400, "VALIDATION_ERROR")
    refused(api.delete(f"/api/settings/trust{query}"), 400, "VALIDATION_ERROR")


def test_an_oversized_entry(api: Api) -> None:
    refused(api.post("/api/settings/trust", api.trust_entry(padding="x" * 10_240)), 413, "PAYLOAD_TOO_LARGE")


def test_taking_trust_away_stops_the_reviews_that_run(api: Api) -> None:
    write(api.root, {"a.txt": "two\n"})
    entry = api.trust()
    api.configure()
    hold = asyncio.Event()
    api.models.play(*[Scripted(("{",), hold=hold)] * 5)
    request = api.client.build_request("GET", "/api/triage/stream")
    answer = api.client.send(request, stream=True)
    lines = answer.iter_lines()
    while "agent_start" not in next(lines):
        pass
    assert api.delete(f"/api/settings/trust?projectId={entry['projectId']}").json() == {"removed": True}
    rest = [line for line in lines if line.startswith("data: ")]
    answer.close()
    assert json.loads(rest[-1][6:])["type"] == "error"
    assert len([line for line in rest if '"type":"error"' in line]) == 1


@pytest.mark.parametrize("value", ["%00", "%ff", "x" * 5000, "%F0%9F%92%A9", "'; DROP TABLE local_trust; --"])
def test_odd_project_ids_are_just_unknown(api: Api, value: str) -> None:
    answer = api.get(f"/api/settings/trust?projectId={value}")
    assert answer.json()["error"]["code"] in {"NOT_FOUND", "VALIDATION_ERROR"}
    assert api.delete(f"/api/settings/trust?projectId={value}").status_code in {200, 400}
    assert api.post("/api/settings/trust", api.trust_entry(projectId="\U0001f4a9")).status_code == 400
