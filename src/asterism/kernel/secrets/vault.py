"""`EnvelopeSecrets`: the adapter of the port that seals with a key ring and follows its rotation."""

import threading

import structlog

from asterism.kernel.secrets import envelope
from asterism.kernel.secrets.keys import RESTORE, KeyRing, KeyStore
from asterism.kernel.secrets.port import MasterKeyError, Place, SecretUnreadable

log = structlog.get_logger("asterism.secrets")


class EnvelopeSecrets:
    """Seals and opens with the ring of a key store; safe to use from many threads.

    Another process may rotate at any time: the store's version is looked at before every use, so a value is never
    sealed with a key that was replaced before the call.
    """

    def __init__(self, store: KeyStore) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._ring: KeyRing | None = None
        self._version: object = None

    def __repr__(self) -> str:
        return f"EnvelopeSecrets({type(self.store).__name__})"

    def ring(self) -> KeyRing:
        """Return the present key ring. Raises MasterKeyError when there is none."""
        version = self.store.version()
        with self._lock:
            if self._ring is None or version != self._version:
                self._ring = self.store.load()
                self._version = version
            if self._ring is None:
                raise MasterKeyError("The master key is missing, so stored secrets cannot be read.", hint=RESTORE)
            return self._ring

    def seal(self, place: Place, text: str) -> str:
        """Return `text` sealed for `place`, with the active key. Raises MasterKeyError."""
        return envelope.seal(self.ring(), place, text)

    def open(self, place: Place, sealed: str) -> str:
        """Return the text that was sealed for `place`. Raises SecretUnreadable, and logs place and key id then."""
        try:
            return envelope.unseal(self.ring(), place, sealed)
        except SecretUnreadable as error:
            log.warning("secret_unreadable", place=str(place), problem=error.message)
            raise SecretUnreadable(
                "A stored secret cannot be decrypted.", hint="Save it again, or restore the master key."
            ) from error
