"""`POST {base}/messages`, as Anthropic speaks it."""

import httpx2
from anthropic import AsyncAnthropic, Omit
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from asterism.kernel.llm.models import Target


class _Client(AsyncAnthropic):
    """Takes base URLs that include the version path, as everybody else does."""

    def _prepare_url(self, url: str) -> httpx2.URL:
        return super()._prepare_url(url.removeprefix("/v1"))


def build(target: Target, client: httpx2.AsyncClient) -> Model:
    """Make pydantic-ai's model for a target. The key goes into `x-api-key`, nowhere else."""
    key = target.api_key or "none"
    sdk = _Client(
        base_url=target.base_url,
        api_key=key,
        http_client=client,
        max_retries=0,
        default_headers={"x-api-key": key, "Authorization": Omit()},  # type: ignore[dict-item]
    )
    return AnthropicModel(target.model, provider=AnthropicProvider(anthropic_client=sdk))
