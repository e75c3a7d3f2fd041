"""`asterism serve` does its jobs by itself, keeps quiet about it, and stops in good time while it does them."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.facts import until
from tests.support.process import serving


def outcomes(data: Path) -> list[tuple[str, str | None]]:
    """Return status and error of the jobs that have ended."""
    file = data / "asterism.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT status, error FROM jobs WHERE ended_at IS NOT NULL").fetchall()
        except sqlite3.OperationalError:  # its tables are being made
            return []


@pytest.mark.slow
def test_the_clean_up_runs_at_the_start_and_the_server_stops_in_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, home=tmp_path) as server:
        until(lambda: outcomes(data))
        assert set(outcomes(data)) == {("done", None)}
        assert server.end(signal.SIGTERM) == 0
        assert not [line for line in server.lines if "level=error" in line or "level=warning" in line]


def test_stopping_at_once_is_clean(tmp_path: Path) -> None:
    with serving(tmp_path / "data", home=tmp_path) as server:
        assert server.end(signal.SIGTERM) == 0
        assert not [line for line in server.lines if "Traceback" in line]
