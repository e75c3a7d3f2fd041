"""Memory documents over the wire (Starbot 3)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.server import TestServer
from tests.support.talk import Talk

pytestmark = pytest.mark.xdist_group("llm")


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture(params=["project", "workspace"])
def url(request: pytest.FixtureRequest, talk: Talk) -> str:
    if request.param == "project":
        return f"/v1/projects/{talk.project_id}/memory"
    made = talk.client.post(f"/v1/projects/{talk.project_id}/workspaces", json={"name": "api"}).json()
    return f"/v1/workspaces/{made['workspace']['id']}/memory"


def words_found(talk: Talk, query: str, **more: Any) -> list[str]:
    body = {"query": query, **more}
    found = talk.client.post(f"/v1/projects/{talk.project_id}/memory/search", json=body)
    assert found.status_code == 200, found.text
    return [result["text"] for result in found.json()["results"]]


def test_reading_and_writing(talk: Talk, url: str) -> None:
    client = talk.client
    born = talk.get(url)
    assert list(born) == ["content", "updated_at"]
    assert born["content"] == ""
    owner = talk.get(url.removesuffix("/memory"))
    assert born["updated_at"] == (owner.get("workspace") or owner["project"])["created_at"]
    text = " # Rules\r\n\n日本語 👩‍👩‍👧 \x01 \n"
    written = client.put(url, json={"content": text, "expected_updated_at": born["updated_at"]})
    assert written.status_code == 200
    assert written.json() == talk.get(url) == {"content": text, "updated_at": written.json()["updated_at"]}
    times = [born["updated_at"], written.json()["updated_at"]]
    times += [client.put(url, json={"content": ""}).json()["updated_at"] for _ in range(3)]
    assert times == sorted(set(times))
    assert talk.get(url)["content"] == ""
    conflict = client.put(url, json={"content": "x", "expected_updated_at": times[0]})
    assert problem(conflict) == (409, "MEMORY_CONFLICT")
    assert conflict.json()["error"]["details"] == {"current_updated_at": times[-1]}
    for body in ({}, {"content": None}, {"content": 1}, {"content": "x", "expected_updated_at": "soon"}, []):
        assert client.put(url, json=body).status_code == 422, body
    assert client.put(url, json={"content": "é" * 131_072}).status_code == 200
    answer = client.put(url, json={"content": "é" * 131_072 + "x"})
    assert problem(answer) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.json()["error"]["details"]["limit_bytes"] == 262_144


def test_history(talk: Talk, url: str) -> None:
    for text in ("one", "two", "drei ü"):
        talk.client.put(url, json={"content": text})
    found = talk.get(f"{url}/versions")["versions"]
    assert [(v["version"], v["bytes"], v["source"], v["run_id"], v["proposal_id"]) for v in found] == [
        (3, 7, "user", None, None),
        (2, 3, "user", None, None),
        (1, 3, "user", None, None),
    ]
    assert list(found[0]) == ["version", "updated_at", "bytes", "source", "run_id", "proposal_id"]
    assert [v["version"] for v in talk.get(f"{url}/versions", limit=1)["versions"]] == [3]
    one = talk.get(f"{url}/versions/1")
    assert (one["content"], one["version"], one["updated_at"]) == ("one", 1, found[2]["updated_at"])
    for bad in ("0", "4", "-1", "x", "99999999999999999999"):
        assert talk.client.get(f"{url}/versions/{bad}").status_code == 404


def test_of_two_writers_with_one_expectation_one_wins(talk: Talk, url: str) -> None:
    base = talk.get(url)["updated_at"]

    def write(number: int) -> int:
        body = {"content": f"text {number}", "expected_updated_at": base}
        return talk.client.put(url, json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(write, range(6))) == [200, *[409] * 5]
    assert len(talk.get(f"{url}/versions")["versions"]) == 1


def test_the_index_follows_every_write(talk: Talk, url: str) -> None:
    talk.client.put(url, json={"content": "# Rules\n\n## Exports\n\nDates are Zürich time.\n"})
    assert words_found(talk, "zürich dates?") == ["## Exports\n\nDates are Zürich time."] or words_found(
        talk, "zürich dates?"
    ) == ["# Rules\n\n## Exports\n\nDates are Zürich time."]
    talk.client.put(url, json={"content": "nothing of it"})
    assert words_found(talk, "zürich") == []
    for text, query in (
        ("設定は日本語です", "日本語"),
        ("導出格式", "格"),
        ("한국어 문서", "한국어"),
        ("Проверка связи", "проверка"),
    ):
        talk.client.put(url, json={"content": text})
        assert words_found(talk, query) == [text]
    for strange in ('"', "a AND", "NEAR(", "* - ^", "'; DROP TABLE users; --", "(" * 50, "a:b", "\\"):
        words_found(talk, strange)


def test_search_knows_its_borders(talk: Talk, chat_server: TestServer) -> None:
    client = talk.client
    place = f"/v1/projects/{talk.project_id}"
    one, two = (
        client.post(f"{place}/workspaces", json={"name": name}).json()["workspace"]["id"] for name in ("one", "two")
    )
    client.put(f"{place}/memory", json={"content": "apple of the project"})
    client.put(f"/v1/workspaces/{one}/memory", json={"content": "# Fruit\n\napple of one"})
    client.put(f"/v1/workspaces/{two}/memory", json={"content": "apple of two"})
    other = client.post("/v1/projects", json={"name": "Other"}).json()["project"]["id"]
    client.put(f"/v1/projects/{other}/memory", json={"content": "apple of another project"})
    assert sorted(words_found(talk, "apple")) == ["# Fruit\n\napple of one", "apple of the project", "apple of two"]
    assert sorted(words_found(talk, "apple", workspace_id=one)) == ["# Fruit\n\napple of one", "apple of the project"]
    assert len(words_found(talk, "apple", limit=1)) == 1
    results = client.post(f"{place}/memory/search", json={"query": "apple", "limit": 99}).json()["results"]
    assert {(r["scope"], r["workspace_id"]) for r in results} == {
        ("project", None),
        ("workspace", one),
        ("workspace", two),
    }
    keys = ["chunk_id", "scope", "workspace_id", "heading", "text", "score", "updated_at"]
    assert all(list(result) == keys for result in results)
    assert results[0]["score"] == 1.0
    assert next(r["heading"] for r in results if r["workspace_id"] == one) == "Fruit"
    for body in (
        {},
        {"query": ""},
        {"query": " "},
        {"query": "x" * 2_001},
        {"query": "x", "limit": 0},
        {"query": "x", "limit": True},
        {"query": "x", "workspace_id": "no"},
    ):
        answer = client.post(f"{place}/memory/search", json=body)
        assert problem(answer) == (422, "VALIDATION_ERROR"), body
    assert answer.json()["error"]["details"]["fields"][0]["path"] == "workspace_id"
    with chat_server.person() as stranger:
        for method, path in (
            ("GET", f"{place}/memory"),
            ("PUT", f"{place}/memory"),
            ("GET", f"/v1/workspaces/{one}/memory"),
            ("PUT", f"/v1/workspaces/{one}/memory"),
            ("GET", f"{place}/memory/versions"),
            ("GET", f"/v1/workspaces/{one}/memory/versions/1"),
            ("POST", f"{place}/memory/search"),
        ):
            body = None if method == "GET" else {"content": "x", "query": "x"}
            assert problem(stranger.request(method, path, json=body)) == (404, "NOT_FOUND"), path
