"""A server that many hold on to goes on answering."""

import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from asterism.asgi.wrapper import EACH_INSIDE
from asterism.faces.runtime import STREAMS_OF_ONE
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer

IDLE = 1_100  # more than the backlog of the listening socket


def connected(server: TestServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.settings.port), timeout=60)


def test_health_answers_while_a_thousand_connections_say_nothing(sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    with TestServer(tmp_path, sqlite_factory.url()) as server, ExitStack() as stack:
        address = ("127.0.0.1", server.settings.port)
        for number in range(IDLE):
            connection = stack.enter_context(socket.create_connection(address, timeout=30))
            if number % 2:
                connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: local")
        for path in ("/health", "/v1/health"):
            assert httpx.get(f"{server.url}{path}", timeout=30, trust_env=False).status_code == 200


@pytest.mark.parametrize("header", [b"Content-Length: 99999999999999", b"Content-Length: 4000000000"])
def test_a_body_that_is_only_announced_is_refused_at_once(
    header: bytes, sqlite_factory: SqliteFactory, tmp_path: Path
) -> None:
    with TestServer(tmp_path, sqlite_factory.url()) as server, connected(server) as connection:
        head = b"POST /v1/auth/link HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        connection.sendall(head + header + b"\r\n\r\n")
        assert b" 413 " in connection.makefile("rb").readline()


def test_two_hosts_are_refused_on_a_real_connection(sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    with TestServer(tmp_path, sqlite_factory.url()) as server, connected(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert b" 400 " in connection.makefile("rb").readline()


def test_one_user_has_so_many_streams_and_no_more() -> None:
    assert STREAMS_OF_ONE < EACH_INSIDE
