"""The rules of device sign-in (RFC 8628; Fastest 2, Starbot 1.1), pure: codes, states and the pace of polling."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from asterism.base.clock import parse, shift
from asterism.base.ids import random_text

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O
DIGITS = "23456789"
DEVICE_CODE_LENGTH = 32

REDEEM_GRACE = 60  # seconds after expiry in which an approved grant may still be redeemed
KEEP_SECONDS = 24 * 3600  # after expiry; until then a grant answers as expired, afterwards as unknown

BURST = 5  # polls that may come at once
REFILL_SECONDS = 4.0  # below the interval of 5 s, so a client with jitter never runs dry


class GrantState(StrEnum):
    """Where a grant stands at a moment."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class Grant:
    """One attempt to sign a device in. Times are stamps; `polls_left` is the bucket of polls at `polled_at`."""

    id: str
    state: GrantState
    client_name: str | None
    client_version: str | None
    hostname: str | None
    os: str | None
    arch: str | None
    address: str | None
    created_at: str
    expires_at: str
    user_id: str | None
    polls_left: float
    polled_at: str | None

    def expired(self, now: str) -> bool:
        """Whether it can no longer be decided, nor (60 s later) an approved one be redeemed."""
        grace = REDEEM_GRACE if self.state is GrantState.APPROVED else 0
        return now >= shift(self.expires_at, seconds=grace)

    def forgotten(self, now: str) -> bool:
        """Whether it answers as if it had never existed."""
        return now >= shift(self.expires_at, seconds=KEEP_SECONDS)


def make_device_code() -> str:
    """Make the secret that the device polls with: 32 base62 characters."""
    return random_text(DEVICE_CODE_LENGTH)


def make_user_code() -> str:
    """Make the code that a person types: `LLLL-DDDD`, nothing in it that looks like something else."""
    return f"{random_text(4, LETTERS)}-{random_text(4, DIGITS)}"


def normalise_user_code(typed: str) -> str:
    """Return what a person typed as it is compared: upper case, letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())


def code_hash(code: str) -> str:
    """Return the only form in which either code is stored: its SHA-256 in hex. Looking it up takes constant time."""
    return hashlib.sha256(code.encode()).hexdigest()


def take_poll(grant: Grant, now: str) -> tuple[bool, float]:
    """Count one poll of a pending grant at `now`; return whether it came in time, and the polls left.

    The required pace never rises: a client that was told to slow down is in time again after four seconds.
    """
    left = grant.polls_left
    if grant.polled_at is not None:
        waited = max(0.0, (parse(now) - parse(grant.polled_at)).total_seconds())
        left = min(float(BURST), left + waited / REFILL_SECONDS)
    return (True, left - 1) if left >= 1 else (False, left)


def clean_description(value: object) -> str | None:
    """Return a descriptive text as it is kept: 100 characters without control characters; None for anything else."""
    if not isinstance(value, str):
        return None
    text = "".join(c for c in value if c.isprintable()).strip()[:100]
    return text or None
