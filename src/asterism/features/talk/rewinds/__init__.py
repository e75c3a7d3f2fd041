"""Going back in a conversation, talk and files, and branching from any moment of one (beyond 2)."""

from asterism.features.talk.rewinds.errors import CannotUndo, TurnRunning, UnknownCheckpoint, UnknownRewind
from asterism.features.talk.rewinds.models import Forked, Rewind, Rewound, Wanted
from asterism.features.talk.rewinds.service import ROOTS, fork, list_checkpoints, rewind, undo

__all__ = [
    "ROOTS",
    "CannotUndo",
    "Forked",
    "Rewind",
    "Rewound",
    "TurnRunning",
    "UnknownCheckpoint",
    "UnknownRewind",
    "Wanted",
    "fork",
    "list_checkpoints",
    "rewind",
    "undo",
]
