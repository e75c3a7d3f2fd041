"""The port: what every feature that stores a secret sees."""

from dataclasses import dataclass
from typing import Protocol

from asterism.base.errors import Unavailable


class SecretUnreadable(Unavailable):
    """A sealed value does not open: its key is gone, it was altered, or it was copied from another place.

    The message never holds any part of the value.
    """


class MasterKeyError(Unavailable):
    """The master key is missing, damaged or unsafe; nothing sealed can be read until it is restored."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value is stored; it opens nowhere else."""

    table: str
    column: str
    row_id: str

    def __str__(self) -> str:
        return f"{self.table}/{self.column}/{self.row_id}"


class SealedPlace(Protocol):
    """A place outside the database that keeps sealed values; rotation must know every one."""

    def reseal(self) -> tuple[int, int]:
        """Seal every value again with the active key; return how many were, and how many could not be opened."""
        ...

    def key_ids(self) -> set[str]:
        """Return the ids of the keys that its values are sealed with."""
        ...


class Secrets(Protocol):
    """Seals text for storage and opens it again."""

    def seal(self, place: Place, text: str) -> str:
        """Return `text` sealed for `place`, with the active key. Raises MasterKeyError when there is no key."""
        ...

    def open(self, place: Place, sealed: str) -> str:
        """Return the text that was sealed for `place`. Raises SecretUnreadable."""
        ...
