"""Clients that go away in the middle of what they send: nothing of it is kept, and the server does not notice."""

import hashlib
import socket

import httpx
import pytest

from asterism.vcs.batch import MEDIA_TYPE, frame_head
from tests.support.facts import until
from tests.support.server import TestServer

KIB = 1024


def send_and_hang_up(
    server: TestServer, client: httpx.Client, line: str, announced: int, sent: bytes, kind: str
) -> None:
    """Announce a body, send the beginning of it, and close the connection."""
    head = (
        f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{server.settings.port}\r\n"
        f"Authorization: {client.headers['authorization']}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {announced}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.settings.port)) as connection:
        connection.sendall(head.encode() + sent)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(20)
        while connection.recv(4 * KIB):  # until the server closes: it has seen the end by then
            pass


def named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def missing(client: httpx.Client, *contents: bytes) -> list[bool]:
    hashes = [named(content) for content in contents]
    absent = client.post("/v1/blobs/exists", json={"hashes": hashes}).json()["missing"]
    return [name in absent for name in hashes]


def crashes(server: TestServer, client: httpx.Client) -> int:
    """Return how many requests the server has answered with 500."""
    return sum(' status="500"' in line or 'status="500"' in line for line in client.get("/metrics").text.splitlines())


@pytest.mark.parametrize("kept", [0, 1, 600 * KIB])
def test_half_a_blob_is_no_blob(kept: int, server: TestServer, alice: httpx.Client) -> None:
    content = b"half a blob " * 100_000
    line = f"PUT /v1/blobs/upload/{named(content)}"
    before = crashes(server, alice)
    send_and_hang_up(server, alice, line, len(content), content[:kept], "application/octet-stream")
    assert missing(alice, content) == [True]
    assert alice.put(f"/v1/blobs/upload/{named(content)}", content=content).status_code == 201
    assert crashes(server, alice) == before


def test_a_batch_keeps_what_was_whole(server: TestServer, alice: httpx.Client) -> None:
    whole, half = b"whole " * 20_000, b"half " * 20_000
    body = frame_head(named(whole), len(whole)) + whole + frame_head(named(half), len(half)) + half[:1000]
    send_and_hang_up(server, alice, "POST /v1/blobs/batch", len(body) + len(half), body, MEDIA_TYPE)
    assert missing(alice, whole, half) == [False, True]


def test_what_is_whole_is_kept_while_the_connection_only_falls_silent(server: TestServer, alice: httpx.Client) -> None:
    whole, half = b"silent " * 20_000, b"other half " * 20_000
    body = frame_head(named(whole), len(whole)) + whole + frame_head(named(half), len(half)) + half[:1000]
    head = (
        f"POST /v1/blobs/batch HTTP/1.1\r\nHost: 127.0.0.1:{server.settings.port}\r\n"
        f"Authorization: {alice.headers['authorization']}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body) + len(half)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.settings.port)) as connection:
        connection.sendall(head.encode() + body)
        until(lambda: missing(alice, whole) == [False])
        assert missing(alice, whole, half) == [False, True]


def test_half_a_manifest_is_no_manifest(server: TestServer, alice: httpx.Client) -> None:
    manifest = b'{"version":"1","files":[]}'
    line = f"PUT /v1/blobs/manifests/{named(manifest)}"
    send_and_hang_up(server, alice, line, len(manifest), manifest[:10], "application/json")
    assert alice.get(f"/v1/blobs/manifests/{named(manifest)}").status_code == 404


def test_half_a_request_makes_nothing(server: TestServer, alice: httpx.Client) -> None:
    before = crashes(server, alice)
    send_and_hang_up(server, alice, "POST /v1/projects", 40, b'{"name": "half of it"}', "application/json")
    assert alice.get("/v1/projects").json()["projects"] == []
    assert crashes(server, alice) == before
