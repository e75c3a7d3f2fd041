"""Apps in the sandbox and the servers that are lent to them."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from asterism.kernel.sandbox import Isolation, bubblewrap_problem
from tests.support.databases import SqliteFactory, postgres
from tests.support.deploying import Place, answer_of
from tests.support.mysql import mysql, needs_mysql
from tests.support.sandboxes import needs_bubblewrap
from tests.support.server import TestServer
from tests.support.trees import ok

APP = b"""
import http.server, os, socket
from urllib.parse import urlsplit
def asked(url):
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or 80), 5) as cache:
            cache.sendall(b"PING\\r\\n")
            return cache.recv(100).decode().strip()
    except OSError as error:
        return type(error).__name__
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = (asked(os.environ["REDIS_URL"]) + " " + asked(os.environ["OTHER"])).encode()
        self.send_response(200); self.send_header("content-length", str(len(text))); self.end_headers()
        self.wfile.write(text)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


class Cache(socketserver.StreamRequestHandler):
    """As much of Redis as says that it is there."""

    def handle(self) -> None:
        if self.rfile.readline() == b"PING\r\n":
            self.wfile.write(b"+PONG\r\n")


@pytest.fixture
def cache() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Cache) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"redis://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("isolation", ["plain", "bubblewrap"])
def test_an_app_reaches_the_server_that_is_lent_to_it_and_not_ours(
    cache: str, isolation: Isolation, sqlite_factory: SqliteFactory, tmp_path: Path
) -> None:
    if isolation == "bubblewrap" and bubblewrap_problem():
        pytest.skip(f"bubblewrap cannot run here: {bubblewrap_problem()}")
    (tmp_path / "data").mkdir()
    with (
        TestServer(tmp_path / "data", sqlite_factory.url(), sandbox=isolation, local_redis_url=cache) as server,
        server.person() as person,
    ):
        place = Place(person, {"main.py": APP})
        place.set_env(OTHER=server.url)
        done = place.deploy()
        assert done["success"], "\n".join(place.log(done["deployment_id"]))
        assert [one["type"] for one in done["provisioned_resources"]] == ["database:redis"]
        ours = "HTTP/1.1 400" if isolation == "plain" else "ConnectionRefusedError"  # this server's own API
        assert answer_of(done["url"]).startswith(f"+PONG {ours}")


DATABASES = b"""
import http.server, os, socket
from urllib.parse import parse_qs, urlsplit
def postgres(parts):  # asks whether it encrypts, as every client does first
    with socket.socket(socket.AF_UNIX) as far:
        far.connect(parse_qs(parts.query)["host"][0] + "/.s.PGSQL.5432")
        far.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))
        return far.recv(1).decode()
def mysql(parts):  # says who it is before it is asked
    with socket.create_connection((parts.hostname, parts.port), 5) as far:
        return "MariaDB" if b"MariaDB" in far.recv(200) else "somebody else"
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = " ".join(ask(urlsplit(os.environ[name])) for name, ask in ASKED.items()).encode()
        self.send_response(200); self.send_header("content-length", str(len(text))); self.end_headers()
        self.wfile.write(text)
ASKED = {NAMES}
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@needs_bubblewrap
@pytest.mark.parametrize(
    ("named", "setting", "answers"),
    [
        ('"DATABASE_URL": postgres', "local_postgres_url", "N"),
        pytest.param('"MYSQL_URL": mysql', "local_mysql_url", "MariaDB", marks=needs_mysql),
    ],
)
def test_an_app_in_the_sandbox_reaches_its_own_database(
    named: str, setting: str, answers: str, sqlite_factory: SqliteFactory, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    lent = {setting: postgres().url() if answers == "N" else mysql().url}
    with (
        TestServer(tmp_path / "data", sqlite_factory.url(), sandbox="bubblewrap", **lent) as server,
        server.person() as person,
    ):
        place = Place(person, {"main.py": DATABASES.replace(b"NAMES", named.encode())})
        done = place.deploy()
        assert done["success"], "\n".join(place.log(done["deployment_id"]))
        (made,) = done["provisioned_resources"]
        assert answer_of(done["url"]) == answers
        ok(person.delete(f"/v1/infrastructure/projects/{place.project}/resources/{made['id']}"))
        assert ok(person.get(f"/v1/projects/{place.project}/env-vars"))["variables"] == []
