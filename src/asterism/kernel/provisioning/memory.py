"""A fake that remembers."""

from asterism.kernel.provisioning.port import Made, ProvisioningFailed


class MemoryProvisioner:
    """Makes everything in memory; `failing` makes every call fail."""

    def __init__(self, types: frozenset[str] = frozenset({"storage:blob", "database:postgres"})) -> None:
        self._types = types
        self.made: dict[str, str] = {}
        self.failing = False

    def types(self) -> frozenset[str]:
        """Return the types."""
        return self._types

    async def make(self, kind: str, name: str) -> Made:
        """Make a resource."""
        if self.failing or kind not in self._types:
            raise ProvisioningFailed(f"{kind} cannot be made now")
        made = Made(name, f"{kind}://secret@{name}")
        self.made[made.id] = kind
        return made

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Destroy a resource."""
        if self.failing:
            raise ProvisioningFailed(f"{kind} cannot be removed now")
        self.made.pop(resource_id, None)
