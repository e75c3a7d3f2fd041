"""When tokens and devices were last used: noted in memory at every request, written at most once a minute each."""

import threading
from datetime import datetime, timedelta

from asterism.base.clock import stamp
from asterism.features.accounts.identity import token_store
from asterism.features.accounts.identity.models import Caller
from asterism.kernel.db import Tx

PAUSE_SECONDS = 60


class Activity:
    """Collects uses; a background task writes them by `flush`, outside every request's transaction."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, datetime] = {}  # token id -> when a use is to be noted again
        self._tokens: dict[str, str] = {}
        self._devices: dict[str, str] = {}

    def note(self, caller: Caller, now: datetime) -> None:
        """Remember that the caller's token was used now. Called for every request, so it mostly only compares."""
        due = self._next.get(caller.token_id)
        if due is not None and now < due:
            return
        with self._lock:
            self._next[caller.token_id] = now + timedelta(seconds=PAUSE_SECONDS)
            self._tokens[caller.token_id] = stamp(now)
            if caller.device_id is not None:
                self._devices[caller.device_id] = stamp(now)

    def token_used_at(self, token_id: str, written: str | None) -> str | None:
        """Return the newer of what is `written` and what still waits to be written."""
        return self._tokens.get(token_id, written)

    def device_seen_at(self, device_id: str, written: str) -> str:
        """Return the newer of what is `written` and what still waits to be written."""
        return self._devices.get(device_id, written)

    def waiting(self) -> bool:
        """Tell whether anything is to be written."""
        return bool(self._tokens)

    def flush(self, tx: Tx) -> None:
        """Write what was noted; forget it once it is committed."""
        with self._lock:
            tokens, devices = dict(self._tokens), dict(self._devices)
        now = tx.clock.now()
        token_store.write_uses(tx, tokens, devices)

        def forget() -> None:
            with self._lock:
                _drop(self._tokens, tokens)
                _drop(self._devices, devices)
                self._next = {key: at for key, at in self._next.items() if at > now}

        tx.after_commit(forget)


def _drop(waiting: dict[str, str], written: dict[str, str]) -> None:
    for key, at in written.items():
        if waiting.get(key) == at:
            del waiting[key]
