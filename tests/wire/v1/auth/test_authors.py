"""PATCH /v1/auth/me over the wire."""

import httpx

from tests.support.trees import field_error, ok


def test_authors_are_taught(alice: httpx.Client) -> None:
    ada = {"name": "Ada", "email": "ada@example.org"}
    assert ok(alice.patch("/v1/auth/me", json={"authors": [ada]})) == {"authors": [ada]}
    assert ok(alice.patch("/v1/auth/me", json={"authors": []})) == {"authors": [ada]}
    field_error(alice.patch("/v1/auth/me", json={"authors": [{"name": "a\nb", "email": ""}]}), "authors[0].name")
