"""A process with one durable job that writes six lines into a diary; the first run of it stops at line three."""

import os
import sqlite3
import sys
import threading
from contextlib import closing

import structlog

from asterism.kernel.db import open_database
from asterism.kernel.jobs import DurableJobs, Job


def main(url: str, diary: str, task: str) -> None:
    """Begin a job and wait to be killed, or wait for the job `task` of an earlier process to end."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    reached = threading.Event()

    def write(job: Job) -> int:
        with closing(sqlite3.connect(diary)) as connection, connection:
            (done,) = connection.execute("SELECT count(*) FROM steps").fetchone()
        for n in range(done + 1, 7):
            with closing(sqlite3.connect(diary)) as connection, connection:
                connection.execute("INSERT INTO steps VALUES (?, ?)", (n, os.getpid()))
            if n == 3 and task == "begin":
                print("reached 3", flush=True)
                reached.set()
                threading.Event().wait()
        with closing(sqlite3.connect(diary)) as connection, connection:
            connection.execute("INSERT INTO ends VALUES (?)", (job.id,))
        return 6

    db = open_database(url)
    jobs = DurableJobs(db)
    jobs.register("write", write)
    jobs.start()
    if task == "begin":
        job_id = jobs.enqueue("write", key="diary")
        reached.wait()
        print(job_id, flush=True)
        threading.Event().wait()
    print("done", jobs.wait(task, 30).result, flush=True)
    jobs.close()
    db.close()


main(*sys.argv[1:])
