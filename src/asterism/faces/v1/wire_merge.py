"""What every answer about a merge writes alike (Fastest 5.8)."""

from typing import Self

import msgspec

from asterism.vcs.lines import Region


class ConflictRegion(msgspec.Struct, kw_only=True):
    """Lines that both sides changed: counted from 1, the end excluded."""

    base_start: int
    base_end: int
    workspace_start: int
    workspace_end: int
    main_start: int
    main_end: int

    @classmethod
    def of(cls, region: Region) -> Self:
        """Write a region."""
        return cls(
            base_start=region.base_start + 1,
            base_end=region.base_end + 1,
            workspace_start=region.ours_start + 1,
            workspace_end=region.ours_end + 1,
            main_start=region.main_start + 1,
            main_end=region.main_end + 1,
        )
