"""Models as users choose them."""

from typing import Literal

import msgspec

from asterism.kernel.llm import Target

Tier = Literal["fast", "balanced", "best"]
Source = Literal["user", "server"]


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A model as the catalogue describes it. Prices are US dollars per million tokens, None when unknown."""

    provider: str
    model: str
    label: str
    tier: Tier
    context_window: int = 32_768
    max_output_tokens: int = 4_096
    tools: bool = True
    reasoning: bool = False
    input_usd_per_mtok: float | None = None
    cached_usd_per_mtok: float | None = None
    output_usd_per_mtok: float | None = None

    @property
    def id(self) -> str:
        """`provider:model`."""
        return f"{self.provider}:{self.model}"

    def cost_micros(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> int | None:
        """Return the price in millionths of a dollar, None when unpriced. `input_tokens` include the cached ones."""
        if self.input_usd_per_mtok is None or self.output_usd_per_mtok is None:
            return None
        cached_price = self.input_usd_per_mtok if self.cached_usd_per_mtok is None else self.cached_usd_per_mtok
        fresh = max(0, input_tokens - cached_tokens)
        return round(
            fresh * self.input_usd_per_mtok + cached_tokens * cached_price + output_tokens * self.output_usd_per_mtok
        )


class Chosen(msgspec.Struct, frozen=True):
    """A model to ask, and how."""

    spec: ModelSpec
    target: Target


class ListedModel(msgspec.Struct, frozen=True):
    """A model as it is listed to one user; `source` says whose key it would use, None when unavailable."""

    spec: ModelSpec
    source: Source | None
