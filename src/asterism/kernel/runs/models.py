"""What a run is to the host: its work, the ways it can end, and the kind it is of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from asterism.kernel.db import Tx
from asterism.kernel.runs.lanes import Lane
from asterism.kernel.streams import Fact

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The work was done; `value` is what `Work.perform` returned."""

    value: T


@dataclass(frozen=True, slots=True)
class Failed:
    """The work raised."""

    error: Exception


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """Somebody asked for the run to end, and said why: a word of the feature, never a text for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The process that performed the run stops, or is gone."""


Ending: TypeAlias = Done[T] | Failed | BrokenOff | Stopped


class Work(Protocol[T]):
    """One run as its feature performs it."""

    @property
    def stream(self) -> str:
        """The name of the run's stream, which is also the name of the run."""
        ...

    @property
    def opening(self) -> Sequence[Fact]:
        """What the stream begins with."""
        ...

    async def perform(self) -> T:
        """Do the work. Called once the run has its slot; cancelled when the run is broken off or the server stops."""
        ...

    def finish(self, tx: Tx, ending: Ending[T]) -> Sequence[Fact]:
        """Write how the run ended and return the last events, the terminal one among them.

        May be called again, after a rollback. Returns nothing when what the run belongs to was deleted meanwhile.
        """
        ...


Settle: TypeAlias = Callable[[Tx, str, BrokenOff | Stopped], Sequence[Fact]]
"""Ends the run of a stream whose process is gone: `Work.finish` without the work."""


@dataclass(frozen=True, slots=True, eq=False)
class RunKind:
    """What runs of one kind have in common. `grace`: seconds that a stopping server gives them to be done."""

    name: str
    lane: Lane
    settle: Settle
    grace: float = 0.0
