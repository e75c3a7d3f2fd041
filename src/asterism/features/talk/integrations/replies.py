"""What a reply that is not fine means to us: the table of Starbot 8.5. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from unicodedata import category

import msgspec

from asterism.base.errors import DomainError
from asterism.features.talk.integrations.errors import (
    MAX_MESSAGE,
    ReauthRequired,
    Seen,
    UpstreamConflict,
    UpstreamError,
    UpstreamForbidden,
    UpstreamNotFound,
    UpstreamRateLimited,
    UpstreamValidation,
)
from asterism.features.talk.integrations.models import ProviderName
from asterism.kernel.upstreams import Reply, UpstreamFailure

T = TypeVar("T")
DEFAULT_WAIT = 60
LONGEST_WAIT = 24 * 3600
_WORDS = {
    "unreachable": "cannot be reached",
    "timeout": "did not answer in time",
    "oversize": "sent more than can be read",
    "redirect": "sent us elsewhere",
    "broken": "sent an answer that cannot be read",
}


class _Problem(msgspec.Struct):
    message: str | None = None
    code: str | None = None
    request_id: str | None = None
    errors: object = None


def seen(provider: ProviderName, reply: Reply, secret: str = "") -> Seen:
    """Return what a reply says, without the secret if it should repeat it."""
    try:
        found = msgspec.json.decode(reply.body, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = _Problem()
    first = found.errors[0] if isinstance(found.errors, list) and found.errors else None
    code = found.code or (first.get("code") if isinstance(first, dict) else None)
    request_id = found.request_id or reply.headers.get("x-github-request-id") or reply.headers.get("x-request-id")
    said = (code, found.message, request_id, _reason(first))
    texts = [clean(text, secret) if isinstance(text, str) else None for text in said]
    return Seen(provider, reply.status, *texts)


def _reason(error: object) -> object:
    """Return what one of GitHub's `errors` says: a text, a message, or which field is wrong how."""
    if not isinstance(error, dict):
        return error
    parts = [part for part in (error.get("field"), error.get("code")) if isinstance(part, str)]
    return error.get("message") or " ".join(parts)


def clean(text: str, secret: str = "") -> str:
    """Return a text of a service as a line without control characters, which no database refuses, nor the secret."""
    whole = text.replace(secret, "[secret]") if secret else text
    shown = "".join(" " if category(c) in {"Cc", "Cs"} else c for c in whole[: 10 * MAX_MESSAGE])
    return " ".join(shown.split())[:MAX_MESSAGE]


def failure(provider: ProviderName, problem: UpstreamFailure) -> UpstreamError:
    """Return the error of a call that has no reply."""
    return UpstreamError(Seen(provider), _WORDS[problem.reason])


def refusal(provider: ProviderName, reply: Reply, now: datetime, secret: str = "") -> DomainError:
    """Return the error of a reply that is not fine."""
    said = seen(provider, reply, secret)
    wait = limit_wait(provider, reply, said, now)
    if wait is not None:
        return UpstreamRateLimited(said, wait)
    by_status: dict[int, type[DomainError]] = {
        401: ReauthRequired,
        403: UpstreamForbidden,
        404: UpstreamNotFound,
        410: UpstreamNotFound,
        400: UpstreamValidation,
        422: UpstreamValidation,
        409: UpstreamConflict,
    }
    kind = by_status.get(reply.status)
    if kind is not None:
        made: DomainError = kind(said)  # type: ignore[arg-type]
        return made
    return UpstreamError(said)


def decoded(provider: ProviderName, reply: Reply, shape: type[T]) -> T:
    """Return the body of a reply. Raises UpstreamError when it is anything else than `shape`."""
    try:
        return reply.decode(shape)
    except UpstreamFailure as problem:
        raise UpstreamError(Seen(provider, reply.status), _WORDS[problem.reason]) from None


def trouble(provider: ProviderName, reply: Reply, now: datetime, secret: str = "") -> DomainError:
    """Return the error of a reply that says nothing about the credential: a limit, or that the service failed."""
    said = seen(provider, reply, secret)
    wait = limit_wait(provider, reply, said, now)
    return UpstreamError(said) if wait is None else UpstreamRateLimited(said, wait)


def refused(provider: ProviderName, reply: Reply, now: datetime, *statuses: int) -> bool:
    """Whether a reply with one of the statuses refuses the credential; a rate limit does not."""
    return reply.status in statuses and limit_wait(provider, reply, seen(provider, reply), now) is None


def limit_wait(provider: ProviderName, reply: Reply, said: Seen, now: datetime) -> float | None:
    """Return how many seconds a rate limit wants us to wait, None when it is none."""
    wait = reply.number("retry-after")
    if provider == "notion":
        limited = reply.status in (429, 529)
    else:
        signs = wait is not None or exhausted(reply) or "rate limit" in (said.upstream_message or "").lower()
        limited = reply.status == 429 or (reply.status == 403 and signs)
    if not limited:
        return None
    if wait is not None:
        return min(max(1, wait), LONGEST_WAIT)
    until = reset_time(reply, now)
    return min(max(1.0, until - now.timestamp()), LONGEST_WAIT) if until is not None else DEFAULT_WAIT


def told_wait(provider: ProviderName, reply: Reply, now: datetime) -> float | None:
    """Return how many seconds a rate limit names by `Retry-After`, None when there is none or it names no time."""
    wait = reply.number("retry-after")
    return None if wait is None else limit_wait(provider, reply, seen(provider, reply), now)


def exhausted(reply: Reply) -> bool:
    """Whether GitHub says that nothing is left of a limit."""
    return reply.headers.get("x-ratelimit-remaining", "").strip() == "0"


def reset_time(reply: Reply, now: datetime) -> float | None:
    """Return when an exhausted limit of GitHub is full again, on our clock: its own may be off. None when none is."""
    reset = reply.number("x-ratelimit-reset")
    if reset is None or not exhausted(reply):
        return None
    return reset + (now.timestamp() - server_time(reply, now).timestamp())


def server_time(reply: Reply, now: datetime) -> datetime:
    """Return what time it is over there, by the reply's date; ours when it says none."""
    try:
        return parsedate_to_datetime(reply.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return now
