"""What can go wrong with an object store, in our words."""

from asterism.base.errors import DomainError, NotFound, Unavailable

_FULL = ("no space left", "storagefull", "quotaexceeded", "disk quota")


class ObjectMissing(NotFound):
    """No object has that key."""


class ObjectDamaged(ObjectMissing):
    """The object is shorter than what was stored: what was asked for is not there any more."""


def translate(error: Exception) -> DomainError:
    """Return our error for one of the store's or the disk's: a full disk is told apart from other trouble."""
    text = str(error).lower()
    if any(sign in text for sign in _FULL):
        return Unavailable("The server's storage is full; nothing was stored.", hint="Free some space and try again.")
    return Unavailable("The server's storage cannot be reached.", hint="Try again in a moment.")
