"""`/v1/models`."""

from typing import Any

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get
from asterism.features.talk import catalogue
from asterism.features.talk.runs import PROFILES


@get("/v1/models")
def index(call: Call[None]) -> Any:
    """GET /v1/models: every known model, and which one each mode would use."""
    rt, user_id = call.rt, call.caller.user_id
    found = catalogue.list_models(call.tx, rt.secrets, rt.directory, user_id)
    tiers: dict[str, catalogue.Tier] = {mode: profile.tier for mode, profile in PROFILES.items()}
    chosen = catalogue.defaults(call.tx, rt.secrets, rt.directory, user_id, tiers)
    return {"models": [wire_chats.model(one) for one in found], "defaults": chosen}
