"""Which of several server processes still live, told by advisory locks of PostgreSQL.

Each process holds a session lock named after its executor id for as long as it lives; the database releases it when
the process dies, however it dies. So whoever can take the lock of an executor that has jobs running knows that nobody
runs them, and puts them back into the queue. No clock, no heartbeat table, no protocol.
"""

import threading
import zlib
from collections.abc import Callable

import psycopg
import structlog

log = structlog.get_logger("asterism.jobs")

LOCK_CLASS = 7276424
SWEEP_SECONDS = 30
BUSY = "SELECT DISTINCT executor_id FROM asterism_jobs.workflow_status WHERE status = 'PENDING' AND executor_id <> %s"


class Liveness:
    """Holds the lock of this process and recovers, every half minute, what dead processes left."""

    def __init__(self, url: str, executor: str, recover: Callable[[str], object]) -> None:
        self._url = url
        self._executor = executor
        self._recover = recover
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sweep_until_stopped, name="jobs-liveness", daemon=True)
        self._connection = self._connect()

    def start(self) -> None:
        """Begin to look for dead processes, at once for the first time."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking and release the lock: another process takes over what is unfinished."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._connection.close()

    def sweep(self) -> None:
        """Put the running jobs of every dead process back into the queue."""
        for (executor,) in self._connection.execute(BUSY, (self._executor,)).fetchall():
            if self._try_lock(executor):
                try:
                    log.warning("taking over the jobs of a dead process", executor=executor)
                    self._recover(executor)
                finally:
                    self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, _number(executor)))

    def _sweep_until_stopped(self) -> None:
        while True:
            try:
                if self._connection.closed:
                    self._connection = self._connect()
                self.sweep()
            except psycopg.Error as error:
                log.warning("the database of the jobs cannot be reached", error=str(error))
            if self._stop.wait(SWEEP_SECONDS):
                return

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, autocommit=True)
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, _number(self._executor)))
        return connection

    def _try_lock(self, executor: str) -> bool:
        row = self._connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, _number(executor))
        ).fetchone()
        return bool(row and row[0])


def _number(executor: str) -> int:
    """Fold an executor id into the signed 32 bits that an advisory lock takes."""
    return zlib.crc32(executor.encode()) - 2**31
