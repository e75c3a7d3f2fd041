"""What can go wrong with an object store, in our words."""

import re

from asterism.base.errors import DomainError, NotFound, Unavailable

_FULL = ("no space left", "storagefull", "insufficient storage", "quotaexceeded", "disk quota")
_STATUS = re.compile(r"non-2xx status code: (\d{3})")

_ANSWERS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("nosuchbucket", "containernotfound", "specified bucket does not exist"),
        "The bucket of the content store does not exist.",
        "Make it, or name the right one with ASTERISM_OBJECT_STORE (and its server with AWS_ENDPOINT_URL).",
    ),
    (
        ("requesttimetooskewed",),
        "The clock of this machine differs too much from that of the content store.",
        "Let the clock be set by the network's time (NTP).",
    ),
    (
        ("latest/api/token", "latest/meta-data"),  # where it looks for them when the environment names none
        "There are no credentials for the content store.",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the server.",
    ),
    (
        ("invalidaccesskeyid", "signaturedoesnotmatch", "expiredtoken", "invalidtoken"),
        "The content store does not accept the server's credentials.",
        "Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
    ),
    (
        ("permanentredirect", "authorizationheadermalformed", "incorrectly configured region"),
        "The content store lies in another region than the server was told.",
        "Set AWS_REGION to the bucket's.",
    ),
    (
        ("badscheme", "url scheme is not allowed"),
        "The address of the content store is not encrypted, which must be asked for.",
        "Set AWS_ALLOW_HTTP=true, on a network that nobody listens to; else an address with https.",
    ),
)
"""Signs in a store's answer, what they mean, and what to do. The codes are those of S3's list of error responses."""

_REFUSED = (
    "The content store refuses what the server asks for.",
    "Its credentials must be allowed to read, write, remove and list objects below ASTERISM_OBJECT_STORE.",
)
_BUSY = ("The content store is overloaded.", "Try again in a moment.")


class ObjectMissing(NotFound):
    """No object has that key."""


class ObjectDamaged(ObjectMissing):
    """The object is shorter than what was stored: what was asked for is not there any more."""


def translate(error: Exception) -> DomainError:
    """Return our error for one of the store's or the disk's, and never its words: they may hold a signed address.

    What the operator has to mend (a full disk, bucket, credentials, region, clock) is told apart from what passes.
    """
    text = str(error).lower()
    if any(sign in text for sign in _FULL):
        return Unavailable("The server's storage is full; nothing was stored.", hint="Free some space and try again.")
    for signs, message, hint in _ANSWERS:
        if any(sign in text for sign in signs):
            return Unavailable(message, hint=hint)
    found = _STATUS.search(text)
    status = int(found[1]) if found else None
    if status in (401, 403):
        return Unavailable(_REFUSED[0], hint=_REFUSED[1])
    if status in (429, 503):
        return Unavailable(_BUSY[0], hint=_BUSY[1])
    return Unavailable("The server's storage cannot be reached.", hint="Try again in a moment.")


def lacks_place(error: Exception) -> bool:
    """Say whether a store's "not found" is about the bucket: then nothing is known about the object."""
    text = str(error).lower()
    return any(sign in text for sign in _ANSWERS[0][0])
