"""A way out of a sandbox to one TCP address, whatever is spoken there: databases, say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from asterism.kernel.sandbox.door import Streams, serving
from asterism.kernel.sandbox.proxy import carry_both

_CONNECTS_WITHIN: Final = 10.0


@asynccontextmanager
async def open_passage(path: Path, host: str, port: int) -> AsyncIterator[Path]:
    """Carry connections from the socket `path` to an address while the block runs. Yields the path.

    Where nobody listens at the address, a connection ends at once.
    """

    async def carry(near: Streams) -> None:
        async with asyncio.timeout(_CONNECTS_WITHIN):
            far = await asyncio.open_connection(host, port)
        await carry_both(near, far, b"")

    async with serving(path, carry):
        yield path
