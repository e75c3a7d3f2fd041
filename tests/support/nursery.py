"""The command line, loaded once: each process that is asked for is a fork of this one, which saves what loading takes.

Loading is most of what a short command costs, and all but a little of a server's start. A fork has been loaded, and is
given what a new process is given: arguments, environment, folder, standard streams and, if wanted, a session.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
import time
from typing import Any, NoReturn

LARGEST = 1 << 20  # bytes of a request: an environment, mostly


def load() -> None:
    """Import what commands and servers import, and see that this has started no thread, which a fork would not have."""
    import asterism.cli

    for module in pkgutil.iter_modules(asterism.cli.__path__, "asterism.cli."):
        importlib.import_module(module.name)
    for name in ("asterism.server.boot", "asterism.client.api", "httpx"):
        importlib.import_module(name)
    assert threading.active_count() == 1
    assert len(os.listdir("/proc/self/task")) == 1
    gc.collect()
    gc.freeze()  # what is never walked is never copied


def forked(link: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return once in each process that is asked for through `link`, with the request and its standard streams.

    The fork's parent ends at once, so that it becomes a child of whoever asked, if that takes such processes in.
    The nursery itself never returns: it ends when nobody can ask any more.
    """
    while True:
        message, streams, _, _ = socket.recv_fds(link, LARGEST, 3)
        if not message:
            os._exit(0)
        between = os.fork()
        if not between:
            child = os.fork()
            if not child:
                return json.loads(message), streams
            link.send(str(child).encode())
            os._exit(0)
        os.waitpid(between, 0)
        for stream in streams:
            os.close(stream)
        link.send(b"it is yours")


def become(request: dict[str, Any], streams: list[int]) -> None:
    """Make this process what `request` says."""
    if request["start_new_session"]:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    if request["folder"] is not None:
        os.chdir(request["folder"])
    sys.argv = ["asterism", *request["arguments"]]
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run_command() -> int:
    """Run the command and return its exit status, as the interpreter tells it."""
    from asterism.cli.main import run

    try:
        run()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def end(status: int) -> NoReturn:
    """End as an interpreter does, but leave what was loaded: taking it apart would copy all of it first."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    load()
    with socket.socket(fileno=int(sys.argv[1])) as link:
        become(*forked(link))
    end(run_command())
