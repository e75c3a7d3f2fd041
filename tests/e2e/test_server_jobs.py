"""`asterism serve` does its jobs by itself, keeps quiet about it, and stops in good time while it does them."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.facts import until
from tests.support.process import serving

OUTCOMES = """
SELECT o.output FROM workflow_status s JOIN workflow_output o USING (workflow_uuid)
WHERE s.name = 'job' AND s.status = 'SUCCESS'
"""


def ended_jobs(data: Path) -> list[str]:
    """Return the outcomes of the jobs that have ended, as the engine stored them."""
    file = data / "jobs.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            return [row[0] for row in connection.execute(OUTCOMES)]
        except sqlite3.OperationalError:  # its tables are being made
            return []


@pytest.mark.slow
def test_the_clean_up_runs_at_the_start_and_the_server_stops_in_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, home=tmp_path) as server:
        until(lambda: ended_jobs(data))
        assert all('"ok":true' in outcome for outcome in ended_jobs(data))
        assert server.end(signal.SIGTERM) == 0
        assert not [line for line in server.lines if "level=error" in line or "level=warning" in line or "dbos" in line]


def test_stopping_before_the_jobs_are_up_is_clean(tmp_path: Path) -> None:
    with serving(tmp_path / "data", home=tmp_path) as server:
        assert server.end(signal.SIGTERM) == 0
        assert not [line for line in server.lines if "Traceback" in line]
