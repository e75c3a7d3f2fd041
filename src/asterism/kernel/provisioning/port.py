"""What providers of databases and storage are asked for."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

_UNFIT = re.compile(r"[^a-z0-9]+")


class ProvisioningFailed(Exception):
    """Something could not be made or destroyed; the text is for people and holds no secret."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new resource: the provider's name for it, and its address, which is a secret."""

    id: str
    connection: str = field(repr=False)


def unique_name(name: str) -> str:
    """Return a name that nobody has, with as much of `name` as fits everywhere: letters, digits and `_`, at most 51."""
    return f"app_{_UNFIT.sub('_', name.lower()).strip('_')[:30]}_{secrets.token_hex(8)}"


class Provisioner(Protocol):
    """Makes and destroys resources at one provider. Calls take seconds: hold no transaction meanwhile."""

    def types(self) -> frozenset[str]:
        """Return the types (`database:postgres`, `storage:blob`) that can be made now."""
        ...

    async def make(self, kind: str, name: str) -> Made:
        """Make a resource of a `unique_name`, which is its id: so that one that a crash left can be destroyed.

        Raises ProvisioningFailed, leaving nothing.
        """
        ...

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Destroy a resource; one that is gone already counts as destroyed. Raises ProvisioningFailed."""
        ...


def address_of(server: str, name: str, user: str, password: str) -> str:
    """Return the address of a database for its own user, on the server that the operator's address names."""
    parts = urlsplit(server)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{user}:{quote(password)}@{place}", f"/{name}", parts.query, ""))
