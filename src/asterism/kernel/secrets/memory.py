"""The memory fake: the same vault over a ring that lives in this process only."""

from asterism.kernel.secrets.keys import KeyRing, new_ring
from asterism.kernel.secrets.vault import EnvelopeSecrets


class MemoryKeyStore:
    """Keeps the ring in this object."""

    def __init__(self, ring: KeyRing | None = None) -> None:
        self._ring = ring
        self._version = 0

    def load(self) -> KeyRing | None:
        """Return the ring, None when there is none yet."""
        return self._ring

    def create(self, ring: KeyRing) -> KeyRing:
        """Keep the first ring and return the one that is kept."""
        if self._ring is None:
            self.save(ring)
        return self._ring or ring

    def save(self, ring: KeyRing) -> None:
        """Replace the ring."""
        self._ring = ring
        self._version += 1

    def version(self) -> object:
        """Return the number of saves."""
        return self._version


def memory_secrets() -> EnvelopeSecrets:
    """Return working secrets with a fresh key that is lost with the process."""
    return EnvelopeSecrets(MemoryKeyStore(new_ring("2026-01-01")))
