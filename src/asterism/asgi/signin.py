"""What signing in needs beside the database: lifetimes, providers, limits, and who was seen when."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.asgi.addresses import Addresses
from asterism.asgi.limits import Limits
from asterism.features.identity import Activity, Lifetimes, SignUp
from asterism.kernel.oidc import IdTokens, Provider


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
