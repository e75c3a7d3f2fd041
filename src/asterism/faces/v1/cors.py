"""CORS of `/v1` (Fastest 0.2, Starbot 0.2): on every answer, never with credentials, since no cookie counts there."""

from dataclasses import dataclass

Headers = list[tuple[bytes, bytes]]

METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = b"Authorization, Content-Type, Accept, Last-Event-ID, Cache-Control, X-Request-Id, Range"
EXPOSED = b"X-Run-Id, X-Message-Id, X-Request-Id, Retry-After, Location, Allow, ETag, Content-Range"


@dataclass(frozen=True, slots=True)
class CorsPolicy:
    """Which origins may read answers: all of them, or those listed by name."""

    everybody: bool
    origins: frozenset[bytes]

    @classmethod
    def parse(cls, setting: str) -> "CorsPolicy":
        """Read `*` or a comma-separated list of origins."""
        names = {name.strip() for name in setting.split(",") if name.strip()}
        return cls("*" in names, frozenset(name.encode() for name in names - {"*"}))

    def headers(self, path: str, origin: bytes | None) -> Headers:
        """Return the headers of an ordinary answer."""
        if not path.startswith("/v1"):
            return []
        allow = self._allow(origin)
        return [*allow, (b"access-control-expose-headers", EXPOSED)] if allow else self._vary()

    def preflight(self, path: str, origin: bytes | None) -> Headers:
        """Return the headers of the answer to a preflight."""
        if not path.startswith("/v1"):
            return []
        allow = self._allow(origin)
        if not allow:
            return self._vary()
        return [
            *allow,
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", REQUEST_HEADERS),
            (b"access-control-max-age", b"600"),
        ]

    def _allow(self, origin: bytes | None) -> Headers:
        if self.everybody:
            return [(b"access-control-allow-origin", b"*")]
        if origin in self.origins and origin is not None:
            return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
        return []

    def _vary(self) -> Headers:
        return [] if self.everybody else [(b"vary", b"Origin")]
