"""One bounded request to a provider's API. A token goes to the operator's address alone: no redirect is followed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from asterism.base.libraries import later
from asterism.kernel.clouds.port import CloudFailed

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

MAX_ANSWER: Final = 8 * 1024 * 1024
ASKS_WITHIN: Final = 30.0  # seconds
MOST_TOLD: Final = 500  # characters of what a provider says is wrong


async def send(
    cloud: str,
    method: str,
    url: str,
    token: str,
    headers: Mapping[str, str],
    body: bytes | AsyncIterator[bytes] | None,
    seconds: float,
) -> tuple[int, bytes]:
    """Return status and content of an answer. Raises CloudFailed when there is none, or one that nobody can use.

    `cloud` is the provider's name for people. A refused token and too many requests are failures of every call.
    """
    sent = {"authorization": f"Bearer {token}", "accept": "application/json", **headers}
    content = b""
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(timeout=seconds) as client,
            client.stream(method, url, headers=sent, content=body) as response,
        ):
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > MAX_ANSWER:
                    raise CloudFailed(f"{cloud} answered more than can be read.")
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise CloudFailed(f"{cloud} does not answer.") from error
    if response.status_code == 401:
        raise CloudFailed(f"{cloud} does not accept the token any more; store the credential anew.")
    if response.status_code == 403:
        raise CloudFailed(f"{cloud} does not let this token do so; store the credential of one that may.")
    if response.status_code == 429:
        raise CloudFailed(f"{cloud} has had too many requests; try again later.")
    return response.status_code, content


def member(value: Any, *names: str) -> Any:
    """Return a member of a member of JSON, None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
