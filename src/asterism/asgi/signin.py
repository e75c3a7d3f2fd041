"""What signing in needs beside the database: lifetimes, providers, limits, and who was seen when."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.asgi.addresses import Addresses
from asterism.asgi.limits import Limits
from asterism.features.accounts.identity import Activity, Lifetimes, SignUp
from asterism.kernel.oidc import IdTokens, Provider

MOST_KNOWN = 10_000


class KnownTokens:
    """Hashes of tokens that opened something in this process; says who is new, never who is right."""

    def __init__(self) -> None:
        self._hashes: dict[str, None] = {}

    def __contains__(self, token_hash: str) -> bool:
        return token_hash in self._hashes

    def add(self, token_hash: str) -> None:
        """Remember a token; the one that was added first goes when there are too many."""
        self._hashes[token_hash] = None
        if len(self._hashes) > MOST_KNOWN:
            self._hashes.pop(next(iter(self._hashes)), None)

    def forget(self, token_hash: str) -> None:
        """Take a token for new from now on."""
        self._hashes.pop(token_hash, None)


@dataclass(slots=True)
class SignIn:
    """One server's sign-in services. `providers` are by name (`google`, `oidc`), each with whom it may bring in."""

    addresses: Addresses
    limits: Limits
    id_tokens: IdTokens
    lifetimes: Lifetimes
    providers: Mapping[str, tuple[Provider, SignUp]] = field(default_factory=dict)
    device_seconds: int = 900
    poll_seconds: int = 5
    origins: frozenset[str] = frozenset()
    activity: Activity = field(default_factory=Activity)
    known: KnownTokens = field(default_factory=KnownTokens)
