"""What every sandbox does: run one program on one folder, inside bounds, and leave nothing running."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from asterism.base.errors import Unavailable
from asterism.kernel.sandbox.process import Outcome

GIB = 1 << 30
MIB = 1 << 20


class SandboxUnavailable(Unavailable):
    """No sandbox of the wanted strength can run here."""

    code = "SANDBOX_UNAVAILABLE"


class ProgramMissing(Unavailable):
    """The program to run does not exist, or may not be executed."""

    code = "PROGRAM_MISSING"


@dataclass(frozen=True, slots=True)
class Command:
    """One run. `folder` is the working directory and the only folder of the user's that the program is meant to see.

    The environment is `environment` and a handful of fixed variables, nothing inherited. `seconds` bounds wall time,
    `memory` the address space of each process in bytes (None: unbounded), `output` the bytes of standard output.
    `readable` names further folders it needs. `network` and `writable` are off unless asked for.
    """

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    seconds: float = 60.0
    memory: int | None = GIB
    output: int = 20 * MIB
    readable: tuple[Path, ...] = ()
    writable: bool = False
    network: bool = False


class Sandbox(Protocol):
    """Runs commands. Implementations differ in what they keep the program from."""

    @property
    def name(self) -> str:
        """How the sandbox is called in reports: `bubblewrap`, `plain`, `memory`."""
        ...

    @property
    def isolates(self) -> bool:
        """Whether the program is kept from other files and the network, not only bounded."""
        ...

    def run(self, command: Command, cancelled: Callable[[], bool] | None = None) -> Outcome:
        """Run `command` to its end; blocks. Raises ProgramMissing and SandboxUnavailable.

        A program that fails, is killed or passes a bound is an ordinary Outcome.
        """
        ...
