"""What the local face needs besides the ports that everybody shares."""

from dataclasses import dataclass, field

from asterism.features.review.local_chats import Chats
from asterism.features.review.local_providers import KeyPlaces
from asterism.features.review.trust import RootRules, SessionTrust
from asterism.kernel.git import Git


@dataclass(slots=True)
class LocalServices:
    """Ports and services of `/api`, built by the composition root."""

    git: Git
    roots: RootRules
    keys: KeyPlaces
    chats: Chats
    session_trust: SessionTrust = field(default_factory=SessionTrust)
