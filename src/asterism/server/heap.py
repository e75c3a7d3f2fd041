"""How the C library gives memory to the threads of a server."""

import ctypes
import os
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h of glibc


def share_heap() -> None:
    """Let all threads take memory from one heap (mallopt(3)), unless the environment says how many there are.

    By default each thread soon has its own, and what it freed stays there: after a push and two clones of 20,000 files
    that were 10 to 15 MiB of 163. To be called before threads begin; other C libraries than glibc have one heap anyway.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError, OSError, TypeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
