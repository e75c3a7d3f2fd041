"""Messages as those who go back, or branch, see them; rules are theirs."""

from asterism.features.talk.conversations import branch_store, store
from asterism.features.talk.conversations.models import Conversation, Message
from asterism.kernel.db import Tx


def find_message(tx: Tx, conversation_id: str, message_id: str) -> Message | None:
    """Return a message of this very conversation."""
    return store.message(tx, message_id, conversation_id)


def has_active(tx: Tx, conversation_id: str) -> bool:
    """Say whether a turn runs or waits in a conversation."""
    return bool(store.active(tx, conversation_id))


def copy_before(tx: Tx, source_id: str, target: Conversation, position: int) -> None:
    """Copy what was said in a conversation before a position into a new one."""
    free = branch_store.copy_before(tx, source_id, target.id, position)
    newest = store.newest(tx, target.id, limit=1)
    last_at = max([target.last_at, *(one.created_at for one in newest)])
    store.update(tx, target.id, {"next_position": free, "last_at": last_at})
