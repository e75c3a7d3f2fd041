"""Running the git program: found once, always hardened, every failure typed."""

import asyncio
import contextvars
import functools
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from asterism.kernel.git.config_listing import Listings
from asterism.kernel.git.environment import NO_REPOSITORY, process_environment
from asterism.kernel.git.errors import CommandFailed, GitNotFound
from asterism.kernel.git.remembered import Remembered
from asterism.kernel.git.standin import StandIns
from asterism.kernel.sandbox.process import Ending, Outcome, absolute_path, bound_memory, run_bounded

OLDEST = (2, 32)
"""The first version that can be kept from reading the user's configuration; an older one could not be hardened."""

PROBE_SECONDS = 10
PROBE_OUTPUT = 4 << 20
MEMORY = 1 << 30
"""Bytes of its own that a git process may take; mapped files do not count."""

THREADS = 8

T = TypeVar("T")
P = ParamSpec("P")


class Git:
    """The git program. Safe to share between threads; knows no repository (see `Checkout`)."""

    def __init__(self, program: str = "git", environment: Mapping[str, str] | None = None) -> None:
        """`environment` is what is inherited from; by default this process's own."""
        inherited = os.environ if environment is None else environment
        self._search_path = absolute_path(inherited.get("PATH"))
        self._program = program
        self._environment = process_environment(self._search_path, inherited)
        self._checked: str | None = None
        self._stopping = threading.Event()
        self._pool: ThreadPoolExecutor | None = None
        self._stand_ins = StandIns()
        self.listings = Listings(self._environment)
        self.gitlinks: Remembered[list[str]] = Remembered()

    @property
    def environment(self) -> dict[str, str]:
        """What every git process starts with, before any configuration is added."""
        return dict(self._environment)

    async def work(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that waits for git, in a thread of a pool that nothing else waits for.

        What hangs in a repository keeps nobody from anything but git, and no longer than its time limit. Raises what
        the function raises, and CommandFailed after `close`.
        """
        if self._stopping.is_set():
            raise CommandFailed("git is not started, since this program stops.")
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="git")
        call = functools.partial(contextvars.copy_context().run, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def close(self) -> None:
        """End what runs, at once; what is asked for from now on fails."""
        self._stopping.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._stand_ins.close()

    def require(self) -> str:
        """Return the absolute path of a usable program. Raises GitNotFound."""
        return self._find()

    def stand_in(self, common_dir: Path, configuration: str) -> Path:
        """Return a folder that stands for a repository's shared one, with this configuration. Raises CommandFailed."""
        try:
            return self._stand_ins.of(common_dir, configuration)
        except OSError as error:
            raise CommandFailed(
                f"git cannot be prepared: {error.strerror}.", hint="Make room in the folder for temporary files."
            ) from error

    def list_settings(self, *arguments: str) -> bytes:
        """Run `git config -z --list` in no repository. Raises GitNotFound, CommandFailed."""
        outcome = self.run(
            ["config", "-z", "--list", *arguments],
            cwd=Path("/"),
            environment=self._environment | NO_REPOSITORY,
            timeout=PROBE_SECONDS,
            max_output=PROBE_OUTPUT,
        )
        if not outcome.ok:
            raise CommandFailed("git refuses to read this repository; its configuration may be damaged.")
        return outcome.stdout

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
            verb = next((word for word in arguments if not word.startswith("-")), "")
            raise CommandFailed(f"git {verb} did not finish within {timeout:g} seconds.")
        if outcome.ending is Ending.TOO_MUCH_OUTPUT:
            raise CommandFailed(f"git {arguments[0]} wrote more than {max_output} bytes.")
        if outcome.ending is Ending.CANCELLED:
            raise CommandFailed("git was ended, since this program stops.")
        return outcome

    def open(self, arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start git with pipes to its input and from both outputs, for work that is done piece by piece.

        Whoever opens it ends it. Raises GitNotFound, CommandFailed.
        """
        argv = [self._find(), "--no-pager", *arguments]
        try:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=0,
            )
        except OSError as error:
            raise CommandFailed("git could not be started in this folder.") from error
        bound_memory(process.pid, MEMORY)
        return process

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
            return run_bounded(
                argv,
                cwd=cwd,
                env=environment,
                timeout=timeout,
                max_output=max_output,
                stdin=stdin,
                cancelled=self._stopping.is_set,
                memory=MEMORY,
            )
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
                    f"git {'.'.join(map(str, version))} is too old.", hint="Install git 2.32 or later and try again."
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
