"""Provenance: from a line to the snapshot, the turn and the prompt that brought it (beyond 12)."""

from asterism.features.talk.provenance.models import Line, Origin, ShownFile, Turn
from asterism.features.talk.provenance.origins import origins_of
from asterism.features.talk.provenance.service import blame_file

__all__ = ["Line", "Origin", "ShownFile", "Turn", "blame_file", "origins_of"]
