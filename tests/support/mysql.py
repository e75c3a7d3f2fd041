"""A real MariaDB for tests, where the machine has one: a throw-away server on a Unix socket and on loopback."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pymysql
import pytest

from tests.support.facts import until
from tests.support.memory import roomy_memory

PROGRAM = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
SCRIPTS = Path("/usr/share/mysql")
needs_mysql = pytest.mark.skipif(
    not (PROGRAM and SCRIPTS.is_dir()), reason="no MariaDB here; the package mariadb-server-core brings one"
)
PASSWORD = "an operator's: p@ss/word"
_URL_PASSWORD = "an%20operator%27s%3A%20p%40ss%2Fword"


class MysqlServer:
    """A server whose user `operator` has a password and may do everything."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ast-my-", dir=roomy_memory()))
        user = "nobody" if os.geteuid() == 0 else None  # MariaDB refuses to run as root
        if user:
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, -1)
        data, self.socket = self.folder / "data", self.folder / "my.sock"
        assert PROGRAM is not None
        environment = {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": str(self.folder)}
        program = [PROGRAM, "--no-defaults", f"--datadir={data}", "--innodb-flush-log-at-trx-commit=0"]
        subprocess.run(["mkdir", data], check=True, user=user)
        scripts = (SCRIPTS / f"mysql_system_tables{part}.sql" for part in ("", "_data"))
        tables = "create database mysql;\nuse mysql;\nset @skip_auth_anonymous=1;\nset @auth_root_socket=NULL;\n"
        subprocess.run(
            [*program, "--bootstrap"], input=(tables + "".join(map(Path.read_text, scripts))).encode(),
            check=True, user=user, env=environment, cwd=self.folder, capture_output=True,
        )  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*program, f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1",
                 "--skip-name-resolve"],
                user=user, env=environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        atexit.register(self.stop)
        until(self._answers)
        with pymysql.connect(unix_socket=str(self.socket), user="root", autocommit=True) as root:
            for statement in (
                f"CREATE USER operator@'%' IDENTIFIED BY '{PASSWORD.replace(chr(39), chr(39) * 2)}'",
                "GRANT ALL PRIVILEGES ON *.* TO operator@'%' WITH GRANT OPTION",
            ):
                root.cursor().execute(statement)

    @property
    def url(self) -> str:
        """The address that an operator lends."""
        return f"mysql://operator:{_URL_PASSWORD}@127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """The same server by its Unix socket."""
        return f"mysql://root@localhost/?unix_socket={self.socket}"

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        if not self.socket.exists():
            return False
        try:
            pymysql.connect(unix_socket=str(self.socket), user="root").close()
        except pymysql.Error:
            return False
        return True

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def mysql() -> MysqlServer:
    """Return this process's MariaDB, started at the first call."""
    return MysqlServer()
