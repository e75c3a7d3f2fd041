"""`/v1/users`: administrators look after the users of a server (Beyond 15)."""

from collections.abc import Iterator

import httpx
import pytest

from asterism.features.accounts import identity
from tests.support.server import TestServer
from tests.support.trees import error, field_error, ok


@pytest.fixture
def admin(server: TestServer) -> Iterator[httpx.Client]:
    with server.rt.db.write() as tx:
        owner = identity.find_user(tx, None)
        issued = identity.create_token(tx, owner, kind="u", name="test", client="cli", seconds=3600)
    with server.client(issued.text) as client:
        yield client


def test_somebody_is_added_signs_in_and_is_removed(server: TestServer, admin: httpx.Client) -> None:
    made = ok(admin.post("/v1/users", json={"email": "newcomer@example.org"}), 201)
    user = made["user"]
    assert made["link"] == f"{server.url}/signin#{made['code']}"
    assert made["expires_in"] == 900
    assert user == {
        "id": user["id"], "email": "newcomer@example.org", "name": None, "is_admin": False, "is_owner": False,
        "created_at": user["created_at"],
    }  # fmt: skip
    error(admin.post("/v1/users", json={"email": "newcomer@example.org"}), 409, "CONFLICT")
    field_error(admin.post("/v1/users", json={"email": "nobody"}), "email")
    with server.client(None) as anonymous:
        token = ok(anonymous.post("/v1/auth/link", json={"code": made["code"]}))["access_token"]
    with server.client(token) as newcomer:
        error(newcomer.get("/v1/users"), 403, "ADMIN_ONLY")
        error(newcomer.delete(f"/v1/users/{user['id']}"), 404, "NOT_FOUND")
        path = f"/v1/users/{user['id']}"
        assert ok(admin.patch(path, json={"is_admin": True}))["user"]["is_admin"] is True
        assert user["id"] in [one["id"] for one in ok(newcomer.get("/v1/users", params={"limit": 500}))["users"]]
        ok(newcomer.post("/v1/projects", json={"name": "demo"}), 201)
        assert ok(admin.delete(path)) == {"user_id": user["id"], "projects": 1}
        error(newcomer.get("/v1/projects"), 401, "UNAUTHORIZED")
    error(admin.delete(path), 404, "NOT_FOUND")
    entries = ok(admin.get("/v1/auth/audit"))["entries"]
    acts = [one["action"] for one in entries if one["subject"] == user["id"]]
    assert acts == ["user_removed", "user_changed", "user_added"]


def test_the_owner_stays(admin: httpx.Client) -> None:
    [owner] = [one for one in ok(admin.get("/v1/users"))["users"] if one["is_owner"]]
    error(admin.delete(f"/v1/users/{owner['id']}"), 409, "OWNER_STAYS")
    error(admin.patch(f"/v1/users/{owner['id']}", json={"is_admin": False}), 409, "OWNER_STAYS")


def test_pages_are_as_long_as_asked(admin: httpx.Client) -> None:
    page = ok(admin.get("/v1/users", params={"limit": 1}))
    assert [one["is_owner"] for one in page["users"]] == [True]
    field_error(admin.get("/v1/users", params={"limit": 0}), "query.limit")
