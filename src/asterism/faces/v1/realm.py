"""CORS of `/v1` (Fastest 0.2, Starbot 0.2): on every answer, never with credentials, since no cookie counts there."""

from dataclasses import dataclass

import msgspec

from asterism.asgi.realm import Headers, Knock, Refusal

METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = b"Authorization, Content-Type, Accept, Last-Event-ID, Cache-Control, X-Request-Id, Range"
EXPOSED = b"X-Run-Id, X-Message-Id, X-Request-Id, Retry-After, Location, Allow, ETag, Content-Range"

OAUTH_PATHS = frozenset({"/v1/oauth/device", "/v1/oauth/token"})
OAUTH_WORDS = {429: "slow_down", 503: "server_error"}  # RFC 6749 5.2, RFC 8628 3.5


@dataclass(frozen=True, slots=True)
class V1Realm:
    """Which origins may read answers and open WebSockets: all of them, or those listed by name."""

    everybody: bool
    origins: frozenset[bytes]

    @classmethod
    def parse(cls, setting: str) -> "V1Realm":
        """Read `*` or a comma-separated list of origins."""
        names = {name.strip() for name in setting.split(",") if name.strip()}
        return cls("*" in names, frozenset(name.encode() for name in names - {"*"}))

    def covers(self, path: str) -> bool:
        """Whether a path belongs to `/v1`."""
        return path.startswith("/v1")

    def refuse(self, knock: Knock) -> Refusal | None:
        """Refuse a WebSocket that a page of an unlisted origin opens: no browser asks before it lets the page read."""
        if knock.method != "WEBSOCKET" or knock.origin is None or self.everybody or knock.origin in self.origins:
            return None
        if knock.origin.partition(b"://")[2] == knock.headers.get(b"host"):
            return None  # our own page
        body = self.problem(knock.path, 403, "FORBIDDEN_ORIGIN", "Pages of this origin may not open streams here.")
        return Refusal(403, body, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")])

    def headers(self, path: str, origin: bytes | None) -> Headers:  # noqa: ARG002 - a realm's signature
        """Return the headers of an ordinary answer."""
        allow = self._allow(origin)
        return [*allow, (b"access-control-expose-headers", EXPOSED)] if allow else self._vary()

    def preflight(self, knock: Knock) -> Headers | None:
        """Return the headers of the answer to a preflight; any other OPTIONS request is a method like others."""
        if b"access-control-request-method" not in knock.headers:
            return None
        allow = self._allow(knock.origin)
        if not allow:
            return self._vary()
        return [
            *allow,
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", REQUEST_HEADERS),
            (b"access-control-max-age", b"600"),
        ]

    def problem(self, path: str, status: int, code: str, message: str) -> bytes:
        """Word a refusal in the envelope of `/v1`, or as clients of OAuth read it."""
        if path in OAUTH_PATHS:
            return msgspec.json.encode(
                {"error": OAUTH_WORDS.get(status, "invalid_request"), "error_description": message}
            )
        return msgspec.json.encode({"error": {"code": code, "message": message}})

    def _allow(self, origin: bytes | None) -> Headers:
        if self.everybody:
            return [(b"access-control-allow-origin", b"*")]
        if origin in self.origins and origin is not None:
            return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
        return []

    def _vary(self) -> Headers:
        return [] if self.everybody else [(b"vary", b"Origin")]
