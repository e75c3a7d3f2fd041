"""What rules and models are told of a project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asterism.features.insight.atlas import MappedTree
from asterism.features.insight.decisions import Decision


@dataclass(frozen=True, slots=True)
class Situation:
    """A project as it is: `tree` is the newest one, None where there is none.

    `taken` are the folded titles of all steps it ever had; `recent` the titles of the newest 20, `talk` those of the
    newest conversations.
    """

    name: str
    intent: str | None
    brief: Any
    tree: MappedTree | None
    decisions: Sequence[Decision] = ()
    taken: frozenset[str] = frozenset()
    recent: Sequence[str] = ()
    talk: Sequence[str] = ()
    snapshots: bool = False
    deployed: bool = False
    known_names: frozenset[str] = field(default_factory=frozenset)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The object brief, an empty one where there is none."""
        return self.brief if isinstance(self.brief, dict) else {}
