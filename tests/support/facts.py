"""Waiting for facts: a bound that only a fault reaches, however busy the machine is."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 60
"""Seconds after which what is waited for will not come any more."""


def until(fact: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Return as soon as the fact holds. Raises AssertionError when it does not come about."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
