"""Two transactions at once, in the order that breaks what only looks before it writes."""

import threading
from collections.abc import Callable
from typing import Any

from asterism.base.errors import DomainError
from asterism.kernel.db import Database, Tx

LOOK_SECONDS = 0.4
"""How long the first transaction stays open for the second one to get past it. Only an error needs that time: where the
second one waits for the first, as it should, the outcome is the same after any time."""


def race(db: Database, first: Callable[[Tx], Any], second: Callable[[Tx], Any]) -> tuple[Any, Any]:
    """Do `first`; before it is committed, start `second`; then commit both. Return what each returned or raised."""
    outcomes: dict[str, Any] = {}

    def later() -> None:
        try:
            with db.write() as tx:
                outcomes["second"] = second(tx)
        except DomainError as error:
            outcomes["second"] = error

    thread = threading.Thread(target=later)
    try:
        with db.write() as tx:
            outcomes["first"] = first(tx)
            thread.start()
            thread.join(LOOK_SECONDS)
    except DomainError as error:
        outcomes["first"] = error
    thread.join(60)
    assert not thread.is_alive(), "the second transaction never ended"
    return outcomes["first"], outcomes["second"]


def errors_of(outcomes: tuple[Any, Any]) -> list[DomainError]:
    """Return what was raised."""
    return [found for found in outcomes if isinstance(found, DomainError)]
