"""Several real servers on one PostgreSQL and one bucket, for benchmarks."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from asterism.features.accounts import identity
from asterism.kernel.db import open_database
from asterism.kernel.db.migrate import upgrade
from bench.servers import free_port, until_healthy
from tests.support.postgres import PostgresServer
from tests.support.s3 import s3_server


class Member:
    """One server process that can be killed and started again."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, **environment}
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "asterism", "serve", "--port", str(self.port), "--data-dir", str(self.data)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=(self.data.parent / f"{self.data.name}.log").open("ab"),
            start_new_session=True,
        )
        until_healthy(self.url, self.process, time.perf_counter())

    def kill(self) -> None:
        """End it as `kill -9` does, with all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


@contextmanager
def fleet(count: int, settings: Mapping[str, str]) -> Iterator[tuple[Sequence[Member], str]]:
    """Run so many servers while the context is open; yield them and a token of a person."""
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder, postgresql() as url:
        s3 = s3_server()
        environment = {
            **s3.environment,
            "ASTERISM_RATE_LIMITS": "off",
            "ASTERISM_DATABASE_URL": url,
            "ASTERISM_OBJECT_STORE": f"s3://{s3.bucket()}/fleet",
            "ASTERISM_MASTER_KEY_FILE": f"{folder}/master.key",
            "ASTERISM_KEY_STORE": "file",
            **settings,
        }
        members = [Member(Path(folder, f"server{number}"), environment) for number in range(count)]
        try:
            yield members, _token(url)
        finally:
            for member in members:
                member.kill()


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server of its own, and yield the address of an empty database."""
    server = PostgresServer()
    yield server.create_database("bench")  # it stops with this process


def _token(url: str) -> str:
    db = open_database(url)
    try:
        upgrade(db)  # servers answer /health before they have done it
        with db.write() as tx:
            user = identity.add_user(tx, "bench@example.org")
            return identity.create_token(tx, user, kind="u", name="bench", client="cli", seconds=36_000).text
    finally:
        db.close()
