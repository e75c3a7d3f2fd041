"""Who may call `/api` and `/health` at all: decided by Host and Origin before anything is routed.

There is no authentication on `/api`; a page in the owner's browser must not be able to use it, neither directly nor
by a name that was rebound to this machine. Source: Stargazer 0.6.
"""

import re

import msgspec

from asterism.asgi.realm import Headers, Knock, Refusal

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WORKING_STREAMS = frozenset({"/api/triage/stream", "/api/review/stream"})
"""GET routes that start work, and therefore fall under the Origin rule."""

FORBIDDEN = msgspec.json.encode({"error": {"message": "Forbidden"}})
NOT_FOUND = msgspec.json.encode({"error": {"message": "Not Found"}})

SECURITY: Headers = [
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET,POST,PUT,PATCH,DELETE,OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type,Authorization,x-stargazer-project-root,Last-Event-ID"),
    (b"access-control-max-age", b"600"),
]
JSON: Headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]

_ORIGIN = re.compile(rb"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^:\[\]]+))(?::\d*)?")


class LocalRealm:
    """The rules of `/api` and `/health`. Without `serves_api` all of `/api` is unknown and the Host rule is off."""

    def __init__(self, *, serves_api: bool) -> None:
        self.serves_api = serves_api

    def covers(self, path: str) -> bool:
        """Whether a path belongs to `/api`, or is `/health`, which shares its Host rule."""
        return is_api(path) or path == "/health"

    def refuse(self, knock: Knock) -> Refusal | None:
        """Refuse by Host and Origin; what no route can have is unknown here already."""
        api = is_api(knock.path)
        if api and not self.serves_api:
            return Refusal(404, NOT_FOUND, JSON)
        if self.serves_api and not is_allowed(knock.method, knock.path, knock.headers):
            return Refusal(403, FORBIDDEN, JSON)
        if api and (knock.path.endswith("/") or "//" in knock.path) and knock.method != "OPTIONS":
            return Refusal(404, NOT_FOUND, JSON)
        if knock.method == "HEAD" and knock.path.endswith("/stream"):
            return Refusal(404, NOT_FOUND, JSON)
        return None

    def preflight(self, knock: Knock) -> Headers | None:
        """Answer every OPTIONS request of `/api`."""
        if not is_api(knock.path):
            return None
        return PREFLIGHT if is_local_origin(knock.origin) else []

    def headers(self, path: str, origin: bytes | None) -> Headers:
        """Return the headers that every answer under this path carries."""
        if not is_api(path):
            return SECURITY
        allowed: Headers = []
        if origin is not None and is_local_origin(origin):
            allowed = [(b"access-control-allow-origin", origin)]
        return [*SECURITY, (b"vary", b"Origin"), *allowed]

    def problem(self, path: str, status: int, code: str, message: str) -> bytes:  # noqa: ARG002 - a realm's signature
        """Word a refusal in the envelope of `/api`."""
        return msgspec.json.encode({"error": {"message": message, "code": code}})


def is_api(path: str) -> bool:
    """Whether a path belongs to the local face."""
    return path == "/api" or path.startswith("/api/")


def is_allowed(method: str, path: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a request meets the Host rule and, on `/api`, the Origin rule."""
    return is_local_host(headers.get(b"host")) and (not is_api(path) or may_act(method, path, headers))


def is_local_host(value: bytes | None) -> bool:
    """Whether a Host header names this machine; port and brackets do not count."""
    match = _HOST.fullmatch((value or b"").decode("latin-1").lower())
    return match is not None and (match["six"] or match["name"]) in LOCAL_HOSTS


def is_local_origin(value: bytes | None) -> bool:
    """Whether an Origin is a page of this machine, on any port; `null` is not."""
    return value is not None and _ORIGIN.fullmatch(value) is not None


def may_act(method: str, path: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a request that changes something or starts work may come from where it comes from."""
    if method in SAFE_METHODS and not (method == "GET" and path in WORKING_STREAMS):
        return True
    origin = headers.get(b"origin")
    if origin is not None:
        return is_local_origin(origin)
    return headers.get(b"sec-fetch-site", b"").strip().lower() != b"cross-site"
