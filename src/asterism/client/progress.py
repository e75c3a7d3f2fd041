"""How far a long piece of work is, for whoever shows it."""

from typing import Protocol


class Progress(Protocol):
    """Hears of steps of work. Called from several threads."""

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        """Begin a phase of `total` bytes, or of things with `items`."""
        ...

    def advance(self, amount: int) -> None:
        """Count `amount` of the phase as done."""
        ...

    def finish(self) -> None:
        """End the phase."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        """Begin a phase."""

    def advance(self, amount: int) -> None:
        """Count some of it as done."""

    def finish(self) -> None:
        """End the phase."""
