"""Where programs of a sandbox may go on the network: nowhere, to hosts that the operator named, or where we go."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from asterism.kernel.sandbox.proxy import is_ours, open_proxy, proxy_variables

REACH_PORT: Final = 4004  # of 127.0.0.1 inside, where the proxy is
_IN_NAMES: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.:[]")


@dataclass(frozen=True, slots=True)
class Reach:
    """`hosts` are names to reach, a leading dot meaning everything below a name; None is every host, () none at all.

    Addresses of this machine are refused whatever name leads there, unless `refuses(address)` says otherwise.
    """

    hosts: tuple[str, ...] | None = ()
    refuses: Callable[[str], bool] = field(default=is_ours, compare=False)

    @classmethod
    def of(cls, text: str) -> "Reach":
        """Read `closed`, `open`, or names of hosts with commas between them. Raises ValueError for anything else."""
        words = tuple(word.strip().lower().rstrip(".") for word in text.split(","))
        if words in (("closed",), ("open",)):
            return cls(() if words == ("closed",) else None)
        if not all(word.strip(".") and _IN_NAMES.issuperset(word) for word in words) or {"closed", "open"} & set(words):
            raise ValueError("not `closed`, `open` or names of hosts")
        return cls(words)

    @property
    def closed(self) -> bool:
        """Whether nothing can be reached."""
        return self.hosts == ()

    def admits(self, host: str) -> bool:
        """Whether a host may be reached by its name."""
        if self.hosts is None:
            return True
        name = host.lower().rstrip(".")
        return any(name == one or (one.startswith(".") and name.endswith(one)) for one in self.hosts)

    @asynccontextmanager
    async def doors(self) -> AsyncIterator[tuple[Mapping[int, Path], Mapping[str, str]]]:
        """Open the way out; yield the doors for a `Place`, and the variables that send programs there."""
        if self.closed:
            yield {}, {}
            return
        with TemporaryDirectory(prefix="asterism-reach-") as folder:
            async with open_proxy(Path(folder) / "proxy.sock", self.refuses, self.admits) as path:
                yield {REACH_PORT: path}, proxy_variables(REACH_PORT)
