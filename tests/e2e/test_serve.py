"""`asterism serve` as a person meets it: starting, signing in, a taken port, stopping."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.process import ServerProcess, asterism, serving


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_first_start_prints_a_link_that_works_once(data: Path, tmp_path: Path) -> None:
    with serving(data, home=tmp_path) as server:
        server.wait_for(rf"{data} is a new data folder")
        code = server.wait_for(r"sign in once at http://127\.0\.0\.1:\d+/signin#(ast_l_\w+)$").group(1)
        first = httpx.post(f"{server.url}/v1/auth/link", json={"code": code})
        assert first.status_code == 200
        token = first.json()["access_token"]
        me = httpx.get(f"{server.url}/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["user"]["email"] == "owner@localhost"
        again = httpx.post(f"{server.url}/v1/auth/link", json={"code": code})
        assert (again.status_code, again.json()["error"]["code"]) == (401, "INVALID_CODE")


@contextmanager
def followed_log(server: ServerProcess) -> Iterator[Iterator[bytes]]:
    """Sign in by the printed link, make a project and follow its log; yield what is still to come of the stream."""
    code = server.wait_for(r"/signin#(ast_l_\w+)$").group(1)
    token = httpx.post(f"{server.url}/v1/auth/link", json={"code": code}).json()["access_token"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        project = client.post("/v1/projects", json={"name": "p"}).json()["project"]["id"]
        with client.stream("GET", f"/v1/projects/{project}/log/stream") as answer:
            rest, seen = answer.iter_bytes(), b""
            while b"project.created" not in seen:
                seen += next(rest)
            yield rest


def test_stopping_is_clean_and_a_second_start_prints_no_link(data: Path, tmp_path: Path) -> None:
    with serving(data, home=tmp_path) as server, followed_log(server) as stream:
        assert server.end(signal.SIGTERM) == 0
        list(stream)  # raises when it is cut off instead of ended
        assert not any("level=error" in line or "Traceback" in line for line in server.lines)
    with serving(data, home=tmp_path) as server:
        assert server.end(signal.SIGINT) == 0
        assert not any("signin#" in line or "new data folder" in line for line in server.lines)


def test_a_taken_port_is_named(data: Path, tmp_path: Path) -> None:
    with serving(data, home=tmp_path) as server:
        second = ServerProcess(tmp_path / "other", home=tmp_path, port=server.port)
        assert second.process.wait(60) != 0
        second._reader.join(5)
        assert str(server.port) in second.lines[-2]
        assert not (tmp_path / "other").exists()
        assert not any("Traceback" in line for line in second.lines)


def test_every_request_is_logged_with_its_id(data: Path, tmp_path: Path) -> None:
    with serving(data, home=tmp_path) as server:
        httpx.get(f"{server.url}/v1/health", headers={"X-Request-Id": "find-me.1"})
        server.wait_for(r"request_id=find-me\.1 .*status=200")


def test_tokens_are_made_before_the_first_start_and_beside_a_running_server(data: Path, tmp_path: Path) -> None:
    before = asterism("token", "create", "--data-dir", str(data), "--json", home=tmp_path)
    assert before.returncode == 0, before.stderr
    with serving(data, home=tmp_path) as server:
        beside = asterism("token", "create", "--data-dir", str(data), "--json", home=tmp_path)
        added = asterism("user", "add", "eve@example.org", "--data-dir", str(data), "--json", home=tmp_path)
        hers = asterism(
            "token", "create", "--user", "eve@example.org", "--data-dir", str(data), "--json", home=tmp_path
        )
        emails = []
        for made in (before, beside, hers):
            token = json.loads(made.stdout)
            assert token["expires_at"].endswith("Z")
            answer = httpx.get(f"{server.url}/v1/auth/me", headers={"Authorization": f"Bearer {token['access_token']}"})
            emails.append(answer.json()["user"]["email"])
        assert emails == ["owner@localhost", "owner@localhost", "eve@example.org"]
        assert json.loads(added.stdout)["code"].startswith("ast_l_")


@pytest.mark.parametrize("arguments", [["serve", "--port", "none"], ["nonsense"], ["token", "create", "--what"]])
def test_wrong_usage_exits_2_without_a_traceback(arguments: list[str], tmp_path: Path) -> None:
    done = asterism(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(data: Path, tmp_path: Path) -> None:
    done = asterism("serve", "--data-dir", str(data), home=tmp_path, extra={"ASTERISM_PORT": "many"})
    assert done.returncode == 1
    assert "port" in done.stderr
    assert "Traceback" not in done.stderr


def test_health_answers_before_the_server_is_loaded() -> None:
    loaded = "import sys, asterism.server.serve; print(*sorted(n for n in sys.modules if '.' not in n))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "granian" in modules
    assert not modules & {"starlette", "sqlalchemy", "alembic", "httpx"}, "the first answer would wait for these"


def test_requests_that_come_early_wait_for_the_server(data: Path, tmp_path: Path) -> None:
    server = ServerProcess(data, home=tmp_path)
    try:
        wait_until_it_listens(server.port)
        assert httpx.get(f"{server.url}/health").json()["status"] == "ok"
        assert httpx.get(f"{server.url}/v1/health", timeout=60).status_code == 200
        assert httpx.get(f"{server.url}/health", headers={"Host": "evil.example"}).status_code == 403
    finally:
        server.process.kill()
        server.process.wait(30)
        server._reader.join(5)


def wait_until_it_listens(port: int) -> None:
    """Connect as soon as somebody accepts."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "nobody listens"


def test_idle_connections_do_not_hold_up_a_stop(data: Path, tmp_path: Path) -> None:
    server = ServerProcess(data, home=tmp_path)
    idle: list[socket.socket] = []
    try:
        wait_until_it_listens(server.port)
        for _ in range(30):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
            connection.sendall(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            idle.append(connection)
        server.ready()
        assert server.end(signal.SIGTERM) == 0  # while models and jobs are still being loaded
        assert not any("Traceback" in line for line in server.lines)
    finally:
        for connection in idle:
            connection.close()
        server.process.kill()
        server.process.wait(30)
