"""`POST {base}/models/{model}:streamGenerateContent?alt=sse`, as Google speaks it."""

import httpx2
from google.genai import Client
from google.genai.types import HttpOptions
from pydantic_ai.models import Model
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from asterism.kernel.llm.models import Target

NO_LIMIT_MS = 3_600_000  # the library wants a number; `timing` limits the wait


def build(target: Target, client: httpx2.AsyncClient) -> Model:
    """Make pydantic-ai's model for a target."""
    base, _, version = target.base_url.rpartition("/")
    options = HttpOptions(base_url=base, api_version=version, httpx_async_client=client, timeout=NO_LIMIT_MS)
    sdk = Client(vertexai=False, api_key=target.api_key or "none", http_options=options)
    return GoogleModel(target.model, provider=GoogleProvider(client=sdk))
