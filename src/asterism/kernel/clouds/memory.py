"""A fake without a network."""

from collections.abc import Collection

from asterism.kernel.clouds.port import Cloud, CloudUnreachable, TokenRefused


class MemoryClouds:
    """Providers that accept the tokens in `accepted`, unless they are `down`."""

    def __init__(self, accepted: Collection[str] = (), *, down: bool = False) -> None:
        self.accepted, self.down = set(accepted), down

    async def check(self, cloud: Cloud, token: str) -> None:
        """Ask whether a token is accepted."""
        if self.down:
            raise CloudUnreachable(cloud)
        if token not in self.accepted:
            raise TokenRefused(cloud)
