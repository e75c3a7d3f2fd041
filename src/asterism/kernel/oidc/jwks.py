"""Providers' public keys, kept as long as they say and fetched again when a token names a key we do not know."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from asterism.base.clock import Clock
from asterism.base.libraries import later
from asterism.kernel.oidc.port import KeysUnavailable, Provider

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

Fetch = Callable[[str], Awaitable[tuple[bytes, Mapping[str, str]]]]
Jwk = dict[str, Any]

DEFAULT_AGE = 300  # seconds, for a provider that does not say
LONGEST_AGE = 24 * 3600
REFETCH_PAUSE = 60  # seconds between fetches for unknown key ids, so forged ids cannot make us hammer the provider
STALE_AGE = 3600  # how long keys that ran out still serve while the provider cannot be reached
BODY_LIMIT = 1024 * 1024
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=(\d{1,9})", re.IGNORECASE)


@dataclass(slots=True)
class _Entry:
    keys: list[Jwk]
    fresh_until: datetime
    fetched_at: datetime


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    entry: _Entry | None = None


class FetchFailed(Exception):
    """A document could not be fetched."""


class JwksCache:
    """Keys per provider. Times come from the injected clock, documents from the injected `fetch`."""

    def __init__(self, clock: Clock, fetch: Fetch) -> None:
        self._clock = clock
        self._fetch = fetch
        self._slots: dict[str, _Slot] = {}
        self._discovered: dict[str, _Configuration] = {}
        self._silent_until: dict[str, datetime] = {}

    async def keys(self, provider: Provider, key_id: str | None) -> list[Jwk]:
        """Return the provider's keys that may have signed a token naming `key_id` (all, when it names none).

        Raises KeysUnavailable when the keys are needed and cannot be fetched.
        """
        slot = self._slots.setdefault(provider.name, _Slot())
        async with slot.lock:
            now = self._clock.now()
            if slot.entry is None or now >= slot.entry.fresh_until:
                await self._renew(slot, provider, now)
            found = _matching(slot, key_id)
            if not found and slot.entry and now >= slot.entry.fetched_at + timedelta(seconds=REFETCH_PAUSE):
                await self._renew(slot, provider, now)
                found = _matching(slot, key_id)
            return found

    async def authorization_url(self, provider: Provider) -> str | None:
        """Return where people are sent to sign in, None when the provider does not say now.

        Anybody may ask, so a provider that does not answer is asked once a minute.
        """
        if provider.authorization_url is not None:
            return provider.authorization_url
        now = self._clock.now()
        if now < self._silent_until.get(provider.name, now):
            return None
        try:
            return (await self._discover(provider)).authorization_endpoint
        except (FetchFailed, msgspec.MsgspecError, ValueError):
            self._silent_until[provider.name] = now + timedelta(seconds=REFETCH_PAUSE)
            return None

    async def _renew(self, slot: _Slot, provider: Provider, now: datetime) -> None:
        try:
            url = provider.jwks_url or (await self._discover(provider)).jwks_uri
            body, headers = await self._fetch(url)
            keys = msgspec.json.decode(body, type=_KeySet).keys
        except (FetchFailed, msgspec.MsgspecError, ValueError) as error:
            if slot.entry is not None and now < slot.entry.fresh_until + timedelta(seconds=STALE_AGE):
                slot.entry.fetched_at = now
                return
            raise KeysUnavailable(
                f"The signing keys of {provider.name} cannot be fetched.", hint="Try again in a moment."
            ) from error
        slot.entry = _Entry(keys, now + timedelta(seconds=_age(headers)), now)

    async def _discover(self, provider: Provider) -> "_Configuration":
        issuer = provider.issuers[0].rstrip("/")
        if issuer not in self._discovered:
            body, _headers = await self._fetch(f"{issuer}/.well-known/openid-configuration")
            found = msgspec.json.decode(body, type=_Configuration)
            if found.issuer.rstrip("/") != issuer:
                raise ValueError("the discovery document is another issuer's")
            self._discovered[issuer] = found
        return self._discovered[issuer]


class _KeySet(msgspec.Struct):
    keys: list[Jwk]


class _Configuration(msgspec.Struct):
    issuer: str
    jwks_uri: str
    authorization_endpoint: str | None = None


def _matching(slot: _Slot, key_id: str | None) -> list[Jwk]:
    keys = slot.entry.keys if slot.entry else []
    return [key for key in keys if key_id is None or key.get("kid") == key_id]


def _age(headers: Mapping[str, str]) -> int:
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    return min(int(found[1]), LONGEST_AGE) if found else DEFAULT_AGE


async def fetch_over_http(url: str) -> tuple[bytes, Mapping[str, str]]:
    """Fetch a small document within ten seconds; redirects are not followed. Raises FetchFailed."""
    try:
        async with httpx.AsyncClient(timeout=10) as client, client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise FetchFailed(f"status {response.status_code}")
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise FetchFailed("the document is too large")
            return body, {name.lower(): value for name, value in response.headers.items()}
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchFailed(str(error)) from error
