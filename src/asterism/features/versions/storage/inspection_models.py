"""What an inspection of stored content found and did."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Inspected:
    """Of one user's storage, what was checked and what is wrong.

    Counters of what was read, then names: `lost_blobs` cannot be read as what they are named, `recovered_blobs`
    counted as lost and can be read again. `lost_manifests` have no readable bytes; of those the `rebuilt_manifests`
    could be made again from folder records. `broken_trees` are manifests whose folder records are incomplete; they are
    made again from the manifest's bytes when repairing. `vanished_manifests` are referred to but not stored.
    `usage_was_wrong` says that the counters of the user's storage disagreed with what is stored.
    """

    blobs: int = 0
    bytes: int = 0
    manifests: int = 0
    lost_blobs: list[str] = field(default_factory=list)
    recovered_blobs: list[str] = field(default_factory=list)
    lost_manifests: list[str] = field(default_factory=list)
    rebuilt_manifests: list[str] = field(default_factory=list)
    broken_trees: list[str] = field(default_factory=list)
    vanished_manifests: list[str] = field(default_factory=list)
    usage_was_wrong: bool = False

    @property
    def found(self) -> int:
        """The number of things that are wrong now, or were before the repair."""
        lists = (self.lost_blobs, self.recovered_blobs, self.lost_manifests, self.broken_trees, self.vanished_manifests)
        return sum(map(len, lists)) + self.usage_was_wrong

    @property
    def beyond_repair(self) -> int:
        """The number of things whose content is nowhere on this server: only pushing again brings it back."""
        return (
            len(self.lost_blobs) + len(self.lost_manifests) - len(self.rebuilt_manifests) + len(self.vanished_manifests)
        )
