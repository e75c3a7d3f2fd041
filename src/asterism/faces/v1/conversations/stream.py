"""`…/stream-ticket`: opening the stream of a conversation."""

from asterism.faces.v1.call import Call, post
from asterism.faces.v1.wire import Empty
from asterism.faces.v1.wire_conversations import StreamTicket
from asterism.features.talk import conversations


@post("/v1/conversations/{conversation_id:str}/stream-ticket")
def stream_ticket(call: Call, conversation_id: str, body: Empty) -> StreamTicket:  # noqa: ARG001 - any object is taken
    """POST /v1/conversations/:conversationId/stream-ticket: a ticket that opens the stream once."""
    issued = conversations.make_stream_ticket(call.tx, call.caller, conversation_id)
    return StreamTicket(issued.text, issued.expires_in)
