"""Running the git program: found once, always hardened, every failure typed."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from asterism.kernel.git.environment import process_environment
from asterism.kernel.git.errors import CommandFailed, GitNotFound
from asterism.kernel.git.listing import Listings
from asterism.kernel.sandbox.process import Ending, Outcome, absolute_path, run_bounded

OLDEST = (2, 31)
"""The first version that takes configuration from `GIT_CONFIG_COUNT`; an older one could not be hardened."""

PROBE_SECONDS = 10
PROBE_OUTPUT = 4 << 20


class Git:
    """The git program. Safe to share between threads; knows no repository (see `Checkout`)."""

    def __init__(self, program: str = "git", environment: Mapping[str, str] | None = None) -> None:
        """`environment` is what is inherited from; by default this process's own."""
        inherited = os.environ if environment is None else environment
        self._search_path = absolute_path(inherited.get("PATH"))
        self._program = program
        self._environment = process_environment(self._search_path, inherited)
        self._checked: str | None = None
        self.listings = Listings(self._environment)

    @property
    def environment(self) -> dict[str, str]:
        """What every git process starts with, before any configuration is added."""
        return dict(self._environment)

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        timeout: float,
        max_output: int,
        stdin: bytes = b"",
    ) -> Outcome:
        """Run git in `cwd`; a status other than 0 is the caller's to judge.

        Raises GitNotFound without a usable program, CommandFailed when time or output run out or nothing can start.
        """
        outcome = self._start(arguments, cwd, environment, timeout, max_output, stdin)
        if outcome.ending is Ending.TIMED_OUT:
            raise CommandFailed(f"git {arguments[0]} did not finish within {timeout:g} seconds.")
        if outcome.ending is Ending.TOO_MUCH_OUTPUT:
            raise CommandFailed(f"git {arguments[0]} wrote more than {max_output} bytes.")
        return outcome

    def _start(
        self,
        arguments: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        timeout: float,
        max_output: int,
        stdin: bytes,
    ) -> Outcome:
        argv = [self._find(), "--no-pager", *arguments]
        try:
            return run_bounded(argv, cwd=cwd, env=environment, timeout=timeout, max_output=max_output, stdin=stdin)
        except OSError as error:
            if not os.access(argv[0], os.X_OK):
                raise GitNotFound("The git program is gone.", hint="Install git and try again.") from error
            raise CommandFailed("git could not be started in this folder.") from error

    def _find(self) -> str:
        """Return the program's absolute path, its version checked once. Raises GitNotFound."""
        found = shutil.which(self._program, path=self._search_path)
        if found is None:
            raise GitNotFound("git is not installed.", hint="Install git and try again.")
        if found != self._checked:
            version = _version(found, self._environment)
            if version < OLDEST:
                raise GitNotFound(
                    f"git {'.'.join(map(str, version))} is too old.", hint="Install git 2.31 or later and try again."
                )
            self._checked = found
        return found


def _version(program: str, environment: Mapping[str, str]) -> tuple[int, int]:
    try:
        outcome = run_bounded(
            [program, "--version"], cwd="/", env=environment, timeout=PROBE_SECONDS, max_output=PROBE_OUTPUT
        )
    except OSError as error:
        raise GitNotFound("The git program cannot be run.") from error
    match = re.search(rb"(\d+)\.(\d+)", outcome.stdout)
    if not outcome.ok or match is None:
        raise GitNotFound("The git program does not say which version it is.")
    return int(match[1]), int(match[2])
