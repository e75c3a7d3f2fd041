"""A sandbox for tests: answers from a function, remembers what it was asked, runs nothing."""

from collections.abc import Callable

from asterism.kernel.sandbox.port import Command
from asterism.kernel.sandbox.process import Ending, Outcome


class MemorySandbox:
    """Answers each command with `answer(command)`; `commands` lists them in order.

    The bounds of the port hold here too: output beyond the cap is cut, a cancelled run ends as cancelled.
    """

    name = "memory"
    isolates = True

    def __init__(self, answer: Callable[[Command], Outcome]) -> None:
        self._answer = answer
        self.commands: list[Command] = []

    def run(self, command: Command, cancelled: Callable[[], bool] | None = None) -> Outcome:
        """See `port.Sandbox.run`."""
        self.commands.append(command)
        if cancelled is not None and cancelled():
            return Outcome(Ending.CANCELLED, -9, b"", b"", 0.0)
        outcome = self._answer(command)
        if outcome.seconds > command.seconds:
            return Outcome(Ending.TIMED_OUT, -9, b"", outcome.stderr, command.seconds)
        if len(outcome.stdout) > command.output:
            return Outcome(
                Ending.TOO_MUCH_OUTPUT, -9, outcome.stdout[: command.output], outcome.stderr, outcome.seconds
            )
        return outcome


def exited(stdout: bytes = b"", *, returncode: int = 0, stderr: bytes = b"", seconds: float = 0.01) -> Outcome:
    """Make the outcome of a program that ended by itself."""
    return Outcome(Ending.EXITED, returncode, stdout, stderr, seconds)
