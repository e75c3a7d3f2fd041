"""Cloudflare's API v4: an envelope of `success`, `errors` with codes, and `result`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from asterism.kernel.clouds.calls import ASKS_WITHIN, MOST_TOLD, member, send
from asterism.kernel.clouds.port import CloudFailed, CloudRefused

_NAME: Final = "Cloudflare"


@dataclass(frozen=True, slots=True)
class Cloudflare:
    """One account's token. `url` is the address of the API, up to `/client/v4`."""

    url: str
    token: str = field(repr=False)
    seconds: float = ASKS_WITHIN

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the result of a call. Raises CloudFailed, and CloudRefused with Cloudflare's codes."""
        headers = {} if body is None else {"content-type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        status, content = await send(_NAME, method, f"{self.url}{path}", self.token, headers, sent, self.seconds)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise CloudFailed(f"Cloudflare answered status {status} and nothing readable.") from error
        if status < 300 and member(answer, "success") is True:
            return member(answer, "result")
        found = member(answer, "errors")
        problems = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        if not problems:
            raise CloudFailed(f"Cloudflare answered status {status} without a reason.")
        codes = [code for one in problems if isinstance(code := one.get("code"), int)]
        said = str(problems[0].get("message") or "no")[:MOST_TOLD]
        raise CloudRefused(f"Cloudflare said: {said}", codes)
