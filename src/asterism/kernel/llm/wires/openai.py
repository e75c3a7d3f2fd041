"""`POST {base}/chat/completions`, as OpenAI and most others speak it."""

from typing import Any
from urllib.parse import urlsplit

import httpx2
from openai import AsyncOpenAI, Omit
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from asterism.kernel.llm.models import Target


class _Keyless(AsyncOpenAI):
    """A client for servers that want no key; the library itself insists on one."""

    def _validate_headers(self, headers: Any, custom_headers: Any) -> None:  # noqa: ARG002 - theirs
        return


def build(target: Target, client: httpx2.AsyncClient) -> Model:
    """Make pydantic-ai's model for a target. Without a key no Authorization header is sent."""
    headers: dict[str, Any] = {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()}
    if not target.api_key:
        headers["Authorization"] = Omit()
    sdk = (AsyncOpenAI if target.api_key else _Keyless)(
        base_url=target.base_url,
        api_key=target.api_key or "none",
        http_client=client,
        max_retries=0,
        default_headers=headers,
    )
    profile = OpenAIModelProfile(
        openai_chat_streaming_requires_finish_reason=True,
        # Only OpenAI itself is known to want the newer name of the field; the rest of the world takes `max_tokens`.
        openai_chat_supports_max_completion_tokens=urlsplit(target.base_url).hostname == "api.openai.com",
    )
    provider = OpenAICompatibleProvider(target.provider, openai_client=sdk)
    return OpenAIChatModel(target.model, provider=provider, profile=profile)
