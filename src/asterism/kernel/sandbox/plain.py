"""A bare subprocess with bounds: no isolation, used only for programs of our own or where the owner allows it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from asterism.kernel.sandbox.port import Command, ProgramMissing
from asterism.kernel.sandbox.process import Outcome, absolute_path, bare_environment, run_bounded

# The shell sets the limit on itself and becomes the program, so the limit stands before its first instruction.
_LIMITED = 'ulimit -v "$1" && shift && exec "$@"'


class PlainSandbox:
    """Bounds time, memory and output, and clears the environment; the program sees the user's files."""

    name = "plain"
    isolates = False

    def run(self, command: Command, cancelled: Callable[[], bool] | None = None) -> Outcome:
        """See `port.Sandbox.run`."""
        program = find_program(command.argv[0], command.environment)
        with tempfile.TemporaryDirectory(prefix="asterism-run-") as home:
            return start_limited(
                [program, *command.argv[1:]],
                command,
                environment=clean_environment(command, home=Path(home)),
                cancelled=cancelled,
            )


def find_program(name: str, environment: Mapping[str, str]) -> str:
    """Return the absolute path of a program, looked up on the command's PATH or ours. Raises ProgramMissing."""
    found = shutil.which(name, path=environment.get("PATH") or absolute_path(os.environ.get("PATH")))
    if found is None:
        raise ProgramMissing(f"{Path(name).name} is not installed.")
    return os.path.abspath(found)


def clean_environment(command: Command, *, home: Path) -> dict[str, str]:
    """Return the whole environment of a command: fixed values, an empty home, and what the command asks for."""
    fixed = bare_environment(home) | {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    return fixed | dict(command.environment)


def start_limited(
    argv: Sequence[str],
    command: Command,
    *,
    environment: Mapping[str, str],
    cancelled: Callable[[], bool] | None,
) -> Outcome:
    """Run `argv` with the bounds of `command`. Raises ProgramMissing when it cannot be started."""
    limited = list(argv)
    if command.memory is not None:
        limited = ["/bin/sh", "-c", _LIMITED, "sh", str(command.memory // 1024), *argv]
    try:
        return run_bounded(
            limited,
            cwd=command.folder,
            env=environment,
            timeout=command.seconds,
            max_output=command.output,
            stdin=command.stdin,
            cancelled=cancelled,
            own_session=True,
        )
    except OSError as error:
        raise ProgramMissing(f"{Path(command.argv[0]).name} could not be started: {error.strerror}.") from error
