"""What providers of databases and storage are asked for."""

from dataclasses import dataclass, field
from typing import Protocol


class ProvisioningFailed(Exception):
    """Something could not be made or destroyed; the text is for people and holds no secret."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new resource: the provider's name for it, and its address, which is a secret."""

    id: str
    connection: str = field(repr=False)


class Provisioner(Protocol):
    """Makes and destroys resources at one provider. Calls take seconds: hold no transaction meanwhile."""

    def types(self) -> frozenset[str]:
        """Return the types (`database:postgres`, `storage:blob`) that can be made now."""
        ...

    async def make(self, kind: str, name: str) -> Made:
        """Make a resource whose name at the provider contains `name`. Raises ProvisioningFailed, leaving nothing."""
        ...

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Destroy a resource; one that is gone already counts as destroyed. Raises ProvisioningFailed."""
        ...
