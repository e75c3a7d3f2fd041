"""`/v1/models`: the models that runs can use (Starbot 7.2), and a trial of one (ours)."""

from collections.abc import Mapping
from typing import Literal, Self

import msgspec

from asterism.asgi.limits import MODEL_CALLS
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, post
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
        return copied(cls, spec, available=found.source is not None, source=found.source)


class ModelList(msgspec.Struct):
    """Every known model, and which one each mode would use (null: none is available)."""

    models: list[Model]
    defaults: Mapping[str, str | None]


class ModelToTry(msgspec.Struct):
    """The model, `provider:model`."""

    model: str


class ModelTrial(msgspec.Struct):
    """Whether it answered, and how soon; `failure` says why not, `message` what that means."""

    ok: bool
    milliseconds: int
    failure: str | None
    message: str | None

    @classmethod
    def of(cls, found: catalogue.Trial) -> Self:
        """Write how a trial went."""
        if found.failure is None:
            return cls(True, found.milliseconds, None, None)
        return cls(False, found.milliseconds, found.failure.failure.value, found.failure.message)


@get("/v1/models")
def index(call: Call) -> ModelList:
    """GET /v1/models: every known model, and which one each mode would use."""
    rt, user_id = call.rt, call.caller.user_id
    found = catalogue.list_models(call.tx, rt.secrets, rt.directory, user_id)
    tiers: dict[str, catalogue.Tier] = {mode: profile.tier for mode, profile in PROFILES.items()}
    chosen = catalogue.defaults(call.tx, rt.secrets, rt.directory, user_id, tiers)
    return ModelList([Model.of(one) for one in found], chosen)


@post("/v1/models/trial", rate=MODEL_CALLS, errors=(catalogue.UnknownModel, catalogue.ModelNotConfigured))
async def trial(call: Call, body: ModelToTry) -> ModelTrial:
    """POST /v1/models/trial: ask a model for one word, to see that its key is accepted."""
    rt = call.rt
    found = await catalogue.try_model(rt.db, rt.secrets, rt.directory, rt.models, call.caller.user_id, body.model)
    return ModelTrial.of(found)
