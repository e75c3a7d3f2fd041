"""What the services have said about when they take requests again (Starbot 8.2, 8.5). In this process alone."""

from datetime import datetime

from asterism.features.talk.integrations import replies
from asterism.features.talk.integrations.errors import Seen, UpstreamRateLimited
from asterism.features.talk.integrations.models import ProviderName
from asterism.kernel.upstreams import Reply

MAX_REMEMBERED = 10_000
WHOLE = ""
"""The resource that stands for all of a service."""


class KnownLimits:
    """Until when each user's requests are refused: those of one resource, or of the whole service.

    A service that names a time by `Retry-After` wants no request at all until then (GitHub calls it a secondary limit);
    a counter that is used up concerns one resource. Where it names no time, nothing is remembered.
    """

    def __init__(self) -> None:
        self._until: dict[tuple[str, ProviderName, str], float] = {}

    def check(self, user_id: str, provider: ProviderName, resource: str, now: datetime) -> None:
        """Raise UpstreamRateLimited, with the seconds that are left, while a limit is known."""
        left = max(self._left((user_id, provider, name), now) for name in (WHOLE, resource))
        if left > 0:
            raise UpstreamRateLimited(Seen(provider), left)

    def note(self, user_id: str, provider: ProviderName, resource: str, reply: Reply, now: datetime) -> None:
        """Remember what a reply says about limits."""
        self._keep((user_id, provider, WHOLE), replies.told_wait(provider, reply, now), now)
        reset = replies.reset_time(reply, now) if provider == "github" else None
        self._keep((user_id, provider, resource), reset and reset - now.timestamp(), now)

    def forget(self, user_id: str, provider: ProviderName) -> None:
        """Forget a user's limits at a service: another credential has its own."""
        for key in [key for key in self._until if key[:2] == (user_id, provider)]:
            del self._until[key]

    def _left(self, key: tuple[str, ProviderName, str], now: datetime) -> float:
        return self._until.get(key, 0.0) - now.timestamp()

    def _keep(self, key: tuple[str, ProviderName, str], seconds: float | None, now: datetime) -> None:
        if seconds is None or seconds <= 0:
            return
        self._until.pop(key, None)
        if len(self._until) >= MAX_REMEMBERED:
            self._until.pop(next(iter(self._until)))
        self._until[key] = now.timestamp() + min(seconds, replies.LONGEST_WAIT)
