"""`POST /v1/chats/:id/cancel`."""

from typing import Any

import msgspec

from asterism.faces.v1.call import Call, post


class Nothing(msgspec.Struct):
    """No field is known."""


@post("/v1/chats/{chat_id:str}/cancel", body=Nothing)
async def cancel(call: Call[Nothing]) -> Any:
    """POST /v1/chats/:chatId/cancel: end the active run of a chat and its call to the provider."""
    run_id = await call.rt.runs.cancel(call.caller, call.path["chat_id"])
    return {"cancelled": run_id is not None, "run_id": run_id}
