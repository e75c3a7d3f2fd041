"""Checkpoints of turns (beyond 2): each tool call of an agent that changed a file leaves a tree.

Turns write them down (`record_start`, `record`); `rewinds` lists them and goes back to one.
"""

from asterism.features.talk.checkpoints.models import KEPT_DAYS, Called, Checkpoint
from asterism.features.talk.checkpoints.service import ROOTS, purge, record, record_start
from asterism.features.talk.checkpoints.store import one, page

__all__ = ["KEPT_DAYS", "ROOTS", "Called", "Checkpoint", "one", "page", "purge", "record", "record_start"]
