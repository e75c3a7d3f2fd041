"""`/v1/models`: the models that runs can use (Starbot 7.2)."""

from collections.abc import Mapping
from typing import Literal, Self

import msgspec

from asterism.faces.v1.call import Call, get
from asterism.features.talk import catalogue
from asterism.features.talk.runs import PROFILES


class Model(msgspec.Struct):
    """A model; `source` says whose key it would use. Prices are US dollars per million tokens."""

    id: str
    provider: str
    model: str
    label: str
    tier: Literal["fast", "balanced", "best"]
    available: bool
    source: Literal["user", "server"] | None
    context_window: int
    max_output_tokens: int
    tools: bool
    reasoning: bool
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None

    @classmethod
    def of(cls, found: catalogue.ListedModel) -> Self:
        """Write a model."""
        spec = found.spec
        return cls(
            spec.id,
            spec.provider,
            spec.model,
            spec.label,
            spec.tier,
            found.source is not None,
            found.source,
            spec.context_window,
            spec.max_output_tokens,
            spec.tools,
            spec.reasoning,
            spec.input_usd_per_mtok,
            spec.output_usd_per_mtok,
        )


class ModelList(msgspec.Struct):
    """Every known model, and which one each mode would use (null: none is available)."""

    models: list[Model]
    defaults: Mapping[str, str | None]


@get("/v1/models")
def index(call: Call) -> ModelList:
    """GET /v1/models: every known model, and which one each mode would use."""
    rt, user_id = call.rt, call.caller.user_id
    found = catalogue.list_models(call.tx, rt.secrets, rt.directory, user_id)
    tiers: dict[str, catalogue.Tier] = {mode: profile.tier for mode, profile in PROFILES.items()}
    chosen = catalogue.defaults(call.tx, rt.secrets, rt.directory, user_id, tiers)
    return ModelList([Model.of(one) for one in found], chosen)
