"""How a client command speaks: data on standard output, talk on standard error, and exit codes that mean something.

    0  done
    1  failed (and anything not named below)
    2  wrong command line: unknown option, missing argument, a value that is not allowed
    3  not signed in, or not allowed
    4  no such project, snapshot, tag, file
    5  the state forbids it: files in the way, unsaved edits, another command at work
    6  the server cannot be reached, or cannot do it now
    130 interrupted

With `--json` standard output holds exactly one object, also on failure (`{"error": {code, message, hint}}`).
"""

import errno
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from asterism.base.errors import DomainError, Invalid, Kind

Entry = TypeVar("Entry")
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NOT_FOUND = 4
EXIT_INTERRUPTED = 130
WARNINGS = 40
_EXITS = {
    Kind.UNAUTHENTICATED: 3,
    Kind.FORBIDDEN: 3,
    Kind.NOT_FOUND: EXIT_NOT_FOUND,
    Kind.CONFLICT: 5,
    Kind.UNAVAILABLE: 6,
    Kind.RATE_LIMITED: 6,
}
_ROOM = "Make room there, then run the command again: it goes on from what is there."
_HINTS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: "That disk can only be read. Work in a folder on another one.",
    errno.EACCES: "Your user may not do that there: look at who owns the folder (ls -ld), or work in one of your own.",
    errno.EMFILE: "Raise the limit of open files (ulimit -n), then run the command again.",
}
"""What to do about an error of this machine, by its number."""


def exit_code(error: DomainError) -> int:
    """Return the exit code for an error."""
    if error.kind is Kind.INVALID and error.code == Invalid.code:  # a value that somebody gave, not what a file holds
        return EXIT_USAGE
    return _EXITS.get(error.kind, 1)


@contextmanager
def command(*, as_json: bool, code: int | None = None, unknown: str | None = None) -> Iterator[None]:
    """Run the body of a command; an error becomes a message, a hint and an exit code (default: that of its kind).

    `unknown` is the hint for something that is not found, where the error has none.
    """
    try:
        yield
    except DomainError as error:
        hint = error.hint or (unknown if error.kind is Kind.NOT_FOUND else None)
        if error.kind is Kind.UNAUTHENTICATED and SIGN_IN_VERB not in (hint or ""):  # a server speaks of headers
            hint = SIGN_IN
        if error.code == NO_MODEL_CODE:  # and of its own routes
            hint = NO_MODEL
        message = error.message.removeprefix("query.")  # where a route has it, of which people know nothing
        if as_json:
            emit({"error": {"code": error.code, "message": message, "hint": hint}})
        fail(message, hint, exit_code(error) if code is None else code)
    except KeyboardInterrupt:
        fail("interrupted", code=EXIT_INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has gone
        sys.stderr.close()
        sys.exit(code or EXIT_FAILED)
    except OSError as error:  # the disk of this machine: full, read-only, failing
        where = f" ({os.fsdecode(error.filename)})" if error.filename else ""
        message = f"{error.strerror or type(error).__name__}{where}"
        hint = _HINTS.get(error.errno or 0)
        if as_json:
            emit({"error": {"code": "DISK", "message": message, "hint": hint}})
        fail(message, hint, code=code or (EXIT_NOT_FOUND if isinstance(error, FileNotFoundError) else EXIT_FAILED))


def fail(message: str, hint: str | None = None, code: int = EXIT_FAILED) -> NoReturn:
    """Say on standard error what went wrong and what to do, and exit."""
    say(f"asterism: {message}")
    if hint:
        say(f"hint: {hint}")
    sys.exit(code)


SIGN_IN_VERB = "`asterism login`"
SIGN_IN = f"Sign in with {SIGN_IN_VERB}, or set ASTERISM_TOKEN."


NO_MODEL_CODE = "MODEL_NOT_CONFIGURED"
NO_MODEL = "Save a provider's key with `asterism providers set` where the server runs, or in its console."


def emit(data: dict[str, Any]) -> None:
    """Print the one object of `--json`."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def show(text: str) -> None:
    """Print a line of data. Styles of `style.paint` stay; other control characters become escapes."""
    sys.stdout.write("".join(part if _STYLE.fullmatch(part) else _line(part) for part in _STYLE.split(text)) + "\n")


_STYLE = re.compile(r"(\x1b\[\d?\d?m)")


def show_list(
    name: str, found: Sequence[Entry], line: Callable[[Entry], str], *, as_json: bool, none: str = "", **beside: str
) -> None:
    """Print what a verb lists: one object with `name` and what stands beside it, or a line of data for each entry.

    `none` is said where there is nothing to show; entries are dicts or Structs.
    """
    if as_json:
        from msgspec import to_builtins  # a verb that prints no such list need not load it

        emit({name: to_builtins(found), **beside})
        return
    for entry in found:
        show(printable(line(entry)).rstrip())  # no style: names may hold escape sequences
    if not found and none:
        say(none)


def path_text(path: str) -> str:
    """Write a path on one line: in quotes with escapes where it holds a control character, as git does."""
    if path.isprintable() and '"' not in path and "\\" not in path:
        return path
    from asterism.vcs.unified import quote  # loads the diff library, which is slow

    return quote(path)


def say(text: str) -> None:
    """Print a line of talk."""
    sys.stderr.write(_line(text) + "\n")


def _line(text: str) -> str:
    """Return a text as one line: a newline in a name is no new line of output."""
    return printable(text).replace("\n", "\\n")


def say_warnings(warnings: Sequence[str]) -> None:
    """Print warnings, the first of many."""
    for warning in warnings[:WARNINGS]:
        say(f"warning: {warning}")
    if len(warnings) > WARNINGS:
        say(f"warning: {len(warnings) - WARNINGS} more; --json lists them all")


def printable(text: str) -> str:
    """Return `text` without what would drive a terminal or can't be encoded: control characters become escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in "\n\t" else ascii(character)[1:-1] for character in text
    )


def count(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: `1 entry`, `2 entries`; `many` is `one` with an s unless it is given."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def size_text(size: int) -> str:
    """Write a number of bytes for people."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"
