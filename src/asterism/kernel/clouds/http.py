"""Providers over HTTP: Cloudflare's API v4 (`GET /user/tokens/verify`) and Railway's GraphQL (`me`)."""

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asterism.base.libraries import later
from asterism.kernel.clouds.port import CLOUDFLARE_URL, DEADLINE, RAILWAY_URL, Cloud, CloudUnreachable, TokenRefused

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

MAX_ANSWER = 1024 * 1024
_REFUSED = frozenset({400, 401, 403})


class HttpClouds:
    """The real providers. Redirects are not followed: a token goes only to the address that the operator named."""

    def __init__(
        self, *, cloudflare_url: str = CLOUDFLARE_URL, railway_url: str = RAILWAY_URL, deadline: float = DEADLINE
    ) -> None:
        self._cloudflare, self._railway = cloudflare_url.rstrip("/"), railway_url
        self._deadline = deadline

    async def check(self, cloud: Cloud, token: str) -> None:
        """Ask whether a token is accepted."""
        ask = self._cloudflare_accepts if cloud is Cloud.CLOUDFLARE else self._railway_accepts
        try:
            async with asyncio.timeout(self._deadline):
                accepted = await ask(token)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise CloudUnreachable(cloud) from error
        if not accepted:
            raise TokenRefused(cloud)

    async def _cloudflare_accepts(self, token: str) -> bool:
        status, answer = await self._ask("GET", f"{self._cloudflare}/user/tokens/verify", token, None)
        result = answer.get("result")
        return status == 200 and answer.get("success") is True and _member(result, "status") == "active"

    async def _railway_accepts(self, token: str) -> bool:
        status, answer = await self._ask("POST", self._railway, token, {"query": "query { me { id } }"})
        return (
            status == 200 and not answer.get("errors") and _member(_member(answer.get("data"), "me"), "id") is not None
        )

    async def _ask(
        self, method: str, url: str, token: str, body: Mapping[str, Any] | None
    ) -> tuple[int, Mapping[str, Any]]:
        """Send one request; return status and object. Raises ValueError for what only a broken provider answers."""
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        async with (
            httpx.AsyncClient(timeout=self._deadline) as client,
            client.stream(method, url, headers=headers, json=body) as response,
        ):
            content = b""
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > MAX_ANSWER:
                    raise ValueError("the answer is too large")
        if response.status_code in _REFUSED:
            return response.status_code, {}
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}")
        found = json.loads(content)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return response.status_code, found


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
