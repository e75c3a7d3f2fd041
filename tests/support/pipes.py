"""Named pipes as facts to wait for: somebody has opened one."""

import errno
import os
from pathlib import Path


def until_read(path: Path) -> int:
    """Wait until somebody has opened a pipe for reading; returns the other end."""
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            os.sched_yield()
