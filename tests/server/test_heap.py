"""All threads of a server share one heap."""

import os
import platform
import subprocess
import sys

import pytest

COUNT = """
import ctypes, sys, threading
from asterism.server.heap import share_heap

share_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
barrier = threading.Barrier(4)

def take():
    barrier.wait()
    for _ in range(1000):
        libc.malloc(ctypes.c_size_t(5000))

threads = [threading.Thread(target=take) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
file = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, file)
libc.fflush(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have one heap and no malloc_info")
@pytest.mark.parametrize(("told", "heaps"), [({}, {1}), ({"MALLOC_ARENA_MAX": "4"}, {2, 3, 4})])
def test_threads_share_one_heap_unless_the_environment_says_otherwise(told: dict[str, str], heaps: set[int]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, env={**environment, **told}
    )
    assert done.stdout.count("<heap nr=") in heaps
