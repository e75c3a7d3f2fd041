"""A fake that remembers."""

from asterism.kernel.provisioning.port import Made, ProvisioningFailed


class MemoryProvisioner:
    """Makes everything in memory; `failing` makes every call fail."""

    def __init__(self, types: frozenset[str] = frozenset({"storage:blob", "database:postgres"})) -> None:
        self._types = types
        self.made: dict[str, str] = {}
        self.failing = False
        self._count = 0

    def types(self) -> frozenset[str]:
        """Return the types."""
        return self._types

    async def make(self, kind: str, name: str) -> Made:
        """Make a resource."""
        if self.failing or kind not in self._types:
            raise ProvisioningFailed(f"{kind} cannot be made now")
        self._count += 1
        made = Made(f"{name}-{self._count}", f"{kind}://secret@{name}-{self._count}")
        self.made[made.id] = kind
        return made

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Destroy a resource."""
        if self.failing:
            raise ProvisioningFailed(f"{kind} cannot be removed now")
        self.made.pop(resource_id, None)
