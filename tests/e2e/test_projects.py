"""Projects, looked after on the command line."""

import httpx

from tests.support.commands import answer, run


def test_projects_are_listed_renamed_removed_and_restored(tmp_path, signed_in, sqlite_server):
    def command(*words: str, code: int = 0):
        return answer(run(tmp_path, signed_in, "projects", *words, "--json"), code)

    bearer = {"Authorization": f"Bearer {signed_in['ASTERISM_TOKEN']}"}
    with httpx.Client(base_url=signed_in["ASTERISM_URL"], headers=bearer) as api:
        made = api.post("/v1/projects", json={"name": "demo"}).json()["project"]["id"]
    with sqlite_server.person() as other:
        foreign = other.post("/v1/projects", json={"name": "theirs"}).json()["project"]["id"]
    assert command("rename", "demo", "shown") == {"project_id": made, "project_name": "shown"}
    assert [one["name"] for one in command()["projects"]] == ["shown"]
    assert command("remove", "shown", code=2)["error"]["hint"] == "Say --yes."
    assert command("remove", foreign, "--yes", code=4)["error"]["code"] == "NOT_FOUND"
    assert command("restore", "shown", code=4)["error"]["code"] == "NOT_FOUND"
    assert command("remove", "shown", "--yes")["project_id"] == made
    assert command("list")["projects"] == []
    assert [one["id"] for one in command("list", "--deleted")["projects"]] == [made]
    assert command("restore", "shown")["project_id"] == made
    assert [one["id"] for one in command("list")["projects"]] == [made]
