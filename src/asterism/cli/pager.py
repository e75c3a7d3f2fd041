"""Long output, through the person's pager where they look at a terminal."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from asterism.cli.output import printable
from asterism.cli.style import Style, coloured, paint

Line = tuple[str, Style | None]


@contextmanager
def paged() -> Iterator[Callable[[Iterable[Line]], None]]:
    """Hand out a function that writes lines; it may be called often.

    On a terminal they go through ASTERISM_PAGER, else PAGER, else `less`, with control characters made visible.
    Elsewhere they are written byte for byte, so that a patch stays one.
    """
    command = _command() if sys.stdout.isatty() else []
    if not command:
        yield _to_stdout
        return
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    pipe = process.stdin
    colours = coloured(sys.stdout)

    def write(lines: Iterable[Line]) -> None:
        with suppress(BrokenPipeError):  # the person has seen enough
            for text, style in lines:
                if pipe is not None:
                    pipe.write(f"{paint(printable(text), style, on=colours)}\n".encode())

    try:
        yield write
    finally:
        with suppress(BrokenPipeError):
            if pipe is not None:
                pipe.close()
        process.wait()


def _to_stdout(lines: Iterable[Line]) -> None:
    colours, terminal = coloured(sys.stdout), sys.stdout.isatty()
    sys.stdout.flush()
    for text, style in lines:
        shown = printable(text) if terminal else text
        sys.stdout.buffer.write(f"{paint(shown, style, on=colours)}\n".encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def _command() -> list[str]:
    """Return the pager to start, nothing for none."""
    for name in ("ASTERISM_PAGER", "PAGER"):
        if (chosen := os.environ.get(name)) is not None:
            words = shlex.split(chosen)
            return words if words and words[0] != "cat" and shutil.which(words[0]) else []
    return ["less"] if shutil.which("less") else []
